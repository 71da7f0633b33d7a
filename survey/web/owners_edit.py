"""What changes at the owners: one table for all criteria of an edition, and the report of an owner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from survey import owners, standing
from survey.domain.owners import Assignment
from survey.domain.people import Person
from survey.domain.problems import OWNER_CHANGED, Problem
from survey.domain.reasons import NOTE_LENGTH, REASON_LENGTH
from survey.store.assignments import select_assignment_history
from survey.web import text
from survey.web.owners import Duty
from survey.web.roadmap import generation, next_generation, say
from survey.web.session import Here
from survey.web.text import _

_KINDS = ["pdf", "jpg", "jpeg", "png", "webp", "heic", "docx", "xlsx"]
Seen = Mapping[str, Assignment]


def show_table(here: Here, duties: Sequence[Duty], people: Mapping[str, Person], edition: str) -> None:
    """Show every criterion with agency, person and date to fill in, and one button that saves all of them."""
    key = f"{edition}_{generation()}"
    seen = _seen(key, duties)
    agencies = sorted({held.agency for held in seen.values() if held.agency})
    st.caption(_("Choose an account, or type the name of somebody without one. What is left empty has nobody."))
    with st.form(f"owners_{key}", border=False):
        wanted = [_ask(duty, seen[duty.row.criterion.code], people, agencies, key) for duty in duties]
        if st.form_submit_button(_("Save all owners"), type="primary"):
            _save(here, edition, wanted)


def show_report(here: Here, duties: Sequence[Duty]) -> None:
    """Show the form in which an owner reports on one of *duties*."""
    titles = {(duty.assignment.edition, duty.row.criterion.code): duty.title for duty in duties}
    with st.form(f"owner_report_{generation()}", border=False):
        chosen = st.selectbox(_("Criterion"), list(titles), format_func=titles.__getitem__, key=f"report_on_{generation()}")
        said = st.text_area(_("What is there to say?"), max_chars=REASON_LENGTH, key=f"owner_said_{generation()}")
        percent = st.number_input(_("Done, in %"), 0, 100, None, step=5, key=f"owner_share_{generation()}")
        st.caption(_("Where the survey measures it, what it measured counts; your figure stands beside it."))
        paper = st.file_uploader(_("A document (not needed)"), type=_KINDS, key=f"owner_paper_{generation()}")
        if st.form_submit_button(_("Send the report"), type="primary") and chosen is not None:
            content = None if paper is None else (paper.name, paper.getvalue())
            _report(here, chosen, said, None if percent is None else percent / 100, content)


def show_history(here: Here, duties: Sequence[Duty], people: Mapping[str, str]) -> None:
    """Show every version of who answered for a criterion, newest first."""
    by_code = {duty.row.criterion.code: duty for duty in duties}
    code = st.selectbox(_("Criterion"), list(by_code), format_func=lambda code: by_code[code].title, key="owner_history")
    with here.survey.reading() as reader:
        versions = select_assignment_history(reader, here.actor.commune, by_code[code].assignment.edition, code)
    if not versions:
        st.caption(_("Nobody has been named yet."))
    for version in versions:
        when = text.format_datetime(version.at) if version.at else ""
        st.markdown(f"**{when}** · {text.plain(people.get(version.entered_by, version.entered_by))}")
        due = "" if version.due_on is None else f"{_('Due')} {text.format_date(version.due_on)}"
        said = " · ".join(part for part in (version.agency, version.person_name, due, version.note) if part)
        st.caption(text.plain(said or _("nobody yet")))


def _seen(key: str, duties: Iterable[Duty]) -> Seen:
    """The versions that the table was drawn with: a change by another while somebody types must not pass unseen."""
    name, first = f"owners_seen_{key}", next((duty.row.criterion.code for duty in duties), "")
    if f"agency_{key}_{first}" not in st.session_state:
        st.session_state[name] = {}
    seen: dict[str, Assignment] = st.session_state.setdefault(name, {})
    for duty in duties:
        seen.setdefault(duty.row.criterion.code, duty.assignment)
    return seen


def _ask(duty: Duty, held: Assignment, people: Mapping[str, Person], agencies: Sequence[str], key: str) -> Assignment:
    key = f"{key}_{duty.row.criterion.code}"
    choices = [id_ for id_, person in people.items() if person.disabled_at is None or id_ == held.person]
    named = held.person or held.person_name
    options = [*choices, named] if named and named not in choices else choices
    with st.container(border=True):
        st.markdown(f"**{text.plain(duty.title)}**")
        left, middle, right = st.columns([2, 2, 1])
        agency = left.selectbox(
            _("Agency"), agencies, agencies.index(held.agency) if held.agency else None, accept_new_options=True,
            placeholder=_("Choose or type"), key=f"agency_{key}",
        )  # fmt: skip
        person = middle.selectbox(
            _("Who"), options, options.index(named) if named else None, accept_new_options=True, placeholder=_("Choose or type"),
            format_func=lambda id_: people[id_].name if id_ in people else id_, key=f"person_{key}",
        )  # fmt: skip
        due_on = right.date_input(_("Due"), held.due_on, format="DD/MM/YYYY", key=f"owner_due_{key}")
        note = st.text_input(_("Note (not needed)"), held.note, max_chars=NOTE_LENGTH, key=f"owner_note_{key}")
    account = person if person in people else None
    return replace(
        held, agency=agency or "", person=account, person_name="" if account else person or "",
        due_on=due_on if isinstance(due_on, date) else None, note=note,
    )  # fmt: skip


def _save(here: Here, edition: str, wanted: Sequence[Assignment]) -> None:
    try:
        written = owners.assign(here.survey, here.actor, edition, wanted)
    except Problem as problem:
        st.error(text.plain(text.problem_text(problem)))
        if problem.kind is OWNER_CHANGED:
            st.form_submit_button(_("Load the table again"), on_click=next_generation)
        return
    say(_("Saved: {n} criteria.", n=len(written)) if written else _("Nothing was changed."))
    next_generation()
    st.rerun()


def _report(here: Here, chosen: tuple[str, str], said: str, share: float | None, paper: tuple[str, bytes] | None) -> None:
    try:
        document = None if paper is None else standing.keep_document(here.survey, here.actor, paper[0], [paper[1]])
        owners.report(here.survey, here.actor, chosen[0], chosen[1], text=said, done_share=share, document=document)
    except Problem as problem:
        st.error(text.plain(text.problem_text(problem)))
        return
    say(_("The report is written."))
    next_generation()
    st.rerun()
