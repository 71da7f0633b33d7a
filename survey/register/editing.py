"""One site at a time, as the register page edits it, and hamlets."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from survey.domain import remarks as say
from survey.domain.columns import field_label
from survey.domain.entries import Entry, check_site, read_entry, site_of
from survey.domain.people import Ability, Actor
from survey.domain.places import Hamlet, hamlet_key, next_hamlet_id
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import COMMUNE_UNKNOWN, HAMLET_REFUSED, SITE_CHANGED, SITE_UNKNOWN, Problem
from survey.domain.remarks import Remark
from survey.domain.sites import NAME_LENGTH, Site, SiteKind, next_code
from survey.register.loading import Plan, content_sha256, surroundings
from survey.register.report import LoadReport
from survey.store.figures import mark_figures_stale
from survey.store.finding_rules import leave_site
from survey.store.places import insert_hamlet, select_commune, select_hamlets
from survey.store.reviews import lock_decisions
from survey.store.sites import insert_site, select_highest_code, select_site, select_site_by_code, update_site

_EARLIEST = date(1945, 9, 2)  # no hamlet of this state is older; a slip of the keyboard is


def add_site(survey: Survey, actor: Actor, kind: SiteKind, values: Mapping[str, object]) -> LoadReport:
    """Add one site of *kind* from *values* as typed, by our field names; nothing is written where the report has errors.

    An empty code is given the next number. Raises NOT_ALLOWED.
    """
    actor.require(Ability.EDIT_REGISTER)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        code = next_code(kind, select_highest_code(tx, actor.commune, kind))
        base = Site(actor.commune, str(uuid.uuid4()), kind, code, "")
        return _save(tx, survey, actor, base, values, new=True)


def edit_site(survey: Survey, actor: Actor, site_id: str, values: Mapping[str, object], *, seen: datetime | None) -> LoadReport:
    """Let *values*, as typed, be all that the register says of a site; a field that is left out is emptied.

    *seen* is the `known_from` of the version that the editor looked at. Raises NOT_ALLOWED, SITE_UNKNOWN, and SITE_CHANGED where
    someone else was faster.
    """
    actor.require(Ability.EDIT_REGISTER)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        return _save(tx, survey, actor, _current(tx, actor, site_id, seen), values, new=False)


def close_site(survey: Survey, actor: Actor, site_id: str, *, reason: str, seen: datetime | None) -> None:
    """Take a site that no longer exists out of the register, with the *reason*; its history stays.

    Raises NOT_ALLOWED, SITE_UNKNOWN, SITE_CHANGED.
    """
    actor.require(Ability.EDIT_REGISTER)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        site = _current(tx, actor, site_id, seen)
        closed = replace(site, closed=True, attributes={**site.attributes, "closed_reason": reason.strip()[:500]})
        update_site(tx, closed, at=survey.now())
        _record(tx, actor, "site.closed", closed, survey.now())


def add_hamlet(survey: Survey, actor: Actor, name: str, *, valid_from: date, former_commune: str | None = None) -> Hamlet:
    """Add a hamlet under the commune's next lasting id. Raises NOT_ALLOWED, COMMUNE_UNKNOWN, HAMLET_REFUSED."""
    actor.require(Ability.EDIT_REGISTER)
    name = " ".join(name.split())
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        if select_commune(tx, actor.commune) is None:
            raise Problem(COMMUNE_UNKNOWN, commune=actor.commune)
        hamlets = select_hamlets(tx, actor.commune)
        _check_hamlet(name, valid_from, [hamlet for hamlet in hamlets if hamlet.is_valid(valid_from)])
        hamlet_id = next_hamlet_id(actor.commune, [hamlet.id for hamlet in hamlets])
        hamlet = Hamlet(actor.commune, hamlet_id, name, valid_from, former_commune=former_commune or None)
        insert_hamlet(tx, hamlet, at=survey.now())
        tx.log(actor.commune, "hamlet.added", {"hamlet": hamlet.id, "person": actor.person})
        mark_figures_stale(tx, actor.commune, survey.now())
    return hamlet


def _save(tx: Transaction, survey: Survey, actor: Actor, base: Site, values: Mapping[str, object], *, new: bool) -> LoadReport:
    around = surroundings(tx, survey, actor.commune)
    headings = {name: field_label(name, actor.locale) for name in values}
    entry = Entry(1, {name: value for name, value in values.items() if name != "kind"}, headings)
    reading = read_entry(entry, around, base.kind)
    site = replace(site_of(reading, base, keep=False), code=str(reading.fields.get("code") or base.code))
    plan = Plan(1, remarks=[*reading.remarks, *_unsaid(check_site(site, entry), reading.remarks)])
    other = select_site_by_code(tx, actor.commune, site.code)
    if other is not None and other.id != site.id:
        plan.remarks.append(Remark(say.CODE_TAKEN, 1, headings.get("code", ""), site.code, {"name": other.name}))
    if not new and site.same_content(base):
        plan.unchanged = 1
        return plan.report("", written=False)
    (plan.added if new else plan.updated).append(site)
    if plan.has_errors:
        return plan.report("", written=False)
    (insert_site if new else update_site)(tx, site, hamlet_name=around.hamlet_name(site.hamlet), at=survey.now())
    _record(tx, actor, "site.added" if new else "site.changed", site, survey.now())
    return plan.report("", written=True)


def _unsaid(remarks: list[Remark], said: tuple[Remark, ...]) -> list[Remark]:
    columns = {remark.column for remark in said}
    return [remark for remark in remarks if remark.column not in columns]


def _record(tx: Transaction, actor: Actor, kind: str, site: Site, now: datetime) -> None:
    tx.log(actor.commune, kind, {"site": site.id, "content_sha256": content_sha256(site), "person": actor.person})
    mark_figures_stale(tx, actor.commune, now)
    leave_site(tx, actor.commune, site.id, now)


def _current(reader: Reader, actor: Actor, site_id: str, seen: datetime | None) -> Site:
    site = select_site(reader, actor.commune, site_id)
    if site is None or site.closed:
        raise Problem(SITE_UNKNOWN, id=site_id)
    if site.known_from != seen:
        raise Problem(SITE_CHANGED, code=site.code)
    return site


def _check_hamlet(name: str, valid_from: date, present: list[Hamlet]) -> None:
    if not name or len(name) > NAME_LENGTH:
        raise Problem(HAMLET_REFUSED, reason_vi="tên trống hoặc quá dài", reason_en="the name is empty or too long")
    if valid_from < _EARLIEST:
        raise Problem(HAMLET_REFUSED, reason_vi="ngày bắt đầu không hợp lý", reason_en="the first day makes no sense")
    if any(hamlet_key(hamlet.name) == hamlet_key(name) for hamlet in present):
        raise Problem(HAMLET_REFUSED, reason_vi=f"đã có thôn {name}", reason_en=f"there is a hamlet {name} already")
