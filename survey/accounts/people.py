"""Who has an account: adding, closing, the language, one-time links."""

import re
import secrets
import uuid
from collections.abc import Iterable
from datetime import date

from survey.accounts import passwords
from survey.accounts.granting import check_scope, grant_body
from survey.domain.canonical import sha256_hex
from survey.domain.grants import Grant, check_grant, require_reach
from survey.domain.people import LINK_LIFETIME, Actor, Person, Role, actor_id, require_manager
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import LAST_COORDINATOR, LOGIN_TAKEN, LOGIN_UNUSABLE, PERSON_UNKNOWN, Problem
from survey.domain.times import local_date
from survey.store import devices, people, sessions
from survey.store.grants import update_grant

_LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")


def create_person(
    survey: Survey,
    commune: str,
    *,
    by: Actor | None,
    login: str,
    name: str,
    role: Role,
    hamlets: Iterable[str] = (),
    locale: str = "vi",
    password: str | None = None,
    rounds: Iterable[str] = (),
    closes_on: date | None = None,
) -> Person:
    """Add an account; *by* is who manages people, None for the operator at the server's own terminal.

    Raises NOT_ALLOWED, LOGIN_UNUSABLE, LOGIN_TAKEN, PASSWORD_WEAK, PASSWORD_GUESSABLE, ROLE_OUT_OF_REACH, ROUNDS_FOR_APPRAISERS,
    UNTIL_PAST, HAMLET_UNKNOWN, ROUND_UNKNOWN.
    """
    require_manager(by, commune)
    grant = Grant(role, frozenset(hamlets), frozenset(rounds), closes_on)
    check_grant(by, grant, local_date(survey.now()))
    login = _checked_login(login)
    password_hash = None if password is None else passwords.make_hash(password, _habits(survey, commune, login, name))
    person, now = str(uuid.uuid4()), survey.now()
    with survey.transaction() as tx:
        check_scope(tx, commune, grant)
        if any(other.login == login for other in people.select_people(tx, commune)):
            raise Problem(LOGIN_TAKEN, login=login)
        people.insert_person(
            tx, commune, person, login=login, name=name.strip() or login, role=role, locale=locale,
            password_hash=password_hash, at=now,
        )  # fmt: skip
        update_grant(tx, commune, person, grant)
        tx.log(commune, "person_created", {"person": person, **grant_body(grant), "by": actor_id(by)})
        return known(tx, commune, person)


def disable_person(survey: Survey, commune: str, person: str, *, by: Actor | None, even_last: bool = False) -> None:
    """Close an account and end its sessions, links and phones at once.

    *even_last* also closes the last coordinator's, as a restore must whose list says that it was erased.
    Raises NOT_ALLOWED, PERSON_UNKNOWN, ROLE_OUT_OF_REACH, LAST_COORDINATOR.
    """
    require_manager(by, commune)
    now = survey.now()
    with survey.transaction() as tx:
        require_reach(by, known(tx, commune, person))
        if not even_last and people.select_open_coordinators(tx, commune) == {person}:
            raise Problem(LAST_COORDINATOR)
        if people.update_person_disabled(tx, commune, person, now):
            devices.update_devices_revoked(tx, commune, person, now)  # first, as opening a phone's link begins with its row too
            sessions.update_sessions_ended(tx, commune, person, now)
            people.update_links_used(tx, commune, person, now)
            tx.log(commune, "person_disabled", {"person": person, "by": actor_id(by)})


def set_locale(survey: Survey, actor: Actor, locale: str) -> None:
    """Remember the person's own language."""
    with survey.transaction() as tx:
        people.update_locale(tx, actor.commune, actor.person, locale)


def make_sign_in_link(survey: Survey, commune: str, person: str, *, by: Actor | None) -> str:
    """A path that signs *person* in once, within three days: `/sign-in/18844.<token>`; older links of the person stop working.

    Raises NOT_ALLOWED, ROLE_OUT_OF_REACH, PERSON_UNKNOWN (closed accounts included).
    """
    require_manager(by, commune)
    token, now = secrets.token_urlsafe(32), survey.now()
    with survey.transaction() as tx:
        found = known(tx, commune, person)
        if not found.is_open(now):
            raise Problem(PERSON_UNKNOWN)
        require_reach(by, found)
        people.update_own_links_used(tx, commune, person, now)
        people.insert_link(tx, commune, sha256_hex(token), person, at=now, until=now + LINK_LIFETIME)
        tx.log(commune, "sign_in_link_made", {"person": person, "by": actor_id(by)})
    return f"/sign-in/{commune}.{token}"


def known(tx: Transaction, commune: str, person: str) -> Person:
    """The account, closed or not. Raises PERSON_UNKNOWN."""
    found = people.select_person(tx, commune, person)
    if found is None:
        raise Problem(PERSON_UNKNOWN)
    return found


def _habits(survey: Survey, commune: str, login: str, name: str) -> list[str]:
    with survey.reading() as reader:
        return [login, name, commune, people.select_commune_sign(reader, commune)[0]]


def _checked_login(login: str) -> str:
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Problem(LOGIN_UNUSABLE)
    return login
