"""Rows of wrong guesses by the minute, which all processes count together; keys name nobody."""

from collections.abc import Iterable, Mapping

from survey.domain.ports import Reader, Transaction

Minutes = dict[int, int]


def select_guesses(reader: Reader, keys: Iterable[str], since: int) -> dict[str, Minutes]:
    """By key, the wrong tries of each minute from *since* on; keys without any are left out."""
    found: dict[str, Minutes] = {}
    for key in keys:
        rows = reader.rows("SELECT minute, tries FROM guess WHERE commune = '' AND key = :key AND minute >= :since", key=key, since=since)
        if rows:
            found[key] = {row["minute"]: row["tries"] for row in rows}
    return found


def upsert_guesses(tx: Transaction, tries: Mapping[tuple[str, int], int]) -> None:
    """Add to the tries of each key and minute; a number below zero takes back what was no wrong guess."""
    tx.execute_many(
        "INSERT INTO guess (commune, key, minute, tries) VALUES ('', :key, :minute, :tries)"
        " ON CONFLICT (commune, key, minute) DO UPDATE SET tries = guess.tries + excluded.tries",
        [{"key": key, "minute": minute, "tries": count} for (key, minute), count in sorted(tries.items())],
    )


def delete_guesses(tx: Transaction, keys: Iterable[str], before: int) -> None:
    """Forget all tries of *keys*, and everybody's of minutes before *before*."""
    tx.execute_many("DELETE FROM guess WHERE commune = '' AND key = :key", [{"key": key} for key in sorted(keys)])
    tx.execute("DELETE FROM guess WHERE commune = '' AND minute < :before", before=before)
