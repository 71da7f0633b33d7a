"""Enrolled phones: their two ways in, what may be done behind them, and that revoking ends it at once."""

import base64
import hashlib
import json
import re
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import segno

from survey import accounts, devices
from survey.domain.grants import Grant
from survey.domain.people import ABILITIES, Ability, Role
from survey.domain.problems import Problem
from survey.store.devices import select_device, select_devices
from survey.store.people import insert_person
from tests.conftest import COMMUNE, HAMLETS
from tests.test_accounts import PASSWORD, kind_of, later


@pytest.fixture
def enrolled(survey, coordinator):
    """A phone of the inspector."""
    return devices.enrol(survey, COMMUNE, "p-inspector", by=coordinator, name="Samsung A05 đen")


def opened(survey, made):
    """The cookie of the phone that opened its link."""
    return accounts.sign_in_by_link(survey, made.link.removeprefix("/sign-in/")).cookie


def row(survey, device):
    with survey.reading() as reader:
        return select_device(reader, COMMUNE, device)


def test_token_and_wire_name_have_their_shape(enrolled):
    """256 random bits behind the commune's code; eight letters that nobody misreads."""
    assert re.fullmatch(rf"{COMMUNE}\.[\w-]{{43}}", enrolled.token, re.ASCII)
    assert re.fullmatch(rf"{COMMUNE}-[0-9a-hjkmnp-tv-z]{{8}}", enrolled.username)
    assert enrolled.link.startswith(f"/sign-in/{COMMUNE}.")


def test_only_hashes_are_stored(survey, enrolled):
    """Neither token nor link can be read from the database; the HA1 is RFC 2617's."""
    cookie = opened(survey, enrolled)
    with survey.reading() as reader:
        rows = "".join(str(reader.rows(f"SELECT * FROM {table}")) for table in ("device", "session", "sign_in_link", "event"))
        stored = reader.row("SELECT token_hash, digest_ha1 FROM device")

    ha1 = f"{enrolled.username}:survey:{enrolled.token}".encode()
    for secret in (enrolled.token, enrolled.link.removeprefix("/sign-in/"), cookie):
        assert secret.partition(".")[2] not in rows
    assert stored["token_hash"] == hashlib.sha256(enrolled.token.partition(".")[2].encode()).hexdigest()
    assert stored["digest_ha1"] == hashlib.md5(ha1, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("role", [role for role in Role if Ability.CAPTURE in ABILITIES[role]])
def test_a_phone_may_do_what_an_inspector_may(survey, role):
    """By cookie, token and name on the wire alike, whatever the person may do at a desk."""
    made = devices.enrol(survey, COMMUNE, f"p-{role.value}", by=None, name="")
    behind = [
        accounts.find_session(survey, opened(survey, made)).actor,
        devices.find_by_token(survey, made.token),
        devices.find_by_username(survey, made.username).actor,
    ]

    for actor in behind:
        assert {ability for ability in Ability if actor.may(ability)} == ABILITIES[Role.INSPECTOR]
        assert (actor.person, actor.device, actor.commune) == (f"p-{role.value}", made.device, COMMUNE)
    assert behind[0].hamlets == (frozenset({HAMLETS[0]}) if role is Role.INSPECTOR else None)


@pytest.mark.parametrize("role", [role for role in Role if Ability.CAPTURE not in ABILITIES[role]])
def test_who_may_not_capture_has_no_phone(survey, role):
    """A phone gives nobody a way to hand in what the desk would refuse; one of an earlier role can do nothing."""
    with survey.transaction() as tx:
        insert_person(tx, COMMUNE, "p-late", login="late", name="L", role=Role.INSPECTOR, locale="vi", password_hash=None, at=survey.now())
    made = devices.enrol(survey, COMMUNE, "p-late", by=None, name="")
    accounts.change_grant(survey, COMMUNE, "p-late", Grant(role), by=None)
    actor = devices.find_by_token(survey, made.token)

    assert {ability for ability in Ability if actor.may(ability)} == set()
    with pytest.raises(Problem, match="PHONE_NOT_FOR_ROLE"):
        devices.enrol(survey, COMMUNE, "p-late", by=None, name="")


def test_revoking_ends_every_way_in_at_once(survey, enrolled, coordinator):
    """Cookie, token, name on the wire and a link that was not opened yet; a second time nothing happens."""
    cookie = opened(survey, enrolled)
    renewed = devices.renew_link(survey, COMMUNE, enrolled.device, by=coordinator).removeprefix("/sign-in/")
    assert accounts.find_session(survey, cookie).device == enrolled.device
    assert devices.find_by_token(survey, enrolled.token) is not None
    assert accounts.find_link(survey, renewed).device_name == "Samsung A05 đen"
    for _ in range(2):
        devices.revoke(survey, COMMUNE, enrolled.device, by=coordinator)

    assert accounts.find_session(survey, cookie) is None
    assert devices.find_by_token(survey, enrolled.token) is None
    assert devices.find_by_username(survey, enrolled.username) is None
    assert kind_of(accounts.find_link, survey, renewed) == "LINK_UNUSABLE"
    assert kind_of(accounts.sign_in_by_link, survey, renewed) == "LINK_UNUSABLE"
    assert kind_of(devices.renew_link, survey, COMMUNE, enrolled.device, by=coordinator) == "DEVICE_UNKNOWN"
    assert events(survey).count("device_revoked") == 1


def test_whoever_holds_a_revoked_phone_is_told_so(survey, enrolled, coordinator):
    """Only the cookie of a phone that is revoked says so: not one in use, not a desk's, not a made-up one."""
    phone = accounts.sign_in_by_link(survey, enrolled.link.removeprefix("/sign-in/")).cookie
    desk = accounts.make_sign_in_link(survey, COMMUNE, coordinator.person, by=None)
    cookies = [phone, accounts.sign_in_by_link(survey, desk.removeprefix("/sign-in/")).cookie, f"{COMMUNE}.made-up", None]
    before = [devices.was_revoked(survey, cookie) for cookie in cookies]
    devices.revoke(survey, COMMUNE, enrolled.device, by=coordinator)

    assert before == [False] * 4
    assert [devices.was_revoked(survey, cookie) for cookie in cookies] == [True, False, False, False]


def test_revoking_one_phone_leaves_the_others_and_the_desk(survey, enrolled):
    """A person's second phone and browser go on."""
    other = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    phone = opened(survey, other)
    desk = accounts.make_sign_in_link(survey, COMMUNE, "p-inspector", by=None).removeprefix("/sign-in/")
    desk = accounts.sign_in_by_link(survey, desk).cookie
    devices.revoke(survey, COMMUNE, enrolled.device, by=None)

    assert accounts.find_session(survey, phone) is not None
    assert accounts.find_session(survey, desk) is not None
    assert devices.find_by_token(survey, other.token) is not None


def test_closing_the_account_shuts_its_phones_out(survey, enrolled):
    """No way in is left, and none can be made."""
    cookie = opened(survey, enrolled)
    waiting = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    accounts.disable_person(survey, COMMUNE, "p-inspector", by=None)

    assert accounts.find_session(survey, cookie) is None
    assert devices.find_by_token(survey, enrolled.token) is None
    assert devices.find_by_username(survey, enrolled.username) is None
    assert kind_of(accounts.sign_in_by_link, survey, waiting.link.removeprefix("/sign-in/")) == "LINK_UNUSABLE"
    assert kind_of(devices.enrol, survey, COMMUNE, "p-inspector", by=None, name="") == "PERSON_UNKNOWN"
    assert row(survey, enrolled.device).revoked_at is not None


def test_only_coordinators_of_the_commune_manage_phones(survey, enrolled, reviewer, inspector, coordinator):
    """Not other roles, not another commune's coordinator, and not a coordinator's own enrolled phone."""
    own = devices.enrol(survey, COMMUNE, "p-coordinator", by=None, name="")
    phone = devices.find_by_token(survey, own.token)
    for by, code in (
        (reviewer, "NOT_ALLOWED"),
        (inspector, "NOT_ALLOWED"),
        (phone, "NOT_ALLOWED"),
        (replace(coordinator, commune="06979"), "PERSON_UNKNOWN"),
    ):
        assert kind_of(devices.enrol, survey, COMMUNE, "p-inspector", by=by, name="") == code
        assert kind_of(devices.renew_link, survey, COMMUNE, enrolled.device, by=by) == code
        if by is not inspector:  # whose own phone it is: test_sessions has that
            assert kind_of(devices.revoke, survey, COMMUNE, enrolled.device, by=by) == code
    assert kind_of(devices.revoke, survey, COMMUNE, "nothing", by=coordinator) == "DEVICE_UNKNOWN"
    assert kind_of(devices.revoke, survey, "06979", enrolled.device, by=None) == "DEVICE_UNKNOWN"
    assert kind_of(devices.enrol, survey, COMMUNE, "nobody", by=coordinator, name="") == "PERSON_UNKNOWN"


def test_a_phone_cannot_give_its_finder_a_password(survey):
    """A coordinator without a password who lost a phone would otherwise have lost the commune."""
    made = devices.enrol(survey, COMMUNE, "p-coordinator", by=None, name="")
    cookie = opened(survey, made)
    session = accounts.find_session(survey, cookie)

    assert kind_of(accounts.change_password, survey, session, cookie, old="", new=PASSWORD) == "NOT_ALLOWED"
    assert kind_of(accounts.sign_in, survey, "coordinator", PASSWORD) == "SIGN_IN_WRONG"


def test_a_new_password_leaves_enrolled_phones_in(survey, enrolled):
    """A phone in the hills keeps its door when its person signs in elsewhere; it is revoked on its own."""
    cookie = opened(survey, enrolled)
    link = accounts.make_sign_in_link(survey, COMMUNE, "p-inspector", by=None).removeprefix("/sign-in/")
    desk = accounts.sign_in_by_link(survey, link).cookie
    accounts.change_password(survey, accounts.find_session(survey, desk), desk, old="", new=PASSWORD)

    assert accounts.find_session(survey, cookie) is not None


def test_a_link_is_opened_once_and_only_the_newest(survey, enrolled, coordinator):
    """Renewing replaces it; opening the new one takes the door from the browser that had it."""
    older = enrolled.link.removeprefix("/sign-in/")
    first = opened(survey, enrolled)
    assert kind_of(accounts.sign_in_by_link, survey, older) == "LINK_UNUSABLE"
    skipped = devices.renew_link(survey, COMMUNE, enrolled.device, by=coordinator).removeprefix("/sign-in/")
    newest = devices.renew_link(survey, COMMUNE, enrolled.device, by=coordinator).removeprefix("/sign-in/")
    assert kind_of(accounts.sign_in_by_link, survey, skipped) == "LINK_UNUSABLE"
    assert accounts.find_session(survey, first) is not None
    second = accounts.sign_in_by_link(survey, newest).cookie

    assert accounts.find_session(survey, first) is None
    assert accounts.find_session(survey, second) is not None
    assert kind_of(accounts.find_link, later(survey, days=3), newest) == "LINK_UNUSABLE"


def test_two_enrolments_at_once_are_two_phones(survey):
    """Neither uses the other's link up, nor does a sign-in link made in between."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: devices.enrol(survey, COMMUNE, "p-inspector", by=None, name=f"Máy {number}"), range(8)))
    accounts.make_sign_in_link(survey, COMMUNE, "p-inspector", by=None)
    cookies = [opened(survey, each) for each in made]

    assert len({each.token for each in made}) == len({each.username for each in made}) == 8
    assert {accounts.find_session(survey, cookie).device for cookie in cookies} == {each.device for each in made}


def test_a_link_opened_eight_times_at_once_opens_once(survey, enrolled):
    """One of them gets the session, the others the sentence."""

    def attempt(_number):
        try:
            return opened(survey, enrolled)
        except Problem as problem:
            return problem.kind.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(8)))

    assert sorted(outcome == "LINK_UNUSABLE" for outcome in outcomes) == [False] + [True] * 7


def test_a_phone_keeps_its_door_for_half_a_year_of_silence(survey, enrolled):
    """Use moves the end, 400 days end it in any case; the token goes on until it is revoked."""
    cookie = opened(survey, enrolled)

    for day in range(150, 400, 120):
        assert accounts.find_session(later(survey, days=day), cookie) is not None
    assert accounts.find_session(later(survey, days=401), cookie) is None
    quiet = opened(survey, devices.enrol(survey, COMMUNE, "p-inspector", by=None, name=""))
    assert accounts.find_session(later(survey, days=181), quiet) is None
    assert devices.find_by_token(later(survey, days=1000), enrolled.token) is not None


def test_when_a_phone_was_seen_is_written_now_and_then(survey, enrolled):
    """The first use and then every five minutes, by cookie and by token."""
    assert row(survey, enrolled.device).is_awaited
    devices.find_by_token(survey, enrolled.token)
    first = row(survey, enrolled.device).seen_at
    devices.find_by_token(later(survey, minutes=4), enrolled.token)
    assert row(survey, enrolled.device).seen_at == first
    devices.find_by_token(later(survey, minutes=6), enrolled.token)
    second = row(survey, enrolled.device).seen_at
    assert timedelta(minutes=5) < second - first < timedelta(minutes=7)
    devices.mark_seen(later(survey, minutes=8), devices.find_by_username(survey, enrolled.username).actor)
    assert row(survey, enrolled.device).seen_at == second

    cookie = opened(survey, enrolled)
    begun = row(survey, enrolled.device)
    assert begun.enrolled_at == begun.seen_at
    accounts.find_session(later(survey, minutes=4), cookie)
    assert row(survey, enrolled.device).seen_at == begun.seen_at
    accounts.find_session(later(survey, minutes=6), cookie)
    assert row(survey, enrolled.device).seen_at > begun.seen_at


@pytest.mark.parametrize("token", ["", ".", "18844", "18844.", "18844.guess", "06979.guess", "x" * 9000, "18844\x00.x", "18844.\x00"])
def test_strangers_tokens_are_nobody(survey, enrolled, token):
    """Nonsense is not an error, it is nobody; another commune's code before a true secret neither."""
    assert devices.find_by_token(survey, token) is None
    assert devices.find_by_token(survey, "06979." + enrolled.token.partition(".")[2]) is None


@pytest.mark.parametrize("username", ["", "-", "18844-", "18844-guessguess", "18844-\x00aaaaaaa", "inspector", "18844-aaaaaaaa"])
def test_made_up_names_are_nobody(survey, enrolled, username):
    """Also a login, which is a person's and no phone's."""
    assert devices.find_by_username(survey, username) is None


def test_the_log_holds_ids_only(survey, coordinator):
    """Each change is an event; no name, login or secret is in it."""
    made = devices.enrol(survey, COMMUNE, "p-inspector", by=coordinator, name="Samsung A05 đen")
    devices.renew_link(survey, COMMUNE, made.device, by=coordinator)
    link = devices.renew_link(survey, COMMUNE, made.device, by=None)
    accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/"))
    devices.revoke(survey, COMMUNE, made.device, by=coordinator)

    wanted = ["device_enrolled", "device_link_made", "device_link_made", "device_opened", "signed_in", "device_revoked"]
    assert events(survey) == wanted
    with survey.reading() as reader:
        bodies = "".join(each["body"] for each in reader.rows("SELECT body FROM event"))
    for secret in ("Samsung", made.token.partition(".")[2], made.username, link.rpartition(".")[2], '"inspector"'):
        assert secret not in bodies


def test_collect_reads_its_settings(survey, enrolled):
    """base64(zlib(JSON)) with the two parts that Collect demands; it fits a code that a phone reads from a screen."""
    content = devices.collect_settings("https://survey.example", enrolled.token, "Kỳ Thượng")
    settings = json.loads(zlib.decompress(base64.b64decode(content, validate=True)))

    assert settings["general"] == {
        "server_url": f"https://survey.example/key/{enrolled.token}/openrosa", "form_update_mode": "match_exactly",
        "autosend": "wifi_and_cellular", "image_size": "original", "app_language": "vi", "delete_send": False,
    }  # fmt: skip
    assert (settings["admin"], settings["project"]) == ({}, {"name": "Kỳ Thượng"})
    longest = devices.collect_settings("https://khaosat-nongthonmoi.hatinh.gov.vn:8443", enrolled.token, "Xã Kỳ Thượng, huyện Kỳ Anh")
    assert segno.make(longest, error="l").version <= 16


def test_a_name_is_cut_and_never_empty(survey):
    """A blank one is the person's name."""
    for given, kept in (("  ", "inspector"), (" Redmi 9A ", "Redmi 9A"), ("x" * 500, "x" * 80)):
        made = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name=given)
        assert row(survey, made.device).name == kept
    with survey.reading() as reader:
        assert len(select_devices(reader, COMMUNE)) == 3


def events(survey):
    """The kinds of the log's events, in order."""
    with survey.reading() as reader:
        return [json.loads(each["body"])["kind"] for each in reader.rows("SELECT body FROM event ORDER BY seq")]
