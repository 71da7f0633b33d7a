"""Editions of criteria from `schema/criteria/<edition>/*.yaml`: a document to store, and the checked objects behind it.

`edition.yaml` is the head (names, dates, sources); every other file of the folder adds to `criteria`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from survey.catalogue.vocabulary import Questions, Vocabulary
from survey.catalogue.yaml_files import Node, read_yaml, refuse
from survey.domain.canonical import dumps
from survey.domain.criteria import Criterion, Edition, Group, RollUp, Rule, Unit
from survey.domain.indicators import SHARE, Indicator, Kind
from survey.domain.sites import SiteKind
from survey.domain.thresholds import Source, Status, Threshold

HEAD = "edition.yaml"
UNITS = (SHARE, "sites", "condition", "m", "km", "million_per_1000_m2")
_HEAD_KEYS = frozenset(
    {"edition", "title", "unit", "valid_from", "valid_to", "validity_note", "note", "takes_part", "groups", "sources", "criteria"}
)
_CRITERION_KEYS = frozenset({"code", "title", "indicators", "rule", "roll_up", "combines", "open", "note"})
_INDICATOR_KEYS = frozenset(
    {
        "code", "title", "kind", "sites", "unit", "where", "among", "holds", "numerator", "denominator", "scale", "decides", "note",
        "threshold", "thresholds",
    }
)  # fmt: skip
_THRESHOLD_KEYS = frozenset({"at_least", "at_most", "required", "status", "sources", "valid_from", "valid_to", "note"})
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
    paths = sorted(folder.glob("*.yaml"))
    if not (folder / HEAD).is_file():
        refuse(f"{folder.name}/{HEAD}", "edition", "không có tệp", "there is no such file")
    files = {path.name: read_yaml(path) for path in paths}
    return Document(Node(HEAD, "", files[HEAD]).child("edition").text(), files)


@lru_cache(maxsize=64)
def stored_edition(text: str) -> Edition:
    """The edition behind a stored document, which was checked when it was loaded."""
    stored = json.loads(text)
    return read_edition(Document(stored["edition"], stored["files"]), None)


def question_kinds(edition: Edition, questions: Questions) -> dict[tuple[str, str], str]:
    """(form, question) of everything that *edition* asks, with how its answers are kept: `number`, `code` or `answered`."""
    asked = [subject for subject in edition.subjects if not subject.is_attribute]
    return {subject.parts: questions[subject.name].measured for subject in asked}


def read_edition(document: Document, questions: Questions | None) -> Edition:
    """The edition behind *document*, checked against the known *questions*; None trusts a document that was checked before.

    Raises BROKEN_CATALOGUE naming file, key and remedy: an unknown question or code, a wrong unit, an impossible threshold, a
    code that is there twice, a number without a source.
    """
    return _EditionReader(document, questions).edition()


class _EditionReader:
    def __init__(self, document: Document, questions: Questions | None) -> None:
        self._document = document
        self._questions = questions
        self._head = Node(HEAD, "", document.files[HEAD])
        self._head.mapping(_HEAD_KEYS)
        self._unit = Unit(self._head.child("unit").choice(tuple(Unit)))
        self._sources = {source.id: source for source in self._read_sources()}

    def edition(self) -> Edition:
        """The whole edition."""
        head = self._head
        criteria = tuple(self._criterion(node) for node in self._criteria_nodes())
        if not criteria:
            head.child("criteria").refuse("chưa có tiêu chí nào", "there is no criterion")
        self._check_codes(criteria)
        takes_part = head.child("takes_part")
        return Edition(
            id=self._document.edition, title=head.child("title").both_languages(), unit=self._unit, criteria=criteria,
            sources=tuple(self._sources.values()), valid_from=head.child("valid_from").day(), valid_to=self._end(head),
            validity_note=head.child("validity_note").optional_languages(),
            note=head.child("note").optional_languages(), groups=tuple(self._groups(head.child("groups"))),
            takes_part=None if takes_part.value is None else Vocabulary(SiteKind.HOUSEHOLD, self._questions).condition(takes_part),
        )  # fmt: skip

    def _criteria_nodes(self) -> Iterator[Node]:
        for name, content in sorted(self._document.files.items()):
            node = Node(name, "", content)
            if name != HEAD:
                node.mapping(frozenset({"criteria"}))
            if node.has("criteria"):
                yield from node.child("criteria").items()

    def _read_sources(self) -> Iterator[Source]:
        node = self._head.child("sources")
        if not isinstance(node.value, Mapping):
            node.refuse("phải là danh mục nguồn", "must be a mapping of sources")
        for name in sorted(node.value):
            source = node.child(str(name))
            source.mapping(frozenset({"text", "decision", "addresses"}))
            addresses = tuple(part.text() for part in source.child("addresses").items()) if source.has("addresses") else ()
            yield Source(str(name), source.child("text").text(), source.child("decision").optional_text(), addresses)

    def _groups(self, node: Node) -> Iterator[Group]:
        for part in node.items() if node.value is not None else ():
            part.mapping(frozenset({"code", "title"}))
            yield Group(part.child("code").text(), part.child("title").both_languages())

    def _criterion(self, node: Node) -> Criterion:
        node.mapping(_CRITERION_KEYS)
        indicators = tuple(self._indicator(part) for part in node.child("indicators").items()) if node.has("indicators") else ()
        combines = tuple(part.text() for part in node.child("combines").items()) if node.has("combines") else ()
        reasons = tuple(part.choice(_OPEN) for part in node.child("open").items()) if node.has("open") else ()
        if bool(combines) == bool(indicators or reasons):
            node.refuse("cần indicators hoặc open, hay combines", "needs indicators or open, or else combines")
        roll_up, thresholds = self._roll_up(node.child("roll_up"))
        return Criterion(
            code=node.child("code").text(), title=node.child("title").both_languages(), indicators=indicators,
            rule=Rule(node.child("rule").choice(tuple(Rule), Rule.ALL)), roll_up=roll_up, roll_up_thresholds=thresholds,
            combines=combines, open_reasons=reasons, note=node.child("note").optional_languages(),
        )  # fmt: skip

    def _roll_up(self, node: Node) -> tuple[RollUp, tuple[Threshold, ...]]:
        if node.value is None or node.value == RollUp.POOLED:
            return RollUp.POOLED, ()
        node.mapping(frozenset({RollUp.ALL_HAMLETS.value, RollUp.SHARE_OF_HAMLETS.value}))
        if node.has(RollUp.ALL_HAMLETS):
            return RollUp.ALL_HAMLETS, (self._threshold(node.child(RollUp.ALL_HAMLETS), "condition"),)
        return RollUp.SHARE_OF_HAMLETS, (self._threshold(node.child(RollUp.SHARE_OF_HAMLETS), SHARE),)

    def _indicator(self, node: Node) -> Indicator:
        node.mapping(_INDICATOR_KEYS)
        kind = Kind(node.child("kind").choice(tuple(Kind)))
        sites = SiteKind(node.child("sites").choice(tuple(SiteKind)))
        unit = self._unit_of(node.child("unit"), kind)
        words = Vocabulary(sites, self._questions)
        conditions = {name: words.condition(node.child(name)) for name in ("where", "among", "holds") if node.has(name)}
        amounts = {name: words.amount(node.child(name)) for name in ("numerator", "denominator") if node.has(name)}
        wanted = {"numerator", "denominator"} if kind is Kind.RATIO_OF_SUMS else {"holds"}
        if {name for name in ("holds", "numerator", "denominator") if node.has(name)} != wanted:
            names = ", ".join(sorted(wanted))
            node.refuse(f"{kind} cần đúng: {names}", f"{kind} needs exactly: {names}")
        decides = node.child("decides").flag(default=True)
        return Indicator(
            code=node.child("code").text(), title=node.child("title").both_languages(), kind=kind, sites=sites.value, unit=unit,
            thresholds=self._thresholds(node, unit, decides=decides),
            where=conditions.get("where"), among=conditions.get("among"), holds=conditions.get("holds"),
            numerator=amounts.get("numerator"), denominator=amounts.get("denominator"),
            scale=node.child("scale").number() if node.has("scale") else 1.0, decides=decides, note=node.child("note").optional_languages(),
        )  # fmt: skip

    def _unit_of(self, node: Node, kind: Kind) -> str:
        fixed = {Kind.SHARE_OF_SITES: SHARE, Kind.COUNT_OF_SITES: "sites", Kind.CONDITION: "condition"}.get(kind)
        unit = node.choice(UNITS, fixed or SHARE)
        if fixed is not None and unit != fixed:
            node.refuse(f"{kind} có đơn vị {fixed}", f"{kind} has the unit {fixed}")
        if kind is Kind.CONDITION and self._unit is not Unit.HOUSEHOLD:
            node.refuse(
                "condition chỉ dùng khi bộ tiêu chí chấm từng hộ", "condition is for editions that judge each household",
                "Dùng share_of_sites với at_least.", "Use share_of_sites with at_least.",
            )  # fmt: skip
        return unit

    def _thresholds(self, node: Node, unit: str, *, decides: bool) -> tuple[Threshold, ...]:
        if node.has("threshold") and node.has("thresholds"):
            node.refuse("chỉ dùng threshold hoặc thresholds", "threshold or thresholds, not both")
        if node.has("threshold"):
            return (self._threshold(node.child("threshold"), unit),)
        if node.has("thresholds"):
            return tuple(self._threshold(part, unit) for part in node.child("thresholds").items())
        if decides:
            node.child("threshold").refuse(
                "chưa có ngưỡng", "there is no threshold",
                "Không biết thì viết status: missing.", "Where it is not known write status: missing.",
            )  # fmt: skip
        return ()

    def _threshold(self, node: Node, unit: str) -> Threshold:
        node.mapping(_THRESHOLD_KEYS)
        status = Status(node.child("status").choice(tuple(Status)))
        limits = {name: node.child(name).number() for name in ("at_least", "at_most") if node.has(name)}
        if node.child("required").flag(default=False):
            if unit != "condition" or limits:
                node.child("required").refuse("required chỉ dùng cho điều kiện", "required is for conditions")
            limits = {"at_least": 1.0}
        self._check_limits(node, limits, unit, status)
        sources = tuple(self._source(part) for part in node.child("sources").items()) if node.has("sources") else ()
        if not sources and status is not Status.MISSING:
            node.child("sources").refuse("số này chưa có nguồn", "this number has no source")
        return Threshold(
            unit=unit, status=status, **limits, sources=sources,
            valid_from=node.child("valid_from").day(), valid_to=self._end(node), note=node.child("note").optional_languages(),
        )  # fmt: skip

    def _check_limits(self, node: Node, limits: Mapping[str, float], unit: str, status: Status) -> None:
        if (status is Status.MISSING) == bool(limits):
            node.refuse("status: missing thì không có số, còn lại phải có số", "status: missing has no number, any other status needs one")
        for name, limit in limits.items():
            if limit < 0 or (unit in (SHARE, "condition") and limit > 1):
                node.child(name).refuse(
                    f"ngưỡng {limit:g} không thể có với đơn vị {unit}", f"a threshold of {limit:g} is impossible in the unit {unit}",
                    "Tỷ lệ viết từ 0 đến 1: 0.7 là 70 %.", "A share is written from 0 to 1: 0.7 is 70 %.",
                )  # fmt: skip
        if limits.get("at_least", 0) > limits.get("at_most", float("inf")):
            node.refuse("at_least lớn hơn at_most", "at_least is above at_most")

    def _source(self, node: Node) -> Source:
        source = self._sources.get(node.text())
        if source is None:
            known = ", ".join(self._sources)
            node.refuse(f"không có nguồn {node.value}", f"there is no source {node.value}", f"Có: {known}.", f"There are: {known}.")
        return source

    def _end(self, node: Node) -> Any:
        begin, end = node.child("valid_from").day(), node.child("valid_to").day()
        if begin is not None and end is not None and end < begin:
            node.child("valid_to").refuse("trước valid_from", "before valid_from")
        return end

    def _check_codes(self, criteria: tuple[Criterion, ...]) -> None:
        codes = [criterion.code for criterion in criteria]
        seen: set[str] = set()
        for criterion, node in zip(criteria, self._criteria_nodes(), strict=True):
            if codes.count(criterion.code) > 1:
                node.child("code").refuse(f"mã {criterion.code} bị trùng", f"the code {criterion.code} is there twice")
            for code in criterion.combines:
                if code not in seen:
                    node.child("combines").refuse(f"chưa có tiêu chí {code} ở trên", f"there is no criterion {code} above")
            seen.add(criterion.code)
            inner = [indicator.code for indicator in criterion.indicators]
            for code in inner:
                if inner.count(code) > 1:
                    node.child("indicators").refuse(f"mã {code} bị trùng", f"the code {code} is there twice")
