"""The doors' way to note who saw what: `note` costs no wait and never fails, `note_now` is durable before the answer begins.

A look is written within seconds by a thread of its own; when the server stops, the rest is written.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from survey import access
from survey.access import Figures, Notes
from survey.domain.access import Act, Subject
from survey.domain.people import Ability, Actor
from survey.domain.problems import Problem
from survey.web import session
from survey.wiring import Survey

__all__ = ["Act", "figures", "flush", "note", "note_first", "note_now", "written"]

# Our own choice: what a kill may lose, and what one transaction takes in some ten milliseconds.
EVERY_S = 3.0
AT_SIZE = 500
_log = logging.getLogger(__name__)
_wanted = threading.Event()
_LATELY = 10_000
_lock = threading.Lock()
_first: dict[str, None] = {}  # what `note_first` has written lately; the oldest leave first


def note(actor: Actor, act: Act, kind: str, subject: str = "") -> None:
    """Remember that *actor* did *act* to the *subject* (an id or hash) of *kind*; gathered, written later. Never raises."""
    try:
        notes = _notes(session.open())
        notes.note(actor, act, kind, subject)
        if notes.figures().waiting >= AT_SIZE:
            _wanted.set()
    except Exception:  # noqa: BLE001 - who works must not be stopped by what is noted of it; the server's log has it
        _log.exception("a look was not noted")


def note_now(actor: Actor, act: Act, kind: str, subject: str = "") -> None:
    """Write it before anything is answered. Raises STORAGE_UNUSABLE, DATABASE_UNREACHABLE: what cannot be noted does not leave."""
    access.note_now(session.open(), actor, act, kind, subject)


def note_first(actor: Actor, act: Act, kind: str, subject: str = "") -> None:
    """As `note_now` for the first time within some minutes, as `note` for its repetitions: ranges of a download, refusals."""
    survey = session.open()
    look = access.look_of(actor, act, kind, subject, survey.now())
    if _lately(look.id + look.commune):
        note(actor, act, kind, subject)
    else:
        access.note_now(survey, actor, act, kind, subject)
        _remember(look.id + look.commune)


def note_refused(actor: Actor, ability: Ability) -> None:
    """Note that a page turned *actor* away who lacks *ability*."""
    try:
        note_first(actor, Act.REFUSED, Subject.ABILITY, ability.value)
    except Problem:  # the refusal stands all the same
        note(actor, Act.REFUSED, Subject.ABILITY, ability.value)


def flush() -> None:
    """Write what this process has gathered, as far as the database takes it: who searches the log sees the present."""
    try:
        _notes(session.open()).flush()
    except Problem as problem:
        _log.warning("looks wait to be written: %s", problem.kind.code)


def figures() -> Figures:
    """How noting stands in this process, for the metrics."""
    return _notes(session.open()).figures()


@contextmanager
def written(survey: Survey) -> Iterator[None]:
    """While the block runs, write what is gathered every few seconds, and the rest at its end."""
    ended = threading.Event()
    thread = threading.Thread(target=_write_on, args=(_notes(survey), ended), name="looks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        _wanted.set()
        thread.join()


def _write_on(notes: Notes, ended: threading.Event) -> None:
    troubled = False
    while True:
        _wanted.wait(EVERY_S)
        _wanted.clear()
        is_last = ended.is_set()  # asked before: what is noted while the rest is written would stay
        try:
            notes.flush()
            troubled = False
        except Exception as error:  # noqa: BLE001 - a full disk or a database that is away must not end the writing
            if not troubled:  # once for each trouble, not every three seconds
                _log.error("looks cannot be written (%s); %d wait, %d lost", error, notes.figures().waiting, notes.figures().lost)
            troubled = True
        if is_last:
            return


@lru_cache(maxsize=8)
def _notes(survey: Survey) -> Notes:
    return Notes(survey)


def _lately(key: str) -> bool:
    with _lock:
        return key in _first


def _remember(key: str) -> None:
    with _lock:
        _first[key] = None
        while len(_first) > _LATELY:
            del _first[next(iter(_first))]


session.on_refused.append(note_refused)
