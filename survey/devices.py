"""Enrolled phones: a token and a one-time link for each, what may be done behind them, and their end.

A phone gets in by its link, which starts a session in its browser (`survey.accounts`), or by its token: in the path for ODK Collect, as a
bearer token for programs, as the password of Digest and Basic (OpenRosa only). Tokens are 256 random bits, so that guessing them needs no
throttle, and are stored as SHA-256. Digest needs its HA1 (RFC 2617) besides, which opens the OpenRosa door to whoever reads the database.
Whatever the person's role is, a phone may do what an inspector may: phones get lost.
"""

import base64
import hashlib
import json
import re
import secrets
import uuid
import zlib
from datetime import datetime
from typing import NamedTuple

from survey.domain.canonical import sha256_hex
from survey.domain.grants import require_reach
from survey.domain.people import ABILITIES, LINK_LIFETIME, SEEN_EVERY, Ability, Actor, Device, actor_id, require_manager, split_secret
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import DEVICE_UNKNOWN, PERSON_UNKNOWN, PHONE_NOT_FOR_ROLE, Problem
from survey.store import devices, people, sessions

REALM = "survey"  # of Digest and Basic: it is part of every stored HA1, so it never changes
LONGEST_NAME = 80
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"  # nothing that is misread: no i, l, o, u
_USERNAME_LETTERS = 8
_USERNAME = re.compile(r"([0-9A-Za-z]+)-[0-9a-z]{8}")


class Enrolled(NamedTuple):
    """A new phone: its id, its token, shown this once, its name on the wire, and the path of its one-time link."""

    device: str
    token: str
    username: str
    link: str


class KnownDevice(NamedTuple):
    """Who acts behind a phone, and the MD5 of `username:realm:token` that its Digest answers are made with."""

    actor: Actor
    ha1: str


def enrol(survey: Survey, commune: str, person: str, *, by: Actor | None, name: str) -> Enrolled:
    """Add a phone for *person*; *by* is who manages people, None for the operator at the server's own terminal.

    Raises NOT_ALLOWED, PERSON_UNKNOWN (closed accounts included), ROLE_OUT_OF_REACH, PHONE_NOT_FOR_ROLE for who may not capture.
    """
    require_manager(by, commune)
    secret, now = secrets.token_urlsafe(32), survey.now()
    token = f"{commune}.{secret}"
    username = f"{commune}-{''.join(secrets.choice(_CROCKFORD) for _ in range(_USERNAME_LETTERS))}"
    with survey.transaction() as tx:
        carrier = people.select_person(tx, commune, person)
        if carrier is None or not carrier.is_open(now):
            raise Problem(PERSON_UNKNOWN)
        require_reach(by, carrier)
        if Ability.CAPTURE not in ABILITIES[carrier.role]:
            raise Problem(PHONE_NOT_FOR_ROLE)
        device = Device(commune, str(uuid.uuid4()), person, name.strip()[:LONGEST_NAME] or carrier.name, username, now, None, None, None)
        devices.insert_device(tx, device, token_hash=sha256_hex(secret), digest_ha1=_ha1(username, token))
        tx.log(commune, "device_enrolled", {"device": device.id, "person": person, "by": actor_id(by)})
        return Enrolled(device.id, token, username, _insert_link(survey, tx, device))


def renew_link(survey: Survey, commune: str, device: str, *, by: Actor | None) -> str:
    """The path of a new one-time link for a phone whose link was not opened in time, or was opened in the wrong browser.

    Older links of the phone stop working. Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH, DEVICE_UNKNOWN (revoked ones included).
    """
    require_manager(by, commune)
    with survey.transaction() as tx:
        found = devices.select_device(tx, commune, device)
        if found is None or found.revoked_at is not None:
            raise Problem(DEVICE_UNKNOWN)
        _require_carrier(tx, found, by)
        people.update_device_links_used(tx, commune, device, survey.now())
        tx.log(commune, "device_link_made", {"device": device, "by": actor_id(by)})
        return _insert_link(survey, tx, found)


def revoke(survey: Survey, commune: str, device: str, *, by: Actor | None) -> Device:
    """End a phone's access: its token, sessions and links are useless with the next request; a second time nothing happens.

    *by* is who manages people, or the phone's own person in a browser (a phone must not shut out another). Returns the phone as it was.
    Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH, DEVICE_UNKNOWN.
    """
    now = survey.now()
    with survey.transaction() as tx:
        found = devices.select_device(tx, commune, device)
        is_own = by is not None and found is not None and by.device is None and (by.commune, by.person) == (commune, found.person)
        if not is_own:
            require_manager(by, commune)
        if found is None:
            raise Problem(DEVICE_UNKNOWN)
        if not is_own:
            _require_carrier(tx, found, by)
        if devices.update_device_revoked(tx, commune, device, now):
            sessions.update_device_sessions_ended(tx, commune, device, now)
            people.update_device_links_used(tx, commune, device, now)
            tx.log(commune, "device_revoked", {"device": device, "by": actor_id(by)})
        return found


def find_by_token(survey: Survey, token: str) -> Actor | None:
    """Who acts behind the phone with that token; None where it is unknown or revoked, or the account closed."""
    commune, token_hash = split_secret(token)
    with survey.reading() as reader:
        device = devices.select_device_by_token(reader, commune, token_hash)
        actor = None if device is None else _actor(reader, device, survey.now())
    if device is not None and actor is not None:
        _touch(survey, device)
    return actor


def was_revoked(survey: Survey, cookie: str | None) -> bool:
    """Whether the cookie `<commune>.<secret>` opened a phone that is revoked: its owner is told so, not sent to sign in."""
    commune, token_hash = split_secret(cookie or "")
    with survey.reading() as reader:
        device = devices.select_device_of_session(reader, commune, token_hash)
    return device is not None and device.revoked_at is not None


def find_by_username(survey: Survey, username: str) -> KnownDevice | None:
    """The phone called *username* on the wire, before it has proved to know its token; None where it is unknown, revoked or closed.

    Whoever has checked the proof calls `mark_seen`.
    """
    shape = _USERNAME.fullmatch(username)
    if shape is None:
        return None
    with survey.reading() as reader:
        found = devices.select_device_by_username(reader, shape[1], username)
        actor = None if found is None else _actor(reader, found[0], survey.now())
    return None if found is None or actor is None else KnownDevice(actor, found[1])


def mark_seen(survey: Survey, actor: Actor) -> None:
    """Remember that something came from the phone that *actor* acts behind: a write now and then, not one a request."""
    if actor.device is None:
        return
    with survey.reading() as reader:
        device = devices.select_device(reader, actor.commune, actor.device)
    if device is not None:
        _touch(survey, device)


def collect_settings(address: str, token: str, project: str) -> str:
    """The text of the QR code that sets up ODK Collect: https://docs.getodk.org/collect-import-export/.

    *address* is the application's own, *project* what Collect calls it. The text holds the token in the clear.
    """
    settings = {
        "general": {
            "server_url": f"{address}/key/{token}/openrosa",
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
            "image_size": "original",
            "app_language": "vi",
            "delete_send": False,
        },
        "admin": {},
        "project": {"name": project},
    }
    return base64.b64encode(zlib.compress(json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode(), 9)).decode()


def _require_carrier(tx: Transaction, device: Device, by: Actor | None) -> None:
    carrier = people.select_person(tx, device.commune, device.person)
    if carrier is not None:
        require_reach(by, carrier)


def _insert_link(survey: Survey, tx: Transaction, device: Device) -> str:
    code, now = secrets.token_urlsafe(32), survey.now()
    people.insert_link(tx, device.commune, sha256_hex(code), device.person, at=now, until=now + LINK_LIFETIME, device=device.id)
    return f"/sign-in/{device.commune}.{code}"


def _actor(reader: Reader, device: Device, now: datetime) -> Actor | None:
    person = people.select_person(reader, device.commune, device.person)
    return None if person is None or not person.is_open(now) else person.behind(device.id)


def _touch(survey: Survey, device: Device) -> None:
    now = survey.now()
    if device.seen_at is None or now - device.seen_at >= SEEN_EVERY:
        with survey.transaction() as tx:
            devices.update_device_seen(tx, device.commune, device.id, now)


def _ha1(username: str, token: str) -> str:
    return hashlib.md5(f"{username}:{REALM}:{token}".encode(), usedforsecurity=False).hexdigest()
