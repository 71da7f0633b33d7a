"""An edition as it reads with what officers entered: the document that was loaded, the entries over it, and which of them apply."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from survey.catalogue.editions import Document, read_edition
from survey.catalogue.entered import apply_entry
from survey.domain.canonical import dumps
from survey.domain.criteria import Edition
from survey.domain.problems import Problem
from survey.domain.rules import EntryKind, RuleEntry, surviving

_Key = tuple[int, str, str | None, str | None, str, str, str]
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)  # what an edition says does not depend on when it was entered


@dataclass(frozen=True)
class Effective:
    """An edition as it reads now, its document, and the numbers of the entries in it: the others found nothing to stand on."""

    edition: Edition
    document: Document
    applied: frozenset[int]


def effective_edition(document: str, entries: Sequence[RuleEntry]) -> Edition:
    """The edition behind a stored *document* with the *entries* that count laid over it; kept in memory by their contents."""
    return effective(document, entries).edition


def effective(document: str, entries: Sequence[RuleEntry]) -> Effective:
    """`effective_edition` with its document and the entries that apply."""
    return _effective(document, tuple(_key(entry) for entry in surviving(entries)))


@lru_cache(maxsize=1024)
def _effective(document: str, keys: tuple[_Key, ...]) -> Effective:
    stored = json.loads(document)
    base, entries = Document(stored["edition"], stored["files"]), [_entry(key) for key in keys]
    together = _fold(base, entries, lambda _folded: True)
    edition = _read(together[0])
    if edition is None:  # one of them does not go with a document that was loaded since: leave out that one
        together = _fold(base, entries, lambda folded: _read(folded) is not None)
        edition = read_edition(together[0], None)
    return Effective(edition, together[0], together[1])


def _fold(base: Document, entries: Sequence[RuleEntry], is_sound: Callable[[Document], bool]) -> tuple[Document, frozenset[int]]:
    folded, applied = base, []
    for entry in entries:
        tried = apply_entry(folded, entry)
        if tried is not None and is_sound(tried):
            folded = tried
            applied.append(entry.number)
    return folded, frozenset(applied)


def _read(document: Document) -> Edition | None:
    """The edition, or None where an entry does not go with a document that was loaded anew since."""
    try:
        return read_edition(document, None)
    except Problem:
        return None


def _key(entry: RuleEntry) -> _Key:
    return entry.number, entry.kind.value, entry.criterion, entry.indicator, dumps(entry.content), entry.source, entry.address


def _entry(key: _Key) -> RuleEntry:
    number, kind, criterion, indicator, content, source, address = key
    return RuleEntry(number, EntryKind(kind), criterion, indicator, json.loads(content), source, address, "", "", _NO_MOMENT)
