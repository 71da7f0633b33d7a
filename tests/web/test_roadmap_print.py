"""The printed roadmap and its chart: every letter of Vietnamese, several sheets, nothing that a title could break out of."""

import subprocess
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from lxml import etree

from survey import roadmap
from survey.domain.owners import Milestone
from survey.domain.people import Actor
from survey.domain.roadmap import Step, lay_out
from survey.web import gantt
from survey.wiring import Survey
from tests.web.conftest import Client

TODAY = date(2026, 11, 23)
LETTERS = "aàảãáạăằẳẵắặâầẩẫấậ eèẻẽéẹêềểễếệ iìỉĩíị oòỏõóọôồổỗốộơờởỡớợ uùủũúụưừửữứự yỳỷỹýỵ đ"
_SVG = "{http://www.w3.org/2000/svg}"


def text_of(pdf: bytes, folder: Path) -> list[str]:
    """The words of each page."""
    (folder / "x.pdf").write_bytes(pdf)
    said = subprocess.run(["pdftotext", "-layout", str(folder / "x.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    return said.split("\f")[:-1]


def test_strangers_and_inspectors_get_no_roadmap(client: Client) -> None:
    """Sign in first; an inspector sees no figures."""
    assert client().get("/print/roadmap").status_code in {303, 401}
    assert client("inspector").get("/print/roadmap").status_code == 403


def test_every_letter_of_vietnamese_is_printed(client: Client, survey: Survey, coordinator: Actor, tmp_path: Path) -> None:
    """In titles, small and large; markup of the paper's language stays text."""
    for title in (*LETTERS.split(), *LETTERS.upper().split(), "#pagebreak() *x* $1$ <b> @y"):
        roadmap.save(survey, coordinator, Milestone("", 0, title, 3))
    answer = client("reviewer").get("/print/roadmap")
    pages = text_of(answer.content, tmp_path)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    printed = "".join(pages)
    missing = [letter for letter in LETTERS + LETTERS.upper() if letter not in printed]
    assert missing == []
    assert "#pagebreak() *x* $1$ <b> @y" in printed
    assert "Lộ trình – Kỳ Thượng" in printed


def test_many_milestones_take_several_sheets(client: Client, survey: Survey, coordinator: Actor, tmp_path: Path) -> None:
    """Fifteen on a sheet, each with its head; the longest title and circle of words stay in their row; an empty one is a page too."""
    empty = text_of(client("reviewer").get("/print/roadmap").content, tmp_path)
    for number in range(33):
        roadmap.save(survey, coordinator, Milestone("", 0, f"Mốc {number:02d} " + "rất dài " * 13, 5))
    pages = text_of(client("reviewer").get("/print/roadmap").content, tmp_path)

    assert len(empty) == 1
    assert "còn trống" in empty[0]
    assert len(pages) == 3
    assert [sum(f"Mốc {number:02d}" in page for number in range(33)) for page in pages] == [15, 15, 3]
    assert all("Lộ trình – Kỳ Thượng" in page for page in pages)


def test_the_chart_is_sound_xml_and_shows_each_sign() -> None:
    """A bar for each step at its days, hatched where critical, dark where done, a diamond at the due date, lines to what needs it."""
    steps = [
        Step("a", "A <&>", 10, started_on=TODAY - timedelta(days=2), done_share=0.5), Step("b", "B", 10, ("a",), due_on=TODAY),
        Step("c", "C", 2), Step("d", "D", 3, finished_on=TODAY - timedelta(days=5)),
    ]  # fmt: skip
    placed = list(lay_out(steps, TODAY).placed.values())
    first, last = gantt.frame_of(placed, TODAY, [TODAY + timedelta(days=60)])
    frame = gantt.Frame(first, last, 800, font='x" onload="y')
    drawing = etree.fromstring(gantt.draw(placed, TODAY, frame, goal=TODAY + timedelta(days=60)))
    bars = [(bar.get("x"), bar.get("fill")) for bar in drawing.iter(f"{_SVG}rect") if bar.get("stroke-width") == "1.5"]

    assert bars == [
        (f"{frame.x(one.start):g}", "#111" if one.is_finished else "url(#hatch)" if one.is_critical else "#fff") for one in placed
    ]
    assert drawing.get("onload") is None
    assert len([line for line in drawing.iter(f"{_SVG}line") if line.get("stroke-dasharray")]) == 2
    assert "+14" in [text.text for text in drawing.iter(f"{_SVG}text")]
    paths = [path.get("d") or "" for path in drawing.iter(f"{_SVG}path")]
    assert sum(path.endswith("z") and "l7 8" in path for path in paths) == 1
    assert sum(path.startswith("M") and "H" in path for path in paths) == 1


def test_a_plan_of_decades_still_has_room_for_its_labels() -> None:
    """Months are named as seldom as needed; the past of a screen is cut, that of paper is not."""
    placed = list(lay_out([Step("a", "A", 3650), Step("b", "B", 3, finished_on=TODAY - timedelta(days=300))], TODAY).placed.values())
    first, last = gantt.frame_of(placed, TODAY)
    frame = gantt.Frame(first, last, 600)
    drawing = etree.fromstring(gantt.draw(placed, TODAY, frame))
    places = sorted(float(text.get("x") or 0) for text in drawing.iter(f"{_SVG}text") if (text.text or "").count("/") == 1)

    assert first < TODAY - timedelta(days=300)
    assert gantt.frame_of(placed, TODAY, back_days=42)[0] == TODAY - timedelta(days=45)
    assert all(later - sooner > 40 for sooner, later in pairwise(places))
    assert len(places) < 16
