"""`backup FILE`: everything of the deployment in one file, photos included, while the app runs; `--check` reads one through."""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from survey import backup
from survey.commands import note_taken, open_deployment
from survey.domain.access import Subject
from survey.domain.problems import BACKUP_BARE_OF_ENCRYPTED, BACKUP_DAMAGED, BACKUP_INCOMPLETE, Problem
from survey.wiring import Settings, Survey

SUMMARY = "everything of the deployment in one file, photos included, while the app runs"
_TELL_EVERY_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, for whom, and whether the keys too."""
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write; never over a file that is there")
    parser.add_argument("--recipient", action="append", default=[], metavar="age1…", help="encrypt for this public key of age (repeatable)")
    parser.add_argument("--with-keys", action="store_true", help="the private keys too; into an encrypted backup only")
    parser.add_argument("--unencrypted", action="store_true", help="allow a backup in the clear of a byte store that is encrypted")
    parser.add_argument("--check", action="store_true", help="read the backup FILE through and name its faults; writes nothing")
    add_opening(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def add_opening(parser: argparse.ArgumentParser) -> None:
    """What opens an encrypted backup."""
    parser.add_argument("--identity", type=Path, metavar="FILE", help="private key of age that opens an encrypted backup")
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="the passphrase of that key's file, where it has one")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Write or check a backup and say what is in it.

    Raises what `backup.write` and `backup.read` raise, BACKUP_INCOMPLETE, BACKUP_BARE_OF_ENCRYPTED.
    """
    if arguments.check:
        return _check(arguments)
    survey = open_deployment(settings)
    recipients = tuple(arguments.recipient) or settings.backup_recipients
    if settings.blob_key and not (recipients or arguments.unencrypted):
        raise Problem(BACKUP_BARE_OF_ENCRYPTED)
    keys = keys_of(survey) if arguments.with_keys else {}
    order = backup.Order(recipients, keys, settings.data / "map.pmtiles")
    if not recipients:
        print("không mã hóa / not encrypted: whoever has this file reads people, houses and photos", file=sys.stderr)
    note_taken(survey, Subject.BACKUP)
    with progress(quiet=arguments.quiet) as tell:
        written = backup.write(survey, arguments.file, order, tell)
    _say(arguments, written.header, written.totals, {"size": written.size})
    if written.totals.missing_count:
        raise Problem(BACKUP_INCOMPLETE, name=str(arguments.file), count=written.totals.missing_count)
    survey.last_backup.touch()
    return 0


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that says on stderr how far the work is, a line that is written over, twice a second at most."""
    told_at = 0.0

    def tell(text: str) -> None:
        nonlocal told_at
        if not quiet and time.monotonic() - told_at > _TELL_EVERY_S:
            told_at = time.monotonic()
            print(f"\r{text}   ", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if told_at:
            print(file=sys.stderr)


def counted(totals: backup.Totals) -> str:
    """How many rows and files a backup holds, in both languages."""
    return f"{sum(totals.rows.values()):,} dòng / rows, {sum(totals.files.values()):,} tệp / files"


def keys_of(survey: Survey) -> dict[str, Path]:
    """Where each private key of the deployment lies, by its name in a backup."""
    return {"second_factor": survey.second_factor_key, "signing": survey.signing_key}


def _check(arguments: argparse.Namespace) -> int:
    found = backup.read(arguments.file, backup.Opener(arguments.identity, arguments.passphrase_file))
    _say(arguments, found.header, found.totals, {"faults": found.faults, "fault_count": found.fault_count})
    if found.faults:
        raise Problem(BACKUP_DAMAGED, name=arguments.file.name, found=f"{found.faults[0]} ({found.fault_count})")
    return 0


def _say(arguments: argparse.Namespace, header: backup.Header, totals: backup.Totals, more: dict[str, object]) -> None:
    report = {"file": str(arguments.file), **dataclasses.asdict(header), **dataclasses.asdict(totals), **more}
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False))
        return
    print(f"{arguments.file}: {counted(totals)}, {totals.file_bytes / 1e6:,.1f} MB")
    for commune, head in header.heads.items():
        print(f"{commune or '·'}: {head[0]} {head[1]}")
    for fault in [*more.get("faults", []), *totals.missing]:  # type: ignore[misc] # a list of texts where it is there
        print(fault)
    if totals.erased_meanwhile:
        print(f"{totals.erased_meanwhile} mục bị xóa trong lúc sao lưu / erased meanwhile")
