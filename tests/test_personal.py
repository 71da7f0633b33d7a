"""People's data: withdrawn consent keeps photos from being published, requests have a day, reports name nobody else, photos go by night."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from survey import receive
from survey.develop import develop
from survey.domain.people import Actor
from survey.domain.personal import Purpose, RequestKind, RequestState, Said, working_days_after
from survey.domain.problems import Problem
from survey.domain.times import local_date, to_text
from survey.personal import asking, keeping, stating
from survey.personal.telling import tell_account, tell_home
from survey.privacy import set_retention
from survey.store.check import find_faults
from survey.store.personal_rows import select_data_requests, select_stated
from survey.store.publishing import select_consents, select_unpublishable_since
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.receive.conftest import SITE, fence, jpeg, new_id, stage, stocked, survey  # noqa: F401 - fixtures

WHY = "Công văn 12/UBND ngày 20/11/2026"
MIDNIGHT = datetime(2026, 12, 24, 19, tzinfo=UTC)  # two o'clock at night in Viet Nam


@pytest.fixture
def visited(stocked: Survey, inspector: Actor) -> tuple[Survey, str, str]:  # noqa: F811
    """A home with one visit and its photo."""
    submission, staged = new_id(), stage(stocked, jpeg("olive"))
    receive.submission(stocked, inspector, fence(stocked, submission), door="field", files=[("a.jpg", staged)])
    develop(stocked, COMMUNE, submission)
    return stocked, submission, staged.sha256


def _code(raised: pytest.ExceptionInfo[Problem]) -> str:
    return raised.value.kind.code


def test_a_withdrawal_at_the_office_outweighs_the_visit(visited: tuple[Survey, str, str], coordinator: Actor) -> None:
    """The home is refused from then on, whatever its visits said before; given again, it is not."""
    survey, submission, sha256 = visited  # noqa: F811
    with survey.transaction() as tx:
        future = to_text(datetime.now(UTC) + timedelta(days=400))  # a phone whose clock is ahead
        tx.execute("UPDATE submission SET consent = 'given', captured_at = :at WHERE submission = :id", id=submission, at=future)
    since = survey.now()
    with survey.reading() as reader:
        assert select_consents(reader, COMMUNE)[1] == frozenset()

    stating.say_at_office(survey, coordinator, SITE, Said.WITHDRAWN, local_date(survey.now()), "tại trụ sở")
    with survey.reading() as reader:
        assert select_consents(reader, COMMUNE)[1] == {SITE}
        assert select_unpublishable_since(reader, COMMUNE, since) == {sha256}

    stating.say_at_office(survey, coordinator, SITE, Said.GIVEN, local_date(survey.now()), "")
    with survey.reading() as reader:
        assert select_consents(reader, COMMUNE)[1] == frozenset()


def test_purposes_are_stated_with_a_source_and_keep_their_versions(stocked: Survey, coordinator: Actor, reviewer: Actor) -> None:  # noqa: F811
    """Without a document nothing is stated; each version stays."""
    said = stating.Statement("Đánh giá nông thôn mới", "Theo văn bản của xã", WHY)
    with pytest.raises(Problem) as raised:
        stating.state_purpose(stocked, coordinator, Purpose.PHOTOS, stating.Statement("x", "y", " "))
    assert _code(raised) == "SOURCE_NEEDED"
    with pytest.raises(Problem) as raised:
        stating.state_purpose(stocked, reviewer, Purpose.PHOTOS, said)
    assert _code(raised) == "NOT_ALLOWED"

    numbers = [stating.state_purpose(stocked, coordinator, Purpose.PHOTOS, said) for _ in range(2)]

    with stocked.reading() as reader:
        assert [one.number for one in select_stated(reader, COMMUNE)[Purpose.PHOTOS]] == [2, 1]
    assert numbers == [1, 2]


def test_a_request_has_a_day_and_ends_once(visited: tuple[Survey, str, str], coordinator: Actor) -> None:
    """Two working days by default, another day with a source only, one outcome; weekends do not count."""
    survey, _submission, _sha256 = visited  # noqa: F811
    assert working_days_after(date(2026, 11, 20), 2) == date(2026, 11, 24)
    asked = asking.Asked(RequestKind.ACCESS, "Xem dữ liệu", date(2026, 11, 20), "site", SITE)
    request = asking.take_request(survey, coordinator, asked)
    assert request.due_on == date(2026, 11, 24)
    with pytest.raises(Problem) as raised:
        asking.move_due(survey, coordinator, request.id, date(2026, 12, 1), " ")
    assert _code(raised) == "SOURCE_NEEDED"

    asking.move_due(survey, coordinator, request.id, date(2026, 12, 1), WHY)
    asking.close_request(survey, coordinator, request.id, RequestState.DONE, "Đã giao bản in")

    with pytest.raises(Problem) as raised:
        asking.close_request(survey, coordinator, request.id, RequestState.REFUSED, "x")
    assert _code(raised) == "REQUEST_CLOSED"
    with survey.reading() as reader:
        (kept,) = select_data_requests(reader, COMMUNE)
    assert (kept.number, kept.due_on, kept.due_source, kept.state) == (3, date(2026, 12, 1), WHY, RequestState.DONE)


def test_the_report_of_a_home_tells_all_of_it_and_names_nobody_else(visited: tuple[Survey, str, str], coordinator: Actor) -> None:
    """Register, visit, answers, file and note are there; the inspector stands by the role; an account's report has no hash of a secret."""
    survey, submission, sha256 = visited  # noqa: F811
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET name = 'QZXNAME', password_hash = 'QZXHASH' WHERE person = 'p-inspector'")
    stating.add_note(survey, coordinator, submission, "Hàng rào dài 25 m, không phải 20 m")

    found = tell_home(survey, coordinator, SITE)
    document = json.dumps(found.document, ensure_ascii=False, default=str)

    assert found.document["name"] == "Hộ mẫu 0001"
    (visit,) = found.document["visits"]
    assert visit["visited_by"] == "inspector"
    assert visit["notes"][0]["words"].startswith("Hàng rào")
    assert any(one["answer"].startswith("20") for one in visit["answers"])
    assert [one[0] for one in found.files] == [sha256]
    assert "QZXNAME" not in document
    account = json.dumps(tell_account(survey, coordinator, "p-inspector").document, default=str)
    assert "QZXNAME" in account
    assert submission in account
    assert "QZXHASH" not in account


def test_photos_go_by_themselves_only_where_that_was_turned_on_and_at_night(
    visited: tuple[Survey, str, str], coordinator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off by default; after the notice, at night, not while paused, not what is held; the log names the machine."""
    survey, submission, sha256 = visited  # noqa: F811
    with pytest.raises(Problem) as raised:
        keeping.turn_on(survey, coordinator, WHY)
    assert _code(raised) == "RETENTION_NOT_SET"
    with survey.transaction() as tx:
        for table in ("blob", "attachment"):
            tx.execute(f"UPDATE {table} SET received_at = '2020-01-01T00:00:00.000Z'")
        tx.execute("UPDATE submission SET round = 'r1' WHERE submission = :id", id=submission)
        tx.execute("INSERT INTO survey_round VALUES (:commune, 'r1', 'Đợt 1', '2020-01-01', '2020-02-01')", commune=COMMUNE)
        tx.execute("UPDATE setting SET at = :at", at=to_text(datetime.now(UTC)))
    set_retention(survey, coordinator, "3", WHY)
    clock = [MIDNIGHT]
    monkeypatch.setattr(type(survey), "now", lambda _self: clock[0])

    def erased() -> bool:
        with survey.reading() as reader:
            row = reader.row("SELECT erased_at FROM blob WHERE sha256 = :sha256", sha256=sha256)
        return row is not None and row["erased_at"] is not None

    assert keeping.sweep(survey) == 0  # not turned on
    first = keeping.turn_on(survey, coordinator, WHY)
    assert keeping.sweep(survey) == 0  # noticed, not begun
    clock[0] = MIDNIGHT + timedelta(days=20, hours=12)
    assert keeping.sweep(survey) == 0  # by day
    clock[0] = MIDNIGHT + timedelta(days=20)
    keeping.pause(survey, coordinator, WHY, on=True)
    assert keeping.sweep(survey) == 0
    keeping.pause(survey, coordinator, WHY, on=False)
    hold = keeping.hold(survey, coordinator, "round", "r1", WHY)
    assert keeping.sweep(survey) == 0
    assert not erased()
    keeping.end_hold(survey, coordinator, hold, WHY)
    set_retention(survey, coordinator, "2", WHY)
    assert keeping.sweep(survey) == 0  # shortened: everybody is told again
    clock[0] = MIDNIGHT + timedelta(days=40)
    with survey.reading() as reader:
        assert keeping.automatic(reader, COMMUNE, clock[0]).due == 1

    assert keeping.sweep(survey) == 1

    assert erased()
    assert first == local_date(MIDNIGHT) + timedelta(days=14)
    assert keeping.sweep(survey) == 0
    with survey.reading() as reader:
        faults = [fault.code for fault in find_faults(reader, survey.blobs)]
        log = reader.row("SELECT body FROM event WHERE body LIKE '%photo.erased%'")
    assert set(faults) <= {"ERASED_BYTES_LEFT"}  # the worker's job stands by
    assert log is not None
    assert '"person":"retention"' in log["body"]
