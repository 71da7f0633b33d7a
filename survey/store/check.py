"""Checks a deployment against itself: every row against its bytes, every count, and the log's chain."""

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from survey.domain.canonical import event_hash, sha256_hex
from survey.domain.ports import Blobs, Reader, Row
from survey.domain.problems import FILE_UNKNOWN, Problem
from survey.store.check_index import find_index_faults
from survey.store.check_stated import find_stated_faults
from survey.store.events import GENESIS, select_events
from survey.store.faults import Fault

__all__ = ["Fault", "find_faults", "select_unreferenced"]

_NAMED = "SELECT sha256 FROM blob UNION SELECT sha256 FROM document UNION SELECT sha256 FROM resident_report WHERE sha256 IS NOT NULL"


def find_faults(reader: Reader, blobs: Blobs) -> Iterator[Fault]:
    """Every fault of the deployment, as they are found; reads all bytes once."""
    for row in reader.rows("SELECT commune, seq, hash FROM event_head ORDER BY commune"):
        yield from _chain(reader, row["commune"], row["seq"], row["hash"])
    yield from find_index_faults(reader)
    logged = _read_log(reader)
    yield from _submissions(reader, logged)
    yield from _tallies(reader)
    yield from _attachments(reader, logged)
    yield from _blobs(reader, blobs)
    yield from _tombstones(reader, blobs, logged)
    yield from find_stated_faults(reader, blobs)


def select_unreferenced(reader: Reader, blobs: Blobs) -> list[str]:
    """Hashes of bytes that no row names: what a crash between bytes and row leaves behind; harmless."""
    rows = {row["sha256"] for row in reader.stream(_NAMED)}
    return sorted({*blobs.hashes(), *blobs.hashes(quarantine=True)} - rows)


def _chain(reader: Reader, commune: str, seq: int, head: str) -> Iterator[Fault]:
    prev, number = GENESIS, 0
    for event in select_events(reader, commune):
        number += 1
        subject = f"{commune or 'deployment'}#{event['seq']}"
        if event["seq"] != number:
            yield Fault("LOG_GAP", subject, f"expected number {number}")
            return
        if event["prev"] != prev or event["hash"] != event_hash(event["seq"], event["prev"], event["salt"], event["body"]):
            yield Fault("LOG_BROKEN", subject, event["hash"])
            return
        prev = event["hash"]
    if (number, prev) != (seq, head):
        yield Fault("LOG_HEAD", commune or "deployment", f"head says {seq} {head}, chain ends with {number} {prev}")


@dataclass(frozen=True)
class _Logged:
    """What the log says: of submissions by commune and id the hash received and the state decided last; which files came, which went.

    *buried* are the submissions of homes that were erased.
    """

    instances: dict[tuple[str, str], str]
    states: dict[tuple[str, str], str]
    files: set[tuple[str, str]]
    erased: set[tuple[str, str]]
    buried: set[tuple[str, str]]


def _submissions(reader: Reader, logged: _Logged) -> Iterator[Fault]:
    sql = (
        "SELECT s.commune, s.submission, s.state, s.instance_sha256, s.missing_files, s.erased_at, i.xml,"
        " (SELECT COUNT(*) FROM attachment a WHERE"
        " a.commune = s.commune AND a.submission = s.submission AND a.state = 'missing') AS missing"
        " FROM submission s LEFT JOIN instance i ON i.commune = s.commune AND i.submission = s.submission"
    )
    for row in reader.stream(sql):
        subject = row["submission"]
        if row["xml"] is None:
            yield Fault("INSTANCE_MISSING", subject, "no XML")
        elif row["erased_at"] is not None:
            yield from _erased(row, logged)
        elif sha256_hex(bytes(row["xml"])) != row["instance_sha256"]:
            yield Fault("INSTANCE_CHANGED", subject, sha256_hex(bytes(row["xml"])))
        key = row["commune"], subject
        if logged.instances.get(key) != row["instance_sha256"]:
            yield Fault("SUBMISSION_NOT_LOGGED", subject, str(logged.instances.get(key)))
        if logged.states.get(key) != row["state"]:
            yield Fault("STATE_NOT_LOGGED", subject, f"{row['state']}, logged {logged.states.get(key)}")
        if row["missing"] != row["missing_files"]:
            yield Fault("MISSING_COUNT", subject, f"{row['missing_files']} kept, {row['missing']} counted")


def _erased(row: Row, logged: _Logged) -> Iterator[Fault]:
    if bytes(row["xml"]):
        yield Fault("ERASED_INSTANCE_LEFT", row["submission"], "its instance is still here")
    if (row["commune"], row["submission"]) not in logged.buried:
        yield Fault("ERASURE_NOT_LOGGED", row["submission"], "erased, not logged")


def _read_log(reader: Reader) -> _Logged:
    logged = _Logged({}, {}, set(), set(), set())
    for row in reader.stream("SELECT commune, body FROM event ORDER BY commune, seq"):
        try:
            body = json.loads(row["body"])
        except ValueError:
            continue  # the chain has named it already
        key = row["commune"], str(body.get("submission"))
        if body.get("kind") == "submission.received":
            logged.instances[key], logged.states[key] = body["sha256"], "received"
        elif body.get("kind") in ("photo.received", "file.kept_aside"):
            logged.files.add((row["commune"], body["sha256"]))
        elif body.get("kind") == "photo.erased":
            logged.erased.add((row["commune"], body["sha256"]))
        elif body.get("kind") == "home.erased":
            logged.buried.update((row["commune"], submission) for submission in body["submissions"])
        elif "to" in body:
            logged.states[key] = body["to"]
    return logged


def _tallies(reader: Reader) -> Iterator[Fault]:
    kept = {
        (row["commune"], row["state"], row["form"], row["hamlet"]): row["count"]
        for row in reader.rows("SELECT commune, state, form, hamlet, count FROM tally WHERE count <> 0")
    }
    counted = {
        (row["commune"], row["state"], row["form"], row["hamlet"] or ""): row["count"]
        for row in reader.rows(
            "SELECT commune, state, form, hamlet, COUNT(*) AS count FROM submission GROUP BY commune, state, form, hamlet"
        )
    }
    for key in sorted(kept.keys() | counted.keys()):
        if kept.get(key, 0) != counted.get(key, 0):
            yield Fault("TALLY", "/".join(key), f"{kept.get(key, 0)} kept, {counted.get(key, 0)} counted")
    sums = reader.rows(
        "SELECT commune, code, SUM(kept) AS kept, SUM(counted) AS counted FROM (SELECT commune, code, count AS kept, 0 AS counted FROM"
        " flag_tally UNION ALL SELECT commune, code, 0, 1 FROM flag) AS both_counts GROUP BY commune, code ORDER BY commune, code"
    )
    for row in sums:
        if row["kept"] != row["counted"]:
            yield Fault("TALLY", f"{row['commune']}/{row['code']}", f"{row['kept']} kept, {row['counted']} counted")


def _attachments(reader: Reader, logged: _Logged) -> Iterator[Fault]:
    sql = (
        "SELECT a.commune, a.submission, a.name, a.sha256, b.sha256 AS kept FROM"
        " (SELECT commune, submission, name, sha256 FROM attachment WHERE sha256 IS NOT NULL"
        " UNION ALL SELECT commune, submission, name, sha256 FROM conflict_file) a"
        " LEFT JOIN blob b ON b.commune = a.commune AND b.sha256 = a.sha256"
    )
    for row in reader.stream(sql):
        subject = f"{row['submission']}/{row['name']}"
        if row["kept"] is None:
            yield Fault("ATTACHMENT_WITHOUT_BLOB", subject, row["sha256"])
        if (row["commune"], row["sha256"]) not in logged.files:
            yield Fault("FILE_NOT_LOGGED", subject, row["sha256"])


def _tombstones(reader: Reader, blobs: Blobs, logged: _Logged) -> Iterator[Fault]:
    """What is left of photos that were erased, and rows and log that do not say the same of it."""
    sql = (
        "SELECT b.commune, b.sha256, b.facts, b.look, (SELECT COUNT(*) FROM likeness l WHERE l.commune = b.commune AND l.sha256 = b.sha256)"
        " + (SELECT COUNT(*) FROM likeness_pair p WHERE p.commune = b.commune AND p.sha256 = b.sha256)"
        " + (SELECT COUNT(*) FROM likeness_pair p WHERE p.other_commune = b.commune AND p.other_sha256 = b.sha256)"
        " + (SELECT COUNT(*) FROM cover c WHERE c.commune = b.commune AND c.sha256 = b.sha256) AS likenesses,"
        " (SELECT COUNT(*) FROM blob o WHERE o.sha256 = b.sha256 AND o.erased_at IS NULL)"
        " + (SELECT COUNT(*) FROM document d WHERE d.sha256 = b.sha256) AS users"
        " FROM blob b WHERE b.erased_at IS NOT NULL ORDER BY b.sha256"
    )
    buried = set()
    for row in reader.stream(sql):
        buried.add((row["commune"], row["sha256"]))
        if (row["commune"], row["sha256"]) not in logged.erased:
            yield Fault("ERASURE_NOT_LOGGED", row["sha256"], "erased, not logged")
        if row["facts"] != "{}" or row["look"] is not None or row["likenesses"]:
            yield Fault("ERASED_FACTS_LEFT", row["sha256"], "what the photo says is still here")
        if not row["users"] and blobs.holds(row["sha256"]):
            yield Fault("ERASED_BYTES_LEFT", row["sha256"], "bytes or views are still here")
    for commune, sha256 in sorted(logged.erased - buried):
        yield Fault("ERASURE_TAKEN_BACK", sha256, f"logged as erased in {commune}")


def _blobs(reader: Reader, blobs: Blobs) -> Iterator[Fault]:
    for row in reader.stream("SELECT sha256, size, crc32, quarantine FROM blob WHERE erased_at IS NULL ORDER BY sha256"):
        digest, crc, size = hashlib.sha256(), 0, 0
        try:
            for chunk in blobs.read(row["sha256"], quarantine=bool(row["quarantine"])):
                digest.update(chunk)
                crc = zlib.crc32(chunk, crc)
                size += len(chunk)
        except Problem as problem:
            missing = problem.kind is FILE_UNKNOWN
            yield Fault("BLOB_MISSING" if missing else "BLOB_CHANGED", row["sha256"], "no bytes" if missing else problem.kind.code)
            continue
        if (digest.hexdigest(), crc, size) != (row["sha256"], row["crc32"], row["size"]):
            yield Fault("BLOB_CHANGED", row["sha256"], digest.hexdigest())
