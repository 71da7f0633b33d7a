"""Rules of findings from `schema/findings/*.yaml`: a document to store, and the checked objects behind it."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from survey.catalogue.vocabulary import Question, Questions, Vocabulary
from survey.catalogue.yaml_files import Node, read_yaml, refuse
from survey.domain.canonical import dumps
from survey.domain.findings import FindingRule
from survey.domain.sites import SiteKind

_KEYS = frozenset(
    {
        "code", "title", "sites", "where", "among", "holds", "part", "whole", "share", "share_source", "unit", "criteria", "days",
        "photos", "note",
    }
)  # fmt: skip
_UNITS = ("m", "m²", "nút", "cây")
_DAYS = (1, 730)  # two years: a date further ahead is a slip of the keyboard
_CODE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
Editions = Mapping[str, Collection[str]]
"""The codes of the criteria of each loaded edition."""


@dataclass(frozen=True)
class Findings:
    """The *rules*, and how each question that they ask is kept: `number`, `code` or `answered`."""

    rules: tuple[FindingRule, ...]
    kinds: Mapping[str, str]

    def rule(self, code: str | None) -> FindingRule | None:
        """The rule called *code*, or None where the commune's rules no longer have it."""
        return next((rule for rule in self.rules if rule.code == code), None)


def read_findings(folder: Path, questions: Questions, editions: Editions) -> tuple[str, Findings]:
    """The document to store and the rules behind the files of *folder*, checked against forms and editions.

    Raises BROKEN_CATALOGUE naming file, key and remedy: an unknown question, code or criterion, a code that is there twice,
    an amount without its whole, a photo question that is none.
    """
    files = {path.name: read_yaml(path) for path in sorted(folder.glob("*.yaml"))}
    if not files:
        refuse(folder.name, "findings", "không có tệp nào", "there is no file")
    rules = tuple(_Reader(questions, editions).rules(files))
    kinds = {name: questions[name].measured for rule in rules for name in _asked(rule)}
    serves = {rule.code: [list(pair) for pair in rule.criteria] for rule in rules}
    return dumps({"files": files, "kinds": kinds, "serves": serves}), Findings(rules, kinds)


@lru_cache(maxsize=64)
def stored_findings(text: str | None) -> Findings:
    """The rules behind a stored document, which were checked when they were loaded; none where nothing was."""
    if text is None:
        return Findings((), {})
    stored = json.loads(text)
    return Findings(tuple(_Reader(None, None).rules(stored["files"])), stored["kinds"])


class _Reader:
    def __init__(self, questions: Questions | None, editions: Editions | None) -> None:
        self._questions = questions
        self._editions = editions

    def rules(self, files: Mapping[str, Mapping[str, Any]]) -> Iterator[FindingRule]:
        seen: set[str] = set()
        for name, content in sorted(files.items()):
            node = Node(name, "", content)
            node.mapping(frozenset({"findings"}))
            for part in node.child("findings").items():
                rule = self._rule(part)
                if rule.code in seen:
                    part.child("code").refuse(f"mã {rule.code} bị trùng", f"the code {rule.code} is there twice")
                seen.add(rule.code)
                yield rule

    def _rule(self, node: Node) -> FindingRule:
        node.mapping(_KEYS)
        sites = SiteKind(node.child("sites").choice(tuple(SiteKind)))
        words = Vocabulary(sites, self._questions)
        conditions = {name: words.condition(node.child(name)) for name in ("where", "among", "holds") if node.has(name)}
        amounts = {name: words.amount(node.child(name)) for name in ("part", "whole") if node.has(name)}
        if ("holds" in conditions) == bool(amounts) or len(amounts) == 1:
            node.refuse("cần holds, hoặc part cùng whole", "needs holds, or else part with whole")
        title = node.child("title").both_languages()
        for words_of_title in (title.vi, title.en):
            if ("{missing}" in words_of_title) != bool(amounts) or words_of_title.replace("{missing}", "").count("{"):
                node.child("title").refuse(
                    "{missing} đứng trong tên khi và chỉ khi có part", "{missing} stands in the title of an amount, and only there"
                )
        rule = FindingRule(
            self._code(node.child("code")), title, sites.value, "", self._days(node.child("days")), self._criteria(node.child("criteria")),
            conditions.get("where"), conditions.get("among"), conditions.get("holds"), amounts.get("part"), amounts.get("whole"),
            self._share(node, has_amount=bool(amounts)), self._unit(node, has_amount=bool(amounts)),
        )  # fmt: skip
        return self._with_form(node, rule)

    def _with_form(self, node: Node, rule: FindingRule) -> FindingRule:
        forms = {subject.form for subject in rule.subjects() if subject.form is not None}
        if len(forms) != 1:
            node.refuse("một việc hỏi đúng một phiếu", "a finding asks exactly one form")
        form = str(forms.pop())
        photos = tuple(self._photo(part, form) for part in node.child("photos").items()) if node.has("photos") else ()
        return replace(rule, form=form, photos=photos)

    def _photo(self, node: Node, form: str) -> str:
        name = node.text()
        known = None if self._questions is None else self._questions.get(f"{form}.{name}", Question("unknown"))
        if known is not None and known.type != "image":
            node.refuse(f"phiếu {form} không có câu chụp ảnh {name}", f"the form {form} has no photo question {name}")
        return name

    def _code(self, node: Node) -> str:
        code = node.text()
        if not set(code) <= _CODE:
            node.refuse("mã chỉ gồm chữ thường, số và _", "a code is of lower-case letters, digits and _")
        return code

    def _days(self, node: Node) -> int:
        days = node.number()
        if days != int(days) or not _DAYS[0] <= days <= _DAYS[1]:
            node.refuse(f"phải là số ngày từ {_DAYS[0]} đến {_DAYS[1]}", f"must be a number of days from {_DAYS[0]} to {_DAYS[1]}")
        return int(days)

    def _share(self, node: Node, *, has_amount: bool) -> float:
        share = node.child("share")
        if share.value is None:
            return 1.0
        number = share.number()
        if not has_amount or not 0 < number <= 1:
            share.refuse("tỷ lệ từ 0 đến 1, chỉ cùng part và whole", "a share from 0 to 1, with part and whole only")
        node.child("share_source").both_languages()  # a number without a source is not taken (DESIGN 2.6)
        return number

    def _unit(self, node: Node, *, has_amount: bool) -> str:
        if not has_amount:
            return ""
        return node.child("unit").choice(_UNITS)

    def _criteria(self, node: Node) -> tuple[tuple[str, str], ...]:
        return tuple(self._criterion(part) for part in node.items()) if node.value is not None else ()

    def _criterion(self, node: Node) -> tuple[str, str]:
        edition, _, code = node.text().partition("/")
        known = None if self._editions is None else self._editions.get(edition)
        if self._editions is not None and known is None:
            node.refuse(
                f"chưa nạp bộ tiêu chí {edition}", f"the edition {edition} is not loaded",
                "Nạp bộ tiêu chí trước, hoặc bỏ dòng này.", "Load the edition first, or leave this out.",
            )  # fmt: skip
        if known is not None and code not in known:
            node.refuse(f"bộ {edition} không có tiêu chí {code}", f"the edition {edition} has no criterion {code}")
        return edition, code


def _asked(rule: FindingRule) -> Iterator[str]:
    return (subject.name for subject in rule.subjects() if not subject.is_attribute)
