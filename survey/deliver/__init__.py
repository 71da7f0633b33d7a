"""Deliver: evidence bundles are asked for, made and sealed by workers, and handed out byte range by byte range (DESIGN 2.7, 2.10).

Verdicts and the seal are passed in by the door, which asks `assess` and `signing` for them: verbs do not call each other.
"""

from survey.deliver.handing import bundles, find_bag, find_bundle, read
from survey.deliver.making import BUNDLE_JOB, PART_JOB, advance, give_up, make
from survey.deliver.opening import Opened, openings
from survey.deliver.ordering import find_request, look, order, requests, withdraw
from survey.deliver.sealing import Sealer
from survey.deliver.sweeping import UNUSED_KEPT, sweep

__all__ = [
    "BUNDLE_JOB", "PART_JOB", "UNUSED_KEPT", "Opened", "Sealer", "advance", "bundles", "find_bag", "find_bundle", "find_request",
    "give_up", "look", "make", "openings", "order", "read", "requests", "sweep", "withdraw",
]  # fmt: skip
