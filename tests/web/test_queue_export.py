"""The queue as a table: who may take it away, which lines it has, and that no cell of it runs in a spreadsheet."""

import csv
import io

import pytest

from survey.domain.people import Actor, Role
from survey.domain.submissions import State
from survey.judging import judge
from survey.store.flags import upsert_flags
from survey.store.queue import QueueFilters
from survey.web import queue_export
from survey.web.queue_export import export_address
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, register, submission
from tests.web.conftest import Client

PATH = "/api/queue.csv"


@pytest.fixture
def queue(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> Survey:
    """Seven visits in two hamlets, read in portions of three; the last one is flagged, with a name that a spreadsheet would run."""
    monkeypatch.setattr(queue_export, "_PORTION", 3)
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
        for number in range(7):
            insert(tx, submission(f"{number}", minutes=number, site=f"s{1 + number % 2}", hamlet=HAMLETS[number % 2]))
        tx.execute("UPDATE site SET name = '=HYPERLINK(\"http://evil.example\")' WHERE site = 's1'")
        flags = [
            {"attachment": "@a.jpg", "code": "far_from_site", "severity": 3, "figures": {"distance_m": 412, "accuracy_m": 9}},
            {"attachment": "", "code": "no_position", "severity": 2, "figures": {}},
        ]
        upsert_flags(tx, COMMUNE, "uuid:6", flags, START)
    return survey


def _lines(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_every_submission_is_one_line(client: Client, queue: Survey, reviewer: Actor) -> None:
    """In the queue's order, with codes, sentences and judgements of its flags; nothing of it is kept by a cache."""
    judge(queue, reviewer, "uuid:6", "", "no_position", "dismissed", "=1+1")
    answer = client("reviewer").get(PATH)
    lines = _lines(answer)

    assert [line["Mã"] for line in lines] == [submission(f"{number}").code for number in range(7)]
    flagged = lines[-1]
    assert (flagged["Kiểm tra tự động"], flagged["Điểm rủi ro"], flagged["Số cảnh báo còn hiệu lực"]) == ("far_from_site", "100", "1")
    assert flagged["Cảnh báo"] == "'@a.jpg: Vị trí cách đối tượng 412 m (sai số 9 m)."
    assert flagged["Đánh giá của người duyệt"] == "no_position: đã bỏ qua (=1+1)"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="hang-cho-duyet-')


def test_no_cell_runs(client: Client, queue: Survey) -> None:
    """Whatever people called a site or a file: no cell begins as a formula does."""
    cells = [cell for line in _lines(client("reviewer").get(PATH)) for cell in line.values()]

    assert "'=HYPERLINK(\"http://evil.example\")" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_the_address_says_the_filters(client: Client, queue: Survey) -> None:
    """The page's own address of a download gives what the page shows, riskiest first too."""
    filters = QueueFilters(states=tuple(State), hamlet=HAMLETS[0], by_risk=True, severity=3, check="far_from_site", judged="unjudged")
    assert [line["Mã"] for line in _lines(client("reviewer").get(export_address(filters)))] == [submission("6").code]
    assert len(_lines(client("reviewer").get(export_address(QueueFilters(hamlet=HAMLETS[1]))))) == 3
    first, *_rest = _lines(client("reviewer").get(export_address(QueueFilters(by_risk=True))))
    assert first["Mã"] == submission("6").code


def test_who_gets_nothing(client: Client, queue: Survey) -> None:
    """Strangers, inspectors, and reviewers of one hamlet beyond it."""
    assert client().get(PATH).status_code == 401
    assert client("inspector").get(PATH).status_code == 403
    with queue.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:c, 'p-reviewer', :hamlet)", c=COMMUNE, hamlet=HAMLETS[1])

    assert [line["Thôn"] for line in _lines(client("reviewer").get(PATH))] == ["Thôn mẫu 2"] * 3
    assert _lines(client("reviewer").get(f"{PATH}?hamlet={HAMLETS[0]}")) == []


@pytest.mark.parametrize(
    "query",
    ["state=open", "since=yesterday", "since=0001-01-01", "until=9999-12-31", "flags=4", "judged=maybe", "order=", "hamlets=x", "scope="],
)
def test_a_query_that_reads_wrongly_exports_nothing(client: Client, queue: Survey, query: str) -> None:
    """A typing error must not give everything; an empty order is the plain one."""
    answer = client("reviewer").get(f"{PATH}?{query}")

    assert answer.status_code == (200 if query == "order=" else 400)


def test_head_tells_the_name_only(client: Client, queue: Survey) -> None:
    """Nothing is read for a HEAD."""
    answer = client("reviewer").head(PATH)

    assert (answer.status_code, answer.content) == (200, b"")


def test_filters_keep_to_the_scope() -> None:
    """Whatever the query says."""
    actor = Actor(COMMUNE, "p", "r", Role.REVIEWER, frozenset({HAMLETS[0]}))

    assert queue_export.filters_from({"state": "all"}, actor).scope == frozenset({HAMLETS[0]})
