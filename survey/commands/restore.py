"""`restore FILE`: a backup into an empty deployment, checked before anything counts and again when all of it is there."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from survey import accounts, backup, privacy
from survey.commands import operator
from survey.commands.backup import add_opening, counted, keys_of, progress
from survey.domain.people import Actor
from survey.domain.problems import FILE_UNKNOWN, HOME_UNKNOWN, PERSON_UNKNOWN, PHOTO_ERASED, STORE_FAULTY, Problem
from survey.personal.erasing import erase_account, erase_home
from survey.store.check import find_faults
from survey.store.dump import select_heads
from survey.wiring import Settings, Survey, open_survey

SUMMARY = "put a backup back into an empty data folder, database and byte store"
_REASON = "đã xóa trước khi khôi phục / erased before the restore"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which backup, what opens it, and what was erased since."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote")
    add_opening(parser)
    parser.add_argument("--erased", type=Path, metavar="FILE", help="what `erasures` printed: erased again before anybody sees it")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Restore, migrate forward, erase again, check, say the heads. Raises what `backup.restore` raises, STORE_FAULTY."""
    listed = backup.read_erasures(arguments.erased) if arguments.erased else []
    survey = open_survey(settings, restoring=True)
    target = backup.Target(survey, settings.data, keys_of(survey))
    with progress(quiet=arguments.quiet) as tell:
        restored = backup.restore(target, arguments.file, backup.Opener(arguments.identity, arguments.passphrase_file), tell)
    survey.store.close()
    survey = open_survey(settings, restoring=True)  # migrates forward what an older release had written
    erased = _erase_again(survey, [*restored.erased, *listed])
    faults = _faults(survey)
    backup.remove_mark(settings.data)
    _say(survey, arguments, restored.backup, erased, faults)
    if faults:
        raise Problem(STORE_FAULTY, count=len(faults))
    return 0


def _erase_again(survey: Survey, erasures: Sequence[backup.Erasure]) -> int:
    """Erase what was erased before; what the backup never knew, or had erased itself, is passed over."""
    done = 0
    for erasure in erasures:
        try:
            _erase(survey, operator(erasure.commune), erasure)
            done += 1
        except Problem as problem:
            if problem.kind not in (FILE_UNKNOWN, PHOTO_ERASED, HOME_UNKNOWN, PERSON_UNKNOWN):
                raise
    return done


def _erase(survey: Survey, actor: Actor, erasure: backup.Erasure) -> None:
    reason = erasure.reason or _REASON
    if erasure.kind == "photo":
        privacy.erase(survey, actor, erasure.subject, reason)
    elif erasure.kind == "site":
        erase_home(survey, actor, erasure.subject, reason)
    else:
        accounts.disable_person(survey, actor.commune, erasure.subject, by=None, even_last=True)  # it was closed before it was erased
        erase_account(survey, actor, erasure.subject, reason)


def _faults(survey: Survey) -> list[str]:
    with survey.reading() as reader:
        return [f"{fault.code} {fault.subject}: {fault.found}" for fault in find_faults(reader, survey.blobs)]


def _say(survey: Survey, arguments: argparse.Namespace, read: backup.Read, erased: int, faults: Sequence[str]) -> None:
    with survey.reading() as reader:
        heads = select_heads(reader)
    if arguments.json:
        print(json.dumps({"moment": read.header.moment, "heads": heads, "rows": read.totals.rows, "erased": erased, "faults": faults}))
        return
    print(f"{arguments.file}: {read.header.moment}, {counted(read.totals)}")
    for commune, (number, digest) in heads.items():
        print(f"{commune or '·'}: {number} {digest}")
    if erased:
        print(f"{erased} mục được xóa lại / erased again")
    for fault in faults:
        print(fault, file=sys.stderr)
