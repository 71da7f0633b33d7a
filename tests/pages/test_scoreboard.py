"""The scoreboard: score and goal, three columns, what is missing, earlier days, changes, rounds, the map; entering, taking back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from survey import assess, standing
from survey.domain.outcomes import Outcome
from survey.domain.people import Actor
from survey.domain.scoreboard import Goal
from survey.domain.statements import Aspect, Wish
from survey.domain.times import local_date
from survey.store.deployment import insert_round
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.pages.conftest import OpenPage
from tests.pages.test_criteria import KDC, fill, html, load

PAGE = "pages/criteria.py"
TODAY = local_date(datetime.now(UTC))
SHOWN = ("stand", "hamlets", "columns", "changes", "trend", "map")
PDF = b"%PDF-1.7 of a test"


def wish(criterion: str, aspect: Aspect, outcome: Outcome, hamlet: str | None = None) -> Wish:
    """What the coordinator states of a criterion, on a paper of today."""
    return Wish(KDC, criterion, hamlet, aspect, outcome, TODAY)


def look(page: AppTest, view: str) -> str:
    """What one view of the scoreboard shows: its HTML, captions and texts."""
    page.session_state["score_view"] = view
    page.run()
    assert not page.exception
    said = [*page.caption, *page.markdown, *page.info, *page.success]
    return html(page) + "\n".join(str(element.value) for element in said)


@pytest.mark.parametrize("view", SHOWN)
def test_every_view_opens_with_and_without_figures(survey: Survey, open_page: OpenPage, view: str) -> None:
    """A commune that has only just begun, and one with a hedge."""
    load(survey)
    assert look(open_page(PAGE, "coordinator"), view)

    fill(survey)
    assert look(open_page(PAGE, "reviewer"), view)


def test_the_head_counts_against_the_goal(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """So many of so many in large figures, how many are missing until when, and what is claimed and appraised beside it."""
    fill(survey)
    standing.set_goal(survey, coordinator, Goal(KDC, 8, TODAY + timedelta(days=38), "Nghị quyết"))
    standing.state(survey, coordinator, wish("3", Aspect.CLAIM, Outcome.MET))
    standing.state(survey, coordinator, wish("3", Aspect.APPRAISAL, Outcome.NOT_MET))
    shown = look(open_page(PAGE, "reviewer"), "stand")

    assert "<b>0/10</b>" in shown
    assert "Mục tiêu: 8/10 tiêu chí" in shown
    assert "Còn thiếu 8 tiêu chí; còn 38 ngày." in shown
    assert "Xã tự đánh giá đạt 1/10." in shown
    assert "thẩm định công nhận đạt 0/10" in shown
    assert "≠ Có 1 tiêu chí" in shown


@pytest.mark.parametrize("name", ["criteria", "standing", "owners", "rules"])
def test_pages_begin_with_the_edition_of_the_goal(survey: Survey, open_page: OpenPage, coordinator: Actor, name: str) -> None:
    """Not with the first by name, but an address that says another edition is followed."""
    load(survey, "qd-51-2025")
    load(survey)
    first = open_page(f"pages/{name}.py", "coordinator").query_params["edition"]
    other = KDC if first == "qd-51-2025" else "qd-51-2025"
    standing.set_goal(survey, coordinator, Goal(other, 8, TODAY + timedelta(days=38), "Nghị quyết"))

    assert open_page(f"pages/{name}.py", "coordinator").query_params["edition"] == other


def test_a_goal_that_is_reached_or_past_is_said_so(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """Days are counted on both sides of the date."""
    load(survey)
    standing.set_goal(survey, coordinator, Goal(KDC, 8, TODAY - timedelta(days=2), "Nghị quyết"))

    assert "đã quá hạn 2 ngày." in look(open_page(PAGE, "reviewer"), "stand")


def test_what_is_missing_is_told_with_the_rule_it_comes_from(survey: Survey, open_page: OpenPage) -> None:
    """The reason, the hamlets' figures beside it, nobody named yet, and the way down to houses and photos."""
    fill(survey)
    shown = look(open_page(PAGE, "reviewer"), "stand")

    assert "3. Hàng rào" in shown
    assert "Không tìm thấy ngưỡng của tiêu chí này." in shown
    assert "Hàng rào xanh theo mét: 90,0%" in shown
    assert "chưa phân công" in shown
    assert "Xem thôn, hộ và ảnh" in shown
    assert "ghi nhận ngày 20/11/2026" in shown
    assert f'href="/rules?edition={KDC}&amp;criterion=3"' in shown


def test_where_gardens_are_judged_the_head_counts_gardens(survey: Survey, open_page: OpenPage) -> None:
    """No n of N there: how many gardens meet all of it, of those that are decided."""
    load(survey, "ha-tinh-vuon-mau")
    fill(survey)
    page = open_page(PAGE, "reviewer")
    page.selectbox[0].set_value("ha-tinh-vuon-mau")
    shown = look(page, "stand")

    assert "Vườn mẫu: đạt cả 5 tiêu chí – trong 0 đã kết luận" in shown
    assert "tiêu chí đạt, theo khảo sát" not in shown


def test_three_columns_stay_apart_and_disagreement_is_marked(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """A hamlet whose hedge is green by measure and not met by claim: sign and word; the commune's columns do not take it over."""
    fill(survey)
    standing.state(survey, coordinator, wish("3", Aspect.CLAIM, Outcome.NOT_MET, HAMLETS[0]))
    page = open_page(PAGE, "reviewer")

    assert "≠ không khớp" not in look(page, "columns")
    page.selectbox(key="columns_place").set_value(HAMLETS[0])
    shown = look(page, "columns")
    assert "≠ không khớp" in shown
    assert "✗ Chưa đạt" in shown
    assert "✓ Đạt" in shown
    assert "chưa kèm văn bản" in shown


def test_an_earlier_day_shows_what_was_known_then(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """Yesterday nobody had claimed anything; the day stays in the address, and today's rules can be asked for."""
    fill(survey)
    standing.state(survey, coordinator, wish("3", Aspect.CLAIM, Outcome.MET))
    page = open_page(PAGE, "reviewer")
    assert "Xã tự đánh giá đạt 1/10." in look(page, "stand")
    page.date_input(key="score_day").set_value(TODAY - timedelta(days=1))
    shown = look(page, "stand")

    assert "Xã tự đánh giá" not in shown
    assert "Chấm theo quy định đã biết vào ngày đó." in shown
    assert page.query_params["on"] in (f"{TODAY - timedelta(days=1)}", [f"{TODAY - timedelta(days=1)}"])
    page.checkbox(key="score_rules").check()
    assert "Chấm theo quy định hôm nay." in look(page, "stand")


def test_what_changed_names_the_cause(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """The state of the power net was stated today: newly so, because somebody stated it."""
    fill(survey)
    paper = standing.keep_document(survey, coordinator, "điện.pdf", [PDF])
    stated = replace(wish("6", Aspect.STATE, Outcome.MET, HAMLETS[0]), document=paper)
    standing.state(survey, coordinator, stated)
    shown = look(open_page(PAGE, "reviewer"), "changes")

    assert "6. Hệ thống điện – Thôn mẫu 1" in shown
    assert "mới đạt" in shown
    assert "có xác nhận mới" in shown
    assert "Chưa có lần giao ban nào được lưu trước đó" in shown


def test_the_trend_has_a_column_for_each_round_that_is_over(survey: Survey, open_page: OpenPage) -> None:
    """A round that ended last month and one that runs: the first has its own column, the other is today's."""
    fill(survey)
    with survey.transaction() as tx:
        insert_round(tx, COMMUNE, "r1", "Đợt một", date(2026, 6, 1), TODAY - timedelta(days=30))
        insert_round(tx, COMMUNE, "r2", "Đợt hai", TODAY - timedelta(days=10), TODAY + timedelta(days=10))
    shown = look(open_page(PAGE, "reviewer"), "trend")

    assert "Đợt một" in shown
    assert "Đợt hai" not in shown
    assert "<b>90,0%</b>" in shown
    assert "mức quy định" in shown


def test_the_map_says_what_its_areas_are(survey: Survey, open_page: OpenPage) -> None:
    """Hamlets have no borders, and the page says so; beside the map each hamlet stands with sign and word."""
    fill(survey)
    page = open_page(PAGE, "reviewer")
    look(page, "map")
    page.selectbox(key="map_criterion").set_value("3")
    shown = look(page, "map")

    assert "Thôn không có địa giới chính thức" in shown
    assert "Thôn mẫu 1</a> ✓ Đạt" in shown
    assert "Thôn mẫu 2</a> … Chưa đủ dữ liệu" in shown


def test_what_falls_short_is_listed_before_what_nobody_has_seen(survey: Survey, open_page: OpenPage) -> None:
    """The visited hedge with 10 m missing stands before the house that was not visited."""
    fill(survey)
    page = open_page(PAGE, "reviewer")
    page.query_params["criterion"], page.query_params["hamlet"] = "3", ""
    shown = html(page.run())

    assert not page.exception
    assert shown.index("90 / 100") < shown.index("chưa khảo sát")


def test_entering_and_taking_back(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """A claim with its note is entered, read by the scoreboard, taken back with a reason, and kept in the history."""
    load(survey)
    page = open_page("pages/standing.py", "coordinator")
    page.selectbox(key="standing_criterion").set_value("3").run()
    key = "3_None_0"
    page.radio(key=f"result_{key}").set_value(_met(survey, coordinator, "3"))
    page.text_area(key=f"note_{key}").set_value("Họp thôn <b>")
    press(page, "Lưu", 0)
    assert not page.exception
    assert "Đã lưu" in page.success[0].value
    (row,) = [row for row in assess.scoreboard(survey, coordinator, KDC).rows if row.criterion.code == "3"]
    assert row.claim is not None
    assert row.claim.outcome is Outcome.MET
    assert "Họp thôn &lt;b&gt;" in html(page)

    page.text_area(key="back_reason_claim_3_None").set_value("Nhập nhầm")
    press(page, "Rút lại", 0)
    assert not page.exception
    (row,) = [row for row in assess.scoreboard(survey, coordinator, KDC).rows if row.criterion.code == "3"]
    assert row.claim is None
    assert "Nhập nhầm" in html(page)


def test_nothing_is_saved_without_a_result(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """Neither met nor not met is offered as a default: a person chooses."""
    load(survey)
    page = open_page("pages/standing.py", "coordinator")
    press(page, "Lưu", 0)

    assert "chọn kết quả" in page.warning[0].value
    assert all(row.claim is None for row in assess.scoreboard(survey, coordinator, KDC).rows)


def test_the_goal_is_entered_with_its_source(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """Without the document that says so it is refused; with it, the page and the scoreboard show it."""
    load(survey)
    page = open_page("pages/standing.py", "coordinator")
    press(page, "Lưu", 1)
    assert page.error
    page.number_input(key="goal_criteria").set_value(9)
    page.text_area(key="goal_source").set_value("Nghị quyết 01")
    press(page, "Lưu", 1)

    assert not page.exception
    goal = assess.scoreboard(survey, coordinator, KDC).goal
    assert goal is not None
    assert (goal.criteria, goal.source) == (9, "Nghị quyết 01")


def test_a_reviewer_reads_and_others_are_refused(survey: Survey, open_page: OpenPage, coordinator: Actor) -> None:
    """The reviewer sees what was stated and no form; inspector and owner of criteria see nothing of it."""
    load(survey)
    standing.state(survey, coordinator, replace(wish("1", Aspect.CLAIM, Outcome.MET), note="Biên bản số 7"))
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET role = 'owner' WHERE person = 'p-inspector'")
    reviewer, owner = open_page("pages/standing.py", "reviewer"), open_page("pages/standing.py", "inspector")

    assert "Biên bản số 7" in html(reviewer)
    assert not reviewer.text_area
    assert "Biên bản" not in html(owner)
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET role = 'inspector' WHERE person = 'p-inspector'")
    assert "Biên bản" not in html(open_page("pages/standing.py", "inspector"))
    assert "Biên bản" not in html(open_page("pages/standing.py"))


def _met(survey: Survey, actor: Actor, code: str) -> tuple[Outcome, str]:
    """What *met* is called in the form: a level where the edition speaks of levels."""
    edition = next(one for one in assess.list_editions(survey, actor) if one.id == KDC)
    levels = next(one for one in edition.criteria if one.code == code).levels
    return Outcome.MET, Outcome.MET.value if levels else ""


def press(page: AppTest, label: str, number: int) -> None:
    """Press one of the buttons called *label*."""
    [button for button in page.button if button.label == label][number].click().run()
