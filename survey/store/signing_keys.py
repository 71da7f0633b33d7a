"""The deployment's public keys, never removed, and the lock under which they change."""

from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.signing import SigningKey
from survey.domain.times import from_text, optional_from_text, optional_to_text, to_text
from survey.store.events import GENESIS

_COLUMNS = "fingerprint, public_key, valid_from, valid_to, reason, endorsement, lost"


def lock_signing_keys(tx: Transaction) -> None:
    """Let one process at a time make or change a key; held until the transaction ends.

    The head of the deployment's own chain is the row that every such change ends with anyway.
    """
    tx.execute("INSERT INTO event_head (commune, seq, hash) VALUES ('', 0, :hash) ON CONFLICT DO NOTHING", hash=GENESIS)
    tx.execute("UPDATE event_head SET seq = seq WHERE commune = ''")


def select_signing_keys(reader: Reader) -> list[SigningKey]:
    """Every key, the newest first: the one in use, where there is one, and those before it."""
    rows = reader.rows(f"SELECT {_COLUMNS} FROM signing_key WHERE commune = '' ORDER BY valid_from DESC, fingerprint")
    return sorted((_key(row) for row in rows), key=lambda key: key.valid_to is not None)


def select_current_key(reader: Reader) -> SigningKey | None:
    """The key in use, or None before the first is made."""
    row = reader.row(f"SELECT {_COLUMNS} FROM signing_key WHERE commune = '' AND valid_to IS NULL ORDER BY valid_from DESC LIMIT 1")
    return None if row is None else _key(row)


def insert_signing_key(tx: Transaction, key: SigningKey) -> None:
    """Register *key*."""
    tx.execute(
        f"INSERT INTO signing_key (commune, {_COLUMNS})"
        " VALUES ('', :fingerprint, :public_key, :valid_from, :valid_to, :reason, :endorsement, :lost)",
        fingerprint=key.fingerprint, public_key=key.public_line, valid_from=to_text(key.valid_from),
        valid_to=optional_to_text(key.valid_to), reason=key.reason, endorsement=key.endorsement, lost=int(key.lost),
    )  # fmt: skip


def update_key_ended(tx: Transaction, fingerprint: str, at: datetime, *, lost: bool) -> None:
    """End the validity of a key; *lost* where nobody can be sure who has it."""
    tx.execute(
        "UPDATE signing_key SET valid_to = :at, lost = :lost WHERE commune = '' AND fingerprint = :fingerprint AND valid_to IS NULL",
        at=to_text(at), lost=int(lost), fingerprint=fingerprint,
    )  # fmt: skip


def _key(row: Row) -> SigningKey:
    return SigningKey(
        row["fingerprint"], row["public_key"], from_text(row["valid_from"]), optional_from_text(row["valid_to"]), row["reason"],
        row["endorsement"], bool(row["lost"]),
    )  # fmt: skip
