"""`encrypt-store`: files from before the encryption, or under a former key, are rewritten under the present one; `--undo` takes it back."""

import argparse
import sys
from pathlib import Path

from survey.commands import open_deployment
from survey.commands.backup import progress
from survey.domain.ports import Blobs
from survey.domain.problems import REWRITE_UNFINISHED, STORE_NOT_ENCRYPTED, Problem
from survey.store.blob_keys import BlobKeys, read_blob_keys
from survey.store.resealing import Rewritten, reseal
from survey.store.sealed_blobs import SealedBlobs
from survey.wiring import Settings, Survey

SUMMARY = "rewrite stored files under the key of SURVEY_BLOB_KEY, while the app runs; again after a cut, it goes on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Under which key, or under none."""
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--to", type=Path, metavar="FILE", help="under the first key in FILE instead, which SURVEY_BLOB_KEY names afterwards")
    ways.add_argument("--undo", action="store_true", help="back into the clear; with the app and all workers stopped")
    parser.add_argument("--quiet", action="store_true", help="no progress on stderr")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Rewrite evidence and made files, and say how many. Raises STORE_NOT_ENCRYPTED, REWRITE_UNFINISHED, what reading the keys raises."""
    survey = open_deployment(settings)
    stores = [(name, _under(blobs, arguments)) for name, blobs in (("blobs", survey.blobs), ("bundles", survey.made))]
    failed = 0
    for name, blobs in stores:
        failed += _rewrite(survey, name, blobs, quiet=arguments.quiet)
    if failed:
        raise Problem(REWRITE_UNFINISHED, count=failed)
    return 0


def _under(blobs: Blobs, arguments: argparse.Namespace) -> SealedBlobs:
    if not isinstance(blobs, SealedBlobs) or not blobs.keys.readers:
        raise Problem(STORE_NOT_ENCRYPTED)
    if arguments.undo:
        return blobs.under(BlobKeys(None, blobs.keys.readers))
    if arguments.to:
        new = read_blob_keys(arguments.to)
        return blobs.under(BlobKeys(new.writer, (*new.readers, *blobs.keys.readers)))
    return blobs


def _rewrite(survey: Survey, name: str, blobs: SealedBlobs, *, quiet: bool) -> int:
    """One store from its first file to its last; only where none is left behind does its mark let the former keys go."""
    recipient = blobs.keys.writer.recipient if blobs.keys.writer else ""
    mark = blobs.inner.mark()
    if recipient and recipient not in mark.split():
        blobs.inner.set_mark(f"{mark}{recipient}\n")  # before the first byte lies under it
    with progress(quiet=quiet) as tell:
        found = reseal(blobs, survey.transaction, lambda text: tell(f"{name}: {text}"))
    _say(name, found, recipient)
    if not found.failed:
        blobs.inner.set_mark(f"{recipient}\n" if recipient else "")
    return len(found.failed)


def _say(name: str, found: Rewritten, recipient: str) -> None:
    under = recipient or "không mã hóa / in the clear"
    print(f"{name}: {found.done:,} tệp đã ghi lại / files rewritten, {found.already:,} đã xong từ trước / done before; {under}")
    for subject, code in found.failed:
        print(f"{code} {subject}", file=sys.stderr)
