"""RFC 3161: ask a time authority for its word that a hash existed, and see that the answer is about that hash and this question.

Whether the authority is to be trusted is for the reader, with the authority's own root certificate (`openssl ts -verify`).
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.x509 import ObjectIdentifier
from rfc3161_client import PKIStatus, TimeStampResponse, decode_timestamp_response

REQUEST_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"
_SHA256 = bytes.fromhex("300d06096086480165030402010500")  # AlgorithmIdentifier of id-sha256
_SHA256_NAME = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_NONCE_BYTES = 8
_CERTIFICATES = 0xA0  # SignedData's optional fourth field


class UnusableTokenError(ValueError):
    """An answer that is no word on what was asked; the text says why."""


@dataclass(frozen=True)
class Question:
    """A request (DER) for a token over *digest*, with a number that nobody could foresee."""

    digest: bytes
    nonce: int

    def der(self) -> bytes:
        """The TimeStampReq: version 1, the hash, the nonce, and that certificates are to be sent along."""
        imprint = _tagged(0x30, _SHA256 + _tagged(0x04, self.digest))
        nonce = self.nonce.to_bytes(_NONCE_BYTES + 1).lstrip(b"\0") or b"\0"
        nonce = b"\0" + nonce if nonce[0] & 0x80 else nonce
        return _tagged(0x30, _tagged(0x02, b"\x01") + imprint + _tagged(0x02, nonce) + _tagged(0x01, b"\xff"))


def question(sha256: str) -> Question:
    """A question on the hash *sha256* (hexadecimal)."""
    return Question(bytes.fromhex(sha256), secrets.randbits(8 * _NONCE_BYTES))


def stamped_at(asked: Question, answer: bytes) -> datetime:
    """The time that *answer* (DER) gives to what was *asked*. Raises UnusableTokenError where it is refused, or about something else."""
    try:
        response = decode_timestamp_response(_sorted(answer))
        status = PKIStatus(response.status)
        told = _Told.of(response) if status is PKIStatus.GRANTED else None
    except ValueError as error:
        raise UnusableTokenError("not an answer of a time authority") from error
    if told is None:
        raise UnusableTokenError(f"refused ({status.name.lower()})")
    if (told.algorithm, told.digest) != (_SHA256_NAME, asked.digest):
        raise UnusableTokenError("about another hash")
    if told.nonce != asked.nonce:
        raise UnusableTokenError("an answer to another question")
    return told.at if told.at.tzinfo else told.at.replace(tzinfo=UTC)


@dataclass(frozen=True)
class _Told:
    algorithm: ObjectIdentifier
    digest: bytes
    nonce: int | None
    at: datetime

    @classmethod
    def of(cls, response: TimeStampResponse) -> "_Told":
        info = response.tst_info
        return cls(info.message_imprint.hash_algorithm, info.message_imprint.message, info.nonce, info.gen_time)


def _tagged(tag: int, value: bytes) -> bytes:
    # All that is asked is shorter than 128 bytes, so that a length is one byte.
    return bytes((tag, len(value))) + value


def _sorted(answer: bytes) -> bytes:
    """*answer* with its certificates in DER's order, which OpenSSL's authorities do not keep and the library demands; no length changes."""
    try:
        inside = _elements(answer, 0, len(answer))[0]
        for child in (1, 1, 0):  # the token beside the status, its content beside its type, SignedData
            inside = _elements(answer, inside.content, inside.end)[child]
        certificates = _elements(answer, inside.content, inside.end)[3]
    except IndexError:
        return answer
    if certificates.tag != _CERTIFICATES:
        return answer
    found = sorted(answer[one.begin : one.end] for one in _elements(answer, certificates.content, certificates.end))
    return answer[: certificates.content] + b"".join(found) + answer[certificates.end :]


@dataclass(frozen=True)
class _Element:
    tag: int
    begin: int
    content: int
    end: int


def _elements(der: bytes, start: int, end: int) -> list[_Element]:
    """The elements of DER that stand one behind the other in that stretch. Raises IndexError where they do not fill it."""
    found = []
    while start < end:
        size, content = der[start + 1], start + 2
        if size & 0x80:
            digits = size & 0x7F
            size, content = int.from_bytes(der[content : content + digits]), content + digits
        if content + size > end:
            raise IndexError
        found.append(_Element(der[start], start, content, content + size))
        start = content + size
    return found
