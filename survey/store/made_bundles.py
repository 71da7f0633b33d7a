"""The bundles that have been made, the zips they consist of, and which made files they still need."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.domain.bundles import Bag
from survey.domain.canonical import dumps
from survey.domain.evidence import Basis, read_basis
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, optional_from_text, to_text


@dataclass(frozen=True)
class MadeBundle:
    """A bundle as the list of exports shows it; *bags* are its zips, none where an older release made it or its files were dropped.

    *contents* are its numbers, as `survey.domain.evidence.Contents` names them, empty in one of an older release. *same* says of one
    that was made again whether the tag manifests are those of before, None where it was made once. *size* is that of all zips.
    The evidence was read at *read_at*.
    """

    basis: Basis
    files: int
    size: int | None
    person_name: str | None
    created_at: datetime
    downloaded_at: datetime | None
    contents: Mapping[str, Any]
    signer: str
    same: bool | None
    read_at: datetime
    bags: Sequence[Bag] = ()

    @property
    def id(self) -> str:
        """The bundle's UUID."""
        return self.basis.id

    @property
    def is_here(self) -> bool:
        """Whether it can be downloaded."""
        return bool(self.bags)


def upsert_bundle(
    tx: Transaction, basis: Basis, bags: Sequence[Bag], *, contents: Mapping[str, Any], signer: str, person: str, at: datetime
) -> bool | None:
    """Remember the bundle of *basis* with its zips; where it had been made before, whether the tag manifests are the same, else None."""
    former = _bags(tx, basis.commune, basis.id)
    same = None if not former else [bag.tag_manifest for bag in former] == [bag.tag_manifest for bag in bags]
    replaced = sorted({bag.layout for bag in former} - {bag.layout for bag in bags} - {""})
    kept = {**contents, "same": same, "replaced": replaced}
    tx.execute(
        "INSERT INTO bundle (commune, bundle, basis, files, size, person, created_at, variant, contents, signer)"
        " VALUES (:commune, :bundle, :basis, :files, :size, :person, :at, :variant, :contents, :signer)"
        " ON CONFLICT (commune, bundle) DO UPDATE SET files = :files, size = :size, person = :person, created_at = :at,"
        " contents = :contents, signer = :signer, downloaded_at = NULL",
        commune=basis.commune, bundle=basis.id, basis=dumps(basis.document()), files=sum(bag.files for bag in bags),
        size=sum(bag.size for bag in bags), person=person, at=to_text(at), variant=basis.variant.value, contents=dumps(kept), signer=signer,
    )  # fmt: skip
    tx.execute("DELETE FROM bundle_bag WHERE commune = :commune AND bundle = :bundle", commune=basis.commune, bundle=basis.id)
    if same is not True:
        tx.execute("DELETE FROM bundle_timestamp WHERE commune = :commune AND bundle = :bundle", commune=basis.commune, bundle=basis.id)
    tx.execute_many(
        "INSERT INTO bundle_bag (commune, bundle, number, name, size, files, layout, tag_manifest)"
        " VALUES (:commune, :bundle, :number, :name, :size, :files, :layout, :tag_manifest)",
        [
            {
                "commune": bag.commune, "bundle": bag.bundle, "number": bag.number, "name": bag.name, "size": bag.size,
                "files": bag.files, "layout": bag.layout, "tag_manifest": bag.tag_manifest,
            }
            for bag in bags
        ],
    )  # fmt: skip
    return same


def select_bundle(reader: Reader, commune: str, bundle: str) -> MadeBundle | None:
    """The bundle with that id, or None."""
    row = reader.row(f"{_MADE} AND b.bundle = :bundle", commune=commune, bundle=bundle)
    return None if row is None else _made(reader, commune, row)


def select_bundles(reader: Reader, commune: str, *, limit: int) -> list[MadeBundle]:
    """The newest *limit* bundles."""
    rows = reader.rows(f"{_MADE} ORDER BY b.created_at DESC, b.bundle LIMIT :limit", commune=commune, limit=limit)
    return [_made(reader, commune, row) for row in rows]


def select_download(reader: Reader, bag: Bag, person: str) -> datetime | None:
    """When *person* last began to fetch *bag*; None where never."""
    row = reader.row(
        "SELECT begun_at FROM bundle_download WHERE commune = :commune AND bundle = :bundle AND number = :number AND person = :person",
        commune=bag.commune, bundle=bag.bundle, number=bag.number, person=person,
    )  # fmt: skip
    return None if row is None else from_text(row["begun_at"])


def upsert_download(tx: Transaction, bag: Bag, person: str, at: datetime) -> None:
    """*person* begins to fetch *bag*."""
    tx.execute(
        "INSERT INTO bundle_download (commune, bundle, number, person, begun_at) VALUES (:commune, :bundle, :number, :person, :at)"
        " ON CONFLICT (commune, bundle, number, person) DO UPDATE SET begun_at = :at",
        commune=bag.commune, bundle=bag.bundle, number=bag.number, person=person, at=to_text(at),
    )  # fmt: skip


def update_downloaded(tx: Transaction, bag: Bag, at: datetime) -> bool:
    """A download of *bag* begins; False where its files were dropped, or others took their place, meanwhile."""
    tx.execute(
        "UPDATE bundle SET downloaded_at = :at WHERE commune = :commune AND bundle = :bundle",
        commune=bag.commune, bundle=bag.bundle, at=to_text(at),
    )  # fmt: skip
    # A statement of its own: on PostgreSQL the one that waited for the row would still see its neighbours of before.
    return bag.layout in {one.layout for one in _bags(tx, bag.commune, bag.bundle)}


def select_layouts(reader: Reader) -> list[tuple[str, str, str]]:
    """(commune, bundle, layout) of every zip that is still here, in every commune."""
    rows = reader.rows("SELECT commune, bundle, layout FROM bundle_bag WHERE layout <> '' ORDER BY commune, bundle, number")
    return [(row["commune"], row["bundle"], row["layout"]) for row in rows]


def select_replaced(reader: Reader, since: datetime) -> list[str]:
    """The layouts of zips that others took the place of after *since*: somebody may still be in the middle of one."""
    rows = reader.rows("SELECT contents FROM bundle WHERE created_at > :since AND contents <> ''", since=to_text(since))
    return sorted({layout for row in rows for layout in json.loads(row["contents"]).get("replaced", ())})


def select_idle(reader: Reader, before: datetime) -> list[tuple[str, str]]:
    """(commune, bundle) of those still here that were made and last downloaded before that moment."""
    rows = reader.rows(
        "SELECT b.commune, b.bundle FROM bundle b WHERE b.created_at < :before AND COALESCE(b.downloaded_at, '') < :before AND EXISTS"
        " (SELECT 1 FROM bundle_bag g WHERE g.commune = b.commune AND g.bundle = b.bundle AND g.layout <> '') ORDER BY b.commune, b.bundle",
        before=to_text(before),
    )
    return [(row["commune"], row["bundle"]) for row in rows]


def select_all_erased(reader: Reader, commune: str) -> set[str]:
    """The photos of the commune that are erased, whenever: a clock that is set back must not hide one."""
    rows = reader.rows("SELECT sha256 FROM blob WHERE commune = :commune AND erased_at > ''", commune=commune)
    return {row["sha256"] for row in rows}


def lock_idle(tx: Transaction, commune: str, bundle: str, before: datetime) -> bool:
    """Whether the bundle still was made and last downloaded before that moment; then no download begins until the transaction ends."""
    return bool(
        tx.execute(
            "UPDATE bundle SET files = files WHERE commune = :commune AND bundle = :bundle AND created_at < :before"
            " AND COALESCE(downloaded_at, '') < :before",
            commune=commune, bundle=bundle, before=to_text(before),
        )
    )  # fmt: skip


def update_dropped(tx: Transaction, commune: str, bundle: str) -> None:
    """The bundle's made files are dropped; what it was, and its tag manifests, stay known."""
    tx.execute("UPDATE bundle_bag SET layout = '' WHERE commune = :commune AND bundle = :bundle", commune=commune, bundle=bundle)


_MADE = (
    "SELECT b.bundle, b.basis, b.files, b.size, b.created_at, b.downloaded_at, b.contents, b.signer, p.name AS person_name FROM bundle b"
    " LEFT JOIN person p ON p.commune = b.commune AND p.person = b.person WHERE b.commune = :commune"
)


def _made(reader: Reader, commune: str, row: Row) -> MadeBundle:
    contents = json.loads(row["contents"] or "{}")
    same, read_at = contents.pop("same", None), contents.pop("read_at", row["created_at"])
    contents.pop("replaced", None)
    bags = _bags(reader, commune, row["bundle"])
    return MadeBundle(
        read_basis(json.loads(row["basis"])), row["files"], row["size"] or None, row["person_name"], from_text(row["created_at"]),
        optional_from_text(row["downloaded_at"]), contents, row["signer"], same, from_text(read_at),
        [bag for bag in bags if bag.layout],
    )  # fmt: skip


def _bags(reader: Reader, commune: str, bundle: str) -> list[Bag]:
    rows = reader.rows(
        "SELECT number, name, size, files, layout, tag_manifest FROM bundle_bag WHERE commune = :commune AND bundle = :bundle"
        " ORDER BY number",
        commune=commune, bundle=bundle,
    )  # fmt: skip
    return [
        Bag(commune, bundle, row["number"], len(rows), row["name"], row["size"], row["files"], row["layout"], row["tag_manifest"])
        for row in rows
    ]
