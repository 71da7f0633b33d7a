"""The commune's rules of findings, and the work they leave: a site is followed again after what changed about it."""

import json
from datetime import datetime

from survey.domain.ports import Reader, Transaction
from survey.domain.times import to_text
from survey.store.jobs import upsert_job

SITE_JOB, ALL_JOB = "tasks", "tasks_all"
_ALL = "all"


def insert_finding_rules(tx: Transaction, commune: str, document: str, now: datetime) -> int:
    """Let *document* be the commune's rules from now on, and leave every site to be followed again; returns its number."""
    row = tx.row("SELECT MAX(number) AS last FROM finding_rules WHERE commune = :commune", commune=commune)
    number = (row["last"] if row and row["last"] else 0) + 1
    tx.execute(
        "INSERT INTO finding_rules (commune, number, document, loaded_at) VALUES (:commune, :number, :document, :at)",
        commune=commune, number=number, document=document, at=to_text(now),
    )  # fmt: skip
    leave_all_sites(tx, commune, now)
    return number


def select_finding_rules(reader: Reader, commune: str) -> str | None:
    """The document of the commune's present rules; None where none were loaded."""
    row = reader.row(
        "SELECT document FROM finding_rules WHERE commune = :commune ORDER BY number DESC LIMIT 1", commune=commune
    )
    return None if row is None else str(row["document"])


def select_serves(reader: Reader, commune: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """The criteria, as (edition, code), that each finding of the present rules serves."""
    document = select_finding_rules(reader, commune)
    serves = {} if document is None else json.loads(document)["serves"]
    return {finding: tuple((edition, code) for edition, code in pairs) for finding, pairs in serves.items()}


def leave_site(tx: Transaction, commune: str, site: str | None, now: datetime) -> None:
    """Leave a site's tasks to be followed again; costs one row, whatever the site's history. None is no site."""
    if site is not None:
        upsert_job(tx, commune, SITE_JOB, site, {"site": site}, now, background=True)


def leave_all_sites(tx: Transaction, commune: str, now: datetime) -> None:
    """Leave the tasks of all sites to be followed again, in portions: after new rules, a merger of hamlets, a loaded register."""
    upsert_job(tx, commune, ALL_JOB, _ALL, {"asked": to_text(now), "after": ""}, now, background=True)


def select_sites_to_follow(reader: Reader, commune: str, after: str, limit: int) -> list[str]:
    """The next sites behind *after* that have accepted visits or tasks, by id."""
    rows = reader.rows(
        "SELECT site FROM counted WHERE commune = :commune AND site > :after"
        " UNION SELECT site FROM task WHERE commune = :commune AND site IS NOT NULL AND site > :after ORDER BY site LIMIT :limit",
        commune=commune, after=after, limit=limit,
    )  # fmt: skip
    return [row["site"] for row in rows]
