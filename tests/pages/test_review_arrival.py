"""What a reviewer sees of how a submission arrived: the phone's clock, who brought it in, other versions that were kept aside."""

import json

import pytest

from survey.domain.submissions import Fix
from survey.store.submissions import insert_conflict
from survey.web import text
from survey.web.review_arrival import drift_words
from survey.web.review_photos import place_words
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import insert, register, submission
from tests.pages.test_review import PAGE, TREE

OTHER = """<data id="household_fence" version="1"><fence><kind>hedge</kind><total_m>77</total_m></fence>
<tree><name>&lt;script&gt;chè&lt;/script&gt;</name></tree>
<meta xmlns="http://openrosa.org/xforms"><instanceID>uuid:11111111-1111-4111-8111-111111111111</instanceID></meta></data>"""


@pytest.fixture
def arrived(survey: Survey) -> Survey:
    """A submission of the inspector, brought in by the coordinator, from a phone three days ahead, with a position entered by hand."""
    one = submission(
        "a", answers={"/data/fence/total_m": 20}, clock_drift_s=266_400.4, brought_by="p-coordinator", fix=Fix(18.05, 106.05, by_hand=True)
    )
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, one)
        tx.execute("UPDATE person SET name = 'Điều *phối* viên' WHERE person = 'p-coordinator'")
        tx.execute(
            "INSERT INTO form (commune, form, version, title, site_kind, xlsform, xform, xform_md5, tree, loaded_at)"
            " VALUES (:c, 'household_fence', '1', :title, 'household', :blob, '', '', :tree, '2026-01-01T00:00:00.000Z')",
            c=COMMUNE, blob=b"", title=json.dumps(TREE["title"]), tree=json.dumps(TREE),
        )  # fmt: skip
    return survey


def _html(page) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_the_history_tells_clock_and_bearer(open_page, arrived):
    """In words and to the second; the position that no phone measured is told from one that a phone measured."""
    page = open_page(PAGE, "reviewer")
    html = _html(page)

    assert not page.exception
    assert "Đồng hồ điện thoại nhanh 3 ngày 2 giờ so với máy chủ khi gửi." in html
    assert "Nhận từ inspector. Điều *phối* viên đưa vào thay người này. Đồng hồ" in html
    assert "(vị trí nhập bằng tay)" in html


def test_nothing_is_said_where_nothing_was_told(open_page, arrived):
    """A phone that told no time, a submission of one's own, a measured position: no words about them."""
    with arrived.transaction() as tx:
        tx.execute("UPDATE submission SET clock_drift_s = NULL, brought_by = NULL, fix_by_hand = 0")
    page = open_page(PAGE, "reviewer")
    html = _html(page)

    assert not page.exception
    assert "Đồng hồ" not in html
    assert "thay người này" not in html
    assert "nhập bằng tay" not in html
    assert not page.warning


def test_a_version_kept_aside_is_told_and_can_be_read(open_page, arrived):
    """Who sent it and when; its answers by label, markup as text; names that came with it; the first version stays on top."""
    with arrived.transaction() as tx:
        newcomer = submission("a", minutes=30, person="p-coordinator")
        insert_conflict(tx, newcomer, OTHER.encode(), "SUBMISSION_CONFLICT")
        tx.execute(
            "INSERT INTO conflict_file VALUES (:c, :submission, :instance, '<b>.jpg', :sha256, NULL)",
            c=COMMUNE, submission=newcomer.id, instance=newcomer.instance_sha256, sha256="0" * 64,
        )  # fmt: skip
    page = open_page(PAGE, "reviewer")
    html, warning = _html(page), page.warning[0].value

    assert not page.exception
    assert "Có một bản khác của bài nộp này được giữ riêng" in warning
    assert "Điều \\*phối\\* viên" in warning
    assert "08:30 20/11/2026" in warning
    assert "Hàng rào cây" in html
    assert ">77<" in html
    assert ">20<" in html
    assert "&lt;script&gt;chè" in html
    assert "<script>chè" not in html
    assert any("<b>.jpg" in element.value for element in page.text)


def test_a_correction_kept_aside_is_told_with_what_it_corrects(open_page, arrived):
    """It has another id: the submission that it names shows it."""
    with arrived.transaction() as tx:
        insert_conflict(tx, submission("late", minutes=5, replaces="uuid:a"), OTHER.encode(), "EDIT_TOO_LATE")
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "Có một bản sửa của bài nộp này được giữ riêng" in page.warning[0].value


@pytest.mark.parametrize(
    ("drift_s", "words"),
    [
        (0.4, "Đồng hồ điện thoại khớp với máy chủ khi gửi."),
        (-61.2, "Đồng hồ điện thoại chậm 1 phút 1 giây so với máy chủ khi gửi."),
        (90_061, "Đồng hồ điện thoại nhanh 1 ngày 1 giờ 1 phút 1 giây so với máy chủ khi gửi."),
        (-1_790_000_000, "Đồng hồ điện thoại chậm 20.717 ngày 14 giờ 13 phút 20 giây so với máy chủ khi gửi."),
    ],
)
def test_a_drift_is_told_to_the_second(drift_s, words):
    """A phone that lost its clock stands in 1970; nothing is rounded away."""
    text.speak("vi")

    assert drift_words(drift_s) == words


def test_a_position_by_hand_has_no_radius():
    """Both facts stand beside the distance."""
    text.speak("en")

    assert place_words(12.0, Fix(18.0, 106.0, by_hand=True)) == "12\N{NO-BREAK SPACE}m from the registered place (position entered by hand)"
