"""Bundles on their way: what was asked for, the parts that workers make, and the lock under which a request goes on."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from survey.domain.bundles import PartKind, PartPlan, Progress, Request, Stored
from survey.domain.canonical import dumps, sha256_hex
from survey.domain.evidence import LAYOUT, Scope, Variant, read_scope
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text
from survey.store.events import GENESIS

OPEN = (Progress.WAITING, Progress.GATHERING, Progress.MAKING)
_OPEN = ", ".join(f"'{state.value}'" for state in OPEN)
_COLUMNS = "commune, request, scope, variant, bag_bytes, person, at, state, done, total, draft, bundle, problem"


@dataclass(frozen=True)
class PartRow:
    """A part of a request: *specification* is the blob that it is made from, *made* the blob of its bytes with the *files* in it."""

    part: str
    number: int
    kind: PartKind
    specification: str
    made: str | None = None
    files: Sequence[Stored] = ()


def lock_made(tx: Transaction) -> None:
    """Let what is made be named in a row or swept away, never both at once; held until the transaction ends.

    The head of the deployment's own chain is a row that every deployment has, and that is seldom written.
    """
    tx.execute("INSERT INTO event_head (commune, seq, hash) VALUES ('', 0, :hash) ON CONFLICT DO NOTHING", hash=GENESIS)
    tx.execute("UPDATE event_head SET seq = seq WHERE commune = ''")


def lock_request(tx: Transaction, commune: str, request: str) -> Request | None:
    """The request, which no other transaction changes until this one ends; None where there is none."""
    tx.execute("UPDATE bundle_request SET done = done WHERE commune = :commune AND request = :request", commune=commune, request=request)
    return select_request(tx, commune, request)


def insert_request(tx: Transaction, request: Request) -> None:
    """Write down what was asked for."""
    tx.execute(
        f"INSERT INTO bundle_request ({_COLUMNS}) VALUES (:commune, :request, :scope, :variant, :bag_bytes, :person, :at, :state,"
        " 0, 0, NULL, NULL, NULL)",
        commune=request.commune, request=request.id, scope=dumps(request.scope.document()), variant=request.variant.value,
        bag_bytes=request.bag_bytes, person=request.person, at=to_text(request.at), state=request.state.value,
    )  # fmt: skip


def select_request(reader: Reader, commune: str, request: str) -> Request | None:
    """The request with that id, or None."""
    row = reader.row(
        f"SELECT {_COLUMNS} FROM bundle_request WHERE commune = :commune AND request = :request", commune=commune, request=request
    )
    return None if row is None else _request(row)


def select_requests(reader: Reader, commune: str, *, limit: int) -> list[Request]:
    """The newest *limit* requests."""
    rows = reader.rows(
        f"SELECT {_COLUMNS} FROM bundle_request WHERE commune = :commune ORDER BY at DESC, request LIMIT :limit",
        commune=commune, limit=limit,
    )  # fmt: skip
    return [_request(row) for row in rows]


def select_open_request(reader: Reader, commune: str, scope: Scope, variant: Variant, bag_bytes: int) -> Request | None:
    """A request for the very same that is under way, or None."""
    row = reader.row(
        f"SELECT {_COLUMNS} FROM bundle_request WHERE commune = :commune AND state IN ({_OPEN}) AND scope = :scope"
        " AND variant = :variant AND bag_bytes = :bag_bytes ORDER BY at, request LIMIT 1",
        commune=commune, scope=dumps(scope.document()), variant=variant.value, bag_bytes=bag_bytes,
    )  # fmt: skip
    return None if row is None else _request(row)


def update_gathering(tx: Transaction, commune: str, request: str) -> None:
    """A worker has begun; a request that is further, or has ended, stays as it is."""
    tx.execute(
        "UPDATE bundle_request SET state = 'gathering' WHERE commune = :commune AND request = :request AND state = 'waiting'",
        commune=commune, request=request,
    )  # fmt: skip


def update_drafted(tx: Transaction, commune: str, request: str, draft: str, parts: Sequence[PartRow]) -> None:
    """Everything but *parts* is made."""
    tx.execute_many(
        "INSERT INTO bundle_part (commune, part, request, number, kind, specification, made, files)"
        " VALUES (:commune, :part, :request, :number, :kind, :specification, :made, :files) ON CONFLICT DO NOTHING",
        [
            {
                "commune": commune, "part": one.part, "request": request, "number": one.number, "kind": one.kind.value,
                "specification": one.specification, "made": one.made, "files": _files(one.files) if one.made else None,
            }
            for one in parts
        ],
    )  # fmt: skip
    tx.execute(
        "UPDATE bundle_request SET state = 'making', draft = :draft, total = :total WHERE commune = :commune AND request = :request",
        commune=commune, request=request, draft=draft, total=len({one.part for one in parts}),
    )  # fmt: skip
    _count(tx, commune, request)


def select_parts(reader: Reader, commune: str, request: str) -> list[PartRow]:
    """The parts of a request in order."""
    rows = reader.rows(
        "SELECT part, number, kind, specification, made, files FROM bundle_part WHERE commune = :commune AND request = :request"
        " ORDER BY number",
        commune=commune, request=request,
    )  # fmt: skip
    return [_part(row) for row in rows]


def select_made_parts(reader: Reader, commune: str, parts: Collection[str]) -> dict[str, PartRow]:
    """Of the *parts* those that have been made already, for whichever request."""
    found = {}
    for part in parts:
        row = reader.row(
            "SELECT part, number, kind, specification, made, files FROM bundle_part WHERE commune = :commune AND part = :part"
            " AND made IS NOT NULL ORDER BY request LIMIT 1",
            commune=commune, part=part,
        )  # fmt: skip
        if row is not None:
            found[part] = _part(row)
    return found


def update_part_made(tx: Transaction, commune: str, request: str, part: str, made: str, files: Sequence[Stored]) -> bool:
    """The part's bytes are the blob *made*; returns whether the request has all of its parts now. The request is locked."""
    tx.execute(
        "UPDATE bundle_part SET made = :made, files = :files WHERE commune = :commune AND request = :request AND part = :part",
        commune=commune, request=request, part=part, made=made, files=_files(files),
    )  # fmt: skip
    _count(tx, commune, request)
    row = select_request(tx, commune, request)
    return row is not None and row.done == row.total


def update_sealed(tx: Transaction, commune: str, request: str, bundle: str, at: datetime) -> None:
    """The request has become *bundle*; its parts stay known, so that the same piece is not made again."""
    tx.execute(
        "UPDATE bundle_request SET state = 'sealed', draft = NULL, bundle = :bundle, problem = NULL, ended_at = :at"
        " WHERE commune = :commune AND request = :request",
        commune=commune, request=request, bundle=bundle, at=to_text(at),
    )  # fmt: skip


def update_restarted(tx: Transaction, commune: str, request: str) -> bool:
    """Everything of a request is made anew: what it was made from is no longer so. False where it has ended."""
    restarted = tx.execute(
        "UPDATE bundle_request SET state = 'waiting', draft = NULL, done = 0, total = 0"
        f" WHERE commune = :commune AND request = :request AND state IN ({_OPEN})",
        commune=commune, request=request,
    )  # fmt: skip
    if restarted:
        tx.execute("DELETE FROM bundle_part WHERE commune = :commune AND request = :request", commune=commune, request=request)
    return bool(restarted)


def update_ended(
    tx: Transaction, commune: str, request: str, state: Progress, at: datetime, problem: Mapping[str, Any] | None = None
) -> bool:
    """A request that is under way ends as failed or withdrawn; False where it had ended already."""
    ended = tx.execute(
        "UPDATE bundle_request SET state = :state, draft = NULL, problem = :problem, ended_at = :at"
        f" WHERE commune = :commune AND request = :request AND state IN ({_OPEN})",
        commune=commune, request=request, state=state.value, at=to_text(at), problem=None if problem is None else dumps(problem),
    )  # fmt: skip
    if ended:
        tx.execute("DELETE FROM bundle_part WHERE commune = :commune AND request = :request", commune=commune, request=request)
    return bool(ended)


def delete_parts_of(tx: Transaction, commune: str, bundle: str) -> None:
    """Forget the parts of *bundle*, whose files are dropped."""
    tx.execute(
        "DELETE FROM bundle_part WHERE commune = :commune AND request IN"
        " (SELECT r.request FROM bundle_request r WHERE r.commune = :commune AND r.bundle = :bundle)",
        commune=commune, bundle=bundle,
    )  # fmt: skip


def select_drafts(reader: Reader) -> list[str]:
    """The drafts of all requests under way, in every commune."""
    rows = reader.rows(f"SELECT draft FROM bundle_request WHERE draft IS NOT NULL AND state IN ({_OPEN}) ORDER BY draft")
    return [row["draft"] for row in rows]


def select_part_blobs(reader: Reader) -> set[str]:
    """Every blob that a part is made from or has become, in every commune."""
    rows = reader.rows("SELECT specification, made FROM bundle_part")
    return {blob for row in rows for blob in (row["specification"], row["made"]) if blob}


def part_key(plan: PartPlan) -> str:
    """The JSON that decides a part's bytes, together with how this software arranges things."""
    return dumps({"layout": LAYOUT, "kind": plan.kind.value, "title": plan.title, "names": list(plan.names), "data": plan.data})


def part_id(plan: PartPlan) -> str:
    """SHA-256 of `part_key`: the part's name, and that of the blob that it is made from."""
    return sha256_hex(part_key(plan))


def read_plan(document: Mapping[str, Any]) -> PartPlan:
    """The plan behind `part_key`."""
    return PartPlan(PartKind(document["kind"]), document["title"], tuple(document["names"]), document["data"])


def _count(tx: Transaction, commune: str, request: str) -> None:
    tx.execute(
        "UPDATE bundle_request SET done = (SELECT COUNT(*) FROM bundle_part p WHERE p.commune = :commune AND p.request = :request"
        " AND p.made IS NOT NULL) WHERE commune = :commune AND request = :request",
        commune=commune, request=request,
    )  # fmt: skip


def _files(files: Sequence[Stored]) -> str:
    return dumps([[one.name, one.start, one.size, one.crc32, one.sha256] for one in files])


def _part(row: Row) -> PartRow:
    bare = PartRow(row["part"], row["number"], PartKind(row["kind"]), row["specification"])
    if row["made"] is None:
        return bare
    files = tuple(Stored(name, row["made"], start, size, crc32, sha256) for name, start, size, crc32, sha256 in json.loads(row["files"]))
    return replace(bare, made=row["made"], files=files)


def _request(row: Row) -> Request:
    return Request(
        row["commune"], row["request"], read_scope(json.loads(row["scope"])), Variant(row["variant"]), row["bag_bytes"], row["person"],
        from_text(row["at"]), Progress(row["state"]), row["done"], row["total"], row["draft"], row["bundle"],
        None if row["problem"] is None else json.loads(row["problem"]),
    )  # fmt: skip
