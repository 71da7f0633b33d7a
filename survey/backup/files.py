"""The file of a backup as it grows, and the mark of a restore that has not come to its end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from survey.domain.problems import BACKUP_EXISTS, BACKUP_RUNNING, FILE_UNWRITABLE, Problem
from survey.store.dump import RESTORING
from survey.store.parts import sync_folder


@contextmanager
def growing(out: Path) -> Iterator[BinaryIO]:
    """A new file `<out>.part` for its owner alone, named *out* when the block ends without an exception, and removed where it does not.

    What a killed backup left under that name is written over. Raises BACKUP_RUNNING, BACKUP_EXISTS, FILE_UNWRITABLE.
    """
    part = out.with_name(f"{out.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "wb") as file:
            _lock(file, part)
            try:
                file.truncate()
                yield file
                _name(part, out)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise Problem(FILE_UNWRITABLE, name=str(out), reason=error.strerror or type(error).__name__) from error


def set_mark(folder: Path) -> None:
    """Mark *folder* as one that is being restored into, durably."""
    (folder / RESTORING).write_text("python -m survey restore\n")
    sync_folder(folder)


def remove_mark(folder: Path) -> None:
    """The restore has come to its end."""
    (folder / RESTORING).unlink(missing_ok=True)
    sync_folder(folder)


def _lock(file: BinaryIO, part: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem(BACKUP_RUNNING, name=str(part)) from None


def _name(part: Path, out: Path) -> None:
    """Give the whole file its name; where another took it meanwhile, nothing is written over."""
    try:
        os.link(part, out)
        part.unlink()
    except FileExistsError:
        raise Problem(BACKUP_EXISTS, name=str(out)) from None
    except OSError:  # a disk without hard links, such as a USB stick's
        if out.exists():
            raise Problem(BACKUP_EXISTS, name=str(out)) from None
        part.replace(out)
    sync_folder(out.absolute().parent)
