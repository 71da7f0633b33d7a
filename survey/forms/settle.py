"""A form's answers brought to rest: what is relevant, and what calculations come to (the same rounds as on the phone)."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from survey.forms.evaluate import Interpreter
from survey.forms.model import Model, numbers
from survey.forms.values import Scalar, as_text

Node = Mapping[str, Any]

# Each round settles at least one more link of a chain; forms that never settle are refused when they are compiled.
_MOST_ROUNDS = 30


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


def settle(tree: Node, values: Mapping[str, object], *, today: str = "", now: str = "", language: str = "vi") -> Settled:
    """Relevance and calculations over *values* by numbered path, repeated until nothing changes."""
    repeats = {node["path"]: 0 for node in walk(tree["children"]) if node["kind"] == "repeat"}
    given = Model(values, choices=tree["choices"], language=language, today=today, now=now)
    counts = {**repeats, **given.counts}
    current, relevant = dict(values), frozenset[str]()
    for _ in range(_MOST_ROUNDS):
        model = Model(current, counts, tree["choices"], language, today, now)
        relevant = frozenset(_relevant(tree["children"], model))
        settled = {path: value for path, value in values.items() if path in relevant}
        settled |= {path: value for path, value in _calculations(tree, model, relevant) if value is not None}
        if settled == current:
            break
        current = settled
    return Settled(Model(current, counts, tree["choices"], language, today, now), relevant)


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


def _calculations(tree: Node, model: Model, relevant: frozenset[str]) -> Iterator[tuple[str, object]]:
    for node in walk(tree["children"]):
        if "calculation" in node:
            for path in places(node, model):
                if path in relevant:
                    yield path, stored(Interpreter(model, path).value(node["calculation"]))


def stored(value: Scalar) -> object:
    """A calculation's result as an answer: a number, a text, or None for the empty text and NaN."""
    if isinstance(value, bool):
        return as_text(value)
    if isinstance(value, float):
        return None if math.isnan(value) else value
    return value or None


def repeat_of(path: str) -> str:
    """The numbers in a numbered path, as an answer's repeat key: `/data/r[2]/s[1]/t` gives `2.1`."""
    return ".".join(str(number) for number in numbers(path).values())
