"""The parts of a scenario: statements, entered rules, mergers, answers and what is expected, from YAML nodes to objects."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from survey.catalogue.vocabulary import Question
from survey.catalogue.yaml_files import Node
from survey.domain.conditions import Value
from survey.domain.outcomes import Outcome
from survey.domain.rules import TAKES_BACK, EntryKind, RuleEntry
from survey.domain.statements import Aspect, Statement
from survey.domain.times import VIETNAM
from survey.domain.verdicts import REASONS

MOST_SITES = 20_000
OUTCOMES = tuple(outcome.value for outcome in Outcome)
FIGURES = frozenset(
    {
        "value", "lowest", "highest", "numerator", "denominator", "registered", "visited", "known", "left_out", "unknown",
        "visits_fewest", "visits_most", "outcome", "reason", "decides", "unit", "coverage", "decided_by", "oldest", "newest",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Merged:
    """A hamlet, and from a day on the one that it is part of."""

    id: str
    becomes: str | None
    on: date | None


def answer_value(node: Node, question: Question | None) -> Value:
    """An answer as it counts: a number, or the codes chosen. Raises BROKEN_CATALOGUE."""
    if isinstance(node.value, int | float):
        value: Value = node.number()
    else:
        value = frozenset(part.text() for part in node.items()) if isinstance(node.value, list) else frozenset({node.text()})
    if question is None:
        return value
    if question.measured == "answered":
        return frozenset()
    if (question.measured == "number") != isinstance(value, float):
        node.refuse(
            "sai kiểu trả lời",
            "the wrong kind of answer",
            "Số cho câu hỏi số, mã cho câu chọn.",
            "A number for a number, a code for a choice.",
        )
    unknown = value - question.choices if isinstance(value, frozenset) else frozenset()
    if unknown:
        known = ", ".join(sorted(question.choices))
        node.refuse(
            f"không có lựa chọn {', '.join(sorted(unknown))[:80]}",
            f"no choice {', '.join(sorted(unknown))[:80]}",
            f"Có: {known}.",
            f"There are: {known}.",
        )
    return value


def listed(node: Node, key: str) -> tuple[Node, ...]:
    """The nodes of the list under *key*; none where it is not there."""
    return tuple(node.child(key).items()) if node.has(key) else ()


def plain(node: Node) -> object:
    """An attribute of the register: a number, yes, no or a text."""
    if isinstance(node.value, int | float):
        return node.number()
    text = node.text()
    return {"yes": True, "no": False}.get(text, text)


def whole(node: Node) -> int:
    """The node as a number of sites."""
    number = node.number()
    if number != int(number) or not 0 < number <= MOST_SITES:
        node.refuse(
            f"phải là số nguyên từ 1 đến {MOST_SITES}", f"must be a whole number from 1 to {MOST_SITES}", "Ví dụ 60.", "Such as 60."
        )
    return int(number)


def site_names(part: Node, prefix: str) -> list[str]:
    """The sites that *part* names; a number makes that many, named after *prefix*."""
    if part.has("site") == part.has("sites"):
        part.refuse(
            "cần một trong: site, sites", "needs one of: site, sites", "Viết site: HO-1 hoặc sites: 60.", "Write site: HO-1 or sites: 60."
        )
    if part.has("site"):
        return [part.child("site").name() or part.child("site").text()]
    if isinstance(part.child("sites").value, int):
        return [f"{prefix}-{number}" for number in range(1, whole(part.child("sites")) + 1)]
    return [one.name() or one.text() for one in part.child("sites").filled()]


def needed_day(node: Node) -> date:
    """The day at *node*, which must be there."""
    return node.day() or node.refuse("thiếu ngày", "a day is missing", "Viết dạng 2026-11-23.", "Write it as 2026-11-23.")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), VIETNAM)


def merged(node: Node) -> Merged:
    """One line of `hamlets`."""
    node.mapping(frozenset({"id", "becomes", "on"}))
    becomes = node.child("becomes").name()
    return Merged(
        node.child("id").name() or node.child("id").text(), becomes, needed_day(node.child("on")) if becomes else node.child("on").day()
    )


def read_statement(node: Node, number: int, criterion: str | None) -> Statement:
    """What a person states; *criterion* is the scenario's own. Raises BROKEN_CATALOGUE."""
    node.mapping(frozenset({"aspect", "criterion", "hamlet", "outcome", "level", "value", "document", "on"}))
    outcome = Outcome(node.child("outcome").choice(OUTCOMES[:2]))
    has_document = node.child("document").choice(("yes", "no"), "no") == "yes"
    about, on = node.child("criterion").name() or criterion, needed_day(node.child("on"))
    if about is None:
        node.child("criterion").refuse("thiếu tiêu chí", "no criterion", 'Viết criterion: "6".', 'Write criterion: "6".')
    return Statement(
        edition="", criterion=about, hamlet=node.child("hamlet").name(),
        aspect=Aspect(node.child("aspect").choice(tuple(Aspect), Aspect.STATE)), number=number, outcome=outcome,
        level=node.child("level").optional_text() or "", value=node.child("value").number() if node.has("value") else None, stated_on=on,
        document="0" * 64 if has_document else None, document_name="", note="", person="", at=_noon(on),
    )  # fmt: skip


def read_entry(node: Node, number: int, criterion: str | None) -> RuleEntry:
    """An entered rule; `takes_back: 1` withdraws the first."""
    node.mapping(frozenset({"at", "kind", "criterion", "indicator", "content", "source", "address", "takes_back"}))
    if node.has("takes_back"):
        kind, content = EntryKind.WITHDRAWAL, dict[str, Any]({TAKES_BACK: whole(node.child("takes_back"))})
    else:
        kind = EntryKind(node.child("kind").choice(tuple(EntryKind), EntryKind.THRESHOLD))
        body = node.child("content")
        body.words()
        content = {"status": "entered"} | dict(body.value) if kind is EntryKind.THRESHOLD else dict(body.value)
    about = None if kind is EntryKind.EDITION else node.child("criterion").name() or criterion
    source = node.child("source").optional_text() or "–"
    return RuleEntry(
        number, kind, about, node.child("indicator").name(), content, source, node.child("address").optional_text() or "",
        "", "", _noon(needed_day(node.child("at"))),
    )  # fmt: skip


def read_expected(node: Node) -> dict[str, Any]:
    """What the officer expects, by key. Raises BROKEN_CATALOGUE."""
    expected: dict[str, Any] = {}
    if node.has("verdict"):
        expected["verdict"] = node.child("verdict").choice(OUTCOMES)
    if node.has("because"):
        expected["because"] = node.child("because").choice(REASONS)
    expected |= {key: node.child(key).flag(default=False) for key in ("history_mark", "disagrees") if node.has(key)}
    if node.has("figures"):
        figures = node.child("figures")
        expected["figures"] = {code: _figures(figures.child(code)) for code in figures.words()}
    if node.has("score"):
        node.child("score").mapping(frozenset({"met", "total"}))
        expected["score"] = {key: node.child("score").child(key).number() for key in ("met", "total")}
    if not expected:
        node.refuse(
            "chưa ghi điều mong đợi",
            "nothing is expected",
            "Thêm verdict: met, not_met hoặc not_enough_data.",
            "Add verdict: met, not_met or not_enough_data.",
        )
    if not node.has("criterion") and set(expected) != {"score"}:
        node.child("criterion").refuse("thiếu tiêu chí", "no criterion", 'Viết criterion: "3".', 'Write criterion: "3".')
    return expected


def _figures(node: Node) -> dict[str, object]:
    node.mapping(FIGURES)
    return dict(node.value)
