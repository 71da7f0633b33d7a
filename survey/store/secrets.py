"""Random keys that every process of the deployment shares, made when one is needed first."""

import secrets

from survey.domain.ports import Reader, Survey, Transaction


def select_secret(reader: Reader, name: str) -> str | None:
    """The deployment's key called *name*, or None while there is none."""
    row = reader.row("SELECT value FROM secret WHERE commune = '' AND name = :name", name=name)
    return None if row is None else str(row["value"])


def insert_secret(tx: Transaction, name: str, value: str) -> None:
    """Keep *value* as the key called *name*, unless another process was quicker."""
    tx.execute(
        "INSERT INTO secret (commune, name, value) VALUES ('', :name, :value) ON CONFLICT (commune, name) DO NOTHING",
        name=name,
        value=value,
    )


def shared_secret(survey: Survey, name: str) -> str:
    """The deployment's key called *name*, 64 hexadecimal digits; made now where it is needed first, by whichever process is quicker."""
    with survey.reading() as reader:
        known = select_secret(reader, name)
    while known is None:
        with survey.transaction() as tx:
            insert_secret(tx, name, secrets.token_hex(32))
        with survey.reading() as reader:
            known = select_secret(reader, name)
    return known
