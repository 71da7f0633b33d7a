"""Editions of criteria, and how a verdict follows from what was measured (DESIGN 2.6, 2.7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from survey.domain.conditions import Condition, Observation, Subject
from survey.domain.indicators import Indicator, Kind, Measured, Tally, fewest_visits, measured
from survey.domain.thresholds import Source, Text, Threshold, is_within, threshold_on
from survey.domain.verdicts import Basis, Outcome, SubmissionLists, Verdict

BY_HAMLET = "hamlets"  # the indicator that counts hamlets where the commune's verdict follows from theirs
BY_SITE = "sites"  # the indicator that counts sites where the rule judges each site


class Unit(StrEnum):
    """What an edition's rules judge."""

    HOUSEHOLD = "household"
    HAMLET = "hamlet"
    COMMUNE = "commune"


class Rule(StrEnum):
    """How a criterion follows from its indicators."""

    ALL = "all"  # each must be met
    AGREE = "agree"  # readings of one rule that does not say how to count: decided only where they agree


class RollUp(StrEnum):
    """How the commune's verdict follows from its hamlets."""

    POOLED = "pooled"  # all sites of the commune together
    ALL_HAMLETS = "all_hamlets"
    SHARE_OF_HAMLETS = "share_of_hamlets"


@dataclass(frozen=True)
class Criterion:
    """A rule over indicators; *combines* names criteria that must all be met instead, *open_reasons* is what always stays open."""

    code: str
    title: Text
    indicators: tuple[Indicator, ...] = ()
    rule: Rule = Rule.ALL
    roll_up: RollUp = RollUp.POOLED
    roll_up_thresholds: tuple[Threshold, ...] = ()
    combines: tuple[str, ...] = ()
    open_reasons: tuple[str, ...] = ()
    note: Text | None = None


@dataclass(frozen=True)
class Group:
    """A group of communes for which an edition has its own thresholds."""

    code: str
    title: Text


@dataclass(frozen=True)
class Edition:
    """A set of criteria with its decision and dates; *takes_part* says which sites an edition for households judges."""

    id: str
    title: Text
    unit: Unit
    criteria: tuple[Criterion, ...]
    sources: tuple[Source, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    validity_note: Text | None = None
    note: Text | None = None
    groups: tuple[Group, ...] = ()
    takes_part: Condition | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the edition is in force on that day; an end that is not known is open."""
        return is_within(on, self.valid_from, self.valid_to)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator of every criterion."""
        return tuple(indicator for criterion in self.criteria for indicator in criterion.indicators)

    @cached_property
    def subjects(self) -> frozenset[Subject]:
        """Every question and attribute that the edition uses."""
        asked = frozenset(subject for indicator in self.indicators for subject in indicator.subjects)
        return asked | (frozenset(self.takes_part.subjects()) if self.takes_part is not None else frozenset())


@dataclass(frozen=True, slots=True)
class Moment:
    """The day as of which is judged; *history* uses an edition outside its validity, and marks what comes of it."""

    on: date
    history: bool = False


def decide(indicator: Indicator, tally: Tally, threshold: Threshold | None) -> tuple[Outcome, str | None, Measured]:
    """What an indicator's tally says of its threshold, the reason where that is not enough, and the figures."""
    figures = measured(indicator, tally)
    reason = _weakness(tally, threshold)
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
    threshold = threshold_on(indicator.thresholds, moment.on, history=moment.history)
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
    return _verdict(edition, criterion, outcome, reasons, basis, hamlet=hamlet, moment=moment)


def conclude(criterion: Criterion, parts: Sequence[tuple[Outcome, str | None]]) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome of a criterion from those of its deciding parts, and the reasons where it is open."""
    outcomes = {outcome for outcome, _ in parts}
    reasons = tuple(dict.fromkeys([*(reason for _, reason in parts if reason is not None), *criterion.open_reasons]))
    if criterion.rule is Rule.AGREE and outcomes == {Outcome.MET, Outcome.NOT_MET}:
        return Outcome.NOT_ENOUGH_DATA, ("readings_differ",)
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
    return _verdict(edition, criterion, outcome, open_reasons, (), hamlet=hamlet, moment=moment)


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
    return _verdict(edition, criterion, basis.outcome, reasons, (basis, *beside), hamlet=None, moment=moment)


def _hamlets_indicator(criterion: Criterion) -> Indicator:
    title = Text("Số thôn đạt", "Hamlets that meet it")
    return Indicator(BY_HAMLET, title, Kind.SHARE_OF_SITES, "hamlet", "share", criterion.roll_up_thresholds)


SiteOutcomes = Mapping[str, tuple[Outcome, tuple[str, ...]]]


class SiteJudge:
    """Judges sites one by one under an edition whose rules judge each site."""

    def __init__(self, edition: Edition, moment: Moment) -> None:
        self.edition = edition
        self._parts = {
            criterion.code: [
                (indicator, threshold_on(indicator.thresholds, moment.on, history=moment.history))
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
                found[criterion.code] = conclude(criterion, [_site_part(*part, seen) for part in self._parts[criterion.code]])
        return found, True


def _site_part(indicator: Indicator, threshold: Threshold | None, seen: Observation) -> tuple[Outcome, str | None]:
    if threshold is None or threshold.weakness is not None:
        return Outcome.NOT_ENOUGH_DATA, "no_threshold_in_force" if threshold is None else threshold.weakness
    belongs = True if indicator.where is None else indicator.where.holds(seen)
    numerator, denominator = indicator.amounts(seen)
    if denominator == 0 or belongs is False:
        return Outcome.NOT_ENOUGH_DATA, "nothing_to_count"
    if belongs is None or numerator is None or denominator is None:
        return Outcome.NOT_ENOUGH_DATA, "not_all_known"
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
    for ids in seen.submissions.values():
        tally.submissions.extend(ids)
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
    )  # fmt: skip
    return _verdict(edition, criterion, basis.outcome, ("judged_per_site",), (basis,), hamlet=hamlet, moment=moment)


def _verdict(
    edition: Edition, criterion: Criterion, outcome: Outcome, reasons: tuple[str, ...], basis: Sequence[Basis], *,
    hamlet: str | None, moment: Moment,
) -> Verdict:  # fmt: skip
    judged = {
        Unit.COMMUNE: hamlet is None,
        Unit.HAMLET: hamlet is not None or criterion.roll_up is not RollUp.POOLED,
        Unit.HOUSEHOLD: False,
    }
    return Verdict(
        edition.id, criterion.code, criterion.title, hamlet, outcome, reasons, moment.on,
        history=moment.history and not edition.is_valid(moment.on), informs=not judged[edition.unit], basis=tuple(basis),
    )  # fmt: skip


