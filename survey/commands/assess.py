"""`assess`: every verdict with its basis."""

import argparse
import json
from datetime import date

from survey.assess import assess
from survey.commands import open_deployment, operator
from survey.domain.verdicts import Basis, Verdict, verdict_document
from survey.store.deployment import select_first_commune
from survey.wiring import Settings

SUMMARY = "say for every criterion whether it is met, not met or not decided, and on what basis"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Choose edition, hamlet and day."""
    parser.add_argument("--edition", metavar="ID", help="one edition (default: all in force on the day)")
    parser.add_argument("--hamlet", metavar="ID", help="one hamlet (default: the commune and all its hamlets)")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="as known at the end of that day in Viet Nam, 2026-06-30")
    parser.add_argument("--todays-rules", action="store_true", help="with --as-of: judge that day by the rules that are known today")
    parser.add_argument("--history", action="store_true", help="use editions outside their validity too, marked so")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="machine-readable output, the counted submissions included")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the verdicts. Raises EDITION_UNKNOWN, EDITION_NOT_IN_FORCE, HAMLET_UNKNOWN, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
    verdicts = assess(
        survey, actor, edition=arguments.edition, hamlet=arguments.hamlet, as_of=arguments.as_of, history=arguments.history,
        todays_rules=arguments.todays_rules,
    )  # fmt: skip
    if arguments.json:
        print(json.dumps([verdict_document(verdict) for verdict in verdicts], ensure_ascii=False))
        return 0
    for verdict in verdicts:
        print(_line(verdict))
    return 0


def _line(verdict: Verdict) -> str:
    place = verdict.hamlet or "commune"
    marks = " [history]" if verdict.history else ""
    reasons = f" ({', '.join(verdict.reasons)})" if verdict.reasons else ""
    figures = "; ".join(_figure(basis) for basis in verdict.basis)
    return f"{verdict.edition}{marks} {verdict.criterion} {place}: {verdict.outcome}{reasons} {figures}".rstrip()


def _figure(basis: Basis) -> str:
    value = "-" if basis.value is None else f"{basis.value:.4g}"
    return f"{basis.indicator}={value} ({basis.numerator:g}/{basis.denominator:g}, visited {basis.visited}/{basis.registered})"
