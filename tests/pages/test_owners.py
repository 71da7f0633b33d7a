"""The pages of owners and the roadmap: a table for all criteria, reports on the own ones, a chart, forms that lose no change."""

from datetime import timedelta

import pytest

from survey import owners, roadmap
from survey.domain.owners import Assignment, Milestone
from survey.domain.people import Actor
from survey.domain.times import local_date
from survey.store.assignments import select_assignments, select_owner_reports
from survey.store.milestones import select_milestones
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.plans import KDC, OWNER, add_plans

OWNERS, ROADMAP, HOME = "pages/owners.py", "pages/roadmap.py", "pages/home.py"


@pytest.fixture
def planned(survey: Survey) -> Survey:
    """The deployment with an edition and two owners."""
    add_plans(survey.store)
    return survey


@pytest.fixture
def steps(planned: Survey, coordinator: Actor) -> list[Milestone]:
    """Two milestones, the second behind the first; titles carry markup."""
    first = roadmap.save(planned, coordinator, Milestone("", 0, "Hiến đất <b>*x*", 10, person=OWNER.person))
    due_on = local_date(planned.now()) + timedelta(days=20)
    return [first, roadmap.save(planned, coordinator, Milestone("", 0, "Đổ bê tông", 8, needs=(first.id,), due_on=due_on))]


def shown(page) -> str:
    """All HTML of the page."""
    return "".join(str(element.proto.body) for element in page.get("html"))


def at(page, milestone: Milestone):
    """The page with that milestone open."""
    page.query_params["milestone"] = milestone.id
    return page.run()


@pytest.mark.parametrize("page", [OWNERS, ROADMAP])
def test_inspectors_and_strangers_see_nothing(open_page, steps, page):
    """Figures are not theirs."""
    assert "Đổ bê tông" not in shown(open_page(page))
    closed = open_page(page, "inspector")
    assert closed.error
    assert "Đổ bê tông" not in shown(closed)


def test_pages_of_an_empty_commune_say_what_to_do(open_page, survey):
    """No edition, no milestone."""
    assert "Chưa nạp bộ tiêu chí" in open_page(OWNERS, "coordinator").info[0].value
    assert "Lộ trình còn trống" in open_page(ROADMAP, "coordinator").info[0].value
    assert not open_page(ROADMAP, "reviewer").exception


def test_all_criteria_are_assigned_in_one_table(open_page, planned, coordinator):
    """An account for one, a name for another; saved with one button and shown with their dates."""
    owners.assign(planned, coordinator, KDC, [Assignment(KDC, "5", 0, "Phòng Kinh tế", None, "Trần Văn <i>Bảo")])
    page = open_page(OWNERS, "coordinator")
    page.selectbox(key=f"person_{KDC}_0_3").set_value(OWNER.person)
    page.date_input(key=f"owner_due_{KDC}_0_3").set_value(local_date(planned.now()) - timedelta(days=3))
    page.selectbox(key=f"agency_{KDC}_0_4").set_value("Phòng Kinh tế")
    page.text_input(key=f"owner_note_{KDC}_0_5").set_value("Kiêm nhiệm")
    next(button for button in page.button if button.label == "Lưu tất cả phân công").click().run()

    assert not page.exception
    assert page.success[0].value == "Đã lưu 3 tiêu chí."
    with planned.reading() as reader:
        found = {code: (one.agency, one.person, one.person_name) for code, one in select_assignments(reader, COMMUNE, KDC).items()}
    assert found == {
        "3": ("", "p-owner", "Chị Hường"), "4": ("Phòng Kinh tế", None, ""), "5": ("Phòng Kinh tế", None, "Trần Văn <i>Bảo"),
    }  # fmt: skip
    assert "quá hạn 3 ngày" in shown(page)
    assert "Trần Văn &lt;i&gt;Bảo" in shown(page)


def test_a_table_that_another_changed_meanwhile(open_page, planned, coordinator):
    """Nothing is overwritten; the new table is a tap away."""
    page = open_page(OWNERS, "coordinator")
    owners.assign(planned, coordinator, KDC, [Assignment(KDC, "3", 0, "Công an xã")])
    page.selectbox(key=f"person_{KDC}_0_3").set_value(OWNER.person)
    next(button for button in page.button if button.label == "Lưu tất cả phân công").click().run()
    assert "đã đổi người phụ trách tiêu chí 3" in page.error[0].value
    next(button for button in page.button if button.label == "Tải lại bảng").click().run()

    assert not page.exception
    assert page.selectbox(key=f"agency_{KDC}_1_3").value == "Công an xã"


def test_an_owner_sees_and_reports_on_the_own(open_page, planned, coordinator, steps):
    """Start page and owners' page show what is theirs; the form offers nothing else; there is no table to change."""
    owners.assign(planned, coordinator, KDC, [Assignment(KDC, "3", 0, person=OWNER.person), Assignment(KDC, "4", 0, "Công an")])
    home = open_page(HOME, "owner")
    assert not home.exception
    assert "Hàng rào" in shown(home)
    assert "Hiến đất &lt;b&gt;*x*" in shown(home)
    assert "Đổ bê tông" not in shown(home)
    page = open_page(OWNERS, "owner")
    assert [option for option in page.selectbox(key="report_on_0").options if option] == ["3. Hàng rào"]
    page.text_area(key="owner_said_0").set_value("Còn 5 hộ")
    page.number_input(key="owner_share_0").set_value(40)
    next(button for button in page.button if button.label == "Gửi báo cáo").click().run()

    assert not page.exception
    assert "Lưu tất cả phân công" not in [button.label for button in page.button]
    with planned.reading() as reader:
        assert [(one.text, one.done_share) for one in select_owner_reports(reader, COMMUNE, KDC, "3")] == [("Còn 5 hộ", 0.4)]


def test_an_owner_of_nothing_is_told_so(open_page, planned):
    """And is led to what there is to see."""
    page = open_page(HOME, "other")

    assert not page.exception
    assert "chưa được giao" in page.info[0].value
    assert 'href="/roadmap"' in shown(page)


def test_the_chart_and_the_list(open_page, steps):
    """A drawing with titles beside it as text; every step leads to its own view; who cannot change has no form."""
    page = open_page(ROADMAP, "reviewer")

    assert not page.exception
    html = shown(page)
    assert "data:image/svg+xml;base64," in html
    assert "Hiến đất &lt;b&gt;*x*" in html
    assert f'href="?milestone={steps[1].id}"' in html
    assert "Thêm mốc" not in [tab.label for tab in page.tabs]


def test_a_milestone_is_added_and_refused(open_page, planned, steps):
    """Saved with its days; a due date that its chain cannot keep is refused by name, and what was typed stays."""
    page = open_page(ROADMAP, "coordinator")
    page.text_input(key="title__0").set_value("Nghiệm thu")
    page.multiselect(key="needs__0").set_value([steps[1].id])
    page.date_input(key="due__0").set_value(local_date(planned.now()) + timedelta(days=19))
    page.button(key="save__0").click().run()
    assert "Đổ bê tông → Nghiệm thu" in page.error[0].value
    assert page.text_input(key="title__0").value == "Nghiệm thu"
    page.date_input(key="due__0").set_value(None)
    page.button(key="save__0").click().run()

    assert not page.exception
    assert "Nghiệm thu" in page.success[0].value
    with planned.reading() as reader:
        assert {one.title for one in select_milestones(reader, COMMUNE).values()} == {"Hiến đất <b>*x*", "Đổ bê tông", "Nghiệm thu"}


def test_what_slips_when_a_step_slips(open_page, steps):
    """The end moves, the other step moves, and its due date is missed."""
    page = at(open_page(ROADMAP, "reviewer"), steps[0])
    page.number_input(key=f"slip_{steps[0].id}").set_value(5).run()

    assert not page.exception
    assert any("chậm 5 ngày" in one.value for one in page.markdown)
    assert "Đổ bê tông: xong ngày" in shown(page)
    assert "không kịp hạn" in shown(page)


def test_another_changed_the_milestone_meanwhile(open_page, planned, coordinator, steps):
    """The form keeps what was typed, says who was faster, and offers the new version."""
    page = at(open_page(ROADMAP, "coordinator"), steps[0])
    roadmap.save(planned, coordinator, Milestone(steps[0].id, 1, "Tên của người khác", 10))
    page.text_input(key=f"title_{steps[0].id}_0").set_value("Tên của tôi")
    page.button(key=f"save_{steps[0].id}_0").click().run()
    assert "vừa được" in page.error[0].value
    assert page.text_input(key=f"title_{steps[0].id}_0").value == "Tên của tôi"
    page.button(key="show_new_version").click().run()

    assert not page.exception
    assert page.text_input(key=f"title_{steps[0].id}_1").value == "Tên của người khác"


def test_an_owner_reports_on_the_own_milestone(open_page, planned, steps):
    """Begun on a day, so much done; on another's there is nothing to fill in."""
    page = at(open_page(ROADMAP, "owner"), steps[0])
    page.date_input(key=f"report_began_{steps[0].id}_0").set_value(local_date(planned.now()))
    page.number_input(key=f"report_share_{steps[0].id}_0").set_value(50)
    next(button for button in page.button if button.label == "Gửi báo cáo").click().run()
    assert not page.exception
    with planned.reading() as reader:
        known = select_milestones(reader, COMMUNE)[steps[0].id]
    assert (known.started_on, known.done_share, known.entered_by) == (local_date(planned.now()), 0.5, "p-owner")

    other = at(open_page(ROADMAP, "owner"), steps[1])
    assert "Gửi báo cáo" not in [button.label for button in other.button]


def test_a_milestone_is_removed(open_page, planned, steps):
    """One that others need is not; the last one goes."""
    page = at(open_page(ROADMAP, "coordinator"), steps[0])
    page.button(key=f"remove_{steps[0].id}").click().run()
    assert "Đổ bê tông" in page.error[0].value
    page = at(open_page(ROADMAP, "coordinator"), steps[1])
    page.button(key=f"remove_{steps[1].id}").click().run()

    assert not page.exception
    with planned.reading() as reader:
        assert set(select_milestones(reader, COMMUNE)) == {steps[0].id}
