"""`opening --bundle ID --out FILE`: salts and values that prove what a public bundle left out; private, for the commune to hand out."""

import argparse
import os
from functools import partial
from pathlib import Path

from survey import assess, deliver
from survey.commands import note_taken, open_deployment, operator
from survey.domain.access import Subject
from survey.domain.problems import FILE_UNWRITABLE, Problem
from survey.store.deployment import select_first_commune
from survey.wiring import Settings

SUMMARY = "write what proves the values that a public bundle left out"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which bundle, of what, where to."""
    parser.add_argument("--bundle", required=True, metavar="ID", help="the public bundle, as `export --public` names it")
    parser.add_argument("--record", default="", metavar="CODE", help="only what is about one submission or site, by its code in the bundle")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to write, readable by yourself alone")
    parser.add_argument("--commune", metavar="CODE", help="official code (default: the deployment's first)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write the openings. Raises what `deliver.openings` raises, FILE_UNWRITABLE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
    opened = deliver.openings(survey, actor, arguments.bundle, partial(assess.verdicts_of, survey, actor), arguments.record)
    note_taken(survey, Subject.OPENING, arguments.bundle, commune=actor.commune)
    try:
        with open(arguments.out, "w", encoding="utf-8", opener=_private) as file:
            file.writelines(f"{opening.line()}\n" for opening in opened.openings)
    except OSError as error:
        raise Problem(FILE_UNWRITABLE, name=str(arguments.out), reason=error.strerror or "?") from error
    print(f"{arguments.out}: {len(opened.openings)} giá trị mở được / values opened")
    if opened.lost:
        print(f"{opened.lost} giá trị không mở được nữa (đã sửa hoặc xóa) / values can no longer be opened (changed or erased)")
    return 0


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
