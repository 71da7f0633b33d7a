"""Checks what people stated, the papers that they attached, and what residents sent, against the bytes and the log."""

import hashlib
import json
from collections.abc import Iterator

from survey.domain.ports import Blobs, Reader, Row
from survey.domain.problems import FILE_UNKNOWN, Problem
from survey.store.faults import Fault


def find_stated_faults(reader: Reader, blobs: Blobs) -> Iterator[Fault]:
    """Papers and residents' photos without their bytes; rows that the log does not know, or knows and that are gone."""
    papers, stated = _read_log(reader)
    yield from _papers(reader, blobs, papers)
    yield from _statements(reader, stated)
    yield from _residents(reader, blobs)


def _read_log(reader: Reader) -> tuple[set[tuple[str, str]], dict[tuple[object, ...], str]]:
    papers: set[tuple[str, str]] = set()
    stated: dict[tuple[object, ...], str] = {}
    for row in reader.stream("SELECT commune, body FROM event ORDER BY commune, seq"):
        try:
            body = json.loads(row["body"])
        except ValueError:
            continue  # the chain has named it already
        if body.get("kind") == "document.received":
            papers.add((row["commune"], body["sha256"]))
        elif body.get("kind") == "home.erased":
            papers -= {(row["commune"], sha256) for sha256 in body.get("files", ())}
        elif body.get("kind") in ("statement.made", "statement.withdrawn"):
            place = body["edition"], body["criterion"], body["hamlet"] or "", body["aspect"], body["number"]
            stated[row["commune"], *place] = f"{body['outcome']} {body['document'] or ''}"
    return papers, stated


def _papers(reader: Reader, blobs: Blobs, logged: set[tuple[str, str]]) -> Iterator[Fault]:
    rows = reader.rows("SELECT commune, sha256, size FROM document ORDER BY commune, sha256")
    for row in rows:
        if (row["commune"], row["sha256"]) not in logged:
            yield Fault("DOCUMENT_NOT_LOGGED", row["sha256"], "kept, not logged")
        yield from _bytes(blobs, row, "DOCUMENT")
    for commune, sha256 in sorted(logged - {(row["commune"], row["sha256"]) for row in rows}):
        yield Fault("DOCUMENT_GONE", sha256, f"logged as received in {commune}")


def _bytes(blobs: Blobs, row: Row, name: str, *, quarantine: bool = False) -> Iterator[Fault]:
    digest, size = hashlib.sha256(), 0
    try:
        for chunk in blobs.read(row["sha256"], quarantine=quarantine):
            digest.update(chunk)
            size += len(chunk)
    except Problem as problem:
        missing = problem.kind is FILE_UNKNOWN
        yield Fault(f"{name}_{'MISSING' if missing else 'CHANGED'}", row["sha256"], "no bytes" if missing else problem.kind.code)
        return
    if (digest.hexdigest(), size) != (row["sha256"], row["size"]):
        yield Fault(f"{name}_CHANGED", row["sha256"], digest.hexdigest())


def _residents(reader: Reader, blobs: Blobs) -> Iterator[Fault]:
    for row in reader.rows("SELECT sha256, size FROM resident_report WHERE sha256 IS NOT NULL ORDER BY commune, report"):
        yield from _bytes(blobs, row, "RESIDENT_PHOTO", quarantine=True)


def _statements(reader: Reader, logged: dict[tuple[object, ...], str]) -> Iterator[Fault]:
    found: dict[tuple[object, ...], str] = {}
    for row in reader.stream("SELECT commune, edition, criterion, hamlet, aspect, number, outcome, document FROM statement"):
        key = tuple(row[name] for name in ("commune", "edition", "criterion", "hamlet", "aspect", "number"))
        found[key] = f"{row['outcome']} {row['document'] or ''}"
    for key in sorted(found.keys() | logged.keys(), key=str):
        if found.get(key) != logged.get(key):
            yield Fault("STATEMENT_NOT_LOGGED", "/".join(map(str, key)), f"{found.get(key)}, logged {logged.get(key)}")
