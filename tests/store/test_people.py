"""Rows of people, sessions and links on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.people import Role, Session
from survey.store import people, sessions
from tests.conftest import COMMUNE, HAMLETS, seed

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def peopled(store):
    """A store with the seeded commune."""
    seed(store)
    return store


def test_person_comes_back_with_hamlets_and_scope(peopled):
    """What was written is read; an inspector without hamlets reaches none, a reviewer all."""
    with peopled.transaction() as tx:
        people.insert_person(tx, COMMUNE, "p1", login="lan", name="Lan", role=Role.INSPECTOR, locale="vi", password_hash=None, at=NOW)
        nobody = people.select_person(tx, COMMUNE, "p1")
        people.update_person_hamlets(tx, COMMUNE, "p1", [HAMLETS[1], HAMLETS[1]])
    with peopled.reading() as reader:
        lan = people.select_person(reader, COMMUNE, "p1")
        reviewer = people.select_person(reader, COMMUNE, "p-reviewer")

    assert nobody.actor.hamlets == frozenset()
    assert not nobody.actor.reaches(HAMLETS[0])
    assert lan.actor.hamlets == {HAMLETS[1]}
    assert (lan.has_password, lan.created_at, lan.disabled_at) == (False, NOW, None)
    assert reviewer.actor.hamlets is None


def test_a_login_is_unique_in_its_commune(peopled):
    """The database refuses a second account of the same login."""
    with pytest.raises(Exception, match=r"(?i)unique"), peopled.transaction() as tx:
        people.insert_person(tx, COMMUNE, "p2", login="reviewer", name="", role=Role.REVIEWER, locale="vi", password_hash=None, at=NOW)


def begin(tx, token, *, until, at=NOW):
    """A signed-in browser of the reviewer."""
    person = people.select_person(tx, COMMUNE, "p-reviewer")
    sessions.insert_session(tx, token, Session(person, at, until, id=f"id-{token}", way="password", browser="Firefox · Linux"))


def test_session_ends_by_time_by_sign_out_and_with_its_account(peopled):
    """A session is found only while it may be used."""
    until = NOW + timedelta(hours=1)
    with peopled.transaction() as tx:
        for token in ("a", "b"):
            begin(tx, token, until=until)
        assert sessions.select_session(tx, COMMUNE, "a", NOW).person.id == "p-reviewer"
        assert sessions.select_session(tx, COMMUNE, "a", until) is None
        assert sessions.select_session(tx, "06979", "a", NOW) is None
        sessions.update_session_seen(tx, COMMUNE, "a", NOW, until + timedelta(hours=1))
        assert sessions.select_session(tx, COMMUNE, "a", until) is not None
        assert sessions.update_session_ended(tx, COMMUNE, "a", NOW) == "p-reviewer"
        assert sessions.update_session_ended(tx, COMMUNE, "a", NOW) is None
        assert sessions.select_session(tx, COMMUNE, "a", NOW) is None
        assert people.update_person_disabled(tx, COMMUNE, "p-reviewer", NOW)
        assert not people.update_person_disabled(tx, COMMUNE, "p-reviewer", NOW)
        assert sessions.select_session(tx, COMMUNE, "b", NOW) is None


def test_other_sessions_of_a_person_end_but_one(peopled):
    """Changing the password keeps the browser in hand signed in."""
    with peopled.transaction() as tx:
        for token in ("here", "there"):
            begin(tx, token, until=NOW + timedelta(hours=1))
        sessions.update_browsers_ended(tx, COMMUNE, "p-reviewer", NOW, but="here")

        assert sessions.select_session(tx, COMMUNE, "here", NOW) is not None
        assert sessions.select_session(tx, COMMUNE, "there", NOW) is None


def test_link_is_used_once(peopled):
    """The second use touches no row."""
    with peopled.transaction() as tx:
        people.insert_link(tx, COMMUNE, "t", "p-inspector", at=NOW, until=NOW + timedelta(days=3))
        assert people.select_link(tx, COMMUNE, "t", NOW).person.login == "inspector"
        assert people.select_link(tx, COMMUNE, "t", NOW + timedelta(days=3)) is None
        assert people.update_link_used(tx, COMMUNE, "t", NOW)
        assert not people.update_link_used(tx, COMMUNE, "t", NOW)
        assert people.select_link(tx, COMMUNE, "t", NOW) is None


def test_old_sessions_and_links_are_forgotten(peopled):
    """Personal traces go when they are of no more use."""
    with peopled.transaction() as tx:
        begin(tx, "old", at=NOW - timedelta(days=90), until=NOW - timedelta(days=60))
        people.insert_link(tx, COMMUNE, "old", "p-reviewer", at=NOW - timedelta(days=90), until=NOW - timedelta(days=60))
        sessions.delete_sessions_expired(tx, COMMUNE, NOW - timedelta(days=30))

        assert tx.rows("SELECT 1 AS x FROM session UNION ALL SELECT 1 AS x FROM sign_in_link") == []


def test_closed_accounts_come_last(peopled):
    """The list shows who works now first."""
    with peopled.transaction() as tx:
        people.update_person_disabled(tx, COMMUNE, "p-coordinator", NOW)
        listed = [person.login for person in people.select_people(tx, COMMUNE)]

    assert listed == ["inspector", "reviewer", "coordinator"]
