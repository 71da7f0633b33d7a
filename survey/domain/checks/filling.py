"""Filling in: what the form's own rules found, whether somebody read the questions, and what people said to being photographed."""

from collections.abc import Iterator

from survey.domain.checks.findings import Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Visit

_CONSENT = {"refused": "consent_refused", "absent": "consent_not_given"}


def on_visit(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    """Findings on the answers as a whole and on consent."""
    if visit.answers_missing:
        yield found("answers_missing", questions=list(visit.answers_missing))
    if visit.answers_impossible:
        yield found("answers_impossible", questions=list(visit.answers_impossible))
    if visit.consent in _CONSENT:
        yield found(_CONSENT[visit.consent])
    yield from _haste(visit, limits)
    if len(visit.identical) >= limits.identical_sites:
        yield found("answers_identical", count=len(visit.identical), sites=sorted(visit.identical))
    yield from _straight(visit, limits)


def _haste(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    if visit.filled_s is None or visit.answered < limits.few_answers:
        return
    if 0 <= visit.filled_s < visit.answered * limits.seconds_a_question:
        yield found("filled_fast", count=visit.answered, seconds=round(visit.filled_s))


def _straight(visit: Visit, limits: Thresholds) -> Iterator[Finding]:
    longest = max((len(given) for given in visit.choices if len(set(given)) == 1), default=0)
    if longest >= limits.straight_answers:
        yield found("straight_lined", count=longest)
