"""Answers against their form: misfits, never refusals."""

from datetime import date

from survey.forms.check import check_answers
from survey.forms.settle import place_repeats, settle
from tests.forms.tables import compiled

TODAY = date(2026, 11, 23)
FENCE = compiled(
    "decimal | total | | . >= 0 | | yes", "decimal | green | ${total} > 0 | . <= ${total} | | yes",
    "calculate | share | | | ${green} div ${total}",
    "select_one kind | k", "date | day | | . <= today()", "integer | count", "geopoint | place",
).tree  # fmt: skip


def _codes(answers: dict[str, object]) -> list[tuple[str, str]]:
    return [(misfit.code, misfit.question) for misfit in check_answers(FENCE, answers, TODAY)]


def test_good_answers_give_no_misfit() -> None:
    """What the form allows passes."""
    answers = {
        "/data/total": 40.0,
        "/data/green": 30.0,
        "/data/share": 0.75,
        "/data/k": "hedge",
        "/data/day": "2026-11-23",
        "/data/count": 3.0,
    }

    assert _codes(answers) == []


def test_a_required_answer_is_missed_only_where_it_is_asked() -> None:
    """Without a fence nobody asks for its green metres."""
    assert _codes({"/data/total": 0.0}) == []
    assert _codes({"/data/total": 5.0}) == [("answer_required", "green")]
    assert _codes({}) == [("answer_required", "total")]


def test_a_constraint_broken_is_found_with_its_figures() -> None:
    """More green metres than metres."""
    assert ("answer_outside_limits", "green") in _codes({"/data/total": 40.0, "/data/green": 41.0})
    assert ("answer_outside_limits", "day") in _codes({"/data/total": 0.0, "/data/day": "2026-11-24"})


def test_an_answer_to_a_question_not_asked_is_noted() -> None:
    """It is a note: phones clear them late."""
    misfit = next(one for one in check_answers(FENCE, {"/data/total": 0.0, "/data/green": 3.0}, TODAY) if one.question == "green")

    assert (misfit.code, misfit.severity) == ("answer_not_asked", 1)


def test_answers_of_the_wrong_kind_are_found() -> None:
    """Texts where numbers, dates, positions or known choices belong."""
    answers: dict[str, object] = {
        "/data/total": "abc", "/data/k": "moat", "/data/day": "2026-02-30", "/data/count": 1.5, "/data/place": "here",
    }  # fmt: skip

    assert _codes(answers) == [
        ("answer_not_a_number", "total"), ("answer_not_a_choice", "k"), ("answer_not_a_date", "day"), ("answer_not_a_number", "count"),
        ("answer_not_a_position", "place"),
    ]  # fmt: skip


def test_a_calculation_is_computed_again() -> None:
    """A figure that the phone could not have computed is a note."""
    (misfit,) = check_answers(FENCE, {"/data/total": 40.0, "/data/green": 30.0, "/data/share": 0.9}, TODAY)

    assert (misfit.code, misfit.question, misfit.severity) == ("calculation_differs", "share", 1)


REPEATED = compiled(
    "begin_repeat | tree", "text | kind", "integer | number | ${kind} != '' | . > 0 | | yes", "begin_repeat | branch",
    "integer | length | | . < 10",
    "end_repeat |", "end_repeat |", "calculate | all | | | sum(${number})", "text | why | count(${tree}) > 1",
).tree  # fmt: skip


def test_repeats_are_checked_instance_by_instance() -> None:
    """The second tree lacks its number; the misfit says which."""
    answers = {
        "/data/tree/kind[1]": "bưởi",
        "/data/tree/number[1]": 3.0,
        "/data/tree/kind[2]": "cam",
        "/data/tree/branch/length[2.1]": 12.0,
    }
    misfits = check_answers(REPEATED, answers, TODAY)

    assert [(one.code, one.question, one.repeat) for one in misfits] == [
        ("answer_required", "number", "2"), ("answer_outside_limits", "length", "2.1"),
    ]  # fmt: skip


def test_canonical_keys_take_their_numbers_to_the_repeats() -> None:
    """`/data/tree/branch/length[2.1]` is the first branch of the second tree."""
    assert place_repeats(REPEATED, {"/data/tree/branch/length[2.1]": 1, "/data/why": 2}) == {
        "/data/tree[2]/branch[1]/length": 1,
        "/data/why": 2,
    }


def test_calculations_and_relevance_settle() -> None:
    """A sum over a repeat, and a question shown by its count."""
    values = place_repeats(
        REPEATED, {"/data/tree/kind[1]": "a", "/data/tree/number[1]": 3.0, "/data/tree/kind[2]": "b", "/data/tree/number[2]": 4.0}
    )
    settled = settle(REPEATED, values)

    assert settled.model.values["/data/all"] == 7.0
    assert "/data/why" in settled.relevant
    assert settle(REPEATED, {}).relevant == {"/data/all"}


def test_a_hidden_group_hides_what_depends_on_it() -> None:
    """Skip logic goes through: closing the first question closes the third."""
    tree = compiled("text | a", "begin_group | g | ${a} = 'yes'", "text | b", "end_group |", "text | c | ${b} != ''").tree
    shown = settle(tree, {"/data/a": "yes", "/data/g/b": "x", "/data/c": "y"}).relevant
    hidden = settle(tree, {"/data/a": "no", "/data/g/b": "x", "/data/c": "y"}).relevant

    assert "/data/c" in shown
    assert hidden == {"/data/a"}
