"""Searching the chained log on both engines, old events included; every kind of event in words, and no words in any event."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from survey import logs
from survey.commands import main
from survey.domain.chained import named_in, who_did
from survey.domain.people import Actor
from survey.store import Store, open_store
from survey.store.check_index import find_index_faults
from survey.store.event_index import ChangeFilters, index_portion, select_changes_page, select_first_found
from survey.store.events import select_events
from survey.web import text
from survey.web.logs_words import change_kinds
from survey.wiring import ROOT, Settings, Survey
from tests.conftest import COMMUNE

# What the code writes through a name: each place with the kinds that it may be.
_NAMED_KINDS = {
    ("survey/review.py", "kind"): {"submission.accepted", "submission.returned", "submission.rejected", "submission.taken_back",
                                   "submission.site_assigned"},
    ("survey/register/editing.py", "kind"): {"site.added", "site.changed"},
    ("survey/standing.py", "kind"): {"statement.made", "statement.withdrawn"},
    ("survey/roadmap.py", "event"): {"milestone.saved", "milestone.removed", "milestone.reported"},
    ("survey/deliver/handing.py", "DOWNLOADED"): {"bundle.downloaded"},
    ("survey/deliver/opening.py", "OPENED"): {"bundle.opened"},
    ("survey/deliver/sealing.py", "EXPORTED"): {"bundle.exported"},
    ("survey/community/residents.py", "f'resident_report.{to.value}'"): {"resident_report.taken", "resident_report.dismissed"},
}  # fmt: skip
_STEPS = {f"task.{step}" for step in ("opened", "changed", "done", "dropped", "reopened")}


def _calls() -> Iterator[tuple[str, ast.expr]]:
    for path in sorted((ROOT / "survey").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "log" and len(node.args) == 3:
                yield path.relative_to(ROOT).as_posix(), node.args[1]


def _kinds() -> set[str]:
    found: set[str] = set()
    for path, argument in _calls():
        said = ast.unparse(argument)
        texts = {node.value for node in ast.walk(argument) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        if isinstance(argument, ast.Constant | ast.IfExp):
            found |= texts
        elif said == "f'task.{step.kind}'":
            found |= _STEPS
        else:
            assert (path, said) in _NAMED_KINDS, f"{path} writes an event whose kind this test cannot read: {said}"
            found |= _NAMED_KINDS[path, said]
    return found


def test_every_kind_of_event_that_the_code_writes_has_its_words_in_both_languages() -> None:
    """A new kind fails here until somebody says in words what happened."""
    text.speak("en")
    english = change_kinds()
    text.speak("vi")
    vietnamese = change_kinds()

    assert {kind for kind in _kinds() if kind not in english} == set()
    assert [kind for kind in english if english[kind] == vietnamese[kind]] == []


def write(store: Store, count: int) -> None:
    """So many events of the commune."""
    for number in range(count):
        with store.transaction() as tx:
            tx.log(COMMUNE, f"kind.{number % 3}", {"submission": f"abc-{number:04}", "person": f"p-{number % 2}", "note_sha256": "e" * 64})


def _pages(store: Store, filters: ChangeFilters, limit: int = 7) -> list[int]:
    found: list[int] = []
    with store.reading() as reader:
        after = None
        while page := select_changes_page(reader, COMMUNE, filters, after, limit=limit):
            found += [row["seq"] for row in page]
            after = page[-1]["at"], page[-1]["seq"]
    return found


def test_changes_are_found_by_each_filter_newest_first(store: Store) -> None:
    """On both engines, page after page, every one once."""
    write(store, 30)

    assert _pages(store, ChangeFilters()) == list(range(30, 0, -1))
    assert _pages(store, ChangeFilters(person="p-1")) == list(range(30, 0, -2))
    assert _pages(store, ChangeFilters(kind="kind.0")) == list(range(28, 0, -3))
    assert _pages(store, ChangeFilters(kind="kind.0", person="p-1")) == [28, 22, 16, 10, 4]
    assert _pages(store, ChangeFilters(subject="abc-0011")) == [12]
    assert _pages(store, ChangeFilters(subject="abc-0011", kind="kind.1")) == []
    assert _pages(store, ChangeFilters(subject="e" * 64)) == []  # the hash of mere words
    now = datetime.now(UTC)
    assert _pages(store, ChangeFilters(since=now + timedelta(hours=1))) == []
    assert len(_pages(store, ChangeFilters(since=now - timedelta(hours=1), before=now + timedelta(hours=1)))) == 30


def test_events_of_an_older_release_are_found_after_the_sweep_and_the_chain_is_as_it_was(store: Store) -> None:
    """Indexed from the newest down in portions, beside events that come meanwhile; twice makes nothing new."""
    write(store, 25)
    with store.transaction() as tx:
        tx.execute("DELETE FROM event_index")
        tx.execute("DELETE FROM event_subject")
    with store.reading() as reader:
        before = [dict(row) for row in select_events(reader, COMMUNE)]
        assert select_first_found(reader, COMMUNE) == 26
    with store.transaction() as tx:
        assert index_portion(tx, COMMUNE, 10) == 10
    write(store, 1)
    with store.transaction() as tx:
        assert [index_portion(tx, COMMUNE, 10) for _ in range(3)] == [10, 5, 0]
        assert select_first_found(tx, COMMUNE) == 1

    with store.reading() as reader:
        after = [dict(row) for row in select_events(reader, COMMUNE)]
    assert _pages(store, ChangeFilters()) == list(range(26, 0, -1))
    assert after[:25] == before


def test_the_sweep_reads_every_chain(survey: Survey) -> None:
    """The deployment's own too; a damaged body is found by its number and stops nothing."""
    write(survey.store, 3)
    with survey.transaction() as tx:
        tx.log("", "deployment.established", {"commune": COMMUNE, "demonstration": False})
    with survey.transaction() as tx:
        tx.execute("UPDATE event SET body = 'no json' WHERE commune = :commune AND seq = 2", commune=COMMUNE)
        tx.execute("DELETE FROM event_index")
        tx.execute("DELETE FROM event_subject")

    assert logs.index_old(survey) == 4
    assert logs.index_old(survey) == 0
    assert sorted(_pages(survey.store, ChangeFilters())) == [1, 2, 3]


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("DELETE FROM event_index WHERE seq = 2", "LOG_INDEX_MISSING"),
        ("UPDATE event_index SET kind = 'other' WHERE seq = 2", "LOG_INDEX_CHANGED"),
        ("UPDATE event_index SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 3", "LOG_INDEX_CHANGED"),
        ("DELETE FROM event_subject WHERE seq = 3", "LOG_INDEX_CHANGED"),
        ("INSERT INTO event_index (commune, seq, at, kind, person) VALUES ('18844', 99, '', 'x', '')", "LOG_INDEX_EXTRA"),
    ],
)
def test_an_index_that_hides_an_event_is_named_and_made_anew(survey: Survey, harm: str, code: str) -> None:
    """`check-store` holds what finds events against the events; `log --reindex` mends it."""
    write(survey.store, 4)
    with survey.reading() as reader:
        assert list(find_index_faults(reader)) == []
    with survey.transaction() as tx:
        tx.execute(harm)
    with survey.reading() as reader:
        assert {fault.code for fault in find_index_faults(reader)} == {code}

    logs.reindex(survey)
    with survey.reading() as reader:
        assert list(find_index_faults(reader)) == []


def test_who_did_it_and_what_it_names() -> None:
    """By whom goes before whom; words, days, states and hashes of words are no ids."""
    body = {
        "at": "2026-11-23T00:00:00.000Z", "kind": "x", "by": "p-1", "person": "p-00001", "role": "reviewer", "on": "2026-11-23",
        "hamlets": ["18844-h01", "18844-h02"], "reason_sha256": "e" * 64, "sha256": "a1" * 32, "nested": {"site": "s-00001"}, "n": 5,
    }  # fmt: skip

    assert who_did(body) == "p-1"
    assert who_did({"person": "p-2"}) == "p-2"
    assert who_did({"brought_by": None}) == ""
    assert named_in(body) == ("p-00001", "18844-h01", "18844-h02", "a1" * 32, "s-00001")


def test_a_broken_stretch_is_named_wherever_it_broke(survey: Survey, coordinator: Actor) -> None:
    """A changed body, a changed hash, an event that is gone, a head that says something else."""
    write(survey.store, 20)
    assert logs.check_stretch(survey, coordinator, 1, 20) == logs.Checked(1, 20, None)
    for statement, broken in (
        ("UPDATE event SET body = '{}' WHERE seq = 7", 7), ("UPDATE event SET hash = 'x' WHERE seq = 5", 5),
        ("DELETE FROM event WHERE seq = 3", 3),
    ):  # fmt: skip
        with survey.transaction() as tx:
            tx.execute(statement + " AND commune = '18844'")
        assert logs.check_stretch(survey, coordinator, 1, 99).broken == broken
    assert logs.check_stretch(survey, coordinator, 8, 20) == logs.Checked(8, 20, None)
    with survey.transaction() as tx:
        tx.execute("UPDATE event_head SET hash = 'x' WHERE commune = '18844'")
    assert logs.check_stretch(survey, coordinator, 10, 20).broken == 20
    assert logs.Checked.read("10-20:broken-20") == logs.Checked(10, 20, 20)


def test_the_command_tells_both_logs_and_is_noted_itself(survey: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    """As lines and as JSON."""
    write(survey.store, 60)
    data = str(survey.settings.data)
    assert main(["--data", data, "log", "--changes", "--kind", "kind.0", "--json"]) == 0
    changes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main(["--data", data, "log", "--looks", "--person", "operator"]) == 0
    looks = capsys.readouterr().out

    assert [change["seq"] for change in changes] == list(range(58, 0, -3))
    assert changes[0]["body"]["submission"] == "abc-0057"
    assert "operator  searched  changes" in looks


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demonstration, made by its command."""
    folder = tmp_path_factory.mktemp("demonstration")
    assert main(["--data", str(folder), "demo", "--households", "60", "--submissions", "40"]) == 0
    return folder


_HARMLESS = re.compile(r"[A-Za-z0-9_.:+/=,-]*")


def test_no_event_of_the_demonstration_holds_a_name_a_word_or_a_position(demonstration: Path) -> None:
    """Every text in every body is an id, a hash, a day or a word of ours; no number is a coordinate of the commune."""
    store = open_store("sqlite", demonstration)
    with store.reading() as reader:
        bodies = [json.loads(row["body"]) for row in reader.rows("SELECT body FROM event")]
        names = {row["name"] for table in ("person", "site", "hamlet") for row in reader.rows(f"SELECT DISTINCT name FROM {table}")}
    store.close()
    said = [value for body in bodies for value in _leaves(body)]

    assert len(bodies) > 100
    assert [value for value in said if isinstance(value, str) and not _HARMLESS.fullmatch(value)] == []
    assert [value for value in said if isinstance(value, float) and (17 < value < 19 or 105 < value < 107)] == []
    assert [value for value in said if value in names] == []


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value


def test_a_demonstration_is_found_through_its_index(demonstration: Path) -> None:
    """Each event has its line in the index, saying what the event says."""
    store = open_store(Settings().database, demonstration)
    with store.reading() as reader:
        events = reader.row("SELECT COUNT(*) AS n FROM event")["n"]
        lines = reader.row("SELECT COUNT(*) AS n FROM event_index WHERE at <> '' AND kind <> ''")["n"]
    store.close()

    assert events == lines
