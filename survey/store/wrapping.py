"""Small secrets wrapped under a key that stands in a file of its own, so that a copy of the database alone does not tell them.

AES-256-GCM (NIST SP 800-38D) with a random nonce; what the secret is *about* is bound to it, so that no row can be moved to another person.
"""

import base64
import os
import secrets
from binascii import Error
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from survey.domain.problems import WRAPPING_KEY_UNUSABLE, Problem

_KEY_BYTES = 32
_NONCE_BYTES = 12


def make_key(path: Path) -> None:
    """Make the key where there is none, readable for its owner alone; of two processes at once one is the maker."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        _publish(draft, path)
    except OSError as error:
        raise Problem(WRAPPING_KEY_UNUSABLE) from error
    finally:
        draft.unlink(missing_ok=True)


def wrap(path: Path, secret: str, *, about: str) -> str:
    """Return *secret* as text that says nothing without the key at *path*. Raises WRAPPING_KEY_UNUSABLE."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(_key(path)).encrypt(nonce, secret.encode(), about.encode())).decode()


def unwrap(path: Path, wrapped: str, *, about: str) -> str:
    """Return what `wrap` was given. Raises WRAPPING_KEY_UNUSABLE where the key is missing or another, or the text was changed."""
    try:
        content = base64.b64decode(wrapped, validate=True)
        return AESGCM(_key(path)).decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], about.encode()).decode()
    except (InvalidTag, Error, ValueError) as error:
        raise Problem(WRAPPING_KEY_UNUSABLE) from error


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise Problem(WRAPPING_KEY_UNUSABLE) from error
    if len(key) != _KEY_BYTES:
        raise Problem(WRAPPING_KEY_UNUSABLE)
    return key


def _publish(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
