"""Scenarios: cases of a rule in words that an officer can write and check, read from YAML; docs/criteria.md lists the keys.

`scenario_run.py` works them out; `python -m survey try-rules FILE.yaml` shows what came.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from survey.catalogue.scenario_parts import (
    MOST_SITES,
    Merged,
    answer_value,
    listed,
    merged,
    needed_day,
    plain,
    read_entry,
    read_expected,
    read_statement,
    site_names,
    whole,
)
from survey.catalogue.vocabulary import Questions
from survey.catalogue.yaml_files import Node, read_any_yaml, refuse
from survey.domain.conditions import Value
from survey.domain.rules import RuleEntry
from survey.domain.sites import ATTRIBUTES, SiteKind
from survey.domain.statements import Statement

_MOST_SCENARIOS = 1_000
_KEYS = frozenset(
    {
        "name", "vi", "edition", "criterion", "hamlet", "garden", "on", "history", "samples", "group", "todays_rules",
        "hamlets", "register", "submissions", "statements", "entries",
        "verdict", "because", "history_mark", "figures", "score", "disagrees",
    }
)  # fmt: skip
_SITE_KEYS = frozenset({"site", "sites", "hamlet", "kind", "known"})
_SUBMISSION_KEYS = frozenset({"form", "site", "sites", "hamlet", "captured"})


@dataclass(frozen=True)
class Registered:
    """One site of a scenario's register, known from a day on (None: always)."""

    site: str
    hamlet: str | None
    kind: SiteKind
    attributes: Mapping[str, object]
    known: date | None


@dataclass(frozen=True)
class Filled:
    """One accepted submission of a scenario, with its number there; captured on a day (None: at any time)."""

    number: int
    site: str
    form: str
    answers: Mapping[str, Value]
    captured: date | None


@dataclass(frozen=True)
class Scenario:
    """One case: a place with its register, submissions, statements and entered rules, the day, and what is expected of it."""

    node: Node
    name: str
    vi: str | None
    edition: str
    criterion: str | None
    hamlet: str | None
    garden: str | None
    on: date
    history: bool
    samples: bool
    group: str | None
    todays_rules: bool
    hamlets: tuple[Merged, ...]
    register: tuple[Registered, ...]
    submissions: tuple[Filled, ...]
    statements: tuple[Statement, ...]
    entries: tuple[RuleEntry, ...]
    expected: Mapping[str, Any]

    def title(self, locale: str) -> str:
        """What the case is about, in Vietnamese where it has such a line."""
        return self.vi if self.vi is not None and locale == "vi" else self.name


def read_scenarios(path: Path, questions: Questions | None = None) -> list[Scenario]:
    """The cases in *path*, checked against the known *questions* (None: not checked). Raises BROKEN_CATALOGUE with key and remedy."""
    document = read_any_yaml(path)
    nodes = [Node(path.name, f"[{number}]", value) for number, value in enumerate(document)] if isinstance(document, list) else []
    if not nodes or len(nodes) > _MOST_SCENARIOS:
        refuse(
            path.name, "YAML", "phải là danh sách tình huống", "must be a list of scenarios",
            remedy_vi="Mỗi tình huống bắt đầu bằng dấu - ; docs/criteria.md có ví dụ.",
            remedy_en="Each begins with a dash; docs/criteria.md has examples.",
        )  # fmt: skip
    return [_Reader(node, questions).scenario() for node in nodes]


class _Reader:
    def __init__(self, node: Node, questions: Questions | None) -> None:
        node.mapping(_KEYS)
        name = node.child("name").text()
        self._node, self._questions = Node(node.file, f"[{name[:40]}]", node.value), questions
        self._register: list[Registered] = []
        self._taken: set[tuple[str, str]] = set()

    def scenario(self) -> Scenario:
        """The whole case. Raises BROKEN_CATALOGUE."""
        node = self._node
        on = needed_day(node.child("on"))
        self._register = self._sites()
        criterion = node.child("criterion").name()
        return Scenario(
            node=node, name=node.child("name").text(), vi=node.child("vi").optional_text(), edition=node.child("edition").code(),
            criterion=criterion, hamlet=node.child("hamlet").name(), garden=node.child("garden").name(), on=on,
            history=node.child("history").flag(default=False), samples=node.child("samples").flag(default=True),
            group=node.child("group").name(),
            todays_rules=node.child("todays_rules").flag(default=False), hamlets=tuple(map(merged, listed(node, "hamlets"))),
            register=tuple(self._register), submissions=self._submissions(),
            statements=tuple(read_statement(part, number, criterion) for number, part in enumerate(listed(node, "statements"), 1)),
            entries=tuple(read_entry(part, number, criterion) for number, part in enumerate(listed(node, "entries"), 1)),
            expected=read_expected(node),
        )  # fmt: skip

    def _sites(self) -> list[Registered]:
        found: list[Registered] = []
        for part in listed(self._node, "register"):
            kind = SiteKind(part.child("kind").choice(tuple(SiteKind), SiteKind.HOUSEHOLD))
            names = frozenset(attribute.name for attribute in ATTRIBUTES[kind])
            attributes = {key: plain(part.child(key)) for key in part.mapping(_SITE_KEYS | names) if key in names}
            hamlet, known = part.child("hamlet").name(), part.child("known").day()
            found += [Registered(site, hamlet, kind, attributes, known) for site in site_names(part, f"{hamlet or '-'}-{len(found)}")]
            if len(found) > MOST_SITES:
                part.refuse(f"quá {MOST_SITES} đối tượng", f"over {MOST_SITES} sites", "Bớt đi.", "Take fewer.")
        if len({one.site for one in found}) < len(found):
            self._node.child("register").refuse(
                "một đối tượng có hai lần", "a site is there twice", "Đặt mã khác nhau.", "Give them different codes."
            )
        return found

    def _submissions(self) -> tuple[Filled, ...]:
        found: list[Filled] = []
        for number, part in enumerate(listed(self._node, "submissions")):
            form = part.child("form").text()
            answers = {
                f"{form}.{key}": self._answer(part.child(key), form)
                for key in part.words()
                if key not in _SUBMISSION_KEYS and part.has(key)
            }  # fmt: skip
            captured = part.child("captured").day()
            found += [Filled(number, site, form, answers, captured) for site in self._visited(part, form)]
        return tuple(found)

    def _visited(self, part: Node, form: str) -> list[str]:
        if not isinstance(part.child("sites").value, int):
            named = site_names(part, "")
            for site in named:
                if all(site != one.site for one in self._register):
                    part.refuse(
                        f"sổ bộ không có {site[:60]}", f"the register has no {site[:60]}", "Thêm vào register.", "Add it to register."
                    )
            self._taken |= {(form, site) for site in named}
            return named
        count, hamlet = whole(part.child("sites")), part.child("hamlet").name()
        kind = SiteKind(form) if form in tuple(SiteKind) else SiteKind.HOUSEHOLD
        free = [
            one.site
            for one in self._register
            if one.kind is kind and hamlet in (None, one.hamlet) and (form, one.site) not in self._taken
        ][:count]  # fmt: skip
        if len(free) < count:
            part.child("sites").refuse(
                f"sổ bộ chỉ còn {len(free)} đối tượng chưa khảo sát", f"the register has only {len(free)} left to visit",
                "Sửa số ở sites hoặc thêm vào register.", "Correct sites, or add to register.",
            )  # fmt: skip
        self._taken |= {(form, site) for site in free}
        return free

    def _answer(self, node: Node, form: str) -> Value:
        name = f"{form}.{node.path.rpartition('.')[2]}"
        question = None if self._questions is None else self._questions.get(name)
        if self._questions is not None and question is None:
            node.refuse(f"không có câu hỏi {name[:80]}", f"there is no question {name[:80]}", "Xem docs/forms.md.", "See docs/forms.md.")
        return answer_value(node, question)
