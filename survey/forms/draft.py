"""A form on its way to a tree: pyxform's reading of it, its sheets, and what was found out on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from survey.domain.problems import Problem
from survey.forms.expressions import Expression, ExpressionFault, Scope, functions_in, read_expression
from survey.forms.faults import broken
from survey.forms.foreign import Remark, foreign_logic
from survey.forms.languages import OTHER_ASKED, UNDETERMINED, Languages, languages_of, parts
from survey.forms.sheets import Sheets
from survey.forms.xpath import UNKNOWN_TO_COLLECT

_ROWS_SHOWN = 12


@dataclass
class Draft:
    """*unsupported* is what only ODK Collect can do, as the tree lists it; *remarks* what else the loader should know.

    *lacking* has the rows without a translation, by sheet and language.
    """

    form: str
    source: Mapping[str, Any]
    sheets: Sheets
    unsupported: list[dict[str, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    lacking: dict[tuple[str, str], list[int | None]] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The name of the instance's root element."""
        return str(self.source["name"])

    @cached_property
    def languages(self) -> Languages:
        """The form's languages, its default first."""
        return languages_of(self.source)

    @cached_property
    def elements(self) -> dict[str, Mapping[str, Any]]:
        """Every question, group and repeat by path."""
        return dict(_walk(self.source, f"/{self.root}"))

    @cached_property
    def names(self) -> dict[str, str]:
        """Paths by name, of the names that stand for one thing only; `${name}` of another is refused by pyxform."""
        found: dict[str, list[str]] = {}
        for path in self.elements:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return {name: paths[0] for name, paths in found.items() if len(paths) == 1}

    @property
    def choices(self) -> Mapping[str, list[Mapping[str, Any]]]:
        """The choice lists as pyxform read them."""
        found: Mapping[str, list[Mapping[str, Any]]] = self.source.get("choices") or {}
        return found

    @cached_property
    def _scope(self) -> Scope:
        lists = {place: str(element["itemset"]) for place, element in self.elements.items() if element.get("itemset") in self.choices}
        columns = {name: frozenset(key for choice in items for key in choice) - {"name", "label"} for name, items in self.choices.items()}
        return Scope(self.names, frozenset(self.elements) | {f"/{self.root}"}, "", lists, columns)

    def expression(self, text: str, path: str, column: str, filtered: str | None = None) -> Expression | None:
        """The tree of an expression at *path*, None where only ODK Collect can compute it. Raises BROKEN_FORM."""
        known = self._scope
        scope = Scope(known.questions, known.paths, path, known.lists, known.columns, filtered)
        try:
            return self._known_to_collect(read_expression(text, scope), path, column)
        except ExpressionFault as fault:
            if fault.kind == "unsupported":
                self.foreign(path, foreign_logic(column, fault.detail))
                return None
            raise self._fault(fault, path, column) from fault

    def _known_to_collect(self, expression: Expression, path: str, column: str) -> Expression:
        for name in sorted(functions_in(expression) & UNKNOWN_TO_COLLECT):
            vi, en = f"ODK Collect không có hàm {name}() ở cột {column}", f"ODK Collect has no function {name}(), used in {column}"
            self.remark(path, vi, en)
        return expression

    def _fault(self, fault: ExpressionFault, path: str, column: str) -> Problem:
        kind = "unknown" if fault.kind == "unknown" else "expression"
        return broken(self.form, kind, row=self.sheets.question(path), column=column, name=fault.detail, detail=fault.detail)

    def foreign(self, path: str, words: tuple[str, str]) -> None:
        """List what the question at *path* asks for among what only ODK Collect can do."""
        self.unsupported.append({"path": path, "question": path.rpartition("/")[2], "vi": words[0], "en": words[1]})

    def remark(self, path: str, vi: str, en: str) -> None:
        """Tell whoever loads the form something about the question at *path*."""
        name = path.rpartition("/")[2]
        self.remarks.append(Remark(f"“{name}”: {vi}", f"“{name}”: {en}", "survey", self.sheets.question(path)))

    def remark_lacking(self) -> None:
        """One remark for each sheet and language with texts that are not translated."""
        for (sheet, language), found in self.lacking.items():
            rows = sorted({row for row in found if row is not None})
            shown = ", ".join(map(str, rows[:_ROWS_SHOWN])) + (" …" if len(rows) > _ROWS_SHOWN else "")
            vi, en = f"{sheet}: chưa dịch sang {language}", f"{sheet}: not translated into {language}"
            if language == UNDETERMINED:
                vi, en = f"{sheet}: thiếu văn bản ở cột không ghi ngôn ngữ", f"{sheet}: no text in the column without a language"
            self.remarks.append(Remark(f"{vi}, dòng {shown}", f"{en}, rows {shown}", sheet))

    def text(self, given: object, path: str, column: str) -> dict[str, list[Any]]:
        """A label, hint or message in every language of the form, as parts; the default's words where one is missing."""
        texts = self.languages.texts(OTHER_ASKED if given == OTHER_ASKED["default"] else given)
        for language in self.languages.missing(texts):
            self.lacking.setdefault(("survey", language), []).append(self.sheets.question(path))
        filled = self.languages.completed(texts)
        return {language: parts(text, lambda name: self._shown(name, path, column)) for language, text in filled.items()}

    def _shown(self, name: str, path: str, column: str) -> Expression:
        return self.expression(f"${{{name}}}", path, column) or {"s": ""}


def children_of(element: Mapping[str, Any], path: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """What stands in *element*, with its paths; the form's own metadata is left out."""
    for child in element.get("children", ()):
        if path.count("/") > 1 or child["name"] != "meta":
            yield child, f"{path}/{child['name']}"


def _walk(element: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for child, place in children_of(element, path):
        yield place, child
        yield from _walk(child, place)
