"""Reading the logs: what was changed (the hash chain) and who looked at what; nobody changes either from here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.access import Act, Subject
from survey.domain.canonical import event_hash
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Row, Survey
from survey.domain.problems import NOT_ALLOWED, Problem
from survey.domain.times import from_text
from survey.store.event_index import (
    ChangeFilters,
    delete_index,
    index_portion,
    select_chains,
    select_changes_page,
    select_first_found,
)
from survey.store.event_index import Place as ChangePlace
from survey.store.events import GENESIS, select_hash_at, select_head, select_stretch
from survey.store.looks import LookFilters, select_looks, stream_looks
from survey.store.looks import Place as LookPlace

PAGE = 50
PORTION = 2_000
# Our own choice: what a person waits for at most a second or two; the whole chain is checked by `check-store`.
MOST_CHECKED = 50_000


@dataclass(frozen=True)
class Chain:
    """The state of a commune's chain: its length and head, and the first event that can be searched for."""

    length: int
    head: str
    first_found: int


@dataclass(frozen=True)
class Checked:
    """What a check of the events *first* to *last* found: None, or the number of the first event that is not as it was written."""

    first: int
    last: int
    broken: int | None

    @property
    def said(self) -> str:
        """As the access log keeps it."""
        return f"{self.first}-{self.last}:{'ok' if self.broken is None else f'broken-{self.broken}'}"

    @classmethod
    def read(cls, said: str) -> "Checked":
        """The check that was kept as *said*. Raises ValueError."""
        stretch, _, outcome = said.partition(":")
        first, _, last = stretch.partition("-")
        return cls(int(first), int(last), None if outcome == "ok" else int(outcome.removeprefix("broken-")))


def find_changes(survey: Survey, actor: Actor, filters: ChangeFilters, after: ChangePlace | None = None) -> Sequence[Row]:
    """A page of the commune's changes, newest first. Raises NOT_ALLOWED."""
    require_reader(actor)
    with survey.reading() as reader:
        return select_changes_page(reader, actor.commune, filters, after, limit=PAGE)


def find_looks(survey: Survey, actor: Actor, filters: LookFilters, after: LookPlace | None = None) -> list[Row]:
    """A page of the commune's looks, newest first. Raises NOT_ALLOWED."""
    require_reader(actor)
    with survey.reading() as reader:
        return select_looks(reader, actor.commune, filters, after, limit=PAGE)


def all_looks(survey: Survey, actor: Actor, filters: LookFilters) -> Iterator[Row]:
    """Every look by *filters*, oldest first, as a stream. Raises NOT_ALLOWED before the first."""
    require_reader(actor)

    def rows() -> Iterator[Row]:
        with survey.reading() as reader:
            yield from stream_looks(reader, actor.commune, filters)

    return rows()


def stretch(survey: Survey, actor: Actor, first: int, last: int) -> Iterator[Row]:
    """The events *first* to *last* of the commune's chain with all that their hashes are made of, as a stream. Raises NOT_ALLOWED."""
    require_reader(actor)

    def rows() -> Iterator[Row]:
        with survey.reading() as reader:
            yield from select_stretch(reader, actor.commune, first, last)

    return rows()


def state(survey: Survey, actor: Actor) -> Chain:
    """How the commune's chain stands. Raises NOT_ALLOWED."""
    require_reader(actor)
    with survey.reading() as reader:
        length, head = select_head(reader, actor.commune)
        return Chain(length, head, select_first_found(reader, actor.commune))


def last_check(survey: Survey, actor: Actor) -> tuple[datetime, Checked] | None:
    """When a stretch of the chain was last checked by a person, and what was found. Raises NOT_ALLOWED."""
    filters = LookFilters(act=Act.CHECKED, kind=Subject.CHANGES)
    found = find_looks(survey, actor, filters)
    return (from_text(found[0]["last_at"]), Checked.read(found[0]["subject"])) if found else None


def check_stretch(survey: Survey, actor: Actor, first: int, last: int) -> Checked:
    """Compute the hashes of the events *first* to *last* anew, at most MOST_CHECKED of them counted from *last*. Raises NOT_ALLOWED."""
    require_reader(actor)
    with survey.reading() as reader:
        length, head = select_head(reader, actor.commune)
        last = max(0, min(last, length))
        first = max(1, first, last - MOST_CHECKED + 1)
        broken = _first_broken(reader, actor.commune, first, last)
        if broken is None and last == length and (select_hash_at(reader, actor.commune, last) or GENESIS) != head:
            broken = last
    return Checked(first, last, broken)


def index_old(survey: Survey) -> int:
    """Let events of an older release be found, a portion a transaction; returns how many were added."""
    with survey.reading() as reader:
        chains = select_chains(reader)
    added = 0
    for commune in chains:
        while True:
            with survey.reading() as reader:
                if select_first_found(reader, commune) <= 1:
                    break
            with survey.transaction() as tx:
                portion = index_portion(tx, commune, PORTION)
            added += portion
            if not portion:
                break
    return added


def reindex(survey: Survey) -> int:
    """Make anew what finds the events of every chain, from the events; returns how many there are. An operator's verb."""
    with survey.reading() as reader:
        chains = select_chains(reader)
    for commune in chains:
        with survey.transaction() as tx:
            delete_index(tx, commune)
    return index_old(survey)


def require_reader(actor: Actor) -> None:
    """Raise NOT_ALLOWED unless *actor* reads the logs of the whole commune: entries are not kept by hamlet."""
    actor.require(Ability.SEE_LOGS)
    if actor.hamlets is not None:
        raise Problem(NOT_ALLOWED, ability=Ability.SEE_LOGS.value)


def _first_broken(reader: Reader, commune: str, first: int, last: int) -> int | None:
    prev = select_hash_at(reader, commune, first - 1) or GENESIS
    expected = first
    for event in select_stretch(reader, commune, first, last):
        right = event_hash(event["seq"], event["prev"], event["salt"], event["body"])
        if (event["seq"], event["prev"], event["hash"]) != (expected, prev, right):
            return expected
        prev, expected = event["hash"], expected + 1
    return expected if expected <= last else None
