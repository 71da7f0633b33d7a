"""`load-findings DIR`: which answers of a visit become tasks, checked before they are used."""

import argparse
import json
from pathlib import Path

from survey.commands import open_deployment, operator
from survey.store.deployment import select_first_commune
from survey.tasks import load_findings
from survey.wiring import Settings

SUMMARY = "load the rules that make tasks of what visits find, from a folder of YAML files, checked before they are used"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`DIR` with the files of rules."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of YAML files; docs/tasks.md says what they may hold")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Check and load them; workers then follow every site again. Raises BROKEN_CATALOGUE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
    findings = load_findings(survey, actor, arguments.folder)
    report = {"rules": len(findings.rules), "questions": len(findings.kinds)}
    print(json.dumps(report) if arguments.json else f"{report['rules']} rules of findings, {report['questions']} questions")
    return 0
