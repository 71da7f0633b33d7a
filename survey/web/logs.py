"""Widgets of the logs page: what to search for, and the entries of both logs with the names that their ids have today."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st

from survey import logs
from survey.domain.access import Act, Subject
from survey.domain.chained import named_in, read_body
from survey.domain.people import Ability
from survey.domain.ports import Row
from survey.domain.times import end_of, from_text, start_of
from survey.store.event_index import ChangeFilters
from survey.store.log_names import Named, select_id_of, select_names
from survey.store.looks import LookFilters
from survey.store.people import select_people
from survey.web import noting, text
from survey.web.logs_words import act_names, act_words, change_kinds, change_words, subject_names, subject_words
from survey.web.session import Here
from survey.web.text import _, ngettext

CHANGES, LOOKS = "changes", "looks"
OPERATOR = "operator"
_TRAIL, _ASKED = "logs_trail", "logs_asked"
_SHORT = 12
_NAMED = 6  # things of one entry on the page; the whole event is in the export
_STYLE = """<style>
.entries { list-style: none; margin: 0 !important; padding: 0 !important; }
.entries li { margin: 0; padding: .5rem 0; border-top: 1px solid color-mix(in srgb, currentColor 35%, transparent);
  overflow-wrap: anywhere; }
.entries small { display: block; font-size: .875rem; }
.entries a { color: inherit; display: inline-block; min-height: 44px; line-height: 44px; }
</style>"""


def choose_log() -> str:
    """Let the person choose one of the two logs."""
    names = {CHANGES: _("Changes"), LOOKS: _("Looks and exports")}
    st.segmented_control(_("Log"), list(names), format_func=names.__getitem__, default=CHANGES, key="log", label_visibility="collapsed")
    return str(st.session_state["log"] or CHANGES)


def choose(here: Here, log: str) -> ChangeFilters | LookFilters:
    """Let the person say what to search for; a search by anything is noted before it is shown."""
    with here.survey.reading() as reader:
        people = {person.id: f"{person.name} ({person.login})" for person in select_people(reader, here.actor.commune)}
    people[OPERATOR] = _("Operator at the server")
    kinds: Mapping[str, str] = change_kinds() if log == CHANGES else subject_names()
    is_open = bool(st.session_state.get(_ASKED))
    with st.expander(_("Search"), icon=":material/search:", expanded=is_open), st.form(f"search_{log}", border=False):
        person = _choose_one(_("Person"), people, _("Everybody"), f"{log}_person")
        kind = _choose_one(_("What happened") if log == CHANGES else _("What was looked at"), kinds, _("Everything"), f"{log}_kind")
        act = None if log == CHANGES else _choose_one(_("How"), act_names(), _("In any way"), "looks_act")
        help_ = _("Of a submission, site or task; or any id or hash")
        said = st.text_input(_("Code or id"), max_chars=128, key=f"{log}_subject", help=help_)
        since, until = _choose_days(log)
        st.form_submit_button(_("Search"), type="primary")
    with here.survey.reading() as reader:
        subject = select_id_of(reader, here.actor.commune, said.strip()) if said.strip() else None
    moments = {"since": start_of(since) if since else None, "before": end_of(until) if until else None}
    _note(here, log, (person, kind, act, subject, since, until))
    if log == CHANGES:
        return ChangeFilters(person=person, kind=kind, subject=subject, **moments)
    return LookFilters(person=person, act=act, kind=kind, subject=subject, **moments)


def show_changes(here: Here, filters: ChangeFilters) -> None:
    """Show a page of changes, newest first."""
    trail: list[tuple[str, int]] = _trail(filters)
    rows = logs.find_changes(here.survey, here.actor, filters, trail[-1] if trail else None)
    bodies = {row["seq"]: read_body(row["body"]) for row in rows}
    names = _names(here, {row["person"] for row in rows} | {one for body in bodies.values() for one in named_in(body)})
    _show([_change(here, row, named_in(bodies[row["seq"]]), names) for row in rows])
    _steps(trail, [(row["at"], row["seq"]) for row in rows])


def show_looks(here: Here, filters: LookFilters) -> None:
    """Show a page of looks, newest first, with those of the last seconds."""
    noting.flush()
    trail: list[tuple[str, str]] = _trail(filters)
    rows = logs.find_looks(here.survey, here.actor, filters, trail[-1] if trail else None)
    names = _names(here, {row[name] for row in rows for name in ("person", "device", "subject")})
    _show([_look(here, row, names) for row in rows])
    _steps(trail, [(row["first_at"], row["id"]) for row in rows])


def export_looks_address(filters: LookFilters) -> str:
    """Where the looks by *filters* can be downloaded as a table."""
    named = {name: getattr(filters, name) for name in ("person", "act", "kind", "subject")}
    days = {"since": filters.since, "until": filters.before and filters.before - timedelta(seconds=1)}
    named |= {name: moment and moment.astimezone(text.ZONE).date().isoformat() for name, moment in days.items()}
    return "/logs/looks.csv?" + urlencode({name: value for name, value in named.items() if value})


def _choose_one(label: str, names: Mapping[str, str], none: str, key: str) -> str | None:
    chosen = st.selectbox(label, list(names), index=None, format_func=lambda one: names[one], placeholder=none, key=key)
    return None if chosen is None else str(chosen)


def _choose_days(log: str) -> tuple[date | None, date | None]:
    first, last = st.columns(2)
    since = first.date_input(_("From day"), value=None, format="DD/MM/YYYY", key=f"{log}_since")
    until = last.date_input(_("Until day"), value=None, format="DD/MM/YYYY", key=f"{log}_until")
    return since, until


def _note(here: Here, log: str, asked: tuple[object, ...]) -> None:
    """Note once what is asked; a search by nothing is a look at the newest entries."""
    if st.session_state.get(_ASKED + log) == asked:
        return
    person, kind, _act, subject, *_days = asked
    if any(one is not None for one in asked):
        noting.note_now(here.actor, Act.SEARCHED, log, str(subject or person or kind or ""))
    else:
        noting.note(here.actor, Act.LISTED, log)
    st.session_state[_ASKED + log] = asked
    st.session_state[_ASKED] = any(one is not None for one in asked)


def _names(here: Here, ids: set[str]) -> dict[str, Named]:
    with here.survey.reading() as reader:
        return select_names(reader, here.actor.commune, ids - {""}) | {OPERATOR: Named("person", _("Operator at the server"))}


def _show(entries: Sequence[str]) -> None:
    if entries:
        st.html(_STYLE + f'<ol class="entries">{"".join(f"<li>{entry}</li>" for entry in entries)}</ol>')
    else:
        st.info(_("No entry fits."))


def _change(here: Here, row: Row, named: Sequence[str], names: Mapping[str, Named]) -> str:
    who = _called(row["person"], names) or _("the application itself")
    things = [_thing(here, one, names) for one in named[:_NAMED]]
    at = _moment(row["at"])
    return (
        f"<b>{escape(change_words(row['kind']))}</b> · {escape(who)}<small>{escape(at)} · "
        + escape(_("number {seq}", seq=text.format_number(row["seq"])))
        + f" · <code>{escape(row['hash'][:_SHORT])}</code></small>"
        + (f"<small>{' · '.join(things)}</small>" if things else "")
    )


def _look(here: Here, row: Row, names: Mapping[str, Named]) -> str:
    act, kind = act_words(row["act"]), subject_words(row["kind"])
    who = _called(row["person"], names) or _("the application itself")
    times = ngettext("{n} time", "{n} times", row["times"])
    phone = _("phone {name}", name=_called(row["device"], names)) if row["device"] else ""
    thing = f" · {_thing(here, row['subject'], names)}" if row["subject"] else ""
    return (
        f"<b>{escape(act)}: {escape(kind)}</b> · {escape(who)}{escape(f' · {phone}' if phone else '')}"
        f"<small>{escape(_moment(row['first_at']))} · {escape(times)}{thing}</small>"
    )


def _thing(here: Here, one: str, names: Mapping[str, Named]) -> str:
    """One named thing, by its code where it has one, with the way to it where the person may see it."""
    shown, known = escape(_called(one, names)), names.get(one)
    if known is not None and known.kind == Subject.SUBMISSION and here.actor.may(Ability.REVIEW):
        return f'<a href="/review?submission={quote(one)}" target="_self">{shown}</a>'
    return f'<span title="{escape(one)}">{shown}</span>'


def _called(one: str, names: Mapping[str, Named]) -> str:
    return names[one].name if one in names else _short(one)


def _short(one: str) -> str:
    return one if len(one) <= 2 * _SHORT else one[:_SHORT] + "…"


def _moment(at: str) -> str:
    moment: datetime = from_text(at).astimezone(text.ZONE)
    return f"{moment:%H:%M:%S} {text.format_date(moment)}"


def _trail(filters: ChangeFilters | LookFilters) -> list[Any]:
    """Behind which entries the pages begin that were turned; a new search begins anew."""
    kept = st.session_state.get(_TRAIL)
    if kept is None or kept[0] != filters:
        kept = st.session_state[_TRAIL] = (filters, [])
    trail: list[Any] = kept[1]
    return trail


def _steps(trail: list[Any], places: Sequence[object]) -> None:
    with st.container(horizontal=True):
        if trail:
            st.button(_("Newer"), on_click=lambda: trail.__delitem__(-1), icon=":material/arrow_back:")
        if len(places) == logs.PAGE:
            st.button(_("Older"), on_click=trail.append, args=(places[-1],), icon=":material/arrow_forward:")
