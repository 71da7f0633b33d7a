"""Residents' reports and contributions on both engines: who is counted, what is decided once, what is summed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from survey.domain.community import Contribution, ContributionKind, ReportState, ResidentReport
from survey.store import Store
from survey.store.community import (
    insert_contribution,
    insert_report,
    select_contribution,
    select_contribution_sums,
    select_contributions,
    select_put_aside,
    select_report,
    select_reports,
    select_traffic,
    update_decided,
    update_forgotten_senders,
    update_photo_gone,
    update_withdrawn,
)
from tests.conftest import COMMUNE, HAMLETS, seed

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def report(key: str, *, hours: float = 0, hamlet: str | None = HAMLETS[0], commune: str = COMMUNE) -> ResidentReport:
    """A report that came in so many hours ago, without a photo."""
    return ResidentReport(commune, key, f"C-{key}", f"Mương {key}", hamlet, None, 0, "", NOW - timedelta(hours=hours))


@pytest.fixture
def filled(store: Store) -> Store:
    """Four reports: two of one sender, one of them yesterday's, one of a sender without a hamlet, one of another commune."""
    seed(store)
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO commune (commune, name, province, border, source, demonstration, created_at)"
            " SELECT '99999', name, province, border, source, demonstration, created_at FROM commune"
        )
        insert_report(tx, report("old", hours=23), "mark-1")
        insert_report(tx, report("new"), "mark-1")
        insert_report(tx, report("else", hours=0.5, hamlet=None), "mark-2")
        insert_report(tx, report("far", commune="99999"), "mark-1")
    return store


def test_traffic_counts_by_sender_hour_and_day(filled: Store) -> None:
    """Of the sender within the hour and the day, of all within the day, and what waits; other communes do not count."""
    with filled.reading() as reader:
        traffic = [select_traffic(reader, COMMUNE, sender, NOW) for sender in ("mark-1", "mark-2", "mark-3")]
        later = select_traffic(reader, COMMUNE, "mark-1", NOW + timedelta(hours=2))

    counted = [(one.sender_hour, one.sender_day, one.commune_day, one.waiting) for one in traffic]
    assert counted == [(1, 2, 3, 3), (1, 1, 3, 3), (0, 0, 3, 3)]
    assert (later.sender_hour, later.sender_day, later.commune_day, later.waiting) == (0, 1, 2, 3)


def test_where_reports_came_from_is_forgotten_after_a_day(filled: Store) -> None:
    """The mark goes, the report stays."""
    with filled.transaction() as tx:
        update_forgotten_senders(tx, COMMUNE, NOW + timedelta(hours=2))
        marks = {row["report"]: row["sender_mark"] for row in tx.rows("SELECT report, sender_mark FROM resident_report")}

    assert marks == {"old": "", "new": "mark-1", "else": "mark-2", "far": "mark-1"}


def test_waiting_reports_come_oldest_first_within_the_persons_hamlets(filled: Store) -> None:
    """A person of one hamlet does not see another's; a report without a hamlet is for everybody who decides."""
    with filled.reading() as reader:
        every = select_reports(reader, COMMUNE, ReportState.WAITING)
        mine = select_reports(reader, COMMUNE, ReportState.WAITING, scope=frozenset({HAMLETS[0]}))
        other = select_reports(reader, COMMUNE, ReportState.WAITING, scope=frozenset({HAMLETS[1]}))
        first = select_reports(reader, COMMUNE, ReportState.WAITING, limit=1)

    assert [one.id for one in every] == ["old", "else", "new"]
    assert [one.id for one in mine] == ["old", "else", "new"]
    assert [one.id for one in other] == ["else"]
    assert [one.id for one in first] == ["old"]
    assert every[2] == report("new")


def test_a_report_is_decided_once_and_only_in_its_commune(filled: Store) -> None:
    """The second decision is not written; what was decided reads back whole; the newest decision comes first."""
    taken = replace(report("new"), state=ReportState.TAKEN, site="s1", task="t1", note="", person="p-reviewer", decided_at=NOW)
    aside = replace(report("else"), state=ReportState.DISMISSED, note="Trùng", person="p-reviewer", decided_at=NOW + timedelta(hours=1))
    with filled.transaction() as tx:
        written = [update_decided(tx, taken), update_decided(tx, replace(taken, state=ReportState.DISMISSED)), update_decided(tx, aside)]
        abroad = update_decided(tx, replace(taken, commune="99999", id="old"))
        found = select_report(tx, COMMUNE, "new")
        waiting = [one.id for one in select_reports(tx, COMMUNE, ReportState.WAITING)]

    assert (written, abroad) == ([True, False, True], False)
    assert found == taken
    assert waiting == ["old"]
    with filled.reading() as reader:
        assert select_report(reader, COMMUNE, "far") is None
        assert select_report(reader, "99999", "far") is not None


def test_contributions_are_summed_by_hamlet_and_kind_without_those_taken_back(store: Store) -> None:
    """The sums skip what was taken back, the list still shows it with its reason; it is taken back once."""
    seed(store)
    given = [
        ("a", HAMLETS[0], ContributionKind.WORK_DAYS, 3.0), ("b", HAMLETS[0], ContributionKind.WORK_DAYS, 4.5),
        ("c", None, ContributionKind.MONEY_VND, 1_000_000_000.0), ("d", HAMLETS[1], ContributionKind.LAND_M2, 120.0),
    ]  # fmt: skip
    with store.transaction() as tx:
        for day, (key, hamlet, kind, amount) in enumerate(given, 1):
            one = Contribution(COMMUNE, key, hamlet, kind, amount, date(2026, 11, day), "Làm đường", "p-coordinator", NOW)
            insert_contribution(tx, one)
        withdrawn = [update_withdrawn(tx, COMMUNE, "d", "Nhập nhầm", NOW) for _ in range(2)]
        abroad = update_withdrawn(tx, "99999", "a", "x", NOW)

    assert (withdrawn, abroad) == ([True, False], False)
    with store.reading() as reader:
        sums, listed = select_contribution_sums(reader, COMMUNE), select_contributions(reader, COMMUNE)
        elsewhere = select_contribution_sums(reader, "99999")
    assert sums == {HAMLETS[0]: {ContributionKind.WORK_DAYS: 7.5}, None: {ContributionKind.MONEY_VND: 1_000_000_000.0}}
    assert [(one.id, one.withdrawn_reason) for one in listed] == [("d", "Nhập nhầm"), ("c", None), ("b", None), ("a", None)]
    assert elsewhere == {}


def test_bytes_go_once_no_report_of_any_commune_names_them(filled: Store) -> None:
    """Photos that wait are counted in bytes; of two reports with the same photo the second one to go lets go of it."""
    with filled.transaction() as tx:
        for commune in (COMMUNE, "99999"):
            photo = replace(report(f"photo-{commune}", commune=commune), sha256="a" * 64, size=7, media_type="image/jpeg")
            insert_report(tx, photo, "mark-3")
            assert select_traffic(tx, commune, "mark-3", NOW).bytes_waiting == 7
            update_decided(tx, replace(photo, state=ReportState.DISMISSED, note="x", person="p", decided_at=NOW))
        assert select_put_aside(tx, NOW) == []
        first, second = select_put_aside(tx, NOW + timedelta(seconds=1))
        assert [update_photo_gone(tx, one) for one in (first, second)] == [False, True]
        assert select_put_aside(tx, NOW + timedelta(seconds=1)) == []
        assert select_contribution(tx, COMMUNE, "nothing") is None
