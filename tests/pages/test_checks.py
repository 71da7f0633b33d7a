"""The checks page and the flags of the review page as scripts: what they show, how a flag is judged, how a threshold is set."""

import re

import pytest

from survey.domain.checks import CHECKS, GROUPS, THRESHOLDS
from survey.domain.people import Actor
from survey.domain.submissions import FileState
from survey.judging import judge
from survey.store.flags import select_flags, upsert_flags
from survey.store.settings import select_settings
from survey.web import text
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, register, submission

PAGE, REVIEW = "pages/checks.py", "pages/review.py"


@pytest.fixture
def flagged(survey: Survey) -> Survey:
    """Two visits: the first with one grave flag, one to look at and three small photos; the second graver and later."""
    far = {"attachment": "", "code": "far_from_site", "severity": 3, "figures": {"distance_m": 412, "accuracy_m": 9}}
    away = {"attachment": "1.jpg", "code": "off_site", "severity": 2, "figures": {"distance_m": 88, "accuracy_m": 9}}
    small = [{"attachment": f"{n}.jpg", "code": "low_resolution", "severity": 1, "figures": {}} for n in (1, 2, 3)]
    small.append({"attachment": "2.jpg", "code": "photo_without_position", "severity": 1, "figures": {}})
    seen = [
        {"attachment": f"{n}.jpg", "code": "seen_before", "severity": 3, "figures": {"sites": [f"HO-{n}"], "submissions": ["K7M2-9QXD"]}}
        for n in (1, 2)
    ]
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a"), submission("b", minutes=1))
        for number in (1, 2, 3):
            tx.execute(
                "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, capture)"
                " VALUES (:c, 'uuid:a', :name, 'photo', '', :ordinal, :state, '{}')",
                c=COMMUNE, name=f"{number}.jpg", ordinal=number, state=FileState.MISSING.value,
            )  # fmt: skip
        upsert_flags(tx, COMMUNE, "uuid:a", [far, away, *small], START)
        upsert_flags(tx, COMMUNE, "uuid:b", seen, START)
    return survey


def _html(page) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def _flags(page) -> list[str]:
    """The lines about flags, in their order, as a reader meets them."""
    found = re.findall(r'<div role="note" class="flag">(.*?)</div>', _html(page), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", line).lstrip("!i✓") for line in found]


def _verdicts(survey: Survey, key: str = "uuid:a") -> dict[tuple[str, str], str | None]:
    with survey.reading() as reader:
        return {(flag["attachment"], flag["code"]): flag["verdict"] for flag in select_flags(reader, COMMUNE, key)}


@pytest.mark.parametrize("login", [None, "inspector"])
def test_strangers_and_inspectors_see_no_checks(open_page, flagged, login):
    """The page is for reviewers."""
    page = open_page(PAGE, login)

    assert not page.exception
    assert "checks" not in _html(page)


def test_the_gravest_comes_first_and_notes_are_folded(open_page, flagged):
    """One line each for what is grave; three photos with one note are one line, behind a tap."""
    page = open_page(REVIEW, "reviewer")
    assert not page.exception
    lines = _flags(page)
    assert [line.split(":")[0] for line in lines] == ["Có thể sai", "Cần xem lại"]
    page.button(key="flags_more").click().run()

    small, without = CHECKS["low_resolution"].vi, CHECKS["photo_without_position"].vi
    assert _flags(page)[2:] == [f"Ghi nhận: 3 ảnh: {small}", f"Ghi nhận: 2.jpg: {without}"]


def test_explain_shows_figures_rule_and_thresholds(open_page, flagged):
    """With units; the value of now with its source; the sentence of the rule with that value."""
    page = open_page(REVIEW, "reviewer")
    page.button(key="explain_far_from_site_open").click().run()

    assert not page.exception
    html = _html(page)
    assert "<dt>Khoảng cách</dt><dd>412\N{NO-BREAK SPACE}m</dd>" in html
    assert CHECKS["far_from_site"].rule("vi") in html
    assert "150\N{NO-BREAK SPACE}m (mặc định). Nguồn: đã đo:" in html


def test_a_flag_is_dismissed_and_taken_back(open_page, flagged):
    """A ready reason by a tap; the line goes to the folded ones with who did it; taken back, it is in front again."""
    page = open_page(REVIEW, "reviewer")
    page.button(key="explain_far_from_site_open").click().run()
    page.button(key="judge_dismissed").click().run()
    assert "cần ghi lý do" in page.error[0].value.lower()
    page.text_input(key="flag_reason_uuid:a_far_from_site_open").set_value("Nhà có hai cổng.").run()
    page.button(key="judge_dismissed").click().run()

    assert not page.exception
    assert _verdicts(flagged)["", "far_from_site"] == "dismissed"
    assert [line.split(":")[0] for line in _flags(page)] == ["Cần xem lại"]
    page.button(key="flags_more").click().run()
    assert "reviewer đã bỏ qua" in _flags(page)[-1]
    page.button(key="explain_far_from_site_dismissed").click().run()
    assert "“Nhà có hai cổng.”" in "".join(element.value for element in page.text)
    page.button(key="judge_back").click().run()
    assert _verdicts(flagged)["", "far_from_site"] is None
    assert _flags(page)[0].startswith("Có thể sai")


def test_three_photos_are_judged_with_one_reason(open_page, flagged):
    """All of them, or those that stay chosen."""
    page = open_page(REVIEW, "reviewer")
    page.button(key="flags_more").click().run()
    page.button(key="explain_low_resolution_open").click().run()
    key = "flag_reason_uuid:a_low_resolution_open"
    # The names are a stranger's: a name that is a link in Markdown stays a name.
    assert [option.content for option in page.pills(key=f"{key}_photos").proto.options] == [rf"{n}\. {n}\.jpg" for n in (1, 2, 3)]
    page.pills(key=f"{key}_photos").set_value(["1.jpg", "3.jpg"]).run()
    page.text_input(key=key).set_value("Vẫn thấy rõ.").run()
    page.button(key="judge_dismissed").click().run()

    assert not page.exception
    told = _verdicts(flagged)
    assert [told[f"{n}.jpg", "low_resolution"] for n in (1, 2, 3)] == ["dismissed", None, "dismissed"]


def test_a_faster_reviewer_is_named(open_page, flagged, coordinator: Actor):
    """The other one's word stands; what was typed is kept and the page says whose word it is."""
    page = open_page(REVIEW, "reviewer")
    page.button(key="explain_far_from_site_open").click().run()
    page.text_input(key="flag_reason_uuid:a_far_from_site_open").set_value("Nhà có hai cổng.").run()
    judge(flagged, coordinator, "uuid:a", "", "far_from_site", "confirmed", "Xa thật.")
    page.button(key="judge_dismissed").click().run()

    assert not page.exception
    assert "coordinator" in page.error[0].value
    assert _verdicts(flagged)["", "far_from_site"] == "confirmed"


def test_changed_figures_open_a_flag_again_and_say_so(open_page, flagged, reviewer: Actor):
    """Judged, then other figures: in front again, with the former word."""
    judge(flagged, reviewer, "uuid:a", "", "far_from_site", "dismissed", "Nhà có hai cổng.")
    far = {"attachment": "", "code": "far_from_site", "severity": 3, "figures": {"distance_m": 420, "accuracy_m": 9}}
    with flagged.transaction() as tx:
        upsert_flags(tx, COMMUNE, "uuid:a", [far], START)
    page = open_page(REVIEW, "reviewer")

    assert "đã được đánh giá trước khi số liệu thay đổi" in _flags(page)[0]
    page.button(key="explain_far_from_site_open").click().run()
    assert "Trước khi số liệu thay đổi: reviewer bỏ qua cảnh báo" in "".join(element.value for element in page.text)


def test_the_riskiest_first_and_on_from_there(open_page, flagged):
    """By risk the later visit is open first; its flags dismissed and itself accepted, the next one of the queue follows."""
    page = open_page(REVIEW, "reviewer")
    del page.query_params["submission"]
    page.query_params["order"] = "risk"
    page.run()
    assert submission("b").code in page.subheader[0].value
    assert _flags(page)[0].startswith("Có thể sai: 2 ảnh, ảnh đầu (1.jpg)")
    page.button(key="explain_seen_before_open").click().run()
    page.text_input(key="flag_reason_uuid:b_seen_before_open").set_value("Cùng buổi khảo sát.").run()
    page.button(key="judge_dismissed").click().run()
    assert submission("b").code in page.subheader[0].value
    page.button(key="go_Right").click().run()

    assert not page.exception
    assert submission("a").code in page.subheader[0].value


def test_filters_by_check_and_judgement(open_page, flagged, reviewer: Actor):
    """A link of the checks page opens what it says; dismissed ones are found when asked for."""
    page = open_page(REVIEW, "reviewer")
    del page.query_params["submission"]
    page.query_params["check"] = "seen_before"
    page.run()
    assert submission("b").code in page.subheader[0].value
    judge(flagged, reviewer, "uuid:b", "1.jpg", "seen_before", "dismissed", "x")
    judge(flagged, reviewer, "uuid:b", "2.jpg", "seen_before", "dismissed", "x")
    page.selectbox(key="queue_hamlet").set_value(HAMLETS[0]).run()
    assert "ngoài bộ lọc" in page.info[0].value
    page.selectbox(key="queue_judged").set_value("dismissed").run()

    assert submission("b").code in page.subheader[0].value


def test_the_list_carries_the_flags(open_page, flagged):
    """The gravest sentence and how many more; the link leads to the very same filters."""
    page = open_page(REVIEW, "reviewer")
    page.query_params.update({"view": "list", "order": "risk", "flags": "3"})
    page.run()

    assert not page.exception
    warnings = list(page.dataframe[0].value["Cảnh báo"])
    assert [words.split(":")[0] for words in warnings] == ["Có thể sai", "Có thể sai"]
    assert warnings[1].endswith("(+5)")
    assert 'href="/api/queue.csv?state=received&amp;flags=3&amp;order=risk"' in _html(page)


def test_every_check_is_there_with_what_it_found(open_page, flagged, reviewer: Actor):
    """Every group; the figures of those that found something with a way to the queue, the others by name."""
    judge(flagged, reviewer, "uuid:a", "1.jpg", "low_resolution", "dismissed", "x")
    judge(flagged, reviewer, "uuid:a", "2.jpg", "low_resolution", "confirmed", "x")
    page = open_page(PAGE, "reviewer")

    assert not page.exception
    html = _html(page)
    assert {kind.rule("vi") in html.replace("&#x27;", "'").replace("&quot;", '"') for kind in CHECKS.values()} == {True}
    assert [heading.value for heading in page.subheader] == [vi for vi, _en in GROUPS.values()]
    row = next(row for row in html.split("<tr>") if "check=low_resolution" in row)
    assert re.findall(r'<td class="number"[^>]*><span>(?:<a[^>]*>)?([^<]*)', row) == ["2", "3", "1", "1", "50%"]


def test_a_coordinator_sets_a_threshold(open_page, flagged):
    """Without a reason nothing; then it is set, shown with who and why, and taken back to the default."""
    page = open_page(PAGE, "coordinator")
    page.selectbox(key="threshold").set_value("near_site_m").run()
    page.number_input(key="value_near_site_m").set_value(80.0)
    page.button(key="threshold_set").click().run()
    assert "lý do" in page.error[0].value
    page.text_input(key="why_near_site_m").set_value("Nhà xa cổng.")
    page.button(key="threshold_set").click().run()

    assert not page.exception
    with flagged.reading() as reader:
        assert select_settings(reader, COMMUNE, "check.") == {"check.near_site_m": "80.0"}
    assert "đang được kiểm tra lại" in page.success[0].value
    assert "0/2" in page.info[0].value
    assert "80\N{NO-BREAK SPACE}m · “Nhà xa cổng.”" in _html(page)
    page.text_input(key="why_near_site_m").set_value("Trở lại.")
    page.button(key="threshold_back").click().run()
    with flagged.reading() as reader:
        assert select_settings(reader, COMMUNE, "check.") == {}


def test_a_reviewer_sets_nothing(open_page, flagged):
    """The thresholds are there to read, with nothing to press."""
    page = open_page(PAGE, "reviewer")

    assert "threshold_set" not in [button.key for button in page.button]


def test_every_source_speaks_vietnamese():
    """Where a threshold comes from is said in the reader's language."""
    translated = text.translations()
    sources = {kind.source for kind in CHECKS.values()} | {kind.source for kind in THRESHOLDS.values()}

    assert [source for source in sorted(sources) if translated.ugettext(source) == source] == []


def test_a_flag_of_an_older_release_is_shown_with_dots(open_page, flagged):
    """What its figures lacked then does not break the page; nor does a check that was done away with."""
    with flagged.transaction() as tx:
        old = [{"attachment": "", "code": "far_from_site", "severity": 3, "figures": {"metres": 400}}]
        old.append({"attachment": "1.jpg", "code": "no_longer_known", "severity": 2, "figures": {"x": 1}})
        upsert_flags(tx, COMMUNE, "uuid:a", old, START)
    page = open_page(REVIEW, "reviewer")
    assert _flags(page)[0] == "Có thể sai: Vị trí cách đối tượng … m (sai số … m)."
    page.button(key="explain_no_longer_known_open").click().run()

    assert not page.exception
    assert "không có kiểm tra đó" in _html(page)


def test_what_is_not_checked_yet_is_said(open_page, flagged):
    """A photo whose views wait: the reviewer hears that more may come, and not that nothing was found."""
    with flagged.transaction() as tx:
        upsert_flags(tx, COMMUNE, "uuid:a", [], START)
        tx.execute("UPDATE attachment SET state = 'stored', sha256 = 'ab' WHERE name = '1.jpg'")
        tx.execute(
            "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, views, facts, received_at)"
            " VALUES (:c, 'ab', 1, 1, 'image/jpeg', 0, 'waiting', '{}', '2026-11-20T01:00:00.000Z')", c=COMMUNE,
        )  # fmt: skip
    page = open_page(REVIEW, "reviewer")

    assert not page.exception
    assert "Chờ kiểm tra: còn 1 ảnh" in "".join(_flags(page))
    assert "không thấy gì" not in "".join(_flags(page))
