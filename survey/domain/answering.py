"""Answering: what the answers of a visit say of how they were given, whatever they say of the place."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from survey.domain.canonical import dumps, sha256_hex

Answers = Mapping[str, object]
Tree = Mapping[str, Any]

_NUMBERS = re.compile(r"\[[\d.]+\]$")
_CHOSEN = frozenset({"select_one", "select_multiple", "acknowledge"})
_WRITTEN = frozenset({"text", "integer", "decimal"})
# Our own choice. A choice between two or three is worth one point, a nought none, any other number or text three: two households may well
# share ten ticks, but hardly ticks and the same metres, trees and money. No bundled checklist has eleven ticks.
_CHOICE_POINTS, _FIGURE_POINTS, _ENOUGH_POINTS = 1, 3, 11


def questions(tree: Tree) -> dict[str, Mapping[str, Any]]:
    """The questions that a person answers by choosing or writing, by path: no photos, positions, times, sites or what phones fill in."""
    return {node["path"]: node for node in _walk(tree["children"]) if _is_answered_by_hand(node)}


def given(answers: Answers, tree: Tree) -> dict[str, object]:
    """The *answers* to `questions`, by path with the numbers of repeats."""
    asked = questions(tree)
    return {path: value for path, value in answers.items() if _NUMBERS.sub("", path) in asked}


def answers_mark(answers: Answers, tree: Tree) -> str | None:
    """One mark for equal answers: SHA-256 of what was chosen and written; None where that is too little to tell households apart."""
    own, asked = given(answers, tree), questions(tree)
    points = sum(_points(str(asked[_NUMBERS.sub("", path)]["type"]), value) for path, value in own.items())
    return sha256_hex(dumps(own)) if points >= _ENOUGH_POINTS else None


def choices_made(answers: Answers, tree: Tree) -> tuple[tuple[str, ...], ...]:
    """The answers to single-choice questions, together where the questions share a list of choices."""
    asked, lists = questions(tree), dict[str, list[str]]()
    for path, value in given(answers, tree).items():
        node = asked[_NUMBERS.sub("", path)]
        if node["type"] == "select_one" and node.get("choices"):
            lists.setdefault(str(node["choices"]), []).append(str(value))
    return tuple(tuple(values) for values in lists.values())


def outdoor_questions(tree: Tree) -> frozenset[str]:
    """The names of photos that the form asks for outdoors."""
    return frozenset(node["name"] for node in _walk(tree["children"]) if node.get("scene") == "outdoor")


def _points(kind: str, value: object) -> int:
    if kind in _CHOSEN:
        return _CHOICE_POINTS
    return _FIGURE_POINTS if value else 0


def _is_answered_by_hand(node: Mapping[str, Any]) -> bool:
    return node.get("type") in _CHOSEN | _WRITTEN and node["name"] != "site" and "preload" not in node and "calculation" not in node


def _walk(nodes: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node
        yield from _walk(node.get("children", []))
