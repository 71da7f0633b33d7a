"""The parts of the tasks page: counts, the choice of tasks, the cards with their photos before and after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape
from urllib.parse import quote, urlencode

import streamlit as st

from survey import tasks
from survey.catalogue.effective import effective_edition
from survey.catalogue.findings import Findings
from survey.domain.people import Ability, Person
from survey.domain.places import Hamlet
from survey.domain.tasks import Origin, TaskState
from survey.domain.times import local_date
from survey.store.editions import select_editions
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.store.rule_entries import select_entries
from survey.store.tasks import TaskFilters, TaskLine, select_task_counts
from survey.web import tasks_deciding, text
from survey.web.session import Here
from survey.web.tasks_words import closed_words, due_words, origin_words, place_words, state_words, title_words
from survey.web.text import _, ngettext

_STYLE = """<style>
.task { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem; padding: .6rem .75rem; }
.task.late { border-left: 6px solid #b3261e; }
.task b { font-size: 1.0625rem; } .task span { display: block; font-size: .9375rem; overflow-wrap: anywhere; }
.task .pair { display: flex; flex-wrap: wrap; gap: .25rem .75rem; align-items: center; margin: .5rem 0 0; }
.task figure { margin: 0; flex: 0 0 7rem; } @media (min-width: 641px) { .task figure { flex-basis: 12rem; } }
.task figcaption { font-size: .875rem; font-weight: 600; }
.task figure a { display: block; } .task img { width: 100%; aspect-ratio: 4 / 3; object-fit: cover; border-radius: .25rem; display: block;
  background: color-mix(in srgb, currentColor 12%, transparent); }
.task a.to-review { display: inline-flex; align-items: center; min-height: 48px; color: inherit; }
</style>"""
_SHOWN = "tasks_shown"
_PAGE = 12  # cards at first, and more at a press: on a phone thirty are twenty screens


@dataclass(frozen=True)
class Around:
    """What the page names things by: present hamlets, criteria by (edition, code), people with an account, the rules.

    *is_desk* is false for who sees a part of the list only: owners and appraisers.
    """

    today: date
    hamlets: tuple[Hamlet, ...]
    criteria: Mapping[tuple[str, str], str]
    people: tuple[Person, ...]
    findings: Findings
    is_desk: bool = True


def look_around(here: Here) -> Around:
    """Read what the page names things by, within the person's hamlets."""
    today, commune = local_date(here.survey.now()), here.actor.commune
    with here.survey.reading() as reader:
        editions = [
            effective_edition(loaded.document, select_entries(reader, commune, loaded.id)) for loaded in select_editions(reader, commune)
        ]
        hamlets = [one for one in select_hamlets(reader, commune, today) if here.actor.reaches(one.id)]
        people = [one for one in select_people(reader, commune) if one.is_open(here.survey.now())]
        findings = tasks.present_findings(reader, commune)
    criteria = {
        (edition.id, one.code): f"{one.code}. {one.title.say(text.locale())} ({edition.title.say(text.locale())})"
        for edition in sorted(editions, key=lambda one: (not one.is_valid(today), one.id))
        for one in edition.criteria
        if not one.combines
    }
    return Around(today, tuple(hamlets), criteria, tuple(people), findings, here.actor.may(Ability.REVIEW))


def show_counts(here: Here, around: Around) -> None:
    """Show how many tasks are open and overdue; of an owner, those of the own criteria."""
    with here.survey.reading() as reader:
        counts = select_task_counts(reader, here.actor.commune, around.today, here.actor.hamlets)
    if here.actor.may(Ability.APPRAISE):
        st.caption(_("You see the defects that the council found, and enter more of them."))
        return
    if not here.actor.may(Ability.REVIEW):
        st.caption(_("You see the tasks of the criteria that you answer for, and those given to you."))
        return
    cells = [(_("open"), counts.total.open), (_("overdue"), counts.total.overdue)]
    worst = sorted(counts.by_hamlet.items(), key=lambda pair: -pair[1].open)[:3]
    names = {one.id: one.name for one in around.hamlets}
    cells += [(names[hamlet], count.open) for hamlet, count in worst if hamlet in names]
    numbers = "".join(f'<div class="count"><b>{text.format_number(n)}</b>{escape(words)}</div>' for words, n in cells)
    st.html(f'<div class="counts">{numbers}</div>')


def choose_filters(here: Here, around: Around) -> TaskFilters:
    """Show the chips and choices that narrow the list down."""
    states = list(TaskState)
    state = st.segmented_control(_("State"), states, format_func=state_words, default=TaskState.OPEN, key="tasks_state") or TaskState.OPEN
    late = st.toggle(_("Overdue only"), key="tasks_overdue") if state is TaskState.OPEN else False
    with st.expander(_("Hamlet, criterion, person, origin"), icon=":material/filter_alt:"):
        names = {one.id: one.name for one in around.hamlets}
        hamlet = st.selectbox(_("Hamlet"), [None, *names], format_func=lambda one: names.get(one, _("All hamlets")), key="tasks_hamlet")
        criterion = _choose_criterion(around)
        person = _choose_person(here, around)
        origins = () if here.actor.may(Ability.APPRAISE) else tuple(Origin)
        origin = st.selectbox(
            _("Found by"), [None, *origins], key="tasks_origin",
            format_func=lambda one: _("Everybody") if one is None else origin_words(one),
        )
    return TaskFilters(
        state, hamlet, () if criterion is None else (criterion,), person, around.today if late else None, origin
    )


def _choose_criterion(around: Around) -> tuple[str, str] | None:
    return st.selectbox(
        _("Criterion"), [None, *around.criteria], key="tasks_criterion",
        format_func=lambda one: _("All criteria") if one is None else around.criteria[one],
    )  # fmt: skip


def _choose_person(here: Here, around: Around) -> str | None:
    if not here.actor.may(Ability.REVIEW):
        return None
    names = {one.id: one.name for one in around.people}
    return st.selectbox(
        _("Person who answers"), [None, *names], format_func=lambda one: _("Everybody") if one is None else names[one], key="tasks_person"
    )


def show_downloads(filters: TaskFilters) -> None:
    """Show the links to the list as a table and, by hamlet, as paper."""
    query = urlencode(filter_query(filters))
    links = [(f"/api/tasks.csv?{query}", _("Table (CSV)"), " download")]
    if filters.state is TaskState.OPEN:
        place = "" if filters.hamlet is None else f"?hamlet={quote(filters.hamlet)}"
        links.append((f"/print/tasks{place}", _("Print by hamlet (PDF)"), ' target="_blank"'))
    doors = "".join(f'<a class="door" href="{escape(address)}"{how}>{escape(words)}</a> ' for address, words, how in links)
    st.html(f'<p style="display:flex;flex-wrap:wrap;gap:.5rem;margin:0">{doors}</p>')


def filter_query(filters: TaskFilters) -> dict[str, str]:
    """Return *filters* as an address says them."""
    said = {
        "state": filters.state.value, "hamlet": filters.hamlet, "person": filters.person, "overdue": "1" if filters.overdue else None,
        "criterion": "/".join(filters.criteria[0]) if filters.criteria else None, "origin": filters.origin and filters.origin.value,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def show_list(here: Here, around: Around, filters: TaskFilters) -> None:
    """Show the tasks, most pressing first, each with what may be done with it; more of them at a press."""
    key = urlencode(filter_query(filters))
    if st.session_state.get("tasks_list") != key:
        st.session_state["tasks_list"], st.session_state[_SHOWN] = key, _PAGE
    shown: int = st.session_state[_SHOWN]
    lines = tasks.select_page(here.survey, here.actor, filters, limit=shown + 1)
    if not lines:
        st.info(_("No task here. Tasks come from accepted visits, from the appraisal's list of defects, and by hand."))
        return
    st.html(_STYLE)
    for line in lines[:shown]:
        st.html(_card(here, around, line))
        if here.actor.may(Ability.REVIEW):
            tasks_deciding.show_actions(here, line)
    if len(lines) > shown:
        st.button(_("More tasks"), on_click=_more, width="stretch")


def _more() -> None:
    st.session_state[_SHOWN] += _PAGE


def _card(here: Here, around: Around, line: TaskLine) -> str:
    task = line.task
    serves = around.findings.rule(task.finding)
    codes = serves.criteria if serves is not None else ((task.edition or "", task.criterion or ""),)
    lines = [
        place_words(line), due_words(task, around.today) if task.state is TaskState.OPEN else closed_words(task),
        f"{task.code} · {origin_words(task.origin)}" + ("" if line.person_name is None else f" · {line.person_name}"),
        " · ".join(around.criteria[code] for code in codes[:1] if code in around.criteria)
        + (ngettext(" and {n} more criterion", " and {n} more criteria", len(codes) - 1) if len(codes) > 1 else ""),
    ]  # fmt: skip
    spans = "".join(f"<span>{escape(one)}</span>" for one in lines if one)
    late = " late" if task.is_overdue(around.today) else ""
    title = escape(title_words(task, around.findings))
    return f'<article class="task{late}"><b>{title}</b>{spans}<div class="pair">{_photos(line)}{_visits(here, line)}</div></article>'


def _photos(line: TaskLine) -> str:
    pairs = ((line.task.before_photo, _("Before")), (line.task.after_photo, _("After")))
    return "".join(
        f'<figure><a href="/photos/{sha256}/preview" target="_blank">'
        f'<img src="/photos/{sha256}/thumb" alt="{escape(words)}" loading="lazy">'
        f"</a><figcaption>{escape(words)}</figcaption></figure>"
        for sha256, words in pairs
        if sha256
    )


def _visits(here: Here, line: TaskLine) -> str:
    if not here.actor.may(Ability.REVIEW):
        return ""
    named = ((line.task.opened_submission, _("The visit that found it")), (line.task.closed_submission, _("The visit that shows it done")))
    return "".join(
        f'<a class="to-review" href="/review?submission={quote(submission)}" target="_self">{escape(words)}</a>'
        for submission, words in named
        if submission
    )
