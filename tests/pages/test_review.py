"""The review page as a script: who gets in, what it shows, and that a decision leads to the next submission."""

import json

import pytest

from survey import review
from survey.domain.people import Actor
from survey.domain.submissions import FileState, State
from survey.store.flags import upsert_flags
from survey.store.jobs import claim_jobs, update_failed, upsert_job
from survey.store.submissions import select_submission
from survey.web.review_flags import group_flags
from survey.web.review_photos import flag_sentence
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, register, submission

PAGE = "pages/review.py"
TREE = {
    "form": "household_fence", "version": "1", "title": {"vi": "Hàng rào xanh", "en": "Green fence"}, "root": "data",
    "children": [
        {
            "name": "fence", "path": "/data/fence", "kind": "group", "label": {"vi": ["Hàng rào"]},
            "children": [
                {"name": "kind", "path": "/data/fence/kind", "kind": "question", "type": "select_one", "label": {"vi": ["Loại"]},
                 "choices": "k"},
                {"name": "total_m", "path": "/data/fence/total_m", "kind": "question", "type": "decimal", "label": {"vi": ["Tổng số mét"]},
                 "constraint_message": {"vi": ["Nhiều nhất 500 m."]}},
                {"name": "photo", "path": "/data/fence/photo", "kind": "question", "type": "image", "label": {"vi": ["Ảnh hàng rào"]}},
            ],
        },
        {
            "name": "tree", "path": "/data/tree", "kind": "repeat", "label": {"vi": ["Cây"]},
            "children": [{"name": "name", "path": "/data/tree/name", "kind": "question", "type": "text", "label": {"vi": ["Tên cây"]}}],
        },
    ],
    "choices": {"k": [{"name": "hedge", "label": {"vi": ["Hàng rào cây"], "en": ["Hedge"]}}]},
}  # fmt: skip
ANSWERS = {
    "/data/fence/kind": "hedge", "/data/fence/total_m": 1234.5, "/data/tree/name[1]": "<b>chè</b>", "/data/tree/name[10]": "dâm bụt",
}  # fmt: skip


@pytest.fixture
def queue(survey: Survey) -> Survey:
    """Three waiting submissions about two households, the first with a warning, a refused and a missing file."""
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
        insert(
            tx, submission("a", answers=ANSWERS, missing_files=1),
            submission("b", minutes=1, site="s2", hamlet=HAMLETS[1]), submission("c", minutes=2),
        )  # fmt: skip
        tx.execute(
            "INSERT INTO form (commune, form, version, title, site_kind, xlsform, xform, xform_md5, tree, loaded_at)"
            " VALUES (:c, 'household_fence', '1', :title, 'household', :blob, '', '', :tree, '2026-01-01T00:00:00.000Z')",
            c=COMMUNE, blob=b"", title=json.dumps(TREE["title"]), tree=json.dumps(TREE),
        )  # fmt: skip
        impossible = {"attachment": "", "code": "answers_impossible", "severity": 2, "figures": {"questions": ["total_m"]}}
        upsert_flags(tx, COMMUNE, "uuid:a", [impossible], START)
        for ordinal, (name, state, reason) in enumerate(
            [("fence_1.jpg", FileState.MISSING, None), ("notes.txt", FileState.REFUSED, "not_a_photo")], 1
        ):
            tx.execute(
                "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, reason, capture)"
                " VALUES (:c, 'uuid:a', :name, 'photo', '', :ordinal, :state, :reason, '{}')",
                c=COMMUNE, name=name, ordinal=ordinal, state=state.value, reason=reason,
            )  # fmt: skip
    return survey


def _shown(page) -> str:
    """All that the page shows, as one text."""
    return "\n".join(str(element.proto) for element in page.main if hasattr(element, "proto")) + repr(page.main)


def _html(page) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def _state(survey: Survey, key: str) -> State:
    with survey.reading() as reader:
        found = select_submission(reader, COMMUNE, key)
    assert found is not None
    return found.state


@pytest.mark.parametrize("login", [None, "inspector"])
def test_strangers_and_inspectors_see_nothing(open_page, queue, login):
    """Review is for reviewers: signed out or as an inspector, no submission is shown."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert submission("a").code not in _shown(page)


def test_an_empty_commune_says_what_to_do(open_page, survey):
    """Nothing has come in: the page says where submissions come from."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert "Chưa có bài nộp nào" in page.info[0].value


def test_the_oldest_is_open_with_its_words(open_page, queue):
    """Answers by label and choice, a broken condition by its message, repeats numbered, markup as text; files by their fate."""
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    assert submission("a").code in page.subheader[0].value
    html = _html(page)
    for words in ("Hàng rào cây", "1.234,5", "Nhiều nhất 500 m.", "Cây 10", "&lt;b&gt;chè&lt;/b&gt;", "Còn 1 ảnh chưa về."):
        assert words in html
    assert "<b>chè" not in html
    assert "Tổng số mét" in html.split("<dl")[0]  # the flag names the question by its label


def test_accepting_shows_the_next_one(open_page, queue):
    """One click: decided, logged, and the next submission is there; its neighbours can be walked."""
    page = open_page(PAGE, "reviewer")
    page.text_area(key="reason_uuid:a").set_value("đã xem tại chỗ")
    page.button(key="decide_accepted").click().run()

    assert not page.exception
    assert _state(queue, "uuid:a") is State.ACCEPTED
    assert submission("b").code in page.subheader[0].value
    page.button(key="go_Right").click().run()
    assert submission("c").code in page.subheader[0].value
    page.button(key="go_Left").click().run()
    assert submission("b").code in page.subheader[0].value


def test_a_missing_reason_keeps_the_submission_open(open_page, queue):
    """Return without a reason: the page says what is needed and nothing is decided."""
    page = open_page(PAGE, "reviewer")
    page.button(key="decide_returned").click().run()

    assert "Cần ghi lý do" in page.error[0].value
    assert submission("a").code in page.subheader[0].value
    assert _state(queue, "uuid:a") is State.RECEIVED


def test_a_stale_decision_names_the_faster_one_and_keeps_the_words(open_page, queue, coordinator: Actor):
    """The other reviewer's decision stands, the page names who made it, and the reason typed here is still there."""
    page = open_page(PAGE, "reviewer")
    page.text_area(key="reason_uuid:a").set_value("một lý do dài")
    review.decide(queue, coordinator, "uuid:a", State.REJECTED, reason="trùng", expected_version=0)
    page.button(key="decide_returned").click().run()

    assert not page.exception
    assert "coordinator" in page.error[0].value
    assert _state(queue, "uuid:a") is State.REJECTED
    assert page.text_area(key="reason_uuid:a").value == "một lý do dài"


def test_a_decision_is_taken_back(open_page, queue, reviewer: Actor):
    """An accepted submission, opened by its address, offers to take the decision back."""
    review.decide(queue, reviewer, "uuid:b", State.ACCEPTED, expected_version=0)
    page = open_page(PAGE, "reviewer")
    page.query_params["submission"] = "uuid:b"
    page.run()
    assert "được tính" in page.text[0].value
    page.text_area(key="reason_uuid:b").set_value("nhầm")
    page.button(key="decide_received").click().run()

    assert not page.exception
    assert _state(queue, "uuid:b") is State.RECEIVED


def test_filters_live_in_the_address(open_page, queue):
    """A link with filters opens what it names; nonsense in the address is ignored; a change of filter goes into the address."""
    page = open_page(PAGE, "reviewer")
    page.query_params["hamlet"] = HAMLETS[1]
    page.query_params["form"] = "no_such_form"
    page.query_params["since"] = "tomorrow"
    del page.query_params["submission"]
    page.run()
    assert not page.exception
    assert submission("b").code in page.subheader[0].value

    page.selectbox(key="queue_hamlet").set_value(HAMLETS[0]).run()

    assert page.query_params["hamlet"] == HAMLETS[0]
    assert submission("a").code in page.subheader[0].value


def test_the_code_on_a_receipt_opens_its_submission(open_page, queue):
    """Typed as people write it down: lower case, no hyphen; a code that nobody was given is said to be unknown."""
    page = open_page(PAGE, "reviewer")
    code = page.text_input(key="queue_code")
    code.set_value(submission("c").code.lower().replace("-", " ").replace("0", "o")).run()
    assert submission("c").code in page.subheader[0].value
    assert page.text_input(key="queue_code").value == ""

    page.text_input(key="queue_code").set_value("0000-0000").run()

    assert not page.exception
    assert submission("c").code in page.subheader[0].value
    assert "Không có bài nộp nào mang mã này." in [warning.value for warning in page.warning]


def test_filters_that_leave_nothing_offer_the_way_out(open_page, queue):
    """No result: the page says that others wait, and one click shows them."""
    page = open_page(PAGE, "reviewer")
    del page.query_params["submission"]
    page.query_params["since"] = "2030-01-01"
    page.run()
    assert "Còn 3 bài" in page.info[0].value
    next(button for button in page.button if button.label == "Xem tất cả bài chờ duyệt").click().run()

    assert submission("a").code in page.subheader[0].value


def test_the_list_shows_the_queue(open_page, queue):
    """Many at once: the table holds what waits."""
    page = open_page(PAGE, "reviewer")
    page.query_params["view"] = "list"
    page.run()

    assert not page.exception
    assert list(page.dataframe[0].value["Mã"]) == [submission(key).code for key in "abc"]
    assert list(page.dataframe[0].value["Cảnh báo"]) == ["Cần xem lại: Câu trả lời trái điều kiện của phiếu: total_m.", "", ""]
    assert list(page.dataframe[0].value["Thiếu tệp"]) == ["1", "", ""]


def test_an_unknown_submission_leads_back(open_page, queue):
    """A link to what is not there says so and offers the queue."""
    page = open_page(PAGE, "reviewer")
    page.query_params["submission"] = "uuid:none"
    page.run()

    assert not page.exception
    assert "Không có bài nộp này" in page.warning[0].value


def test_figures_of_warnings_are_written_as_people_write_them():
    """Times and numbers in a warning follow the language, not the machine."""
    late = {"taken_at": "2026-10-14 07:32", "visit_at": "2026-11-21 14:16"}
    when = flag_sentence({"code": "taken_outside_visit", "severity": 2, "attachment": "a.jpg", "figures": late})
    far = flag_sentence({"code": "exif_elsewhere", "severity": 3, "attachment": "a.jpg", "figures": {"distance_m": 1766}})

    assert when == "Giờ chụp 07:32 14/10/2026 nằm ngoài buổi khảo sát (14:16 21/11/2026)."
    assert "1.766 m" in far


def test_a_photo_that_could_not_be_looked_at_says_when_it_is_tried_again(open_page, queue):
    """Between two attempts of the worker the page says that the check is pending, how often it failed, and when it goes on."""
    facts = {"c": COMMUNE, "sha": "ab" * 32}
    with queue.transaction() as tx:
        tx.execute(
            "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at)"
            " VALUES (:c, :sha, 9, 0, 'image/jpeg', 0, '{}', 'waiting', '2026-01-01T00:00:00.000Z')", **facts,
        )  # fmt: skip
        tx.execute(
            "UPDATE attachment SET state = 'stored', sha256 = :sha WHERE commune = :c AND submission = 'uuid:a' AND name = 'fence_1.jpg'",
            **facts,
        )
        upsert_job(tx, COMMUNE, "develop", "uuid:a", {"submission": "uuid:a"}, START)
    waiting = _html(open_page(PAGE, "reviewer"))
    with queue.transaction() as tx:
        (job,) = claim_jobs(tx, queue.store.engine, "w", START, 1)
        update_failed(tx, job, "w", "PHOTO_UNFINISHED", START)
    failed = _html(open_page(PAGE, "reviewer"))

    assert "Chờ kiểm tra: còn 1 ảnh" in waiting
    assert "Đã thử" not in waiting
    assert "Đã thử 1 lần chưa được; thử lại lúc" in failed


def test_a_photo_that_was_used_elsewhere_stands_before_what_is_as_grave() -> None:
    """Of two red lines the one that says the most is read first; a graver one stays before it."""
    flags = [
        {"code": code, "severity": severity, "attachment": "a.jpg", "verdict": None}
        for code, severity in (("exif_elsewhere", 3), ("camera_clock_off", 2), ("used_again", 2), ("looks_like", 3), ("seen_before", 3))
    ]

    order = ["seen_before", "looks_like", "exif_elsewhere", "used_again", "camera_clock_off"]
    assert [group.code for group in group_flags(flags, ["a.jpg"])] == order
