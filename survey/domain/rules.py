"""What officers enter into an edition: each entry is dated, has an author and a source, and is followed, never changed (DESIGN 2.6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from survey.domain.canonical import sha256_hex

FOUNDS = "unit"  # in the content of an edition's entry: only the one that begins an edition says what it judges
TAKES_BACK = "takes_back"  # in a withdrawal's content: the number of the entry that it takes back


class EntryKind(StrEnum):
    """What an entry is about."""

    EDITION = "edition"  # the head of an edition; the first one of an edition entered by hand brings its criteria too
    CRITERION = "criterion"
    INDICATOR = "indicator"
    THRESHOLD = "threshold"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class RuleEntry:
    """One entry: its *content* in the words of schema/criteria, read in *source*, to be found at *address* ("" for nowhere).

    It is known from *at* on; from when the number in it is law, its content says. *number* counts in one edition of one commune.
    """

    number: int
    kind: EntryKind
    criterion: str | None
    indicator: str | None
    content: Mapping[str, Any]
    source: str
    address: str
    reason: str
    person: str
    at: datetime

    @property
    def source_id(self) -> str:
        """The id of the entry's own source among those of the edition: the same paper has the same id in every commune and entry."""
        return "entry-" + sha256_hex(f"{self.source}\n{self.address}")[:12]

    @property
    def founds(self) -> bool:
        """Whether the entry begins an edition: it brings the whole of it, nothing entered before stands on it."""
        return self.kind is EntryKind.EDITION and FOUNDS in self.content

    @property
    def takes_back(self) -> int | None:
        """The number of the entry that a withdrawal takes back; None for every other kind."""
        return int(self.content[TAKES_BACK]) if self.kind is EntryKind.WITHDRAWAL else None


def surviving(entries: Iterable[RuleEntry]) -> list[RuleEntry]:
    """The entries that count, by number: those that no withdrawal among *entries* takes back; a withdrawal taken back takes nothing back.

    A withdrawal takes back an earlier entry only, so that the newest decides. What was entered before an edition began anew is past.
    """
    taken_back: set[int] = set()
    standing: list[RuleEntry] = []
    for entry in sorted(entries, key=lambda one: one.number, reverse=True):
        target = entry.takes_back
        if entry.number in taken_back:
            continue
        if target is None:
            standing.append(entry)
            if entry.founds:
                break
        elif target < entry.number:
            taken_back.add(target)
    return standing[::-1]
