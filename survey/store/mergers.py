"""Everything that lies in hamlets which become one, moved in one transaction.

What was stated of a former hamlet stays with it: nobody has stated it of the new one. Figures of earlier days ask for the versions of
sites and hamlets that were known then, so they stay as they were.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from survey.domain.places import Hamlet, successor_of
from survey.domain.ports import Reader, Transaction
from survey.domain.submissions import State, Submission
from survey.domain.times import local_date, to_text
from survey.store.places import select_hamlets
from survey.store.sites import select_hamlet_sites, update_searches, update_sites
from survey.store.submissions import move_tally

# The tables with a column `hamlet` whose rows simply lie in the new hamlet from now on.
_LYING = (
    "UPDATE counted SET hamlet = :target",
    "UPDATE task SET hamlet = :target, version = version + 1",  # who is changing one at this moment is told
    "UPDATE resident_report SET hamlet = :target",
    "UPDATE contribution SET hamlet = :target",
)


@dataclass(frozen=True)
class Moved:
    """How much lies in some hamlets: sites of the present register, submissions, people who work there."""

    sites: int
    submissions: int
    people: int


def select_lying(reader: Reader, commune: str, hamlets: Collection[str]) -> Moved:
    """What a merger of *hamlets* would move; nothing is counted row by row but the sites."""
    marks, names = _marks(hamlets)
    asked = {"commune": commune, **names}
    where = f"WHERE commune = :commune AND hamlet IN ({marks})"
    sites = reader.row(f"SELECT COUNT(*) AS n FROM site {where} AND known_to IS NULL AND closed = 0", **asked)
    submissions = reader.row(f"SELECT COALESCE(SUM(count), 0) AS n FROM tally {where}", **asked)
    people = reader.row(f"SELECT COUNT(DISTINCT person) AS n FROM person_hamlet {where}", **asked)
    return Moved(*(0 if row is None else int(row["n"]) for row in (sites, submissions, people)))


def lock_arrivals(tx: Transaction, commune: str, hamlets: Collection[str]) -> None:
    """Let what is just coming in about *hamlets* end first, and what comes later wait until this transaction has ended.

    Every receipt counts itself in the tally of received submissions: holding those rows holds it. `follow_merger` then moves it.
    """
    forms = [row["form"] for row in tx.rows("SELECT DISTINCT form FROM form WHERE commune = :commune ORDER BY form", commune=commune)]
    for hamlet in sorted(hamlets):
        for form in forms:
            tx.execute(
                "INSERT INTO tally (commune, state, form, hamlet, count) VALUES (:commune, :state, :form, :hamlet, 0)"
                " ON CONFLICT (commune, state, form, hamlet) DO UPDATE SET count = tally.count",
                commune=commune, state=State.RECEIVED.value, form=form, hamlet=hamlet,
            )  # fmt: skip


def move_to_hamlet(tx: Transaction, hamlets: Sequence[str], target: Hamlet, *, person: str, at: datetime) -> Moved:
    """Let everything in *hamlets* lie in *target* from *at* on, by *person*; call `lock_decisions` and `lock_arrivals` first."""
    commune = target.commune
    moved = select_lying(tx, commune, hamlets)
    sites = [replace(site, hamlet=target.id) for site in select_hamlet_sites(tx, commune, hamlets)]
    update_sites(tx, [(site, target.name) for site in sites], at=at)
    marks, names = _marks(hamlets)
    where, asked = f" WHERE commune = :commune AND hamlet IN ({marks})", {"commune": commune, "target": target.id, **names}
    submissions = tx.execute(f"UPDATE submission SET hamlet = :target{where}", **asked)
    _move_tally(tx, where, asked)
    for statement in _LYING:
        tx.execute(statement + where, **asked)
    tx.execute(
        f"UPDATE visit_list_site SET hamlet = :target{where} AND list IN"
        " (SELECT list FROM visit_list WHERE commune = :commune AND closed_at IS NULL)",
        **asked,
    )
    _move_milestones(tx, marks, asked | {"person": person, "at": to_text(at)})
    _move_people(tx, where, asked)
    return replace(moved, sites=len(sites), submissions=submissions)


def update_hamlet_words(tx: Transaction, hamlet: Hamlet) -> None:
    """Let the sites of *hamlet* be found by the name that it has now."""
    update_searches(tx, [(site, hamlet.name) for site in select_hamlet_sites(tx, hamlet.commune, [hamlet.id])])


def follow_merger(tx: Transaction, submission: Submission) -> str | None:
    """Move a submission that has just been inserted to what its hamlet has become meanwhile; returns where it lies.

    A phone may name a hamlet that was merged days ago, and a merger may have been written while this receipt waited in its tally.
    """
    if submission.hamlet is None:
        return None
    row = tx.row(
        "SELECT successor FROM hamlet WHERE commune = :commune AND hamlet = :hamlet", commune=submission.commune, hamlet=submission.hamlet
    )
    if row is None or row["successor"] is None:
        return submission.hamlet
    every = {hamlet.id: hamlet for hamlet in select_hamlets(tx, submission.commune)}
    became = successor_of(submission.hamlet, every, local_date(submission.received_at))
    if became is None or became == submission.hamlet:
        return submission.hamlet
    tx.execute(
        "UPDATE submission SET hamlet = :hamlet WHERE commune = :commune AND submission = :submission",
        hamlet=became, commune=submission.commune, submission=submission.id,
    )  # fmt: skip
    move_tally(tx, submission, submission.state, None)
    move_tally(tx, replace(submission, hamlet=became), None, submission.state)
    return became


def _move_tally(tx: Transaction, where: str, asked: dict[str, object]) -> None:
    tx.execute(
        "INSERT INTO tally (commune, state, form, hamlet, count)"
        f" SELECT commune, state, form, :target, SUM(count) FROM tally{where} GROUP BY commune, state, form"
        " ON CONFLICT (commune, state, form, hamlet) DO UPDATE SET count = tally.count + excluded.count",
        **asked,
    )
    tx.execute(f"UPDATE tally SET count = 0{where}", **asked)


def _move_milestones(tx: Transaction, marks: str, asked: dict[str, object]) -> None:
    """A milestone's versions are never changed: the newest is followed by one in the new hamlet."""
    tx.execute(
        "INSERT INTO milestone (commune, milestone, number, title, edition, criterion, hamlet, indicator, days, not_before, due_on, needs,"
        " person, started_on, finished_on, done_share, removed, entered_by, at)"
        " SELECT commune, milestone, number + 1, title, edition, criterion, :target, indicator, days, not_before, due_on, needs,"
        " person, started_on, finished_on, done_share, removed, :person, :at FROM milestone m"
        f" WHERE commune = :commune AND hamlet IN ({marks}) AND removed = 0 AND number ="
        " (SELECT MAX(n.number) FROM milestone n WHERE n.commune = m.commune AND n.milestone = m.milestone)",
        **asked,
    )


def _move_people(tx: Transaction, where: str, asked: dict[str, object]) -> None:
    tx.execute(
        f"INSERT INTO person_hamlet (commune, person, hamlet) SELECT DISTINCT commune, person, :target FROM person_hamlet{where}"
        " ON CONFLICT (commune, person, hamlet) DO NOTHING",
        **asked,
    )
    tx.execute(f"DELETE FROM person_hamlet{where}", **asked)


def _marks(hamlets: Collection[str]) -> tuple[str, dict[str, object]]:
    names: dict[str, object] = {f"old{number}": hamlet for number, hamlet in enumerate(sorted(hamlets))}
    return ", ".join(f":{name}" for name in names), names
