"""Whose submissions and photos somebody sees: the desk all of its hamlets, an inspector the own ones, others accepted evidence alone."""

from collections.abc import Collection
from dataclasses import dataclass

from survey.domain.people import Ability, Actor
from survey.domain.submissions import State


@dataclass(frozen=True)
class Use:
    """What decides about a submission, or about a photo by the submission that it is in; *people* took it and sent it.

    *state* and *form* are None of a file whose form has not come yet.
    """

    people: Collection[str | None]
    hamlet: str | None
    state: State | None
    form: str | None
    round: str | None


@dataclass(frozen=True)
class Sight:
    """What *actor* sees; *forms* are those whose answers show how the criteria stand that an owner answers for."""

    actor: Actor
    forms: frozenset[str] = frozenset()

    def covers(self, use: Use) -> bool:
        """Whether the actor sees what is used so; an appraiser's rounds and an owner's criteria narrow it down to accepted evidence."""
        actor = self.actor
        if actor.may(Ability.SEE_OWN) and actor.person in use.people:
            return True
        if not actor.reaches(use.hamlet):
            return False
        if actor.may(Ability.SEE_ALL):
            return True
        if use.state is not State.ACCEPTED:
            return False
        if actor.may(Ability.SEE_EVIDENCE):
            return actor.reads(use.round)
        return actor.may(Ability.SEE_CRITERIA) and use.form in self.forms
