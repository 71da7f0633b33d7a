"""`load-edition DIR`: a set of criteria, checked before it is used."""

import argparse
import json
from pathlib import Path

from survey.assess import load_edition
from survey.commands import open_deployment, operator
from survey.store.deployment import select_first_commune
from survey.wiring import Settings

SUMMARY = "load an edition of criteria from its folder of YAML files, checked before it is used"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`DIR` with edition.yaml and the criteria."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder with edition.yaml; docs/criteria.md says what it may hold")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Check and load it. Raises BROKEN_CATALOGUE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
    edition = load_edition(survey, actor, arguments.folder)
    report = {"edition": edition.id, "criteria": len(edition.criteria), "indicators": len(edition.indicators)}
    print(json.dumps(report) if arguments.json else f"{edition.id}: {report['criteria']} criteria, {report['indicators']} indicators")
    return 0
