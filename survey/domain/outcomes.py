"""What can be said of a criterion: met, not met, or that the data do not say."""

from enum import StrEnum


class Outcome(StrEnum):
    """What can be said of a criterion."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ENOUGH_DATA = "not_enough_data"
