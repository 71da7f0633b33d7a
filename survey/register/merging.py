"""Hamlets that become one, and hamlets that get another name: entered by their decision, on the day they take effect or later."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from survey.domain.canonical import sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.places import Hamlet, hamlet_key, next_hamlet_id
from survey.domain.ports import Survey, Transaction
from survey.domain.problems import HAMLET_UNKNOWN, HAMLETS_UNCHANGED, NOT_ALLOWED, Problem
from survey.domain.reasons import checked_reason
from survey.domain.sites import NAME_LENGTH
from survey.domain.times import local_date
from survey.store.figures import mark_figures_stale
from survey.store.mergers import Moved, lock_arrivals, move_to_hamlet, select_lying, update_hamlet_words
from survey.store.places import insert_hamlet, select_hamlets, update_hamlet
from survey.store.reviews import lock_decisions


@dataclass(frozen=True)
class Merger:
    """What became of a merger: the hamlet that is there now, the ids that ended, what was moved."""

    hamlet: Hamlet
    ended: tuple[str, ...]
    moved: Moved


@dataclass(frozen=True)
class _Wish:
    """A merger as a person asked for it."""

    hamlets: frozenset[str]
    into: str | None
    name: str
    on: date


def preview_merger(survey: Survey, actor: Actor, hamlets: Collection[str]) -> Moved:
    """What lies in *hamlets* and would be moved. Raises NOT_ALLOWED."""
    _require(actor)
    with survey.reading() as reader:
        return select_lying(reader, actor.commune, hamlets) if hamlets else Moved(0, 0, 0)


def merge_hamlets(
    survey: Survey, actor: Actor, hamlets: Collection[str], *, into: str | None = None, name: str | None = None, on: date, decision: str
) -> Merger:
    """Let *hamlets* be one from the day *on*: the one called *into* that stays, or a new one called *name* under the next lasting id.

    Sites get new versions, so that earlier days stay as they were known; submissions, people's hamlets, tasks and milestones follow.
    A merger is entered on the day it takes effect or later, and is not undone: what parts again is entered as new hamlets.
    *decision* names the paper. Raises NOT_ALLOWED, HAMLET_UNKNOWN, HAMLETS_UNCHANGED, REASON_TOO_LONG.
    """
    _require(actor)
    decision = _paper(decision)
    wish = _Wish(frozenset(hamlets) - {into}, into, " ".join((name or "").split()), on)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        now = survey.now()
        known = {hamlet.id: hamlet for hamlet in select_hamlets(tx, actor.commune)}
        _check(wish, known, local_date(now))
        target = _target(actor.commune, wish, known)
        lock_arrivals(tx, actor.commune, wish.hamlets)
        if into is None:
            insert_hamlet(tx, target, at=now, decision=decision)
        elif target != known[into]:
            update_hamlet(tx, target, at=now, decision=decision)
            update_hamlet_words(tx, target)
        for ended in sorted(wish.hamlets):
            update_hamlet(tx, replace(known[ended], valid_to=on, successor=target.id), at=now, decision=decision)
        moved = move_to_hamlet(tx, sorted(wish.hamlets), target, person=actor.person, at=now)
        merger = Merger(target, tuple(sorted(wish.hamlets)), moved)
        _record(tx, actor, merger, on, decision, now)
    return merger


def rename_hamlet(survey: Survey, actor: Actor, hamlet: str, name: str, *, decision: str) -> Hamlet:
    """Give a present hamlet another *name* by the *decision*; its id and what lies in it stay.

    Raises NOT_ALLOWED, HAMLET_UNKNOWN, HAMLETS_UNCHANGED, REASON_TOO_LONG.
    """
    _require(actor)
    name, decision = " ".join(name.split()), _paper(decision)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        now = survey.now()
        known = {found.id: found for found in select_hamlets(tx, actor.commune)}
        before = _present(hamlet, known, local_date(now))
        _check_name(name, [other for other in known.values() if other.id != hamlet and other.is_valid(local_date(now))])
        after = replace(before, name=name)
        if after != before:
            update_hamlet(tx, after, at=now, decision=decision)
            update_hamlet_words(tx, after)
            hashes = {"name_sha256": sha256_hex(name), "decision_sha256": sha256_hex(decision)}
            tx.log(actor.commune, "hamlet.renamed", {"hamlet": hamlet, "person": actor.person, **hashes})
    return after


def _require(actor: Actor) -> None:
    """A merger moves what lies in several hamlets: who edits the register of some of them only does not enter it."""
    actor.require(Ability.EDIT_REGISTER)
    if actor.hamlets is not None:
        raise Problem(NOT_ALLOWED, ability=Ability.EDIT_REGISTER.value)


def _paper(decision: str) -> str:
    words = checked_reason(decision)
    if not words:
        raise _refused("chưa ghi số, ngày của quyết định", "the number and date of the decision are missing")
    return words


def _check(wish: _Wish, known: Mapping[str, Hamlet], today: date) -> None:
    if len(wish.hamlets) < (1 if wish.into else 2):
        raise _refused("cần chọn ít nhất hai thôn khác nhau", "choose at least two different hamlets")
    if wish.on > today:
        raise _refused(
            "ngày hiệu lực ở tương lai; việc sáp nhập được ghi vào đúng ngày có hiệu lực hoặc sau đó",
            "the day lies ahead; a merger is entered on the day it takes effect or later",
        )
    for hamlet in sorted(wish.hamlets | ({wish.into} if wish.into else set())):
        begun = _present(hamlet, known, today)
        if wish.on <= begun.valid_from:
            words = f"{begun.name} mới có từ {begun.valid_from:%d/%m/%Y}", f"{begun.name} exists only since {begun.valid_from.isoformat()}"
            raise _refused(*words)
    others = [other for other in known.values() if other.id not in {*wish.hamlets, wish.into} and other.is_valid(today)]
    _check_name(wish.name or (known[wish.into].name if wish.into else ""), others)


def _present(hamlet: str, known: Mapping[str, Hamlet], today: date) -> Hamlet:
    found = known.get(hamlet)
    if found is None:
        raise Problem(HAMLET_UNKNOWN, id=hamlet[:40])
    if not found.is_valid(today):
        raise _refused(f"{found.name} ({hamlet}) không còn nữa", f"{found.name} ({hamlet}) no longer exists")
    return found


def _check_name(name: str, others: Collection[Hamlet]) -> None:
    if not name or len(name) > NAME_LENGTH:
        raise _refused("tên trống hoặc quá dài", "the name is empty or too long")
    if any(hamlet_key(other.name) == hamlet_key(name) for other in others):
        raise _refused(f"đã có thôn {name}", f"there is a hamlet {name} already")


def _target(commune: str, wish: _Wish, known: Mapping[str, Hamlet]) -> Hamlet:
    if wish.into is not None:
        return replace(known[wish.into], name=wish.name or known[wish.into].name)
    former = {known[hamlet].former_commune for hamlet in wish.hamlets}
    shared = former.pop() if len(former) == 1 else None
    return Hamlet(commune, next_hamlet_id(commune, known), wish.name, wish.on, former_commune=shared)


def _record(tx: Transaction, actor: Actor, merger: Merger, on: date, decision: str, now: datetime) -> None:
    mark_figures_stale(tx, actor.commune, now)
    body: dict[str, object] = {
        "hamlets": list(merger.ended), "into": merger.hamlet.id, "on": on.isoformat(), "decision_sha256": sha256_hex(decision),
        "sites": merger.moved.sites, "submissions": merger.moved.submissions, "people": merger.moved.people, "person": actor.person,
    }  # fmt: skip
    tx.log(actor.commune, "hamlets.merged", body)


def _refused(reason_vi: str, reason_en: str) -> Problem:
    return Problem(HAMLETS_UNCHANGED, reason_vi=reason_vi, reason_en=reason_en)
