"""Assess over a real deployment: kept figures, past days, history, contributions, loading an edition."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from survey import assess
from survey.commands import main
from survey.domain.contributions import SiteState
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.problems import EDITION_NOT_IN_FORCE, EDITION_UNKNOWN, HAMLET_UNKNOWN, NOT_ALLOWED, Problem, ProblemKind
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.domain.verdicts import Outcome, Verdict, submissions_digest
from survey.establish import establish
from survey.review import decide
from survey.store.measures import insert_measures
from survey.store.places import insert_hamlet
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, register, submission

KDC, NATIONAL = "ha-tinh-kdc-kieu-mau", "qd-318-2022"
ACTOR = Actor(COMMUNE, "p", "p", Role.COORDINATOR)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An established commune with two hamlets and two households; compiled once, copied for each test."""
    folder = tmp_path_factory.mktemp("established")
    survey = open_survey(Settings(data=folder))
    establish(survey, survey.settings.schema, COMMUNE)
    with survey.transaction() as tx:
        tx.execute("DELETE FROM hamlet")
        for hamlet in HAMLETS:
            insert_hamlet(tx, Hamlet(COMMUNE, hamlet, hamlet, date(2025, 7, 1)))
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
    survey.store.close()
    return folder


@pytest.fixture
def deployed(template: Path, tmp_path: Path) -> Iterator[Survey]:
    """A copy of the established commune."""
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    survey = open_survey(Settings(data=tmp_path))
    yield survey
    survey.store.close()


def fence(survey: Survey, name: str, site: str, *, total: float, green: float, kind: str = "hedge", state: State = State.ACCEPTED) -> None:
    """A fence received and decided now."""
    answers = {"/data/total_m": total, "/data/green_m": green, "/data/kind": kind}
    made = submission(name, site=site, hamlet=HAMLETS[0] if site == "s1" else HAMLETS[1], answers=answers)
    with survey.transaction() as tx:
        insert(tx, made)
        insert_measures(tx, made)
    if state is not State.RECEIVED:
        decide(survey, ACTOR, made.id, state, reason="r", expected_version=made.state_version)


def fences_in(verdicts: list[Verdict] | tuple[Verdict, ...], hamlet: str | None) -> Verdict:
    """The verdict on fences there."""
    return next(verdict for verdict in verdicts if (verdict.criterion, verdict.hamlet) == ("3", hamlet))


def refused(kind: ProblemKind, call: object) -> None:
    """The call raises that problem."""
    with pytest.raises(Problem) as caught:
        call()  # type: ignore[operator]
    assert caught.value.kind is kind


def test_accepted_fence_meets_its_hamlet(deployed: Survey) -> None:
    """One accepted hedge decides the hamlet of one house; the other hamlet, not visited, stays open."""
    fence(deployed, "a", "s1", total=100, green=90)
    verdicts = assess.assess(deployed, ACTOR, edition=KDC)
    here, there = fences_in(verdicts, HAMLETS[0]), fences_in(verdicts, HAMLETS[1])

    assert here.outcome is Outcome.MET
    assert here.basis[0].submissions == ("uuid:a",)
    assert (there.outcome, there.reasons) == (Outcome.NOT_ENOUGH_DATA, ("nothing_visited",))
    assert [one.hamlet for one in assess.assess(deployed, ACTOR, edition=KDC, hamlet=HAMLETS[0])] == [HAMLETS[0]] * 12


def test_received_and_rejected_do_not_count(deployed: Survey) -> None:
    """Only accepted submissions are evidence."""
    fence(deployed, "a", "s1", total=100, green=90, state=State.RECEIVED)
    fence(deployed, "b", "s2", total=100, green=90, state=State.REJECTED)
    verdicts = assess.assess(deployed, ACTOR, edition=KDC)

    assert {fences_in(verdicts, hamlet).reasons for hamlet in HAMLETS} == {("nothing_visited",)}


def test_past_day_is_recomputed_from_what_was_known(deployed: Survey) -> None:
    """Yesterday nobody had accepted anything and the register knew the houses; before that there was no house."""
    fence(deployed, "a", "s1", total=100, green=90)
    today = local_date(deployed.now())

    def basis(day: date) -> object:
        found = fences_in(assess.assess(deployed, ACTOR, edition=KDC, as_of=day), HAMLETS[0]).basis[0]
        return found.registered, found.visited

    assert basis(max(today, local_date(START))) == (1, 1)
    assert basis(local_date(START) - timedelta(days=1)) == (0, 0)


def test_kept_figures_follow_a_decision(deployed: Survey) -> None:
    """The pages' figures are computed once, kept without the ids, and anew after a decision."""
    fence(deployed, "a", "s1", total=100, green=90)
    first = assess.present_figures(deployed, ACTOR, KDC)
    again = assess.present_figures(deployed, ACTOR, KDC)
    fence(deployed, "b", "s2", total=100, green=10, kind="wall")
    after = assess.present_figures(deployed, ACTOR, KDC)
    basis = fences_in(first.verdicts, HAMLETS[0]).basis[0]

    assert first == again
    assert (basis.submissions, basis.submission_count, basis.submissions_sha256) == ((), 1, submissions_digest(["uuid:a"]))
    assert fences_in(first.verdicts, HAMLETS[1]).outcome is Outcome.NOT_ENOUGH_DATA
    assert fences_in(after.verdicts, HAMLETS[1]).outcome is Outcome.NOT_MET
    assert list(after.verdicts) == [verdict.without_submissions() for verdict in assess.assess(deployed, ACTOR, edition=KDC)]


def test_edition_of_the_past_is_history(deployed: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """In 2026 the set of 2021-2025 is refused unless asked for as history, and then marked."""
    monkeypatch.setattr(Survey, "now", lambda _self: datetime(2026, 11, 23, tzinfo=UTC))

    refused(EDITION_NOT_IN_FORCE, lambda: assess.assess(deployed, ACTOR, edition=NATIONAL))
    assert all(verdict.history for verdict in assess.assess(deployed, ACTOR, edition=NATIONAL, history=True))
    assert not any(verdict.history for verdict in assess.assess(deployed, ACTOR, edition=NATIONAL, as_of=date(2024, 1, 1)))
    assert NATIONAL not in {verdict.edition for verdict in assess.assess(deployed, ACTOR)}
    in_force = [edition.is_valid(date(2026, 11, 23)) for edition in assess.list_editions(deployed, ACTOR)]
    assert in_force == sorted(in_force, reverse=True)


def test_who_may_see_figures(deployed: Survey, inspector: Actor) -> None:
    """Inspectors see no figures; what is unknown is named."""
    refused(NOT_ALLOWED, lambda: assess.assess(deployed, inspector))
    refused(NOT_ALLOWED, lambda: assess.present_figures(deployed, inspector, KDC))
    refused(NOT_ALLOWED, lambda: assess.load_edition(deployed, inspector, Path()))
    refused(EDITION_UNKNOWN, lambda: assess.assess(deployed, ACTOR, edition="x"))
    refused(HAMLET_UNKNOWN, lambda: assess.assess(deployed, ACTOR, hamlet="x"))


def test_scope_limits_hamlets(deployed: Survey) -> None:
    """A reviewer of one hamlet sees that hamlet and the commune."""
    scoped = Actor(COMMUNE, "p", "p", Role.REVIEWER, frozenset({HAMLETS[0]}))

    assert {verdict.hamlet for verdict in assess.assess(deployed, scoped)} == {None, HAMLETS[0]}


def test_contributions_name_the_houses_behind(deployed: Survey) -> None:
    """The way from a figure down to the house that falls short."""
    fence(deployed, "a", "s1", total=100, green=90)
    edition = next(one for one in assess.list_editions(deployed, ACTOR) if one.id == KDC)
    metres = next(indicator for indicator in edition.indicators if indicator.code == "3-met")
    page = assess.find_sites(deployed, ACTOR, edition, metres, hamlet=None)

    assert [(one.site, one.state, one.numerator, one.submissions) for one in page.contributions] == [
        ("s1", SiteState.SHORT, 90.0, ("uuid:a",)),
        ("s2", SiteState.UNVISITED, 0.0, ()),
    ]
    first = assess.find_sites(deployed, ACTOR, edition, metres, hamlet=None, limit=1)
    assert first.after == "s1"
    assert [one.site for one in assess.find_sites(deployed, ACTOR, edition, metres, hamlet=None, after="s1").contributions] == ["s2"]
    assert assess.find_sites(deployed, ACTOR, edition, metres, hamlet=None, state=SiteState.FULL).contributions == ()


def test_loading_an_edition_again_changes_nothing(deployed: Survey) -> None:
    """Measures are refilled from the answers and the figures stay the same."""
    fence(deployed, "a", "s1", total=100, green=90)
    before = assess.assess(deployed, ACTOR, edition=KDC)
    with deployed.reading() as reader:
        measures = reader.rows("SELECT * FROM measure ORDER BY question, code")
    assess.load_edition(deployed, ACTOR, ROOT / "schema" / "criteria" / KDC)

    assert assess.assess(deployed, ACTOR, edition=KDC) == before
    with deployed.reading() as reader:
        assert reader.rows("SELECT * FROM measure ORDER BY question, code") == measures


def test_commands(deployed: Survey, capsys: pytest.CaptureFixture[str]) -> None:
    """`assess` prints verdicts, `load-edition` what it loaded, and a problem ends with code 1."""
    data = ["--data", str(deployed.settings.data)]

    assert main(["assess", *data, "--edition", KDC, "--json"]) == 0
    assert '"verdict": "not_enough_data"' in capsys.readouterr().out
    assert main(["assess", *data, "--hamlet", HAMLETS[0]]) == 0
    assert f"{KDC} 3 {HAMLETS[0]}: not_enough_data (nothing_visited)" in capsys.readouterr().out
    assert main(["load-edition", *data, str(ROOT / "schema" / "criteria" / KDC)]) == 0
    assert "12 criteria" in capsys.readouterr().out
    assert main(["assess", *data, "--edition", "x"]) == 1
    assert "EDITION_UNKNOWN" in capsys.readouterr().err
