"""Entries over an edition's document: what stands on which day, what order does, what was withdrawn, what no longer applies."""

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from survey.catalogue.editions import HEAD, Document, read_document, read_edition
from survey.catalogue.effective import effective, effective_edition
from survey.catalogue.entered import apply_entries, over
from survey.domain.rules import TAKES_BACK, EntryKind, RuleEntry, surviving
from survey.domain.thresholds import Status, threshold_on
from survey.wiring import ROOT

KDC = read_document(ROOT / "schema/criteria/ha-tinh-kdc-kieu-mau")
START = datetime(2026, 3, 1, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def _entry(
    number: int, kind: EntryKind, content: Mapping[str, Any], criterion: str | None = None, indicator: str | None = None
) -> RuleEntry:
    return RuleEntry(
        number,
        kind,
        criterion,
        indicator,
        content,
        f"source {number}",
        f"https://example.org/{number}",
        "why",
        "p",
        START + timedelta(days=number),
    )


def _number(number: int, at_least: float, first: str | None = None, last: str | None = None, **more: object) -> RuleEntry:
    days = {key: day for key, day in (("valid_from", first), ("valid_to", last)) if day}
    return _entry(number, EntryKind.THRESHOLD, {"at_least": at_least, **days, **more}, "3", "3-met")


def _take_back(number: int, target: int) -> RuleEntry:
    return _entry(number, EntryKind.WITHDRAWAL, {TAKES_BACK: target})


def _in_force(entries: list[RuleEntry], on: str) -> float | None:
    indicator = next(one for one in effective_edition(KDC.text(), entries).indicators if one.code == "3-met")
    found = threshold_on(indicator.thresholds, date.fromisoformat(on))
    return None if found is None else found.at_least


def test_an_entered_number_stands_on_its_days_only() -> None:
    """Outside of its dates the older number stands, on both sides; it is `entered`, with its own source and address."""
    entries = [_number(1, 0.8, "2026-01-01", "2026-06-30")]

    assert [_in_force(entries, day) for day in ("2014-08-03", "2014-08-04", "2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01")] == [
        None, 0.7, 0.7, 0.8, 0.8, 0.7,
    ]  # fmt: skip
    indicator = next(one for one in effective_edition(KDC.text(), entries).indicators if one.code == "3-met")
    entered = threshold_on(indicator.thresholds, date(2026, 3, 1))
    assert entered is not None
    assert (entered.status, entered.sources[0].text, entered.sources[0].addresses) == (
        Status.ENTERED, "source 1", ("https://example.org/1",),
    )  # fmt: skip


def test_the_later_entry_wins_where_two_overlap() -> None:
    """Whichever of them begins first: what counts is which was entered last."""
    first, second = _number(1, 0.8, "2026-01-01", "2026-12-31"), _number(2, 0.75, "2025-06-01", "2026-03-31")

    assert [_in_force([first, second], day) for day in ("2025-05-31", "2025-06-01", "2026-03-31", "2026-04-01", "2027-01-01")] == [
        0.7, 0.75, 0.75, 0.8, 0.7,
    ]  # fmt: skip
    assert _in_force([second, first], "2026-02-01") == 0.75  # by number, however they are handed over


def test_a_number_without_dates_stands_always() -> None:
    """No beginning and no end: nothing of the older ones is left."""
    assert [_in_force([_number(1, 0.6)], day) for day in ("2000-01-01", "2020-01-01", "2099-12-31")] == [0.6, 0.6, 0.6]


def test_a_withdrawal_brings_back_what_stood_before_and_can_itself_be_withdrawn() -> None:
    """One, taken back, restored."""
    entered, withdrawn, restored = _number(1, 0.8), _take_back(2, 1), _take_back(3, 2)

    assert [_in_force(entries, "2026-11-23") for entries in ([entered], [entered, withdrawn], [entered, withdrawn, restored])] == [
        0.8,
        0.7,
        0.8,
    ]


def test_a_withdrawal_of_itself_or_of_a_later_entry_does_nothing() -> None:
    """Forged rows do not undo what came after them."""
    assert [one.number for one in surviving([_take_back(1, 2), _number(2, 0.8), _take_back(3, 3)])] == [2]


def test_groups() -> None:
    """A number for one group goes before the one for all, which stays for the others; one for all later ends the group's own."""
    groups = [{"code": code, "title": {"vi": f"Nhóm {code}", "en": f"Group {code}"}} for code in ("1", "2")]
    entries = [_entry(1, EntryKind.EDITION, {"groups": groups}), _number(2, 0.9, "2026-01-01", group="2")]
    numbers = lambda some: next(one for one in effective_edition(KDC.text(), some).indicators if one.code == "3-met").thresholds  # noqa: E731

    assert [threshold_on(numbers(entries), TODAY, group=group).at_least for group in ("1", "2")] == [0.7, 0.9]  # type: ignore[union-attr]
    entries.append(_number(3, 0.65))
    assert [threshold_on(numbers(entries), TODAY, group=group).at_least for group in ("1", "2")] == [0.65, 0.65]  # type: ignore[union-attr]


def test_entries_and_withdrawals_equal_their_survivors() -> None:
    """Over random histories: the fold of all, in any order, is the fold of those that survive, and of a day-by-day count."""
    chance = random.Random(20261123)  # noqa: S311 - a test's own dice
    days = [date(2025, 1, 1) + timedelta(days=30 * step) for step in range(24)]
    for _ in range(60):
        entries = [_any_entry(number, chance, days) for number in range(1, chance.randint(2, 12))]
        mixed = chance.sample(entries, len(entries))
        standing = surviving(entries)

        assert apply_entries(KDC, mixed).text() == apply_entries(KDC, standing).text()
        for day in days:
            covering = [one for one in standing if one.content.get("valid_from", "") <= day.isoformat() <= one.content.get("valid_to", "9")]
            assert _in_force(mixed, day.isoformat()) == (covering[-1].content["at_least"] if covering else 0.7)


def _any_entry(number: int, chance: random.Random, days: list[date]) -> RuleEntry:
    if number > 1 and chance.random() < 0.3:
        return _take_back(number, chance.randint(1, number - 1))
    first, last = sorted(chance.sample(days, 2))
    return _number(
        number, round(chance.random(), 3), chance.choice([None, first.isoformat()]), chance.choice([None, last.isoformat()])
    )  # fmt: skip


def test_the_document_that_was_loaded_is_left_alone() -> None:
    """A fold changes nothing of what it is given."""
    before = KDC.text()
    apply_entries(
        KDC, [_number(1, 0.8), _entry(2, EntryKind.CRITERION, {"title": {"vi": "Mới", "en": "New"}, "open": ["set_by_person"]}, "11")]
    )

    assert KDC.text() == before


def test_an_indicator_is_added_or_replaced_and_the_criterion_completed() -> None:
    """`indicators_missing` is lifted only by the word that all are there."""
    latrines = {
        "code": "1.1", "title": {"vi": "Nhà tiêu", "en": "Latrines"}, "kind": "share_of_sites", "sites": "household",
        "holds": {"question": "household_environment.latrine", "is": "sanitary"}, "threshold": {"at_least": 0.7},
    }  # fmt: skip
    added = _entry(1, EntryKind.INDICATOR, latrines, "1", "1.1")
    replaced = _entry(2, EntryKind.INDICATOR, {**latrines, "threshold": {"at_least": 0.8}, "complete": "true"}, "1", "1.1")
    house = lambda entries: next(one for one in effective_edition(KDC.text(), entries).criteria if one.code == "1")  # noqa: E731

    assert [one.code for one in house([added]).indicators] == ["1.x", "1.1"]
    assert house([added]).open_reasons == ("indicators_missing",)
    assert [one.thresholds[0].at_least for one in house([added, replaced]).indicators if one.code == "1.1"] == [0.8]
    assert house([added, replaced]).open_reasons == ()


def test_a_roll_up_and_a_title_are_corrected() -> None:
    """The share of hamlets becomes a number; a later dated one stands beside it."""
    share = _entry(1, EntryKind.THRESHOLD, {"at_least": 0.8}, "3", "share_of_hamlets")
    later = _entry(2, EntryKind.THRESHOLD, {"at_least": 0.9, "valid_from": "2027-01-01"}, "3", "share_of_hamlets")
    title = _entry(3, EntryKind.CRITERION, {"title": {"vi": "Hàng rào xanh", "en": "Green fences"}}, "3")
    fences = next(one for one in effective_edition(KDC.text(), [share, later, title]).criteria if one.code == "3")

    found = [threshold_on(fences.roll_up_thresholds, day) for day in (TODAY, date(2027, 6, 1))]
    assert [one.at_least for one in found if one is not None] == [0.8, 0.9]
    assert (fences.title.vi, len(fences.indicators)) == ("Hàng rào xanh", 2)


def test_what_finds_nothing_to_stand_on_does_not_apply() -> None:
    """A document loaded later lacks the indicator, or has it in another unit: the entry is left out, the others stand."""
    fence = read_document(ROOT / "schema/criteria/ha-tinh-kdc-kieu-mau").files
    changed = Document(
        KDC.edition,
        {
            HEAD: fence[HEAD],
            "criteria.yaml": {"criteria": [one for one in fence["criteria.yaml"]["criteria"] if one["code"] not in ("1", "all")]},
        },
    )
    entries = [
        _entry(1, EntryKind.THRESHOLD, {"at_least": 0.5}, "1", "1.x"), _number(2, 0.8),
        _entry(3, EntryKind.THRESHOLD, {"at_least": 70}, "3", "3-ho"), _entry(4, EntryKind.EDITION, {"valid_to": "2013-01-01"}),
    ]  # fmt: skip
    read = effective(changed.text(), entries)

    assert read.applied == {2}
    assert _in_force([entries[1]], "2026-11-23") == 0.8
    assert read.edition == effective_edition(changed.text(), [entries[1]])


def test_it_is_read_once() -> None:
    """The same document and entries give the very same edition."""
    assert effective_edition(KDC.text(), [_number(1, 0.8)]) is effective_edition(KDC.text(), [_number(1, 0.8)])
    assert effective_edition(KDC.text(), []) == read_edition(KDC, None)


@pytest.mark.parametrize(
    ("standing", "number", "left"),
    [
        ({}, {"valid_from": "2026-01-01"}, [{"valid_to": "2025-12-31"}]),
        ({}, {"valid_to": "2026-01-01"}, [{"valid_from": "2026-01-02"}]),
        ({"valid_from": "2026-01-01"}, {"valid_to": "2025-12-31"}, [{"valid_from": "2026-01-01"}]),
        ({"valid_to": "2026-01-01"}, {"valid_from": "2026-01-01", "valid_to": "2026-01-01"}, [{"valid_to": "2025-12-31"}]),
        ({"valid_from": "2026-01-01", "valid_to": "2026-12-31"}, {"valid_from": "2025-01-01", "valid_to": "2027-01-01"}, []),
        ({"group": "1"}, {"group": "2"}, [{"group": "1"}]),
        ({"group": "1"}, {}, []),
        ({}, {"group": "1"}, [{}]),
    ],
)
def test_what_a_number_leaves_of_another(standing: dict[str, str], number: dict[str, str], left: list[dict[str, str]]) -> None:
    """One day belongs to one number for the same communes."""
    assert over([standing], number) == [*left, number]


def test_this_is_a_real_edition(tmp_path: Path) -> None:
    """What the tests above stand on: criterion 3 has 70 % from 2014 on in the bundled file."""
    assert _in_force([], "2026-11-23") == 0.7
