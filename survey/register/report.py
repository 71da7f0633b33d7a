"""What became of a file or a form: how many sites, and a remark on every cell that needs one."""

from collections.abc import Iterable
from dataclasses import dataclass

from survey.domain.remarks import Remark, Severity

SHOWN = 1_000  # remarks of each severity that a report lists; the rest is counted


@dataclass(frozen=True)
class LoadReport:
    """The outcome of loading; *written* is False after a dry run and wherever there is an error: all or nothing.

    *sites* are the ids of what was, or would be, added and changed. *remarks* are listed in order of their rows.
    """

    name: str
    rows: int
    added: int
    updated: int
    unchanged: int
    errors: int
    warnings: int
    remarks: tuple[Remark, ...]
    sites: tuple[str, ...]
    written: bool

    @property
    def ok(self) -> bool:
        """Whether nothing keeps the file out."""
        return self.errors == 0

    def as_json(self, locale: str) -> dict[str, object]:
        """The report for machines, its sentences in *locale*."""
        counts = {key: getattr(self, key) for key in ("name", "rows", "added", "updated", "unchanged", "errors", "warnings", "written")}
        return counts | {"remarks": [remark_json(remark, locale) for remark in self.remarks]}


def remark_json(remark: Remark, locale: str) -> dict[str, object]:
    """One remark for machines."""
    return {
        "row": remark.row,
        "column": remark.column,
        "value": remark.value,
        "severity": remark.severity.value,
        "code": remark.kind.code,
        "message": remark.message(locale),
        "remedy": remark.remedy(locale),
    }


def count_remarks(remarks: Iterable[Remark]) -> tuple[dict[Severity, int], tuple[Remark, ...]]:
    """How many remarks of each severity there are, and those that are listed."""
    counts = dict.fromkeys(Severity, 0)
    shown = []
    for remark in remarks:
        counts[remark.severity] += 1
        if counts[remark.severity] <= SHOWN:
            shown.append(remark)
    return counts, tuple(sorted(shown, key=lambda remark: remark.row))
