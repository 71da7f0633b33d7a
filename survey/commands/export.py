"""`export --out FILE.zip`: an evidence bundle, made and sealed in this process, each zip under its name only when it is whole."""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from survey import deliver
from survey.commands import note_taken, open_deployment, operator
from survey.commands.work import Worker
from survey.domain.access import Subject
from survey.domain.bundles import Bag, Progress, Request
from survey.domain.evidence import Scope, Variant
from survey.domain.people import Actor
from survey.domain.problems import BUNDLE_FAILED, CATALOGUE, FILE_UNWRITABLE, Problem
from survey.domain.times import local_date
from survey.store.deployment import select_first_commune
from survey.store.made_bundles import MadeBundle
from survey.wiring import Settings, Survey

SUMMARY = "write an evidence bundle: a signed BagIt zip that anyone can check"
Result = TypeVar("Result")
_TELL_EVERY_S = 0.5
_SIZE = re.compile(r"([0-9]{1,9})(MB|GB)")
_UNITS = {"MB": 10**6, "GB": 10**9}
_NUMBERS = ("submissions", "sites", "registered", "photos", "missing", "refused", "verdicts", "undecided")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--out FILE.zip`, and what the bundle is about."""
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="where to write; replaces a file of that name")
    parser.add_argument("--edition", metavar="ID", help="one edition of criteria (default: every one in force)")
    parser.add_argument("--history", action="store_true", help="allow an edition that is not in force; the report says so")
    parser.add_argument("--criterion", metavar="CODE", help="only one criterion and the submissions behind it")
    parser.add_argument("--hamlet", metavar="ID", help="only one hamlet")
    parser.add_argument("--round", metavar="ID", help="only what was captured in one round, as of its last day at the latest")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="as known at the end of an earlier day (2026-11-23)")
    parser.add_argument("--public", action="store_true", help="the version that may be published: no names, exact places, uncovered faces")
    parser.add_argument("--bag-size", type=_bytes, default=0, metavar="4GB", help="split into files with at most so many photos")
    parser.add_argument("--commune", metavar="CODE", help="official code (default: the deployment's first)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Order, make, write and report. Raises what `deliver` raises, FILE_UNWRITABLE, DEPLOYMENT_EMPTY."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        actor = operator(arguments.commune or select_first_commune(reader))
    as_of = arguments.as_of or local_date(survey.now())
    scope = Scope(as_of, arguments.edition, arguments.criterion, arguments.hamlet, arguments.history, arguments.round)
    variant = Variant.PUBLIC if arguments.public else Variant.FULL
    request = deliver.order(survey, actor, scope, variant=variant, bag_bytes=arguments.bag_size)
    made, reports_s = _timed(lambda: _make(survey, actor, request))
    note_taken(survey, Subject.BUNDLE, made.id, commune=actor.commune)
    files, container_s = _timed(lambda: [_save(survey, actor, bag, arguments.out) for bag in made.bags])
    report = {
        "file": str(files[0]), "bytes": made.size, "bundle": made.id, "head": made.basis.head[1],
        **{name: made.contents[name] for name in _NUMBERS}, "files": [str(path) for path in files],
        "tag_manifests": [bag.tag_manifest for bag in made.bags], "signer": made.signer, "same": made.same,
        "reports_s": round(reports_s, 2), "container_s": round(container_s, 2),
    }  # fmt: skip
    lines = (f"{key}: {_said(value)}" for key, value in report.items())
    print(json.dumps(report, ensure_ascii=False) if arguments.json else "\n".join(lines))
    return 0


def _make(survey: Survey, actor: Actor, request: Request) -> MadeBundle:
    """Do the request's jobs here, beside other workers, until it has ended. Raises the problem that it ended with."""
    told = _Teller()

    def ended() -> bool:
        now = deliver.find_request(survey, actor, request.id)
        told.tell(f"{now.state.value}, {now.done} / {now.total}")
        return now.state in {Progress.SEALED, Progress.FAILED, Progress.WITHDRAWN}

    prefixes = (f"{deliver.BUNDLE_JOB}:{request.id}", f"{deliver.PART_JOB}:{request.id}:")
    Worker(survey).serve(actor.commune, prefixes, ended)
    told.end()
    found = deliver.find_request(survey, actor, request.id)
    if found.bundle is None:
        raise _problem(found.problem or {})
    return deliver.find_bundle(survey, actor, found.bundle)


def _problem(said: Mapping[str, object]) -> Problem:
    kind, details = CATALOGUE.get(str(said.get("code")), BUNDLE_FAILED), said.get("details")
    return Problem(kind, **details) if isinstance(details, dict) else Problem(BUNDLE_FAILED)


def _save(survey: Survey, actor: Actor, bag: Bag, out: Path) -> Path:
    """Write one zip, to a neighbour first: one that broke off never bears the name."""
    path = out if bag.of == 1 else out.with_name(f"{out.stem}-{bag.number}-of-{bag.of}{out.suffix}")
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            for chunk in _told(deliver.read(survey, actor, bag), bag.size):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise Problem(FILE_UNWRITABLE, name=str(path), reason=error.strerror or "?") from error
    finally:
        part.unlink(missing_ok=True)
    return path


@dataclass
class _Teller:
    """Tells stderr how far the work is, a line that is written over, now and then."""

    told_at: float = 0.0

    def tell(self, text: str) -> None:
        """Say it, unless something was said just now."""
        if time.monotonic() - self.told_at > _TELL_EVERY_S:
            self.told_at = time.monotonic()
            print(f"\r{text}   ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line."""
        print(file=sys.stderr)


def _told(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    done, told = 0, _Teller()
    try:
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            told.tell(f"{done / 1e6:,.0f} MB, {100 * done // max(size, 1)} %")
        print(f"\r{done / 1e6:,.1f} MB, 100 %", end="", file=sys.stderr)
    finally:
        told.end()


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    begun = time.monotonic()
    done = work()
    return done, time.monotonic() - begun


def _bytes(text: str) -> int:
    """`700MB` or `4GB` in bytes, as disks are sold."""
    found = _SIZE.fullmatch(text.upper().replace(" ", ""))
    if found is None:
        raise argparse.ArgumentTypeError(f"{text}: write it like 700MB or 4GB")
    return int(found[1]) * _UNITS[found[2]]


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
