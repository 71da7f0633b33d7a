"""Entries of officers laid over an edition's document: a pure fold over its JSON, later entries over earlier ones.

An entered number stands in the place of older ones for the days that it covers, and only there: what they say of other days stands.
"""

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from survey.catalogue.editions import HEAD, Document
from survey.domain.rules import EntryKind, RuleEntry, surviving
from survey.domain.thresholds import Status

COMPLETE = "complete"  # in an entry of a criterion or indicator: the criterion's indicators are all there now
INDICATORS_MISSING = "indicators_missing"
ROLL_UPS = ("all_hamlets", "share_of_hamlets", "count_of_hamlets")
_HEAD_KEYS = ("title", "valid_from", "valid_to", "validity_note", "note", "groups", "levels", "takes_part")

_Json = dict[str, Any]


def apply_entries(document: Document, entries: Iterable[RuleEntry]) -> Document:
    """*document* with every entry that counts laid over it, in their order; one that finds nothing to stand on changes nothing."""
    folded = document
    for entry in surviving(entries):
        folded = apply_entry(folded, entry) or folded
    return folded


def apply_entry(document: Document, entry: RuleEntry) -> Document | None:
    """*document* with one entry over it; None where what the entry is about is not there (any more)."""
    files: dict[str, _Json] = copy.deepcopy({name: dict(content) for name, content in document.files.items()})
    if not _APPLY[entry.kind](files, entry):
        return None
    files[HEAD].setdefault("sources", {})[entry.source_id] = source_of(entry)
    return Document(document.edition, files)


def source_of(entry: RuleEntry) -> _Json:
    """The entry's own source, in an edition's words."""
    return {"text": entry.source} | ({"addresses": [entry.address]} if entry.address else {})


def founding_document(edition: str, entry: RuleEntry) -> Document:
    """The document of an edition that *entry* begins: the entry's content with the entry as a source."""
    criteria = copy.deepcopy(entry.content.get("criteria"))
    for criterion in criteria if isinstance(criteria, list) else ():
        source_numbers(criterion, entry)
    given = entry.content.get("sources")
    sources = {**(given if isinstance(given, Mapping) else {}), entry.source_id: source_of(entry)}
    head = {key: value for key, value in entry.content.items() if key not in ("edition", "criteria", "sources")}
    return Document(edition, {HEAD: {"edition": edition, **head, "sources": sources, "criteria": criteria}})


def _apply_edition(files: dict[str, _Json], entry: RuleEntry) -> bool:
    if entry.founds:
        return True  # the document is made of it
    files[HEAD].update({key: entry.content[key] for key in _HEAD_KEYS if key in entry.content})
    return True


def _apply_criterion(files: dict[str, _Json], entry: RuleEntry) -> bool:
    criterion = _criterion(files, entry)
    told = {key: copy.deepcopy(value) for key, value in entry.content.items() if key != COMPLETE}
    if criterion is None:
        criterion = {"code": entry.criterion}
        files[HEAD]["criteria"] = [*(files[HEAD].get("criteria") or ()), criterion]
    criterion.update(told)
    source_numbers(criterion, entry, only=frozenset(told))
    _complete(criterion, entry)
    return True


def _apply_indicator(files: dict[str, _Json], entry: RuleEntry) -> bool:
    criterion = _criterion(files, entry)
    if criterion is None:
        return False
    told = {key: copy.deepcopy(value) for key, value in entry.content.items() if key != COMPLETE}
    _source_indicator(told, entry)
    indicators = criterion.setdefault("indicators", [])
    places = [place for place, indicator in enumerate(indicators) if indicator["code"] == entry.indicator]
    if places:
        indicators[places[0]] = told
    else:
        indicators.append(told)
    _complete(criterion, entry)
    return True


def _apply_threshold(files: dict[str, _Json], entry: RuleEntry) -> bool:
    criterion = _criterion(files, entry)
    number = sourced(entry.content, entry)
    if criterion is None:
        return False
    if entry.indicator in ROLL_UPS:
        rolled = criterion.get("roll_up")
        standing = rolled.get(entry.indicator) if isinstance(rolled, Mapping) else None
        numbers = over(_listed(standing), number)
        criterion["roll_up"] = {entry.indicator: numbers if len(numbers) > 1 else numbers[0]}
        return True
    indicator = next((one for one in criterion.get("indicators", ()) if one["code"] == entry.indicator), None)
    if indicator is None:
        return False
    standing = _listed(indicator.pop("threshold", None)) + _listed(indicator.pop("thresholds", None))
    indicator["thresholds"] = over(standing, number)
    return True


_APPLY: Mapping[EntryKind, Callable[[dict[str, _Json], RuleEntry], bool]] = {
    EntryKind.EDITION: _apply_edition,
    EntryKind.CRITERION: _apply_criterion,
    EntryKind.INDICATOR: _apply_indicator,
    EntryKind.THRESHOLD: _apply_threshold,
}


def over(standing: Sequence[_Json], number: _Json) -> list[_Json]:
    """*number* over the *standing* ones: of those for the same communes the days that it covers are cut out.

    One for a group leaves the number for all standing, since a group's own number goes before it; one for all ends every group's.
    """
    kept = [
        part
        for one in standing
        for part in (_outside(one, number) if number.get("group") in (None, one.get("group")) else [one])
    ]  # fmt: skip
    return [*kept, number]


def _outside(one: _Json, number: _Json) -> list[_Json]:
    """The parts of *one* on days that *number* does not cover: none, one or two."""
    begin, end = _day(one.get("valid_from")), _day(one.get("valid_to"))
    first, last = _day(number.get("valid_from")), _day(number.get("valid_to"))
    parts: list[tuple[date | None, date | None]] = []
    if first is not None and (begin is None or begin < first):
        parts.append((begin, first - timedelta(days=1) if end is None else min(end, first - timedelta(days=1))))
    if last is not None and (end is None or end > last):
        parts.append((last + timedelta(days=1) if begin is None else max(begin, last + timedelta(days=1)), end))
    return [_within(one, part_begin, part_end) for part_begin, part_end in parts]


def _within(one: _Json, begin: date | None, end: date | None) -> _Json:
    days = {"valid_from": begin, "valid_to": end}
    rest = {key: value for key, value in one.items() if key not in days}
    return rest | {key: day.isoformat() for key, day in days.items() if day is not None}


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))


def _criterion(files: Mapping[str, _Json], entry: RuleEntry) -> _Json | None:
    every = (criterion for name in sorted(files) for criterion in files[name].get("criteria") or ())
    return next((criterion for criterion in every if criterion["code"] == entry.criterion), None)


def _complete(criterion: _Json, entry: RuleEntry) -> None:
    if entry.content.get(COMPLETE) == "true" and "open" in criterion:
        criterion["open"] = [reason for reason in criterion["open"] if reason != INDICATORS_MISSING]


def source_numbers(criterion: object, entry: RuleEntry, only: frozenset[str] = frozenset({"indicators", "roll_up"})) -> None:
    """Give every number of *criterion* that has no status and source of its own those of *entry*; what is no number stays as it is."""
    if not isinstance(criterion, dict):
        return
    indicators, rolled = criterion.get("indicators"), criterion.get("roll_up")
    for indicator in indicators if "indicators" in only and isinstance(indicators, list) else ():
        _source_indicator(indicator, entry)
    if "roll_up" in only and isinstance(rolled, Mapping):
        criterion["roll_up"] = {name: _each(numbers, entry) for name, numbers in rolled.items()}


def _source_indicator(indicator: object, entry: RuleEntry) -> None:
    if isinstance(indicator, dict):
        indicator.update({key: _each(indicator[key], entry) for key in ("threshold", "thresholds") if key in indicator})


def _each(numbers: object, entry: RuleEntry) -> object:
    if isinstance(numbers, list):
        return [_each(number, entry) for number in numbers]
    return sourced(numbers, entry) if isinstance(numbers, Mapping) and not numbers.get("sources") else numbers


def sourced(number: Mapping[str, Any], entry: RuleEntry) -> _Json:
    """An entered number: `entered` where it says nothing else, with the entry as its source; one that is `missing` has none."""
    status = number.get("status", Status.ENTERED.value)
    return {**number, "status": status} | ({} if status == Status.MISSING else {"sources": [entry.source_id]})


def _listed(value: object) -> list[_Json]:
    if isinstance(value, list):
        return [dict(one) for one in value]
    return [dict(value)] if isinstance(value, Mapping) else []
