"""A pasted list of defects, one a line: `what is to be done | hamlet or site code | day`, in any order behind the first column."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from survey.domain.fold import fold
from survey.domain.places import Hamlet
from survey.domain.sites import Site
from survey.domain.tasks import TITLE_LENGTH
from survey.domain.times import is_believable

MOST_LINES = 200  # of one list; the longest that we know of has 26
_COLUMNS = re.compile(r"\t|\|")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})-(\d{2})")
_NUMBERED = re.compile(r"^\s*(?:\d{1,3}\s*[.)]|[-–•*])\s+")


@dataclass(frozen=True)
class Draft:
    """One line as read: what is to be done, where and until when; *faults* are (Vietnamese, English) sentences."""

    number: int
    title: str
    hamlet: str | None = None
    site: Site | None = None
    due_on: date | None = None
    faults: tuple[tuple[str, str], ...] = ()


def codes_in(text: str) -> set[str]:
    """What may be a site's code in the columns of *text*, to be looked up in the register."""
    return {column.upper() for line in _lines(text) for column in _split(line)[1:] if column and not _DAY.fullmatch(column)}


def read_drafts(text: str, hamlets: Sequence[Hamlet], sites: Mapping[str, Site], scope: Collection[str] | None) -> list[Draft]:
    """The lines of *text*, empty ones left out, with *sites* by code and the *hamlets* of the day; *scope* is what one may enter for."""
    names = {fold(hamlet.name): hamlet.id for hamlet in hamlets}
    names |= {name.removeprefix("thon "): hamlet for name, hamlet in names.items()}
    read = [_draft(number, line, names, sites, scope) for number, line in enumerate(_lines(text), 1)]
    return [*read[:MOST_LINES], *(_beyond(draft) for draft in read[MOST_LINES:])]


def _lines(text: str) -> list[str]:
    """The lines that say something, one more at most than a list may have: a million are not looked through for that."""
    return list(islice((line for line in text.splitlines() if line.strip()), MOST_LINES + 1))


def _split(line: str) -> list[str]:
    return [" ".join(column.split()) for column in _COLUMNS.split(_NUMBERED.sub("", line))]


def _draft(number: int, line: str, names: Mapping[str, str], sites: Mapping[str, Site], scope: Collection[str] | None) -> Draft:
    title, *columns = _split(line)
    faults = [("chưa ghi việc gì", "it does not say what is to be done")] if not title else []
    if len(title) > TITLE_LENGTH:
        faults.append((f"dài quá {TITLE_LENGTH} chữ", f"longer than {TITLE_LENGTH} letters"))
    hamlet, site, due_on = None, None, None
    for column in filter(None, columns):
        if _DAY.fullmatch(column):
            due_on = _day(column)
            faults += [] if due_on else [(f"ngày {column} không có thật", f"there is no day {column}")]
        elif column.upper() in sites:
            site = sites[column.upper()]
            hamlet = site.hamlet
        elif fold(column) in names:
            hamlet = names[fold(column)]
        else:
            faults.append((f"không có thôn, mã đối tượng hay ngày “{column}”", f"“{column}” is no hamlet, site code or day"))
    if scope is not None and hamlet not in scope:
        faults.append(("thôn này không thuộc phần bạn phụ trách", "the hamlet is not among yours"))
    return Draft(number, title, hamlet, site, due_on, tuple(faults))


def _day(column: str) -> date | None:
    found = _DAY.fullmatch(column)
    parts = [int(part) for part in found.groups() if part] if found else []
    year, month, day = parts if found and found[4] else parts[::-1]
    try:
        read = date(year, month, day)
    except ValueError:
        return None
    return read if is_believable(read) else None


def _beyond(draft: Draft) -> Draft:
    return Draft(draft.number, draft.title, faults=((f"chỉ ghi được {MOST_LINES} dòng một lần", f"{MOST_LINES} lines at a time"),))
