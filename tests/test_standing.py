"""What people state: how it decides, who may state what, what is taken back, and how it stands beside what was measured."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from survey import assess, photos, standing
from survey.commands import main
from survey.commands.work import KINDS, Bench
from survey.domain.people import Actor, Role
from survey.domain.problems import (
    CRITERION_UNKNOWN,
    DOCUMENT_UNKNOWN,
    EDITION_UNKNOWN,
    GOAL_UNUSABLE,
    GROUP_UNKNOWN,
    HAMLET_UNKNOWN,
    NOT_ALLOWED,
    NOT_OWNER,
    NOTHING_STATED,
    PAPER_NEEDED,
    STATEMENT_UNUSABLE,
    Problem,
    ProblemKind,
)
from survey.domain.scoreboard import Goal
from survey.domain.statements import Aspect, Wish
from survey.domain.times import local_date
from survey.domain.verdicts import Outcome, read_verdict, verdict_document
from survey.establish import establish
from survey.store.check import find_faults
from survey.store.erasures import delete_bytes
from survey.store.figures import select_summaries
from survey.store.jobs import select_job
from survey.store.statements import select_statement_history
from survey.wiring import Settings, Survey, open_survey
from tests.conftest import COMMUNE

COMMUNES, OF_2017 = "qd-51-2025", "qd-318-2022"
ACTOR = Actor(COMMUNE, "p", "p", Role.COORDINATOR)
OWNER = Actor(COMMUNE, "p-owner", "o", Role.OWNER)
STATE, CLAIM, APPRAISAL = Aspect.STATE, Aspect.CLAIM, Aspect.APPRAISAL


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An established commune, made once."""
    folder = tmp_path_factory.mktemp("established")
    survey = open_survey(Settings(data=folder))
    establish(survey, survey.settings.schema, COMMUNE)
    survey.store.close()
    return folder


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time, in a list of one."""
    now = [datetime(2026, 11, 23, 3, 0, tzinfo=UTC)]
    monkeypatch.setattr(Survey, "now", lambda _self: now[0])
    return now


@pytest.fixture
def deployed(template: Path, tmp_path: Path, clock: list[datetime]) -> Iterator[Survey]:
    """A copy of the established commune."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    survey = open_survey(Settings(data=tmp_path))
    yield survey
    survey.store.close()


@pytest.fixture
def paper(deployed: Survey) -> str:
    """A kept paper."""
    return standing.keep_document(deployed, ACTOR, "qd.pdf", [b"%PDF-1.7"])


def wish(criterion: str = "1", outcome: Outcome = Outcome.MET, aspect: Aspect = STATE, **given: object) -> Wish:
    """What is to be stated of the commune under the set of 2022."""
    return replace(Wish(OF_2017, criterion, None, aspect, outcome, date(2026, 11, 1)), **given)  # type: ignore[arg-type]


def row(survey: Survey, criterion: str = "1", **given: object) -> assess.ScoreRow:
    """A line of the scoreboard."""
    board = assess.scoreboard(survey, ACTOR, OF_2017, history=True, **given)  # type: ignore[arg-type]
    return next(row for row in board.rows if row.criterion.code == criterion)


def refused(kind: ProblemKind, call: object) -> None:
    """The call raises that problem."""
    with pytest.raises(Problem) as caught:
        call()  # type: ignore[operator]
    assert caught.value.kind is kind


def test_a_state_with_its_paper_decides(deployed: Survey, paper: str) -> None:
    """Open without a statement, still open without a paper, met with it, not met where it says so."""
    before = row(deployed).measured
    standing.state(deployed, ACTOR, wish())
    without = row(deployed).measured
    standing.state(deployed, ACTOR, wish(document=paper, note="Quy hoạch chung"))
    met = row(deployed).measured
    standing.state(deployed, ACTOR, wish(outcome=Outcome.NOT_MET))

    assert (before.outcome, before.reasons) == (Outcome.NOT_ENOUGH_DATA, ("set_by_person",))
    assert (without.outcome, without.reasons) == (Outcome.NOT_ENOUGH_DATA, ("document_missing",))
    assert (met.outcome, met.stated.document_name if met.stated else "") == (Outcome.MET, "qd.pdf")
    assert row(deployed).measured.outcome is Outcome.NOT_MET
    assert read_verdict(verdict_document(met)) == met


def test_missing_indicators_stay_missing(deployed: Survey, paper: str) -> None:
    """A statement does not stand for indicators that nobody knows."""
    with deployed.reading() as reader:
        edition = next(one for one in assess.list_editions(deployed, ACTOR) if one.id == COMMUNES)
        assert reader.rows("SELECT 1 AS one FROM statement") == []
    missing = next(criterion for criterion in edition.criteria if "indicators_missing" in criterion.open_reasons)
    for outcome in (Outcome.MET, Outcome.NOT_MET):
        standing.state(deployed, ACTOR, Wish(COMMUNES, missing.code, None, STATE, outcome, date(2026, 11, 1), document=paper))
        found = next(one for one in assess.assess(deployed, ACTOR, edition=COMMUNES) if (one.criterion, one.hamlet) == (missing.code, None))

        assert (found.outcome, "indicators_missing" in found.reasons) == (Outcome.NOT_ENOUGH_DATA, True)
        assert found.stated is not None


def test_three_columns(deployed: Survey, paper: str) -> None:
    """What is claimed and given never becomes what was measured; where they differ is said."""
    standing.state(deployed, ACTOR, wish(document=paper))
    standing.state(deployed, ACTOR, wish(aspect=CLAIM, value=0.85, outcome=Outcome.NOT_MET))
    differing = row(deployed)
    standing.state(deployed, ACTOR, wish(aspect=CLAIM))
    standing.state(deployed, ACTOR, wish("2", aspect=APPRAISAL))
    board = assess.scoreboard(deployed, ACTOR, OF_2017, history=True)

    assert differing.disagrees
    assert differing.claim is not None
    assert differing.claim.value == 0.85
    assert not row(deployed).disagrees
    assert row(deployed, "2").appraisal is not None
    assert row(deployed, "2").measured.outcome is Outcome.NOT_ENOUGH_DATA
    assert not row(deployed, "2").disagrees, "what is not decided contradicts nothing"
    assert (board.met, board.total, board.stale) == (1, 19, False)
    with deployed.reading() as reader:
        line, = select_summaries(reader, OF_2017)
    assert (line.criteria, line.met, line.claimed, line.appraised, line.stale) == (19, 1, 1, 1, False)


def test_what_is_taken_back_does_not_stand(deployed: Survey, paper: str) -> None:
    """Nothing is stated from then on; the history keeps all of it, and the log knows it."""
    standing.state(deployed, ACTOR, wish(document=paper))
    standing.withdraw(deployed, ACTOR, OF_2017, "1", None, STATE, reason="ghi nhầm")

    assert row(deployed).measured.reasons == ("set_by_person",)
    refused(NOTHING_STATED, lambda: standing.withdraw(deployed, ACTOR, OF_2017, "1", None, STATE, reason="r"))
    with deployed.reading() as reader:
        history = select_statement_history(reader, COMMUNE, OF_2017, "1")
        assert [(one.number, taken_back, one.note) for one, taken_back in history] == [(2, True, "ghi nhầm"), (1, False, "")]
        assert list(find_faults(reader, deployed.blobs)) == []
    with deployed.transaction() as tx:
        tx.execute("UPDATE statement SET outcome = 'not_met' WHERE number = 1")
    with deployed.reading() as reader:
        assert [fault.code for fault in find_faults(reader, deployed.blobs)] == ["STATEMENT_NOT_LOGGED"]


def test_an_earlier_day_knows_what_was_stated_then(deployed: Survey, paper: str, clock: list[datetime]) -> None:
    """And is kept once it is over, whatever is stated later."""
    day = local_date(clock[0])
    standing.state(deployed, ACTOR, wish(document=paper))
    clock[0] += timedelta(days=1)
    standing.state(deployed, ACTOR, wish(outcome=Outcome.NOT_MET))

    assert row(deployed, as_of=day).measured.outcome is Outcome.MET
    assert row(deployed, as_of=day - timedelta(days=1)).measured.reasons == ("set_by_person",)
    assert row(deployed).measured.outcome is Outcome.NOT_MET
    with deployed.reading() as reader:
        assert [one["as_of"] for one in reader.rows("SELECT as_of FROM figure_day ORDER BY as_of")] == ["2026-11-22", "2026-11-23"]


def test_a_day_is_kept_only_when_it_has_settled(deployed: Survey, clock: list[datetime]) -> None:
    """A decision that was begun before midnight may still be on its way."""
    day = local_date(clock[0])
    clock[0] = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)  # five past midnight in Viet Nam
    assess.figures_on(deployed, ACTOR, OF_2017, day, history=True)
    with deployed.reading() as reader:
        assert reader.rows("SELECT * FROM figure_day") == []


def test_a_day_kept_by_a_clock_that_ran_ahead_is_kept_anew(deployed: Survey, paper: str, clock: list[datetime]) -> None:
    """The clock is set back by a day: what is stated then belongs to a day that was kept already; the days before stay as kept."""
    right, day = clock[0], local_date(clock[0])

    def kept() -> list[str]:
        with deployed.reading() as reader:
            return [one["as_of"] for one in reader.rows("SELECT as_of FROM figure_day ORDER BY as_of")]

    clock[0] = right + timedelta(days=2)
    for back in (-1, 0, 1):
        assert row(deployed, as_of=day - timedelta(days=back)).measured.reasons == ("set_by_person",)
    assert kept() == ["2026-11-22", "2026-11-23", "2026-11-24"]
    clock[0] = right
    standing.state(deployed, ACTOR, wish(document=paper))
    assert kept() == ["2026-11-22"]
    clock[0] = right + timedelta(days=2)

    assert row(deployed, as_of=day - timedelta(days=1)).measured.reasons == ("set_by_person",)
    assert row(deployed, as_of=day).measured.outcome is Outcome.MET
    assert row(deployed, as_of=day + timedelta(days=1)).measured.outcome is Outcome.MET


def test_an_earlier_day_by_todays_rules(deployed: Survey, clock: list[datetime]) -> None:
    """The commune's group was entered today: the day before it was unknown, unless one asks by the rules of today."""
    edition = next(one for one in assess.list_editions(deployed, ACTOR) if one.groups)
    standing.set_group(deployed, ACTOR, edition.id, edition.groups[0].code, source="QĐ 1")
    yesterday = local_date(clock[0]) - timedelta(days=1)

    assert assess.assess(deployed, ACTOR, edition=edition.id, as_of=yesterday, todays_rules=True)
    assert main(["assess", "--data", str(deployed.settings.data), "--as-of", yesterday.isoformat(), "--todays-rules", "--json"]) == 0


def test_who_may_state_what(deployed: Survey, inspector: Actor) -> None:
    """Owners state their own criteria; claims and appraisals are the coordinator's; a scoped person keeps to the hamlets."""
    scoped = Actor(COMMUNE, "p", "p", Role.COORDINATOR, frozenset({"18844-h01"}))

    refused(NOT_ALLOWED, lambda: standing.state(deployed, inspector, wish()))
    refused(NOT_OWNER, lambda: standing.state(deployed, OWNER, wish()))
    refused(NOT_ALLOWED, lambda: standing.state(deployed, OWNER, wish(aspect=CLAIM)))
    refused(NOT_ALLOWED, lambda: standing.state(deployed, scoped, wish()))
    refused(NOT_ALLOWED, lambda: standing.set_goal(deployed, OWNER, None))
    refused(NOT_ALLOWED, lambda: standing.keep_document(deployed, inspector, "a.pdf", [b"%PDF-"]))
    with deployed.transaction() as tx:
        tx.execute(
            "INSERT INTO assignment (commune, edition, criterion, number, agency, person, person_name, note, entered_by, at)"
            " VALUES (:commune, :edition, '1', 1, 'a', 'p-owner', 'o', '', 'p', '2026-11-23T00:00:00.000Z')",
            commune=COMMUNE, edition=OF_2017,
        )  # fmt: skip
    assert standing.state(deployed, OWNER, wish()).number == 1
    refused(NOT_OWNER, lambda: standing.state(deployed, OWNER, wish("3")))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"edition": "x"}, EDITION_UNKNOWN), ({"criterion": "99"}, CRITERION_UNKNOWN), ({"hamlet": "x"}, HAMLET_UNKNOWN),
        ({"document": "0" * 64}, DOCUMENT_UNKNOWN), ({"outcome": Outcome.NOT_ENOUGH_DATA}, STATEMENT_UNUSABLE),
        ({"value": 1.01}, STATEMENT_UNUSABLE), ({"value": float("nan")}, STATEMENT_UNUSABLE), ({"level": "nearly"}, STATEMENT_UNUSABLE),
        ({"stated_on": date(2026, 11, 24)}, STATEMENT_UNUSABLE), ({"stated_on": date(1, 1, 1)}, STATEMENT_UNUSABLE),
    ],
    ids=["edition", "criterion", "hamlet", "document", "open", "share", "nan", "level", "ahead", "ancient"],
)  # fmt: skip
def test_what_cannot_be_stated(deployed: Survey, given: dict[str, object], kind: ProblemKind) -> None:
    """Named, and nothing is written."""
    refused(kind, lambda: standing.state(deployed, ACTOR, wish(**given)))  # type: ignore[arg-type]
    with deployed.reading() as reader:
        assert reader.rows("SELECT * FROM statement") == []


def test_what_follows_from_hamlets_is_stated_of_each(deployed: Survey) -> None:
    """Of the commune it would change nothing, so it is refused with the way to do it; claims are of the commune as ever."""
    rolled = {"edition": "ha-tinh-kdc-kieu-mau", "criterion": "6"}
    refused(STATEMENT_UNUSABLE, lambda: standing.state(deployed, ACTOR, wish(**rolled)))  # type: ignore[arg-type]
    standing.state(deployed, ACTOR, wish(**rolled, aspect=Aspect.CLAIM))  # type: ignore[arg-type]


def test_goal_and_group_have_a_source(deployed: Survey) -> None:
    """A goal of this edition is on its scoreboard; a group is one of the edition's."""
    goal = Goal(OF_2017, 19, date(2026, 12, 31), "Nghị quyết 1")
    standing.set_goal(deployed, ACTOR, goal)

    assert assess.scoreboard(deployed, ACTOR, OF_2017, history=True).goal == goal
    assert assess.scoreboard(deployed, ACTOR, COMMUNES).goal is None
    refused(GOAL_UNUSABLE, lambda: standing.set_goal(deployed, ACTOR, replace(goal, criteria=20)))
    refused(PAPER_NEEDED, lambda: standing.set_goal(deployed, ACTOR, replace(goal, source=" ")))
    refused(GROUP_UNKNOWN, lambda: standing.set_group(deployed, ACTOR, OF_2017, "1", source="QĐ"))
    standing.set_goal(deployed, ACTOR, None)
    assert assess.scoreboard(deployed, ACTOR, OF_2017, history=True).goal is None


def test_a_worker_renews_the_figures(deployed: Survey, clock: list[datetime]) -> None:
    """A change leaves one job for all that gathers; done, every edition in force has its line. A new day asks again."""
    standing.state(deployed, ACTOR, wish())
    standing.state(deployed, ACTOR, wish("3"))
    with deployed.reading() as reader:
        job = select_job(reader, COMMUNE, assess.JOB, "present")
        waiting = reader.rows("SELECT job FROM job WHERE kind = :kind", kind=assess.JOB)
    assert job is not None
    assert len(waiting) == 1
    KINDS[job.kind].do(Bench(deployed, photos.develop), job)
    in_force = [one.id for one in assess.list_editions(deployed, ACTOR) if one.is_valid(local_date(clock[0]))]
    with deployed.reading() as reader:
        assert all(select_summaries(reader, edition)[0].stale is False for edition in in_force)

    assert assess.sweep(deployed) == 0
    clock[0] += timedelta(days=1)
    assert assess.sweep(deployed) == 1


def test_bytes_of_a_paper_stay_while_a_photo_goes(deployed: Survey, paper: str) -> None:
    """The same bytes as an erased photo's are kept for who attached them as a paper."""
    with deployed.transaction() as tx:
        assert not delete_bytes(tx, deployed.blobs, paper)
    assert deployed.blobs.size(paper) == 8
