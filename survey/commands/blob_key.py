"""`blob-key make | show`: the key under which the byte store is encrypted; prints the public one, never the private one."""

import argparse
from pathlib import Path

from survey.domain.problems import STORE_NOT_ENCRYPTED, Problem
from survey.store.blob_keys import make_blob_key, read_blob_keys
from survey.wiring import Settings

SUMMARY = "make the key of the byte store, or show its public part"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which file."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    make = actions.add_parser("make", help="a new key in a new file, mode 600")
    make.add_argument("file", type=Path, metavar="FILE", help="where; never over a file that is there")
    show = actions.add_parser("show", help="the public keys of a key file, the one that encrypts first")
    show.add_argument("file", type=Path, nargs="?", metavar="FILE", help="which (default: SURVEY_BLOB_KEY)")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Make or show. Raises BLOB_KEY_EXISTS, BLOB_KEY_UNUSABLE, BLOB_KEY_EXPOSED, STORAGE_UNUSABLE, STORE_NOT_ENCRYPTED."""
    if arguments.action == "make":
        print(make_blob_key(arguments.file.absolute()).recipient)
        return 0
    path = arguments.file or settings.blob_key
    if path is None:
        raise Problem(STORE_NOT_ENCRYPTED)
    print("\n".join(identity.recipient for identity in read_blob_keys(path).readers))
    return 0
