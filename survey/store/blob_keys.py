"""The file of the byte store's keys: private keys of age, one a line, the first for writing and all of them for reading.

The file is for its owner alone; what is wrong with it is said, never mended. No message holds any of its bytes.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import pyrage

from survey.domain.problems import BLOB_KEY_EXISTS, BLOB_KEY_EXPOSED, BLOB_KEY_NEEDED, BLOB_KEY_UNUSABLE, STORAGE_UNUSABLE, Problem
from survey.store.age_format import Identity
from survey.store.parts import sync_folder

_MOST = 16 * 1024
_FOR_OTHERS = 0o077


@dataclass(frozen=True)
class BlobKeys:
    """*writer* seals what comes, or nobody does; *readers* open what is here."""

    writer: Identity | None
    readers: tuple[Identity, ...]


def read_blob_keys(path: Path) -> BlobKeys:
    """The keys in the file *path*. Raises BLOB_KEY_UNUSABLE where it is missing too, BLOB_KEY_EXPOSED."""
    try:
        # NONBLOCK: where a pipe has been put, opening it must not wait for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise _unusable(path, "not a file")
            if about.st_mode & _FOR_OTHERS:
                raise Problem(BLOB_KEY_EXPOSED, path=path, mode=f"{stat.S_IMODE(about.st_mode):04o}")
            lines = file.read(_MOST).decode("ascii", "replace").splitlines()
    except OSError as error:
        raise _unusable(path, error.strerror or "cannot be opened") from error
    readers = tuple(_identity(path, line.strip()) for line in lines if line.strip() and not line.startswith("#"))
    if not readers:
        raise _unusable(path, "no AGE-SECRET-KEY-1…")
    return BlobKeys(readers[0], readers)


def require_mark(mark: str, keys: BlobKeys | None) -> None:
    """Raise BLOB_KEY_NEEDED where files lie under a public key, a line of *mark* each, whose private one is not among *keys*."""
    here = {identity.recipient for identity in keys.readers} if keys else set()
    for recipient in mark.split():
        if recipient not in here:
            raise Problem(BLOB_KEY_NEEDED, recipient=recipient)


def make_blob_key(path: Path) -> Identity:
    """Make a key in the new file *path*, for its owner alone, durable when this returns. Raises BLOB_KEY_EXISTS, STORAGE_UNUSABLE."""
    text = Identity.generate()
    identity = Identity.read(text)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "w") as file:
            file.write(f"# public key: {identity.recipient}\n{text}\n")
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except FileExistsError as error:
        raise Problem(BLOB_KEY_EXISTS, path=path) from error
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{path}: {error.strerror}") from error
    return identity


def _identity(path: Path, line: str) -> Identity:
    try:
        return Identity.read(line)
    except pyrage.IdentityError:
        raise _unusable(path, "a line that is no AGE-SECRET-KEY-1…") from None


def _unusable(path: Path, reason: str) -> Problem:
    return Problem(BLOB_KEY_UNUSABLE, path=path, reason=reason)
