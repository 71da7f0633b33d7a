"""Commitments: what is left out of a public bundle can be proved later, value by value, and says nothing until then.

The commitment of a value is SHA-256(salt ‖ canonical JSON of the value); its salt is HMAC-SHA-256(secret of the bundle, path of the
value), 32 bytes. Equal values have unlike commitments, and without the secret no value can be tried out, however short it is.
"""

import hashlib
import hmac
from collections.abc import Mapping

from survey.domain.canonical import dumps, sha256_hex

LOG = "nhat-ky/"
"""Paths of log lines: their bodies are committed by the chain itself, with the salt that each event has since it was written."""


def bundle_secret(secret: str, bundle: str) -> bytes:
    """The 32 bytes behind the salts of *bundle*, from the deployment's *secret*: knowing those of one bundle opens no other."""
    return hmac.digest(secret.encode(), f"ntm-survey-commitments:1:{bundle}".encode(), "sha256")


def salt_of(secret: bytes, path: str) -> bytes:
    """The salt of the value at *path* in the bundle whose secret that is."""
    return hmac.digest(secret, path.encode(), "sha256")


def commitment(salt: bytes, value: object) -> str:
    """The commitment of *value*, plain JSON, in lower-case hexadecimal."""
    return hashlib.sha256(salt + dumps(value).encode()).hexdigest()


def number_of(secret: bytes, kind: str, name: str) -> int:
    """A number below 2⁶⁴ that stands for *name* in one bundle; nobody finds the name from it, nor the order of names."""
    return int.from_bytes(hmac.digest(secret, f"{kind}\n{name}".encode(), "sha256")[:8])


def without_body(event: Mapping[str, object]) -> dict[str, object]:
    """A line of the log that keeps its place in the chain while its body stays away: `inner` is SHA-256(salt LF body)."""
    inner = sha256_hex(f"{event['salt']}\n{event['body']}")
    return {"seq": event["seq"], "prev": event["prev"], "inner": inner, "hash": event["hash"]}
