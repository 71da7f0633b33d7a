"""The community page: closed to inspectors, hamlet scope, taking with a site, putting aside, contributions, the public page."""

import io
from datetime import timedelta
from typing import Any

import pytest
import streamlit as st

from survey import community
from survey.community import Sent
from survey.domain.community import ContributionKind, ReportState, ResidentReport
from survey.domain.people import Actor, Session
from survey.domain.problems import Problem
from survey.domain.sites import Site, SiteKind
from survey.domain.tasks import Origin, TaskState
from survey.domain.times import local_date
from survey.store.people import select_people
from survey.store.sites import insert_sites
from survey.web import community as widgets
from survey.web.session import Commune, Here
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.pages.conftest import OpenPage
from tests.receive.conftest import jpeg
from tests.tasks import tasks_at

PAGE = "pages/community.py"


@pytest.fixture
def reported(survey: Survey, coordinator: Actor) -> dict[str, ResidentReport]:
    """An open public page with three reports: one of each hamlet, the first with a photo, and one of nobody knows where."""
    houses = [
        Site(COMMUNE, f"s{number}", SiteKind.HOUSEHOLD, f"HO-000{number}", f"Hộ {number}", HAMLETS[number - 1], 18.05, 106.05)
        for number in (1, 2)
    ]
    with survey.transaction() as tx:
        insert_sites(tx, [(house, "") for house in houses], at=survey.now())
    community.open_page(survey, coordinator, is_open=True, reason="Nghị quyết kiểm thử")
    sent = {
        "first": Sent("Mương **vỡ** <b>đầu thôn</b>", HAMLETS[0], io.BytesIO(jpeg())), "second": Sent("Cống tắc", HAMLETS[1]),
        "nowhere": Sent("Rác ven đường"),
    }  # fmt: skip
    return {name: community.receive_report(survey, COMMUNE, "a mark", one) for name, one in sent.items()}


def html(page: Any) -> str:
    """Everything that the page wrote as HTML."""
    return "".join(element.body for element in page.get("html"))


def said(page: Any) -> str:
    """Everything that the page wrote as text."""
    return "\n".join(element.value for kind in ("markdown", "text", "info", "success", "error", "caption") for element in page.get(kind))


def press(page: Any, label: str, form: str) -> None:
    """Press the button *label* of a form."""
    next(one for one in page.button if one.label == label and one.form_id == form).click().run()


def state_of(survey: Survey, actor: Actor, state: ReportState) -> list[str]:
    """The ids of the reports in a state."""
    return [one.id for one in community.list_reports(survey, actor, state)]


@pytest.mark.parametrize("login", [None, "inspector"])
def test_strangers_and_inspectors_see_no_report(open_page: OpenPage, reported: dict[str, ResidentReport], login: str | None) -> None:
    """Neither the words nor anything to press for."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert "Cống tắc" not in said(page)
    assert not [one for one in page.button if "Tiếp nhận" in one.label]


def test_nothing_waits(open_page: OpenPage, survey: Survey) -> None:
    """Said so on each of the three parts."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert [one.value for one in page.info][:2] == ["Không có phản ánh nào đang chờ.", "Chưa nhập khoản nào."]
    assert "Trang đang đóng" in page.info[2].value


def test_words_of_strangers_stay_words(open_page: OpenPage, reported: dict[str, ResidentReport]) -> None:
    """No markup of a resident is drawn; the photo comes by its guarded address."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "Mương **vỡ** <b>đầu thôn</b>" in [one.value for one in page.text]
    assert "<b>đầu thôn</b>" not in html(page)
    assert f'src="/photos/resident/{reported["first"].id}"' in html(page)


def test_a_report_needs_a_site_and_becomes_a_task(
    open_page: OpenPage, survey: Survey, reported: dict[str, ResidentReport], reviewer: Actor
) -> None:
    """Pressed without a site it says so; with one there is a task of a resident's, and the report waits no more."""
    report = reported["second"]
    page = open_page(PAGE, "reviewer")
    press(page, "Tiếp nhận và tạo việc cần làm", f"take_{report.id}")
    assert [one.value for one in page.error] == ["Hãy chọn đối tượng mà phản ánh nói đến."]
    assert len(state_of(survey, reviewer, ReportState.WAITING)) == 3
    page.selectbox(key=f"report_site_{report.id}").set_value("s2")
    page.text_input(key=f"report_title_{report.id}").set_value("Thông cống trước nhà")
    press(page, "Tiếp nhận và tạo việc cần làm", f"take_{report.id}")

    assert not page.exception
    (task,) = tasks_at(survey, "s2")
    assert (task.origin, task.state) == (Origin.RESIDENT, TaskState.OPEN)
    (taken,) = community.list_reports(survey, reviewer, ReportState.TAKEN)
    assert (taken.id, taken.site, taken.task) == (report.id, "s2", task.id)
    assert report.code in page.success[0].value.replace("\\", "")


def test_the_choice_of_sites_follows_the_hamlet_and_the_search(open_page: OpenPage, reported: dict[str, ResidentReport]) -> None:
    """Without a search those of the report's hamlet, with one those found in the whole commune."""
    report = reported["first"]
    page = open_page(PAGE, "reviewer")
    nearby = page.selectbox(key=f"report_site_{report.id}").options
    page.text_input(key=f"report_search_{report.id}").set_value("HO-0002").run()
    found = page.selectbox(key=f"report_site_{report.id}").options
    page.text_input(key=f"report_search_{report.id}").set_value("không có").run()

    assert nearby == ["HO-0001 · Hộ 1"]
    assert found == ["HO-0002 · Hộ 2"]
    assert not [one for one in page.selectbox if one.key == f"report_site_{report.id}"]
    assert not page.exception


def test_putting_aside_needs_a_reason(
    open_page: OpenPage, survey: Survey, reported: dict[str, ResidentReport], reviewer: Actor
) -> None:
    """Without one nothing happens; with one the report is among those dealt with, and its reason is read there."""
    report = reported["nowhere"]
    page = open_page(PAGE, "reviewer")
    press(page, "Xếp lại", f"dismiss_{report.id}")
    refused = len(page.error)
    page.text_input(key=f"report_reason_{report.id}").set_value("Đã dọn *hôm qua*")
    press(page, "Xếp lại", f"dismiss_{report.id}")

    assert refused == 1
    assert not page.exception
    assert state_of(survey, reviewer, ReportState.DISMISSED) == [report.id]
    assert "Đã dọn \\*hôm qua\\*" in said(page)


def test_somebody_faster_leaves_no_task_open(
    survey: Survey, reported: dict[str, ResidentReport], coordinator: Actor, reviewer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two decide at the same moment: the slower one hears of it, and the task that was opened meanwhile is dropped."""
    report, shown = reported["second"], list[str]()
    community.dismiss(survey, coordinator, report.id, "Trùng")
    monkeypatch.setattr(st, "error", shown.append)
    widgets._take(_here(survey, reviewer), report, "s2", "Thông cống")

    assert len(shown) == 1
    assert report.code in shown[0]
    assert [(one.state, one.title) for one in tasks_at(survey, "s2")] == [(TaskState.DROPPED, "Thông cống")]
    assert state_of(survey, coordinator, ReportState.TAKEN) == []


def _here(survey: Survey, actor: Actor) -> Here:
    with survey.reading() as reader:
        person = next(one for one in select_people(reader, COMMUNE) if one.id == actor.person)
    return Here(survey, actor, Commune(COMMUNE, "Kỳ Thượng", False), Session(person, survey.now(), survey.now()), "")


def test_a_reviewer_of_one_hamlet_sees_its_reports_only(
    open_page: OpenPage, survey: Survey, reported: dict[str, ResidentReport]
) -> None:
    """Those of the own hamlet and those of no hamlet; another one's can be neither read nor decided, nor its photo seen."""
    with survey.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-reviewer', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[1])
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert [one.value for one in page.text] == ["Cống tắc", "Rác ven đường"]
    assert reported["first"].id not in html(page)


def test_contributions_are_entered_summed_and_taken_back(open_page: OpenPage, survey: Survey, coordinator: Actor) -> None:
    """An amount of nothing is refused; entered it is in the sum of its hamlet; taken back it is struck through with the reason."""
    page = open_page(PAGE, "coordinator")
    press(page, "Ghi khoản đóng góp", "contribution")
    assert len(page.error) == 1
    next(one for one in page.selectbox if one.label == "Thôn").set_value(HAMLETS[0])
    page.number_input[0].set_value(12)
    next(one for one in page.text_input if one.label.startswith("Cho việc gì")).set_value("Làm đường <thôn>")
    press(page, "Ghi khoản đóng góp", "contribution")
    assert not page.exception
    assert "<b>Thôn mẫu 1</b>: 12 ngày công" in html(page)
    (one,) = community.list_contributions(survey, coordinator)

    page.text_input(key=f"withdraw_reason_{one.id}").set_value("Nhập nhầm")
    press(page, "Rút lại", f"withdraw_{one.id}")
    assert not page.exception
    assert "ngày công" not in html(page)
    assert any(line.value.startswith("~~") and "Nhập nhầm" in line.value for line in page.caption)


def test_a_reviewer_reads_contributions_and_enters_none(open_page: OpenPage, survey: Survey, coordinator: Actor, reviewer: Actor) -> None:
    """Sums are there, no form is; the verb refuses too."""
    given_on = local_date(survey.now()) - timedelta(days=1)
    wish: dict[str, Any] = {"hamlet": HAMLETS[0], "kind": ContributionKind.LAND_M2, "amount": 340, "given_on": given_on, "purpose": "Đất"}
    community.contribute(survey, coordinator, **wish)
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "340 m² đất" in html(page)
    assert not [one for one in page.button if one.label in {"Ghi khoản đóng góp", "Rút lại"}]
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        community.contribute(survey, reviewer, **wish)


def test_the_public_page_opens_and_closes_with_a_reason(open_page: OpenPage, survey: Survey, reviewer: Actor) -> None:
    """By the coordinator alone; the address stands there while it is open."""
    page = open_page(PAGE, "coordinator")
    press(page, "Mở trang công khai", "public_page")
    assert len(page.error) == 1
    next(one for one in page.text_input if one.form_id == "public_page").set_value("Nghị quyết 7")
    press(page, "Mở trang công khai", "public_page")
    assert not page.exception
    assert f'href="/public/{COMMUNE}"' in html(page)
    assert community.progress(survey, COMMUNE).commune

    read = open_page(PAGE, "reviewer")
    assert not [one for one in read.button if "trang công khai" in one.label]
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        community.open_page(survey, reviewer, is_open=False, reason="x")
    page = open_page(PAGE, "coordinator")
    next(one for one in page.text_input if one.form_id == "public_page").set_value("Hết đợt")
    press(page, "Đóng trang công khai", "public_page")
    assert not page.exception
    with pytest.raises(Problem, match="PUBLIC_PAGE_CLOSED"):
        community.progress(survey, COMMUNE)
