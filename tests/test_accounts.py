"""Accounts: who may manage them, passwords, lifetimes of sessions, and what the log keeps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from survey import accounts
from survey.domain.people import Role
from survey.domain.problems import Problem
from tests.conftest import COMMUNE

PASSWORD = "mưa dầm thấm lâu"


class LaterSurvey:
    """The survey as it is some time later."""

    def __init__(self, survey, later):
        self._survey = survey
        self._later = later

    def now(self):
        """The clock, moved on."""
        return self._survey.now() + self._later

    def __getattr__(self, name):
        return getattr(self._survey, name)


def later(survey, **delta):
    return LaterSurvey(survey, timedelta(**delta))


def cookie_of(survey, person):
    link = accounts.make_sign_in_link(survey, COMMUNE, person, by=None)
    return accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie


def kind_of(call, *arguments, **named):
    with pytest.raises(Problem) as raised:
        call(*arguments, **named)
    return raised.value.kind.code


def test_only_coordinators_of_the_commune_manage(survey, reviewer, coordinator):
    """A reviewer may not, nor a coordinator of another commune."""
    new = {"login": "lan", "name": "Lan", "role": Role.INSPECTOR}
    stranger = replace(coordinator, commune="06979")

    assert kind_of(accounts.create_person, survey, COMMUNE, by=reviewer, **new) == "NOT_ALLOWED"
    assert kind_of(accounts.make_sign_in_link, survey, COMMUNE, "p-coordinator", by=reviewer) == "NOT_ALLOWED"
    assert kind_of(accounts.disable_person, survey, COMMUNE, "p-inspector", by=stranger) == "PERSON_UNKNOWN"
    assert accounts.create_person(survey, COMMUNE, by=coordinator, **new).login == "lan"
    assert kind_of(accounts.create_person, survey, COMMUNE, by=coordinator, **new) == "LOGIN_TAKEN"


@pytest.mark.parametrize("login", ["", "a", "Lan Nguyễn", "../x", "lan@x", ".lan", "x" * 41, "lan\nx"])
def test_logins_are_plain(survey, login):
    """What people type on any keyboard and any path can carry."""
    assert kind_of(accounts.create_person, survey, COMMUNE, by=None, login=login, name="", role=Role.REVIEWER) == "LOGIN_UNUSABLE"


@pytest.mark.parametrize("password", ["short", "ngắn quá", "x" * 201])
def test_passwords_of_unusable_length_are_refused(survey, password):
    """Too short to stand, or longer than is hashed."""
    new = {"login": "lan.nguyen", "name": "", "role": Role.REVIEWER, "password": password}

    assert kind_of(accounts.create_person, survey, COMMUNE, by=None, **new) == "PASSWORD_WEAK"


def test_password_is_stored_as_argon2id(survey):
    """The database holds no password."""
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)
    with survey.reading() as reader:
        stored = reader.row("SELECT password_hash FROM person WHERE login = 'lan'")["password_hash"]

    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_cookie_and_link_are_stored_as_hashes(survey):
    """Whoever reads the database cannot sign in with what is there."""
    cookie = cookie_of(survey, "p-reviewer")
    with survey.reading() as reader:
        rows = str(reader.rows("SELECT * FROM session")) + str(reader.rows("SELECT * FROM sign_in_link"))

    assert cookie.partition(".")[2] not in rows


def test_a_phone_stays_signed_in_for_thirty_days_of_silence(survey):
    """Use moves the end; silence ends it; ninety days end it in any case."""
    cookie = cookie_of(survey, "p-inspector")

    for day in range(20, 90, 20):
        assert accounts.find_session(later(survey, days=day), cookie) is not None
    assert accounts.find_session(later(survey, days=91), cookie) is None
    quiet = cookie_of(survey, "p-inspector")
    assert accounts.find_session(later(survey, days=31), quiet) is None


def test_a_desk_is_signed_out_over_night(survey):
    """Twelve hours of silence end a desk's session; work keeps it."""
    cookie, quiet = cookie_of(survey, "p-reviewer"), cookie_of(survey, "p-coordinator")

    assert accounts.find_session(later(survey, hours=11), cookie) is not None
    assert accounts.find_session(later(survey, hours=22), cookie) is not None
    assert accounts.find_session(later(survey, hours=13), quiet) is None


def test_looking_a_session_up_seldom_writes(survey):
    """A request does not cost a write."""
    cookie = cookie_of(survey, "p-reviewer")
    with survey.reading() as reader:
        before = reader.rows("SELECT expires_at FROM session")
    accounts.find_session(later(survey, minutes=20), cookie)
    with survey.reading() as reader:
        assert reader.rows("SELECT expires_at FROM session") == before
    accounts.find_session(later(survey, minutes=40), cookie)
    with survey.reading() as reader:
        assert reader.rows("SELECT expires_at FROM session") != before


@pytest.mark.parametrize("cookie", [None, "", ".", "18844", "18844.", "18844.x", "06979.secret", "x" * 5000, "18844.\x00"])
def test_made_up_cookies_are_nobody(survey, cookie):
    """Nonsense is not an error, it is nobody."""
    assert accounts.find_session(survey, cookie) is None
    accounts.sign_out(survey, cookie)


def test_changing_the_password_signs_the_other_browsers_out(survey):
    """The browser in hand stays; a session that somebody stole ends."""
    accounts.create_person(survey, COMMUNE, by=None, login="lan", name="", role=Role.REVIEWER, password=PASSWORD)
    here, there = accounts.sign_in(survey, "lan", PASSWORD).cookie, accounts.sign_in(survey, "lan", PASSWORD).cookie
    session = accounts.find_session(survey, here)

    assert kind_of(accounts.change_password, survey, session, here, old="wrong", new="có công mài sắt") == "SIGN_IN_WRONG"
    accounts.change_password(survey, session, here, old=PASSWORD, new="có công mài sắt")

    assert accounts.find_session(survey, here) is not None
    assert accounts.find_session(survey, there) is None
    assert kind_of(accounts.sign_in, survey, "lan", PASSWORD) == "SIGN_IN_WRONG"


def test_last_coordinator_stays(survey):
    """A commune is never left without anybody who can let people in."""
    assert kind_of(accounts.disable_person, survey, COMMUNE, "p-coordinator", by=None) == "LAST_COORDINATOR"
    accounts.create_person(survey, COMMUNE, by=None, login="second", name="", role=Role.COORDINATOR)
    accounts.disable_person(survey, COMMUNE, "p-coordinator", by=None)


def test_same_login_in_two_communes(survey):
    """The password tells which of two people of the same login it is."""
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at)"
            " SELECT '06979', name, province, border, source, demonstration, created_at FROM commune"
        )
    for commune, password in ((COMMUNE, "mưa dầm thấm lâu"), ("06979", "có công mài sắt")):
        accounts.create_person(survey, commune, by=None, login="lan", name="", role=Role.REVIEWER, password=password)

    assert accounts.sign_in(survey, "lan", "có công mài sắt").person.commune == "06979"
    assert accounts.sign_in(survey, "lan", "mưa dầm thấm lâu").person.commune == COMMUNE


def test_log_holds_ids_only(survey, coordinator):
    """Every change is an event; no name, login or secret is in it."""
    new = {"login": "lan", "name": "Nguyễn Thị Lan", "role": Role.REVIEWER, "password": PASSWORD}
    person = accounts.create_person(survey, COMMUNE, by=coordinator, **new)
    accounts.sign_out(survey, accounts.sign_in(survey, "lan", PASSWORD).cookie)
    link = accounts.make_sign_in_link(survey, COMMUNE, person.id, by=coordinator)
    accounts.disable_person(survey, COMMUNE, person.id, by=coordinator)
    with survey.reading() as reader:
        bodies = [row["body"] for row in reader.rows("SELECT body FROM event ORDER BY seq")]

    kinds = ["person_created", "signed_in", "signed_out", "sign_in_link_made", "person_disabled"]
    assert [kind for body in bodies for kind in kinds if f'"{kind}"' in body] == kinds
    for secret in ("Lan", "lan", PASSWORD, link.rpartition(".")[2]):
        assert secret not in "".join(bodies)
