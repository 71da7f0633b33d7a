"""Photos past their time go by themselves where a commune has turned that on: at night, in portions, never what is held."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.personal import AUTO, NIGHT, NOTICE_DAYS, PAUSED, starts_at
from survey.domain.ports import Reader, Survey
from survey.domain.privacy import RETENTION, Retention
from survey.domain.problems import HOLD_UNKNOWN, NOT_ALLOWED, RETENTION_NOT_SET, SOURCE_NEEDED, Problem
from survey.domain.reasons import checked_reason
from survey.domain.times import VIETNAM, from_text, local_date
from survey.personal.erasing import visible_home
from survey.store.burying import update_buried
from survey.store.deployment import select_rounds
from survey.store.personal_rows import insert_hold, update_hold_ended
from survey.store.retained import select_automatic, select_due, select_due_count
from survey.store.reviews import lock_decisions
from survey.store.settings import insert_setting, select_setting_history, select_settings

PORTION = 200  # photos of one sweep of one commune; a sweep comes hourly: 800 in a night. Our own choice
_CHUNK = 25
BY_ITSELF = "retention"  # who the log says it was


@dataclass(frozen=True)
class Automatic:
    """Whether photos go by themselves: from which night, whether that is paused, how many are past their time and not held."""

    starts: date | None
    paused: bool
    due: int
    next_night: date | None


def turn_on(survey: Survey, actor: Actor, reason: str) -> date:
    """Let photos past their time go by themselves from the night NOTICE_DAYS ahead; returns that day.

    Raises NOT_ALLOWED, RETENTION_NOT_SET, SOURCE_NEEDED, REASON_TOO_LONG.
    """
    first = local_date(survey.now()) + timedelta(days=NOTICE_DAYS)
    with survey.reading() as reader:
        if Retention.of(select_settings(reader, actor.commune)).years is None:
            raise Problem(RETENTION_NOT_SET)
    _set(survey, actor, AUTO, first.isoformat(), reason)
    return first


def turn_off(survey: Survey, actor: Actor, reason: str) -> None:
    """Let no photo go by itself any more. Raises NOT_ALLOWED, SOURCE_NEEDED, REASON_TOO_LONG."""
    _set(survey, actor, AUTO, "", reason)


def pause(survey: Survey, actor: Actor, reason: str, *, on: bool) -> None:
    """Pause it, or let it go on. Raises NOT_ALLOWED, SOURCE_NEEDED, REASON_TOO_LONG."""
    _set(survey, actor, PAUSED, "yes" if on else "", reason)


def hold(survey: Survey, actor: Actor, kind: str, subject: str, reason: str) -> str:
    """Keep the photos of a home (`site`) or round (`round`) from going by themselves; returns the hold's id.

    Raises NOT_ALLOWED, HOME_UNKNOWN, HOLD_UNKNOWN for a round that is none, SOURCE_NEEDED, REASON_TOO_LONG.
    """
    _require(actor)
    reason, key = checked_reason(reason, lacking=SOURCE_NEEDED), str(uuid.uuid4())
    with survey.transaction() as tx:
        if kind == "site":
            visible_home(tx, actor, subject)
        elif kind != "round" or subject not in {one["round"] for one in select_rounds(tx, actor.commune)}:
            raise Problem(HOLD_UNKNOWN)
        insert_hold(tx, actor.commune, key, kind, subject, reason, person=actor.person, at=survey.now())
        body: dict[str, object] = {"hold": key, "subject": subject, "reason_sha256": sha256_hex(reason), "person": actor.person}
        tx.log(actor.commune, "hold.begun", body)
    return key


def end_hold(survey: Survey, actor: Actor, key: str, reason: str) -> None:
    """End a hold. Raises NOT_ALLOWED, HOLD_UNKNOWN, SOURCE_NEEDED, REASON_TOO_LONG."""
    _require(actor)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        if not update_hold_ended(tx, actor.commune, key, reason, person=actor.person, at=survey.now()):
            raise Problem(HOLD_UNKNOWN)
        tx.log(actor.commune, "hold.ended", {"hold": key, "reason_sha256": sha256_hex(reason), "person": actor.person})


def automatic(reader: Reader, commune: str, now: datetime) -> Automatic:
    """What a page shows: also before the first night, so that everybody can see what is coming."""
    settings = select_settings(reader, commune)
    before, starts = Retention.of(settings).oldest_kept(now), _first_night(reader, commune)
    due = 0 if before is None else select_due_count(reader, commune, before)
    tonight = local_date(now) + timedelta(days=int(now.astimezone(VIETNAM).hour >= NIGHT[1]))
    runs = starts is not None and before is not None and not settings.get(PAUSED)
    return Automatic(starts, bool(settings.get(PAUSED)), due, max(starts, tonight) if runs and starts is not None else None)


def sweep(survey: Survey) -> int:
    """Erase a portion of what is past its time in each commune that wants it so, at night; returns how many photos."""
    now = survey.now()
    if not NIGHT[0] <= now.astimezone(VIETNAM).hour < NIGHT[1]:
        return 0
    with survey.reading() as reader:
        communes = select_automatic(reader)
    return sum(_sweep(survey, commune, now) for commune in communes)


def _sweep(survey: Survey, commune: str, now: datetime) -> int:
    with survey.reading() as reader:
        due, reason = _due(reader, commune, now)
    done = 0
    for start in range(0, len(due), _CHUNK):
        with survey.transaction() as tx:
            lock_decisions(tx, commune)  # a hold or a pause that comes now is seen before the next photos
            still, _ = _due(tx, commune, now)
            chunk = [sha256 for sha256 in due[start : start + _CHUNK] if sha256 in set(still)]
            done += sum(update_buried(tx, commune, sha256, person=BY_ITSELF, reason=reason, at=now) for sha256 in chunk)
    return done


def _due(reader: Reader, commune: str, now: datetime) -> tuple[Sequence[str], str]:
    settings = select_settings(reader, commune)
    before, starts = Retention.of(settings).oldest_kept(now), _first_night(reader, commune)
    if before is None or starts is None or settings.get(PAUSED) or local_date(now) < starts:
        return [], ""
    history = select_setting_history(reader, commune, RETENTION)
    return select_due(reader, commune, before, limit=PORTION), history[0]["reason"] if history else ""


def _first_night(reader: Reader, commune: str) -> date | None:
    """The first night; whoever shortens the time afterwards gives everybody NOTICE_DAYS again."""
    starts = starts_at(select_settings(reader, commune))
    changed = select_setting_history(reader, commune, RETENTION)
    if starts is None or not changed:
        return starts
    return max(starts, local_date(from_text(changed[0]["at"])) + timedelta(days=NOTICE_DAYS))


def _set(survey: Survey, actor: Actor, name: str, value: str, reason: str) -> None:
    _require(actor)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        number = insert_setting(tx, actor.commune, name, value, reason=reason, person=actor.person, at=survey.now())
        hashes = {"value_sha256": sha256_hex(value), "reason_sha256": sha256_hex(reason)}
        tx.log(actor.commune, "privacy.set", {"name": name, "number": number, "person": actor.person, **hashes})


def _require(actor: Actor) -> None:
    actor.require(Ability.PROTECT_DATA)
    if actor.hamlets is not None:
        raise Problem(NOT_ALLOWED, ability=Ability.PROTECT_DATA.value)
