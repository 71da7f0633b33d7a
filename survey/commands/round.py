"""`round`: the survey campaigns of a commune; before and after are two rounds."""

import argparse
import json
from datetime import date

from survey.commands import open_deployment, operator, options_of_actions
from survey.domain.problems import ROUND_UNKNOWN, Problem
from survey.establish import add_round, correct_round
from survey.store.deployment import select_first_commune, select_rounds
from survey.wiring import Settings, Survey

SUMMARY = "the survey rounds of a commune: add one, correct one, list them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add ID --from DATE --to DATE [--name NAME]`, `correct ID` with what changes, or `list`."""
    common = options_of_actions(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="every round with its days", parents=[common])
    add = actions.add_parser("add", help="a new round; what was captured within it belongs to it", parents=[common])
    correct = actions.add_parser("correct", help="other days or another name; what belongs to the round follows", parents=[common])
    for action, needed in ((add, True), (correct, False)):
        action.add_argument("id", metavar="ID", help="such as 2026-1")
        action.add_argument(
            "--from", dest="starts_on", type=date.fromisoformat, required=needed, metavar="DATE", help="first day, 2026-03-01"
        )
        action.add_argument("--to", dest="ends_on", type=date.fromisoformat, required=needed, metavar="DATE", help="last day")
        action.add_argument("--name", help="as people call it (default of a new one: the id)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do what was asked. Raises ROUND_UNUSABLE, ROUND_UNKNOWN, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = arguments.commune or select_first_commune(reader)
    if arguments.action == "list":
        _list(survey, commune, as_json=arguments.json)
        return 0
    moved = (_add if arguments.action == "add" else _correct)(survey, commune, arguments)
    print(json.dumps({"round": arguments.id, "submissions": moved}) if arguments.json else f"{arguments.id}: {moved} submissions")
    return 0


def _add(survey: Survey, commune: str, given: argparse.Namespace) -> int:
    return add_round(survey, operator(commune), given.id, given.name or given.id, given.starts_on, given.ends_on)


def _correct(survey: Survey, commune: str, given: argparse.Namespace) -> int:
    with survey.reading() as reader:
        known = {row["round"]: row for row in select_rounds(reader, commune)}
    if given.id not in known:
        raise Problem(ROUND_UNKNOWN, round=given.id[:40])
    row = known[given.id]
    begin, end = (getattr(given, name) or date.fromisoformat(row[name]) for name in ("starts_on", "ends_on"))
    return correct_round(survey, operator(commune), given.id, given.name or row["name"], begin, end, seen=row)


def _list(survey: Survey, commune: str, *, as_json: bool) -> None:
    with survey.reading() as reader:
        rounds = select_rounds(reader, commune)
    for row in rounds:
        plain = f"{row['round']}: {row['name']}, {row['starts_on']} – {row['ends_on']}"
        print(json.dumps(dict(row), ensure_ascii=False) if as_json else plain)
