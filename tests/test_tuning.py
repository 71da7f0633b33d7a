"""Tuning: who may set a threshold and to what, what is kept of it, and that what waits is examined again in portions."""

import json
from pathlib import Path

import pytest

from survey import tuning
from survey.commands.work import Worker
from survey.develop.pipeline import keep_findings
from survey.develop.visit import thresholds_of
from survey.domain.checks import Thresholds
from survey.domain.people import Actor
from survey.domain.problems import (
    NOT_ALLOWED,
    REASON_TOO_LONG,
    THRESHOLD_REASON_NEEDED,
    THRESHOLD_UNKNOWN,
    THRESHOLD_UNUSABLE,
    Problem,
    ProblemKind,
)
from survey.domain.submissions import Fix, State
from survey.judging import judge
from survey.store import Store
from survey.store.blobs import FolderBlobs
from survey.store.events import select_events
from survey.store.flags import select_flags
from survey.store.jobs import select_job
from survey.store.settings import select_setting_history
from survey.wiring import Settings, Survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START, insert, register, submission

AWAY = Fix(18.0510, 106.05, 8.0)  # 111 m from the household
WHY = "Nhà trong xã cách cổng xa."


@pytest.fixture
def visits(store: Store, tmp_path: Path) -> Survey:
    """Seven visits 111 m from their household, the first accepted, the others waiting; examined; on each engine."""
    seed(store)
    survey = Survey(Settings(data=tmp_path), store, FolderBlobs(tmp_path), FolderBlobs(tmp_path / "bundles"))
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        for number in range(7):
            state = State.ACCEPTED if number == 0 else State.RECEIVED
            insert(tx, submission(f"{number}", minutes=number, fix=AWAY, state=state))
            keep_findings(tx, COMMUNE, f"uuid:{number}", START)
    return survey


def _off_site(survey: Survey) -> list[int]:
    """The visits that stand as a little away from their site."""
    with survey.reading() as reader:
        return [n for n in range(7) if "off_site" in {flag["code"] for flag in select_flags(reader, COMMUNE, f"uuid:{n}")}]


def _work(survey: Survey) -> None:
    Worker(survey).work(once=True)


def test_a_threshold_is_set_and_what_waits_is_examined_again(visits: Survey, coordinator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """In portions of two: the waiting ones lose their flag, the accepted one keeps it; back to the default they have it again."""
    monkeypatch.setattr(tuning, "PORTION", 2)
    assert _off_site(visits) == [*range(7)]

    tuning.set_threshold(visits, coordinator, "near_site_m", 130, WHY)
    with visits.reading() as reader:
        assert thresholds_of(reader, COMMUNE) == Thresholds(near_site_m=130)
        assert select_job(reader, COMMUNE, tuning.KIND, tuning.KEY) is not None
    assert _off_site(visits) == [*range(7)]
    _work(visits)

    assert _off_site(visits) == [0]
    with visits.reading() as reader:
        assert select_job(reader, COMMUNE, tuning.KIND, tuning.KEY) is None
    tuning.set_threshold(visits, coordinator, "near_site_m", None, "Trở lại mặc định.")
    _work(visits)
    assert _off_site(visits) == [*range(7)]
    with visits.reading() as reader:
        assert thresholds_of(reader, COMMUNE) == Thresholds()


def test_a_judgement_survives_being_examined_again(visits: Survey, reviewer: Actor, coordinator: Actor) -> None:
    """A threshold that has nothing to do with a dismissed flag leaves it dismissed."""
    judge(visits, reviewer, "uuid:1", "", "off_site", "dismissed", "Đứng ở cổng sau.")
    tuning.set_threshold(visits, coordinator, "far_from_site_m", 200, WHY)
    _work(visits)

    with visits.reading() as reader:
        (flag,) = [flag for flag in select_flags(reader, COMMUNE, "uuid:1") if flag["code"] == "off_site"]
    assert flag["verdict"] == "dismissed"


def test_a_threshold_set_while_a_portion_runs_begins_anew(visits: Survey, coordinator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first portion was examined by the old number: nothing of it may be taken for done."""
    monkeypatch.setattr(tuning, "PORTION", 2)
    tuning.set_threshold(visits, coordinator, "near_site_m", 130, WHY)
    with visits.reading() as reader:
        job = select_job(reader, COMMUNE, tuning.KIND, tuning.KEY)
    assert job is not None
    portion = tuning.next_portion(visits, job)
    tuning.set_threshold(visits, coordinator, "near_site_m", 60, WHY)
    tuning.go_on(visits, job, portion)

    with visits.reading() as reader:
        asked = select_job(reader, COMMUNE, tuning.KIND, tuning.KEY)
    assert asked is not None
    assert (asked.payload["after"], asked.payload["done"]) == (None, 0)
    assert [entry.submission for entry in tuning.next_portion(visits, job)] == ["uuid:1", "uuid:2"]


def test_what_is_kept_of_a_change(visits: Survey, coordinator: Actor) -> None:
    """Every value with who, when and why; the log has the number, and of the reason its hash."""
    tuning.set_threshold(visits, coordinator, "near_site_m", 80, WHY)
    tuning.set_threshold(visits, coordinator, "near_site_m", None, "Nhầm.")
    with visits.reading() as reader:
        history = select_setting_history(reader, COMMUNE, "check.near_site_m")
        bodies = [json.loads(event["body"]) for event in select_events(reader, COMMUNE)]

    assert [(row["value"], row["reason"]) for row in history] == [("", "Nhầm."), ("80.0", WHY)]
    assert {row["person"] for row in history} == {"p-coordinator"}
    assert [body["value"] for body in bodies if body["kind"] == "threshold.set"] == ["80.0", None]
    assert WHY not in json.dumps(bodies, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "value", "reason", "kind"),
    [
        ("near_site_m", 9.9, WHY, THRESHOLD_UNUSABLE), ("near_site_m", 501, WHY, THRESHOLD_UNUSABLE),
        ("near_site_m", float("nan"), WHY, THRESHOLD_UNUSABLE), ("near_site_m", float("inf"), WHY, THRESHOLD_UNUSABLE),
        ("no_such", 5, WHY, THRESHOLD_UNKNOWN), ("near_site_m", 80, " ", THRESHOLD_REASON_NEEDED),
        ("near_site_m", 80, "x" * 501, REASON_TOO_LONG),
    ],
    ids=["too little", "too much", "no number", "endless", "unknown", "no reason", "long reason"],
)  # fmt: skip
def test_what_cannot_be_set(visits: Survey, coordinator: Actor, name: str, value: float, reason: str, kind: ProblemKind) -> None:
    """Outside of what the check allows, nameless, or without a word why: nothing is written."""
    with pytest.raises(Problem) as caught:
        tuning.set_threshold(visits, coordinator, name, value, reason)

    assert caught.value.kind is kind
    with visits.reading() as reader:
        assert select_setting_history(reader, COMMUNE, f"check.{name}") == []
        assert select_job(reader, COMMUNE, tuning.KIND, tuning.KEY) is None


def test_a_reviewer_sets_nothing(visits: Survey, reviewer: Actor) -> None:
    """Thresholds are the coordinator's."""
    with pytest.raises(Problem) as caught:
        tuning.set_threshold(visits, reviewer, "near_site_m", 80, WHY)

    assert caught.value.kind is NOT_ALLOWED
