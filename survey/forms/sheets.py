"""Which row of which sheet something stands in, so that a fault can point at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_FIRST_ROW = 2  # row 1 holds the headings


@dataclass(frozen=True)
class Sheets:
    """The rows of an XLSForm's sheets as read, before pyxform makes anything of them."""

    survey: Sequence[Mapping[str, Any]]
    choices: Sequence[Mapping[str, Any]]
    root: str = "data"

    def question(self, path: str) -> int | None:
        """The row of the question or group with *path* (`/data/group/question`)."""
        return self._paths().get(path)

    def named(self, name: str) -> int | None:
        """The last row of the survey sheet with that name: of two, the one that is too many."""
        return self._last(self.survey, "name", name)

    def typed(self, word: str) -> int | None:
        """The first row of the survey sheet whose type begins with *word*, or that has no type where *word* is empty."""
        rows = enumerate(self.survey, _FIRST_ROW)
        return next(
            (
                row
                for row, cells in rows
                if cells and str(cells.get("type", "")).strip().startswith(word) and (word or not cells.get("type"))
            ),
            None,
        )

    def choice(self, choices: str, name: str) -> int | None:
        """The row of a choice on the choices sheet."""
        rows = enumerate(self.choices, _FIRST_ROW)
        return next((row for row, cells in rows if str(cells.get("list_name")) == choices and str(cells.get("name")) == name), None)

    def of_fault(self, code: str, name: str) -> int | None:
        """The row that one of pyxform's sentences without a row number means."""
        return self.typed(name) if code == "type" else self.named(name) if name else None

    def _paths(self) -> dict[str, int]:
        paths: dict[str, int] = {}
        stack: list[str] = []
        for row, cells in enumerate(self.survey, _FIRST_ROW):
            word = str(cells.get("type", "")).strip().replace(" ", "_").lower()
            if word.startswith("end_") and stack:
                stack.pop()
                continue
            path = "/".join([f"/{self.root}", *stack, str(cells.get("name", "")).strip()])
            paths.setdefault(path, row)
            if word.startswith("begin_"):
                stack.append(str(cells.get("name", "")).strip())
        return paths

    @staticmethod
    def _last(rows: Sequence[Mapping[str, Any]], column: str, value: str) -> int | None:
        found = [row for row, cells in enumerate(rows, _FIRST_ROW) if str(cells.get(column, "")).strip() == value]
        return found[-1] if found else None
