"""Answers as a person reads them: each question's own words beside what was answered, from the form's tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey.bundle import words
from survey.bundle.names import Names, plain
from survey.bundle.spool import Spool
from survey.bundle.tables import csv_chunks
from survey.domain.evidence import Evidence, Item
from survey.domain.sites import said_by_code
from survey.domain.submissions import Fix

_SILENT = frozenset({"note"})


@dataclass(frozen=True)
class Question:
    """One question of a form: its path, Vietnamese label, type, and the labels of its choices by code.

    *is_asked* is False for what the form notes by itself, without words for a person.
    """

    path: str
    label: str
    is_asked: bool
    type: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Answered:
    """One answer in words; *repeat* is the number of the repeat that it was given in."""

    question: Question
    repeat: str
    text: str


HEAD = ("Mã bài nộp", "Mã đối tượng", "Tên đối tượng", "Thôn")
"""What stands before the answers."""


@dataclass(frozen=True)
class FormTable:
    """All answers to one form: questions and titles of columns by path, and rows keyed by `HEAD` and by those titles."""

    form: str
    title: str
    asked: Mapping[str, Question]
    columns: Mapping[str, str]
    rows: Iterator[dict[str, object]]


def questions(tree: Mapping[str, Any]) -> list[Question]:
    """The questions of a form in its order, groups opened."""
    return list(_questions(tree.get("children", ()), tree.get("choices", {})))


def answered(asked: Sequence[Question], answers: Mapping[str, Any]) -> list[Answered]:
    """What was answered, in the form's order, repeats by number; *answers* are keyed `path` or `path[repeat]`."""
    by_path: dict[str, list[tuple[str, Any]]] = {}
    for key, value in answers.items():
        path, _, repeat = key.partition("[")
        by_path.setdefault(path, []).append((repeat.removesuffix("]"), value))
    return [
        Answered(question, repeat, text_of(question, value))
        for question in asked
        for repeat, value in sorted(by_path.get(question.path, ()), key=lambda pair: _repeat_order(pair[0]))
        if value not in (None, "", [])
    ]


def text_of(question: Question, value: Any) -> str:
    """*value* in words: choices by their labels, numbers and positions as offices write them."""
    if isinstance(value, str):
        return question.choices.get(value, value)
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int | float):
        return words.number(value, 3)
    if question.type == "geopoint":
        return _position(value)
    if isinstance(value, list):
        return ", ".join(question.choices.get(str(code), str(code)) for code in value)
    return str(value)


def add_answers(spool: Spool, evidence: Evidence) -> None:
    """Put one table a form into *spool*: a line for each submission, a column for each question; repeats share a cell."""
    names = Names()
    for table in form_tables(evidence):
        columns = (*HEAD, *table.columns.values())
        spool.add(names.once(f"ho-so/phieu-{plain(table.form)}", ".csv"), csv_chunks(columns, table.rows))


def form_tables(evidence: Evidence) -> Iterator[FormTable]:
    """The answers form by form; take each table's rows before the next table."""
    for form in sorted({item.form for item in evidence.items}):
        items = [item for item in evidence.items if item.form == form]
        newest = evidence.forms.get((form, max(item.form_version for item in items)), {})
        asked, columns = _columns(evidence, items)
        yield FormTable(form, label(newest.get("title")) or form, asked, columns, _rows(evidence, items, columns))


def _columns(evidence: Evidence, items: Sequence[Item]) -> tuple[dict[str, Question], dict[str, str]]:
    # Later versions of a form add questions behind those of earlier ones.
    asked: dict[str, Question] = {}
    for version in sorted({item.form_version for item in items}):
        for question in questions(evidence.forms.get((items[0].form, version), {})):
            asked.setdefault(question.path, question)
    return asked, {path: f"{question.label} [{path.removeprefix('/data/')}]" for path, question in asked.items()}


def _rows(evidence: Evidence, items: Sequence[Item], columns: Mapping[str, str]) -> Iterator[dict[str, object]]:
    asked = {key: questions(tree) for key, tree in evidence.forms.items()}
    for item, answers in evidence.answers(items):
        site = evidence.sites[item.site]
        row: dict[str, object] = {
            "Mã bài nộp": item.code,
            "Mã đối tượng": site.code,
            "Tên đối tượng": site.name,
            "Thôn": evidence.hamlet_names.get(item.hamlet or "", ""),
        }
        for answer in answered(asked.get((item.form, item.form_version), []), said_by_code(answers, site)):
            column = columns[answer.question.path]
            row[column] = f"{row[column]} | {answer.text}" if column in row else _plain_number(answer, answers)
        yield row


def _plain_number(answer: Answered, answers: Mapping[str, Any]) -> object:
    # A number outside repeats stays a number, so that a spreadsheet can add it up.
    value = answers.get(answer.question.path)
    return value if isinstance(value, int | float) and not answer.repeat else answer.text


def _questions(children: Sequence[Mapping[str, Any]], choices: Mapping[str, Any]) -> Iterator[Question]:
    for node in children:
        if node["kind"] in {"question", "calculate"} and node.get("type") not in _SILENT:
            listed = choices.get(node.get("choices", ""), ())
            labels = {choice["name"]: label(choice.get("label")) or choice["name"] for choice in listed}
            text = label(node.get("label"))
            yield Question(node["path"], text or node["name"], bool(text), node.get("type", ""), labels)
        yield from _questions(node.get("children", ()), choices)


def label(labels: Any) -> str:
    """The Vietnamese text of a label by language, else its first; an inserted answer shows as an ellipsis."""
    if not isinstance(labels, Mapping) or not labels:
        return ""
    parts = labels.get("vi") or next(iter(labels.values()))
    if isinstance(parts, str):
        return parts
    return "".join(part if isinstance(part, str) else "…" for part in parts).strip()


def _position(value: Any) -> str:
    if isinstance(value, Mapping):
        value = [value.get(key) for key in ("latitude", "longitude", "accuracy_m")]
        return words.position(Fix(value[0], value[1], value[2]))
    if isinstance(value, list) and len(value) > 1:
        return words.position(Fix(float(value[0]), float(value[1])))
    return str(value)


def _repeat_order(repeat: str) -> list[int]:
    return [int(part) for part in repeat.split(".") if part.isdecimal()]
