"""Findings: what one check found on one visit or photo, with the figures that a person weighs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.domain.checks.catalogue import CHECKS
from survey.domain.checks.how import drift_words, how_words
from survey.domain.photos import REFUSALS

Figure = float | int | str | list[str]


@dataclass(frozen=True)
class Finding:
    """What one check found: *code* (see `CHECKS`), *severity* 1 note, 2 look, 3 likely wrong; *attachment* is `""` for the visit."""

    code: str
    severity: int
    figures: Mapping[str, Figure] = field(default_factory=dict)
    attachment: str = ""

    def sentence(self, locale: str = "vi") -> str:
        """The finding in a sentence with its figures, in *locale* (`vi` or `en`)."""
        kind = CHECKS[self.code]
        figures = {name: ", ".join(value) if isinstance(value, list) else value for name, value in self.figures.items()}
        if self.code == "file_refused" and figures.get("reason") in REFUSALS:
            refusal = REFUSALS[str(figures["reason"])]
            figures["reason"] = refusal.en if locale == "en" else refusal.vi
        if "how" in figures:
            figures["how"] = how_words(str(figures["how"]), locale)
        if "drift_min" in figures:
            figures["drift"] = drift_words(int(figures["drift_min"]), locale)
        return (kind.en if locale == "en" else kind.vi).format_map(_Figures(figures))


class _Figures(dict[str, Any]):
    """The figures of a sentence; one that an older release has not kept reads as dots."""

    def __missing__(self, name: str) -> str:
        return "…"


def found(code: str, attachment: str = "", **figures: Figure) -> Finding:
    """The finding *code* with the catalogue's severity."""
    return Finding(code, CHECKS[code].severity, figures, attachment)
