"""Rows of enrolled phones with their sessions and links, on both engines."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.domain.people import Device, Session
from survey.store import devices, people, sessions
from tests.conftest import COMMUNE, seed

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def peopled(store):
    """A store with the seeded commune and one phone of the inspector."""
    seed(store)
    with store.transaction() as tx:
        add(tx, "d1")
    return store


def add(tx, device, person="p-inspector", username=None):
    made = Device(COMMUNE, device, person, f"Máy {device}", username or f"{COMMUNE}-{device}", NOW, None, None, None)
    devices.insert_device(tx, made, token_hash=f"hash-{device}", digest_ha1=f"ha1-{device}")
    return made


def test_a_phone_comes_back_as_written(peopled):
    """By its id, its token's hash, and its name on the wire with the HA1."""
    made = Device(COMMUNE, "d1", "p-inspector", "Máy d1", f"{COMMUNE}-d1", NOW, None, None, None)
    with peopled.reading() as reader:
        assert devices.select_device(reader, COMMUNE, "d1") == made
        assert devices.select_device_by_token(reader, COMMUNE, "hash-d1") == made
        assert devices.select_device_by_username(reader, COMMUNE, f"{COMMUNE}-d1") == (made, "ha1-d1")
        assert devices.select_device(reader, "06979", "d1") is None
        assert devices.select_device_by_token(reader, "06979", "hash-d1") is None
        assert devices.select_device_by_username(reader, "06979", f"{COMMUNE}-d1") is None
    assert made.is_awaited


@pytest.mark.parametrize("twin", [("d2", "hash-d1", "other"), ("d2", "hash-d2", f"{COMMUNE}-d1")])
def test_token_and_wire_name_are_unique(peopled, twin):
    """The database refuses a second phone of the same token or name."""
    device, token_hash, username = twin
    made = Device(COMMUNE, device, "p-inspector", "", username, NOW, None, None, None)
    with pytest.raises(Exception, match=r"(?i)unique"), peopled.transaction() as tx:
        devices.insert_device(tx, made, token_hash=token_hash, digest_ha1="")


def test_what_happened_to_a_phone_is_kept(peopled):
    """Opened, seen, revoked; after the revocation nothing of it changes and nothing finds it."""
    with peopled.transaction() as tx:
        assert devices.update_device_enrolled(tx, COMMUNE, "d1", NOW)
        devices.update_device_seen(tx, COMMUNE, "d1", LATER)
        found = devices.select_device(tx, COMMUNE, "d1")
        assert (found.enrolled_at, found.seen_at, found.is_awaited) == (NOW, LATER, False)
        assert devices.update_device_revoked(tx, COMMUNE, "d1", LATER)
        assert not devices.update_device_revoked(tx, COMMUNE, "d1", NOW)
        assert not devices.update_device_enrolled(tx, COMMUNE, "d1", NOW)
        devices.update_device_seen(tx, COMMUNE, "d1", NOW)
        found = devices.select_device(tx, COMMUNE, "d1")
        assert (found.enrolled_at, found.seen_at, found.revoked_at) == (NOW, LATER, LATER)
        assert devices.select_device_by_token(tx, COMMUNE, "hash-d1") is None
        assert devices.select_device_by_username(tx, COMMUNE, f"{COMMUNE}-d1") is None


def test_all_phones_of_a_person_are_revoked_together(peopled):
    """Another person's phone stays."""
    with peopled.transaction() as tx:
        add(tx, "d2")
        add(tx, "d3", person="p-reviewer")
        devices.update_devices_revoked(tx, COMMUNE, "p-inspector", NOW)

        assert [device.revoked_at for device in devices.select_devices(tx, COMMUNE)] == [NOW, NOW, None]


def begin(tx, token, device):
    """A signed-in browser of the inspector, an enrolled phone's where *device* says so."""
    person = people.select_person(tx, COMMUNE, "p-inspector")
    sessions.insert_session(tx, token, Session(person, NOW, LATER, device, id=f"id-{token}"))


def test_a_session_of_a_phone_knows_it_and_ends_with_it(peopled):
    """Also one that began in the same moment and was not among those that the revocation ended."""
    with peopled.transaction() as tx:
        begin(tx, "s", "d1")
        devices.update_device_seen(tx, COMMUNE, "d1", NOW)
        session = sessions.select_session(tx, COMMUNE, "s", NOW)
        assert (session.device, session.device_seen_at) == ("d1", NOW)
        devices.update_device_revoked(tx, COMMUNE, "d1", NOW)
        assert sessions.select_session(tx, COMMUNE, "s", NOW) is None


def test_sessions_of_one_phone_end_without_the_others(peopled):
    """The person's browser and other phones stay signed in."""
    with peopled.transaction() as tx:
        add(tx, "d2")
        for token, device in (("one", "d1"), ("two", "d2"), ("desk", None)):
            begin(tx, token, device)
        sessions.update_device_sessions_ended(tx, COMMUNE, "d1", NOW)
        found = {token: sessions.select_session(tx, COMMUNE, token, NOW) is not None for token in ("one", "two", "desk")}
        assert found == {"one": False, "two": True, "desk": True}
        sessions.update_browsers_ended(tx, COMMUNE, "p-inspector", NOW, but="")
        assert sessions.select_session(tx, COMMUNE, "two", NOW) is not None
        assert sessions.select_session(tx, COMMUNE, "desk", NOW) is None
        sessions.update_sessions_ended(tx, COMMUNE, "p-inspector", NOW)
        assert sessions.select_session(tx, COMMUNE, "two", NOW) is None


def test_links_of_phones_and_of_people_do_not_use_each_other_up(peopled):
    """A new sign-in link leaves a phone's link alone, and the other way round; a revoked phone's link is none."""
    with peopled.transaction() as tx:
        for token, device in (("phone", "d1"), ("own", None)):
            people.insert_link(tx, COMMUNE, token, "p-inspector", at=NOW, until=LATER, device=device)
        link = people.select_link(tx, COMMUNE, "phone", NOW)
        assert (link.person.id, link.device, link.device_name) == ("p-inspector", "d1", "Máy d1")
        assert people.select_link(tx, COMMUNE, "own", NOW).device is None
        people.update_own_links_used(tx, COMMUNE, "p-inspector", NOW)
        assert people.select_link(tx, COMMUNE, "own", NOW) is None
        assert people.select_link(tx, COMMUNE, "phone", NOW) is not None
        devices.update_device_revoked(tx, COMMUNE, "d1", NOW)
        assert people.select_link(tx, COMMUNE, "phone", NOW) is None


def test_a_phones_link_is_used_up_by_phone_and_by_person(peopled):
    """Renewing uses up the phone's links, closing the account all of them."""
    with peopled.transaction() as tx:
        add(tx, "d2")
        for token, device in (("one", "d1"), ("two", "d2")):
            people.insert_link(tx, COMMUNE, token, "p-inspector", at=NOW, until=LATER, device=device)
        people.update_device_links_used(tx, COMMUNE, "d1", NOW)
        assert people.select_link(tx, COMMUNE, "one", NOW) is None
        assert people.select_link(tx, COMMUNE, "two", NOW) is not None
        people.update_links_used(tx, COMMUNE, "p-inspector", NOW)
        assert people.select_link(tx, COMMUNE, "two", NOW) is None
