"""The milestones of the roadmap in every version; the newest number counts."""

import json
from dataclasses import replace
from datetime import date, datetime

from survey.domain.canonical import dumps
from survey.domain.owners import Milestone
from survey.domain.places import successor_of
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.times import from_text, to_text
from survey.store.places import select_hamlets

_DATES = ("not_before", "due_on", "started_on", "finished_on")
_MILESTONE = (
    "SELECT m.milestone, m.number, m.title, m.edition, m.criterion, m.hamlet, m.indicator, m.days, m.not_before, m.due_on, m.needs,"
    " m.person, m.started_on, m.finished_on, m.done_share, m.removed, m.entered_by, m.at FROM milestone m WHERE m.commune = :commune"
)
_NEWEST = " AND m.number = (SELECT MAX(x.number) FROM milestone x WHERE x.commune = m.commune AND x.milestone = m.milestone)"


def select_milestones(reader: Reader, commune: str) -> dict[str, Milestone]:
    """The milestones that stand, by id, in their newest version."""
    rows = reader.rows(_MILESTONE + " AND m.removed = 0" + _NEWEST + " ORDER BY m.milestone", commune=commune)
    return {row["milestone"]: _milestone(row) for row in rows}


def select_present_milestones(reader: Reader, commune: str, today: date) -> dict[str, Milestone]:
    """The milestones that stand, by id; those of a hamlet that has been merged are its successor's."""
    hamlets = {hamlet.id: hamlet for hamlet in select_hamlets(reader, commune)}
    found = select_milestones(reader, commune)
    became = {hamlet: successor_of(hamlet, hamlets, today) for one in found.values() if (hamlet := one.hamlet) is not None}
    return {id_: replace(one, hamlet=became.get(one.hamlet or "") or one.hamlet) for id_, one in found.items()}


def select_milestone_history(reader: Reader, commune: str, milestone: str) -> list[Milestone]:
    """Every version of one, newest first."""
    rows = reader.rows(_MILESTONE + " AND m.milestone = :milestone ORDER BY m.number DESC", commune=commune, milestone=milestone)
    return [_milestone(row) for row in rows]


def insert_milestone(tx: Transaction, commune: str, milestone: Milestone, at: datetime) -> None:
    """Add *milestone* as a version; its number is new for its id."""
    dates = {name: None if (day := getattr(milestone, name)) is None else day.isoformat() for name in _DATES}
    tx.execute(
        "INSERT INTO milestone (commune, milestone, number, title, edition, criterion, hamlet, indicator, days, not_before, due_on, needs,"
        " person, started_on, finished_on, done_share, removed, entered_by, at)"
        " VALUES (:commune, :milestone, :number, :title, :edition, :criterion, :hamlet, :indicator, :days, :not_before, :due_on, :needs,"
        " :person, :started_on, :finished_on, :done_share, :removed, :entered_by, :at)",
        commune=commune, milestone=milestone.id, number=milestone.number, title=milestone.title, edition=milestone.edition,
        criterion=milestone.criterion, hamlet=milestone.hamlet, indicator=milestone.indicator, days=milestone.days,
        needs=dumps(sorted(milestone.needs)), person=milestone.person, done_share=milestone.done_share,
        removed=int(milestone.removed), entered_by=milestone.entered_by, at=to_text(at), **dates,
    )  # fmt: skip


def _milestone(row: Row) -> Milestone:
    dates = {name: None if row[name] is None else date.fromisoformat(row[name]) for name in _DATES}
    return Milestone(
        row["milestone"], row["number"], row["title"], row["days"], row["edition"], row["criterion"], row["hamlet"], row["indicator"],
        needs=tuple(json.loads(row["needs"])), person=row["person"], done_share=row["done_share"], removed=bool(row["removed"]),
        entered_by=row["entered_by"], at=from_text(row["at"]), **dates,
    )  # fmt: skip
