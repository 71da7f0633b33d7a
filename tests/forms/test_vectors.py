"""The interpreter of expressions against the cases that the field client's interpreter runs too."""

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

from survey.forms.evaluate import Interpreter
from survey.forms.model import Model

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "expressions.json").read_text(encoding="utf-8"))["cases"]


def test_there_are_enough_cases_and_their_names_differ() -> None:
    """At least eighty cases, each found by its name."""
    assert len(CASES) >= 80
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=[re.sub(r"[^\w]+", "-", case["name"]) for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    """Each shared case gives its value, of the same kind."""
    here = case.get("here", "/data/g/n")
    values = dict(case["values"]) | ({here: case["self"]} if "self" in case else {})
    model = Model(
        values, case.get("repeats", {}), case.get("choices", {}), case.get("language", "vi"), case.get("today", ""), case.get("now", "")
    )
    value = Interpreter(model, here, case.get("item")).value(case["tree_expr"])
    expected = case["expected"]

    if expected is None:
        assert isinstance(value, float)
        assert math.isnan(value)
    elif isinstance(expected, bool | str):
        assert value == expected
        assert type(value) is type(expected)
    else:
        assert isinstance(value, float)
        assert value == pytest.approx(expected, abs=1e-9)
