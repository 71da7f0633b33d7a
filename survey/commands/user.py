"""`user add|set|disable|list|link|province|identity|reset-step`: the commune's people, from the server's terminal."""

import argparse
import json
from datetime import date
from typing import Any

from survey import accounts, identities, province, second_factor
from survey.commands import address, open_deployment, options_of_actions
from survey.domain.grants import Grant
from survey.domain.people import Person, Role
from survey.domain.places import Hamlet
from survey.domain.problems import HAMLET_UNKNOWN, PERSON_UNKNOWN, QUERY_UNUSABLE, Problem
from survey.domain.times import local_date, optional_to_text, to_text
from survey.store.deployment import select_first_commune
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.wiring import Settings, Survey

SUMMARY = "add, list or close people's accounts, or make a one-time sign-in link"
_SESSIONS = frozenset({"sessions", "end-sessions"})
_PROOFS = ("identity", "reset-step")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One action and mostly a login; `--commune` where there are several."""
    common = options_of_actions(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="a new account; prints its one-time sign-in link", parents=[common])
    add.add_argument("login")
    add.add_argument("--name", default="", help="as shown to others (default: the login)")
    add.add_argument("--role", choices=[role.value for role in Role], required=True)
    _add_scope(add, "")
    add.add_argument("--locale", choices=["vi", "en"], default="vi")
    for name, text in (("disable", "close an account and sign it out everywhere"), ("link", "a new one-time sign-in link"),
                       ("sessions", "where a person is signed in"), ("end-sessions", "sign a person out of every browser; phones stay")):
        actions.add_parser(name, help=text, parents=[common]).add_argument("login")
    add.add_argument("--province", action="store_true", help="sees all communes of the deployment side by side, as sums")
    change = actions.add_parser("set", help="change what an account was given; what is left out stays", parents=[common])
    change.add_argument("login")
    change.add_argument("--role", choices=[role.value for role in Role])
    _add_scope(change, None)
    access = actions.add_parser("province", help="who sees all communes side by side, as sums", parents=[common])
    access.add_argument("login")
    access.add_argument("allowed", choices=["on", "off"])
    actions.add_parser("list", help="every account", parents=[common])
    _add_proofs(actions, common)


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do the action. Raises the problems of `survey.accounts`, HAMLET_UNKNOWN, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = arguments.commune or select_first_commune(reader)
    if arguments.action == "list":
        with survey.reading() as reader:
            _print_people(select_people(reader, commune), as_json=arguments.json)
    elif arguments.action == "set":
        person = accounts.change_grant(survey, commune, *_changed(survey, commune, arguments), by=None)
        _print_people([person], as_json=arguments.json)
    elif arguments.action == "disable":
        accounts.disable_person(survey, commune, _find(survey, commune, arguments.login).id, by=None)
    elif arguments.action in _SESSIONS:
        _show_or_end_sessions(survey, commune, _find(survey, commune, arguments.login).id, arguments)
    elif arguments.action in _PROOFS:
        _change_proofs(survey, commune, _find(survey, commune, arguments.login).id, arguments)
    elif arguments.action == "province":
        province.set_access(survey, commune, _find(survey, commune, arguments.login).id, allowed=arguments.allowed == "on")
    else:
        person = _add(survey, commune, arguments) if arguments.action == "add" else _find(survey, commune, arguments.login)
        link = address(settings) + accounts.make_sign_in_link(survey, commune, person.id, by=None)
        print(json.dumps({"person": person.id, "login": person.login, "sign_in": link}) if arguments.json else f"{person.login}: {link}")
    return 0


def _show_or_end_sessions(survey: Survey, commune: str, person: str, arguments: argparse.Namespace) -> None:
    if arguments.action == "end-sessions":
        ended = accounts.end_sessions(survey, commune, person, by=None)
        print(json.dumps({"person": person, "ended": ended}) if arguments.json else f"{arguments.login}: {ended}")
        return
    for one in accounts.open_sessions(survey, commune, person, by=None):
        entry = {
            "session": one.id, "way": one.way, "browser": one.browser, "device": one.device, "begun_at": to_text(one.created_at),
            "seen_at": optional_to_text(one.seen_at), "ends_at": to_text(one.expires_at),
        }  # fmt: skip
        print(json.dumps(entry, ensure_ascii=False) if arguments.json else "\t".join(str(value or "-") for value in entry.values()))


def _add_proofs(actions: Any, common: argparse.ArgumentParser) -> None:
    identity = actions.add_parser("identity", help="the identity (OpenID Connect) that signs this account in", parents=[common])
    identity.add_argument("login")
    identity.add_argument("--issuer", default="", help="`iss` of the provider's ID token, an https address")
    identity.add_argument("--subject", default="", help="`sub` of the person there")
    identity.add_argument("--remove", action="store_true", help="unlink all identities of the account instead")
    reset = actions.add_parser("reset-step", help="take away the second step of a person whose phone is lost", parents=[common])
    reset.add_argument("login")


def _change_proofs(survey: Survey, commune: str, person: str, arguments: argparse.Namespace) -> None:
    """Raises IDENTITY_UNUSABLE, IDENTITY_TAKEN, SECOND_FACTOR_MISSING, PERSON_UNKNOWN."""
    if arguments.action == "reset-step":
        second_factor.reset(survey, commune, person, by=None)
    elif arguments.remove:
        identities.unlink(survey, commune, person, by=None)
    else:
        identities.link(survey, commune, person, arguments.issuer, arguments.subject)


def _add(survey: Survey, commune: str, arguments: argparse.Namespace) -> Person:
    with survey.reading() as reader:
        hamlets = select_hamlets(reader, commune, local_date(survey.now()))
    person = accounts.create_person(
        survey, commune, by=None, login=arguments.login, name=arguments.name, role=Role(arguments.role),
        hamlets=_chosen(arguments.hamlets, hamlets), locale=arguments.locale, rounds=_listed(arguments.rounds),
        closes_on=_day(arguments.until),
    )  # fmt: skip
    if arguments.province:
        province.set_access(survey, commune, person.id, allowed=True)
    return person


def _add_scope(parser: argparse.ArgumentParser, default: str | None) -> None:
    words = "ids separated by commas, or `all` of today's; an inspector without any sees none"
    parser.add_argument("--hamlets", default=default, help=words)
    parser.add_argument("--rounds", default=default, help="ids separated by commas: whose evidence an appraiser reads; without any, none")
    parser.add_argument("--until", default=default, help="last day on which the account works, as 2026-12-31; `` for no end")


def _changed(survey: Survey, commune: str, arguments: argparse.Namespace) -> tuple[str, Grant]:
    """The account and what it is given from now on: what no option names stays, but rounds go with the appraiser's role."""
    person = _find(survey, commune, arguments.login)
    with survey.reading() as reader:
        hamlets = select_hamlets(reader, commune, local_date(survey.now()))
    role = person.role if arguments.role is None else Role(arguments.role)
    rounds = _listed(arguments.rounds) if arguments.rounds is not None else person.rounds if role is Role.APPRAISER else []
    return person.id, Grant(
        role, person.hamlets if arguments.hamlets is None else frozenset(_chosen(arguments.hamlets, hamlets)), frozenset(rounds),
        person.closes_on if arguments.until is None else _day(arguments.until),
    )  # fmt: skip


def _listed(wanted: str) -> list[str]:
    return [name.strip() for name in wanted.split(",") if name.strip()]


def _day(wanted: str) -> date | None:
    try:
        return date.fromisoformat(wanted) if wanted else None
    except ValueError:
        raise Problem(QUERY_UNUSABLE, name="until", value=wanted[:40]) from None


def _chosen(wanted: str, hamlets: list[Hamlet]) -> list[str]:
    known = [hamlet.id for hamlet in hamlets]
    if wanted == "all":
        return known
    chosen = _listed(wanted)
    for hamlet in chosen:
        if hamlet not in known:
            raise Problem(HAMLET_UNKNOWN, id=hamlet)
    return chosen


def _find(survey: Survey, commune: str, login: str) -> Person:
    with survey.reading() as reader:
        people = {person.login: person for person in select_people(reader, commune)}
    if login.lower() not in people:
        raise Problem(PERSON_UNKNOWN)
    return people[login.lower()]


def _print_people(people: list[Person], *, as_json: bool) -> None:
    for person in people:
        entry = {
            "person": person.id, "login": person.login, "name": person.name, "role": person.role.value, "locale": person.locale,
            "hamlets": sorted(person.hamlets), "has_password": person.has_password, "disabled_at": optional_to_text(person.disabled_at),
            "province": person.province, "rounds": sorted(person.rounds), "closes_on": person.closes_on and person.closes_on.isoformat(),
        }  # fmt: skip
        if as_json:
            print(json.dumps(entry, ensure_ascii=False))
        else:
            hamlets = ",".join(sorted(person.hamlets)) or "-"
            print("\t".join([person.login, person.role.value, hamlets, person.name, "closed" if person.disabled_at else "open"]))
