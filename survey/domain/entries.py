"""Entries: one row of a register as people write it, read into a site, with a remark on every cell that needs one.

A file's row and the page's form are both entries. Values are text, numbers or a GeoJSON geometry; nothing is guessed silently.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from survey.domain import positions
from survey.domain import remarks as say
from survey.domain.columns import CHOICE_NAMES, choice_label, choice_of, field_label
from survey.domain.numbers import ambiguous, read_number
from survey.domain.places import Commune, Hamlet, hamlet_key, line_middle, successor_of
from survey.domain.remarks import Remark, RemarkKind
from survey.domain.sites import ATTRIBUTES, CODE_LENGTH, NAME_LENGTH, Attribute, Site, SiteKind, ValueType

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
# A line drawn on a screen and a length measured on the ground never agree exactly; beyond both of these a person should look.
_LENGTH_SHARE, _LENGTH_M = 0.10, 20.0


@dataclass(frozen=True)
class Entry:
    """Row *row* of a file, its values by our fields; *headings* are the file's own words for them."""

    row: int
    values: Mapping[str, object]
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Surroundings:
    """What entries are read against: the commune, all its hamlets, and the day that counts as today."""

    commune: Commune
    hamlets: Sequence[Hamlet]
    today: date

    def hamlet_name(self, hamlet: str | None) -> str:
        """The name of the hamlet with that id; empty where there is none."""
        return next((known.name for known in self.hamlets if known.id == hamlet), "")

    @cached_property
    def hamlets_by_key(self) -> Mapping[str, list[Hamlet]]:
        """Hamlets by their id and by their name as people vary it."""
        found: dict[str, list[Hamlet]] = {}
        for hamlet in self.hamlets:
            for key in (hamlet.id, hamlet_key(hamlet.name)):
                found.setdefault(key, []).append(hamlet)
        return found


@dataclass(frozen=True)
class Reading:
    """What an entry says: our fields with their values, read and checked; absent where the cell is empty or wrong."""

    entry: Entry
    kind: SiteKind | None
    fields: Mapping[str, object]
    remarks: tuple[Remark, ...]


def read_entry(entry: Entry, surroundings: Surroundings, kind: SiteKind | None) -> Reading:
    """What *entry* says; *kind* is that of the file, for entries that do not name theirs."""
    return _EntryReader(entry, surroundings).read(kind)


def site_of(reading: Reading, base: Site, *, keep: bool) -> Site:
    """*base* as *reading* changes it; an empty cell *keeps* what the register has, or empties it."""
    given = reading.fields
    names = {rule.name for rule in ATTRIBUTES[base.kind]}
    attributes = {key: value for key, value in base.attributes.items() if keep or key not in names}
    attributes |= {key: value for key, value in given.items() if key in names}
    known: dict[str, Any] = {name: getattr(base, name) if keep else None for name in ("name", "hamlet", "line", "latitude", "longitude")}
    if "geometry" not in reading.entry.values:
        known["line"] = base.line  # the page's form does not draw lines: what it does not show, it does not empty
    known |= {name: value for name, value in given.items() if name in known}
    if known["line"] and ("line" in given or known["latitude"] is None):
        known["latitude"], known["longitude"] = line_middle(known["line"])
    return replace(base, **(known | {"name": known["name"] or "", "attributes": attributes}))


def check_site(site: Site, entry: Entry) -> list[Remark]:
    """Remarks on *site* as a whole, once the entry and what was known before are joined."""
    required = ["name"] if not site.name else []
    required += [rule.name for rule in ATTRIBUTES[site.kind] if rule.required and site.attributes.get(rule.name) is None]
    remarks = [Remark(say.VALUE_MISSING, entry.row, _heading(entry, name)) for name in required]
    if site.kind is SiteKind.HOUSEHOLD and site.hamlet is None:
        remarks.append(Remark(say.HAMLET_EMPTY, entry.row, _heading(entry, "hamlet")))
    drawn, written = site.line_length_m, site.length_m
    if drawn is not None and written is not None and abs(drawn - written) > max(_LENGTH_M, _LENGTH_SHARE * written):
        details = {"register": f"{written:.0f}", "line": f"{drawn:.0f}"}
        remarks.append(Remark(say.LENGTH_DIFFERS, entry.row, _heading(entry, "length_m"), f"{written:g}", details))
    return remarks


def _heading(entry: Entry, name: str) -> str:
    return entry.headings.get(name) or field_label(name, "vi")


def is_empty(value: object) -> bool:
    """Whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


class _EntryReader:
    """Reads one entry cell by cell, collecting remarks."""

    def __init__(self, entry: Entry, surroundings: Surroundings) -> None:
        self._entry = entry
        self._around = surroundings
        self._remarks: list[Remark] = []
        self._fields: dict[str, object] = {}

    def read(self, kind: SiteKind | None) -> Reading:
        kind = self._kind(kind)
        self._code()
        self._text("name", NAME_LENGTH)
        self._hamlet()
        for attribute in ATTRIBUTES[kind] if kind else ():
            self._attribute(attribute)
        if kind is not None:
            place = positions.read_position(self._entry.values, kind, self._around.commune.border)
            self._fields |= place.fields
            for fault in place.faults:
                self._say(fault.kind, fault.cell, **fault.details)
        return Reading(self._entry, kind, self._fields, tuple(self._remarks))

    def _say(self, kind: RemarkKind, name: str, **details: object) -> None:
        value = self._entry.values.get(name)
        shown = "" if is_empty(value) or isinstance(value, Mapping) else str(value)
        self._remarks.append(Remark(kind, self._entry.row, _heading(self._entry, name), shown[:80], details))

    def _words(self, name: str) -> str:
        value = self._entry.values.get(name)
        if is_empty(value) or isinstance(value, Mapping):
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # a spreadsheet's 12.0 was typed as 12
        return " ".join(positions.printable(str(value)).split())

    def _kind(self, kind: SiteKind | None) -> SiteKind | None:
        words = self._words("kind")
        if not words:
            if kind is None:
                self._say(say.KIND_MISSING, "kind")
            return kind
        choice = choice_of("kind", words)
        if choice is None:
            self._say_choices("kind", "kind")
            return None
        return SiteKind(choice)

    def _code(self) -> None:
        code = self._words("code")
        if code and (len(code) > CODE_LENGTH or not _CODE.fullmatch(code)):
            self._say(say.CODE_WRONG, "code", limit=CODE_LENGTH)
        elif code:
            self._fields["code"] = code.upper()

    def _text(self, name: str, limit: int) -> None:
        words = self._words(name)
        if len(words) > limit:
            self._say(say.TEXT_TOO_LONG, name, limit=limit)
        elif words:
            self._fields[name] = words

    def _hamlet(self) -> None:
        words = self._words("hamlet")
        if not words:
            return
        found = self._around.hamlets_by_key.get(words) or self._around.hamlets_by_key.get(hamlet_key(words)) or []
        valid = [known for known in found if known.is_valid(self._around.today)]
        exact = [known for known in valid if known.name.casefold() == words.casefold()]
        if len(valid) > 1 and len(exact) != 1:
            self._say(say.HAMLET_TWICE, "hamlet", names=", ".join(f"{known.name} ({known.id})" for known in valid))
        elif valid:
            self._fields["hamlet"] = (exact or valid)[0].id
        elif found:
            self._say_ended(found[0])
        else:
            self._say(say.HAMLET_NOT_FOUND, "hamlet", near=self._near(words))

    def _say_ended(self, hamlet: Hamlet) -> None:
        successor = successor_of(hamlet.id, {known.id: known for known in self._around.hamlets}, self._around.today)
        ended = hamlet.valid_to.strftime("%d/%m/%Y") if hamlet.valid_to else ""
        self._say(say.HAMLET_ENDED, "hamlet", ended=ended, successor=self._around.hamlet_name(successor) or "?")

    def _near(self, words: str) -> Mapping[str, str]:
        names = {hamlet_key(known.name): known.name for known in self._around.hamlets if known.is_valid(self._around.today)}
        close = [names[key] for key in get_close_matches(hamlet_key(words), names, n=3, cutoff=0.5)]
        if close:
            listed = ", ".join(close)
            return {"vi": f"Có phải là: {listed}?", "en": f"Did you mean: {listed}?"}
        return {"vi": "Thêm thôn ở trang Sổ bộ trước khi nạp.", "en": "Add the hamlet on the register page before loading."}

    def _attribute(self, rule: Attribute) -> None:
        if rule.type is ValueType.TEXT:
            self._text(rule.name, int(rule.maximum))
        elif rule.type is ValueType.CHOICE:
            self._choice(rule.name, rule.name)
        elif rule.type is ValueType.YES_NO:
            self._choice(rule.name, "yes_no")
        else:
            self._number(rule)

    def _choice(self, name: str, question: str) -> None:
        words = self._words(name)
        if not words:
            return
        choice = choice_of(question, words)
        if choice is None:
            self._say_choices(name, question)
        else:
            self._fields[name] = choice == "yes" if question == "yes_no" else choice

    def _say_choices(self, name: str, question: str) -> None:
        listed = {locale: ", ".join(choice_label(question, choice, locale) for choice in CHOICE_NAMES[question]) for locale in ("vi", "en")}
        self._say(say.CHOICE_UNKNOWN, name, choices=listed)

    def _number(self, rule: Attribute) -> None:
        name, factor = rule.name, 1.0
        if name == "length_m" and is_empty(self._entry.values.get(name)) and not is_empty(self._entry.values.get("length_km")):
            name, factor = "length_km", 1000.0
        value = self._entry.values.get(name)
        if is_empty(value):
            return
        readings = ambiguous(value) if factor == 1.0 else None
        number = read_number(value)
        if readings:
            self._say(say.NUMBER_AMBIGUOUS, name, whole=readings[0], fraction=readings[1])
        elif number is None:
            self._say(say.NOT_A_NUMBER, name)
        elif not rule.minimum <= number * factor <= rule.maximum:
            self._say(say.OUT_OF_RANGE, name, minimum=f"{rule.minimum / factor:g}", maximum=f"{rule.maximum / factor:g}")
        elif rule.type is ValueType.INTEGER and number != int(number):
            self._say(say.NOT_WHOLE, name)
        else:
            self._fields[rule.name] = int(number) if rule.type is ValueType.INTEGER else round(number * factor, 3)
