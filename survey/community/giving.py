"""Contributions: what people of a hamlet gave, entered at the office, without names."""

import math
import uuid
from collections.abc import Sequence
from datetime import date

from survey.domain.canonical import sha256_hex
from survey.domain.community import MOST_AMOUNT, Contribution, ContributionKind
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey
from survey.domain.problems import CONTRIBUTION_UNKNOWN, CONTRIBUTION_UNUSABLE, HAMLET_UNKNOWN, SOURCE_NEEDED, Problem
from survey.domain.reasons import checked_reason
from survey.domain.times import local_date
from survey.store import community as kept
from survey.store.places import select_hamlets


def contribute(
    survey: Survey, actor: Actor, *, hamlet: str | None, kind: ContributionKind, amount: float, given_on: date, purpose: str
) -> Contribution:
    """Enter what people of *hamlet* (None: of the commune) gave for *purpose* on a day; *amount* in the unit of its kind.

    Raises NOT_ALLOWED, HAMLET_UNKNOWN, CONTRIBUTION_UNUSABLE, and SOURCE_NEEDED where no purpose is given.
    """
    actor.require(Ability.EDIT_REGISTER)
    purpose, now = checked_reason(purpose, lacking=SOURCE_NEEDED), survey.now()
    if not math.isfinite(amount) or not 0 < amount <= MOST_AMOUNT or given_on > local_date(now):
        raise Problem(CONTRIBUTION_UNUSABLE)
    with survey.transaction() as tx:
        _require_hamlet(tx, actor, hamlet)
        one = Contribution(actor.commune, str(uuid.uuid4()), hamlet, kind, amount, given_on, purpose, actor.person, now)
        kept.insert_contribution(tx, one)
        body: dict[str, object] = {
            "contribution": one.id, "hamlet": hamlet, "given": kind.value, "amount": amount, "given_on": given_on.isoformat(),
            "purpose_sha256": sha256_hex(purpose), "person": actor.person,
        }  # fmt: skip
        tx.log(actor.commune, "contribution.added", body)
    return one


def withdraw_contribution(survey: Survey, actor: Actor, contribution: str, reason: str) -> None:
    """Take back a contribution that was entered wrongly; it stays readable. Raises NOT_ALLOWED, CONTRIBUTION_UNKNOWN, SOURCE_NEEDED."""
    actor.require(Ability.EDIT_REGISTER)
    reason = checked_reason(reason, lacking=SOURCE_NEEDED)
    with survey.transaction() as tx:
        known = kept.select_contribution(tx, actor.commune, contribution)
        if known is None or not actor.reaches(known.hamlet):
            raise Problem(CONTRIBUTION_UNKNOWN)
        if not kept.update_withdrawn(tx, actor.commune, contribution, reason, survey.now()):
            raise Problem(CONTRIBUTION_UNKNOWN)
        body: dict[str, object] = {"contribution": contribution, "reason_sha256": sha256_hex(reason), "person": actor.person}
        tx.log(actor.commune, "contribution.withdrawn", body)


def list_contributions(survey: Survey, actor: Actor) -> Sequence[Contribution]:
    """The newest contributions of the actor's commune, withdrawn ones too. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        return [one for one in kept.select_contributions(reader, actor.commune) if actor.reaches(one.hamlet)]


def _require_hamlet(reader: Reader, actor: Actor, hamlet: str | None) -> None:
    if hamlet is not None and (hamlet not in {known.id for known in select_hamlets(reader, actor.commune)} or not actor.reaches(hamlet)):
        raise Problem(HAMLET_UNKNOWN, id=hamlet)
