"""`user add|disable|list|link|province`: the commune's people, from the server's terminal."""

import argparse
import json

from survey import accounts, province
from survey.commands import address, open_deployment, options_of_actions
from survey.domain.people import Person, Role
from survey.domain.places import Hamlet
from survey.domain.problems import HAMLET_UNKNOWN, PERSON_UNKNOWN, Problem
from survey.domain.times import local_date, optional_to_text
from survey.store.deployment import select_first_commune
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.wiring import Settings, Survey

SUMMARY = "add, list or close people's accounts, or make a one-time sign-in link"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add LOGIN --role …`, `disable LOGIN`, `list`, `link LOGIN`, `province LOGIN on|off`; `--commune` where there are several."""
    common = options_of_actions(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="a new account; prints its one-time sign-in link", parents=[common])
    add.add_argument("login")
    add.add_argument("--name", default="", help="as shown to others (default: the login)")
    add.add_argument("--role", choices=[role.value for role in Role], required=True)
    add.add_argument("--hamlets", default="", help="ids separated by commas, or `all` of today's; an inspector without any sees none")
    add.add_argument("--locale", choices=["vi", "en"], default="vi")
    for name, text in (("disable", "close an account and sign it out everywhere"), ("link", "a new one-time sign-in link")):
        actions.add_parser(name, help=text, parents=[common]).add_argument("login")
    add.add_argument("--province", action="store_true", help="sees all communes of the deployment side by side, as sums")
    access = actions.add_parser("province", help="who sees all communes side by side, as sums", parents=[common])
    access.add_argument("login")
    access.add_argument("allowed", choices=["on", "off"])
    actions.add_parser("list", help="every account", parents=[common])


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do the action. Raises the problems of `survey.accounts`, HAMLET_UNKNOWN, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = arguments.commune or select_first_commune(reader)
    if arguments.action == "list":
        with survey.reading() as reader:
            _print_people(select_people(reader, commune), as_json=arguments.json)
    elif arguments.action == "disable":
        accounts.disable_person(survey, commune, _find(survey, commune, arguments.login).id, by=None)
    elif arguments.action == "province":
        province.set_access(survey, commune, _find(survey, commune, arguments.login).id, allowed=arguments.allowed == "on")
    else:
        person = _add(survey, commune, arguments) if arguments.action == "add" else _find(survey, commune, arguments.login)
        link = address(settings) + accounts.make_sign_in_link(survey, commune, person.id, by=None)
        print(json.dumps({"person": person.id, "login": person.login, "sign_in": link}) if arguments.json else f"{person.login}: {link}")
    return 0


def _add(survey: Survey, commune: str, arguments: argparse.Namespace) -> Person:
    with survey.reading() as reader:
        hamlets = select_hamlets(reader, commune, local_date(survey.now()))
    person = accounts.create_person(
        survey, commune, by=None, login=arguments.login, name=arguments.name, role=Role(arguments.role),
        hamlets=_chosen(arguments.hamlets, hamlets), locale=arguments.locale,
    )  # fmt: skip
    if arguments.province:
        province.set_access(survey, commune, person.id, allowed=True)
    return person


def _chosen(wanted: str, hamlets: list[Hamlet]) -> list[str]:
    known = [hamlet.id for hamlet in hamlets]
    if wanted == "all":
        return known
    chosen = [name.strip() for name in wanted.split(",") if name.strip()]
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
            "province": person.province,
        }  # fmt: skip
        if as_json:
            print(json.dumps(entry, ensure_ascii=False))
        else:
            hamlets = ",".join(sorted(person.hamlets)) or "-"
            print("\t".join([person.login, person.role.value, hamlets, person.name, "closed" if person.disabled_at else "open"]))
