"""The small vocabulary of indicators and conditions, from YAML nodes to domain objects; docs/criteria.md shows each with an example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from survey.catalogue.yaml_files import Node
from survey.domain.conditions import AllOf, AnyOf, Asks, Comparison, Condition, NoneOf, Subject
from survey.domain.indicators import Amount
from survey.domain.sites import ATTRIBUTES, SiteKind, ValueType

_NUMBERS = frozenset({"integer", "decimal", "calculate"})
_CHOICES = frozenset({"select_one", "select_multiple"})
_ATTRIBUTE_KINDS = {ValueType.INTEGER: "integer", ValueType.DECIMAL: "decimal", ValueType.TEXT: "text"}
_UNCHECKED = "unchecked"  # of a stored edition: it was checked when it was loaded
_AMBIGUOUS = "ambiguous"  # of a name that stands in several groups of a form: nobody could say which is meant
_NUMERIC = (Comparison.AT_LEAST, Comparison.AT_MOST, Comparison.ABOVE, Comparison.BELOW)
_COMBINED: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {"all_of": AllOf, "any_of": AnyOf, "none_of": NoneOf}
_KEYS = frozenset({"question", "attribute", *_COMBINED, *Comparison})
_EVERY_SITE = "sites"  # count: sites adds one for each


@dataclass(frozen=True)
class Question:
    """What an edition may know of a form's question: its type and, for a choice, its codes."""

    type: str
    choices: frozenset[str] = frozenset()

    @property
    def measured(self) -> str:
        """How its answers are kept for figures: as a `number`, as a `code`, or only that it was `answered`."""
        return "number" if self.type in _NUMBERS else "code" if self.type in _CHOICES else "answered"


Questions = Mapping[str, Question]
"""By `form.question`."""


def read_questions(form: str, tree: Mapping[str, Any]) -> dict[str, Question]:
    """The questions of a form's JSON tree, keyed `form.question`."""
    lists = {name: frozenset(str(choice["name"]) for choice in choices) for name, choices in tree.get("choices", {}).items()}
    found: dict[str, Question] = {}
    waiting = list(tree.get("children", ()))
    while waiting:
        node = waiting.pop()
        waiting.extend(node.get("children", ()))
        if node.get("kind") in ("question", "calculate"):
            name = f"{form}.{node['name']}"
            codes = lists.get(node.get("choices", ""), frozenset())
            found[name] = Question(_AMBIGUOUS if name in found else node.get("type", "calculate"), codes)
    return found


@dataclass(frozen=True)
class Vocabulary:
    """What conditions about sites of one *kind* may ask: the known *questions* and the register's attributes of that kind."""

    kind: SiteKind
    questions: Questions | None

    def condition(self, node: Node) -> Condition:
        """The condition at *node*. Raises BROKEN_CATALOGUE."""
        node.mapping(_KEYS)
        for key, combined in _COMBINED.items():
            if node.has(key):
                if len(node.value) > 1:
                    node.refuse(
                        f"{key} không đứng cùng khóa khác", f"{key} stands alone",
                        f"Đưa các điều kiện khác vào trong {key}.", f"Put the other conditions inside {key}.",
                    )  # fmt: skip
                return combined(tuple(self.condition(part) for part in node.child(key).filled()))
        subject, kind, codes = self._subject(node)
        tests = [test for test in Comparison if node.has(test.value)]
        if len(tests) != 1:
            known = ", ".join(Comparison)
            node.refuse(
                f"cần đúng một trong: {known}", f"needs exactly one of: {known}",
                "Nhiều điều kiện thì dùng all_of.", "For several conditions use all_of.",
            )  # fmt: skip
        return self._test(node.child(tests[0].value), subject, tests[0], kind, codes)

    def amount(self, node: Node) -> Amount:
        """What a site adds to a sum. Raises BROKEN_CATALOGUE."""
        node.mapping(frozenset({"question", "attribute", "count", "when"}))
        when = self.condition(node.child("when")) if node.has("when") else None
        if node.has("count") and not node.has("question") and not node.has("attribute"):
            node.child("count").choice((_EVERY_SITE,))
            return Amount(None, when)
        subject, kind, _ = self._subject(node)
        self._check_number(node, subject, kind)
        return Amount(subject, when)

    def _subject(self, node: Node) -> tuple[Subject, str, frozenset[str]]:
        if node.has("question") == node.has("attribute"):
            node.refuse(
                "cần một trong: question, attribute", "needs one of: question, attribute",
                "question: phiếu.câu_hỏi, hoặc attribute: thuộc tính của sổ bộ.",
                "question: form.question, or attribute: one of the register's.",
            )  # fmt: skip
        if node.has("question"):
            return self._question(node.child("question"))
        return self._attribute(node.child("attribute"))

    def _question(self, node: Node) -> tuple[Subject, str, frozenset[str]]:
        name = node.text()
        if self.questions is None:
            return Subject(name), _UNCHECKED, frozenset()
        known = self.questions.get(name)
        if known is None:
            node.refuse(
                f"không có câu hỏi {name}", f"there is no question {name}",
                "Viết dạng phiếu.câu_hỏi, xem docs/forms.md; nạp phiếu trước bộ tiêu chí.",
                "Write form.question, see docs/forms.md; load the form before the edition.",
            )  # fmt: skip
        if known.type == _AMBIGUOUS:
            node.refuse(
                f"tên {name} có ở nhiều nhóm của phiếu", f"the name {name} stands in several groups of the form",
                "Đặt tên khác nhau cho các câu hỏi đó trong phiếu.", "Give those questions of the form different names.",
            )  # fmt: skip
        return Subject(name), known.type, known.choices

    def _attribute(self, node: Node) -> tuple[Subject, str, frozenset[str]]:
        name = node.text()
        attribute = next((known for known in ATTRIBUTES[self.kind] if known.name == name), None)
        if attribute is None:
            known = ", ".join(attribute.name for attribute in ATTRIBUTES[self.kind])
            node.refuse(
                f"sổ bộ không có thuộc tính {name}", f"the register has no attribute {name}", f"Có: {known}.", f"There are: {known}."
            )
        codes = frozenset({"yes", "no"}) if attribute.type is ValueType.YES_NO else frozenset(attribute.choices)
        return Subject(name, is_attribute=True), _ATTRIBUTE_KINDS.get(attribute.type, "select_one"), codes

    def _test(self, node: Node, subject: Subject, test: Comparison, kind: str, codes: frozenset[str]) -> Condition:
        if test is Comparison.ANSWERED:
            if not node.flag(default=True) or subject.is_attribute:
                node.refuse(
                    "chỉ dùng answered: true cho câu hỏi", "only answered: true, for questions",
                    "Cần điều ngược lại thì dùng none_of.", "For the opposite use none_of.",
                )  # fmt: skip
            return Asks(subject, test)
        if test in _NUMERIC:
            self._check_number(node, subject, kind)
            return Asks(subject, test, number=node.number())
        wanted = frozenset(part.text() for part in node.filled()) if test is Comparison.IN else frozenset({node.text()})
        if kind != _UNCHECKED:
            self._check_codes(node, subject, kind, wanted - codes, codes)
        return Asks(subject, test, codes=wanted)

    def _check_number(self, node: Node, subject: Subject, kind: str) -> None:
        if kind not in _NUMBERS and kind != _UNCHECKED:
            node.refuse(
                f"{subject.name} không phải là số", f"{subject.name} is not a number",
                "Câu chọn thì dùng is, in hoặc includes.", "For a choice use is, in or includes.",
            )  # fmt: skip

    def _check_codes(self, node: Node, subject: Subject, kind: str, unknown: frozenset[str], codes: frozenset[str]) -> None:
        if kind not in _CHOICES:
            node.refuse(
                f"{subject.name} không phải là câu chọn", f"{subject.name} is not a choice",
                "Số thì dùng at_least, at_most, above, below; còn lại dùng answered: true.",
                "For a number use at_least, at_most, above, below; else answered: true.",
            )  # fmt: skip
        if unknown:
            names, known = ", ".join(sorted(unknown)), ", ".join(sorted(codes))
            node.refuse(
                f"{subject.name} không có lựa chọn {names}", f"{subject.name} has no choice {names}",
                f"Có: {known}.", f"There are: {known}.",
            )  # fmt: skip
