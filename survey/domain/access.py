"""The access log: who saw, took or exported what, in ids; repeated looks at one thing are one entry with a count (DESIGN 2.9)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from survey.domain.canonical import sha256_hex
from survey.domain.problems import LOG_KEPT_UNUSABLE, Problem
from survey.domain.times import to_text

# All of these are our own choice: docs/logs.md.
WINDOW_S = 300  # looks of one person at one thing within the same five minutes of the clock are one entry
KEPT_DAYS, LEAST_DAYS, MOST_DAYS = 730, 30, 3650
KEPT_SETTING = "logs.looks_kept_days"

_ID = re.compile(r"[A-Za-z0-9_.:/+=-]{0,128}")


class Act(StrEnum):
    """What somebody did without changing anything; what changes something is an event of the chained log."""

    SAW = "saw"  # opened one thing: a submission, a photo, a site
    LISTED = "listed"  # a list with names or places: the queue, the register, the people
    SEARCHED = "searched"  # looked for somebody or something by words that are not kept
    TOOK = "took"  # fetched the file itself: an original, a document, a bundle
    TOOK_ALONG = "took_along"  # a phone carried the register with it
    EXPORTED = "exported"  # a table of many
    PRINTED = "printed"  # a sheet to be handed on
    CHECKED = "checked"  # had a bundle or the log checked
    REPORTED = "reported"  # what is known about a person
    REFUSED = "refused"  # asked for what exists and is not theirs
    RAN = "ran"  # a command at the server
    LOST = "lost"  # looks that could not be kept; how many says the count


class Subject(StrEnum):
    """Kinds of things that somebody may look at; the subject beside it is an id, a hash, or empty where there is one only."""

    SUBMISSION = "submission"
    PHOTO = "photo"
    PUBLIC_PHOTO = "public_photo"
    RESIDENT_REPORT = "resident_report"
    SITE = "site"
    REGISTER = "register"
    MAP = "map"
    VISITS = "visits"
    PEOPLE = "people"
    PERSON = "person"
    PHONES = "phones"
    QUEUE = "queue"
    DESK = "desk"
    TASKS = "tasks"
    FIGURES = "figures"
    PROOF = "proof"
    BRIEFING = "briefing"
    ROADMAP = "roadmap"
    VISIT_LIST = "visit_list"
    PROVINCE = "province"
    DOCUMENT = "document"
    BUNDLE = "bundle"
    OPENING = "opening"
    KEY = "key"
    HEADS = "heads"
    PRIVACY = "privacy"
    CHANGES = "changes"
    LOOKS = "looks"
    BACKUP = "backup"
    COMMAND = "command"
    ABILITY = "ability"
    LOG = "log"


@dataclass(frozen=True, order=True)
class Look:
    """Somebody's look at one thing within one window; *times* and the moments are counted apart from it."""

    commune: str
    window: int
    person: str
    device: str
    act: str
    kind: str
    subject: str

    @property
    def id(self) -> str:
        """The entry's key: sorts by window, and is the same in every process that saw a part of it."""
        said = f"{self.person}\n{self.device}\n{self.act}\n{self.kind}\n{self.subject}"
        return f"{self.window:08x}{sha256_hex(said)[:24]}"


@dataclass(frozen=True)
class Seen:
    """When a look began and last happened, and how often."""

    first: datetime
    last: datetime
    times: int = 1

    def and_(self, other: "Seen") -> "Seen":
        """Both together."""
        return Seen(min(self.first, other.first), max(self.last, other.last), self.times + other.times)


def window_of(moment: datetime) -> int:
    """The number of the window that *moment* falls in."""
    return int(moment.timestamp()) // WINDOW_S


def as_subject(said: str) -> str:
    """*said* where it looks like an id or a hash; anything else, words above all, is told by its hash alone."""
    return said if _ID.fullmatch(said) else f"sha256:{sha256_hex(said)}"


def entry(look: Look, seen: Seen) -> dict[str, object]:
    """The row of *look*."""
    return {
        "commune": look.commune, "id": look.id, "first_at": to_text(seen.first), "last_at": to_text(seen.last), "person": look.person,
        "device": look.device, "act": look.act, "kind": look.kind, "subject": look.subject, "times": seen.times,
    }  # fmt: skip


def kept_days(settings: Mapping[str, str]) -> int:
    """How many days a commune keeps its looks, by its *settings*; KEPT_DAYS where it has set nothing."""
    return int(settings.get(KEPT_SETTING, KEPT_DAYS))


def checked_days(days: int) -> int:
    """*days* where looks may be kept so long. Raises LOG_KEPT_UNUSABLE."""
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise Problem(LOG_KEPT_UNUSABLE, least=LEAST_DAYS, most=MOST_DAYS)
    return days


def kept_since(settings: Mapping[str, str], now: datetime) -> datetime:
    """The moment before which looks are deleted."""
    return now - timedelta(days=kept_days(settings))
