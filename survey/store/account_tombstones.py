"""Accounts erased: name, login, passwords, phones, sessions and identities go; the id, which the log and reviews name, stays."""

from datetime import datetime

from survey.domain.personal import tomb_name
from survey.domain.ports import Transaction
from survey.domain.times import to_text
from survey.store.tombstones import update_requests_buried

_OF_A_PERSON = (
    "session", "sign_in_link", "second_factor", "recovery_code", "sign_in_step", "identity", "person_round", "person_hamlet",
)  # fmt: skip


def update_account_buried(tx: Transaction, commune: str, person: str, at: datetime) -> list[str]:
    """Take out what says who the account's holder is; returns the name and login that it had."""
    key = {"commune": commune, "person": person}
    row = tx.row("SELECT login, name FROM person WHERE commune = :commune AND person = :person", **key)
    name = tomb_name(person)
    tx.execute(
        "UPDATE person SET login = :login, name = :name, password_hash = NULL, disabled_at = COALESCE(disabled_at, :at)"
        " WHERE commune = :commune AND person = :person",
        login=f"{name}-{person}"[:64].lower(), name=name, at=to_text(at), **key,
    )  # fmt: skip
    for table in _OF_A_PERSON:
        tx.execute(f"DELETE FROM {table} WHERE commune = :commune AND person = :person", **key)
    # What waits at a desk goes with its bytes at the next sweep, as what nobody came back for.
    tx.execute(
        "UPDATE desk_photo SET name = sha256, brought_at = :long_ago WHERE commune = :commune AND person = :person",
        long_ago="2000-01-01T00:00:00.000Z", **key,
    )  # fmt: skip
    _bury_devices(tx, commune, person, at)
    tx.execute("UPDATE assignment SET person_name = :name WHERE commune = :commune AND person = :person", name=name, **key)
    tx.execute("UPDATE submission SET device = NULL WHERE commune = :commune AND person = :person", **key)
    update_requests_buried(tx, commune, "person", person)
    return [] if row is None else sorted({row["login"], row["name"]} - {name})


def _bury_devices(tx: Transaction, commune: str, person: str, at: datetime) -> None:
    for row in tx.rows("SELECT device FROM device WHERE commune = :commune AND person = :person", commune=commune, person=person):
        mark = f"erased-{row['device']}"
        tx.execute(
            "UPDATE device SET name = '', username = :mark, token_hash = :mark, digest_ha1 = '', revoked_at = COALESCE(revoked_at, :at)"
            " WHERE commune = :commune AND device = :device",
            commune=commune, device=row["device"], mark=mark, at=to_text(at),
        )  # fmt: skip
