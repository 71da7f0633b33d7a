"""`round`: the survey campaigns of a commune; before and after are two rounds."""

import argparse
import json
from datetime import date

from survey.commands import open_deployment, operator, options_of_actions
from survey.establish import add_round
from survey.store.deployment import select_first_commune, select_rounds
from survey.wiring import Settings, Survey

SUMMARY = "the survey rounds of a commune: add one, list them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add ID --from DATE --to DATE [--name NAME]`, or `list`."""
    common = options_of_actions(parser, commune=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="every round with its days", parents=[common])
    add = actions.add_parser("add", help="a new round; what was captured within it belongs to it", parents=[common])
    add.add_argument("id", metavar="ID", help="such as 2026-1")
    add.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True, metavar="DATE", help="first day, 2026-03-01")
    add.add_argument("--to", dest="ends_on", type=date.fromisoformat, required=True, metavar="DATE", help="last day")
    add.add_argument("--name", help="as people call it (default: the id)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do what was asked. Raises ROUND_UNUSABLE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = select_first_commune(reader)
    if arguments.action == "add":
        name = arguments.name or arguments.id
        moved = add_round(survey, operator(commune), arguments.id, name, arguments.starts_on, arguments.ends_on)
        print(json.dumps({"round": arguments.id, "submissions": moved}) if arguments.json else f"{arguments.id}: {moved} submissions")
    else:
        _list(survey, commune, as_json=arguments.json)
    return 0


def _list(survey: Survey, commune: str, *, as_json: bool) -> None:
    with survey.reading() as reader:
        rounds = select_rounds(reader, commune)
    for row in rounds:
        plain = f"{row['round']}: {row['name']}, {row['starts_on']} – {row['ends_on']}"
        print(json.dumps(dict(row), ensure_ascii=False) if as_json else plain)
