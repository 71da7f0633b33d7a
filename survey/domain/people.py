"""Who acts: roles, what each may do, and the actor that every page, route and verb takes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from survey.domain.problems import NOT_ALLOWED, Problem


class Role(StrEnum):
    """What a person is in a commune; the least that lets the person do the work."""

    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"


class Ability(StrEnum):
    """One thing that a route, page or verb asks for before it acts."""

    CAPTURE = "capture"  # hand in submissions and photos
    SEE_OWN = "see_own"  # own submissions and their photos
    SEE_ALL = "see_all"  # every submission and photo of the commune
    REVIEW = "review"  # decide on submissions
    SEE_FIGURES = "see_figures"  # indicators and verdicts
    EDIT_REGISTER = "edit_register"  # sites and hamlets
    EXPORT = "export"  # make evidence bundles
    MANAGE = "manage"  # people, phones, forms, editions


_INSPECTOR = frozenset({Ability.CAPTURE, Ability.SEE_OWN})
_REVIEWER = _INSPECTOR | {Ability.SEE_ALL, Ability.REVIEW, Ability.SEE_FIGURES}
_COORDINATOR = _REVIEWER | {Ability.EDIT_REGISTER, Ability.EXPORT, Ability.MANAGE}

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.INSPECTOR: _INSPECTOR,
    Role.REVIEWER: _REVIEWER,
    Role.COORDINATOR: _COORDINATOR,
}


@dataclass(frozen=True)
class Actor:
    """The person behind a request, in one commune; *hamlets* is None where the whole commune is in scope."""

    commune: str
    person: str
    name: str
    role: Role
    hamlets: frozenset[str] | None = None
    locale: str = "vi"

    def may(self, ability: Ability) -> bool:
        """Whether the actor's role includes *ability*."""
        return ability in ABILITIES[self.role]

    def require(self, ability: Ability) -> None:
        """Raise NOT_ALLOWED unless the actor may do *ability*."""
        if not self.may(ability):
            raise Problem(NOT_ALLOWED, ability=ability.value)

    def reaches(self, hamlet: str | None) -> bool:
        """Whether *hamlet* lies in the actor's scope; a site without a hamlet belongs to the whole commune."""
        return self.hamlets is None or hamlet is None or hamlet in self.hamlets


@dataclass(frozen=True)
class Person:
    """An account in one commune; *has_password* is false where the person signs in by one-time links only."""

    commune: str
    id: str
    login: str
    name: str
    role: Role
    locale: str
    hamlets: frozenset[str]
    has_password: bool
    created_at: datetime
    disabled_at: datetime | None

    @property
    def actor(self) -> Actor:
        """The person as the one who acts.

        An inspector reaches the hamlets that were given, and none where none was;
        desk roles reach the whole commune unless hamlets were given.
        """
        everywhere = not self.hamlets and self.role is not Role.INSPECTOR
        return Actor(self.commune, self.id, self.name, self.role, None if everywhere else self.hamlets, self.locale)


@dataclass(frozen=True)
class Session:
    """A signed-in browser: who, since when, until when."""

    person: Person
    created_at: datetime
    expires_at: datetime
