"""Signatures in OpenSSH's format (PROTOCOL.sshsig) by Ed25519 keys, so that `ssh-keygen -Y verify` checks them without our software.

The cryptography is the library's; here is only the wire format: what is signed is the magic word, the namespace and SHA-512 of the
message. Of a stranger's signature only this one form is taken.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey.domain.signing import BUNDLE

NAMESPACE = BUNDLE
MOST_SIGNATURE = 4096
"""Characters of a signature text at most; one of an Ed25519 key has about 300."""
_MOST_LINE = 1024
_MAGIC = b"SSHSIG"
_VERSION = 1
_HASH = b"sha512"
_TYPE = b"ssh-ed25519"
_KEY_SIZE, _SIGNATURE_SIZE = 32, 64
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_COLUMNS = 70


class UnreadableSignatureError(ValueError):
    """A signature or public key that is not in the one form we take; the text says why, in English."""


@dataclass(frozen=True)
class Signature:
    """A signature as it was read; *public_line* is the key that it says it is by, which `holds` alone makes true."""

    public_line: str
    namespace: str
    value: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that it says it is by."""
        return fingerprint(self.public_line)


def sign(key: Ed25519PrivateKey, message: bytes, namespace: str = NAMESPACE) -> str:
    """The armoured signature of *message* by *key*, for *namespace* only; the same for the same message."""
    value = key.sign(_signed(message, namespace))
    blob = _MAGIC + struct.pack(">I", _VERSION) + _string(_public_blob(key.public_key())) + _string(namespace.encode()) + _string(b"")
    blob += _string(_HASH) + _string(_string(_TYPE) + _string(value))
    text = base64.b64encode(blob).decode()
    lines = [text[start : start + _COLUMNS] for start in range(0, len(text), _COLUMNS)]
    return "\n".join((_BEGIN, *lines, _END, ""))


def read_signature(text: str) -> Signature:
    """The signature in an armoured *text* of a stranger. Raises UnreadableSignatureError for anything but SSHSIG 1, Ed25519, SHA-512."""
    wire = _Wire(_unarmoured(text))
    if wire.take(len(_MAGIC)) != _MAGIC or wire.number() != _VERSION:
        raise UnreadableSignatureError("not an SSH signature of version 1")
    key, namespace, _reserved, algorithm, signature = (wire.string() for _ in range(5))
    wire.end()
    if algorithm != _HASH:
        raise UnreadableSignatureError("not over SHA-512")
    try:
        name = namespace.decode("ascii")
    except UnicodeDecodeError as error:
        raise UnreadableSignatureError("the namespace is not plain text") from error
    return Signature(_line(_pair(key, _KEY_SIZE)), name, _pair(signature, _SIGNATURE_SIZE))


def holds(signature: Signature, message: bytes) -> bool:
    """Whether *signature* is by the key that it names, over *message*, for the namespace that it names."""
    key = Ed25519PublicKey.from_public_bytes(_pair(_blob_of(signature.public_line), _KEY_SIZE))
    try:
        key.verify(signature.value, _signed(message, signature.namespace))
    except InvalidSignature:
        return False
    return True


def public_line(key: Ed25519PublicKey) -> str:
    """*key* as a line of OpenSSH without a comment: `ssh-ed25519 AAAA…`."""
    return _line(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def fingerprint(line: str) -> str:
    """The fingerprint of a public line as `ssh-keygen -l` prints it: `SHA256:…`. Raises UnreadableSignatureError."""
    blob = _blob_of(line)
    _pair(blob, _KEY_SIZE)
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def _signed(message: bytes, namespace: str) -> bytes:
    return _MAGIC + _string(namespace.encode()) + _string(b"") + _string(_HASH) + _string(hashlib.sha512(message).digest())


def _public_blob(key: Ed25519PublicKey) -> bytes:
    return _string(_TYPE) + _string(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _line(raw: bytes) -> str:
    return f"{_TYPE.decode()} {base64.b64encode(_string(_TYPE) + _string(raw)).decode()}"


def _blob_of(line: str) -> bytes:
    match line[:_MOST_LINE].split():
        case ["ssh-ed25519", text, *_]:
            return _decoded(text)
    raise UnreadableSignatureError("not a public key of the type ssh-ed25519")


def _pair(blob: bytes, size: int) -> bytes:
    """The *size* bytes of an Ed25519 key or signature in its wire form."""
    wire = _Wire(blob)
    kind, value = wire.string(), wire.string()
    wire.end()
    if kind != _TYPE or len(value) != size:
        raise UnreadableSignatureError("not of the type ssh-ed25519")
    return value


def _unarmoured(text: str) -> bytes:
    if len(text) > MOST_SIGNATURE:
        raise UnreadableSignatureError("too long for a signature")
    match [line.strip() for line in text.strip().splitlines()]:
        case [begin, *lines, end] if (begin, end) == (_BEGIN, _END):
            return _decoded("".join(lines))
    raise UnreadableSignatureError("no SSH signature in armour")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnreadableSignatureError("not base64") from error


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class _Wire:
    """Reads a stranger's bytes in SSH's wire form."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, size: int) -> bytes:
        """The next *size* bytes."""
        if size > len(self._content) - self._at:
            raise UnreadableSignatureError("cut short")
        self._at += size
        return self._content[self._at - size : self._at]

    def number(self) -> int:
        """The next four bytes as a number."""
        return int.from_bytes(self.take(4))

    def string(self) -> bytes:
        """The next bytes with their length before them."""
        return self.take(self.number())

    def end(self) -> None:
        """Refuse what is behind the end."""
        if self._at != len(self._content):
            raise UnreadableSignatureError("more than a signature")
