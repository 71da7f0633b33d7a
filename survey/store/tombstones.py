"""Homes erased: every place where words, positions, files' names and instances of a home lie gives way to a tombstone.

What stays is named in docs/privacy.md; a test looks for marked words in the whole database afterwards.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from survey.domain.canonical import dumps
from survey.domain.names import clean_file_name
from survey.domain.personal import tomb_name, without_person
from survey.domain.ports import PartKey, Reader, Row, Transaction
from survey.domain.times import from_text, to_text
from survey.store.sites import select_site_history

_ALONE = (
    "SELECT DISTINCT a.sha256 FROM (SELECT commune, submission, sha256 FROM attachment WHERE sha256 IS NOT NULL"
    " UNION SELECT commune, submission, sha256 FROM conflict_file) a JOIN submission s ON s.commune = a.commune"
    " AND s.submission = a.submission WHERE s.commune = :commune AND s.site = :site"
)


def select_home_submissions(reader: Reader, commune: str, site: str) -> list[Row]:
    """Every submission about the home, whatever became of it: submission, form, form_version, person, answers, erased_at."""
    return reader.rows(
        "SELECT submission, form, form_version, person, answers, erased_at FROM submission WHERE commune = :commune AND site = :site"
        " ORDER BY submission",
        commune=commune, site=site,
    )  # fmt: skip


def select_home_photos(reader: Reader, commune: str, site: str) -> tuple[list[str], list[str]]:
    """The hashes of files of the home: those that are its own, and those that another place's submission has too."""
    found = [row["sha256"] for row in reader.rows(f"{_ALONE} ORDER BY a.sha256", commune=commune, site=site)]
    shared = reader.rows(
        f"{_ALONE} AND EXISTS (SELECT 1 FROM attachment o JOIN submission p ON p.commune = o.commune AND p.submission = o.submission"
        " WHERE o.commune = a.commune AND o.sha256 = a.sha256 AND (p.site IS NULL OR p.site <> :site)) ORDER BY a.sha256",
        commune=commune, site=site,
    )  # fmt: skip
    others = {row["sha256"] for row in shared}
    return [sha256 for sha256 in found if sha256 not in others], sorted(others)


def select_part_keys(reader: Reader, commune: str, submissions: Iterable[str]) -> list[PartKey]:
    """Where unfinished uploads of the files that *submissions* name may lie; asked for before the names go."""
    return [
        PartKey.of(commune, row["person"], submission, clean_file_name(row["name"]))
        for submission in submissions
        for row in reader.rows(
            "SELECT a.name, COALESCE(a.person, s.person) AS person FROM attachment a JOIN submission s ON s.commune = a.commune"
            " AND s.submission = a.submission WHERE a.commune = :commune AND a.submission = :submission",
            commune=commune, submission=submission,
        )
    ]  # fmt: skip


def update_site_buried(tx: Transaction, commune: str, site: str) -> list[str]:
    """Take name, code, position and words out of every version of the site; returns the names and codes that it had."""
    gone = set()
    for version in select_site_history(tx, commune, site):
        gone |= {version.name, version.code}
        bare = without_person(version)
        tx.execute(
            "UPDATE site SET code = :code, name = :name, latitude = NULL, longitude = NULL, geometry = NULL, attributes = :attributes,"
            " search = :search, sort_key = :sort_key WHERE commune = :commune AND site = :site AND known_from = :known_from",
            commune=commune, site=site, code=bare.code, name=bare.name, attributes=dumps(dict(bare.attributes)),
            search=bare.search_text(), sort_key=bare.sort_text(), known_from=to_text(version.known_from) if version.known_from else "",
        )  # fmt: skip
    return sorted(gone - {tomb_name(site)})


def update_submission_buried(tx: Transaction, commune: str, submission: str, answers: Mapping[str, object], at: datetime) -> None:
    """Leave of a submission its ids, times, decisions, hash and the *answers* that figures need; its measures are to be filled again."""
    key = {"commune": commune, "submission": submission}
    tx.execute(
        "UPDATE submission SET answers = :answers, latitude = NULL, longitude = NULL, accuracy_m = NULL, altitude_m = NULL, fix_at = NULL,"
        " device = NULL, answers_mark = NULL, missing_files = 0, flag_count = 0, flag_severity = 0, risk = 0, erased_at = :at"
        " WHERE commune = :commune AND submission = :submission",
        answers=dumps(dict(answers)), at=to_text(at), **key,
    )  # fmt: skip
    tx.execute("UPDATE instance SET xml = :xml WHERE commune = :commune AND submission = :submission", xml=b"", **key)
    tx.execute("UPDATE review SET reason = '' WHERE commune = :commune AND submission = :submission", **key)
    tx.execute("DELETE FROM correction_note WHERE commune = :commune AND submission = :submission", **key)
    tx.execute("UPDATE job SET error = NULL WHERE commune = :commune AND job LIKE :name", commune=commune, name=f"%:{submission}")
    tx.execute("DELETE FROM measure WHERE commune = :commune AND submission = :submission", **key)
    _bury_conflicts(tx, key)
    _bury_flags(tx, key)
    _bury_files(tx, key)


def _bury_conflicts(tx: Transaction, key: Mapping[str, object]) -> None:
    tx.execute(
        "UPDATE instance_conflict SET xml = :xml WHERE commune = :commune AND (submission = :submission OR replaces = :submission)",
        xml=b"", **key,
    )  # fmt: skip
    files = tx.rows("SELECT instance_sha256, name, sha256 FROM conflict_file WHERE commune = :commune AND submission = :submission", **key)
    for number, file in enumerate(files):
        tx.execute(
            "UPDATE conflict_file SET name = :to WHERE commune = :commune AND submission = :submission AND instance_sha256 = :instance"
            " AND name = :name AND sha256 = :sha256",
            to=f"erased-{number:03d}", instance=file["instance_sha256"], name=file["name"], sha256=file["sha256"], **key,
        )  # fmt: skip


def _bury_flags(tx: Transaction, key: Mapping[str, object]) -> None:
    counts = "SELECT code, COUNT(*) AS flags FROM flag WHERE commune = :commune AND submission = :submission GROUP BY code"
    for row in tx.rows(counts, **key):
        tx.execute(
            "UPDATE flag_tally SET count = count - :flags WHERE commune = :commune AND code = :code",
            commune=key["commune"], code=row["code"], flags=row["flags"],
        )  # fmt: skip
    tx.execute("DELETE FROM flag WHERE commune = :commune AND submission = :submission", **key)
    tx.execute("DELETE FROM flag_judgement WHERE commune = :commune AND submission = :submission", **key)


def _bury_files(tx: Transaction, key: Mapping[str, object]) -> None:
    tx.execute("DELETE FROM attachment WHERE commune = :commune AND submission = :submission AND sha256 IS NULL", **key)
    names = tx.rows("SELECT name FROM attachment WHERE commune = :commune AND submission = :submission ORDER BY ordinal, name", **key)
    for number, row in enumerate(names):
        tx.execute(
            "UPDATE attachment SET name = :to, capture = '{}' WHERE commune = :commune AND submission = :submission AND name = :name",
            to=f"erased-{number:03d}", name=row["name"], **key,
        )  # fmt: skip


def update_words_buried(tx: Transaction, commune: str, site: str) -> list[str]:
    """Take out what people wrote about the home elsewhere; returns the hashes of residents' photos and papers that go with it."""
    key = {"commune": commune, "site": site}
    tx.execute("UPDATE task SET title = '', note = '' WHERE commune = :commune AND site = :site", **key)
    events = tx.rows(
        "SELECT e.task, e.number, e.detail FROM task_event e JOIN task t ON t.commune = e.commune AND t.task = e.task"
        " WHERE t.commune = :commune AND t.site = :site",
        **key,
    )
    for event in events:
        kept = {name: value for name, value in json.loads(event["detail"]).items() if name in ("missing", "submission")}
        tx.execute(
            "UPDATE task_event SET detail = :detail WHERE commune = :commune AND task = :task AND number = :number",
            commune=commune, task=event["task"], number=event["number"], detail=dumps(kept),
        )  # fmt: skip
    papers = _bury_papers(tx, key)
    holds = "UPDATE legal_hold SET reason = '', ended_reason = NULL WHERE commune = :commune AND kind = 'site' AND subject = :site"
    tx.execute(holds, **key)
    update_requests_buried(tx, commune, "site", site)
    photos = tx.rows("SELECT sha256 FROM resident_report WHERE commune = :commune AND site = :site AND sha256 IS NOT NULL", **key)
    tx.execute("UPDATE resident_report SET text = '', note = '', sha256 = NULL, size = 0 WHERE commune = :commune AND site = :site", **key)
    return sorted({row["sha256"] for row in photos} | set(papers))


def _bury_papers(tx: Transaction, key: Mapping[str, object]) -> list[str]:
    """Take the notes of what was said at the office, and the papers that nothing else names; returns the hashes of these."""
    rows = tx.rows("SELECT document FROM consent_record WHERE commune = :commune AND site = :site AND document IS NOT NULL", **key)
    tx.execute("UPDATE consent_record SET note = '', document = NULL WHERE commune = :commune AND site = :site", **key)
    gone = [sha256 for sha256 in sorted({row["document"] for row in rows}) if not _names_paper(tx, str(key["commune"]), sha256)]
    for sha256 in gone:
        tx.execute("DELETE FROM document WHERE commune = :commune AND sha256 = :sha256", commune=key["commune"], sha256=sha256)
    return gone


def _names_paper(reader: Reader, commune: str, sha256: str) -> bool:
    tables = ("statement", "owner_report", "contribution", "consent_record")
    named = " UNION ALL ".join(f"SELECT 1 AS one FROM {table} WHERE commune = :commune AND document = :sha256" for table in tables)
    return reader.row(f"SELECT one FROM ({named}) papers LIMIT 1", commune=commune, sha256=sha256) is not None


def update_requests_buried(tx: Transaction, commune: str, kind: str, subject: str) -> None:
    """Of what was asked for about the home or account the kind, the days and the outcome's state stay; the words go."""
    tx.execute(
        "UPDATE data_request SET words = '', outcome = '' WHERE commune = :commune AND subject_kind = :kind AND subject = :subject",
        commune=commune, kind=kind, subject=subject,
    )  # fmt: skip


def update_briefings_buried(tx: Transaction, commune: str, gone: Sequence[str], name: str) -> int:
    """Let *name* stand for what is *gone* in the briefings that were held; returns in how many it stood."""
    changed = 0
    for row in tx.rows("SELECT briefing, document FROM briefing WHERE commune = :commune", commune=commune):
        bare = row["document"]
        for words in sorted(gone, key=len, reverse=True):
            bare = bare.replace(dumps(words)[1:-1], name) if words else bare
        if bare != row["document"]:
            changed += tx.execute(
                "UPDATE briefing SET document = :document WHERE commune = :commune AND briefing = :briefing",
                commune=commune, briefing=row["briefing"], document=bare,
            )  # fmt: skip
    return changed


def insert_erasure(tx: Transaction, commune: str, kind: str, subject: str, *, reason: str, person: str, at: datetime) -> int:
    """Write down that a home or account was erased; returns which time this is."""
    row = tx.row(
        "SELECT MAX(number) AS last FROM erasure WHERE commune = :commune AND subject_kind = :kind AND subject = :subject",
        commune=commune, kind=kind, subject=subject,
    )  # fmt: skip
    number = 1 + ((row and row["last"]) or 0)
    tx.execute(
        "INSERT INTO erasure (commune, subject_kind, subject, number, reason, person, at)"
        " VALUES (:commune, :kind, :subject, :number, :reason, :person, :at)",
        commune=commune, kind=kind, subject=subject, number=number, reason=reason, person=person, at=to_text(at),
    )  # fmt: skip
    return number


def select_erased_at(reader: Reader, commune: str, kind: str, subject: str) -> datetime | None:
    """When the home or account was erased last; None where it was not."""
    row = reader.row(
        "SELECT MAX(at) AS at FROM erasure WHERE commune = :commune AND subject_kind = :kind AND subject = :subject",
        commune=commune, kind=kind, subject=subject,
    )  # fmt: skip
    return None if row is None or row["at"] is None else from_text(row["at"])


def select_is_buried(reader: Reader, commune: str, submission: str) -> bool:
    """Whether the submission was erased with its home: what still comes for it is not kept."""
    row = reader.row(
        "SELECT erased_at FROM submission WHERE commune = :commune AND submission = :submission", commune=commune, submission=submission
    )
    return row is not None and row["erased_at"] is not None
