"""The roadmap against networkx on random graphs, its slack by what slips, and what facts and due dates do to it."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.domain.roadmap import LONGEST_DAYS, Plan, Step, find_cycle, impossible_chain, lay_out, remarks, slip

TODAY = date(2026, 11, 23)


def day(number: int) -> date:
    """The day *number* days after today."""
    return TODAY + timedelta(days=number)


def graph(steps: Sequence[Step]) -> nx.DiGraph:
    """The steps as networkx knows them: an edge weighs what it comes from, and all lead to the end."""
    found = nx.DiGraph()
    days = {step.id: step.days for step in steps}
    found.add_nodes_from([*days, "end"])
    for step in steps:
        found.add_edges_from([(need, step.id, {"weight": days[need]}) for need in step.needs])
        found.add_edge(step.id, "end", weight=step.days)
    return found


@st.composite
def acyclic(draw: st.DrawFn, *, dated: bool = False) -> list[Step]:
    """Up to 14 steps of which each may need any drawn before it; *dated* with beginnings, due dates and facts too."""
    count = draw(st.integers(1, 14))
    ids = draw(st.permutations([f"s{number:02d}" for number in range(count)]))
    steps = []
    for number, id_ in enumerate(ids):
        needs = draw(st.sets(st.sampled_from(ids[:number]))) if number else set()
        dates = {}
        if dated:
            dates = {
                "not_before": draw(st.none() | st.integers(-20, 40).map(day)), "due_on": draw(st.none() | st.integers(-20, 90).map(day)),
                "started_on": draw(st.none() | st.integers(-30, 0).map(day)), "done_share": draw(st.none() | st.floats(0, 1)),
            }  # fmt: skip
        steps.append(Step(id_, id_.upper(), draw(st.integers(1, 30)), tuple(needs), **dates))
    return draw(st.permutations(steps))


@given(acyclic())
def test_the_critical_path_agrees_with_networkx(steps: list[Step]) -> None:
    """Length, order and chain: the longest path by weight, each step behind what it needs."""
    plan = lay_out(steps, TODAY)
    directed = graph(steps)
    length = nx.dag_longest_path_length(directed)
    by_id = {step.id: step for step in steps}

    assert (plan.finish - TODAY).days + 1 == length
    assert sum(by_id[one].days for one in plan.critical_path) == length
    assert all(earlier in by_id[later].needs for earlier, later in pairwise(plan.critical_path))
    assert all(plan.placed[one].is_critical for one in plan.critical_path)
    for step in steps:
        longest = nx.dag_longest_path_length(directed.subgraph([*nx.ancestors(directed, step.id), step.id]))
        assert (plan.placed[step.id].start - TODAY).days == longest
        assert all(plan.placed[need].finish < plan.placed[step.id].start for need in step.needs)


@given(st.integers(2, 9).flatmap(lambda count: st.tuples(st.just(count), st.sets(st.tuples(*[st.integers(0, count - 1)] * 2)))))
def test_a_circle_is_found_where_networkx_finds_one(drawn: tuple[int, set[tuple[int, int]]]) -> None:
    """Exactly then, and what is named really is a circle of needs."""
    count, pairs = drawn
    needs: dict[int, list[str]] = {number: [] for number in range(count)}
    for need, step in pairs:
        needs[step].append(str(need))
    steps = [Step(str(number), str(number), 1, tuple(needs[number])) for number in range(count)]
    directed = nx.DiGraph([(str(need), str(step)) for need, step in pairs])
    circle = find_cycle(steps)

    assert bool(circle) is not nx.is_directed_acyclic_graph(directed)
    assert not circle or circle[0] == circle[-1]
    assert len(set(circle)) == max(0, len(circle) - 1)
    assert all(directed.has_edge(*edge) for edge in pairwise(circle))
    if circle:
        with pytest.raises(ValueError, match="circle"):
            lay_out(steps, TODAY)


@given(acyclic(), st.data())
def test_slack_is_how_far_a_step_slips_before_the_end_moves(steps: list[Step], data: st.DataObject) -> None:
    """Within its slack the end stays, a day more moves it a day; within the free slack nothing else moves at all."""
    chosen = data.draw(st.sampled_from([step.id for step in steps]))
    one = lay_out(steps, TODAY).placed[chosen]

    assert 0 <= one.free_slack <= one.slack
    assert slip(steps, TODAY, chosen, one.slack).end_days == 0
    assert slip(steps, TODAY, chosen, one.slack + 2).end_days == 2
    assert {moved.after.step.id for moved in slip(steps, TODAY, chosen, one.free_slack).moved} <= {chosen}
    assert one.free_slack == one.slack or len(slip(steps, TODAY, chosen, one.slack).moved) > 1


@given(acyclic(dated=True), st.data())
def test_slack_keeps_due_dates_too(steps: list[Step], data: st.DataObject) -> None:
    """With dates and facts: a step that slips within its slack makes nothing later than it was that had to be in time."""
    plan = lay_out(steps, TODAY)
    chosen = data.draw(st.sampled_from([step.id for step in steps]))
    one = plan.placed[chosen]
    for step in plan.placed.values():
        assert step.finish >= TODAY
        assert step.slack <= (step.step.due_on - step.finish).days if step.step.due_on else True

    if one.slack >= 0:
        found = slip(steps, TODAY, chosen, one.slack)
        assert found.end_days == 0
        assert found.missed == ()
        assert one.slack == 0 or slip(steps, TODAY, chosen, one.slack + 1).end_days <= 1


def test_order_does_not_matter_and_long_chains_are_no_recursion() -> None:
    """Five thousand steps one behind the other."""
    steps = [Step(f"{number:05d}", "x", 1, (f"{number - 1:05d}",) if number else ()) for number in range(5000)]
    plan = lay_out(steps[::-1], TODAY)

    assert plan.finish == day(4999)
    assert len(plan.critical_path) == 5000
    assert find_cycle([*steps[1:], Step("00000", "x", 1, ("04999",))])[0] == "00000"


def test_facts_stand_and_what_is_left_begins_today() -> None:
    """Finished on its day; under way by its share; begun without a word as planned; late work is not over before today."""
    plan = lay_out(
        [
            Step("a", "A", 10, finished_on=day(-3)), Step("b", "B", 10, ("a",), started_on=day(-2), done_share=0.75),
            Step("c", "C", 10, started_on=day(-4)), Step("d", "D", 5, started_on=day(-30)), Step("e", "E", 4, done_share=0.5),
            Step("f", "F", 2, ("b", "a"), not_before=day(6)),
        ],
        TODAY,
    )  # fmt: skip
    found = {id_: ((one.start - TODAY).days, (one.finish - TODAY).days) for id_, one in plan.placed.items()}

    assert found == {"a": (-12, -3), "b": (-2, 2), "c": (-4, 5), "d": (-30, 0), "e": (0, 1), "f": (6, 7)}
    assert plan.critical_path == ("f",)
    assert plan.placed["b"].free_slack == 3
    assert (plan.placed["a"].slack, plan.placed["a"].is_critical) == (0, False)


def test_a_step_ahead_of_what_it_needs_goes_on_behind_it() -> None:
    """Retained logic: what is left of it waits, and that is said."""
    plan = lay_out([Step("a", "A", 10), Step("b", "B", 8, ("a",), started_on=day(-1), done_share=0.5)], TODAY)

    assert plan.placed["b"].finish == day(13)
    assert plan.placed["a"].slack == 0
    assert [(one.kind, one.chain) for one in remarks(plan)] == [("needs_open", ("a", "b"))]


def test_a_missed_due_date_is_negative_slack_along_its_chain() -> None:
    """So many days are missing in every step that leads there, and in none beside it."""
    steps = [Step("a", "A", 10), Step("b", "B", 10, ("a",), due_on=day(14)), Step("c", "C", 3), Step("d", "D", 30)]
    plan = lay_out(steps, TODAY)

    assert {id_: one.slack for id_, one in plan.placed.items()} == {"a": -5, "b": -5, "c": 27, "d": 0}
    assert [(one.kind, one.chain, one.days) for one in remarks(plan)] == [("late", ("a", "b"), 5)]


def test_a_change_is_refused_only_for_the_lateness_that_it_makes() -> None:
    """What was late before may stay as late; more days, or a new need, are held against the change."""
    late = [Step("a", "A", 10), Step("b", "B", 10, ("a",), due_on=day(14))]
    before = lay_out(late, TODAY)
    worse = lay_out([Step("a", "A", 12), late[1]], TODAY)

    assert impossible_chain(before, lay_out([Step("a", "Other name", 10), late[1]], TODAY)) is None
    found = impossible_chain(before, worse)
    assert found is not None
    assert (found.chain, found.days) == (("a", "b"), 7)
    assert impossible_chain(None, before) is not None
    assert impossible_chain(before, lay_out([Step("a", "A", 4), late[1]], TODAY)) is None


def test_finished_and_yet_not_shown_by_the_survey_is_said() -> None:
    """The share that the survey measured speaks against the report; a reported share does not."""
    plan = lay_out([Step("a", "A", 10, finished_on=day(-3), done_share=0.62)], TODAY)

    assert [(one.kind, one.chain) for one in remarks(plan, ["a"])] == [("not_shown", ("a",))]
    assert remarks(plan) == []


def test_an_unknown_or_finished_step_cannot_slip() -> None:
    """There is nothing to ask."""
    steps = [Step("a", "A", 10, finished_on=day(-3))]
    for unknown in ("a", "x"):
        with pytest.raises(KeyError):
            slip(steps, TODAY, unknown, 3)


def test_no_date_leaves_the_calendar() -> None:
    """The longest steps from the last believable day on."""
    last = date(2998, 12, 31)
    steps = [Step(f"{number:03d}", "x", LONGEST_DAYS, (f"{number - 1:03d}",) if number else (), last) for number in range(500)]
    plan: Plan = lay_out(steps, TODAY)

    assert plan.finish is not None
    assert plan.finish.year < 8000
