"""What finds events of the chained log by time, kind, person and named id: made from the events, written with them.

Events of an older release are added by a worker, from the newest down; the chain itself is never touched.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.chained import named_in, read_body, who_did
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import to_text

_OF_SENDER = frozenset({"submission.received", "photo.received"})  # their bodies name no person: the submission does
_SHOWN = "i.seq, i.at, i.kind, i.person, e.body, e.hash"


@dataclass(frozen=True)
class ChangeFilters:
    """Which events are wanted; None where every one is. *since* is included, *before* is not; *subject* is an id or hash."""

    person: str | None = None
    kind: str | None = None
    subject: str | None = None
    since: datetime | None = None
    before: datetime | None = None


Place = tuple[str, int]  # moment and number of an event: the next page begins behind it


def insert_index(tx: Transaction, commune: str, events: Iterable[Mapping[str, object]]) -> None:
    """Let the *events* (`seq` and `body`) of one chain be found; what is known already stays as it is."""
    found: list[dict[str, object]] = []
    named: list[dict[str, object]] = []
    for event in events:
        body = read_body(str(event["body"]))
        at, kind = str(body.get("at", "")), str(body.get("kind", ""))
        person = who_did(body) or _sender(tx, commune, kind, body)
        found.append({"commune": commune, "seq": event["seq"], "at": at, "kind": kind, "person": person})
        named += ({"commune": commune, "subject": subject, "at": at, "seq": event["seq"]} for subject in named_in(body))
    tx.execute_many(
        "INSERT INTO event_index (commune, seq, at, kind, person) VALUES (:commune, :seq, :at, :kind, :person) ON CONFLICT DO NOTHING",
        found,
    )
    tx.execute_many(
        "INSERT INTO event_subject (commune, subject, at, seq) VALUES (:commune, :subject, :at, :seq) ON CONFLICT DO NOTHING", named
    )


def index_portion(tx: Transaction, commune: str, limit: int) -> int:
    """Add the next *limit* events that stand before all that can be found; returns how many, 0 once none is left."""
    first = select_first_found(tx, commune)
    rows = tx.rows(
        "SELECT seq, body FROM event WHERE commune = :commune AND seq < :first ORDER BY seq DESC LIMIT :limit",
        commune=commune, first=first, limit=limit,
    )  # fmt: skip
    insert_index(tx, commune, rows)
    return len(rows)


def delete_index(tx: Transaction, commune: str) -> None:
    """Forget what finds one chain's events, so that `index_portion` makes it anew; the events stay."""
    tx.execute("DELETE FROM event_subject WHERE commune = :commune", commune=commune)
    tx.execute("DELETE FROM event_index WHERE commune = :commune", commune=commune)


def select_first_found(reader: Reader, commune: str) -> int:
    """The number of the oldest event that can be found; one more than the last where none can."""
    row = reader.row("SELECT MIN(seq) AS first FROM event_index WHERE commune = :commune", commune=commune)
    if row is not None and row["first"] is not None:
        return int(row["first"])
    head = reader.row("SELECT seq FROM event_head WHERE commune = :commune", commune=commune)
    return 1 if head is None else int(head["seq"]) + 1


def select_chains(reader: Reader) -> list[str]:
    """Whose chains there are; `''` is the deployment's."""
    return [row["commune"] for row in reader.rows("SELECT commune FROM event_head ORDER BY commune")]


def select_changes_page(reader: Reader, commune: str, filters: ChangeFilters, after: Place | None = None, *, limit: int) -> Sequence[Row]:
    """One page of events, newest first, behind *after*: seq, at, kind, person, body, hash."""
    # By a named id the short list of its events leads; else one of the index's own orders does. No order has to be made.
    by = "i" if filters.subject is None else "s"
    parameters: dict[str, object] = {"commune": commune, "limit": limit}
    conditions = [f"{by}.commune = :commune"]
    for name, condition in _conditions(by, filters, after):
        conditions.append(condition)
        parameters |= name
    chosen = "event_index i" if by == "i" else "event_subject s JOIN event_index i ON i.commune = s.commune AND i.seq = s.seq"
    return reader.rows(
        f"SELECT {_SHOWN} FROM {chosen} JOIN event e ON e.commune = i.commune AND e.seq = i.seq"
        f" WHERE {' AND '.join(conditions)} ORDER BY {by}.at DESC, {by}.seq DESC LIMIT :limit",
        **parameters,
    )


def _conditions(by: str, filters: ChangeFilters, after: Place | None) -> Iterable[tuple[dict[str, object], str]]:
    if filters.subject is not None:
        yield {"subject": filters.subject}, "s.subject = :subject"
    if filters.person is not None:
        yield {"person": filters.person}, "i.person = :person"
    if filters.kind is not None:
        yield {"kind": filters.kind}, "i.kind = :kind"
    if filters.since is not None:
        yield {"since": to_text(filters.since)}, f"{by}.at >= :since"
    if filters.before is not None:
        yield {"before": to_text(filters.before)}, f"{by}.at < :before"
    if after is not None:
        yield {"after_at": after[0], "after_seq": after[1]}, f"({by}.at, {by}.seq) < (:after_at, :after_seq)"


def _sender(tx: Transaction, commune: str, kind: str, body: Mapping[str, object]) -> str:
    if kind not in _OF_SENDER:
        return ""
    row = tx.row(
        "SELECT person FROM submission WHERE commune = :commune AND submission = :submission",
        commune=commune, submission=str(body.get("submission")),
    )  # fmt: skip
    return "" if row is None or row["person"] is None else str(row["person"])
