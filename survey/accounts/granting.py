"""What an account is given changes later; every session sees it with its next request."""

from survey.domain.grants import Grant, check_grant, require_other
from survey.domain.people import Actor, Person, Role, actor_id, require_manager
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import HAMLET_UNKNOWN, LAST_COORDINATOR, PERSON_UNKNOWN, ROUND_UNKNOWN, Problem
from survey.domain.times import local_date
from survey.store.deployment import select_rounds
from survey.store.grants import select_unknown_scope, update_grant
from survey.store.people import select_open_coordinators, select_person


def change_grant(survey: Survey, commune: str, person: str, grant: Grant, *, by: Actor | None) -> Person:
    """Give an open account *grant* instead of what it has; *by* is who manages people, None for the operator.

    Raises NOT_ALLOWED, PERSON_UNKNOWN, OWN_ACCOUNT, ROLE_OUT_OF_REACH, ROUNDS_FOR_APPRAISERS, UNTIL_PAST, HAMLET_UNKNOWN, ROUND_UNKNOWN,
    LAST_COORDINATOR where nobody could manage the commune for good.
    """
    require_manager(by, commune)
    now = survey.now()
    with survey.transaction() as tx:
        known = _known(tx, commune, person)
        if known.disabled_at is not None:
            raise Problem(PERSON_UNKNOWN)
        require_other(by, known)
        check_grant(by, grant, local_date(now))
        check_scope(tx, commune, grant)
        stays = grant.role is Role.COORDINATOR and grant.closes_on is None
        if not stays and select_open_coordinators(tx, commune) == {person}:
            raise Problem(LAST_COORDINATOR)
        update_grant(tx, commune, person, grant)
        tx.log(commune, "person_granted", {"person": person, **grant_body(grant), "by": actor_id(by)})
        return _known(tx, commune, person)


def check_scope(reader: Reader, commune: str, grant: Grant) -> None:
    """Raise HAMLET_UNKNOWN or ROUND_UNKNOWN where the commune does not have what *grant* names."""
    hamlets, rounds = select_unknown_scope(reader, commune, grant)
    if hamlets:
        raise Problem(HAMLET_UNKNOWN, id=min(hamlets)[:40])
    if rounds:
        known = ", ".join(row["round"] for row in select_rounds(reader, commune))
        raise Problem(ROUND_UNKNOWN, round=min(rounds)[:40], known=known or "–")


def grant_body(grant: Grant) -> dict[str, object]:
    """What a log event says of *grant*."""
    return {
        "role": grant.role.value, "hamlets": sorted(grant.hamlets), "rounds": sorted(grant.rounds),
        "closes_on": grant.closes_on and grant.closes_on.isoformat(),
    }  # fmt: skip


def _known(tx: Transaction, commune: str, person: str) -> Person:
    found = select_person(tx, commune, person)
    if found is None:
        raise Problem(PERSON_UNKNOWN)
    return found
