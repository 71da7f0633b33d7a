"""Across communes: what is new in one commune is compared with the photos of all others, a portion at a time, in flat memory.

Why no pair is missed. A pass over a commune's new photos first reads up to which number it goes, and only then the other communes' photos.
Let x in C and y in D be alike, and suppose that neither pass saw the other. D's pass saw y before it read C's photos without x: so x
became visible after that. C's pass saw x before it read D's photos, which is later still: so it saw y. Either pass writes the pair, and
readers look for it from both ends.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from survey.develop.reuse import hashes_of, verified
from survey.domain.looks import PhotoLook, look_from_json
from survey.domain.ports import Reader, Row, Survey, Transaction
from survey.photos.likeness import Index
from survey.store.hashes import (
    select_hashed,
    select_is_alone,
    select_looks,
    select_other_hashes,
    update_pass_begun,
    update_pass_reached,
)
from survey.store.jobs import upsert_gathering_job, upsert_job
from survey.store.likeness import MOST_ALIKE, delete_far_pairs, insert_pairs, select_users

# Our own choices. A pass reads all other communes' hashes once: for what came within two minutes, not for each photo.
GATHERING: Final = timedelta(minutes=2)
# A worker goes back to fresh photos so often; a phone's owner does not notice.
_SLICE_S: Final = 2.0
# Photos of one pass: their looks take a few megabytes, and reading the others costs little beside comparing so many.
_PASS: Final = 256
_PORTION: Final = 20_000


def ask_to_compare(tx: Transaction, survey: Survey, commune: str) -> None:
    """Have the commune's new photos compared with the other communes' soon; nothing where there is no other commune."""
    if not select_is_alone(tx, commune):
        upsert_gathering_job(tx, commune, "compare_communes", commune, {}, survey.now() + GATHERING)


def compare_communes(survey: Survey, commune: str, *, seconds: float = _SLICE_S, portion: int = _PORTION) -> None:
    """Compare what is new in *commune* with the other communes' photos for some *seconds*, then leave the rest as a new job.

    *portion* is how many of the others' photos are held at a time. Running it again, or in two workers at once, writes the same pairs.
    """
    ends = time.monotonic() + seconds
    while True:
        with survey.transaction() as tx:
            begun = update_pass_begun(tx, commune, _PASS)
        if begun is None:
            return
        _go_on(survey, commune, begun, portion)
        if time.monotonic() >= ends:
            break
    with survey.transaction() as tx:
        upsert_job(tx, commune, "compare_communes", commune, {}, survey.now(), background=True)


def _go_on(survey: Survey, commune: str, begun: Row, portion: int) -> None:
    """Take the pass *begun* on by one portion, and keep what it found together with how far it came."""
    with survey.reading() as reader:
        others = select_other_hashes(reader, commune, (begun["reached_commune"], begun["reached_seq"]), portion)
        looks = _looks(reader, commune, begun) if others else {}
        pairs = _found(reader, looks, others)
    reached = (others[-1]["commune"], others[-1]["seq"]) if len(others) == portion else None
    with survey.transaction() as tx:
        insert_pairs(tx, commune, pairs, survey.now())
        for sha256 in {pair["sha256"] for pair in pairs}:
            delete_far_pairs(tx, commune, sha256)
        update_pass_reached(tx, commune, begun, reached)
        _have_examined(tx, survey, commune, pairs)


def _looks(reader: Reader, commune: str, begun: Row) -> dict[str, PhotoLook]:
    """The looks of the pass's photos by SHA-256."""
    rows = select_looks(reader, commune, begun["compared"], begun["target"])
    return {row["sha256"]: look for row in rows if (look := look_from_json(row["look"])) is not None}


def _found(reader: Reader, looks: Mapping[str, PhotoLook], others: Sequence[Row]) -> list[Row]:
    """The pairs of new photos with *looks* and *others*; the same bytes are no pair, they are found without one."""
    index = Index()
    index.extend((place, hashes_of(row)) for place, row in enumerate(others))
    pairs: list[Row] = []
    for sha256, look in looks.items():
        for found in index.nearest(look.probes, MOST_ALIKE):
            other = others[found.seq]
            pair = verified(select_hashed(reader, other["commune"], other["seq"]), look)
            if pair is not None and pair["other_sha256"] != sha256:
                pairs.append({"sha256": sha256, "other_commune": other["commune"], **pair})
    return pairs


def _have_examined(tx: Transaction, survey: Survey, commune: str, pairs: Sequence[Row]) -> None:
    """Ask for the submissions of both ends of *pairs* to be examined anew; in one order, as `ask_others` does."""
    photos = {(commune, pair["sha256"]) for pair in pairs} | {(pair["other_commune"], pair["other_sha256"]) for pair in pairs}
    users = {(place, submission) for place, sha256 in photos for submission in select_users(tx, place, sha256)}
    for place, submission in sorted(users):
        upsert_job(tx, place, "examine", submission, {"submission": submission}, survey.now())
