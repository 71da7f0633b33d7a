"""Homes and accounts erased: marked words are nowhere in the database or data folder, the log stands, a crash is finished."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from survey import receive
from survey.commands.work import Worker
from survey.develop import develop
from survey.domain.people import Actor
from survey.domain.problems import Problem
from survey.domain.times import to_text
from survey.personal import erasing
from survey.store.check import find_faults
from survey.store.sites import select_site, update_site
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.receive.conftest import SITE, fence, jpeg, new_id, stage, stocked, survey  # noqa: F401 - fixtures

MARK = "QZXMARK"
WHY = "Đơn ngày 20/11/2026"
NUMBER = 18.0499993217  # a position found nowhere else


def _hits(survey: Survey, *marks: str) -> list[str]:  # noqa: F811
    """Where in the whole database, or under the data folder, any of *marks* stands."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'table'" if survey.store.engine == "sqlite" else (
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()"
    )  # fmt: skip
    found = []
    with survey.reading() as reader:
        for table in [row["name"] for row in reader.rows(sql)]:
            for row in reader.rows(f'SELECT * FROM "{table}"'):
                for column, value in row.items():
                    text = bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    found += [f"{table}.{column}: {text[:80]}" for mark in marks if mark in text]
    for path in survey.settings.data.rglob("*"):
        if path.is_file() and not path.name.startswith("survey.db"):
            found += [str(path) for mark in marks if mark.encode() in path.read_bytes()]
    return sorted(set(found))


def _faults(survey: Survey) -> list[str]:  # noqa: F811
    with survey.reading() as reader:
        return [fault.code for fault in find_faults(reader, survey.blobs)]


def _marked_jpeg() -> bytes:
    content = jpeg("olive")
    return content[:2] + b"\xff\xfe" + (len(MARK) + 2).to_bytes(2, "big") + MARK.encode() + content[2:]


@pytest.fixture
def home(stocked: Survey, inspector: Actor) -> tuple[Survey, str, str]:  # noqa: F811
    """A home with marks in each place where words about it can stand; with its visit and photo."""
    survey = stocked  # noqa: F811
    submission, at = new_id(), to_text(datetime.now(UTC))
    with survey.transaction() as tx:
        old = select_site(tx, COMMUNE, SITE)
        assert old is not None
        attributes = {"address": f"{MARK} xóm", "note": f"{MARK} ghi chú", "members": 4}
        marked = replace(old, name=f"Nguyễn {MARK}", code=f"HO-{MARK}", latitude=NUMBER, attributes=attributes)
        update_site(tx, marked, at=datetime.now(UTC))
    xml = fence(survey, submission, photos=(f"{MARK}.jpg",)).replace(b'latitude="18.05"', f'latitude="{NUMBER}"'.encode())
    staged = stage(survey, _marked_jpeg())
    receive.submission(survey, inspector, xml, door="field", files=[(f"{MARK}.jpg", staged)])
    with pytest.raises(Problem):
        receive.submission(survey, inspector, xml.replace(b"<data ", b"<data x='" + MARK.encode() + b"' "), door="field")
    develop(survey, COMMUNE, submission)
    key = {"commune": COMMUNE, "at": at, "site": SITE, "mark": MARK}
    with survey.transaction() as tx:
        tx.execute(
            "UPDATE submission SET answers = :answers, device = :mark WHERE commune = :commune AND submission = :id",
            answers=json.dumps({"/data/total_m": 20, "/data/words": MARK, "/data/photo_1": f"{MARK}.jpg"}), mark=MARK, commune=COMMUNE,
            id=submission,
        )  # fmt: skip
        for sql in (
            ("INSERT INTO review (commune, submission, number, from_state, to_state, reason, person, at)"
            " VALUES (:commune, :id, 1, 'received', 'received', :mark, 'p-reviewer', :at)"),
            ("INSERT INTO flag_judgement (commune, submission, attachment, code, number, verdict, reason, figures, person, at)"
            " VALUES (:commune, :id, :mark, 'x', 1, 'confirmed', :mark, :mark, 'p', :at)"),
            "INSERT INTO correction_note (commune, submission, number, words, person, at) VALUES (:commune, :id, 1, :mark, 'p', :at)",
            ("INSERT INTO job (commune, job, kind, payload, state, attempts, run_after, error, created_at)"
            " VALUES (:commune, 'z:' || :id, 'examine', '{}', 'failed', 9, :at, :mark, :at)"),
        ):
            names = {"commune": COMMUNE, "id": submission, "mark": MARK, "at": at}
            tx.execute(sql, **{name: value for name, value in names.items() if f":{name}" in sql})
        for sql in (
            ("INSERT INTO task (commune, task, code, origin, title, site, unit, state, version, opened_at, opened_by, note)"
            " VALUES (:commune, 't1', 'T', 'person', :mark, :site, '', 'open', 1, :at, '', :mark)"),
            ("INSERT INTO task_event (commune, task, number, kind, detail, person, at)"
            " VALUES (:commune, 't1', 1, 'noted', '{\"reason\": \"' || :mark || '\"}', 'p', :at)"),
            ("INSERT INTO consent_record (commune, site, number, said, said_on, note, person, at)"
            " VALUES (:commune, :site, 1, 'withdrawn', '2026-11-20', :mark, 'p', :at)"),
            ("INSERT INTO data_request (commune, request, number, kind, subject_kind, subject, words, received_on, due_on, due_source,"
            " state, outcome, person, at) VALUES (:commune, 'r', 1, 'erasure', 'site', :site, :mark, '2026-11-20', '2026-11-24', '',"
            " 'open', :mark, 'p', :at)"),
            ("INSERT INTO legal_hold (commune, hold, kind, subject, reason, person, at)"
            " VALUES (:commune, 'h', 'site', :site, :mark, 'p', :at)"),
            ("INSERT INTO resident_report (commune, report, code, text, size, media_type, sender_mark, state, site, note, received_at)"
            " VALUES (:commune, 'rr', 'C', :mark, 0, '', '', 'taken', :site, :mark, :at)"),
            ("INSERT INTO briefing (commune, briefing, number, edition, as_of, document, person, at)"
            " VALUES (:commune, 'b', 1, 'e', '2026-11-20', '{\"x\": \"Nguyễn ' || :mark || ' chưa xong\"}', 'p', :at)"),
        ):
            tx.execute(sql, **{name: value for name, value in key.items() if f":{name}" in sql})
    return survey, submission, staged.sha256


def test_nothing_that_marks_the_home_is_left(home: tuple[Survey, str, str], coordinator: Actor) -> None:
    """No marked word, name of a file, byte or position of the home is anywhere; ids and hashes are."""
    survey, submission, sha256 = home  # noqa: F811
    assert len(_hits(survey, MARK, str(NUMBER))) > 20

    done = erasing.erase_home(survey, coordinator, SITE, WHY)
    Worker(survey).work(once=True)

    assert _hits(survey, MARK, str(NUMBER)) == []
    assert (done.visits, done.photos, done.shared) == (1, 1, ())
    with survey.reading() as reader:
        site = select_site(reader, COMMUNE, SITE)
        row = reader.row("SELECT instance_sha256, erased_at FROM submission WHERE submission = :id", id=submission)
    assert site is not None
    assert (site.name, site.attributes, site.hamlet is not None) == (done.name, {"members": 4}, True)
    assert row is not None
    assert row["erased_at"]
    assert not survey.blobs.holds(sha256)
    assert [code for code in _faults(survey) if code != "STATE_NOT_LOGGED"] == []


def test_a_crash_before_the_bytes_went_is_finished(
    home: tuple[Survey, str, str], coordinator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are committed, the bytes are still there, the process dies: the worker removes them."""
    survey, _submission, sha256 = home  # noqa: F811
    monkeypatch.setattr(erasing, "_free", lambda _survey, _sha256: None)
    erasing.erase_home(survey, coordinator, SITE, WHY)
    assert survey.blobs.holds(sha256)

    Worker(survey).work(once=True)

    assert not survey.blobs.holds(sha256)
    assert _hits(survey, MARK) == []


def test_a_phone_that_sends_again_brings_nothing_back(home: tuple[Survey, str, str], coordinator: Actor, inspector: Actor) -> None:
    """The same form and another photo of it are answered as received; no word or byte is kept."""
    survey, submission, _sha256 = home  # noqa: F811
    erasing.erase_home(survey, coordinator, SITE, WHY)
    staged = stage(survey, _marked_jpeg() + b"x")

    receipt = receive.photo(survey, inspector, submission, f"{MARK}-2.jpg", staged)
    Worker(survey).work(once=True)

    assert receipt.sha256 == staged.sha256
    assert not survey.blobs.holds(staged.sha256)
    assert _hits(survey, MARK) == []


def test_only_those_who_protect_data_erase_homes_within_their_reach(
    home: tuple[Survey, str, str], reviewer: Actor, coordinator: Actor
) -> None:
    """A reviewer may not; a coordinator of another hamlet does not even learn that the home exists; a reason is needed."""
    survey, _submission, _sha256 = home  # noqa: F811
    for actor, code in ((reviewer, "NOT_ALLOWED"), (replace(coordinator, hamlets=frozenset({"elsewhere"})), "HOME_UNKNOWN")):
        with pytest.raises(Problem) as raised:
            erasing.erase_home(survey, actor, SITE, WHY)
        assert raised.value.kind.code == code
    with pytest.raises(Problem) as raised:
        erasing.erase_home(survey, coordinator, SITE, " ")
    assert raised.value.kind.code == "SOURCE_NEEDED"


def test_nothing_that_marks_the_account_is_left(stocked: Survey, coordinator: Actor) -> None:  # noqa: F811
    """Name, login, phone, identity, session and waiting photos of a closed account are gone; its id stays."""
    survey, at = stocked, to_text(datetime.now(UTC))  # noqa: F811
    statements = (
        "UPDATE person SET name = :mark, login = :mark, password_hash = :mark WHERE commune = :commune AND person = 'p-inspector'",
        ("INSERT INTO device (commune, device, person, name, username, token_hash, digest_ha1, created_at)"
        " VALUES (:commune, 'd', 'p-inspector', :mark, :mark, :mark, :mark, :at)"),
        ("INSERT INTO session (commune, token_hash, person, created_at, expires_at, browser)"
        " VALUES (:commune, :mark, 'p-inspector', :at, :at, :mark)"),
        "INSERT INTO identity (commune, issuer, subject, person, linked_at) VALUES (:commune, :mark, :mark, 'p-inspector', :at)",
        ("INSERT INTO assignment (commune, edition, criterion, number, agency, person, person_name, note, entered_by, at)"
        " VALUES (:commune, 'e', 'c', 1, 'a', 'p-inspector', :mark, '', 'p', :at)"),
        ("INSERT INTO desk_photo (commune, person, sha256, name, size, facts, brought_at)"
        " VALUES (:commune, 'p-inspector', 'ab', :mark, 1, '{}', :at)"),
    )
    with survey.transaction() as tx:
        for sql in statements:
            values = {"commune": COMMUNE, "mark": MARK, "at": at}
            tx.execute(sql, **{name: value for name, value in values.items() if f":{name}" in sql})
    with pytest.raises(Problem) as raised:
        erasing.erase_account(survey, coordinator, "p-inspector", WHY)
    assert raised.value.kind.code == "ACCOUNT_STILL_OPEN"
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET disabled_at = :at WHERE person = 'p-inspector'", at=at)

    name = erasing.erase_account(survey, coordinator, "p-inspector", WHY)

    assert _hits(survey, MARK) == []
    assert name.startswith("X-")
    assert _faults(survey) == []
