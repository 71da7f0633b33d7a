"""Editions of criteria from `schema/criteria/<edition>/*.yaml`: a document to store, and the checked objects behind it.

`edition.yaml` is the head (names, dates, sources); every other file of the folder adds to `criteria`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey.catalogue.indicators import IndicatorReader
from survey.catalogue.numbers import Numbers, days, group_codes, read_sources
from survey.catalogue.vocabulary import Questions, Vocabulary
from survey.catalogue.yaml_files import Node, read_yaml, refuse
from survey.domain.canonical import dumps
from survey.domain.conditions import Condition
from survey.domain.criteria import LEVELS, Criterion, Edition, Group, RollUp, Rule, Unit
from survey.domain.indicators import SHARE, Kind
from survey.domain.sites import SiteKind
from survey.domain.thresholds import Threshold

HEAD = "edition.yaml"
_MOST_FILES = 50
_HEAD_KEYS = frozenset(
    {"edition", "title", "unit", "valid_from", "valid_to", "validity_note", "note", "takes_part", "groups", "levels", "sources", "criteria"}
)
_CRITERION_KEYS = frozenset({"code", "title", "indicators", "rule", "roll_up", "combines", "open", "levels", "counted", "note"})
_OPEN = ("set_by_person", "indicators_missing")


@dataclass(frozen=True)
class Document:
    """An edition as its files say it, in plain JSON values, so that it can be stored and read again."""

    edition: str
    files: Mapping[str, Mapping[str, Any]]

    def text(self) -> str:
        """The document as JSON, to be stored."""
        return dumps({"edition": self.edition, "files": self.files})


def read_document(folder: Path) -> Document:
    """The files of an edition's folder. Raises BROKEN_CATALOGUE where the head is missing or a file is no YAML mapping."""
    paths = sorted(path for path in folder.glob("*.yaml") if path.is_file())
    if not (folder / HEAD).is_file():
        refuse(f"{folder.name}/{HEAD}", "edition", "không có tệp", "there is no such file")
    if len(paths) > _MOST_FILES:
        refuse(folder.name, "YAML", f"có hơn {_MOST_FILES} tệp", f"there are more than {_MOST_FILES} files")
    files = {path.name: read_yaml(path) for path in paths}
    return Document(Node(HEAD, "", files[HEAD]).child("edition").code(), files)


def question_kinds(edition: Edition, questions: Questions) -> dict[tuple[str, str], str]:
    """(form, question) of everything that *edition* asks, with how its answers are kept: `number`, `code` or `answered`."""
    asked = [subject for subject in edition.subjects if not subject.is_attribute]
    return {subject.parts: questions[subject.name].measured for subject in asked}


def read_edition(document: Document, questions: Questions | None) -> Edition:
    """The edition behind *document*, checked against the known *questions*; None trusts a document that was checked before.

    Raises BROKEN_CATALOGUE naming file, key and remedy: an unknown question or code, a wrong unit, an impossible threshold, a
    code that is there twice, a number without a source; docs/criteria.md lists them all.
    """
    return _EditionReader(document, questions).edition()


class _EditionReader:
    def __init__(self, document: Document, questions: Questions | None) -> None:
        self._document, self._questions = document, questions
        self._head = head = Node(HEAD, "", document.files[HEAD])
        head.mapping(_HEAD_KEYS)
        self._unit = Unit(head.child("unit").choice(tuple(Unit)))
        self._sources = read_sources(head.child("sources"))
        self._days = days(head)
        self._numbers = Numbers(self._sources, frozenset(group_codes(head.child("groups"))), self._days, strict=questions is not None)
        self._indicators = IndicatorReader(self._unit, self._numbers, questions)
        self._levels = _levels(head.child("levels"), ())

    @property
    def _is_strict(self) -> bool:
        return self._questions is not None

    def edition(self) -> Edition:
        """The whole edition."""
        head = self._head
        criteria = tuple(self._criterion(node) for node in self._criteria_nodes())
        if not criteria:
            head.child("criteria").refuse("chưa có tiêu chí nào", "there is no criterion", "Thêm criteria: […].", "Add criteria: […].")
        self._check_codes(criteria)
        return Edition(
            id=self._document.edition, title=head.child("title").both_languages(), unit=self._unit, criteria=criteria,
            sources=tuple(self._sources.values()), valid_from=self._days[0], valid_to=self._days[1],
            validity_note=head.child("validity_note").optional_languages(), note=head.child("note").optional_languages(),
            groups=self._groups(head.child("groups")), takes_part=self._takes_part(head.child("takes_part")),
        )  # fmt: skip

    def _takes_part(self, node: Node) -> Condition | None:
        if node.value is None:
            return None
        if self._is_strict and self._unit is not Unit.HOUSEHOLD:
            node.refuse(
                "takes_part chỉ dùng khi bộ tiêu chí chấm từng hộ", "takes_part is for editions that judge each household",
                "Dùng where hoặc among của từng chỉ tiêu.", "Use where or among of each indicator.",
            )  # fmt: skip
        return Vocabulary(SiteKind.HOUSEHOLD, self._questions).condition(node)

    def _criteria_nodes(self) -> Iterator[Node]:
        for name, content in sorted(self._document.files.items()):
            node = Node(name, "", content)
            if name != HEAD:
                node.mapping(frozenset({"criteria"}))
            if node.has("criteria"):
                yield from node.child("criteria").items()

    def _groups(self, node: Node) -> tuple[Group, ...]:
        found: dict[str, Group] = {}
        for part in node.items() if node.value is not None else ():
            part.mapping(frozenset({"code", "title"}))
            code = part.child("code").text()
            if code in found:
                part.child("code").refuse(f"mã {code} bị trùng", f"the code {code} is there twice", "Đổi một mã.", "Change one of them.")
            found[code] = Group(code, part.child("title").both_languages())
        return tuple(found.values())

    def _criterion(self, node: Node) -> Criterion:
        node.mapping(_CRITERION_KEYS)
        parts = tuple(node.child("indicators").items()) if node.has("indicators") else ()
        indicators = tuple(self._indicators.indicator(part) for part in parts)
        combines = tuple(part.text() for part in node.child("combines").items()) if node.has("combines") else ()
        reasons = [part.choice(_OPEN) for part in node.child("open").items()] if node.has("open") else []
        if any(one.kind is Kind.STATED and part.child("decides").flag(default=True) for one, part in zip(indicators, parts, strict=True)):
            reasons.append("set_by_person")
        if bool(combines) == bool(indicators or reasons):
            node.refuse(
                "cần indicators hoặc open, hay combines", "needs indicators or open, or else combines",
                "Chưa biết chỉ tiêu thì viết open: [indicators_missing].", "Where they are not known write open: [indicators_missing].",
            )  # fmt: skip
        roll_up, thresholds = self._roll_up(node.child("roll_up"))
        criterion = Criterion(
            code=self._code(node.child("code")), title=node.child("title").both_languages(), indicators=indicators,
            rule=Rule(node.child("rule").choice(tuple(Rule), Rule.ALL)), roll_up=roll_up, roll_up_thresholds=thresholds,
            combines=combines, open_reasons=tuple(dict.fromkeys(reasons)), note=node.child("note").optional_languages(),
            levels=_levels(node.child("levels"), self._levels), counted=node.child("counted").flag(default=True),
        )  # fmt: skip
        if self._is_strict:
            _check_decided(node, criterion)
        return criterion

    def _code(self, node: Node) -> str:
        return node.code() if self._is_strict else node.text()

    def _roll_up(self, node: Node) -> tuple[RollUp, tuple[Threshold, ...]]:
        if node.value is None or node.value == RollUp.POOLED:
            return RollUp.POOLED, ()
        units = {RollUp.ALL_HAMLETS: "condition", RollUp.SHARE_OF_HAMLETS: SHARE, RollUp.COUNT_OF_HAMLETS: "hamlets"}
        node.mapping(frozenset(way.value for way in units))
        ways = [way for way in units if node.has(way)]
        if len(ways) != 1 or (self._is_strict and self._unit is Unit.HOUSEHOLD):
            known = ", ".join(units)
            node.refuse(
                f"cần đúng một trong: {known}; bộ chấm từng hộ thì không có roll_up",
                f"needs exactly one of: {known}; an edition that judges households has no roll_up",
                "Không ghi roll_up thì gộp mọi đối tượng của xã.", "Without roll_up all sites of the commune count together.",
            )  # fmt: skip
        numbers = node.child(ways[0])
        if isinstance(numbers.value, list):
            return ways[0], self._numbers.dated(numbers, units[ways[0]])
        return ways[0], (self._numbers.threshold(numbers, units[ways[0]]),)

    def _check_codes(self, criteria: tuple[Criterion, ...]) -> None:
        seen: set[str] = set()
        for criterion, node in zip(criteria, self._criteria_nodes(), strict=True):
            if criterion.code in seen:
                node.child("code").refuse(
                    f"mã {criterion.code} bị trùng", f"the code {criterion.code} is there twice", "Đổi một mã.", "Change one of them."
                )
            for code in criterion.combines:
                if code not in seen:
                    node.child("combines").refuse(
                        f"chưa có tiêu chí {code[:60]} ở trên", f"there is no criterion {code[:60]} above",
                        "Tiêu chí gộp đứng sau các tiêu chí của nó.", "What combines others stands below them.",
                    )  # fmt: skip
            seen.add(criterion.code)
            _check_once(node.child("indicators"), [indicator.code for indicator in criterion.indicators])


def _levels(node: Node, default: tuple[str, ...]) -> tuple[str, ...]:
    if node.value is None:
        return default
    given = {part.choice(LEVELS) for part in node.items()}
    return tuple(level for level in LEVELS if level in given)


def _check_once(node: Node, codes: list[str]) -> None:
    seen: set[str] = set()
    for code in codes:
        if code in seen:
            node.refuse(f"mã {code} bị trùng", f"the code {code} is there twice", "Đổi một mã.", "Change one of them.")
        seen.add(code)


def _check_decided(node: Node, criterion: Criterion) -> None:
    """Something must be able to decide a criterion, and two readings are two."""
    deciding = sum(indicator.decides for indicator in criterion.indicators)
    if not deciding and not criterion.open_reasons and not criterion.combines:
        node.child("indicators").refuse(
            "không có chỉ tiêu nào để kết luận", "no indicator decides",
            "Bỏ decides: false ở một chỉ tiêu, hoặc thêm open.", "Take away one decides: false, or add open.",
        )  # fmt: skip
    if criterion.rule is Rule.AGREE and deciding < 2:  # noqa: PLR2004 - two readings are two
        node.child("rule").refuse("agree cần ít nhất hai cách tính", "agree needs two readings at least", "Dùng all.", "Use all.")
