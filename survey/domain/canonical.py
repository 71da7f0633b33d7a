"""Canonical JSON: one text for one value, so that hashes of it can be compared."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping


def dumps(value: object) -> str:
    """*value* as JSON with sorted keys, no spaces, NFC text; NaN and infinity raise ValueError."""
    return json.dumps(_composed(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_hex(content: bytes | str) -> str:
    """SHA-256 of *content* in lower-case hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def event_hash(seq: int, prev: str, salt: str, body: str) -> str:
    """The hash of a log event: SHA-256(seq LF prev LF SHA-256(salt LF body)), all as UTF-8 text (DESIGN 2.9).

    The inner hash stands for the body where the body itself must not be shown or has been erased.
    """
    inner = sha256_hex(salt + "\n" + body)
    return sha256_hex(f"{seq}\n{prev}\n{inner}")


def _composed(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {unicodedata.normalize("NFC", str(key)): _composed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(item) for item in value]
    return value
