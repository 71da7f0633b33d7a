"""Whether what finds events says what the events say: a changed index would hide from a search what the chain still holds."""

from collections.abc import Iterator

from survey.domain.chained import named_in, read_body
from survey.domain.ports import Reader
from survey.store.event_index import select_chains, select_first_found
from survey.store.faults import Fault


def find_index_faults(reader: Reader) -> Iterator[Fault]:
    """LOG_INDEX_MISSING, LOG_INDEX_CHANGED, LOG_INDEX_EXTRA; events that wait for the worker since an older release are no fault.

    `log --reindex` makes the index anew.
    """
    for commune in select_chains(reader):
        yield from _of_chain(reader, commune, select_first_found(reader, commune))
    for row in reader.rows(
        "SELECT i.commune, i.seq FROM event_index i LEFT JOIN event e ON e.commune = i.commune AND e.seq = i.seq WHERE e.seq IS NULL"
        " ORDER BY i.commune, i.seq LIMIT 1000"
    ):
        yield Fault("LOG_INDEX_EXTRA", f"{row['commune'] or 'deployment'}#{row['seq']}", "no such event")


def _of_chain(reader: Reader, commune: str, first: int) -> Iterator[Fault]:
    named = 0
    rows = reader.stream(
        "SELECT e.seq, e.body, i.at, i.kind FROM event e LEFT JOIN event_index i ON i.commune = e.commune AND i.seq = e.seq"
        " WHERE e.commune = :commune AND e.seq >= :first ORDER BY e.seq",
        commune=commune, first=first,
    )  # fmt: skip
    for row in rows:
        subject = f"{commune or 'deployment'}#{row['seq']}"
        body = read_body(str(row["body"]))
        named += len(named_in(body))
        if row["kind"] is None:
            yield Fault("LOG_INDEX_MISSING", subject, "not found by any search")
        elif (row["at"], row["kind"]) != (str(body.get("at", "")), str(body.get("kind", ""))):
            yield Fault("LOG_INDEX_CHANGED", subject, f"{row['kind']} {row['at']}")
    kept = reader.row("SELECT COUNT(*) AS n FROM event_subject WHERE commune = :commune AND seq >= :first", commune=commune, first=first)
    if kept is not None and kept["n"] != named:
        yield Fault("LOG_INDEX_CHANGED", commune or "deployment", f"{kept['n']} ids can be searched for, the events name {named}")
