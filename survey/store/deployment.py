"""Which communes this deployment holds, and their survey rounds."""

from datetime import date

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.problems import DEPLOYMENT_EMPTY, Problem
from survey.domain.times import end_of, start_of, to_text


def select_first_commune(reader: Reader) -> str:
    """The code of the deployment's first commune, for doors that serve one. Raises DEPLOYMENT_EMPTY."""
    row = reader.row("SELECT commune FROM commune ORDER BY created_at, commune LIMIT 1")
    if row is None:
        raise Problem(DEPLOYMENT_EMPTY)
    return str(row["commune"])


def holds_communes(reader: Reader, *, demonstration: bool) -> bool:
    """Whether any commune of the deployment is a demonstration, or is real: the two must never be mixed."""
    row = reader.row("SELECT 1 AS found FROM commune WHERE demonstration = :demonstration LIMIT 1", demonstration=int(demonstration))
    return row is not None


def insert_round(tx: Transaction, commune: str, round_id: str, name: str, starts_on: date, ends_on: date) -> None:
    """A survey campaign from *starts_on* to *ends_on*, both included, dates in Viet Nam."""
    tx.execute(
        "INSERT INTO survey_round (commune, round, name, starts_on, ends_on) VALUES (:commune, :round, :name, :starts_on, :ends_on)",
        commune=commune,
        round=round_id,
        name=name,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
    )
    tx.log(commune, "round.added", {"round": round_id})


def select_round_on(reader: Reader, commune: str, day: date) -> str | None:
    """The round that *day* (in Viet Nam) falls in: the latest begun where two overlap; None between rounds."""
    row = reader.row(
        "SELECT round FROM survey_round WHERE commune = :commune AND starts_on <= :day AND ends_on >= :day ORDER BY starts_on DESC LIMIT 1",
        commune=commune,
        day=day.isoformat(),
    )
    return None if row is None else str(row["round"])


def select_rounds(reader: Reader, commune: str) -> list[Row]:
    """The commune's rounds, oldest first: round, name, starts_on, ends_on (ISO dates in Viet Nam)."""
    return reader.rows(
        "SELECT round, name, starts_on, ends_on FROM survey_round WHERE commune = :commune ORDER BY starts_on, round", commune=commune
    )


def select_round_counts(reader: Reader, commune: str) -> dict[str | None, tuple[int, int]]:
    """How many submissions each round has, and of how many sites; None is what fell in no round. Read from one index."""
    rows = reader.rows(
        "SELECT round, COUNT(*) AS submissions, COUNT(DISTINCT site) AS sites FROM submission WHERE commune = :commune GROUP BY round",
        commune=commune,
    )
    return {row["round"]: (row["submissions"], row["sites"]) for row in rows}


def update_round(tx: Transaction, commune: str, round_id: str, name: str, starts_on: date, ends_on: date) -> None:
    """Correct a round's name and days; what was captured outside of them no longer belongs to it."""
    key = {"commune": commune, "round": round_id}
    tx.execute(
        "UPDATE survey_round SET name = :name, starts_on = :starts_on, ends_on = :ends_on WHERE commune = :commune AND round = :round",
        name=name, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat(), **key,
    )  # fmt: skip
    days = {"since": to_text(start_of(starts_on)), "before": to_text(end_of(ends_on))}
    for table in ("measure", "submission"):
        tx.execute(
            f"UPDATE {table} SET round = NULL WHERE commune = :commune AND round = :round"
            " AND (captured_at < :since OR captured_at >= :before)",
            **key, **days,
        )  # fmt: skip
    tx.log(commune, "round.corrected", {"round": round_id})


def update_rounds(tx: Transaction, commune: str, round_id: str, starts_on: date, ends_on: date) -> int:
    """Give the round to what was captured within it and has none; returns how many submissions that were."""
    days = {"commune": commune, "round": round_id, "since": to_text(start_of(starts_on)), "before": to_text(end_of(ends_on))}
    condition = " SET round = :round WHERE commune = :commune AND round IS NULL AND captured_at >= :since AND captured_at < :before"
    tx.execute(f"UPDATE measure{condition}", **days)
    return tx.execute(f"UPDATE submission{condition}", **days)
