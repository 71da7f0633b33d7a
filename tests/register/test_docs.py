"""docs/register.md under test: its examples load, and its tables hold every heading and choice that is recognised."""

import re

import pytest

from survey import register
from survey.domain.columns import CHOICE_NAMES, COLUMN_NAMES
from survey.domain.people import Actor
from survey.wiring import ROOT, Survey

TEXT = (ROOT / "docs" / "register.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```csv\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_load(survey: Survey, coordinator: Actor, example: str) -> None:
    """Each example is taken as it stands, without an error or a warning."""
    report = register.load(survey, coordinator, example.encode(), "example.csv")

    assert (report.written, report.rows, report.warnings) == (True, 2, 0), report.remarks


def test_tables_are_complete() -> None:
    """One example a kind, one table row a column and a choice, with every name."""
    assert len(EXAMPLES) == 3
    for names in COLUMN_NAMES.values():
        (row,) = [line for line in TEXT.splitlines() if line.startswith(f"| {names[0]} | ") and " | `" not in line]
        assert all(name in row for name in names), names
    for choices in CHOICE_NAMES.values():
        for choice, names in choices.items():
            assert any(f"| `{choice}` | {', '.join(names)} |" in line for line in TEXT.splitlines()), choice
