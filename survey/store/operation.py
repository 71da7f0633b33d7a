"""How the deployment stands, in numbers of nobody: jobs, sessions, submissions, the database's size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.ports import Reader
from survey.domain.times import from_text, to_text

_SIZE = {
    "sqlite": "SELECT c.page_count * s.page_size AS size FROM pragma_page_count AS c, pragma_page_size AS s",
    "postgres": "SELECT pg_database_size(current_database()) AS size",
}


@dataclass(frozen=True)
class JobStanding:
    """Jobs of one kind in one state; *oldest_s* is for how many seconds the oldest has been due."""

    kind: str
    state: str
    count: int
    oldest_s: float


@dataclass(frozen=True)
class Standing:
    """Numbers of the whole deployment; *size* in bytes."""

    size: int
    sessions: int
    submissions: int
    jobs: Sequence[JobStanding]


def select_standing(reader: Reader, engine: str, now: datetime) -> Standing:
    """Return how the deployment stands at *now*; the counts are exact."""
    live = "SELECT COUNT(*) AS n FROM session WHERE ended_at IS NULL AND expires_at > :now"
    return Standing(
        size=_number(reader, _SIZE[engine], "size"),
        sessions=_number(reader, live, "n", now=to_text(now)),
        submissions=_number(reader, "SELECT COUNT(*) AS n FROM submission", "n"),
        jobs=_select_jobs(reader, now),
    )


def _select_jobs(reader: Reader, now: datetime) -> list[JobStanding]:
    rows = reader.rows("SELECT kind, state, COUNT(*) AS n, MIN(run_after) AS due FROM job GROUP BY kind, state ORDER BY kind, state")
    return [
        JobStanding(row["kind"], row["state"], int(row["n"]), max(0.0, (now - from_text(row["due"])).total_seconds())) for row in rows
    ]  # fmt: skip


def _number(reader: Reader, sql: str, name: str, **parameters: object) -> int:
    row = reader.row(sql, **parameters)
    return 0 if row is None else int(row[name])
