"""Free words of people that name somebody: found by the name or code that stands in them, since no row says whom they are about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from survey.domain.fold import fold
from survey.domain.ports import Reader
from survey.domain.times import from_text

_TEXTS = (
    "SELECT 'statement' AS kind, edition, criterion, note AS words, at FROM statement WHERE commune = :commune AND note <> ''"
    " UNION ALL SELECT 'owner_report', edition, criterion, text, at FROM owner_report WHERE commune = :commune AND text <> ''"
    " UNION ALL SELECT 'contribution', '', '', purpose, at FROM contribution WHERE commune = :commune AND purpose <> ''"
)


@dataclass(frozen=True)
class Mention:
    """A text that holds a name or code: of which kind, on which criterion, when it was written."""

    kind: str
    edition: str
    criterion: str
    words: str
    at: datetime


def select_mentions(reader: Reader, commune: str, names: Iterable[str]) -> list[Mention]:
    """The texts of statements, owners' reports and contributions that hold one of *names*, whatever the marks; newest first.

    It reads them all: a person writes each by hand, so they are thousands at most.
    """
    wanted = [fold(name) for name in names if name.strip()]
    found = [
        Mention(row["kind"], row["edition"], row["criterion"], row["words"], from_text(row["at"]))
        for row in reader.stream(_TEXTS, commune=commune)
        if any(name in fold(row["words"]) for name in wanted)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)
