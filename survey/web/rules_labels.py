"""What an edition asks, in the words of the checklists: labels of questions, choices and attributes, for the rules page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.domain.columns import CHOICE_NAMES, COLUMN_NAMES, choice_label, field_label
from survey.domain.conditions import Subject
from survey.domain.sites import ATTRIBUTES, SiteKind, ValueType
from survey.web import text
from survey.web.review_answers import said

_ASKED = frozenset({"integer", "decimal", "calculate", "select_one", "select_multiple", "image"})
_NUMBERS = frozenset({"integer", "decimal", "calculate"})
_NUMERIC = frozenset({ValueType.INTEGER, ValueType.DECIMAL})


@dataclass(frozen=True)
class Asked:
    """A question or attribute as a person knows it; *name* is how an edition writes it, *choices* are code to label.

    *label* says the checklist too, where one is chosen; *words* do in a sentence.
    """

    name: str
    label: str
    words: str
    site_kind: str
    is_attribute: bool = False
    is_number: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> dict[str, str]:
        """The subject in an edition's words."""
        return {"attribute" if self.is_attribute else "question": self.name}


@dataclass(frozen=True)
class Labels:
    """Every question of the loaded checklists and every attribute of the register, by name and kind."""

    questions: Mapping[str, Asked]

    def of(self, subject: Subject, kind: str) -> Asked:
        """How *subject* of a kind of site is known; its bare name where the checklist has it no more."""
        known = next((one for one in attributes_of(kind) if one.name == subject.name), None) if subject.is_attribute else None
        return known or self.questions.get(subject.name) or Asked(subject.name, subject.name, subject.name, kind, subject.is_attribute)

    def numbers(self, kind: str) -> list[Asked]:
        """What can be summed of a kind of site: questions first, then attributes."""
        return [one for one in [*self.of_kind(kind), *attributes_of(kind)] if one.is_number]

    def of_kind(self, kind: str) -> list[Asked]:
        """The questions that are asked of a kind of site."""
        found = [one for one in self.questions.values() if one.site_kind == kind]
        return sorted(found, key=lambda one: not (one.choices or one.is_number))  # photos last: few rules ask whether one was taken


def read_labels(trees: Mapping[str, Mapping[str, Any]], locale: str) -> Labels:
    """The labels of the newest version of each checklist, with the checklist's title where two would read alike."""
    found: dict[str, Asked] = {}
    for form, tree in trees.items():
        lists = {name: {str(one["name"]): said(one.get("label"), locale) or str(one["name"]) for one in choices}
                 for name, choices in tree.get("choices", {}).items()}  # fmt: skip
        title = tree.get("title") or {}
        for node in _questions(tree.get("children", ())):
            label = said(node.get("label"), locale) or node["name"]
            name = f"{form}.{node['name']}"
            found[name] = Asked(
                name, f"{label} ({title.get(locale) or form})", label.rstrip("?"), str(tree.get("site_kind") or ""),
                is_number=node.get("type", "calculate") in _NUMBERS, choices=lists.get(node.get("choices", ""), {}),
            )  # fmt: skip
    return Labels(found)


def attributes_of(kind: str) -> list[Asked]:
    """The register's attributes of a kind of site that a rule can ask."""
    return [
        Asked(
            one.name,
            _attribute_label(one.name),
            _attribute_label(one.name),
            kind,
            is_attribute=True,
            is_number=one.type in _NUMERIC,
            choices=_choices(one.name, one.type),
        )
        for one in (ATTRIBUTES[SiteKind(kind)] if kind in tuple(SiteKind) else ())
        if one.type is not ValueType.TEXT
    ]


def _attribute_label(name: str) -> str:
    return field_label(name, text.locale()) if name in COLUMN_NAMES else name


def _choices(name: str, kind: ValueType) -> dict[str, str]:
    question = "yes_no" if kind is ValueType.YES_NO else name
    return {code: choice_label(question, code, text.locale()) for code in CHOICE_NAMES.get(question, ())}


def _questions(nodes: Any) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        if node.get("kind") in ("question", "calculate") and node.get("type", "calculate") in _ASKED and node.get("label"):
            yield node
        yield from _questions(node.get("children", ()))
