"""Who may ask for which bundle, and whether what is asked for exists."""

from dataclasses import replace
from datetime import date

from survey.catalogue.effective import effective_edition
from survey.domain.evidence import Scope
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader
from survey.domain.problems import (
    CRITERION_UNKNOWN,
    DAY_AHEAD,
    EDITION_NOT_IN_FORCE,
    EDITION_UNKNOWN,
    HAMLET_UNKNOWN,
    NOT_ALLOWED,
    ROUND_UNKNOWN,
    Problem,
)
from survey.domain.times import end_of
from survey.store.deployment import select_rounds
from survey.store.editions import select_editions
from survey.store.places import select_hamlets
from survey.store.rule_entries import select_all_entries


def require(actor: Actor, scope: Scope) -> None:
    """Raise NOT_ALLOWED unless *actor* may make and take bundles of *scope*; who is bound to hamlets may have one of these alone."""
    if not may(actor, scope):
        raise Problem(NOT_ALLOWED, ability=Ability.EXPORT.value)


def may(actor: Actor, scope: Scope) -> bool:
    """Whether *actor* may make and take bundles of *scope*."""
    return actor.may(Ability.EXPORT) and (actor.hamlets is None or scope.hamlet in actor.hamlets)


def reads(actor: Actor, scope: Scope) -> bool:
    """Whether *actor* may take sealed bundles of *scope*: an appraiser those of the own rounds; one of all rounds holds others' too."""
    return actor.may(Ability.SEE_EVIDENCE) and actor.reads(scope.round) and (actor.hamlets is None or scope.hamlet in actor.hamlets)


def checked(reader: Reader, commune: str, scope: Scope, today: date) -> Scope:
    """*scope* with its day no later than its round's last. Raises DAY_AHEAD, ROUND_UNKNOWN, HAMLET_UNKNOWN and what editions raise."""
    if scope.as_of > today:
        raise Problem(DAY_AHEAD, on=scope.as_of.isoformat())
    scope = _within_round(reader, commune, scope)
    known = select_hamlets(reader, commune, known_before=end_of(scope.as_of))
    hamlets = {hamlet.id for hamlet in known if hamlet.is_valid(scope.as_of)}
    if scope.hamlet is not None and scope.hamlet not in hamlets:
        raise Problem(HAMLET_UNKNOWN, id=scope.hamlet)
    _check_editions(reader, commune, scope, None if scope.as_of == today else scope.as_of)
    return scope


def _within_round(reader: Reader, commune: str, scope: Scope) -> Scope:
    if scope.round is None:
        return scope
    last = {row["round"]: date.fromisoformat(row["ends_on"]) for row in select_rounds(reader, commune)}
    if scope.round not in last:
        raise Problem(ROUND_UNKNOWN, round=scope.round, known=", ".join(last) or "–")
    return replace(scope, as_of=min(scope.as_of, last[scope.round]))


def _check_editions(reader: Reader, commune: str, scope: Scope, as_of: date | None) -> None:
    before = None if as_of is None else end_of(as_of)
    entries = select_all_entries(reader, commune, before)
    every = [effective_edition(one.document, entries.get(one.id, [])) for one in select_editions(reader, commune, before)]
    named = [one for one in every if scope.edition in {None, one.id}]
    if scope.edition is not None and not named:
        raise Problem(EDITION_UNKNOWN, edition=scope.edition, known=", ".join(one.id for one in every) or "–")
    valid = [one for one in named if scope.history or one.is_valid(scope.as_of)]
    if scope.edition is not None and not valid:
        raise Problem(EDITION_NOT_IN_FORCE, edition=scope.edition, on=scope.as_of.isoformat())
    known = {criterion.code for one in valid for criterion in one.criteria}
    if scope.criterion is not None and scope.criterion not in known:
        raise Problem(CRITERION_UNKNOWN, criterion=scope.criterion, known=", ".join(sorted(known)) or "–")
