"""Which versions count: one accepted version for each site, form and repeat key (DESIGN 2.2)."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

_NUMBER = re.compile(r"\[([\d.]+)\]")
CountedKey = tuple[str, str, str]
"""Form, site, repeat key."""


@dataclass(frozen=True)
class Version:
    """What the counting rule needs to know of one submission; *repeats* holds `""` and every repeat key it answers."""

    submission: str
    form: str
    site: str | None
    hamlet: str | None
    captured_at: datetime
    received_at: datetime
    accepted: bool
    replaces: str | None
    repeats: frozenset[str] = frozenset({""})

    @property
    def rank(self) -> tuple[datetime, datetime, str]:
        """The greater one counts: latest capture, then receipt, then id."""
        return self.captured_at, self.received_at, self.submission


def counting_versions(versions: Iterable[Version], replaced: Collection[str] = ()) -> dict[CountedKey, Version]:
    """The version that counts for each form, site and repeat key.

    A version counts only while it is accepted, knows its site, and is not among *replaced* (see `successors`).
    """
    winners: dict[CountedKey, Version] = {}
    for version in versions:
        if not version.accepted or version.site is None or version.submission in replaced:
            continue
        for repeat in version.repeats:
            key = (version.form, version.site, repeat)
            if key not in winners or winners[key].rank < version.rank:
                winners[key] = version
    return winners


def successors(versions: Mapping[str, Version]) -> dict[str, str]:
    """For each replaced version the accepted one that stands in its place, corrections of corrections included.

    Where several corrections of one version are accepted, the one that would count is named.
    """
    found: dict[str, str] = {}
    for version in sorted((version for version in versions.values() if version.accepted), key=lambda version: version.rank):
        for ancestor in ancestors(version, versions):
            found[ancestor] = version.submission
    return found


def ancestors(version: Version, versions: Mapping[str, Version]) -> list[str]:
    """The ids that *version* replaces, nearest first; a circle of corrections, which only a forged form can make, ends it."""
    line: list[str] = []
    current: Version | None = version
    while current is not None and current.replaces is not None:
        if current.replaces in line or current.replaces == version.submission:
            break
        line.append(current.replaces)
        current = versions.get(current.replaces)
    return line


def repeat_keys(answers: Iterable[str]) -> frozenset[str]:
    """`""` for the submission as a whole and the key of every repeat among the paths of *answers*."""
    return frozenset({""}) | {repeat_key(path) for path in answers}


def repeat_key(path: str) -> str:
    """The numbers of the repeats around an answer: `/data/tree/photo/note[2.1]` gives `2.1`, `/data/total_m` gives `""`."""
    return ".".join(_NUMBER.findall(path))
