"""Which interval a tally allows: exact where it can be, by hamlet where hamlets were not visited as densely, none where none is honest."""

from collections.abc import Sequence
from dataclasses import replace

from survey.domain.indicators import SHARE, Indicator, Kind, Tally, measured, open_weight
from survey.domain.sampling import BY_HAMLET, EXACT, FEWEST, LEVEL, RATIO, Interval, exact_limits, is_evenly_drawn, ratio_limits

_WITH_INTERVAL = (Kind.SHARE_OF_SITES, Kind.COUNT_OF_SITES, Kind.RATIO_OF_SUMS)


def interval_of(indicator: Indicator, tally: Tally) -> Interval | None:
    """The interval that the visited sites give for all of them, were they chosen by chance; never wider than the hard bounds.

    None where every site is known or none is, where the figure comes from the register alone or is no share or count, and for a
    ratio of fewer than `FEWEST` known sites. The method follows from where was visited, never from what was found there.
    """
    if not indicator.forms or indicator.kind not in _WITH_INTERVAL or (indicator.is_ratio and indicator.unit != SHARE):
        return None
    # A site that is known without a visit is no part of the sample.
    tally = as_drawn(indicator, tally)
    if not tally.unknown or not tally.known or tally.known > tally.visited:
        return None
    found = _limits(indicator, tally, [part for part in tally.parts or (tally,) if part.known + part.unknown])
    if found is None:
        return None
    lowest, highest, method = found
    scale = float(tally.known + tally.unknown) if indicator.kind is Kind.COUNT_OF_SITES else 1.0
    bounds = measured(indicator, tally)
    least, most = bounds.lowest or 0.0, scale if bounds.highest is None else bounds.highest
    return Interval(max(least, lowest * scale), min(most, highest * scale), LEVEL, method)


def as_drawn(indicator: Indicator, tally: Tally) -> Tally:
    """*tally* as a sample: where sites are counted, one that a visit showed to be left out is one more that is known not to count."""
    if indicator.kind is not Kind.COUNT_OF_SITES or not tally.sorted_out:
        return tally
    out = tally.sorted_out
    return replace(
        tally, known=tally.known + out, left_out=tally.left_out - out, sorted_out=0, denominator=tally.denominator + out,
        denominator_squared=tally.denominator_squared + out, parts=[as_drawn(indicator, part) for part in tally.parts],
    )  # fmt: skip


def is_even(parts: Sequence[Tally]) -> bool:
    """Whether every hamlet of *parts* was visited as densely as the others."""
    return is_evenly_drawn([(part.visited, part.registered) for part in parts])


def _limits(indicator: Indicator, tally: Tally, strata: Sequence[Tally]) -> tuple[float, float, str] | None:
    if is_even(strata) and not indicator.is_ratio:
        sites = tally.known + tally.unknown
        least, most = exact_limits(sites, tally.known, round(tally.numerator))
        return least / sites, most / sites, EXACT
    if tally.known < FEWEST or tally.denominator <= 0:
        return None
    if is_even(strata):
        return *ratio_limits([tally.sums]), RATIO
    return _by_hamlet(indicator, strata)


def _by_hamlet(indicator: Indicator, strata: Sequence[Tally]) -> tuple[float, float, str] | None:
    # Of hamlets that nobody visited nothing is known: theirs may be all bad, or all good.
    seen, unseen = [part for part in strata if part.known], [part for part in strata if not part.known]
    lowest, highest = ratio_limits([part.sums for part in seen])
    if not unseen:
        return lowest, highest, BY_HAMLET
    weights = [open_weight(indicator, part) for part in strata]
    if any(weight is None for weight in weights):
        return None
    inside = sum(part.denominator + (open_weight(indicator, part) or 0.0) * part.known / (part.known + part.sorted_out) for part in seen)
    outside = sum(open_weight(indicator, part) or 0.0 for part in unseen)
    whole = inside + outside
    return lowest * inside / whole, (highest * inside + outside) / whole, BY_HAMLET
