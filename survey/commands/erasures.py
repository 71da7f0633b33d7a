"""`erasures`: what was erased, a line each, to be erased again after an older backup was restored."""

import argparse

from survey import backup
from survey.commands import open_deployment
from survey.store.dump import select_erasures
from survey.wiring import Settings

SUMMARY = "print what was erased, a JSON object a line, for `restore --erased`"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--since` the moment of a backup."""
    parser.add_argument("--since", default="", metavar="MOMENT", help="only what was erased after it (2026-11-23T05:56:01Z)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print the photos, homes and accounts that every commune erased, oldest first. Raises DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        for row in select_erasures(reader, arguments.since):
            print(backup.Erasure.of(row).line(), end="")
    return 0
