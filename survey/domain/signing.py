"""The keys that seal bundles, as everybody may see them: public lines, fingerprints, from when to when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from survey.domain.times import to_text

BUNDLE = "ntm-survey-bundle"
"""The namespace of a bag's seal: a signature made for one purpose holds for no other."""
KEY = "ntm-survey-key"
"""The namespace in which a key endorses the one that follows it."""
HEAD = "ntm-survey-head"
"""The namespace of a head of the log that is made known."""


@dataclass(frozen=True)
class SigningKey:
    """A key of the deployment; *valid_to* is None for the one in use.

    *endorsement* is the armoured signature of the former key over this one's `line_of_file`, '' where there was none or it was lost;
    *lost* is true of a key that ended without being there any more: what it seals after *valid_to* is forged.
    """

    fingerprint: str
    public_line: str
    valid_from: datetime
    valid_to: datetime | None = None
    reason: str = ""
    endorsement: str = ""
    lost: bool = False


def line_of_file(public_line: str) -> bytes:
    """The public key as a file holds it; what an endorsement is made over."""
    return f"{public_line}\n".encode()


def principal(commune: str) -> str:
    """Who signs for a commune, as `ssh-keygen` names it."""
    return f"xa-{commune}"


def allowed_line(commune: str, key: SigningKey, namespaces: Sequence[str] = (BUNDLE,)) -> str:
    """The line of an `allowed_signers` file that lets *key* sign for *commune* in *namespaces* only.

    No dates: `ssh-keygen -Y verify` holds them against now, and what was sealed before a change of keys must stay checkable for ever
    (OpenSSH before 8.7, which Windows 10 has, refuses such a line altogether). A lost key is the exception: its line ends with its
    validity, so that it counts only where a time is given that is known from elsewhere (`-Overify-time`).
    """
    options = f'namespaces="{",".join(namespaces)}"'
    if key.lost and key.valid_to is not None:
        options += f',valid-before="{key.valid_to:%Y%m%d%H%M%S}Z"'
    return f"{principal(commune)} {options} {key.public_line}"


class Signer(Protocol):
    """What signs for the deployment; the worker and the operator's commands hand it to the verbs that need it."""

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        """The key in use, then its predecessors, the newest first."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key in use, as `ssh-keygen` prints it."""

    @property
    def public_line(self) -> str:
        """The public key in use as OpenSSH writes it."""

    def sign(self, message: bytes, namespace: str = BUNDLE) -> str:
        """The armoured signature of *message*, which holds for *namespace* only."""


@dataclass(frozen=True)
class Head:
    """A head of a commune's log at a moment, as it is made known."""

    commune: str
    seq: int
    hash: str
    at: datetime

    def text(self) -> bytes:
        """What is signed: commune, number, hash and moment, a line each."""
        return f"{self.commune}\n{self.seq}\n{self.hash}\n{to_text(self.at)}\n".encode()


@dataclass(frozen=True)
class HeadPost:
    """A head that was sent to *address* on *day*; *posted_at* is None while nobody took it, *answer* is what came back, cut short."""

    day: date
    seq: int
    hash: str
    address: str
    posted_at: datetime | None
    answer: str


@dataclass(frozen=True)
class Unstamped:
    """A sealed bag without a time authority's word."""

    commune: str
    bundle: str
    number: int
    tag_manifest: str
