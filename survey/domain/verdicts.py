"""Verdicts: met, not met or not enough data, each with the basis it stands on (DESIGN 2.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from survey.domain.canonical import sha256_hex
from survey.domain.outcomes import Outcome
from survey.domain.sampling import Interval, interval_document, read_interval
from survey.domain.statements import Statement, read_statement, statement_document
from survey.domain.thresholds import Source, Status, Text, Threshold

__all__ = ["REASONS", "Basis", "Outcome", "SubmissionLists", "Verdict", "read_verdict", "submissions_digest", "verdict_document"]

REASONS = (
    "threshold_missing",  # the rule's number was not found
    "threshold_recalled",  # the rule's number is from general knowledge, not checked
    "no_threshold_in_force",  # the edition gives no number for this date
    "group_unknown",  # the number depends on the commune's group, which nobody has entered
    "indicators_missing",  # the rule's indicators were not found
    "set_by_person",  # a survey of sites cannot evidence it
    "document_missing",  # a person stated that it is met, without a document
    "nothing_registered",  # the register holds no such site here
    "nothing_visited",  # no accepted submission yet
    "nothing_to_count",  # every visited site is one that the rule leaves out
    "lapsed",  # what was seen is older than the rule lets count
    "not_all_known",  # the sites that are still unknown can tip the balance
    "readings_differ",  # the rule does not say how to count, and the readings disagree
    "hamlets_open",  # some hamlets of the commune are not decided
    "judged_per_site",  # the rule judges each site; the place only counts them
)


@dataclass(frozen=True, slots=True)
class Basis:
    """One indicator behind a verdict: the figure, what it was made of, the number it was held against, and its sources.

    *lowest* and *highest* bound the true value over all registered sites. *interval* is narrower where the visited sites were chosen
    by chance; *decided_by* says which of the two decides: `all` the bounds, `interval` the interval. *visits_fewest* further sites can
    decide it at best, *visits_most* do in any case. *submissions* are the accepted submissions that count, sorted; a verdict read back
    from the kept figures has their number and hash only. *oldest* and *newest* are the days in Viet Nam on which what counts was captured.
    """

    indicator: str
    title: Text
    unit: str
    outcome: Outcome
    reason: str | None
    decides: bool
    value: float | None = None
    lowest: float | None = None
    highest: float | None = None
    numerator: float = 0.0
    denominator: float = 0.0
    registered: int = 0
    visited: int = 0
    known: int = 0
    left_out: int = 0
    unknown: int = 0
    visits_fewest: int | None = None
    visits_most: int | None = None
    threshold: Threshold | None = None
    note: Text | None = None
    forms: tuple[str, ...] = ()
    submissions: tuple[str, ...] = ()
    submission_count: int = 0
    submissions_sha256: str = ""
    interval: Interval | None = None
    decided_by: str | None = None
    oldest: date | None = None
    newest: date | None = None

    @property
    def coverage(self) -> float | None:
        """Visited sites / registered sites; None where none is registered."""
        return self.visited / self.registered if self.registered else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the edition says of one criterion in one hamlet, or in the commune where *hamlet* is None, as of a date in Viet Nam.

    *informs* marks a place of which the rule itself does not judge, such as one hamlet under a rule for communes. *stated* is how a
    person says it is with what no survey can show.
    """

    edition: str
    criterion: str
    title: Text
    hamlet: str | None
    outcome: Outcome
    reasons: tuple[str, ...]
    as_of: date
    history: bool
    informs: bool
    basis: tuple[Basis, ...]
    stated: Statement | None = None

    @property
    def leading(self) -> Basis | None:
        """The indicator to show first: the first that decides, else the first."""
        return next((basis for basis in self.basis if basis.decides), self.basis[0] if self.basis else None)

    def without_submissions(self) -> "Verdict":
        """The verdict with the number and hash of its submissions only, as figures are kept."""
        return replace(self, basis=tuple(replace(basis, submissions=()) for basis in self.basis))


class SubmissionLists:
    """Sorted submission ids with their hash; figures that stand on the same submissions share one list."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], str]] = {}

    def of(self, submissions: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """The ids sorted, each once, and `submissions_digest` of them."""
        key = tuple(submissions)
        if key not in self._known:
            ids = tuple(sorted(set(key)))
            self._known[key] = ids, submissions_digest(ids)
        return self._known[key]


def submissions_digest(submissions: Sequence[str]) -> str:
    """SHA-256 over the sorted submission ids, one a line: changes when what counts has changed."""
    return sha256_hex("\n".join(sorted(submissions)))


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    """*verdict* as plain JSON values; keys are stable (docs/criteria.md)."""
    return {
        "edition": verdict.edition, "criterion": verdict.criterion, "title": _text_document(verdict.title), "hamlet": verdict.hamlet,
        "verdict": verdict.outcome.value, "reasons": list(verdict.reasons), "as_of": verdict.as_of.isoformat(),
        "history": verdict.history, "informs": verdict.informs, "basis": [_basis_document(basis) for basis in verdict.basis],
        "stated": None if verdict.stated is None else statement_document(verdict.stated),
    }  # fmt: skip


def read_verdict(document: Mapping[str, Any]) -> Verdict:
    """The verdict behind `verdict_document`."""
    return Verdict(
        edition=document["edition"], criterion=document["criterion"], title=Text(**document["title"]), hamlet=document["hamlet"],
        outcome=Outcome(document["verdict"]), reasons=tuple(document["reasons"]), as_of=date.fromisoformat(document["as_of"]),
        history=document["history"], informs=document["informs"], basis=tuple(_read_basis(basis) for basis in document["basis"]),
        stated=None if document.get("stated") is None else read_statement(document["stated"]),
    )  # fmt: skip


_PLAIN = (
    "indicator", "unit", "reason", "decides", "value", "lowest", "highest", "numerator", "denominator", "registered", "visited", "known",
    "left_out", "unknown", "visits_fewest", "visits_most", "submission_count", "submissions_sha256", "decided_by",
)  # fmt: skip


def _basis_document(basis: Basis) -> dict[str, Any]:
    plain = {name: getattr(basis, name) for name in _PLAIN}
    # JSON has no infinity: an upper bound that does not exist is null.
    plain["highest"] = None if basis.highest == float("inf") else basis.highest
    return plain | {
        "title": _text_document(basis.title), "outcome": basis.outcome.value, "coverage": basis.coverage,
        "threshold": None if basis.threshold is None else _threshold_document(basis.threshold),
        "note": None if basis.note is None else _text_document(basis.note),
        "interval": None if basis.interval is None else interval_document(basis.interval),
        "forms": list(basis.forms), "submissions": list(basis.submissions),
        "oldest": basis.oldest and basis.oldest.isoformat(), "newest": basis.newest and basis.newest.isoformat(),
    }  # fmt: skip


def _read_basis(document: Mapping[str, Any]) -> Basis:
    return Basis(
        **{name: document[name] for name in _PLAIN},
        title=Text(**document["title"]), outcome=Outcome(document["outcome"]),
        threshold=None if document["threshold"] is None else _read_threshold(document["threshold"]),
        note=None if document["note"] is None else Text(**document["note"]),
        interval=None if document["interval"] is None else read_interval(document["interval"]),
        forms=tuple(document["forms"]), submissions=tuple(document["submissions"]),
        oldest=_read_date(document.get("oldest")), newest=_read_date(document.get("newest")),
    )  # fmt: skip


def _threshold_document(threshold: Threshold) -> dict[str, Any]:
    return {
        "unit": threshold.unit, "status": threshold.status.value, "at_least": threshold.at_least, "at_most": threshold.at_most,
        "above": threshold.above, "below": threshold.below, "group": threshold.group,
        "valid_from": threshold.valid_from and threshold.valid_from.isoformat(),
        "valid_to": threshold.valid_to and threshold.valid_to.isoformat(),
        "note": None if threshold.note is None else _text_document(threshold.note),
        "sources": [
            {"id": source.id, "text": source.text, "decision": source.decision, "addresses": list(source.addresses)}
            for source in threshold.sources
        ],
    }  # fmt: skip


def _read_threshold(document: Mapping[str, Any]) -> Threshold:
    return Threshold(
        unit=document["unit"], status=Status(document["status"]), at_least=document["at_least"], at_most=document["at_most"],
        above=document.get("above"), below=document.get("below"), group=document.get("group"),
        valid_from=_read_date(document["valid_from"]), valid_to=_read_date(document["valid_to"]),
        note=None if document["note"] is None else Text(**document["note"]),
        sources=tuple(
            Source(source["id"], source["text"], source["decision"], tuple(source["addresses"])) for source in document["sources"]
        ),
    )  # fmt: skip


def _read_date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _text_document(text: Text) -> dict[str, str]:
    return {"vi": text.vi, "en": text.en}
