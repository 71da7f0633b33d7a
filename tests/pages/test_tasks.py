"""The tasks page: closed to inspectors, an owner's own, all of it at the desk, a pasted list, decisions."""

from survey import tasks
from survey.domain.people import Role
from survey.domain.tasks import TaskState
from survey.store.people import insert_person
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, register
from tests.pages.conftest import OpenPage
from tests.tasks import REVIEWER, fence, load_rules, photo_of, tasks_at, work

PAGE = "pages/tasks.py"


def fill(survey: Survey) -> None:
    """A fence that lacks 12 m, and one that was put right, with photos before and after."""
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
    load_rules(survey)
    fence(survey, "a", 28.0)
    fence(survey, "b", 10.0, site="s2")
    work(survey)
    fence(survey, "c", 40.0, site="s2", day=2)
    work(survey)


def html(page: object) -> str:
    """Everything that the page wrote as HTML."""
    return "".join(element.body for element in page.get("html"))  # type: ignore[attr-defined]


def test_inspectors_and_strangers_see_nothing(survey: Survey, open_page: OpenPage) -> None:
    """A deep link without a session, or with an inspector's, shows no task."""
    fill(survey)

    for login in (None, "inspector"):
        page = open_page(PAGE, login)
        assert "hàng rào" not in html(page)
        assert not page.exception


def test_empty(survey: Survey, open_page: OpenPage) -> None:
    """Nothing to do says where tasks come from."""
    page = open_page(PAGE, "reviewer")

    assert "Không có việc nào" in page.info[0].value
    assert not page.exception


def test_what_is_to_be_done_and_what_is_done(survey: Survey, open_page: OpenPage) -> None:
    """The open task says how much is missing with its photo; the done one shows before and after."""
    fill(survey)
    page = open_page(PAGE, "reviewer")
    todo = html(page)
    page.segmented_control(key="tasks_state").set_value(TaskState.DONE).run()
    done = html(page)

    assert not page.exception
    assert "Trồng hàng rào xanh: còn 12 m" in todo
    assert f"/photos/{photo_of('a')}/thumb" in todo
    assert photo_of("b") not in todo
    assert all(f"/photos/{photo_of(name)}/thumb" in done for name in ("b", "c"))
    assert "/review?submission=uuid%3Ac" in done


def test_an_owner_without_criteria_sees_none(survey: Survey, open_page: OpenPage) -> None:
    """An owner's page offers no entry and lists the own tasks only."""
    fill(survey)
    with survey.transaction() as tx:
        insert_person(
            tx, COMMUNE, "p-owner", login="owner", name="Phụ trách", role=Role.OWNER, locale="vi", password_hash=None, at=START
        )
    page = open_page(PAGE, "owner")

    assert not page.exception
    assert "còn 12 m" not in html(page)
    assert not page.text_area


def test_a_pasted_list_is_read_and_kept(survey: Survey, open_page: OpenPage) -> None:
    """A faulty line is pointed at and nothing can be kept; without it all lines are."""
    fill(survey)
    page = open_page(PAGE, "reviewer")
    page.text_area(key="tasks_pasted").set_value("Sơn lại cổng | Thôn mẫu 1 | 15/12/2026\n<b>Dọn rác</b> | Thôn Lạ").run()
    faulty = html(page)
    blocked = next(button for button in page.button if button.label == "Ghi 2 việc").disabled
    page.text_area(key="tasks_pasted").set_value("Sơn lại cổng | Thôn mẫu 1 | 15/12/2026").run()
    next(button for button in page.button if button.label == "Ghi 1 việc").click().run()

    assert "✗ không có thôn, mã đối tượng hay ngày “Thôn Lạ”" in faulty
    assert "&lt;b&gt;Dọn rác" in faulty
    assert blocked
    assert not page.exception
    assert "Đã ghi 1 việc" in page.success[0].value
    assert "Sơn lại cổng" in html(page)


def test_a_long_list_comes_in_parts(survey: Survey, open_page: OpenPage) -> None:
    """Twelve cards at first: a phone does not scroll through everything that is open; a press brings the others."""
    page = open_page(PAGE, "reviewer")
    page.text_area(key="tasks_pasted").set_value("\n".join(f"Việc {number} | Thôn mẫu 1" for number in range(14))).run()
    next(button for button in page.button if button.label == "Ghi 14 việc").click().run()
    first = html(page).count("<article")
    next(button for button in page.button if button.label == "Thêm việc").click().run()

    assert not page.exception
    assert (first, html(page).count("<article")) == (12, 14)


def test_dropping(survey: Survey, open_page: OpenPage) -> None:
    """Without a reason the panel says so; with one the task is dropped and the page tells it."""
    fill(survey)
    (task,) = tasks_at(survey)
    page = open_page(PAGE, "reviewer")
    page.button(key=f"drop_{task.id}").click().run()
    page.button(key=f"do_{task.id}").click().run()
    refused = [error.value for error in page.error]
    page.text_area(key=f"reason_{task.id}").set_value("hộ đã chuyển đi").run()
    page.button(key=f"do_{task.id}").click().run()

    assert "Cần ghi lý do" in refused[0]
    assert not page.exception
    assert [one.state for one in tasks_at(survey)] == [TaskState.DROPPED]


def test_someone_faster_is_named(survey: Survey, open_page: OpenPage) -> None:
    """A decision on a task that changed meanwhile is refused where the person stands."""
    fill(survey)
    (task,) = tasks_at(survey)
    page = open_page(PAGE, "reviewer")
    page.button(key=f"close_{task.id}").click().run()
    page.text_area(key=f"reason_{task.id}").set_value("đã xem").run()
    tasks.change(survey, REVIEWER, task.id, due_on=task.due_on, person="p-reviewer", version=task.version)
    page.button(key=f"do_{task.id}").click().run()

    assert "vừa thay đổi" in page.error[0].value
    assert not page.exception
    assert [one.state for one in tasks_at(survey)] == [TaskState.OPEN]
