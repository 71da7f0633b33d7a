"""What an indicator is short of its number, in words' units: metres, sites, hamlets, or the indicator's own."""

from dataclasses import dataclass
from math import ceil

from survey.domain.criteria import BY_HAMLET
from survey.domain.indicators import SHARE, Indicator
from survey.domain.thresholds import TOLERANCE
from survey.domain.verdicts import Basis

HAMLETS = "hamlets"
SITES = "sites"
POINTS = "points"  # percentage points of a share whose sums have no unit of their own


@dataclass(frozen=True, slots=True)
class Gap:
    """How much is missing (*too_much*: how much there is above an upper limit) among what is known, in *unit*."""

    amount: float
    unit: str
    too_much: bool = False


def gap(indicator: Indicator | None, basis: Basis) -> Gap | None:
    """What *basis* is short of its threshold; None where it reaches it, or where there is no value or no number to hold it against.

    Computed among the known sites: what the unknown ones would add, nobody knows. *indicator* is the edition's, None where hamlets
    are counted.
    """
    threshold = basis.threshold
    if threshold is None or basis.value is None or threshold.weakness is not None:
        return None
    if threshold.decides(basis.value, basis.value) is not False:
        return None
    least = [limit for limit in (threshold.at_least, threshold.above) if limit is not None]
    if least and basis.value <= max(least):
        return _gap(indicator, basis, max(least), too_much=False)
    most = [limit for limit in (threshold.at_most, threshold.below) if limit is not None]
    return _gap(indicator, basis, min(most), too_much=True) if most else None


def _gap(indicator: Indicator | None, basis: Basis, limit: float, *, too_much: bool) -> Gap:
    value = basis.value or 0.0
    if basis.indicator == BY_HAMLET:
        # Over all hamlets: one that is open may still come to meet it, and is named beside the figure.
        wanted = limit * basis.registered if basis.unit == SHARE else limit
        return Gap(_whole(abs(wanted - basis.numerator)), HAMLETS, too_much)
    if basis.unit != SHARE:
        return Gap(abs(limit - value), basis.unit, too_much)
    amount = abs(limit * basis.denominator - basis.numerator)
    if indicator is None or not indicator.is_ratio:
        return Gap(_whole(amount), SITES, too_much)
    subject = None if indicator.numerator is None else indicator.numerator.subject
    if subject is not None and subject.name.endswith("_m"):
        return Gap(amount, "m", too_much)  # questions and attributes say their unit in their name
    return Gap(abs(limit - value), POINTS, too_much)


def _whole(amount: float) -> int:
    return ceil(amount - TOLERANCE)
