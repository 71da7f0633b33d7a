"""Checks: what a machine finds odd about a visit, as findings with figures for a person to weigh; none of them decides.

Pure functions over facts, one module for each kind of question; a fact that is missing silences the checks that need it.
`docs/checks.md` shows every check with its rule and every threshold with its source.
"""

from survey.domain.checks.catalogue import CHECKS, rank
from survey.domain.checks.examining import examine
from survey.domain.checks.findings import Figure, Finding
from survey.domain.checks.kinds import GROUPS, LIKELY_WRONG, LOOK, NOTE, CheckKind
from survey.domain.checks.thresholds import THRESHOLDS, ThresholdKind, Thresholds, read_threshold, thresholds_from
from survey.domain.checks.visit import Day, Other, Picture, Use, Visit, taken_utc

__all__ = [
    "CHECKS", "GROUPS", "LIKELY_WRONG", "LOOK", "NOTE", "THRESHOLDS", "CheckKind", "Day", "Figure", "Finding", "Other", "Picture",
    "ThresholdKind", "Thresholds", "Use", "Visit", "examine", "rank", "read_threshold", "taken_utc", "thresholds_from",
]  # fmt: skip
