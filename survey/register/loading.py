"""Loading a file of sites: every row read and checked against the register, then all of it written, or nothing."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from survey.domain import remarks as say
from survey.domain.canonical import dumps, sha256_hex
from survey.domain.columns import COLUMN_NAMES, SILENT_COLUMNS, choice_label, field_label, field_of, kind_told_by, plain
from survey.domain.entries import Entry, Reading, Surroundings, check_site, read_entry, site_of
from survey.domain.fold import fold
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import COMMUNE_UNKNOWN, Problem
from survey.domain.remarks import Remark, Severity
from survey.domain.sites import Site, SiteKind, next_code
from survey.domain.times import local_date
from survey.register.report import LoadReport, count_remarks
from survey.register.sheets import Table, read_table
from survey.store.figures import mark_figures_stale
from survey.store.finding_rules import leave_all_sites
from survey.store.places import select_commune, select_hamlets
from survey.store.reviews import lock_decisions
from survey.store.sites import insert_sites, select_highest_code, select_present_by_codes, select_site_names, update_sites

_NameKey = tuple[SiteKind, str | None, str]


def load(survey: Survey, actor: Actor, content: bytes, name: str, *, kind: SiteKind | None = None, dry_run: bool = False) -> LoadReport:
    """Load the sites in *content* (CSV, XLSX or GeoJSON), all or nothing; a *dry_run* writes nothing and reports the same.

    *kind* is that of rows which do not name theirs. A row whose code the register knows changes that site; an empty cell changes
    nothing. Raises NOT_ALLOWED, FILE_TOO_LARGE, REGISTER_UNREADABLE.
    """
    actor.require(Ability.EDIT_REGISTER)
    table = read_table(content, name)
    with survey.reading() as reader:
        around = surroundings(reader, survey, actor.commune)
        fields, remarks = _fields_of(table)
        readings = _readings(table, fields, around, kind)
        plan = make_plan(reader, around, readings, remarks)
    if dry_run or plan.has_errors:
        return plan.report(name, written=False)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known, around = around, surroundings(tx, survey, actor.commune)
        if around.hamlets != known.hamlets:
            readings = _readings(table, fields, around, kind)
        plan = make_plan(tx, around, readings, remarks)  # the register may have moved since
        if plan.has_errors:
            return plan.report(name, written=False)
        _write(tx, plan, around, at=survey.now())
        tx.log(actor.commune, "register.loaded", {**_fingerprint(plan), "file_sha256": sha256_hex(content), "person": actor.person})
    return plan.report(name, written=True)


def surroundings(reader: Reader, survey: Survey, commune: str) -> Surroundings:
    """What entries of *commune* are read against today. Raises COMMUNE_UNKNOWN."""
    known = select_commune(reader, commune)
    if known is None:
        raise Problem(COMMUNE_UNKNOWN, commune=commune)
    return Surroundings(known, select_hamlets(reader, commune), local_date(survey.now()))


@dataclass
class Plan:
    """What loading *rows* rows would write."""

    rows: int
    added: list[Site] = field(default_factory=list)
    updated: list[Site] = field(default_factory=list)
    unchanged: int = 0
    remarks: list[Remark] = field(default_factory=list)

    @property
    def has_errors(self) -> bool:
        """Whether any remark keeps the file out."""
        return any(remark.severity is Severity.ERROR for remark in self.remarks)

    def report(self, name: str, *, written: bool) -> LoadReport:
        """The plan as its author reads it."""
        counts, shown = count_remarks(self.remarks)
        return LoadReport(
            name,
            self.rows,
            len(self.added),
            len(self.updated),
            self.unchanged,
            counts[Severity.ERROR],
            counts[Severity.WARNING],
            shown,
            tuple(site.id for site in [*self.added, *self.updated]),
            written,
        )


def make_plan(reader: Reader, around: Surroundings, readings: Sequence[Reading], remarks: Sequence[Remark] = ()) -> Plan:
    """What the *readings* of a file would do to the register as *reader* sees it."""
    return _Planner(reader, around, readings).plan(remarks)


class _Planner:
    """Joins what a file says with what the register knows."""

    def __init__(self, reader: Reader, around: Surroundings, readings: Sequence[Reading]) -> None:
        self._reader = reader
        self._commune = around.commune.code
        self._readings = readings
        self._codes = {str(reading.fields["code"]) for reading in readings if "code" in reading.fields}
        self._present = select_present_by_codes(reader, self._commune, self._codes)
        self._rows: dict[str, int] = {}
        self._numbers: dict[SiteKind, int] = {}
        self._names: dict[_NameKey, str] | None = None

    def plan(self, remarks: Sequence[Remark]) -> Plan:
        plan = Plan(len(self._readings), remarks=[*remarks, *(remark for reading in self._readings for remark in reading.remarks)])
        for reading in self._readings:
            if reading.kind is not None:
                self._place(plan, reading, reading.kind)
        return plan

    def _place(self, plan: Plan, reading: Reading, kind: SiteKind) -> None:
        code = str(reading.fields.get("code") or "")
        known = self._present.get(code)
        if known is not None and known.kind is not kind:
            names = {locale: choice_label("kind", known.kind, locale) for locale in ("vi", "en")}
            self._say(plan, reading, say.CODE_OTHER_KIND, "code", kind=names)
            known = None
        base = known or Site(self._commune, str(uuid.uuid4()), kind, code, "")
        if code and self._rows.setdefault(code, reading.entry.row) != reading.entry.row:
            self._say(plan, reading, say.CODE_TWICE, "code", first=self._rows[code])
        site = site_of(reading, base, keep=True)
        # A wrong cell has its remark already; one that says it is empty as well would be untrue.
        faulty = {remark.column for remark in reading.remarks if remark.severity is Severity.ERROR}
        plan.remarks += [remark for remark in check_site(site, reading.entry) if remark.column not in faulty]
        if known is None:
            plan.added.append(self._named(plan, reading, site))
        elif site.same_content(known):
            plan.unchanged += 1
        else:
            self._say(plan, reading, say.UPDATES, "code", name=known.name)
            plan.updated.append(site)

    def _named(self, plan: Plan, reading: Reading, site: Site) -> Site:
        """*site* with a code of its own, compared by name with what is there where the file gave none."""
        if site.code or not site.name:
            return site
        if self._names is None:
            self._names = {
                (kind, hamlet, fold(name)): code for kind, hamlet, name, code in select_site_names(self._reader, self._commune)
            }
        key = (site.kind, site.hamlet, fold(site.name))
        if key in self._names:
            self._say(plan, reading, say.SAME_NAME, "name", other=self._names[key])
        code = self._names[key] = self._next_code(site.kind)
        return replace(site, code=code)

    def _next_code(self, kind: SiteKind) -> str:
        number = self._numbers.get(kind)
        if number is None:
            number = select_highest_code(self._reader, self._commune, kind)
        while next_code(kind, number) in self._codes:  # the file gives that one to another row
            number += 1
        self._numbers[kind] = number + 1
        return next_code(kind, number)

    @staticmethod
    def _say(plan: Plan, reading: Reading, what: say.RemarkKind, cell: str, /, **details: object) -> None:
        heading = reading.entry.headings.get(cell) or field_label(cell, "vi")
        value = str(reading.fields.get(cell, ""))[:80]
        plan.remarks.append(Remark(what, reading.entry.row, heading, value, details))


def _fields_of(table: Table) -> tuple[dict[int, str], list[Remark]]:
    """Which field each column holds, and remarks on the headings."""
    fields: dict[int, str] = {}
    remarks = []
    for index, heading in enumerate(table.headings):
        name = field_of(heading)
        if name is None:
            if heading and plain(heading) not in SILENT_COLUMNS:
                remarks.append(Remark(say.COLUMN_UNUSED, table.heading_row, heading))
        elif name in fields.values():
            first = next(table.headings[known] for known, field_name in fields.items() if field_name == name)
            remarks.append(Remark(say.COLUMN_TWICE, table.heading_row, heading, "", {"first": first, "second": heading}))
        else:
            fields[index] = name
    if "name" not in fields.values() and "code" not in fields.values():
        names = " / ".join(COLUMN_NAMES[name][0] for name in ("code", "name"))
        remarks.append(Remark(say.COLUMN_MISSING, table.heading_row, "", "", {"names": names}))
    return fields, remarks


def _readings(table: Table, fields: Mapping[int, str], around: Surroundings, kind: SiteKind | None) -> list[Reading]:
    told = kind or kind_told_by(frozenset(fields.values()))
    return [read_entry(entry, around, told) for entry in _entries(table, fields)]


def _entries(table: Table, fields: Mapping[int, str]) -> Iterator[Entry]:
    headings = {name: table.headings[index] for index, name in fields.items()}
    for number, row in table.rows:
        yield Entry(number, {name: row[index] for index, name in fields.items() if index < len(row)}, headings)


def _write(tx: Transaction, plan: Plan, around: Surroundings, *, at: datetime) -> None:
    names = {hamlet.id: hamlet.name for hamlet in around.hamlets}
    insert_sites(tx, [(site, names.get(site.hamlet or "", "")) for site in plan.added], at=at)
    update_sites(tx, [(site, names.get(site.hamlet or "", "")) for site in plan.updated], at=at)
    if plan.added or plan.updated:
        mark_figures_stale(tx, around.commune.code, at)
        leave_all_sites(tx, around.commune.code, at)


def _fingerprint(plan: Plan) -> dict[str, object]:
    sites = sha256_hex("\n".join(sorted(content_sha256(site) for site in [*plan.added, *plan.updated])))
    return {"added": len(plan.added), "updated": len(plan.updated), "sites_sha256": sites}


def content_sha256(site: Site) -> str:
    """The fingerprint of what a version of *site* says, for the log."""
    line = None if site.line is None else [list(pair) for pair in site.line]
    place = [site.hamlet, site.latitude, site.longitude, line]
    return sha256_hex(dumps([site.id, site.kind.value, site.code, site.name, place, dict(site.attributes), site.closed]))
