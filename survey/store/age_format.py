"""Files in age's format (age-encryption.org/v1, X25519) that can be opened from any place on: what `age -d` opens too.

The payload is the STREAM construction: pieces of 64 KiB, each under ChaCha20-Poly1305 with its number, and a mark on the last, as nonce.
A stanza of our own, `ntm-blob`, stands in each header beside age's; other readers pass over it, as the format asks them to. It holds the
plain size, and an HMAC over name, size and file key that nobody can make without the private key: a file under another name is not opened.
Judged in tests by `age` and by pyrage, both ways.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"age-encryption.org/v1\n"
PIECE = 64 * 1024
_TAG = 16
_SEALED_PIECE = PIECE + _TAG
_FILE_KEY = 16
_NONCE = 16
_B32 = rb"([A-Za-z0-9+/]{43})"
_HEADER = re.compile(
    rb"(age-encryption\.org/v1\n-> X25519 " + _B32 + rb"\n" + _B32 + rb"\n-> ntm-blob ([0-9]{16})\n" + _B32 + rb"\n---) " + _B32 + rb"\n"
)
HEADER = 22 + 54 + 44 + 29 + 44 + 48  # bytes; every header of ours has this length
START = HEADER + _NONCE
"""Where the payload's pieces begin: so many bytes of a file are needed to open it."""
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PRIVATE = "AGE-SECRET-KEY-1"


class NotOursError(Exception):
    """The bytes do not begin with a header of ours."""


class OtherKeyError(Exception):
    """A header of ours that none of the keys opens."""


class ChangedError(Exception):
    """Bytes that were sealed and are not any more what they were, or stand under another name."""


@dataclass(frozen=True)
class Identity:
    """A private key of age: its 32 bytes, and the public text `age1…`. It is never printed."""

    secret: bytes = field(repr=False)
    recipient: str

    @classmethod
    def read(cls, text: str) -> "Identity":
        """From `AGE-SECRET-KEY-1…`. Raises pyrage.IdentityError."""
        recipient = str(pyrage.x25519.Identity.from_str(text).to_public())  # checks the checksum too
        number = 0
        for letter in text[len(_PRIVATE) : -6].lower():
            number = number << 5 | _BECH32.index(letter)
        return cls((number >> 4).to_bytes(32, "big"), recipient)

    @classmethod
    def generate(cls) -> str:
        """A new `AGE-SECRET-KEY-1…`."""
        return str(pyrage.x25519.Identity.generate())

    @cached_property
    def private(self) -> X25519PrivateKey:
        """The key for a key exchange."""
        return X25519PrivateKey.from_private_bytes(self.secret)

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    def derive(self, purpose: str, salt: bytes = b"") -> bytes:
        """32 bytes for *purpose* that only the holder of the private key can compute."""
        return _derive(self.secret, salt, f"ntm-survey/v1/{purpose}".encode())

    @cached_property
    def naming(self) -> bytes:
        """The key of the HMAC that binds a file to its name."""
        return self.derive("name")


@dataclass(frozen=True)
class FileKey:
    """What opens one file: its key and nonce, its plain size, and whose key opened it."""

    key: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    size: int
    recipient: str

    @cached_property
    def cipher(self) -> ChaCha20Poly1305:
        """The payload's cipher."""
        return ChaCha20Poly1305(_derive(self.key, self.nonce, b"payload"))

    @property
    def last(self) -> int:
        """The number of the last piece; an empty file has one, an empty one."""
        return max(0, self.size - 1) // PIECE

    def place(self, piece: int) -> int:
        """Where the sealed *piece* begins in the file, or where the file ends."""
        whole = START + self.size + (self.last + 1) * _TAG
        return min(whole, START + piece * _SEALED_PIECE)


def new_file_key(identity: Identity) -> FileKey:
    """A key for one file that *identity* will open; its size is known later."""
    return FileKey(secrets.token_bytes(_FILE_KEY), secrets.token_bytes(_NONCE), 0, identity.recipient)


def seal(file_key: FileKey, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The file for the plain *chunks*, with room for its header, which `header` makes when their hash and size are known."""
    yield b"\0" * HEADER + file_key.nonce
    rest, number, cipher = bytearray(), 0, file_key.cipher
    for chunk in chunks:
        rest += chunk
        whole = max(0, len(rest) - 1) // PIECE  # the last piece waits, since it is sealed as the last
        if whole:
            with memoryview(rest) as view:
                yield b"".join(cipher.encrypt(_nonce(number + at), view[at * PIECE : (at + 1) * PIECE], None) for at in range(whole))
            del rest[: whole * PIECE]
            number += whole
    yield cipher.encrypt(_nonce(number, last=True), bytes(rest), None)


def header(file_key: FileKey, identity: Identity, name: str, size: int) -> bytes:
    """The header of the file *name* with *size* plain bytes."""
    ephemeral = X25519PrivateKey.generate()
    ours = ephemeral.public_key().public_bytes_raw()
    wrapped = _wrapping(ephemeral, identity.public, ours, identity.public).encrypt(b"\0" * 12, file_key.key, None)
    stanzas = [b"-> X25519 " + _b64(ours), _b64(wrapped), b"-> ntm-blob %016d" % size, _b64(_binding(identity, name, size, file_key.key))]
    said = MAGIC + b"\n".join([*stanzas, b"---"])
    return said + b" " + _b64(_mac(file_key.key, said)) + b"\n"


def open_header(head: bytes, identities: Sequence[Identity], name: str) -> FileKey:
    """The key of the file *name* that begins with *head*, START bytes of it. Raises NotOursError, OtherKeyError, ChangedError."""
    found = _HEADER.fullmatch(head[:HEADER])
    if found is None or len(head) < START:
        raise NotOursError
    theirs, wrapped, size = _unb64(found[2]), _unb64(found[3]), int(found[4])
    for identity in identities:
        try:
            key = _wrapping(identity.private, theirs, theirs, identity.public).decrypt(b"\0" * 12, wrapped, None)
        except (InvalidTag, ValueError):  # ValueError: a public key with which every exchange comes to nothing
            continue
        # As text: 43 letters have two bits more than 32 bytes, which could be anything.
        wanted = _b64(_mac(key, found[1])) + _b64(_binding(identity, name, size, key))
        if len(key) != _FILE_KEY or not hmac.compare_digest(wanted, found[6] + found[5]):
            raise ChangedError
        return FileKey(key, head[HEADER:START], size, identity.recipient)
    raise OtherKeyError


def unseal(file_key: FileKey, chunks: Iterable[bytes], first: int = 0, last: int | None = None) -> Iterator[bytes]:
    """The plain bytes of the pieces *first* to *last* (the file's last where None), whose sealed bytes *chunks* are.

    Each is checked before it is given. Raises ChangedError, also where there are fewer or more bytes than these pieces have.
    """
    end = file_key.last if last is None else last
    rest, number = bytearray(), first
    for chunk in chunks:
        rest += chunk
        whole = min(len(rest) // _SEALED_PIECE, end - number)
        if whole > 0:
            with memoryview(rest) as view:
                given = b"".join(_piece(file_key, number + at, view[at * _SEALED_PIECE : (at + 1) * _SEALED_PIECE]) for at in range(whole))
            del rest[: whole * _SEALED_PIECE]
            number += whole
            yield given
    if number != end or len(rest) != file_key.place(end + 1) - file_key.place(end):
        raise ChangedError
    given = _piece(file_key, end, rest)
    if given:
        yield given


def _piece(file_key: FileKey, number: int, sealed: memoryview | bytearray) -> bytes:
    try:
        return file_key.cipher.decrypt(_nonce(number, last=number == file_key.last), sealed, None)
    except InvalidTag:
        raise ChangedError from None


def _nonce(number: int, *, last: bool = False) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")


def _wrapping(private: X25519PrivateKey, theirs: bytes, ephemeral: bytes, recipient: bytes) -> ChaCha20Poly1305:
    shared = private.exchange(X25519PublicKey.from_public_bytes(theirs))
    return ChaCha20Poly1305(_derive(shared, ephemeral + recipient, b"age-encryption.org/v1/X25519"))


def _binding(identity: Identity, name: str, size: int, key: bytes) -> bytes:
    return hmac.digest(identity.naming, b"\0".join([name.encode(), b"%d" % size, key]), "sha256")


def _mac(key: bytes, said: bytes) -> bytes:
    return hmac.digest(_derive(key, b"", b"header"), said, hashlib.sha256)


def _derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(secret)


def _b64(content: bytes) -> bytes:
    return base64.b64encode(content).rstrip(b"=")


def _unb64(text: bytes) -> bytes:
    return base64.b64decode(text + b"=")
