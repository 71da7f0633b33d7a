"""`init`: a commune in a deployment, the first one or one more, with its first coordinator."""

import argparse
import json
from pathlib import Path

from survey import accounts, signing
from survey.commands import address
from survey.domain.people import Role
from survey.establish import establish
from survey.wiring import Settings, open_survey

SUMMARY = "an empty deployment for a commune, or one more commune in it, with its first coordinator's one-time sign-in link"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--commune CODE` by its official code, `--place FILE.yaml` where schema/places does not know it."""
    parser.add_argument("--commune", required=True, help="official code, 18844 for Kỳ Thượng in Hà Tĩnh")
    parser.add_argument("--place", type=Path, metavar="FILE.yaml", help="the commune in the keys of schema/places, its border beside it")
    parser.add_argument("--login", default="coordinator", help="the first coordinator's login")
    parser.add_argument("--name", default="Điều phối viên", help="the first coordinator's name")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Establish the commune, make the key that seals its bundles where there is none, and print the link."""
    survey = open_survey(settings)
    commune = establish(survey, settings.schema, arguments.commune, place_file=arguments.place)
    key = signing.ensure(survey)
    person = accounts.create_person(survey, commune.code, by=None, login=arguments.login, name=arguments.name, role=Role.COORDINATOR)
    link = address(settings) + accounts.make_sign_in_link(survey, commune.code, person.id, by=None)
    if arguments.json:
        about = {"commune": commune.code, "name": commune.name, "login": arguments.login, "sign_in": link, "key": key.fingerprint}
        print(json.dumps(about, ensure_ascii=False))
    else:
        print(f"{commune.name} ({commune.code}): {settings.data}\n{arguments.login}: {link}\nsealing key: {key.fingerprint}")
    return 0
