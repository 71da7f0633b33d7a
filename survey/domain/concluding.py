"""How a criterion's verdict follows from what was measured in one place, and the commune's from its hamlets (DESIGN 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from survey.domain.criteria import BY_HAMLET, Criterion, Edition, Moment, RollUp, Rule, Unit
from survey.domain.indicators import Indicator, Kind, Measured, Tally, fewest_visits, measured
from survey.domain.thresholds import Text, Threshold, threshold_on
from survey.domain.verdicts import Basis, Outcome, SubmissionLists, Verdict


def decide(indicator: Indicator, tally: Tally, threshold: Threshold | None) -> tuple[Outcome, str | None, Measured]:
    """What an indicator's tally says of its threshold, the reason where that is not enough, and the figures."""
    figures = measured(indicator, tally)
    reason = "set_by_person" if indicator.kind is Kind.STATED else _weakness(tally, threshold)
    if reason is None and threshold is not None:
        if figures.lowest is None or figures.highest is None:
            reason = "nothing_to_count"
        else:
            reached = threshold.decides(figures.lowest, figures.highest)
            if reached is not None:
                return (Outcome.MET if reached else Outcome.NOT_MET), None, figures
            reason = "not_all_known"
    return Outcome.NOT_ENOUGH_DATA, reason, figures


def _weakness(tally: Tally, threshold: Threshold | None) -> str | None:
    if threshold is None:
        return "no_threshold_in_force"
    if threshold.weakness is not None:
        return threshold.weakness
    if tally.registered == 0:
        return "nothing_registered"
    return "nothing_visited" if tally.visited == 0 else None


def indicator_basis(indicator: Indicator, tally: Tally, moment: Moment, lists: SubmissionLists) -> Basis:
    """The basis that one indicator gives in one place."""
    threshold = threshold_on(indicator.thresholds, moment.on, history=moment.history, group=moment.group)
    outcome, reason, figures = decide(indicator, tally, threshold)
    ids, digest = lists.of(tally.submissions)
    is_open = threshold is not None and reason in ("not_all_known", "nothing_visited")
    return Basis(
        indicator=indicator.code, title=indicator.title, unit=indicator.unit, outcome=outcome, reason=reason, decides=indicator.decides,
        value=figures.value, lowest=figures.lowest, highest=figures.highest,
        numerator=tally.numerator, denominator=tally.denominator, registered=tally.registered, visited=tally.visited,
        known=tally.known, left_out=tally.left_out, unknown=tally.unknown,
        visits_fewest=fewest_visits(indicator, tally, threshold) if threshold is not None and is_open else None,
        visits_most=tally.unknown if is_open else None,
        threshold=threshold, note=indicator.note, forms=indicator.forms, submissions=ids,
        submission_count=len(ids), submissions_sha256=digest,
    )  # fmt: skip


def judge(edition: Edition, criterion: Criterion, basis: Sequence[Basis], *, hamlet: str | None, moment: Moment) -> Verdict:
    """The verdict of *criterion* in a place, from the basis that its indicators give there."""
    outcome, reasons = conclude(criterion, [(part.outcome, part.reason) for part in basis if part.decides])
    return verdict_of(edition, criterion, outcome, reasons, basis, hamlet=hamlet, moment=moment)


def conclude(criterion: Criterion, parts: Sequence[tuple[Outcome, str | None]]) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a criterion from those of its deciding parts, and the reasons where it is open."""
    outcomes = {outcome for outcome, _ in parts}
    reasons = tuple(dict.fromkeys([*(reason for _, reason in parts if reason is not None), *criterion.open_reasons]))
    if criterion.rule is Rule.AGREE and outcomes == {Outcome.MET, Outcome.NOT_MET}:
        return Outcome.NOT_ENOUGH_DATA, ("readings_differ",)
    if criterion.rule is Rule.ANY and Outcome.MET in outcomes:
        return Outcome.MET, ()
    if criterion.rule is Rule.ANY and criterion.open_reasons:
        return Outcome.NOT_ENOUGH_DATA, reasons
    if Outcome.NOT_MET in outcomes and (criterion.rule is Rule.ALL or outcomes == {Outcome.NOT_MET}):
        return Outcome.NOT_MET, ()
    if outcomes == {Outcome.MET} and not criterion.open_reasons:
        return Outcome.MET, ()
    return Outcome.NOT_ENOUGH_DATA, reasons


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
