"""What a commune says of people's data, what people ask about it, and what is left of a home or an account once it is erased."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from survey.domain.sites import ATTRIBUTES, Site, SiteKind, ValueType

TOMB_CODE = 8  # digits of the id in the name of what was erased
WORDS_LENGTH = 1000  # our own choice: a paragraph
FIRST_ANSWER_DAYS = 2
"""Working days within which people hear an answer, as law firms sum the decree up (docs/privacy.md); never said to be the law."""
NOTICE_DAYS = 14  # our own choice: so long before the first photo goes by itself everybody in the office can see that it will
NIGHT = (1, 5)  # hours in Viet Nam within which photos go by themselves: our own choice, nobody waits at that time
AUTO, PAUSED = "retention_by_itself", "retention_paused"  # settings of a commune
_WEEKEND = 5
_KEPT_TYPES = frozenset({ValueType.INTEGER, ValueType.DECIMAL, ValueType.CHOICE, ValueType.YES_NO})


class Purpose(StrEnum):
    """What is processed: the commune states what for, and on which ground."""

    REGISTER = "register"
    VISITS = "visits"
    PHOTOS = "photos"
    POSITIONS = "positions"
    PUBLISHING = "publishing"
    RESIDENTS = "residents"
    ACCOUNTS = "accounts"
    LOGS = "logs"


class RequestKind(StrEnum):
    """What a person asks for."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    OBJECTION = "objection"
    COMPLAINT = "complaint"


class RequestState(StrEnum):
    """What became of it."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


class Said(StrEnum):
    """What the people of a home said at the office."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Stated:
    """One purpose as the commune states it, in one of its versions; without *words* it is taken back."""

    purpose: Purpose
    number: int
    words: str
    ground: str
    source: str
    person: str
    at: datetime


@dataclass(frozen=True)
class SaidAtOffice:
    """What the people of *site* said at the office, who took it down, and the paper where there is one."""

    site: str
    number: int
    said: Said
    said_on: date
    note: str
    document: str | None
    person: str
    at: datetime


@dataclass(frozen=True)
class DataRequest:
    """What somebody asked for, in its newest version; *subject* is the id of a home or an account, empty where it is neither."""

    id: str
    number: int
    kind: RequestKind
    subject_kind: str
    subject: str
    words: str
    received_on: date
    due_on: date
    due_source: str
    answers: str | None
    state: RequestState
    outcome: str
    person: str
    at: datetime


def working_days_after(day: date, count: int) -> date:
    """The day *count* working days after *day*; Saturdays and Sundays are left out, public holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _WEEKEND
    return day


def tomb_name(id_: str) -> str:
    """What stands for the name and code of an erased home or account: `X-` and the first digits of its *id_*."""
    return f"X-{id_.replace('-', '')[:TOMB_CODE].upper()}"


def without_person(site: Site) -> Site:
    """A version of *site* that says nobody's name or place: hamlet, kind and the attributes that figures are made of stay."""
    kept = {one.name for one in ATTRIBUTES[site.kind] if one.type in _KEPT_TYPES}
    attributes = {name: value for name, value in site.attributes.items() if name in kept}
    name = tomb_name(site.id)
    return replace(site, code=name, name=name, latitude=None, longitude=None, line=None, attributes=attributes)


def erasable(site: Site | None) -> bool:
    """Whether a site is a home: a road or a culture house is nobody's personal data."""
    return site is not None and site.kind is SiteKind.HOUSEHOLD


def starts_at(settings: Mapping[str, str]) -> date | None:
    """The first night in which photos past their time go by themselves; None where the commune has not turned that on."""
    value = settings.get(AUTO, "")
    return date.fromisoformat(value) if value else None


def kept_value(value: object, kind: str, codes: AbstractSet[str]) -> object:
    """What stays of an answer: a number, the codes of the list, or the mere fact that there was one; None for nothing."""
    if kind == "number":
        return _number(value)
    if kind == "code":
        said = value if isinstance(value, list | tuple) else str(value).split()
        found = [str(code) for code in said if str(code) in codes]
        return found if isinstance(value, list | tuple) else " ".join(found) or None
    return "×" if value not in (None, "", []) else None


def _number(value: object) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return value if isinstance(value, int | float) else float(value)
    except ValueError:
        return None
