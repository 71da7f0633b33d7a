"""Encryption by age (age-encryption.org/v1): a backup is encrypted for public keys as it is written, and opened with a private one.

The library is pyrage; what it writes Debian's `age -d` opens. The machine that makes backups needs the public key only.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

from survey.backup.blocks import Source
from survey.domain.problems import BACKUP_LOCKED, BACKUP_RECIPIENT, FILE_UNWRITABLE, Problem

_MAGIC = b"age-encryption.org/v1\n"
_PRIVATE = "AGE-SECRET-KEY-1"
_MOST = 64 * 1024


@dataclass(frozen=True)
class Opener:
    """What a person has to open an encrypted backup: the file of a private key, and the passphrase's file where that one is encrypted."""

    identity: Path | None = None
    passphrase: Path | None = None


def recipients(values: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """The public keys `age1…`. Raises BACKUP_RECIPIENT."""
    found = []
    for value in values:
        try:
            found.append(pyrage.x25519.Recipient.from_str(value))
        except pyrage.RecipientError as error:
            shown = "AGE-SECRET-KEY-…" if value.upper().startswith("AGE-SECRET") else value[:80]
            raise Problem(BACKUP_RECIPIENT, value=shown) from error
    return found


class _Chunks:
    """Chunks as a file to read from; what went wrong while making them is kept, as the library would tell it as its own trouble."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._rest:
                self._rest = next(self._chunks)
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class _Out:
    """The file to write to, which remembers what the disk said."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, content: bytes) -> int:
        try:
            return self._file.write(content)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


def write(chunks: Iterator[bytes], file: BinaryIO, keys: Sequence[pyrage.x25519.Recipient]) -> None:
    """Write *chunks* into *file*, encrypted for *keys* where there are any. Raises OSError, and what making the chunks raises."""
    if not keys:
        file.writelines(chunks)
        return
    source, out = _Chunks(chunks), _Out(file)
    try:
        pyrage.encrypt_io(source, out, list(keys))
    except pyrage.EncryptError as error:
        raise source.error or out.error or error from error


@contextmanager
def opened(path: Path, opener: Opener) -> Iterator[tuple[Source, bool]]:
    """The plain bytes of the backup *path*, and whether it was encrypted. Raises BACKUP_LOCKED, FILE_UNWRITABLE where it cannot be read."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise Problem(FILE_UNWRITABLE, name=str(path), reason=error.strerror or "?") from error
    with file:
        encrypted = file.read(len(_MAGIC)) == _MAGIC
        file.seek(0)
        if not encrypted:
            yield file, False
            return
        with _decrypted(path, file, _identities(path, opener)) as plain:
            yield plain, True


@contextmanager
def _decrypted(path: Path, file: BinaryIO, keys: Sequence[pyrage.x25519.Identity]) -> Iterator[Source]:
    """A pipe: the library pushes what it has opened, and a thread lets it wait until somebody reads."""
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def push() -> None:
        with os.fdopen(writing, "wb") as pipe, suppress(BrokenPipeError):
            try:
                pyrage.decrypt_io(file, pipe, list(keys))
            except (pyrage.DecryptError, OSError) as error:
                failed.append(error)

    thread = threading.Thread(target=push, daemon=True)
    thread.start()
    plain = os.fdopen(reading, "rb")
    try:
        yield _Plain(plain, thread, failed, path)
    finally:
        plain.close()
        thread.join()


@dataclass(frozen=True)
class _Plain:
    """What comes out of the pipe; at its end the library's verdict on the whole file is asked for."""

    pipe: BinaryIO
    thread: threading.Thread
    failed: list[BaseException]
    path: Path

    def read(self, size: int) -> bytes:
        content = self.pipe.read(size)
        if not content and size:
            self.thread.join()
            if self.failed:
                raise Problem(BACKUP_LOCKED, name=str(self.path), reason=str(self.failed[0])[:120]) from self.failed[0]
        return content


def _identities(path: Path, opener: Opener) -> list[pyrage.x25519.Identity]:
    if opener.identity is None:
        raise Problem(BACKUP_LOCKED, name=str(path), reason="--identity")
    try:
        content = opener.identity.read_bytes()[:_MOST]
        if content.startswith((_MAGIC, b"-----BEGIN AGE")):
            content = pyrage.passphrase.decrypt(content, _passphrase(path, opener))
        lines = [line.strip() for line in content.decode("ascii", "replace").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith(_PRIVATE)]
    except (OSError, pyrage.IdentityError, pyrage.DecryptError) as error:
        raise Problem(BACKUP_LOCKED, name=str(path), reason=str(error)[:120]) from error
    if not found:
        raise Problem(BACKUP_LOCKED, name=str(path), reason=f"{opener.identity.name}: AGE-SECRET-KEY-1… ?")
    return found


def _passphrase(path: Path, opener: Opener) -> str:
    if opener.passphrase is None:
        raise Problem(BACKUP_LOCKED, name=str(path), reason="--passphrase-file")
    return opener.passphrase.read_text().rstrip("\r\n")
