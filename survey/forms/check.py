"""Checks what arrived against its form: everything that does not fit becomes a flag, nothing is refused (DESIGN 2.5)."""

import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from survey.domain.forms import Misfit
from survey.forms.evaluate import Interpreter
from survey.forms.functions import SIMPLE
from survey.forms.settle import Node, Settled, moves, place_repeats, places, repeat_of, settle, walk
from survey.forms.values import as_text, days

_ROUNDING = 1e-6


def check_answers(
    tree: Mapping[str, Any], answers: Mapping[str, object], today: date, repeats: Mapping[str, int] | None = None
) -> list[Misfit]:
    """What does not fit in canonical *answers* (see instance.canonical_answers); *today* is the date of capture in Viet Nam.

    *repeats* counts the instances of each repeat where the answers alone cannot say (Instance.repeats).
    """
    values = place_repeats(tree, answers)
    settled = settle(tree, values, today=today.isoformat(), now=f"{today.isoformat()}T12:00:00+07:00", counts=repeats)
    questions = [node for node in walk(tree["children"]) if node["kind"] in ("question", "calculate")]
    return [misfit for node in questions for misfit in _node(node, values, settled, tree)]


def _node(node: Node, values: Mapping[str, object], settled: Settled, tree: Node) -> Iterator[Misfit]:
    for path in places(node, settled.model):
        value = values.get(path)
        if path not in settled.relevant:
            if value is not None and "calculation" not in node:
                yield _misfit("answer_not_asked", node, path, severity=1)
            continue
        if "calculation" in node and value is not None:
            yield from _calculation(node, path, value, settled)
        if node["kind"] == "calculate":
            continue  # nobody is asked for it, so that nothing can be required of it
        if settled.model.values.get(path) is None:
            if "required" in node and Interpreter(settled.model, path).holds(node["required"]):
                yield _misfit("answer_required", node, path)
        else:
            faults = list(_kind(node, path, settled.model.values[path], _offered(node, path, settled, tree)))
            yield from faults or _limits(node, path, settled)


def _limits(node: Node, path: str, settled: Settled) -> Iterator[Misfit]:
    if "constraint" in node and not Interpreter(settled.model, path).holds(node["constraint"]):
        yield _misfit("answer_outside_limits", node, path)


def _offered(node: Node, path: str, settled: Settled, tree: Node) -> frozenset[str]:
    """The codes that the question's list offers here, after its filter."""
    items = tree["choices"].get(node.get("choices"), [])
    if "choice_filter" in node:
        items = [item for item in items if Interpreter(settled.model, path, item).holds(node["choice_filter"])]
    return frozenset(item["name"] for item in items)


def _kind(node: Node, path: str, value: object, offered: frozenset[str]) -> Iterator[Misfit]:
    if node["type"] in ("integer", "decimal") and (
        isinstance(value, str) or (node["type"] == "integer" and not float(str(value)).is_integer())
    ):
        yield _misfit("answer_not_a_number", node, path)
    elif _not_a_date(node["type"], str(value)):
        yield _misfit("answer_not_a_date", node, path)
    elif node["type"] == "geopoint" and isinstance(value, str):
        yield _misfit("answer_not_a_position", node, path)
    elif "choices" in node:
        for code in value if isinstance(value, list) else [value]:
            if code not in offered:
                yield _misfit("answer_not_a_choice", node, path)


def _not_a_date(kind: str, value: str) -> bool:
    if kind == "time":
        return math.isnan(float(SIMPLE["decimal-time"](value)))
    return kind in ("date", "datetime") and math.isnan(days(value))


def _calculation(node: Node, path: str, value: object, settled: Settled) -> Iterator[Misfit]:
    if moves(node["calculation"]):
        return
    expected = settled.model.values.get(path)
    expected = float(expected) if isinstance(expected, bool) else expected  # as an instance holds it
    both_numbers = isinstance(value, int | float) and isinstance(expected, int | float)
    same = (
        abs(float(str(value)) - float(str(expected))) <= _ROUNDING
        if both_numbers
        else as_text_of(value).strip() == as_text_of(expected).strip()
    )
    if not same:
        yield _misfit("calculation_differs", node, path, severity=1)


def as_text_of(value: object) -> str:
    """An answer as XPath writes it; the empty text for None."""
    return "" if value is None else as_text(float(value)) if isinstance(value, int | float) else str(value)


def _misfit(code: str, node: Node, path: str, *, severity: int = 2) -> Misfit:
    return Misfit(code, node["name"], repeat_of(path), severity)
