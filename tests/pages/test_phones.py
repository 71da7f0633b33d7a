"""The page about phones: coordinators only; adding one, a new code, shutting one out with one click."""

import base64
import json
import zlib
from dataclasses import replace

import pytest
import segno

from survey import accounts, devices
from survey.store.devices import select_devices
from survey.web import session
from tests.conftest import COMMUNE
from tests.test_devices import opened

PAGE = "pages/phones.py"


def stored(survey):
    with survey.reading() as reader:
        return select_devices(reader, COMMUNE)


def add(page, name="Samsung A05 đen"):
    page.text_input[0].set_value(name)
    next(button for button in page.button if button.label == "Thêm và hiện mã").click()
    page.run()
    assert not page.exception
    return page


def on_phone(open_page, monkeypatch, cookie, path):
    """The page as the browser of the enrolled phone with that cookie opens it."""
    page = open_page(path)
    monkeypatch.setattr(session, "presented", lambda: cookie)
    return page.run()


@pytest.fixture
def secure(open_page, monkeypatch):
    """The page behind TLS."""
    here = session.open()
    monkeypatch.setattr(session, "open", lambda: replace(here, settings=replace(here.settings, public_url="https://survey.example")))
    return open_page


@pytest.mark.parametrize("login", ["inspector", "reviewer"])
def test_others_are_refused(open_page, survey, login):
    """Only who manages the commune sees its phones."""
    devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Samsung A05 đen")
    page = open_page(PAGE, login)

    assert not page.exception
    assert "không được làm việc này" in page.error[0].value
    assert not page.button
    assert "Samsung" not in str(page.markdown)


def test_a_coordinators_own_phone_is_refused(open_page, survey, monkeypatch):
    """Behind an enrolled phone nobody manages, whoever carries it."""
    made = devices.enrol(survey, COMMUNE, "p-coordinator", by=None, name="")
    page = on_phone(open_page, monkeypatch, opened(survey, made), PAGE)

    assert "không được làm việc này" in page.error[0].value
    assert not page.button


def test_without_tls_the_link_is_shown_and_the_reason(open_page, survey):
    """No QR code that could not work, and no key for Collect over a line that others can read."""
    page = add(open_page(PAGE, "coordinator"))

    assert "Samsung A05 đen" in page.success[0].value.replace("\\", "")
    assert "/sign-in/18844." in page.code[0].value
    assert any("https" in caption.value for caption in page.caption)
    assert not any("ODK" in expander.label for expander in page.expander)
    (device,) = stored(survey)
    assert (device.person, device.name) == ("p-inspector", "Samsung A05 đen")


def test_codes_are_shown_once(secure, survey, monkeypatch):
    """The link's and Collect's code are there after adding, and gone with the next run."""
    drawn, make = [], segno.make

    def watched(content, **how):
        drawn.append(content)
        return make(content, **how)

    monkeypatch.setattr(segno, "make", watched)
    page = add(secure(PAGE, "coordinator"))
    link, collect = drawn
    settings = json.loads(zlib.decompress(base64.b64decode(collect)))
    server = settings["general"]["server_url"]
    key = server.removeprefix("https://survey.example/key/").removesuffix("/openrosa")

    assert link == page.code[0].value
    assert link.startswith("https://survey.example/sign-in/18844.")
    assert devices.find_by_token(survey, key).person == "p-inspector"
    page.run()
    assert len(drawn) == 2
    assert not page.code


def test_one_click_shuts_a_phone_out(open_page, survey):
    """At once, with a message; the other phone stays and the one that is gone is listed as revoked."""
    lost = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Mất rồi")
    kept = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Còn đây")
    cookie = opened(survey, lost)
    page = open_page(PAGE, "coordinator")
    page.button(key=f"revoke_{lost.device}").click()
    page.run()

    assert not page.exception
    assert "Đã thu hồi" in page.success[0].value
    assert "Mất rồi" in page.success[0].value
    assert accounts.find_session(survey, cookie) is None
    assert devices.find_by_token(survey, lost.token) is None
    assert devices.find_by_token(survey, kept.token) is not None
    assert {button.key for button in page.button if str(button.key).startswith("revoke_")} == {f"revoke_{kept.device}"}
    assert any("Mất rồi" in line.value for line in page.expander[1].markdown)


def test_a_new_code_replaces_the_one_that_was_not_scanned(open_page, survey):
    """The older link stops working; the phone stays the same."""
    made = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    page = open_page(PAGE, "coordinator")
    page.button(key=f"link_{made.device}").click()
    page.run()
    link = page.code[0].value.partition("/sign-in/")[2]

    assert accounts.find_link(survey, link).device == made.device
    with pytest.raises(accounts.Problem):
        accounts.find_link(survey, made.link.removeprefix("/sign-in/"))


def test_a_phone_that_was_revoked_elsewhere_is_explained(open_page, survey):
    """A tab that shows yesterday's list gets the sentence, no trace."""
    made = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    page = open_page(PAGE, "coordinator")
    real, devices.renew_link = devices.renew_link, _revoking_first(devices.renew_link)
    try:
        page.button(key=f"link_{made.device}").click()
        page.run()
    finally:
        devices.renew_link = real

    assert "đã bị thu hồi" in page.error[0].value


def _revoking_first(renew):
    """The other tab's click falls between this page's reading and its own click."""

    def between(survey, commune, device, *, by):
        devices.revoke(survey, commune, device, by=by)
        return renew(survey, commune, device, by=by)

    return between


def test_states_in_words(open_page, survey):
    """Awaited, or enrolled with when it was last seen; people in Vietnamese order, inspectors first in the choice."""
    waiting = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="Chờ")
    used = devices.enrol(survey, COMMUNE, "p-reviewer", by=None, name="Dùng")
    opened(survey, used)
    page = open_page(PAGE, "coordinator")
    said = [caption.value for caption in page.caption]

    assert any(line.startswith("Đang chờ điện thoại quét mã") for line in said)
    assert any("hoạt động gần nhất 1 phút trước" in line for line in said)
    assert page.selectbox[0].options[0] == "inspector (inspector)"
    assert waiting.device != used.device


def test_account_page_on_an_enrolled_phone_offers_no_password(open_page, survey, monkeypatch):
    """It says where to choose one instead."""
    made = devices.enrol(survey, COMMUNE, "p-reviewer", by=None, name="")
    page = on_phone(open_page, monkeypatch, opened(survey, made), "pages/account.py")

    assert not page.exception
    assert not page.text_input
    assert "điện thoại đã đăng ký" in page.info[0].value
