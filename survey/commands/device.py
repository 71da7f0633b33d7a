"""`device enroll|list|revoke`: enrolled phones, from the server's terminal."""

import argparse
import json
from collections.abc import Iterable

import segno

from survey import devices
from survey.commands import address, open_deployment, options_of_actions
from survey.domain.people import Device, Person, Role
from survey.domain.problems import PERSON_UNKNOWN, Problem
from survey.domain.times import optional_to_text, to_text
from survey.store.deployment import select_first_commune
from survey.store.devices import select_devices
from survey.store.people import select_commune_sign, select_people
from survey.wiring import Settings, Survey

SUMMARY = "enrol a phone, list the enrolled ones, or shut one out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`enroll [--user LOGIN] [--name LABEL]`, `list`, `revoke ID`; `--commune` where the deployment holds several."""
    common = options_of_actions(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    enroll = actions.add_parser("enroll", help="a new phone; prints its one-time link and its key, once", parents=[common])
    enroll.add_argument("--user", metavar="LOGIN", help="who carries it (default: the first inspector by login)")
    enroll.add_argument("--name", default="", help="what the coordinator calls it (default: the person's name)")
    actions.add_parser("list", help="every phone", parents=[common])
    actions.add_parser("revoke", help="shut a phone out at once", parents=[common]).add_argument("device", metavar="ID")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do the action. Raises PERSON_UNKNOWN, DEVICE_UNKNOWN, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = arguments.commune or select_first_commune(reader)
        people = {person.id: person for person in select_people(reader, commune)}
    if arguments.action == "enroll":
        _enroll(survey, commune, _carrier(people.values(), arguments.user), arguments)
    elif arguments.action == "list":
        with survey.reading() as reader:
            for device in select_devices(reader, commune):
                _print_device(device, people[device.person], as_json=arguments.json)
    else:
        device = devices.revoke(survey, commune, arguments.device, by=None)
        print(json.dumps({"device": device.id, "revoked": True}) if arguments.json else f"{device.name}: revoked")
    return 0


def _carrier(people: Iterable[Person], login: str | None) -> Person:
    for person in sorted(people, key=lambda person: person.login):
        if person.disabled_at is None and (person.login == login.lower() if login else person.role is Role.INSPECTOR):
            return person
    raise Problem(PERSON_UNKNOWN)


def _enroll(survey: Survey, commune: str, person: Person, arguments: argparse.Namespace) -> None:
    enrolled = devices.enrol(survey, commune, person.id, by=None, name=arguments.name)
    with survey.reading() as reader:
        project, _ = select_commune_sign(reader, commune)
    base = address(survey.settings)
    url, collect = base + enrolled.link, devices.collect_settings(base, enrolled.token, project)
    if arguments.json:
        print(json.dumps({
            "token": enrolled.token, "url": url, "collect_settings": collect, "device": enrolled.device, "username": enrolled.username,
        }))  # fmt: skip
        return
    print(f"{person.name} ({person.login}), phone {enrolled.device}\n\nOpen once on the phone, within three days: {url}\n")
    segno.make(url, error="l").terminal(compact=True)
    print(f"ODK Collect: {base}/key/{enrolled.token}/openrosa\nor user {enrolled.username} with the key {enrolled.token} as password.")
    print("The key is shown this once. Collect's settings:\n")
    segno.make(collect, error="l").terminal(compact=True)


def _print_device(device: Device, person: Person, *, as_json: bool) -> None:
    entry = {
        "device": device.id, "person": person.id, "login": person.login, "name": device.name, "username": device.username,
        "created_at": to_text(device.created_at), "enrolled_at": optional_to_text(device.enrolled_at),
        "seen_at": optional_to_text(device.seen_at), "revoked_at": optional_to_text(device.revoked_at),
    }  # fmt: skip
    if as_json:
        print(json.dumps(entry, ensure_ascii=False))
        return
    state = "revoked" if device.revoked_at else "awaited" if device.is_awaited else "enrolled"
    print("\t".join([device.id, person.login, state, entry["seen_at"] or "-", device.name]))
