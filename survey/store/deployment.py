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


def is_demonstration(reader: Reader) -> bool:
    """Whether any commune of the deployment is a demonstration: it must never be mixed with a real one."""
    return reader.row("SELECT 1 AS found FROM commune WHERE demonstration = 1 LIMIT 1") is not None


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


def update_rounds(tx: Transaction, commune: str, round_id: str, starts_on: date, ends_on: date) -> int:
    """Give the round to what was captured within it and has none; returns how many submissions that were."""
    days = {"commune": commune, "round": round_id, "since": to_text(start_of(starts_on)), "before": to_text(end_of(ends_on))}
    condition = " SET round = :round WHERE commune = :commune AND round IS NULL AND captured_at >= :since AND captured_at < :before"
    tx.execute(f"UPDATE measure{condition}", **days)
    return tx.execute(f"UPDATE submission{condition}", **days)
