"""`export --out FILE.zip`: the evidence bundle, written to a file that has its name only when it is whole."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from survey import assess, deliver
from survey.commands import open_deployment, operator
from survey.domain.evidence import Contents, Scope
from survey.domain.people import Actor
from survey.domain.problems import FILE_UNWRITABLE, Problem
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict
from survey.store.deployment import select_first_commune
from survey.wiring import Settings, Survey

SUMMARY = "write an evidence bundle: a BagIt zip that anyone can check"
_TELL_EVERY_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--out FILE.zip`, and what the bundle is about."""
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="where to write; replaces a file of that name")
    parser.add_argument("--edition", metavar="ID", help="one edition of criteria (default: every one in force)")
    parser.add_argument("--history", action="store_true", help="allow an edition that is not in force; the report says so")
    parser.add_argument("--criterion", metavar="CODE", help="only one criterion and the submissions behind it")
    parser.add_argument("--hamlet", metavar="ID", help="only one hamlet")
    parser.add_argument("--commune", metavar="CODE", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Plan, write and report. Raises what `deliver` and `assess` raise, FILE_UNWRITABLE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
    scope = Scope(local_date(survey.now()), arguments.edition, arguments.criterion, arguments.hamlet, arguments.history)
    plan = deliver.plan(survey, actor, scope, _verdicts(survey, actor, scope))
    # Assessed again: a decision taken while it was planned makes `write` refuse.
    chunks = deliver.write(survey, actor, plan.basis, _verdicts(survey, actor, scope))
    size = _write(arguments.out, _told(chunks, plan.contents.photo_bytes))
    report = {"file": str(arguments.out), "bytes": size, "bundle": plan.basis.id, "head": plan.basis.head[1], **_numbers(plan.contents)}
    print(json.dumps(report, ensure_ascii=False) if arguments.json else "\n".join(f"{key}: {value}" for key, value in report.items()))
    return 0


def _verdicts(survey: Survey, actor: Actor, scope: Scope) -> list[Verdict]:
    return assess.assess(survey, actor, edition=scope.edition, history=scope.history)


def _numbers(contents: Contents) -> dict[str, int]:
    names = ("submissions", "sites", "registered", "photos", "missing", "refused", "verdicts", "undecided")
    return {name: getattr(contents, name) for name in names}


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    """Write to a neighbour first: a bundle that broke off never bears the name."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Problem(FILE_UNWRITABLE, name=str(path), reason=error.strerror or "?") from error
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def _told(chunks: Iterable[bytes], expected: int) -> Iterator[bytes]:
    """Pass *chunks* on and tell stderr how far it is; *expected* bytes of photos are most of it."""
    done, told_at = 0, 0.0
    try:
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            if time.monotonic() - told_at > _TELL_EVERY_S:
                told_at = time.monotonic()
                share = min(99, 100 * done // max(expected, 1))
                print(f"\r{done / 1e6:,.0f} MB, {share} %", end="", file=sys.stderr, flush=True)
        print(f"\r{done / 1e6:,.1f} MB, 100 %", end="", file=sys.stderr)
    finally:
        print(file=sys.stderr)
