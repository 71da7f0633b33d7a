"""`check-store`: every row against its bytes and the log's chain."""

import argparse
import dataclasses
import json
import sys

from survey.commands import open_deployment
from survey.domain.problems import STORE_FAULTY, Problem
from survey.store.check import find_faults, select_unreferenced
from survey.wiring import Settings

SUMMARY = "check every row against its bytes and the log's chain; names each fault"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--json` for machines."""
    parser.add_argument("--json", action="store_true", help="one JSON object a fault")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print each fault. Raises STORE_FAULTY where there is one."""
    survey = open_deployment(settings)
    count = 0
    with survey.reading() as reader:
        for fault in find_faults(reader, survey.blobs):
            count += 1
            print(json.dumps(dataclasses.asdict(fault)) if arguments.json else f"{fault.code} {fault.subject}: {fault.found}")
        unreferenced = select_unreferenced(reader, survey.blobs)
    if unreferenced:
        print(f"{len(unreferenced)} files that no row names", file=sys.stderr)
    if count:
        raise Problem(STORE_FAULTY, count=count)
    if not arguments.json:
        print("nguyên vẹn / whole and unchanged")
    return 0
