"""Forms: a checklist as compiled, and what a check of a submission's answers against it found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SITE_KINDS = ("household", "road_segment", "public_place")


@dataclass(frozen=True)
class CompiledForm:
    """One XLSForm checklist: for ODK Collect as *xform* (*xform_md5* is `md5:` and the hex of its bytes), for us as *tree*.

    The tree is described in docs/forms.md; *title* is by language.
    """

    form: str
    version: str
    title: Mapping[str, str]
    site_kind: str
    xform: str
    xform_md5: str
    tree: Mapping[str, Any]


@dataclass(frozen=True)
class FormHead:
    """What lists show of a loaded form."""

    form: str
    version: str
    title: Mapping[str, str]
    site_kind: str
    xform_md5: str


@dataclass(frozen=True)
class Finding:
    """An answer that does not fit its form: it becomes a flag, never a refusal.

    *code* is one of `FINDINGS`, *severity* 1 note, 2 look, 3 likely wrong; *figures* are what the sentence needs.
    """

    code: str
    question: str
    repeat: str = ""
    severity: int = 2
    figures: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class FindingText:
    """What a finding says, in both languages; `{question}` is the question's name."""

    vi: str
    en: str


FINDINGS: dict[str, FindingText] = {
    "answer_required": FindingText("Câu bắt buộc {question} chưa được trả lời.", "The required question {question} has no answer."),
    "answer_outside_limits": FindingText("Câu {question}: {message}", "Question {question}: {message}"),
    "answer_not_a_number": FindingText(
        "Câu {question} cần một số, nhận được “{value}”.", "Question {question} needs a number, not “{value}”."
    ),
    "answer_not_a_date": FindingText(
        "Câu {question} cần một ngày, nhận được “{value}”.", "Question {question} needs a date, not “{value}”."
    ),
    "answer_not_a_position": FindingText(
        "Câu {question} cần một vị trí, nhận được “{value}”.",
        "Question {question} needs a position, not “{value}”.",
    ),
    "answer_not_a_choice": FindingText(
        "Câu {question} có lựa chọn lạ: “{value}”.", "Question {question} has an unknown choice: “{value}”."
    ),
    "answer_not_asked": FindingText("Câu {question} có trả lời dù không được hỏi.", "Question {question} was answered although not asked."),
    "calculation_differs": FindingText(
        "Giá trị tính {question} là {value}, máy chủ tính ra {expected}.",
        "The calculated {question} is {value}; the server computes {expected}.",
    ),
}
