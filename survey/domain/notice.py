"""The notice that phones show before the first photo: its sentences, and the version by which a visit names what stood there.

The phone has the same sentences in field/consent.mjs; a test holds the two together.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.canonical import sha256_hex
from survey.domain.privacy import Retention

NOTICE = 1  # the number of the text, raised with that of field/consent.mjs
_DIGITS = 16
TITLE = "What is recorded here, and why"
PHOTOGRAPHED = (
    "{commune} commune photographs houses, gardens, fences and roads, with place and time, to be assessed as a new rural commune."
)
HANDED = "The commune's officers see the photos. Photos that count are handed to the council that appraises the commune."
KEPT, KEPT_UNKNOWN = "Photos are kept for {years} years.", "The commune has not set how long photos are kept."
ASK, ASK_OFFICE = "Whom to ask: {contact}", "Whom to ask: the commune's office. The commune has not named anybody yet."
MAY_REFUSE = "Everybody may say no."
FULL = (
    "With each photo: what the camera writes into the file, the phone's position, the time, who took it. With each visit: its answers.",
    "Not wanted: faces, number plates, papers, what lies about in the house. Take the picture so that they are not in it.",
    "Until they are sent, photos and answers are on this phone only. They go to the commune's own server and to nobody else.",
    "Before a photo is shown in public, a person covers faces and number plates on the copy; the original stays closed away.",
    "People may ask the commune to show them the photos of their place, to correct answers and to erase photos.",
    "Of an erased photo the record stays that there was one, without the picture.",
    "Personal data in Viet Nam: Law 91/2025/QH15 and Decree 356/2025/NĐ-CP, in force since 1 January 2026. Silence is no consent.",
)


@dataclass(frozen=True)
class Notice:
    """One version: what phones send to name it, its sentences by language, and since when phones could show it."""

    number: int
    version: str
    words: dict[str, list[str]]
    at: datetime


def notice_version(kept: Retention) -> str:
    """What phones send: 16 digits of the SHA-256 of the text's number and what the commune has set, as JavaScript writes JSON."""
    return sha256_hex(json.dumps([NOTICE, kept.years, kept.contact], ensure_ascii=False, separators=(",", ":")))[:_DIGITS]


def notice_words(commune: str, kept: Retention, say: Callable[[str], str]) -> list[str]:
    """The sentences as a phone shows them in the language of *say*, for the *commune* of that name."""
    known: Sequence[str] = (
        say(TITLE), say(PHOTOGRAPHED).replace("{commune}", commune), say(HANDED),
        say(KEPT).replace("{years}", str(kept.years)) if kept.years else say(KEPT_UNKNOWN),
        say(ASK).replace("{contact}", kept.contact) if kept.contact else say(ASK_OFFICE), say(MAY_REFUSE),
    )  # fmt: skip
    return [*known, *(say(sentence) for sentence in FULL)]


def shown_notice(notices: Sequence[Notice], told: str | None, captured_at: datetime) -> tuple[Notice | None, bool]:
    """Which of *notices*, oldest first, stood before a visit, and whether the phone said so; else the one in force then.

    A version that the phone names and that was never kept here gives None: nothing else is put in its place.
    """
    before = [one for one in notices if one.at <= captured_at]
    if told:
        named = [one for one in notices if one.version == told]
        held = [one for one in named if one in before]
        return (held[-1] if held else named[0] if named else None), True
    return (before[-1] if before else None), False
