"""Tasks taken away: as a table, on paper by hamlet, and on the phone; each within what who asks may see."""

import csv
import io
import subprocess
from datetime import date
from pathlib import Path

import pytest

from survey import tasks
from survey.domain.people import Actor
from survey.domain.places import Commune
from survey.store.places import insert_commune
from survey.web import tasks_files
from survey.wiring import Survey
from tests.conftest import HAMLETS
from tests.made_submissions import register
from tests.province_rows import square
from tests.tasks import fence, load_rules, work
from tests.web.conftest import Client

TABLE, PAPER, PHONE = "/api/tasks.csv", "/print/tasks", "/api/visits"


@pytest.fixture
def office(survey: Survey, coordinator: Actor, monkeypatch: pytest.MonkeyPatch) -> Survey:
    """A fence that lacks 12 m in the first hamlet, six defects in the second, one with a title that a spreadsheet would run."""
    monkeypatch.setattr(tasks_files, "_PORTION", 3)
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
    load_rules(survey)
    fence(survey, "a", 28.0)
    work(survey)
    for number in range(6):
        title = "=HYPERLINK(1) #text(red)[*x*]" if number == 5 else f"Việc {number}"
        tasks.enter(survey, coordinator, tasks.Entry(title, hamlet=HAMLETS[1], site="s2", due_on=date(2026, 12, 1 + number)))
    return survey


def _lines(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.usefixtures("office")
def test_every_task_is_one_line(client: Client) -> None:
    """In the order of the days, no cell runs, nothing is kept by a cache."""
    answer = client("reviewer").get(TABLE)
    lines = _lines(answer)

    assert [line["Việc"] for line in lines] == [*(f"Việc {n}" for n in range(5)), "'=HYPERLINK(1) #text(red)[*x*]", lines[-1]["Việc"]]
    assert (lines[-1]["Việc"], lines[-1]["Còn thiếu"], lines[-1]["Tiêu chí"]) == (
        "Trồng hàng rào xanh: còn 12 m", "12.0", "ha-tinh-kdc-kieu-mau/3 qd-51-2025/8",
    )  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("?origin=finding", 1), (f"?hamlet={HAMLETS[1]}", 6), ("?state=done", 0), ("?criterion=ha-tinh-kdc-kieu-mau/3", 1),
        ("?person=p-reviewer", 0),
    ],
)  # fmt: skip
def test_narrowed_down(client: Client, query: str, lines: int) -> None:
    """The address says the filters of the page."""
    assert len(_lines(client("reviewer").get(TABLE + query))) == lines


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("query", ["?state=x", "?hamlets=1", "?criterion=3", "?overdue=yes", "?origin="])
def test_a_typing_error_does_not_give_everything(client: Client, query: str) -> None:
    """An unknown name or value is refused."""
    assert client("reviewer").get(TABLE + query).status_code == 400


@pytest.mark.usefixtures("office")
def test_strangers_and_inspectors_take_nothing_away(client: Client) -> None:
    """Signed out 401 or the sign-in page; an inspector may not."""
    assert client().get(TABLE).status_code == 401
    assert client("inspector").get(TABLE).status_code == 403
    assert client().get(PAPER).status_code in {302, 303, 401}
    assert client("inspector").get(PAPER).status_code == 403
    assert client("reviewer").get(PAPER + "?hamlet=06979-h01").status_code == 404


@pytest.mark.usefixtures("office")
def test_paper_for_each_hamlet(client: Client, tmp_path: Path) -> None:
    """A page for each hamlet with its own tasks; what people wrote is text, never markup."""
    answer = client("reviewer").get(PAPER)
    (tmp_path / "a.pdf").write_bytes(answer.content)
    read = subprocess.run(["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    pages = read.split("\f")

    assert answer.headers["content-type"] == "application/pdf"
    assert "còn 12 m" in pages[0]
    assert "Việc 1" not in pages[0]
    assert "Việc 1" in pages[1]
    assert "#text(red)[*x*]" in "".join(pages[1].split("\n"))
    (tmp_path / "b.pdf").write_bytes(client("reviewer").get(f"{PAPER}?hamlet={HAMLETS[0]}").content)
    one = subprocess.run(["pdftotext", str(tmp_path / "b.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    assert "Việc 1" not in one


def test_the_phone_takes_along_what_is_to_be_done_in_its_hamlets(client: Client, office: Survey, coordinator: Actor) -> None:
    """Words once, amounts by site, another hamlet's tasks never; a new task is another answer than the one that the phone has."""
    phone = client("inspector")
    first = phone.get(PHONE)
    again = phone.get(PHONE, headers={"if-none-match": first.headers["etag"]})
    tasks.enter(office, coordinator, tasks.Entry("Sơn cổng", site="s1"))
    after = phone.get(PHONE, headers={"if-none-match": first.headers["etag"]}).json()

    assert list(first.json()["tasks"]) == ["s1"]
    assert first.json()["tasks"]["s1"][0][:2] == ["fence_not_green", 12.0]
    assert first.json()["findings"]["fence_not_green"]["form"] == "household_fence"
    assert again.status_code == 304
    assert ["", "Sơn cổng", None] in after["tasks"]["s1"]


def test_paper_names_the_commune_of_who_prints_it(office: Survey, client: Client, tmp_path: Path) -> None:
    """In a deployment of several communes, not the one that was there first."""
    with office.transaction() as tx:
        elder = Commune("00001", "Xã Đầu Tiên", "42", square(3), "test")
        insert_commune(tx, elder, created_at="2000-01-01T00:00:00.000Z")
    (tmp_path / "c.pdf").write_bytes(client("reviewer").get(PAPER).content)
    words = subprocess.run(["pdftotext", str(tmp_path / "c.pdf"), "-"], check=True, capture_output=True, text=True).stdout
    assert "Việc 1" in words
    assert "Xã Đầu Tiên" not in words
