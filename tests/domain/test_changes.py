"""What changed between two sets of verdicts, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from survey.domain.changes import Cause, ChangeKind, changes_between, is_visible
from survey.domain.criteria import BY_HAMLET
from survey.domain.outcomes import Outcome
from survey.domain.statements import Aspect, Statement
from survey.domain.thresholds import Status, Text, Threshold
from survey.domain.verdicts import Basis, Verdict

TITLE = Text("Hàng rào", "Fences")
SEVENTY = Threshold("share", Status.READ, at_least=0.7)
BASIS = Basis(
    "3-met", TITLE, "share", Outcome.NOT_MET, None, decides=True, value=0.5, numerator=50, denominator=100, registered=10, visited=4,
    known=4, unknown=6, threshold=SEVENTY, submission_count=4, submissions_sha256="a",
)  # fmt: skip
VERDICT = Verdict("kdc", "3", TITLE, None, Outcome.NOT_MET, (), date(2026, 11, 16), history=False, informs=False, basis=(BASIS,))
STATED = Statement(
    "kdc", "3", None, Aspect.STATE, 1, Outcome.MET, "", None, date(2026, 11, 20), "ab", "a.pdf", "", "p", datetime(2026, 11, 20, tzinfo=UTC)
)  # fmt: skip


def after(outcome: Outcome = Outcome.NOT_MET, **basis: object) -> Verdict:
    """The verdict a week later, its figure changed."""
    return replace(VERDICT, outcome=outcome, basis=(replace(BASIS, **basis),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        (Outcome.NOT_MET, Outcome.MET, ChangeKind.MET),
        (Outcome.NOT_ENOUGH_DATA, Outcome.MET, ChangeKind.MET),
        (Outcome.MET, Outcome.NOT_MET, ChangeKind.LOST),
        (Outcome.MET, Outcome.NOT_ENOUGH_DATA, ChangeKind.LOST),
        (Outcome.NOT_ENOUGH_DATA, Outcome.NOT_MET, ChangeKind.FAILED),
        (Outcome.NOT_MET, Outcome.NOT_ENOUGH_DATA, ChangeKind.REOPENED),
    ],
)
def test_a_changed_verdict_is_named_by_what_it_means(before: Outcome, now: Outcome, kind: ChangeKind) -> None:
    """Met and lost are what a briefing asks; whatever was met and is not any more is lost."""
    (change,) = changes_between([replace(VERDICT, outcome=before)], [replace(VERDICT, outcome=now)])

    assert change.kind is kind


@pytest.mark.parametrize(
    ("before", "now", "unit", "visible"),
    [
        (0.70, 0.71, "share", True),
        (0.70, 0.709, "share", False),
        (0.70, None, "share", True),
        (None, None, "share", False),
        (1000.0, 1010.2, "m", True),
        (1000.0, 1005.0, "m", False),
        (0.0, 0.001, "km", True),
        (0.0, 0.0, "km", False),
    ],
)
def test_what_moved_visibly(before: float | None, now: float | None, unit: str, visible: bool) -> None:
    """A share from one percentage point on, another figure from a hundredth of itself on."""
    assert is_visible(replace(BASIS, value=before, unit=unit), replace(BASIS, value=now, unit=unit)) is visible


@pytest.mark.parametrize(
    ("changed", "causes"),
    [
        ({"visited": 6, "submissions_sha256": "b"}, (Cause.VISITS,)),
        ({"submissions_sha256": "b"}, (Cause.CORRECTION,)),
        ({"visited": 3, "submissions_sha256": "b"}, (Cause.CORRECTION,)),
        ({"registered": 12, "unknown": 8}, (Cause.REGISTER,)),
        ({"threshold": replace(SEVENTY, at_least=0.5)}, (Cause.RULE,)),
        ({"known": 2, "unknown": 8}, (Cause.LAPSED,)),
        ({"visited": 6, "submissions_sha256": "b", "threshold": None}, (Cause.RULE, Cause.VISITS)),
        ({}, ()),
    ],
)
def test_causes_are_read_from_the_figures(changed: dict[str, object], causes: tuple[Cause, ...]) -> None:
    """More visits, corrections, the register, the rule, evidence that became too old: what the figures show, no more."""
    (change,) = changes_between([VERDICT], [after(Outcome.MET, **changed)])

    assert change.causes == causes


def test_a_statement_and_another_indicator_are_causes() -> None:
    """A person who states it anew, and a rule that has another indicator."""
    other = replace(VERDICT, outcome=Outcome.MET, stated=STATED, basis=(replace(BASIS, indicator="3-ho"),))
    (change,) = changes_between([VERDICT], [other])

    assert change.causes == (Cause.RULE, Cause.STATED)


def test_hamlets_that_are_counted_are_no_visits() -> None:
    """Where the commune follows from its hamlets, one hamlet more that is decided is not one more visit."""
    before = replace(VERDICT, basis=(replace(BASIS, indicator=BY_HAMLET), BASIS))
    now = replace(before, outcome=Outcome.MET, basis=(replace(BASIS, indicator=BY_HAMLET, visited=9, submissions_sha256="z"), BASIS))
    (change,) = changes_between([before], [now])

    assert change.causes == ()


def test_what_stayed_and_what_has_no_counterpart_is_left_out() -> None:
    """Nothing moved: nothing is said; a hamlet that one side does not know has nothing to be compared with."""
    new = replace(VERDICT, hamlet="h9", outcome=Outcome.MET)

    assert changes_between([VERDICT], [VERDICT, new]) == ()
    assert changes_between([VERDICT, new], [VERDICT]) == ()


def test_losses_come_first_and_the_commune_before_its_hamlets() -> None:
    """A briefing begins with what was lost."""
    before = [VERDICT, replace(VERDICT, hamlet="h1"), replace(VERDICT, criterion="4", outcome=Outcome.MET)]
    now = [replace(VERDICT, hamlet="h1", outcome=Outcome.MET), replace(VERDICT, outcome=Outcome.MET), replace(VERDICT, criterion="4")]

    found = [(change.kind, change.after.hamlet) for change in changes_between(before, now)]
    assert found == [(ChangeKind.LOST, None), (ChangeKind.MET, None), (ChangeKind.MET, "h1")]
