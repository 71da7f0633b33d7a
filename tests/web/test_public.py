"""The public page and residents' reports: closed unless opened, no names, limits, quarantine, nothing without a reviewer's choice."""

import io
import json
from datetime import date, timedelta

import pytest
from PIL import Image
from starlette.testclient import TestClient

from survey import community
from survey.domain.community import MOST_AN_HOUR, PUT_ASIDE_KEPT, ContributionKind, ReportState
from survey.domain.people import Actor, Role
from survey.domain.places import Commune
from survey.domain.problems import Problem
from survey.domain.sites import Site, SiteKind
from survey.store.check import select_unreferenced
from survey.store.check_stated import find_stated_faults
from survey.store.community import select_reports, select_traffic
from survey.store.places import insert_commune
from survey.store.sites import insert_site
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.province_rows import square
from tests.web.conftest import Client

COORDINATOR = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)
PUBLIC, REPORT = f"/public/{COMMUNE}", f"/public/{COMMUNE}/report"


def jpeg(side: int = 640) -> bytes:
    """A photo of noise."""
    content = io.BytesIO()
    Image.effect_noise((side, side), 40).convert("RGB").save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def opened(survey: Survey, client: Client) -> TestClient:
    """A stranger's browser, after the coordinator opened the page."""
    community.open_page(survey, COORDINATOR, is_open=True, reason="Nghị quyết HĐND xã")
    return client()


def send(browser: TestClient, **fields: object):
    """A report by the form, with a photo unless *photo* says otherwise."""
    photo = fields.pop("photo", jpeg())
    files = {"photo": ("IMG.jpg", photo, "image/jpeg")} if photo is not None else {"photo": ("", b"", "application/octet-stream")}
    return browser.post(REPORT, data=fields, files=files)


def waiting(survey: Survey):
    """The reports that wait."""
    with survey.reading() as reader:
        return select_reports(reader, COMMUNE, ReportState.WAITING)


@pytest.mark.parametrize("path", [PUBLIC, REPORT, "/public/99999", "/public/..%2f", "/public/' OR 1=1"])
def test_it_is_closed_unless_the_commune_opened_it(client: Client, path: str) -> None:
    """A commune that is not here and one that did not open its page answer alike."""
    assert client().get(path).status_code == 404


def test_the_page_shows_hamlets_without_names_or_positions(survey: Survey, opened: TestClient) -> None:
    """What people gave is summed by hamlet; the register's names stay inside."""
    with survey.transaction() as tx:
        site = Site(COMMUNE, "s1", SiteKind.HOUSEHOLD, "HO-0001", "Nguyễn Văn Kín", HAMLETS[0], 18.0712345, 106.1)
        insert_site(tx, site, at=survey.now())
    yesterday = survey.now().date() - timedelta(days=1)
    for amount in (3, 4.5):
        community.contribute(
            survey, COORDINATOR, hamlet=HAMLETS[0], kind=ContributionKind.WORK_DAYS, amount=amount, given_on=yesterday, purpose="Đường thôn"
        )
    page = opened.get(PUBLIC)
    assert page.status_code == 200
    assert "7,5 ngày công" in page.text
    assert "Nguyễn Văn Kín" not in page.text
    assert "18.07" not in page.text
    assert "script" not in page.headers["content-security-policy"].replace("default-src 'none'", "")
    assert "set-cookie" not in page.headers


def test_a_report_waits_in_quarantine_until_a_reviewer_chooses_its_site(survey: Survey, opened: TestClient, client: Client) -> None:
    """The resident hears a code; the file is in quarantine, a view of it is for reviewers alone; a site must be chosen."""
    answer = send(opened, text="Mương vỡ <b>", hamlet=HAMLETS[1])
    (report,) = waiting(survey)
    assert answer.status_code == 200
    assert report.code in answer.text
    assert (report.text, report.hamlet) == ("Mương vỡ <b>", HAMLETS[1])
    assert survey.blobs.size(report.sha256, quarantine=True) == report.size
    assert survey.blobs.size(report.sha256) is None

    photo = f"/photos/resident/{report.id}"
    reviewer = client("reviewer")
    assert reviewer.get(photo).status_code == 202
    community.make_view(survey, COMMUNE, report.id)
    shown = reviewer.get(photo)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.content != jpeg()
    assert client("inspector").get(photo).status_code == 403
    assert client().get(photo).status_code in {303, 401}
    assert reviewer.get(f"/photos/{report.sha256}/original").status_code == 404

    with pytest.raises(Problem, match="SITE_UNKNOWN"):
        community.take(survey, COORDINATOR, report.id, "no-such-site", task=None)
    assert waiting(survey) == [report]


def test_the_same_report_is_decided_once(survey: Survey, opened: TestClient) -> None:
    """Two people at once: the second one hears that the first was faster."""
    send(opened, text="Đường lầy")
    (report,) = waiting(survey)
    community.dismiss(survey, COORDINATOR, report.id, "Trùng phản ánh khác")
    with pytest.raises(Problem, match="REPORT_DECIDED"):
        community.dismiss(survey, COORDINATOR, report.id, "Lần nữa")


def test_an_address_may_send_so_many_and_no_more(survey: Survey, opened: TestClient) -> None:
    """The limit is kept in the database, where every process sees it; the address itself is nowhere."""
    answers = [send(opened, text=f"Lần {number}", photo=None).status_code for number in range(MOST_AN_HOUR + 2)]
    assert answers == [200] * MOST_AN_HOUR + [429] * 2
    with survey.reading() as reader:
        marks = {row["sender_mark"] for row in reader.rows("SELECT sender_mark FROM resident_report")}
    assert len(marks) == 1
    assert "testclient" not in marks.pop()
    with survey.reading() as reader:
        assert select_traffic(reader, COMMUNE, "another", survey.now()).sender_day == 0


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"text": "", "photo": None}, 422),
        ({"text": "x", "photo": b"<html>no photo</html>"}, 422),
        ({"text": "x", "photo": jpeg()[:200]}, 422),
        ({"text": "x", "hamlet": "99999-h01", "photo": None}, 404),
        ({"text": "x", "photo": b"\xff" * 8_100_000}, 413),
    ],
)
def test_what_cannot_be_used_is_said(survey: Survey, opened: TestClient, fields: dict[str, object], status: int) -> None:
    """Empty, no photo, cut off, another commune's hamlet, too large: a sentence each, no report."""
    assert send(opened, **fields).status_code == status
    assert waiting(survey) == []


def test_words_stay_in_the_form_when_something_is_wrong(opened: TestClient) -> None:
    """Nothing that was typed is lost, and it is escaped."""
    page = send(opened, text="Mương <vỡ>", photo=b"junk").text
    assert "Mương &lt;vỡ&gt;" in page


def test_programs_and_other_sites_leave_nothing(survey: Survey, opened: TestClient, client: Client) -> None:
    """The field that people do not see, and a form on somebody else's page."""
    assert send(opened, text="buy", website="http://x").status_code == 200
    foreign = client(origin="http://evil.example")
    assert send(foreign, text="x").status_code == 403
    assert waiting(survey) == []


def test_a_body_without_a_length_is_not_read(opened: TestClient) -> None:
    """Chunked bodies could go on for ever."""
    assert opened.post(REPORT, content=iter([b"a", b"b"]), headers={"content-type": "multipart/form-data; boundary=x"}).status_code == 411


def quarantined(survey: Survey) -> list[str]:
    """The hashes of all bytes in quarantine."""
    return list(survey.blobs.hashes(quarantine=True))


def test_what_is_refused_in_the_end_leaves_no_bytes(survey: Survey, opened: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is looked at once more after the body has come; a hamlet of another commune is found out then."""
    assert send(opened, text="x", hamlet="99999-h01").status_code == 404
    monkeypatch.setattr(community.residents, "check_sender", lambda *_: None)
    monkeypatch.setattr("survey.community.check_sender", lambda *_: None)
    for _ in range(MOST_AN_HOUR):
        send(opened, text="x", photo=None)
    assert send(opened, text="x").status_code == 429
    assert quarantined(survey) == []


def test_photos_that_wait_fill_no_disk(survey: Survey, opened: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many bytes nothing more is taken until somebody has looked at what waits."""
    monkeypatch.setattr("survey.domain.community.MOST_BYTES_WAITING", 1)
    assert [send(opened, text="x").status_code for _ in range(2)] == [200, 429]
    (report,) = waiting(survey)
    community.dismiss(survey, COORDINATOR, report.id, "Trùng")
    assert send(opened, text="x", photo=None).status_code == 200


def test_the_thanks_name_the_commune_that_was_written_to(survey: Survey, opened: TestClient) -> None:
    """In a deployment of several communes, not the one that was there first."""
    with survey.transaction() as tx:
        insert_commune(tx, Commune("00001", "Xã Đầu Tiên", "42", square(3), "test"), created_at="2000-01-01T00:00:00.000Z")
    assert "Xã Đầu Tiên" not in send(opened, text="x", photo=None).text


def test_photos_of_reports_put_aside_go_after_their_time(survey: Survey, opened: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that wait or were taken stay, and bytes that another report has as well; the check of the store finds nothing wrong."""
    same, other = jpeg(), jpeg(320)
    for photo in (same, same, other):
        assert send(opened, text="x", photo=photo).status_code == 200
    first, second, third = waiting(survey)
    assert len(quarantined(survey)) == 2
    for report in (first, third):
        community.dismiss(survey, COORDINATOR, report.id, "Trùng")
    assert community.sweep(survey) == 0
    with survey.reading() as reader:
        assert select_unreferenced(reader, survey.blobs) == []
    later = survey.now() + PUT_ASIDE_KEPT + timedelta(days=1)
    monkeypatch.setattr(type(survey), "now", lambda _self: later)
    assert (community.sweep(survey), community.sweep(survey)) == (2, 0)
    assert quarantined(survey) == [second.sha256]
    with survey.reading() as reader:
        assert list(find_stated_faults(reader, survey.blobs)) == []
        assert select_unreferenced(reader, survey.blobs) == []


def test_a_residents_photo_that_is_gone_is_found(survey: Survey, opened: TestClient) -> None:
    """The check of the store names it."""
    send(opened, text="x")
    (report,) = waiting(survey)
    survey.blobs.erase(report.sha256)
    with survey.reading() as reader:
        (fault,) = find_stated_faults(reader, survey.blobs)
    assert (fault.code, fault.subject) == ("RESIDENT_PHOTO_MISSING", report.sha256)


def test_one_customer_of_ipv6_is_one_sender(survey: Survey) -> None:
    """The last 64 bits are the customer's own to choose; IPv4 in its long form is the same address."""

    def mark(address: str) -> str:
        return community.mark_of(survey, address, survey.now())

    assert mark("2001:db8:1:2::1") == mark("2001:db8:1:2:ffff:1:2:3") != mark("2001:db8:1:3::1")
    assert mark("::ffff:192.0.2.7") == mark("192.0.2.7") != mark("192.0.2.8")
    assert mark("testclient") != mark("")


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), 1e13])
def test_odd_amounts_are_refused(survey: Survey, amount: float) -> None:
    """A contribution is above zero and finite."""
    with pytest.raises(Problem, match="CONTRIBUTION_UNUSABLE"):
        community.contribute(
            survey, COORDINATOR, hamlet=None, kind=ContributionKind.MONEY_VND, amount=amount, given_on=date(2026, 1, 1), purpose="x"
        )


def test_a_contribution_taken_back_no_longer_counts_and_stays_readable(survey: Survey) -> None:
    """With its reason; once."""
    one = community.contribute(
        survey, COORDINATOR, hamlet=None, kind=ContributionKind.LAND_M2, amount=120, given_on=date(2026, 1, 1), purpose="Hiến đất làm đường"
    )
    elsewhere = Actor(COMMUNE, "p-other", "Khác", Role.COORDINATOR, frozenset({HAMLETS[1]}))
    theirs = community.contribute(
        survey, COORDINATOR, hamlet=HAMLETS[0], kind=ContributionKind.LAND_M2, amount=1, given_on=date(2026, 1, 1), purpose="x"
    )
    with pytest.raises(Problem, match="CONTRIBUTION_UNKNOWN"):
        community.withdraw_contribution(survey, elsewhere, theirs.id, "Của thôn khác")
    community.withdraw_contribution(survey, COORDINATOR, one.id, "Nhập nhầm")
    with survey.reading() as reader:
        kinds = [json.loads(row["body"])["kind"] for row in reader.rows("SELECT body FROM event ORDER BY commune, seq")]
    assert kinds == ["contribution.added", "contribution.added", "contribution.withdrawn"]
    kept = next(given for given in community.list_contributions(survey, COORDINATOR) if given.id == one.id)
    assert kept.withdrawn_reason == "Nhập nhầm"
    with pytest.raises(Problem, match="CONTRIBUTION_UNKNOWN"):
        community.withdraw_contribution(survey, COORDINATOR, one.id, "Lần nữa")
