"""What an expected error is: a code, an HTTP status, a sentence and a remedy in Vietnamese and English.

Texts are `str.format` templates over the details that the raiser gives.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemKind:
    """One entry of the catalogue; *status* is the HTTP status that our routes answer with."""

    code: str
    status: int
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str


class Problem(Exception):
    """An expected error of *kind*; *details* fill the sentence's template."""

    def __init__(self, kind: ProblemKind, **details: object) -> None:
        super().__init__(kind.code, details)
        self.kind = kind
        self.details = details

    def __str__(self) -> str:
        return f"{self.kind.code}: {self.sentence('en')}"

    def sentence(self, locale: str = "vi") -> str:
        """What went wrong and what to do about it, in *locale* (`vi` or `en`)."""
        kind = self.kind
        texts = (kind.en, kind.remedy_en) if locale == "en" else (kind.vi, kind.remedy_vi)
        return " ".join(text.format(**self.details) for text in texts if text)


CATALOGUE: dict[str, ProblemKind] = {}


def kind(code: str, status: int, vi: str, en: str, remedy_vi: str, remedy_en: str) -> ProblemKind:
    """An entry of the catalogue under *code*."""
    CATALOGUE[code] = ProblemKind(code, status, vi, en, remedy_vi, remedy_en)
    return CATALOGUE[code]
