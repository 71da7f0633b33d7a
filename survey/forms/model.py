"""The answers that an expression looks at: values by path, with the instances of repeats numbered from 1 (`/data/r[2]/q`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

_INDEX = re.compile(r"\[(\d+)\]")


def plain(path: str) -> str:
    """*path* without the numbers of repeats."""
    return _INDEX.sub("", path)


@dataclass(frozen=True)
class Model:
    """Answers by numbered path; *repeats* counts instances where values alone cannot say (none, or one without an answer).

    *today* and *now* are ISO texts in Vietnamese time, *choices* the lists of the form's tree, *relevant* the numbered paths of all that is
    asked (None: everything).
    """

    values: Mapping[str, object]
    repeats: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    language: str = "vi"
    today: str = ""
    now: str = ""
    relevant: frozenset[str] | None = None

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many instances a repeat has, by its path with numbered ancestors."""
        counts: dict[str, int] = {}
        for path in self.values:
            for match in _INDEX.finditer(path):
                repeat = path[: match.start()]
                counts[repeat] = max(counts.get(repeat, 0), int(match[1]))
        return {**counts, **self.repeats}

    @cached_property
    def known_repeats(self) -> frozenset[str]:
        """The plain paths of all repeats that the answers show."""
        return frozenset(plain(path) for path in self.counts)

    def nodes(self, path: str, here: str = "", fixed: Mapping[str, int] | None = None) -> list[str]:
        """The numbered paths that plain *path* means at *here*: repeats around *here* keep its number, others give all.

        *fixed* overrules the number of single repeats. A path outside repeats is always one node, answered or not.
        """
        if not self.counts:
            return [path]
        chosen = {**numbers(here), **(fixed or {})}
        found = [""]
        prefix = ""
        steps = path.strip("/").split("/")
        for place, step in enumerate(steps):
            prefix = f"{prefix}/{step}"
            found = [f"{parent}/{step}" for parent in found]
            if prefix in self.known_repeats:
                last = place == len(steps) - 1
                found = [f"{node}[{number}]" for node in found for number in self._numbers(node, prefix, {} if last else chosen)]
        return found

    def asked(self, path: str, here: str = "") -> list[str]:
        """`nodes` as an expression sees them: of several instances those that are not relevant are left out."""
        found = self.nodes(path, here)
        if self.relevant is None or not self._several(path, here):
            return found
        return [node for node in found if node in self.relevant]

    def _several(self, path: str, here: str) -> bool:
        around = numbers(here)
        return any(path == repeat or (path.startswith(f"{repeat}/") and repeat not in around) for repeat in self.known_repeats)

    def _numbers(self, node: str, repeat: str, chosen: Mapping[str, int]) -> list[int]:
        if repeat in chosen:
            return [chosen[repeat]]
        return list(range(1, self.counts.get(node, 0) + 1))


def numbers(here: str) -> dict[str, int]:
    """The repeats around a numbered path with their numbers: `/data/r[2]/q` gives `{"/data/r": 2}`."""
    return {plain(here[: match.start()]): int(match[1]) for match in _INDEX.finditer(here)}
