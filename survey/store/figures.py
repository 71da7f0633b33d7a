"""A commune's present figures: kept until something that they are made of changes."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.forecast import Forecast
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, local_date, optional_from_text, optional_to_text, to_text
from survey.store.jobs import upsert_gathering_job

JOB, FORECAST_JOB, PRESENT = "figures", "forecast", "present"
_GATHERING = timedelta(seconds=10)  # our own choice: a reviewer decides every few seconds, and figures are computed once for many
_COLUMNS = (
    "commune", "edition", "criteria", "met", "not_met", "claimed", "appraised", "registered", "visited", "oldest", "newest",
    "computed_at", "changes",
)  # fmt: skip
_DAYS = ("low", "likely", "high")


@dataclass(frozen=True)
class KeptFigures:
    """The verdicts of one edition as plain JSON values, when they were computed, and at which count of changes."""

    edition: str
    verdicts: list[dict[str, Any]]
    computed_at: datetime
    changes: int


@dataclass(frozen=True)
class KeptDay:
    """The verdicts of one edition as of a day that is over, and when they were computed."""

    edition: str
    as_of: date
    verdicts: list[dict[str, Any]]
    computed_at: datetime


@dataclass(frozen=True)
class Coverage:
    """How many sites are registered, how many of them have an accepted submission that counts, and when those were captured."""

    registered: int
    visited: int
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True)
class Summary:
    """One line of a commune's present figures of an edition; *stale* where something has changed since.

    *met* and *not_met* are of *criteria*, *claimed* those that the commune claims to meet, *appraised* those that the council gave.
    *forecast* says when *forecast_criteria* of them will be met; None where that is not the commune's goal or not foreseen yet.
    """

    commune: str
    edition: str
    criteria: int
    met: int
    not_met: int
    claimed: int
    appraised: int
    registered: int
    visited: int
    oldest: datetime | None
    newest: datetime | None
    computed_at: datetime
    changes: int
    stale: bool = False
    forecast_criteria: int | None = None
    forecast: Forecast | None = None


def mark_figures_stale(tx: Transaction, commune: str, now: datetime) -> None:
    """Say that something counted has changed: the commune's figures are computed anew when next asked for, or soon by a worker.

    Figures kept of the day of *now* or a later one were kept by a clock that ran ahead and was set back: they are kept anew.
    """
    tx.execute(
        "INSERT INTO figure_change (commune, changes) VALUES (:commune, 1)"
        " ON CONFLICT (commune) DO UPDATE SET changes = figure_change.changes + 1",
        commune=commune,
    )
    tx.execute("DELETE FROM figure_day WHERE commune = :commune AND as_of >= :day", commune=commune, day=local_date(now).isoformat())
    upsert_gathering_job(tx, commune, JOB, PRESENT, {}, now + _GATHERING)


def leave_forecast(tx: Transaction, commune: str, now: datetime) -> None:
    """Say that the commune's goal, roadmap or reports have changed: a worker foresees anew when the goal will be reached."""
    upsert_gathering_job(tx, commune, FORECAST_JOB, PRESENT, {}, now + _GATHERING)


def select_changes(reader: Reader, commune: str) -> int:
    """How often the commune's figures became stale: those computed at this count are the present ones."""
    row = reader.row("SELECT changes FROM figure_change WHERE commune = :commune", commune=commune)
    return 0 if row is None else int(row["changes"])


def select_figures(reader: Reader, commune: str, edition: str) -> KeptFigures | None:
    """The kept figures of an edition, stale or not; None where none were computed."""
    row = reader.row(
        "SELECT document, computed_at, changes FROM figure WHERE commune = :commune AND edition = :edition",
        commune=commune, edition=edition,
    )  # fmt: skip
    return None if row is None else KeptFigures(edition, json.loads(row["document"]), from_text(row["computed_at"]), row["changes"])


def upsert_figures(tx: Transaction, commune: str, figures: KeptFigures) -> None:
    """Keep *figures*, unless newer ones are there already."""
    tx.execute(
        "INSERT INTO figure (commune, edition, document, computed_at, changes) VALUES (:commune, :edition, :document, :at, :changes)"
        " ON CONFLICT (commune, edition) DO UPDATE SET document = excluded.document, computed_at = excluded.computed_at,"
        " changes = excluded.changes WHERE figure.changes <= excluded.changes",
        commune=commune, edition=figures.edition, document=dumps(figures.verdicts), at=to_text(figures.computed_at),
        changes=figures.changes,
    )  # fmt: skip


def select_day_figures(reader: Reader, commune: str, edition: str, as_of: date) -> KeptDay | None:
    """The figures kept of a day that is over; None where none were computed."""
    row = reader.row(
        "SELECT document, computed_at FROM figure_day WHERE commune = :commune AND edition = :edition AND as_of = :as_of",
        commune=commune, edition=edition, as_of=as_of.isoformat(),
    )  # fmt: skip
    return None if row is None else KeptDay(edition, as_of, json.loads(row["document"]), from_text(row["computed_at"]))


def upsert_day_figures(tx: Transaction, commune: str, figures: KeptDay) -> None:
    """Keep the figures of a day that is over; what is there already stays."""
    tx.execute(
        "INSERT INTO figure_day (commune, edition, as_of, document, computed_at) VALUES (:commune, :edition, :as_of, :document, :at)"
        " ON CONFLICT (commune, edition, as_of) DO NOTHING",
        commune=commune, edition=figures.edition, as_of=figures.as_of.isoformat(), document=dumps(figures.verdicts),
        at=to_text(figures.computed_at),
    )  # fmt: skip


def select_figure_days(reader: Reader, commune: str, edition: str, since: date) -> set[date]:
    """The days from *since* on of which figures are kept."""
    rows = reader.rows(
        "SELECT as_of FROM figure_day WHERE commune = :commune AND edition = :edition AND as_of >= :since",
        commune=commune, edition=edition, since=since.isoformat(),
    )  # fmt: skip
    return {date.fromisoformat(row["as_of"]) for row in rows}


def select_coverage(reader: Reader, commune: str) -> Coverage:
    """How far the survey of the commune's present register has come."""
    row = reader.row(
        "SELECT COUNT(*) AS registered, COUNT(c.site) AS visited, MIN(c.oldest) AS oldest, MAX(c.newest) AS newest FROM site s"
        " LEFT JOIN (SELECT site, MIN(captured_at) AS oldest, MAX(captured_at) AS newest FROM counted WHERE commune = :commune"
        " GROUP BY site) c ON c.site = s.site WHERE s.commune = :commune AND s.known_to IS NULL AND s.closed = 0",
        commune=commune,
    )
    if row is None:  # no engine answers an aggregate so
        return Coverage(0, 0, None, None)
    return Coverage(row["registered"], row["visited"], optional_from_text(row["oldest"]), optional_from_text(row["newest"]))


def upsert_summary(tx: Transaction, summary: Summary) -> None:
    """Keep a commune's line, unless a newer one is there already; its forecast is kept by `update_forecast` alone."""
    moments = {name: optional_to_text(getattr(summary, name)) for name in ("oldest", "newest", "computed_at")}
    tx.execute(
        f"INSERT INTO figure_summary ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
        f" ON CONFLICT (commune, edition) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[2:])}"
        " WHERE figure_summary.changes <= excluded.changes",
        **{**{name: getattr(summary, name) for name in _COLUMNS}, **moments},
    )


def update_renewed(tx: Transaction, commune: str, at: datetime) -> None:
    """Say that a worker has renewed the commune's lines."""
    tx.execute("UPDATE figure_summary SET renewed_at = :at WHERE commune = :commune", commune=commune, at=to_text(at))


def update_forecast(tx: Transaction, commune: str, edition: str, criteria: int, forecast: Forecast) -> None:
    """Keep when *criteria* of the *edition* will be met; call `delete_forecasts` first, so that no other line has a forecast."""
    days = {name: None if (day := getattr(forecast, name)) is None else day.isoformat() for name in _DAYS}
    tx.execute(
        "UPDATE figure_summary SET forecast_criteria = :criteria, forecast_low = :low, forecast_likely = :likely, forecast_high = :high,"
        " forecast_reason = :reason WHERE commune = :commune AND edition = :edition",
        commune=commune, edition=edition, criteria=criteria, reason=forecast.reason, **days,
    )  # fmt: skip


def delete_forecasts(tx: Transaction, commune: str) -> None:
    """Take the forecast off each of the commune's lines."""
    tx.execute(
        "UPDATE figure_summary SET forecast_criteria = NULL, forecast_low = NULL, forecast_likely = NULL, forecast_high = NULL,"
        " forecast_reason = NULL WHERE commune = :commune AND forecast_criteria IS NOT NULL",
        commune=commune,
    )


def select_summaries(reader: Reader, edition: str) -> list[Summary]:
    """The line of every commune of the deployment that has figures of an edition, by commune."""
    rows = reader.rows(
        "SELECT s.*, CASE WHEN COALESCE(c.changes, 0) > s.changes THEN 1 ELSE 0 END AS stale FROM figure_summary s"
        " LEFT JOIN figure_change c ON c.commune = s.commune WHERE s.edition = :edition ORDER BY s.commune",
        edition=edition,
    )
    return [_summary(row) for row in rows]


def select_unrenewed(reader: Reader, since: datetime) -> list[str]:
    """The communes with editions of which a worker has renewed no line since a moment."""
    rows = reader.rows(
        "SELECT c.commune FROM commune c WHERE EXISTS (SELECT 1 FROM edition e WHERE e.commune = c.commune) AND NOT EXISTS"
        " (SELECT 1 FROM figure_summary s WHERE s.commune = c.commune AND s.renewed_at >= :since) ORDER BY c.commune",
        since=to_text(since),
    )
    return [row["commune"] for row in rows]


def _summary(row: Row) -> Summary:
    moments = {name: optional_from_text(row[name]) for name in ("oldest", "newest", "computed_at")}
    own = {name: row[name] for name in _COLUMNS}
    return Summary(**{**own, **moments}, stale=bool(row["stale"]), forecast_criteria=row["forecast_criteria"], forecast=_forecast(row))


def _forecast(row: Row) -> Forecast | None:
    if row["forecast_criteria"] is None:
        return None
    low, likely, high = (None if (day := row[f"forecast_{name}"]) is None else date.fromisoformat(day) for name in _DAYS)
    return Forecast(low, likely, high, row["forecast_reason"])
