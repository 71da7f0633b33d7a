"""A form's answers brought to rest: what is relevant, and what calculations come to (the same rounds as on the phone)."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from survey.forms.evaluate import Interpreter
from survey.forms.model import Model, numbers
from survey.forms.values import Scalar, as_number

Node = Mapping[str, Any]

# Each round settles at least one more link of a chain; forms that never settle are refused when they are compiled.
_MOST_ROUNDS = 30
MOST_INSTANCES = 500  # of a repeat whose number is computed: a slip of the finger asks for millions
_MOST_COMPUTED = 5000  # instances of all of them together: repeats in repeats multiply


@dataclass(frozen=True)
class Settled:
    """*model* holds the answers that count, *relevant* the numbered paths of everything that is asked or computed."""

    model: Model
    relevant: frozenset[str]


def walk(children: list[Node]) -> Iterator[Node]:
    """Every node of a tree, groups before what they hold."""
    for node in children:
        yield node
        yield from walk(node.get("children", []))


def place_repeats(tree: Node, answers: Mapping[str, object]) -> dict[str, object]:
    """Canonical answers (`/data/r/q[2]`) with the numbers put where the repeats are (`/data/r[2]/q`)."""
    repeats = [node["path"] for node in walk(tree["children"]) if node["kind"] == "repeat"]
    return {numbered(key, repeats): value for key, value in answers.items()}


def numbered(key: str, repeats: list[str]) -> str:
    """One canonical key with its numbers in place; *repeats* are the plain paths of the form's repeats."""
    path, bracket, rest = key.partition("[")
    if not bracket:
        return key
    for repeat, number in reversed(list(zip((r for r in repeats if path.startswith(f"{r}/")), rest.rstrip("]").split("."), strict=False))):
        path = f"{repeat}[{number}]{path[len(repeat) :]}"
    return path


def settle(tree: Node, values: Mapping[str, object], *, today: str = "", now: str = "", counts: Mapping[str, int] | None = None) -> Settled:
    """Relevance and calculations over *values* by numbered path, repeated until nothing changes.

    *counts* says how many instances a repeat has, by numbered path, where the values cannot (none, or one without an answer).
    Labels are Vietnamese where the form has them, else in its own language.
    """
    language = "vi" if "vi" in tree.get("languages", ("vi",)) else str(tree["default_language"])
    repeats = {node["path"]: 0 for node in walk(tree["children"]) if node["kind"] == "repeat"}
    given = Model(values, choices=tree["choices"], language=language, today=today, now=now)
    counts = {**repeats, **given.counts, **(counts or {})}
    model = Model(dict(values), counts, tree["choices"], language, today, now)
    for _ in range(_MOST_ROUNDS):
        relevant = frozenset(_relevant(tree["children"], model))
        settled = {path: value for path, value in values.items() if path in relevant}
        settled |= {path: value for path, value in _calculations(tree, model, relevant, values) if value is not None}
        following = replace(model, values=settled, relevant=relevant, repeats={**counts, **dict(_counted(tree, model, counts))})
        if following == model:
            break
        model = following
    return Settled(model, model.relevant or frozenset())


def _counted(tree: Node, model: Model, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Repeats whose number is computed: as many instances as that, or as have answers."""
    left = _MOST_COMPUTED
    for node in walk(tree["children"]):
        if "count" in node:
            for around in model.nodes(node["path"].rpartition("/")[0]):
                path = f"{around}/{node['name']}"
                number = as_number(Interpreter(model, path).value(node["count"]))
                wanted = int(max(0, min(number, MOST_INSTANCES, left))) if not math.isnan(number) else 0
                left -= wanted
                yield path, max(wanted, counts.get(path, 0))


def places(node: Node, model: Model) -> list[str]:
    """The numbered paths of *node*, one for each instance of the repeats around it; a repeat's own instances."""
    return model.nodes(node["path"])


def _relevant(children: list[Node], model: Model, within: frozenset[str] | None = None) -> Iterator[str]:
    for node in children:
        shown = [path for path in places(node, model) if _inside(path, within) and _holds(node, model, path)]
        yield from shown
        if node.get("children"):
            yield from _relevant(node["children"], model, frozenset(shown))


def _inside(path: str, within: frozenset[str] | None) -> bool:
    return within is None or path.rpartition("/")[0] in within


def _holds(node: Node, model: Model, path: str) -> bool:
    return "relevant" not in node or Interpreter(model, path).holds(node["relevant"])


def _calculations(tree: Node, model: Model, relevant: frozenset[str], given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for node in walk(tree["children"]):
        if "calculation" in node:
            fixed = moves(node["calculation"])
            for path in places(node, model):
                if path in relevant and not (fixed and path in given):
                    yield path, stored(Interpreter(model, path).value(node["calculation"]))


def moves(expression: object) -> bool:
    """Whether a calculation depends on the moment, on chance or on the page's language: then what the phone computed stands."""
    if not isinstance(expression, Mapping):
        return False
    if expression.get("fn") == "instance" and expression["args"][1] == {"s": "label"}:
        return True
    return expression.get("fn") in _MOVING or any(moves(argument) for argument in expression.get("args", ()))


_MOVING = frozenset({"today", "now", "once", "uuid", "random", "choice-name"})


def stored(value: Scalar) -> object:
    """A calculation's result as an answer: a number, a text, true or false, or None for the empty text and NaN."""
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return None if value == "" else value


def repeat_of(path: str) -> str:
    """The numbers in a numbered path, as an answer's repeat key: `/data/r[2]/s[1]/t` gives `2.1`."""
    return ".".join(str(number) for number in numbers(path).values())
