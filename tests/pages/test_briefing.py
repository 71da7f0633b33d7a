"""The briefing: what stands now, kept under a number, two pages in print whatever there is to say, and as it was said ever after."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from survey import briefing
from survey.domain.briefing import (
    MOST_GAPS,
    Briefing,
    Change,
    Gap,
    Goal,
    HamletLine,
    Overdue,
    PhotoPair,
    Step,
    briefing_document,
    fitted,
    said_in,
)
from survey.domain.people import Actor, Role
from survey.domain.problems import Problem
from survey.domain.thresholds import Text
from survey.paper import typeset
from survey.web import text
from survey.web.briefing_html import briefing_html
from survey.web.briefing_words import printable
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.pages.conftest import OpenPage
from tests.pages.test_criteria import KDC, fill
from tests.pdfs import page_count

PAGE = "pages/briefing.py"
COORDINATOR = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)
LONG = "Môi trường và an toàn thực phẩm, cảnh quan nông thôn sáng - xanh - sạch - đẹp " * 3
SAID = Text(LONG, LONG)
DAY = date(2026, 11, 23)


def gap(number: int) -> Gap:
    """The longest line there can be; every other one is open."""
    outcome = ("not_met", "not_enough_data")[number % 2]
    return Gap(str(number), SAID, outcome, SAID, (LONG, LONG), LONG, DAY, 99, 9, critical=True)


def full(count: int = 60) -> Briefing:
    """A briefing with more of everything than two pages hold, each with the longest words."""
    return Briefing(
        "Kỳ Thượng", True, KDC, SAID, DAY, 12, 20, 5, 14, 1, date(2026, 11, 16), 11,
        Goal(20, date(2026, 12, 31), (date(2027, 1, 3), date(2027, 2, 1), None)),
        changes=tuple(Change(str(n), SAID, "not_met", "met", SAID) for n in range(count)),
        gaps=tuple(gap(n) for n in range(count)),
        steps=tuple(Step(LONG, DAY, DAY, LONG, 0.4, 999) for _ in range(count)),
        overdue=tuple(Overdue(LONG, tuple((SAID, DAY) for _ in range(9))) for _ in range(count)),
        hamlets=tuple(HamletLine(LONG, 19, 19, 19, 1500, 1500, 999, 999) for _ in range(count)),
        photos=tuple(PhotoPair("a" * 64, "b" * 64, SAID, LONG, DAY, DAY) for _ in range(count)),
        made_by=LONG, made_at=datetime(2026, 11, 23, tzinfo=UTC), head="f" * 64, number=3,
    )  # fmt: skip


def pages(said: Briefing) -> int:
    """How many pages the printed briefing has."""
    data = printable(briefing_document(fitted(said)))
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(content, "JPEG")
    names = [pair[f"file_{side}"] for pair in data["briefing"]["photos"] for side in ("before", "after")]
    return page_count(typeset("briefing", data, dict.fromkeys(names, content.getvalue())))


@pytest.mark.parametrize("locale", ["vi", "en"])
@pytest.mark.parametrize("count", [0, 1, 60])
def test_whatever_there_is_to_say_it_is_two_pages(locale: str, count: int) -> None:
    """From an empty commune to one where everything is wrong, with the longest words, in both languages."""
    text.speak(locale)
    assert pages(full(count)) == 2


def test_what_is_cut_is_counted_and_the_gravest_stays() -> None:
    """Criteria that are not met come before open ones, and the reader is told how many more there are."""
    said = fitted(full())
    assert len(said.gaps) == MOST_GAPS
    assert {gap.outcome for gap in said.gaps} == {"not_met"}
    assert said.left_out["gaps"] == 60 - MOST_GAPS


def test_words_of_people_are_no_markup() -> None:
    """Neither on paper nor on the web page."""
    text.speak("vi")
    nasty = '<script>alert(1)</script> #panic() $x$ [a](b) *b* _c_ `d` \\ " {vi}'
    odd = Text(nasty, nasty)
    said = replace(full(1), steps=(Step(nasty, DAY, DAY, nasty),), gaps=(Gap("1", odd, "not_met", odd, (nasty,)),))
    assert pages(said) == 2
    page = briefing_html(printable(briefing_document(fitted(said))))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_document_is_said_in_either_language() -> None:
    """Every text is kept in both."""
    document = briefing_document(replace(full(1), edition_title=Text("Bộ tiêu chí", "Criteria")))
    assert said_in(document, "vi")["edition_title"] == "Bộ tiêu chí"
    assert said_in(document, "en")["edition_title"] == "Criteria"


def test_the_page_says_what_stands_and_keeps_it(survey: Survey, open_page: OpenPage) -> None:
    """One press keeps a briefing under the next number; what is in the log stands for it."""
    fill(survey)
    page = open_page(PAGE, "coordinator")
    assert not page.exception
    (keep,) = [button for button in page.button if "Lưu báo cáo" in button.label]
    keep.click().run()
    assert not page.exception
    (held,) = briefing.list_held(survey, COORDINATOR)
    assert (held.number, held.edition) == (1, KDC)
    assert held.document["head"]
    assert page.query_params["briefing"] == [held.id] or page.query_params["briefing"] == held.id
    with survey.reading() as reader:
        assert reader.row("SELECT 1 AS n FROM event WHERE body LIKE '%document_sha256%'")


def test_what_was_said_stays_said(survey: Survey) -> None:
    """Numbers go up by one; a kept briefing is found as it was kept."""
    first, second = (briefing.hold(survey, COORDINATOR, full(1)) for _ in range(2))
    assert (first.number, second.number) == (1, 2)
    assert briefing.find(survey, COORDINATOR, first.id).document == first.document
    with pytest.raises(Problem, match="BRIEFING_UNKNOWN"):
        briefing.find(survey, replace(COORDINATOR, commune="99999"), first.id)
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        briefing.hold(survey, replace(COORDINATOR, role=Role.REVIEWER), full(1))


def test_an_inspector_is_turned_away(open_page: OpenPage) -> None:
    """Figures are not for phones."""
    page = open_page(PAGE, "inspector")
    assert page.error
