"""Sessions: listed without secrets, ended by their person or a manager, kept over restarts and seen by every process."""

from dataclasses import replace

import httpx2
import pytest

from survey import accounts, devices
from survey.domain.browsers import browser_name
from survey.domain.people import Role
from tests.conftest import COMMUNE
from tests.live import LiveServer
from tests.test_accounts import PASSWORD, cookie_of, kind_of, later

CHROME = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"


@pytest.fixture
def lan(survey):
    """A reviewer with a password."""
    return accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (CHROME, "Chrome · Android"), (SAFARI, "Safari · iPhone"), (EDGE, "Edge · Windows"), ("curl/8.5.0", ""), ("", ""),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox · Linux"), ("<script>Chrome", "Chrome"),
    ],
)  # fmt: skip
def test_a_browser_has_a_short_name(header, name):
    """Model, version and whatever else it tells are not kept."""
    assert browser_name(header) == name


def test_a_person_sees_own_sessions_without_secrets(survey, lan):
    """How and when each began, what browser, when it was last used; the id opens nothing."""
    first = accounts.sign_in(survey, "lan", PASSWORD, "Chrome · Android").cookie
    accounts.find_session(later(survey, minutes=30), first)
    cookie_of(survey, lan.id)
    listed = accounts.open_sessions(survey, COMMUNE, lan.id, by=lan.actor)

    assert {(one.way, one.browser) for one in listed} == {("password", "Chrome · Android"), ("link", "")}
    used = next(one for one in listed if one.way == "password")
    assert (used.seen_at - used.created_at).total_seconds() >= 1790
    assert accounts.find_session(survey, f"{COMMUNE}.{used.id}") is None
    with survey.reading() as reader:
        hashes = {row["token_hash"] for row in reader.rows("SELECT token_hash FROM session")}
    assert not hashes & {one.id for one in listed}


def test_one_session_ends_and_the_others_stay(survey, lan):
    """By its person, by a manager, by the operator; nobody else."""
    cookies = [accounts.sign_in(survey, "lan", PASSWORD).cookie for _ in range(3)]
    ids = [accounts.find_session(survey, cookie).id for cookie in cookies]
    with survey.reading() as reader:
        stranger = accounts.people.people.select_person(reader, COMMUNE, "p-reviewer").actor
        manager = accounts.people.people.select_person(reader, COMMUNE, "p-coordinator").actor

    assert kind_of(accounts.end_session, survey, COMMUNE, lan.id, ids[0], by=stranger) == "NOT_ALLOWED"
    assert kind_of(accounts.open_sessions, survey, COMMUNE, lan.id, by=stranger) == "NOT_ALLOWED"
    assert kind_of(accounts.open_sessions, survey, COMMUNE, lan.id, by=replace(manager, commune="06979")) == "PERSON_UNKNOWN"
    accounts.end_session(survey, COMMUNE, lan.id, ids[0], by=lan.actor)
    accounts.end_session(survey, COMMUNE, lan.id, ids[1], by=manager)
    assert [accounts.find_session(survey, cookie) is None for cookie in cookies] == [True, True, False]
    assert kind_of(accounts.end_session, survey, COMMUNE, lan.id, ids[0], by=None) == "SESSION_UNKNOWN"
    assert kind_of(accounts.end_session, survey, COMMUNE, "p-reviewer", ids[2], by=stranger) == "SESSION_UNKNOWN"
    assert accounts.find_session(survey, cookies[2]) is not None


def test_all_others_end_but_this_browser_and_the_phones(survey, lan):
    """The button for a laptop that was left somewhere."""
    here, there = (accounts.sign_in(survey, "lan", PASSWORD).cookie for _ in range(2))
    enrolled = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    phone = accounts.sign_in_by_link(survey, enrolled.link.removeprefix("/sign-in/")).cookie
    assert accounts.end_other_sessions(survey, accounts.find_session(survey, here), here) == 1

    assert accounts.find_session(survey, here) is not None
    assert accounts.find_session(survey, there) is None
    assert kind_of(accounts.end_other_sessions, survey, accounts.find_session(survey, phone), phone) == "NOT_ALLOWED"


def test_a_manager_signs_a_person_out_everywhere_and_takes_the_link_back(survey, lan, coordinator):
    """Phones stay: they are revoked one by one."""
    cookie = accounts.sign_in(survey, "lan", PASSWORD).cookie
    link = accounts.make_sign_in_link(survey, COMMUNE, lan.id, by=coordinator)

    assert accounts.end_sessions(survey, COMMUNE, lan.id, by=coordinator) == 1
    assert accounts.find_session(survey, cookie) is None
    assert kind_of(accounts.sign_in_by_link, survey, link.removeprefix("/sign-in/")) == "LINK_UNUSABLE"
    assert kind_of(accounts.end_sessions, survey, COMMUNE, lan.id, by=lan.actor) == "NOT_ALLOWED"


def test_whoever_finds_a_phone_ends_nothing_of_its_owner(survey):
    """Neither sessions nor other phones."""
    enrolled = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    finder = devices.find_by_token(survey, enrolled.token)
    other = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="other")
    session = accounts.find_session(survey, cookie_of(survey, "p-inspector"))

    assert kind_of(accounts.open_sessions, survey, COMMUNE, "p-inspector", by=finder) == "NOT_ALLOWED"
    assert kind_of(accounts.end_session, survey, COMMUNE, "p-inspector", session.id, by=finder) == "NOT_ALLOWED"
    assert kind_of(devices.revoke, survey, COMMUNE, other.device, by=finder) == "NOT_ALLOWED"


def test_a_person_shuts_out_the_own_lost_phone_and_no_other(survey, reviewer):
    """From a browser, without waiting for the coordinator."""
    own = devices.enrol(survey, COMMUNE, "p-inspector", by=None, name="")
    inspector = accounts.find_session(survey, cookie_of(survey, "p-inspector")).actor

    assert kind_of(devices.revoke, survey, COMMUNE, own.device, by=reviewer) == "NOT_ALLOWED"
    devices.revoke(survey, COMMUNE, own.device, by=inspector)
    assert devices.find_by_token(survey, own.token) is None


def test_a_session_of_an_older_release_gets_an_id_when_it_is_listed(survey, lan):
    """It can be ended as any other."""
    cookie = accounts.sign_in(survey, "lan", PASSWORD).cookie
    with survey.transaction() as tx:
        tx.execute("UPDATE session SET session = NULL, seen_at = NULL, way = ''")
    (listed,) = accounts.open_sessions(survey, COMMUNE, lan.id, by=None)
    accounts.end_session(survey, COMMUNE, lan.id, listed.id, by=None)

    assert accounts.find_session(survey, cookie) is None


def test_a_stricter_role_holds_for_sessions_that_began_before(survey):
    """An inspector's month of silence is not a coordinator's."""
    cookie = cookie_of(survey, "p-inspector")
    with survey.transaction() as tx:
        tx.execute("UPDATE person SET role = 'coordinator' WHERE person = 'p-inspector'")

    assert accounts.find_session(survey, cookie).actor.role is Role.COORDINATOR
    assert accounts.find_session(later(survey, hours=13), cookie) is None


def test_each_sign_in_has_its_own_secret(survey, lan):
    """A cookie planted before signing in is worth nothing after: no fixation."""
    first, second = accounts.sign_in(survey, "lan", PASSWORD).cookie, accounts.sign_in(survey, "lan", PASSWORD).cookie

    assert first != second


def test_sessions_and_counts_are_those_of_every_process_and_outlive_restarts(survey):
    """Two real servers on one data folder: signed in at one is in at the other, ended at one is out, also after `kill`."""
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)
    data = survey.settings.data
    with LiveServer(data) as one, LiveServer(data) as two:
        with httpx2.Client(timeout=60) as browser:
            answer = browser.post(
                f"{one.url}/sign-in", data={"login": "lan", "password": PASSWORD}, headers={"Origin": one.url, "User-Agent": CHROME}
            )
            assert answer.status_code == 303
            cookie = browser.cookies["survey_session"]
        shown = {"Cookie": f"survey_session={cookie}"}
        me = [httpx2.get(f"{server.url}/api/me", headers=shown, timeout=60).status_code for server in (one, two)]
        assert me == [200, 200]
        one.kill()
        one.start()
        assert httpx2.get(f"{one.url}/api/me", headers=shown, timeout=60).status_code == 200
        (listed,) = [s for s in accounts.open_sessions(survey, COMMUNE, answer_person(survey, cookie), by=None) if s.way == "password"]
        assert listed.browser == "Chrome · Android"
        assert httpx2.post(f"{two.url}/sign-out", headers={**shown, "Origin": two.url}, timeout=60).status_code == 303
        assert httpx2.get(f"{one.url}/api/me", headers=shown, timeout=60).status_code == 401


def answer_person(survey, cookie):
    """Whose the cookie is."""
    return accounts.find_session(survey, cookie).person.id
