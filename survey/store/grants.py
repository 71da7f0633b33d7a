"""Rows of what accounts are given: role, hamlets, rounds, last day."""

from survey.domain.grants import Grant
from survey.domain.ports import Reader, Transaction
from survey.store.people import update_person_hamlets


def update_grant(tx: Transaction, commune: str, person: str, grant: Grant) -> None:
    """Make *grant* what the account has instead of what it had."""
    tx.execute(
        "UPDATE person SET role = :role, closes_on = :closes_on WHERE commune = :commune AND person = :person",
        commune=commune, person=person, role=grant.role.value, closes_on=grant.closes_on and grant.closes_on.isoformat(),
    )  # fmt: skip
    update_person_hamlets(tx, commune, person, grant.hamlets)
    tx.execute("DELETE FROM person_round WHERE commune = :commune AND person = :person", commune=commune, person=person)
    tx.execute_many(
        "INSERT INTO person_round (commune, person, round) VALUES (:commune, :person, :round)",
        [{"commune": commune, "person": person, "round": round_id} for round_id in sorted(grant.rounds)],
    )


def select_unknown_scope(reader: Reader, commune: str, grant: Grant) -> tuple[set[str], set[str]]:
    """The hamlets and the rounds of *grant* that the commune does not have."""
    found = []
    for table, column, wanted in (("hamlet", "hamlet", grant.hamlets), ("survey_round", "round", grant.rounds)):
        rows = reader.rows(f"SELECT {column} AS id FROM {table} WHERE commune = :commune", commune=commune) if wanted else []
        found.append(set(wanted) - {row["id"] for row in rows})
    return found[0], found[1]
