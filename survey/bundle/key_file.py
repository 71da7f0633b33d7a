"""The file of the private key: made once, for its owner alone, durable before it counts; what is wrong with it is said, never mended."""

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_ssh_private_key

from survey.domain.problems import SIGNING_KEY_EXPOSED, SIGNING_KEY_UNUSABLE, STORAGE_UNUSABLE, Problem

_MOST = 16 * 1024
_FOR_OTHERS = 0o077


def read_key(path: Path) -> Ed25519PrivateKey | None:
    """The private key in the file *path*, None where there is none. Raises SIGNING_KEY_EXPOSED, SIGNING_KEY_UNUSABLE."""
    try:
        # NONBLOCK: where a pipe has been put, opening it must not wait for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            about = os.fstat(file.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise _unusable(path, "not a file")
            if about.st_mode & _FOR_OTHERS:
                raise Problem(SIGNING_KEY_EXPOSED, path=path, mode=f"{stat.S_IMODE(about.st_mode):04o}")
            content = file.read(_MOST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable(path, error.strerror or "cannot be opened") from error
    return _parsed(path, content)


def write_key(path: Path, key: Ed25519PrivateKey) -> None:
    """Keep *key* in the new file *path*, in a folder for its owner alone; both are durable. Raises STORAGE_UNUSABLE, if it exists too."""
    content = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{path}: {error.strerror}") from error


def move_key(source: Path, target: Path) -> None:
    """Put the file *source* in the place of *target*, durably; what was there is gone. Raises STORAGE_UNUSABLE."""
    try:
        source.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise Problem(STORAGE_UNUSABLE, reason=f"{target}: {error.strerror}") from error


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parsed(path: Path, content: bytes) -> Ed25519PrivateKey:
    if len(content) > _MOST:
        raise _unusable(path, "too large")
    try:
        key = load_ssh_private_key(content, password=None)
    except TypeError as error:
        raise _unusable(path, "it has a passphrase") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unusable(path, "not a private key of OpenSSH") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "not an Ed25519 key")
    return key


def _unusable(path: Path, reason: str) -> Problem:
    return Problem(SIGNING_KEY_UNUSABLE, path=path, reason=reason)
