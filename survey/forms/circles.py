"""Questions that depend on themselves through relevant and calculation: no order of computing would ever end."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def paths_in(expression: object) -> Iterator[str]:
    """Every path that *expression* refers to."""
    if isinstance(expression, Mapping):
        if "path" in expression:
            yield str(expression["path"])
        for argument in expression.get("args", ()):
            yield from paths_in(argument)


def first_circle(children: Sequence[Mapping[str, Any]]) -> str | None:
    """The path of a question that depends on itself, or None."""
    links: dict[str, set[str]] = {}
    _collect(children, frozenset(), links)
    done: set[str] = set()
    for path in links:
        found = _search(path, links, done)
        if found:
            return found
    return None


def _collect(children: Sequence[Mapping[str, Any]], inherited: frozenset[str], links: dict[str, set[str]]) -> None:
    for node in children:
        shown_by = inherited | frozenset(paths_in(node.get("relevant")))
        if node["kind"] in ("group", "repeat"):
            _collect(node["children"], shown_by | frozenset(paths_in(node.get("count"))), links)
        else:
            links[node["path"]] = set(shown_by | frozenset(paths_in(node.get("calculation"))))


def _search(start: str, links: Mapping[str, set[str]], done: set[str]) -> str | None:
    """Walk the links from *start* without recursion: forms may be long chains."""
    trail: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(links.get(start, ()))))]
    open_paths = {start}
    while trail:
        path, rest = trail[-1]
        step = next((target for target in rest if target not in done), None)
        if step is None:
            done.add(path)
            open_paths.discard(path)
            trail.pop()
        elif step in open_paths:
            return step
        else:
            open_paths.add(step)
            trail.append((step, iter(sorted(links.get(step, ())))))
    return None
