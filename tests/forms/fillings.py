"""Random answers to a form as a phone holds them, and the instance XML that says the same."""

import random
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

Node = Mapping[str, Any]
Data = dict[str, Any]
ID = "uuid:0b7f9c5e-3a54-4d0e-9a6e-2f8f1f1b9d10"
_UNANSWERED, _ODD = 0.25, 0.08
_LETTERS = ("a", "Kỳ Thượng", "AB123", "AB-12", "x y", "  ", "<b>&", "0912345678", "thôn 1", "10", "-3.5")


def filling(tree: Node, chance: random.Random) -> Data:
    """Answers to some of the questions of *tree*; calculations are left for whoever computes."""
    return _fill(tree["children"], tree, chance)


def _fill(children: list[Node], tree: Node, chance: random.Random) -> Data:
    data: Data = {}
    for node in children:
        if node["kind"] == "group":
            data[node["name"]] = _fill(node["children"], tree, chance)
        elif node["kind"] == "repeat":
            data[node["name"]] = [_fill(node["children"], tree, chance) for _ in range(chance.choice((0, 1, 2, 3)))]
        elif node["kind"] != "note":
            data[node["name"]] = "" if "calculation" in node or chance.random() < _UNANSWERED else _answer(node, tree, chance)
    return data


def _answer(node: Node, tree: Node, chance: random.Random) -> str:
    kind = node["type"]
    if "choices" in node and kind in ("select_one", "select_multiple", "rank"):
        codes = [choice["name"] for choice in tree["choices"][node["choices"]]]
        return " ".join(chance.sample(codes, min(len(codes), 1 if kind == "select_one" else chance.choice((1, 1, 2, 3)))))
    if kind == "integer":
        return (
            chance.choice(("x", "1.5", "-0", "007")) if chance.random() < _ODD else str(chance.choice((0, 1, 2, 3, 4, 7, 16, 40, 130, -1)))
        )
    if kind == "decimal":
        return (
            chance.choice(("x", ".5", "5.")) if chance.random() < _ODD else str(chance.choice((0, 0.1, 0.5, 2.5, 33.333, 60, 99.95, -1.25)))
        )
    return _text(kind, chance)


def _text(kind: str, chance: random.Random) -> str:
    day = f"{chance.choice((2019, 2024, 2026))}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    clock = f"{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00.000+07:00"
    place = f"18.{chance.randint(0, 99):02d} 106.1 {chance.choice((0, 12.5))} {chance.choice((3, 8.25, 45))}"
    fixed = {"date": day, "time": clock, "datetime": f"{day}T{clock}", "geopoint": place, "acknowledge": "OK"}
    return fixed.get(kind) or chance.choice(_LETTERS)


def cut(data: Data, children: list[Node], prefix: str, counts: Mapping[str, int]) -> Data:
    """*data* with no more instances of a counted repeat than *counts* (by numbered path) says there are."""
    found: Data = {}
    for node in children:
        path = f"{prefix}/{node['name']}"
        if node["kind"] == "group":
            found[node["name"]] = cut(data.get(node["name"]) or {}, node["children"], path, counts)
        elif node["kind"] == "repeat":
            held = data.get(node["name"]) or []
            kept = held[: counts.get(path, len(held))] if "count" in node else held
            found[node["name"]] = [cut(one, node["children"], f"{path}[{number}]", counts) for number, one in enumerate(kept, 1)]
        elif node["kind"] != "note":
            found[node["name"]] = data.get(node["name"], "")
    return found


def instance_xml(tree: Node, data: Data) -> bytes:
    """The instance with everything in *data*, relevant or not; a geopoint or text goes in as it is."""
    inside = "".join(_elements(tree["children"], data))
    root = f'<{tree["root"]} id="{escape(tree["form"])}" version="{escape(tree["version"])}">'
    return f"{root}{inside}<meta><instanceID>{ID}</instanceID></meta></{tree['root']}>".encode()


def _elements(children: list[Node], data: Data) -> list[str]:
    found = []
    for node in children:
        name, value = node["name"], data.get(node["name"])
        if node["kind"] == "group":
            found.append(f"<{name}>{''.join(_elements(node['children'], value or {}))}</{name}>")
        elif node["kind"] == "repeat":
            found.extend(f"<{name}>{''.join(_elements(node['children'], one))}</{name}>" for one in value or [])
        elif node["kind"] != "note":
            found.append(f"<{name}>{escape(value or '')}</{name}>")
    return found
