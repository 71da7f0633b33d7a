"""The answers of a submission as a person reads them: the form's labels and choices, grouped, with what breaks its rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from survey.domain.counting import repeat_key
from survey.domain.ports import Row
from survey.domain.sites import Site, said_by_code
from survey.domain.submissions import Submission
from survey.web import text
from survey.web.text import _

MISSING, IMPOSSIBLE = "answers_missing", "answers_impossible"
_DEPTH = 4  # deeper groups get no smaller heading


@dataclass(frozen=True)
class Line:
    """A heading (*value* is None) or a question with its answer; *fault* says which rule of the form is broken."""

    depth: int
    label: str
    value: str | None = None
    fault: str = ""


def show_answers(submission: Submission, tree: Mapping[str, Any] | None, flags: tuple[Row, ...], site: Site | None) -> None:
    """Show all answers in one table, *site* by its code; the bare paths where the form is not loaded."""
    answers = said_by_code(submission.answers, site)
    if tree is None:
        words = _("The form {form}, version {version}, is not loaded: answers are shown without its texts.",
                  form=submission.form, version=submission.form_version)  # fmt: skip
        st.warning(words)
        lines = [Line(1, path, _plain(value)) for path, value in answers.items()]
    else:
        lines = answer_lines(tree, answers, faulty_questions(flags), text.locale())
    if not lines:
        st.write(_("The form holds no answers."))
    st.html(_STYLE + '<dl class="answers">' + "".join(map(_html, lines)) + "</dl>")


def answer_lines(tree: Mapping[str, Any], answers: Mapping[str, object], faults: Mapping[str, str], locale: str) -> list[Line]:
    """The lines of a form filled with *answers* (by path, repeats numbered); *faults* name the check that each bad question failed."""
    return list(_Reading(tree, answers, faults, locale).lines(tree.get("children", []), 1))


def question_labels(tree: Mapping[str, Any] | None, locale: str) -> dict[str, str]:
    """Each question's label by its name."""
    return {node["name"]: said(node.get("label"), locale) or node["name"] for node in _nodes(tree.get("children", []) if tree else [])}


def said(label: object, locale: str, answers: Mapping[str, object] | None = None) -> str:
    """A text of a form in *locale*, else in any language it has; an output of an answer is put in, any other as an ellipsis."""
    if not isinstance(label, Mapping) or not label:
        return ""
    parts = label.get(locale) or next(iter(label.values()))
    return parts if isinstance(parts, str) else "".join(_part(part, answers or {}) for part in parts)


def faulty_questions(flags: tuple[Row, ...]) -> dict[str, str]:
    """The questions that the form's own rules found fault with, and which check that was."""
    return {
        name: flag["code"] for flag in flags if flag["code"] in {MISSING, IMPOSSIBLE} for name in flag["figures"].get("questions", [])
    }


@dataclass(frozen=True)
class _Reading:
    tree: Mapping[str, Any]
    answers: Mapping[str, object]
    faults: Mapping[str, str]
    locale: str

    def lines(self, nodes: list[Mapping[str, Any]], depth: int, repeat: tuple[str, ...] = ()) -> Iterator[Line]:
        for node in nodes:
            if node["kind"] == "repeat":
                for number in self._numbers(node["path"], repeat):
                    yield from self._group(node, depth, (*repeat, number), f" {number}")
            elif node["kind"] == "group":
                yield from self._group(node, depth, repeat, "")
            elif node["kind"] != "note" and node.get("type") != "image":  # photos are shown as such
                yield from self._question(node, depth, repeat)

    def _group(self, node: Mapping[str, Any], depth: int, repeat: tuple[str, ...], number: str) -> Iterator[Line]:
        inside = list(self.lines(node.get("children", []), depth + 1, repeat))
        label = said(node.get("label"), self.locale, self.answers)
        if inside and label:
            yield Line(depth, label + number)
        yield from inside

    def _question(self, node: Mapping[str, Any], depth: int, repeat: tuple[str, ...]) -> Iterator[Line]:
        key = node["path"] + (f"[{'.'.join(repeat)}]" if repeat else "")
        fault = self.faults.get(node["name"], "")
        label = said(node.get("label"), self.locale, self.answers)
        if key in self.answers and (label or fault):
            broken = said(node.get("constraint_message"), self.locale) or _("breaks a condition of the form")
            yield Line(depth, label or node["name"], self._value(node, self.answers[key]), broken if fault == IMPOSSIBLE else "")
        elif fault == MISSING:
            yield Line(depth, label or node["name"], "–", _("required, but not answered"))

    def _value(self, node: Mapping[str, Any], value: object) -> str:
        if node.get("choices"):
            codes = value if isinstance(value, list) else str(value).split()
            known = {choice["name"]: said(choice.get("label"), self.locale) for choice in self.tree["choices"].get(node["choices"], [])}
            return ", ".join(known.get(str(code)) or str(code) for code in codes)
        return _plain(value)

    def _numbers(self, path: str, repeat: tuple[str, ...]) -> list[str]:
        """The numbers of a repeat's instances that hold answers, inside the instance *repeat* of the repeats around it."""
        keys = [repeat_key(key).split(".") for key in self.answers if key.startswith(f"{path}/")]
        inside = {key[len(repeat)] for key in keys if tuple(key[: len(repeat)]) == repeat and len(key) > len(repeat)}
        return sorted(inside, key=lambda number: (len(number), number))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return text.format_number(value)
    if isinstance(value, Mapping) and "latitude" in value:
        return f"{value['latitude']:.6f}, {value['longitude']:.6f}"
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    return str(value)


def _part(part: object, answers: Mapping[str, object]) -> str:
    if isinstance(part, str):
        return part
    expression = part.get("expr") if isinstance(part, Mapping) else None
    path = expression.get("path") if isinstance(expression, Mapping) else None
    return _plain(answers[path]) if isinstance(path, str) and path in answers else "…"


def _nodes(nodes: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node
        yield from _nodes(node.get("children", []))


def _html(line: Line) -> str:
    if line.value is None:
        return f'<dt class="group d{min(line.depth, _DEPTH)}">{escape(line.label)}</dt>'
    fault = f'<strong class="fault">{escape(_("Warning"))}: {escape(line.fault)}</strong>' if line.fault else ""
    return f"<dt>{escape(line.label)}</dt><dd>{escape(line.value)}{fault}</dd>"


_STYLE = """<style>
dl.answers { display: grid; grid-template-columns: minmax(8rem, 2fr) minmax(6rem, 3fr); gap: .25rem .75rem; margin: 0; padding: 0; }
dl.answers dt { font-weight: 400; opacity: .85; overflow-wrap: anywhere; }
dl.answers dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; white-space: pre-line; }
dl.answers dt.group { grid-column: 1 / -1; font-weight: 700; opacity: 1; margin-top: .6rem;
  border-bottom: 1px solid var(--st-border-color); }
dl.answers .fault { display: block; font-weight: 600; }
@media (max-width: 480px) {
  dl.answers { grid-template-columns: 1fr; gap: 0 } dl.answers dd { margin-bottom: .5rem } }
</style>"""
