"""Briefings: keep what was said on a day under a number, and find it again (giao ban)."""

import uuid
from dataclasses import replace

from survey.domain.briefing import Briefing, briefing_document, fitted
from survey.domain.canonical import dumps, sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import BRIEFING_UNKNOWN, Problem
from survey.store.briefings import Held, insert_briefing, select_briefing, select_briefings, select_next_number
from survey.store.reviews import lock_decisions


def hold(survey: Survey, actor: Actor, briefing: Briefing) -> Held:
    """Keep *briefing* under the commune's next number, with who made it, when, and the newest hash of the log; returns it as kept.

    Its lists are cut to what two pages hold. Raises NOT_ALLOWED.
    """
    actor.require(Ability.EXPORT)
    now = survey.now()
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)  # two at once get two numbers
        number = select_next_number(tx, actor.commune)
        said = replace(fitted(briefing), number=number, made_by=actor.name, made_at=now, head=tx.head(actor.commune))
        held = Held(str(uuid.uuid4()), number, said.edition, said.as_of, briefing_document(said), actor.person, now)
        insert_briefing(tx, actor.commune, held)
        body: dict[str, object] = {
            "briefing": held.id, "number": number, "document_sha256": sha256_hex(dumps(held.document)), "person": actor.person,
        }  # fmt: skip
        tx.log(actor.commune, "briefing.held", body)
    return held


def find(survey: Survey, actor: Actor, briefing: str) -> Held:
    """The briefing with that id, of the actor's commune. Raises NOT_ALLOWED, BRIEFING_UNKNOWN."""
    actor.require(Ability.SEE_PLAN)
    with survey.reading() as reader:
        held = select_briefing(reader, actor.commune, briefing)
    if held is None:
        raise Problem(BRIEFING_UNKNOWN)
    return held


def list_held(survey: Survey, actor: Actor) -> list[Held]:
    """The commune's newest briefings, newest first. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_PLAN)
    with survey.reading() as reader:
        return select_briefings(reader, actor.commune)
