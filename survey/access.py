"""Noting who saw, took or exported what: gathered in memory and written every few seconds, or at once where it must not be lost.

A process that is killed loses the looks of its last seconds; what `note_now` was asked to note is durable when it returns.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from survey.domain.access import KEPT_SETTING, Act, Look, Seen, Subject, as_subject, checked_days, entry, kept_days, kept_since, window_of
from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import SOURCE_NEEDED
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.store.looks import delete_looks, upsert_looks
from survey.store.province import select_commune_names
from survey.store.reviews import lock_decisions
from survey.store.settings import insert_setting, select_settings

# Our own choice: some megabytes; a database that is away for an hour of work in an office stays below it.
MOST_WAITING = 20_000
# A sweep deletes in portions, each a transaction of its own, so that nobody waits for it.
PORTION = 2_000


@dataclass(frozen=True)
class Figures:
    """How noting stands in this process: entries that wait, entries written, looks lost for want of room, writes that failed."""

    waiting: int
    written: int
    lost: int
    failed: int


class Notes:
    """The looks of one process that are not written yet; any thread may note."""

    def __init__(self, survey: Survey, *, most: int = MOST_WAITING) -> None:
        self._survey = survey
        self._most = most
        self._lock = Lock()
        self._writing = Lock()
        self._waiting: dict[Look, Seen] = {}
        self._missed: dict[Look, Seen] = {}  # one a commune and window: what could not be kept is told in the log itself
        self._written = self._lost = self._failed = 0

    def note(self, actor: Actor, act: Act, kind: str, subject: str = "") -> bool:
        """Remember that *actor* did *act* to the thing; returns whether this is the first time in its window in this process."""
        now = self._survey.now()
        look, seen = look_of(actor, act, kind, subject, now), Seen(now, now)
        with self._lock:
            return self._add(look, seen)

    def flush(self) -> int:
        """Write what waits; returns how many entries. What cannot be written waits on. Raises STORAGE_UNUSABLE, DATABASE_UNREACHABLE."""
        with self._writing:
            with self._lock:
                taken, self._waiting, self._missed = self._waiting | self._missed, {}, {}
            if not taken:
                return 0
            try:
                _write(self._survey, taken)
            except BaseException:
                self._put_back(taken)
                raise
            self._written += len(taken)
            return len(taken)

    def figures(self) -> Figures:
        """How noting stands."""
        with self._lock:
            return Figures(len(self._waiting) + len(self._missed), self._written, self._lost, self._failed)

    def _add(self, look: Look, seen: Seen) -> bool:
        known = self._waiting.get(look)
        if known is None and len(self._waiting) >= self._most:
            self._lost += seen.times
            missed = Look(look.commune, look.window, "", "", Act.LOST, Subject.LOOKS, "")
            self._missed[missed] = seen.and_(self._missed[missed]) if missed in self._missed else seen
            return False
        self._waiting[look] = seen if known is None else known.and_(seen)
        return known is None

    def _put_back(self, taken: dict[Look, Seen]) -> None:
        with self._lock:
            self._failed += 1
            for look, seen in taken.items():
                if look.act == Act.LOST:
                    self._missed[look] = seen.and_(self._missed[look]) if look in self._missed else seen
                else:
                    self._add(look, seen)


def look_of(actor: Actor, act: Act, kind: str, subject: str, now: datetime) -> Look:
    """The entry that *actor*'s act at *now* belongs to. Raises ValueError for a *kind* that the log does not know."""
    return Look(actor.commune, window_of(now), actor.person, actor.device or "", Act(act), Subject(kind), as_subject(subject))


def note_now(survey: Survey, actor: Actor, act: Act, kind: str, subject: str = "") -> None:
    """Write at once that *actor* did *act* to the thing: exports and what else must not happen unseen are noted before their first byte.

    Raises STORAGE_UNUSABLE, DATABASE_UNREACHABLE: what cannot be noted does not leave the server.
    """
    now = survey.now()
    _write(survey, {look_of(actor, act, kind, subject, now): Seen(now, now)})


def looks_kept_days(survey: Survey, commune: str) -> int:
    """How many days *commune* keeps its looks."""
    with survey.reading() as reader:
        return kept_days(select_settings(reader, commune, KEPT_SETTING))


def set_kept_days(survey: Survey, actor: Actor, days: int, reason: str) -> None:
    """Keep the commune's looks for *days* from now on. Raises NOT_ALLOWED, LOG_KEPT_UNUSABLE, SOURCE_NEEDED, REASON_TOO_LONG."""
    actor.require(Ability.PROTECT_DATA)
    days, reason = checked_days(days), checked_reason(reason, limit=NOTE_LENGTH, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)  # two at once write one number each
        now = survey.now()
        number = insert_setting(tx, actor.commune, KEPT_SETTING, str(days), reason=reason, person=actor.person, at=now)
        body = {"days": days, "number": number, "person": actor.person, "reason_sha256": sha256_hex(reason)}
        tx.log(actor.commune, "logs.kept_set", body)


def sweep(survey: Survey) -> int:
    """Delete the looks that are older than their commune keeps them; returns how many."""
    with survey.reading() as reader:
        communes = [commune for commune, *_ in select_commune_names(reader)]
        before = {commune: kept_since(select_settings(reader, commune, KEPT_SETTING), survey.now()) for commune in communes}
    deleted = 0
    for commune, moment in before.items():
        while True:
            with survey.transaction() as tx:
                portion = delete_looks(tx, commune, moment, limit=PORTION)
            deleted += portion
            if portion < PORTION:
                break
    return deleted


def _write(survey: Survey, looks: dict[Look, Seen]) -> None:
    with survey.transaction() as tx:
        upsert_looks(tx, [entry(look, seen) for look, seen in looks.items()])
