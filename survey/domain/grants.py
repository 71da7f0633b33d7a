"""What an account is given: role, hamlets, rounds, last day; and who may give which role.

Who may give what is our own choice (docs/roles.md): the operator at the server gives every role, a coordinator all but the province's,
an administrator none that itself manages people. Nobody changes what they were given themselves.
"""

from dataclasses import dataclass
from datetime import date

from survey.domain.people import Actor, Person, Role
from survey.domain.problems import OWN_ACCOUNT, ROLE_OUT_OF_REACH, ROUNDS_FOR_APPRAISERS, UNTIL_PAST, Problem
from survey.domain.times import is_believable

_WORKERS = frozenset({Role.INSPECTOR, Role.REVIEWER, Role.OWNER, Role.APPRAISER})

GRANTS: dict[Role, frozenset[Role]] = {
    Role.COORDINATOR: _WORKERS | {Role.COORDINATOR, Role.ADMINISTRATOR},
    Role.ADMINISTRATOR: _WORKERS,
}


@dataclass(frozen=True)
class Grant:
    """What an account is given; *closes_on* is the last day in Viet Nam on which it works, None where no end is set."""

    role: Role
    hamlets: frozenset[str] = frozenset()
    rounds: frozenset[str] = frozenset()
    closes_on: date | None = None

    @classmethod
    def of(cls, person: Person) -> "Grant":
        """What *person* has."""
        return cls(person.role, person.hamlets, person.rounds, person.closes_on)


def roles_of(by: Actor | None) -> list[Role]:
    """The roles that *by* may give, take and sign in, in their order; None is the operator."""
    return [role for role in Role if by is None or role in GRANTS.get(by.role, frozenset())]


def require_role(by: Actor | None, role: Role) -> None:
    """Raise ROLE_OUT_OF_REACH unless *by* may give *role*."""
    if role not in roles_of(by):
        raise Problem(ROLE_OUT_OF_REACH)


def reaches(by: Actor | None, person: Person) -> bool:
    """Whether *by* may act upon the account: it has a role that *by* may give, and sees no hamlet that *by* does not."""
    if person.role not in roles_of(by):
        return False
    if by is None or by.hamlets is None:
        return True
    seen = person.actor.hamlets
    return seen is not None and seen <= by.hamlets


def require_reach(by: Actor | None, person: Person) -> None:
    """Raise ROLE_OUT_OF_REACH unless *by* may act upon the account: its link, its phone and its end are the whole account."""
    if not reaches(by, person):
        raise Problem(ROLE_OUT_OF_REACH)


def require_other(by: Actor | None, person: Person) -> None:
    """Raise OWN_ACCOUNT where *by* would change what *by* was given, ROLE_OUT_OF_REACH where the account is out of reach."""
    if by is not None and by.person == person.id:
        raise Problem(OWN_ACCOUNT)
    require_reach(by, person)


def check_grant(by: Actor | None, grant: Grant, today: date) -> None:
    """Raise ROLE_OUT_OF_REACH, ROUNDS_FOR_APPRAISERS or UNTIL_PAST where *by* cannot give *grant*."""
    require_role(by, grant.role)
    if by is not None and by.hamlets is not None and not (grant.hamlets and grant.hamlets <= by.hamlets):
        raise Problem(ROLE_OUT_OF_REACH)  # who is bound to hamlets makes nobody who sees more
    if grant.rounds and grant.role is not Role.APPRAISER:
        raise Problem(ROUNDS_FOR_APPRAISERS)
    if grant.closes_on is not None and (grant.closes_on < today or not is_believable(grant.closes_on)):
        raise Problem(UNTIL_PAST)
