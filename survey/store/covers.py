"""What people covered on photos: numbered sets of boxes, of which the newest counts."""

import json
from collections.abc import Sequence
from datetime import datetime

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.privacy import Box, Cover, boxes_of, boxes_to_list
from survey.domain.times import from_text, to_text

_NEWEST = "c.number = (SELECT MAX(x.number) FROM cover x WHERE x.commune = c.commune AND x.sha256 = c.sha256)"


def select_cover(reader: Reader, commune: str, sha256: str) -> Cover | None:
    """The newest set of a photo in *commune*, or None where nobody has looked yet."""
    row = reader.row(
        f"SELECT c.number, c.boxes, c.person, c.at FROM cover c WHERE c.commune = :commune AND c.sha256 = :sha256 AND {_NEWEST}",
        commune=commune, sha256=sha256,
    )  # fmt: skip
    return None if row is None else _cover(row)


def select_boxes_everywhere(reader: Reader, sha256: str) -> tuple[Box, ...]:
    """The boxes of the newest sets of all communes that have the same bytes: what one of them covered stays covered."""
    rows = reader.rows(f"SELECT c.boxes FROM cover c WHERE c.sha256 = :sha256 AND {_NEWEST} ORDER BY c.commune", sha256=sha256)
    return tuple(box for row in rows for box in boxes_of(json.loads(row["boxes"])))


def insert_cover(tx: Transaction, commune: str, sha256: str, boxes: Sequence[Box], *, person: str, at: datetime) -> int:
    """Add a set to the photo's history; returns its number."""
    # Locks the photo's row until the commit, so that two people do not take one number.
    tx.execute("UPDATE blob SET size = size WHERE commune = :commune AND sha256 = :sha256", commune=commune, sha256=sha256)
    before = select_cover(tx, commune, sha256)
    number = 1 if before is None else before.number + 1
    tx.execute(
        "INSERT INTO cover (commune, sha256, number, boxes, person, at) VALUES (:commune, :sha256, :number, :boxes, :person, :at)",
        commune=commune, sha256=sha256, number=number, boxes=dumps(boxes_to_list(boxes)), person=person, at=to_text(at),
    )  # fmt: skip
    return number


def delete_covers(tx: Transaction, commune: str, sha256: str) -> None:
    """Forget what was covered on a photo that is erased."""
    tx.execute("DELETE FROM cover WHERE commune = :commune AND sha256 = :sha256", commune=commune, sha256=sha256)


def _cover(row: Row) -> Cover:
    return Cover(row["number"], boxes_of(json.loads(row["boxes"])), row["person"], from_text(row["at"]))
