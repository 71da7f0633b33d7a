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
ROLL_UPS = ("all_hamlets", "share_of_hamlets")
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
    sources = files[HEAD].setdefault("sources", {})
    sources[entry.source_id] = {"text": entry.source} | ({"addresses": [entry.address]} if entry.address else {})
    return Document(document.edition, files)


def _apply_edition(files: dict[str, _Json], entry: RuleEntry) -> bool:
    files[HEAD].update({key: entry.content[key] for key in _HEAD_KEYS if key in entry.content})
    return True


def _apply_criterion(files: dict[str, _Json], entry: RuleEntry) -> bool:
    criterion = _criterion(files, entry)
    told = {key: copy.deepcopy(value) for key, value in entry.content.items() if key != COMPLETE}
    if criterion is None:
        files[HEAD].setdefault("criteria", []).append(criterion := {"code": entry.criterion})
    criterion.update(told)
    for indicator in criterion.get("indicators", ()) if "indicators" in told else ():
        _source_numbers(indicator, entry)
    if "roll_up" in told:
        _source_roll_up(criterion, entry)
    _complete(criterion, entry)
    return True


def _apply_indicator(files: dict[str, _Json], entry: RuleEntry) -> bool:
    criterion = _criterion(files, entry)
    if criterion is None:
        return False
    told = {key: copy.deepcopy(value) for key, value in entry.content.items() if key != COMPLETE}
    _source_numbers(told, entry)
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
    number = _sourced(entry.content, entry)
    if criterion is None:
        return False
    if entry.indicator in ROLL_UPS:
        rolled = criterion.get("roll_up")
        standing = rolled.get(entry.indicator) if isinstance(rolled, Mapping) else None
        criterion["roll_up"] = {entry.indicator: over(_listed(standing), number)}
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


def _source_numbers(indicator: _Json, entry: RuleEntry) -> None:
    if "threshold" in indicator:
        indicator["threshold"] = _sourced(indicator["threshold"], entry)
    if "thresholds" in indicator:
        indicator["thresholds"] = [_sourced(number, entry) for number in indicator["thresholds"]]


def _source_roll_up(criterion: _Json, entry: RuleEntry) -> None:
    rolled = criterion["roll_up"]
    if isinstance(rolled, Mapping):
        criterion["roll_up"] = {name: [_sourced(number, entry) for number in _listed(told)] for name, told in rolled.items()}


def _sourced(number: Mapping[str, Any], entry: RuleEntry) -> _Json:
    """An entered number: `entered`, with the entry as its source; one that is said to be missing stays missing."""
    if number.get("status") == Status.MISSING:
        return dict(number)
    return {**number, "status": Status.ENTERED.value, "sources": [entry.source_id]}


def _listed(value: object) -> list[_Json]:
    return [] if value is None else list(value) if isinstance(value, list) else [dict(value)]  # type: ignore[call-overload]
