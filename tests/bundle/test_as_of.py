"""A bundle of an earlier day or of a round: what counted then, as it was known then."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from survey.assess import verdicts_of
from survey.deliver.gathering import core_of, left_out_of
from survey.domain.evidence import Scope
from survey.domain.submissions import State
from survey.domain.times import end_of, local_date, to_text
from survey.store.deployment import insert_round
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.bundle.world import COMMUNE, COORDINATOR, World, make_world


@pytest.fixture(params=["sqlite", "postgres"])
def history(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: Callable[[], str]) -> Iterator[World]:
    """The world as it was ten days ago, on each engine; since then a decision was taken back, another taken, and a photo came."""
    database = "sqlite" if request.param == "sqlite" else postgres_url()
    survey = open_survey(Settings(data=tmp_path / "data", database=database))
    world = make_world(survey, ROOT / "schema")
    _age(survey, timedelta(days=10))
    yield world
    survey.store.close()


def _age(survey: Survey, by: timedelta) -> None:
    """Let everything that was received and decided have happened *by* earlier, but for what was there before anything."""
    with survey.transaction() as tx:
        for table, columns in (
            ("submission", ("received_at",)), ("review", ("at",)), ("attachment", ("received_at",)), ("flag", ("raised_at",)),
            ("edition", ("loaded_at",)), ("site", ("known_from",)), ("setting", ("at",)),
        ):  # fmt: skip
            for column in columns:
                for row in tx.rows(f"SELECT DISTINCT {column} AS moment FROM {table} WHERE {column} IS NOT NULL"):
                    earlier = to_text(datetime.fromisoformat(row["moment"]).astimezone(UTC) - by)
                    tx.execute(f"UPDATE {table} SET {column} = :earlier WHERE {column} = :now", earlier=earlier, now=row["moment"])


def _seen(world: World, scope: Scope) -> tuple[set[str], dict[tuple[str, str], int], dict[str, int]]:
    """What counts, what is left out, and the photos by state."""
    verdicts = verdicts_of(world.survey, COORDINATOR, scope)
    moment = None if scope.as_of == local_date(world.survey.now()) else end_of(scope.as_of)
    with world.survey.reading() as reader:
        core = core_of(reader, COMMUNE, scope, verdicts, moment)
        left = left_out_of(reader, COMMUNE, scope, core, moment)
    states: dict[str, int] = {}
    for group in core.photos.values():
        for photo in group:
            states[photo.state.value] = states.get(photo.state.value, 0) + 1
    return {item.submission for item in core.items}, {(one.state.value, one.reason): one.count for one in left}, states


def test_an_earlier_day_is_told_as_it_was_known(history: World) -> None:
    """Taken back, accepted and corrected since: the day before knows none of it; today all of it."""
    world, today = history, history.scope()
    then = Scope(today.as_of - timedelta(days=3))
    before = _seen(world, today)
    world.decide(world.submissions[0], State.RECEIVED, "xem lại")
    world.decide(world.submissions[4], State.RECEIVED, "mở lại")
    world.decide(world.submissions[4], State.ACCEPTED)
    newest = world.hand_in("site-2", green=5)
    world.decide(newest, State.ACCEPTED)

    counted, left_out, states = _seen(world, then)
    assert counted == set(world.submissions[:4])
    assert (counted, left_out, states) == before
    assert left_out == {("returned", "Ảnh mờ, chụp lại <b>gần hơn</b>"): 1, ("rejected", "Chụp nhầm hộ"): 1}
    now, left_now, _ = _seen(world, today)
    assert world.submissions[0] not in now
    assert world.submissions[4] in now
    assert left_now[("received", "")] == 1


def test_before_anything_was_decided(history: World) -> None:
    """Twenty days ago nothing had come: nothing counts, nothing is left out."""
    assert _seen(history, Scope(history.scope().as_of - timedelta(days=20))) == (set(), {}, {})


def test_a_photo_that_came_later_was_missing(history: World) -> None:
    """Of that day the bundle names it as not received, and counts it so."""
    world = history
    sha256 = next(iter(world.photos))
    with world.survey.transaction() as tx:
        tx.execute("UPDATE attachment SET received_at = :now WHERE sha256 = :sha256", now=to_text(world.survey.now()), sha256=sha256)

    _, _, then = _seen(world, Scope(world.scope().as_of - timedelta(days=3)))
    _, _, now = _seen(world, world.scope())
    assert (then, now) == ({"stored": 6, "missing": 2}, {"stored": 7, "missing": 1})


def test_a_bundle_of_an_earlier_day(history: World) -> None:
    """It is sealed with the present head, and its tables hold what counted then."""
    world = history
    world.decide(world.submissions[0], State.RECEIVED, "xem lại")
    scope = Scope(world.scope().as_of - timedelta(days=3))
    made = world.make(scope)
    with zipfile.ZipFile(io.BytesIO(world.read(made.bags[0]))) as archive:
        folder = made.bags[0].name.removesuffix(".zip")
        rows = list(csv.DictReader(io.StringIO(archive.read(f"{folder}/data/ho-so/bai-nop.csv").decode("utf-8-sig"))))
        info = archive.read(f"{folder}/bag-info.txt").decode()

    assert {row["instanceID"] for row in rows} == set(world.submissions[:4])
    assert f"Bagging-Date: {scope.as_of.isoformat()}\n" in info
    assert f"Log-Head: {made.basis.head[0]} {made.basis.head[1]}\n" in info


def test_a_round_holds_what_was_captured_in_it(history: World) -> None:
    """Only its submissions are evidence or left out, as of its last day at the latest."""
    world = history
    with world.survey.transaction() as tx:
        insert_round(tx, COMMUNE, "r1", "Đợt 1", datetime(2026, 11, 1, tzinfo=UTC).date(), datetime(2026, 11, 21, tzinfo=UTC).date())
        tx.execute("UPDATE submission SET round = 'r1' WHERE submission = :key", key=world.submissions[0])
        tx.execute("UPDATE submission SET round = 'r1' WHERE submission = :key", key=world.submissions[5])
    made = world.make(world.scope(round="r1"))

    assert made.basis.scope.as_of.isoformat() == "2026-11-21"
    assert made.contents["submissions"] == 1
    assert [(one["state"], one["count"]) for one in made.contents["left_out"]] == [("rejected", 1)]
