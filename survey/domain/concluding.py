"""How a criterion's verdict follows from what was measured in one place, and the commune's from its hamlets (DESIGN 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from survey.domain.criteria import BY_HAMLET, Criterion, Edition, Moment, RollUp, Rule, Unit
from survey.domain.estimating import interval_of
from survey.domain.indicators import Indicator, Kind, Measured, Tally, measured
from survey.domain.sampling import Interval
from survey.domain.statements import Statement
from survey.domain.thresholds import Text, Threshold, threshold_on
from survey.domain.times import local_date
from survey.domain.verdicts import Basis, Outcome, SubmissionLists, Verdict
from survey.domain.visiting import fewest_visits

_PERSON, _MISSING = "set_by_person", "indicators_missing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an indicator's tally says of its threshold; *reason* where that is not enough, *decided_by* `all` sites or the `interval`."""

    outcome: Outcome
    reason: str | None
    figures: Measured
    interval: Interval | None = None
    decided_by: str | None = None


def decide(indicator: Indicator, tally: Tally, threshold: Threshold | None, *, samples: bool = True) -> Decision:
    """What follows from the hard bounds, or else from the interval of a sample, unless the commune demands a visit to all sites."""
    figures = measured(indicator, tally)
    interval = interval_of(indicator, tally) if samples else None
    reason = "set_by_person" if indicator.kind is Kind.STATED else _weakness(tally, threshold)
    if reason is None and threshold is not None:
        if figures.lowest is None or figures.highest is None:
            reason = "nothing_to_count"
        else:
            reached, decided_by = threshold.decides(figures.lowest, figures.highest), "all"
            if reached is None and interval is not None:
                reached, decided_by = threshold.decides(interval.lowest, interval.highest), "interval"
            if reached is not None:
                return Decision(Outcome.MET if reached else Outcome.NOT_MET, None, figures, interval, decided_by)
            reason = "lapsed" if tally.lapsed else "not_all_known"
    return Decision(Outcome.NOT_ENOUGH_DATA, reason, figures, interval)


def _weakness(tally: Tally, threshold: Threshold | None) -> str | None:
    if threshold is None:
        return "no_threshold_in_force"
    if threshold.weakness is not None:
        return threshold.weakness
    if tally.registered == 0:
        return "nothing_registered"
    if tally.visited == 0 and tally.known == 0 and tally.unknown:
        return "lapsed" if tally.lapsed else "nothing_visited"
    return None


def indicator_basis(indicator: Indicator, tally: Tally, moment: Moment, lists: SubmissionLists) -> Basis:
    """The basis that one indicator gives in one place."""
    threshold = threshold_on(indicator.thresholds, moment.on, history=moment.history, group=moment.group)
    decided = decide(indicator, tally, threshold, samples=moment.samples)
    figures, reason = decided.figures, decided.reason
    ids, digest = lists.of(tally.submissions)
    is_open = threshold is not None and reason in ("not_all_known", "nothing_visited", "lapsed")
    return Basis(
        indicator=indicator.code, title=indicator.title, unit=indicator.unit, outcome=decided.outcome, reason=reason,
        decides=indicator.decides,
        value=figures.value, lowest=figures.lowest, highest=figures.highest,
        numerator=tally.numerator, denominator=tally.denominator, registered=tally.registered, visited=tally.visited,
        known=tally.known, left_out=tally.left_out, unknown=tally.unknown,
        visits_fewest=fewest_visits(indicator, tally, threshold) if threshold is not None and is_open else None,
        visits_most=tally.unknown if is_open else None,
        threshold=threshold, note=indicator.note, forms=indicator.forms, submissions=ids,
        submission_count=len(ids), submissions_sha256=digest, interval=decided.interval, decided_by=decided.decided_by,
        oldest=tally.oldest and local_date(tally.oldest), newest=tally.newest and local_date(tally.newest),
    )  # fmt: skip


def judge(
    edition: Edition, criterion: Criterion, basis: Sequence[Basis], *, hamlet: str | None, moment: Moment, stated: Statement | None = None
) -> Verdict:
    """The verdict of *criterion* in a place, from the basis that its indicators give there and what a person *stated* of the rest."""
    outcome, reasons = conclude(criterion, [(part.outcome, part.reason) for part in basis if part.decides], stated)
    return replace(verdict_of(edition, criterion, outcome, reasons, basis, hamlet=hamlet, moment=moment), stated=stated)


def conclude(
    criterion: Criterion, parts: Sequence[tuple[Outcome, str | None]], stated: Statement | None = None
) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a criterion from those of its deciding parts, and the reasons where it is open.

    What only a person can say (`set_by_person`) is one more part, which *stated* decides.
    """
    if stated is not None and _PERSON in {*criterion.open_reasons, *(reason for _, reason in parts)}:
        return _conclude_stated(criterion, parts, stated)
    outcomes = {outcome for outcome, _ in parts}
    reasons = tuple(dict.fromkeys([*(reason for _, reason in parts if reason is not None), *criterion.open_reasons]))
    if criterion.rule is Rule.AGREE and {Outcome.MET, Outcome.NOT_MET} <= outcomes:
        return Outcome.NOT_ENOUGH_DATA, ("readings_differ",)
    is_any = criterion.rule is Rule.ANY
    if (is_any and Outcome.MET in outcomes) or (outcomes == {Outcome.MET} and not criterion.open_reasons):
        return Outcome.MET, ()
    if is_any and criterion.open_reasons:
        return Outcome.NOT_ENOUGH_DATA, reasons
    if Outcome.NOT_MET in outcomes and (criterion.rule is Rule.ALL or outcomes == {Outcome.NOT_MET}):
        return Outcome.NOT_MET, ()
    return Outcome.NOT_ENOUGH_DATA, reasons


def _conclude_stated(
    criterion: Criterion, parts: Sequence[tuple[Outcome, str | None]], stated: Statement
) -> tuple[Outcome, tuple[str, ...]]:
    rest = replace(criterion, open_reasons=tuple(reason for reason in criterion.open_reasons if reason != _PERSON))
    measured_parts = [part for part in parts if part[1] != _PERSON]
    if _MISSING in rest.open_reasons:  # indicators that nobody knows stay missing, whatever was stated
        return conclude(rest, measured_parts)
    if criterion.rule is Rule.AGREE and measured_parts:  # the readings are one part, what is stated another
        outcome, reasons = conclude(replace(rest, open_reasons=()), measured_parts)
        measured_parts = [(outcome, reason) for reason in reasons or (None,)]
        rest = replace(rest, rule=Rule.ALL)
    return conclude(rest, [*measured_parts, _stated_part(stated)])


def _stated_part(stated: Statement) -> tuple[Outcome, str | None]:
    if stated.outcome is Outcome.MET and stated.document is None:
        return Outcome.NOT_ENOUGH_DATA, "document_missing"
    return stated.outcome, None


def combine(edition: Edition, criterion: Criterion, verdicts: Mapping[str, Verdict], *, hamlet: str | None, moment: Moment) -> Verdict:
    """The verdict of a criterion that demands others of the same place, among *verdicts* by code."""
    parts = [verdicts[code] for code in criterion.combines]
    reasons = [(part.outcome, reason) for part in parts for reason in part.reasons or (None,)]
    outcome, open_reasons = conclude(criterion, reasons)
    return verdict_of(edition, criterion, outcome, open_reasons, (), hamlet=hamlet, moment=moment)


def roll_up(edition: Edition, criterion: Criterion, hamlets: Iterable[Verdict], pooled: Sequence[Basis], moment: Moment) -> Verdict:
    """The commune's verdict from its hamlets' where the rule asks for all of them, or for a share; *pooled* is shown beside it."""
    verdicts = list(hamlets)
    tally = Tally(registered=len(verdicts))
    for verdict in verdicts:
        if verdict.outcome is Outcome.NOT_ENOUGH_DATA:
            tally.unknown += 1
            continue
        tally.known += 1
        tally.visited += 1
        tally.denominator += 1
        tally.numerator += verdict.outcome is Outcome.MET
    basis = replace(indicator_basis(_hamlets_indicator(criterion), tally, moment, SubmissionLists()), visits_fewest=None, visits_most=None)
    reason = "hamlets_open" if basis.reason in ("not_all_known", "nothing_visited") else basis.reason
    basis = replace(basis, reason=reason)
    reasons = () if reason is None else (reason,)
    beside = [replace(part, decides=False) for part in pooled]
    return verdict_of(edition, criterion, basis.outcome, reasons, (basis, *beside), hamlet=None, moment=moment)


def _hamlets_indicator(criterion: Criterion) -> Indicator:
    title = Text("Số thôn đạt", "Hamlets that meet it")
    if criterion.roll_up is RollUp.COUNT_OF_HAMLETS:
        return Indicator(BY_HAMLET, title, Kind.COUNT_OF_SITES, "hamlet", "hamlets", criterion.roll_up_thresholds)
    return Indicator(BY_HAMLET, title, Kind.SHARE_OF_SITES, "hamlet", "share", criterion.roll_up_thresholds)


def verdict_of(
    edition: Edition, criterion: Criterion, outcome: Outcome, reasons: tuple[str, ...], basis: Sequence[Basis], *,
    hamlet: str | None, moment: Moment,
) -> Verdict:  # fmt: skip
    """The verdict with what it needs besides *outcome* and *basis*: the edition's words, the day, and whether the rule judges the place."""
    judged = {
        Unit.COMMUNE: hamlet is None,
        Unit.HAMLET: hamlet is not None or criterion.roll_up is not RollUp.POOLED,
        Unit.HOUSEHOLD: False,
    }
    return Verdict(
        edition.id, criterion.code, criterion.title, hamlet, outcome, reasons, moment.on,
        history=moment.history and not edition.is_valid(moment.on), informs=not judged[edition.unit], basis=tuple(basis),
    )  # fmt: skip
