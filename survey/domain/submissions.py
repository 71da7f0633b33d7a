"""Submissions: filled forms as received, their attachments, and the states a review moves them through."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from survey.domain.problems import DECISION_IMPOSSIBLE, FILES_MISSING, REASON_NEEDED, Problem


class State(StrEnum):
    """The review state of a submission; answers never change, this does."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REJECTED = "rejected"


class Source(StrEnum):
    """How a photo came to be: the system camera, the in-page camera, one video frame, a picked file, typed in at a desk."""

    SYSTEM = "system"
    IN_PAGE = "in_page"
    FRAME = "frame"
    PICKED = "picked"
    DESK = "desk"
    UNKNOWN = "unknown"


class Consent(StrEnum):
    """What the people of a place said to being photographed; *absent*: nobody was there to ask, or nobody was asked."""

    GIVEN = "given"
    REFUSED = "refused"
    ABSENT = "absent"


class FileState(StrEnum):
    """Where an attachment stands: named but not here, here, here but not a photo, or here without its form naming it."""

    MISSING = "missing"
    STORED = "stored"
    REFUSED = "refused"
    UNREFERENCED = "unreferenced"


@dataclass(frozen=True)
class Fix:
    """A position as the phone gave it: degrees WGS 84, metres, aware UTC; None is *not given*.

    *by_hand* says that a person put it on a map or typed it in: no instrument measured it.
    """

    latitude: float
    longitude: float
    accuracy_m: float | None = None
    altitude_m: float | None = None
    at: datetime | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class Capture:
    """What the phone knew when a photo was taken: both fixes around a system camera, the file's own time and hash."""

    name: str
    source: Source = Source.UNKNOWN
    before: Fix | None = None
    after: Fix | None = None
    last_modified: datetime | None = None
    sha256: str | None = None
    size: int | None = None

    @property
    def fix(self) -> Fix | None:
        """The better of the two fixes: the one with the smaller accuracy radius, else the one that exists."""
        given = [fix for fix in (self.after, self.before) if fix is not None]
        return min(given, key=lambda fix: fix.accuracy_m if fix.accuracy_m is not None else 1e9, default=None)


@dataclass(frozen=True)
class Answer:
    """One answered question; *value* is a str, float, list of codes, Fix or file name as the question's type says.

    *path* is the node path without repeat numbers (`/data/fence/green_m`), *repeat* the numbers (`""` or `"2"` or `"2.1"`).
    """

    path: str
    repeat: str
    question: str
    kind: str
    value: object


@dataclass(frozen=True)
class Instance:
    """An instance XML, read: who filled it in, which form, when, which site, its answers and the files it names.

    *repeats* counts the instances of each repeat by numbered path: one without an answer leaves no other trace.
    """

    id: str
    form: str
    form_version: str
    answers: tuple[Answer, ...]
    files: tuple["NamedFile", ...]
    site: str | None = None
    hamlet: str | None = None
    replaces: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    device: str | None = None
    fix: Fix | None = None
    captures: Mapping[str, Capture] = field(default_factory=dict)
    by: str | None = None
    repeats: Mapping[str, int] = field(default_factory=dict)
    consent: Consent | None = None

    @property
    def captured_at(self) -> datetime | None:
        """When the form was finished on the phone, else when it was begun."""
        return self.ended_at or self.started_at


@dataclass(frozen=True)
class NamedFile:
    """A file that an instance names: by which question, in which repeat."""

    name: str
    question: str
    repeat: str = ""


@dataclass(frozen=True)
class Submission:
    """One filled form as it stands in the store; times are aware UTC, positions WGS 84 degrees.

    *clock_drift_s* is the phone's clock minus the server's when it was sent first, None where the phone told none;
    *brought_by* who handed it in for its person, None where the person did. *consent* is None where the client does not ask for it.
    """

    commune: str
    id: str
    code: str
    form: str
    form_version: str
    site: str | None
    hamlet: str | None
    round: str | None
    person: str
    device: str | None
    door: str
    captured_at: datetime
    received_at: datetime
    state: State
    state_version: int
    replaces: str | None
    missing_files: int
    flag_count: int
    flag_severity: int
    fix: Fix | None
    answers: Mapping[str, object]
    instance_sha256: str
    started_at: datetime | None = None
    clock_drift_s: float | None = None
    brought_by: str | None = None
    consent: Consent | None = None

    def decide(self, to: State, *, reason: str) -> "Submission":
        """The submission in state *to*.

        Raises DECISION_IMPOSSIBLE where the state does not lead there, REASON_NEEDED where a return, a rejection or a
        decision taken back has no *reason*, FILES_MISSING where files are missing and acceptance has no reason (DESIGN 2.2).
        """
        if to not in _TRANSITIONS[self.state]:
            raise Problem(DECISION_IMPOSSIBLE, code=self.code, **state_words(self.state), **state_words(to, "to"))
        if to is State.ACCEPTED:
            if self.missing_files and not reason.strip():
                raise Problem(FILES_MISSING, code=self.code, count=self.missing_files)
        elif not reason.strip():
            raise Problem(REASON_NEEDED, code=self.code)
        return replace(self, state=to, state_version=self.state_version + 1)

    def attach(self, site: str | None, hamlet: str | None, *, reason: str) -> "Submission":
        """The submission as one about *site* in *hamlet*; its answers stay as they are. Raises REASON_NEEDED without a *reason*."""
        if not reason.strip():
            raise Problem(REASON_NEEDED, code=self.code)
        return replace(self, site=site, hamlet=hamlet, state_version=self.state_version + 1)


STATE_WORDS: dict[State, tuple[str, str]] = {
    State.RECEIVED: ("chờ duyệt", "waiting for review"),
    State.ACCEPTED: ("đã duyệt", "accepted"),
    State.RETURNED: ("đã trả lại", "returned"),
    State.REJECTED: ("đã từ chối", "rejected"),
}


def state_words(state: State, name: str = "state") -> dict[str, str]:
    """*state* in both languages, as the texts of problems want it: `state_vi` and `state_en`."""
    vi, en = STATE_WORDS[state]
    return {f"{name}_vi": vi, f"{name}_en": en}


_TRANSITIONS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.ACCEPTED, State.RETURNED, State.REJECTED}),
    State.ACCEPTED: frozenset({State.RECEIVED}),
    State.RETURNED: frozenset({State.RECEIVED}),
    State.REJECTED: frozenset({State.RECEIVED}),
}


@dataclass(frozen=True)
class Attachment:
    """A file that a submission names, as it stands: missing, stored or refused, with what the phone knew of it."""

    commune: str
    submission: str
    name: str
    question: str
    repeat: str
    ordinal: int
    state: FileState
    sha256: str | None
    reason: str | None
    capture: Capture
    received_at: datetime | None


@dataclass(frozen=True)
class Review:
    """A person's decision on a submission, number *number* of its history."""

    commune: str
    submission: str
    number: int
    from_state: State
    to_state: State
    reason: str
    person: str
    at: datetime


# Crockford's base 32: no I, L and O, which look like digits, and no U (https://www.crockford.com/base32.html).
_CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_code(submission_id: str) -> str:
    """Eight letters to read out over the phone, `K7M2-9QXD`, from the first 40 bits of SHA-256 of *submission_id*."""
    bits = int.from_bytes(hashlib.sha256(submission_id.encode()).digest()[:5], "big")
    letters = "".join(_CODE_ALPHABET[bits >> shift & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def typed_code(text: str) -> str:
    """A short code as somebody typed it from paper, in the form of `short_code`: any case and spacing, O for 0, I and L for 1."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum()).translate(str.maketrans("OIL", "011"))
    return f"{letters[:4]}-{letters[4:]}"
