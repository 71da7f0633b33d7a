"""Editions whose rules judge each site: site by site, and how many of a place meet them."""

from collections.abc import Mapping
from datetime import date

from survey.domain.concluding import conclude, verdict_of
from survey.domain.conditions import Observation
from survey.domain.criteria import BY_SITE, Criterion, Edition, Moment
from survey.domain.indicators import Indicator, Kind, Tally, measured, still_counting
from survey.domain.thresholds import Text, Threshold, threshold_on
from survey.domain.times import local_date
from survey.domain.verdicts import Basis, Outcome, SubmissionLists, Verdict

SiteOutcomes = Mapping[str, tuple[Outcome, tuple[str, ...]]]


class SiteJudge:
    """Judges sites one by one under an edition whose rules judge each site."""

    def __init__(self, edition: Edition, moment: Moment) -> None:
        self.edition = edition
        self._on = moment.on
        self._parts = {
            criterion.code: [
                (indicator, threshold_on(indicator.thresholds, moment.on, history=moment.history, group=moment.group))
                for indicator in criterion.indicators
                if indicator.decides
            ]
            for criterion in edition.criteria
        }

    def judge(self, seen: Observation) -> tuple[SiteOutcomes | None, bool | None]:
        """Outcome and open reasons by criterion code where the site takes part, and whether it does; None is *not known*."""
        takes_part = True if self.edition.takes_part is None else self.edition.takes_part.holds(seen)
        if takes_part is not True:
            return None, takes_part
        found: dict[str, tuple[Outcome, tuple[str, ...]]] = {}
        for criterion in self.edition.criteria:
            if criterion.combines:
                demanded = [found[code] for code in criterion.combines]
                parts = [(outcome, reason) for outcome, reasons in demanded for reason in reasons or (None,)]
                found[criterion.code] = conclude(criterion, parts)
            else:
                found[criterion.code] = conclude(criterion, [_site_part(*part, seen, self._on) for part in self._parts[criterion.code]])
        return found, True


def _site_part(indicator: Indicator, threshold: Threshold | None, seen: Observation, on: date) -> tuple[Outcome, str | None]:
    if threshold is None or threshold.weakness is not None:
        return Outcome.NOT_ENOUGH_DATA, "no_threshold_in_force" if threshold is None else threshold.weakness
    kept = still_counting(indicator, seen, on)
    has_lapsed, seen = kept is not seen, kept
    belongs = True if indicator.where is None else indicator.where.holds(seen)
    numerator, denominator = indicator.amounts(seen)
    if denominator == 0 or belongs is False:
        return Outcome.NOT_ENOUGH_DATA, "nothing_to_count"
    if belongs is None or numerator is None or denominator is None:
        return Outcome.NOT_ENOUGH_DATA, "lapsed" if has_lapsed else "not_all_known"
    value = indicator.scale * numerator / denominator
    return (Outcome.MET if threshold.decides(value, value) else Outcome.NOT_MET), None


def count_judged_site(
    outcomes: SiteOutcomes | None, criterion: Criterion, seen: Observation, tally: Tally, *, takes_part: bool | None
) -> None:
    """Count one site of an edition that judges each site, as `SiteJudge.judge` found it; one that does not take part is left out."""
    tally.registered += 1
    tally.visited += bool(seen.submissions)
    if takes_part is False:
        tally.left_out += 1
        return
    for form, ids in seen.submissions.items():
        tally.submissions.extend(ids)
        tally.date(captured := seen.captured.get(form), captured)
    outcome = Outcome.NOT_ENOUGH_DATA if outcomes is None else outcomes[criterion.code][0]
    if outcome is Outcome.NOT_ENOUGH_DATA:
        tally.unknown += 1
        return
    tally.known += 1
    tally.denominator += 1
    tally.numerator += outcome is Outcome.MET


def judge_by_site(
    edition: Edition, criterion: Criterion, tally: Tally, lists: SubmissionLists, *, hamlet: str | None, moment: Moment
) -> Verdict:
    """How many sites of a place meet *criterion*: a figure, since the rule judges each site and not the place."""
    title = Text("Số vườn đạt", "Gardens that meet it") if edition.takes_part is not None else Text("Số hộ đạt", "Sites that meet it")
    indicator = Indicator(BY_SITE, title, Kind.COUNT_OF_SITES, edition.unit.value, "sites", ())
    figures = measured(indicator, tally)
    ids, digest = lists.of(tally.submissions)
    basis = Basis(
        indicator=BY_SITE, title=title, unit="sites", outcome=Outcome.NOT_ENOUGH_DATA, reason="judged_per_site", decides=True,
        value=figures.value, lowest=figures.lowest, highest=figures.highest, numerator=tally.numerator, denominator=tally.denominator,
        registered=tally.registered, visited=tally.visited, known=tally.known, left_out=tally.left_out, unknown=tally.unknown,
        forms=tuple(sorted({subject.form for subject in edition.subjects if subject.form is not None})),
        submissions=ids, submission_count=len(ids), submissions_sha256=digest,
        oldest=tally.oldest and local_date(tally.oldest), newest=tally.newest and local_date(tally.newest),
    )  # fmt: skip
    return verdict_of(edition, criterion, basis.outcome, ("judged_per_site",), (basis,), hamlet=hamlet, moment=moment)
