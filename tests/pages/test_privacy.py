"""The privacy page: closed to inspectors, read by reviewers, changed by coordinators; old photos go by round, with a reason and a word."""

from datetime import UTC, datetime, timedelta

import pytest

from survey import privacy
from survey.domain.people import Actor
from survey.domain.privacy import Retention
from survey.domain.times import to_text
from survey.store.settings import select_settings
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.web.test_photos import put

PAGE = "pages/privacy.py"


def _kept(survey: Survey) -> Retention:
    with survey.reading() as reader:
        return Retention.of(select_settings(reader, COMMUNE))


@pytest.mark.parametrize("login", [None, "inspector"])
def test_closed_to_others(open_page, login):
    """Signed out or as an inspector the page shows nothing to press."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert not page.button


def test_a_reviewer_reads_and_changes_nothing(open_page):
    """What is set is shown; there is no form."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert any("chưa quy định" in one.proto.body for one in page.get("html"))
    assert not [button for button in page.button if button.label == "Lưu"]


def test_a_coordinator_sets_how_long_with_the_document(open_page, survey):
    """Without a reason nothing is set; with it the page shows who, when and by what."""
    page = open_page(PAGE, "coordinator")
    page.text_input(key="retention_years").input("5")
    page.button[0].click().run()
    assert "Cần ghi lý do" in page.error[0].value
    assert _kept(survey) == Retention(None, None)

    page.text_area(key="retention_reason").input("Quyết định 12/QĐ-UBND")
    page.button[0].click().run()
    assert not page.exception
    assert _kept(survey).years == 5
    assert any("Quyết định 12/QĐ-UBND" in one.proto.body for one in page.get("html"))


def test_old_photos_go_only_with_the_word_and_a_reason(open_page, survey, coordinator: Actor):
    """The list names rounds and counts; a press without the word does nothing."""
    sha256 = put(survey)
    old = to_text(datetime.now(UTC) - timedelta(days=800))
    with survey.transaction() as tx:
        tx.execute("UPDATE blob SET received_at = :old", old=old)
        tx.execute("UPDATE attachment SET received_at = :old", old=old)
    privacy.set_retention(survey, coordinator, "2", "Quy chế")
    page = open_page(PAGE, "coordinator")
    assert any("Ảnh không thuộc đợt nào" in one.proto.body and "1 ảnh" in one.proto.body for one in page.get("html"))
    press = next(button for button in page.button if button.label == "Xóa hẳn")
    page.text_area(key="past_reason_").input("Hết hạn lưu")
    press.click().run()
    assert "Hãy gõ từ xác nhận" in page.warning[0].value
    assert survey.blobs.size(sha256)

    page.text_area(key="past_reason_").input("Hết hạn lưu")
    page.text_input(key="past_sure_").input("Xóa")
    next(button for button in page.button if button.label == "Xóa hẳn").click().run()
    assert not page.exception
    assert survey.blobs.size(sha256) is None
    assert "Đã xóa 1 ảnh" in page.success[0].value


@pytest.mark.parametrize("photo", ["0" * 64, "x", "../../etc", "'; DROP TABLE blob"])
def test_a_photo_that_is_unknown_says_no_more(open_page, photo):
    """A hash that is tried out tells nothing."""
    page = open_page(PAGE, "coordinator")
    page.query_params["photo"] = photo
    page.run()

    assert not page.exception
    assert [warning.value for warning in page.warning] == ["Không có tệp ảnh. Kiểm tra lại địa chỉ."]


def test_a_photo_says_until_when_it_is_kept(open_page, survey, coordinator: Actor):
    """By what the commune has set, from the day it came in last; without a rule no date stands in for one."""
    sha256 = put(survey)
    with survey.transaction() as tx:
        tx.execute("UPDATE blob SET received_at = '2026-02-28T20:00:00.000000Z'")
        tx.execute("UPDATE attachment SET received_at = '2026-03-31T01:00:00.000000Z'")
    page = open_page(PAGE, "reviewer")
    page.query_params["photo"] = sha256
    page.run()
    assert "Nhận ngày 31/03/2026. Xã chưa quy định thời gian lưu ảnh." in [caption.value for caption in page.caption]

    privacy.set_retention(survey, coordinator, "5", "Quy chế")
    page.run()
    assert not page.exception
    assert "Nhận ngày 31/03/2026; lưu đến ngày 31/03/2031." in [caption.value for caption in page.caption]
