"""Whose bag it is: the signature over the tag manifest, held against what the reader knows (decision: keys in SSH format)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from survey.bundle.faults import Fault
from survey.bundle.signature import NAMESPACE, UnreadableSignatureError, fingerprint, holds, read_signature

TAG_MANIFEST = "tagmanifest-sha256.txt"
SIGNATURE = TAG_MANIFEST + ".sig"
SIGNERS = "allowed_signers"
_TYPE = "ssh-ed25519"


class Trust(StrEnum):
    """How far the signer is known."""

    UNSIGNED = "unsigned"
    BROKEN = "broken"  # there is a signature, and it does not hold
    UNKNOWN = "unknown"  # it holds; nobody said whose key it should be
    KNOWN = "known"  # it holds, by the key that the reader knows
    OTHER = "other"  # it holds, by another key


@dataclass(frozen=True)
class Known:
    """What the reader brings: lines of an allowed_signers file, and a fingerprint read from paper."""

    allowed: Sequence[str] = ()
    fingerprint: str | None = None

    @property
    def something(self) -> bool:
        """Whether the signer can be compared at all."""
        return bool(self.fingerprint) or any(_words(line) for line in self.allowed)


@dataclass(frozen=True)
class Sealed:
    """What a bag says of its seal, and what came of it."""

    trust: Trust = Trust.BROKEN
    fingerprint: str = ""
    namespace: str = ""
    principal: str = ""


def check_seal(
    message: bytes, signature: bytes | None, own_signers: str, known: Known, *, principal: str, day: str
) -> tuple[Sealed, list[Fault]]:
    """Check *signature* over *message*, the tag manifest of the bag of *principal*, made on *day*; *own_signers* came in the bag."""
    try:
        read = read_signature((signature or b"").decode("ascii"))
        claimed = Sealed(Trust.BROKEN, read.fingerprint, read.namespace, principal)
    except (UnreadableSignatureError, UnicodeDecodeError):
        return Sealed(Trust.BROKEN), [Fault("SIGNATURE_DAMAGED", SIGNATURE)]
    if read.namespace != NAMESPACE:
        return claimed, [Fault("SIGNATURE_OTHER_USE", SIGNATURE)]
    if not holds(read, message):
        return claimed, [Fault("SIGNATURE_WRONG", SIGNATURE)]
    faults = [] if _allows(own_signers.splitlines(), read.fingerprint, principal, day) else [Fault("SIGNER_WRONG", SIGNERS)]
    if not known.something:
        return Sealed(Trust.UNKNOWN, read.fingerprint, read.namespace, principal), faults
    if _is_known(known, read.fingerprint, principal, day):
        return Sealed(Trust.KNOWN, read.fingerprint, read.namespace, principal), faults
    return Sealed(Trust.OTHER, read.fingerprint, read.namespace, principal), [*faults, Fault("SIGNER_WRONG", SIGNATURE)]


def _is_known(known: Known, signer: str, principal: str, day: str) -> bool:
    by_paper = known.fingerprint is None or _same_print(known.fingerprint, signer)
    given = [line for line in known.allowed if _words(line)]
    return by_paper and (not given or _allows(given, signer, principal, day))


def _same_print(given: str, signer: str) -> bool:
    """Papers are copied by hand: spaces, the prefix and the padding do not matter."""
    return "".join(given.split()).removeprefix("SHA256:").rstrip("=") == signer.removeprefix("SHA256:")


def _allows(lines: Sequence[str], signer: str, principal: str, day: str) -> bool:
    return any(_line_allows(_words(line), signer, principal, day) for line in lines)


def _line_allows(words: list[str], signer: str, principal: str, day: str) -> bool:
    """Whether one line of allowed_signers (ssh-keygen(1)) lets the key sign for *principal*: principals, options, type, key."""
    at = words.index(_TYPE) if _TYPE in words else 0
    if at not in {1, 2} or (principal and not {principal, "*"} & set(words[0].split(","))):
        return False
    if not all(_option_allows(option, day) for options in words[1:at] for option in options.split(",")):
        return False
    try:
        return fingerprint(" ".join(words[at : at + 2])) == signer
    except UnreadableSignatureError:
        return False


def _option_allows(option: str, day: str) -> bool:
    name, _, value = option.partition("=")
    value = value.strip('"')
    match name.lower():
        case "namespaces":
            return NAMESPACE in value.split(",")
        case "valid-after":
            return "" < _day(value) <= day
        case "valid-before":
            return day < _day(value)
    return False


def _day(value: str) -> str:
    """The day of a time in allowed_signers (`YYYYMMDD…`) as ISO 8601; what is not one never allows."""
    try:
        return date.fromisoformat(value[:8]).isoformat()
    except ValueError:
        return ""


def _words(line: str) -> list[str]:
    text = line.strip()
    return [] if text.startswith("#") else text.split()
