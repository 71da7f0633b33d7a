"""Widgets of the community page: residents' reports with the choice of a site, contributions, the public page."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from survey import community, tasks
from survey.domain.community import ON, PUBLIC_PAGE, Contribution, ContributionKind, ReportState, ResidentReport
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH, REASON_LENGTH
from survey.domain.tasks import Origin, Task
from survey.domain.times import local_date
from survey.store.community import select_contribution_sums
from survey.store.places import select_hamlets
from survey.store.settings import select_settings
from survey.store.sites import SiteFilter, select_sites_page
from survey.web import layout, text
from survey.web.privacy import tell
from survey.web.public import given_words
from survey.web.session import Here
from survey.web.text import _, ngettext

_SITES = 20
_COMMUNE = ""


def show_reports(here: Here) -> None:
    """Show the reports that wait, oldest first, each with what can be done; below, those decided lately."""
    waiting = community.list_reports(here.survey, here.actor, ReportState.WAITING)
    names = _hamlet_names(here)
    if not waiting:
        st.info(_("No report waits."))
    for report in waiting:
        with st.container(border=True, key=f"report_{report.id}"):
            _show_report(report, names)
            _show_taking(here, report)
            _show_dismissing(here, report)
    closed = (ReportState.TAKEN, ReportState.DISMISSED)
    decided = [one for state in closed for one in community.list_reports(here.survey, here.actor, state)]
    if decided:
        with st.expander(ngettext("{n} report was dealt with", "{n} reports were dealt with", len(decided))):
            for report in decided:
                _show_report(report, names)


def show_contributions(here: Here) -> None:
    """Show the sums by hamlet, the single entries, and for those who may, the form for another one."""
    names = _hamlet_names(here)
    with here.survey.reading() as reader:
        sums = select_contribution_sums(reader, here.actor.commune)
    lines = [(hamlet, given_words(of_kind)) for hamlet, of_kind in sums.items() if here.actor.reaches(hamlet)]
    if not lines:
        st.info(_("Nothing has been entered yet."))
    shown = "".join(
        f"<li><b>{escape(_place(hamlet, names))}</b>: {escape('; '.join(words))}</li>"
        for hamlet, words in sorted(lines, key=lambda line: _place(line[0], names))
    )
    st.html(f"<ul>{shown}</ul>")
    if here.actor.may(Ability.EDIT_REGISTER):
        _contribution_form(here, names)
    _show_entries(here, community.list_contributions(here.survey, here.actor), names)


def show_public(here: Here) -> None:
    """Show whether the public page is open, its address, and for the coordinator the way to open or close it."""
    with here.survey.reading() as reader:
        is_open = select_settings(reader, here.actor.commune, PUBLIC_PAGE).get(PUBLIC_PAGE) == ON
    address = f"/public/{here.actor.commune}"
    st.write(_("The public page shows progress by hamlet without names, positions or photos, and takes reports of residents."))
    if is_open:
        st.success(_("It is open to everybody."), icon=":material/public:")
        st.html(f'<a class="door" href="{escape(address)}" target="_blank">{escape(layout.public_address(here.survey) + address)}</a>')
    else:
        st.info(_("It is closed: whoever asks for it is told so."))
    if not here.actor.may(Ability.MANAGE):
        return
    with st.form("public_page"):
        reason = st.text_input(_("Reason"), max_chars=REASON_LENGTH)
        if st.form_submit_button(_("Close the public page") if is_open else _("Open the public page")):
            try:
                community.open_page(here.survey, here.actor, is_open=not is_open, reason=reason)
            except Problem as problem:
                st.error(text.problem_text(problem))
            else:
                tell(_("The public page is closed.") if is_open else _("The public page is open."))
                st.rerun()


def _show_report(report: ResidentReport, names: dict[str, str]) -> None:
    state = {ReportState.WAITING: _("waits"), ReportState.TAKEN: _("taken"), ReportState.DISMISSED: _("put aside")}[report.state]
    place = names.get(report.hamlet or "", _("hamlet not given"))
    st.markdown(f"**{report.code}** · {text.format_datetime(report.received_at)} · {text.plain(place)} · {state}")
    if report.text:
        st.text(report.text)
    if report.note:
        st.caption(text.plain(report.note))
    if report.sha256 is not None and report.state is not ReportState.DISMISSED:
        words = escape(_("Photo of the report {code}", code=report.code))
        look = "width:100%;max-width:30rem;border-radius:.5rem"
        st.html(f'<img src="/photos/resident/{escape(report.id)}" alt="{words}" loading="lazy" style="{look}">')


def _show_taking(here: Here, report: ResidentReport) -> None:
    with st.expander(_("Take it: choose the site"), icon=":material/task_alt:"):
        words = st.text_input(_("Search the register by code or name"), key=f"report_search_{report.id}", max_chars=100)
        wanted = SiteFilter(hamlet=None if words else report.hamlet, q=words.strip(), scope=here.actor.hamlets)
        with here.survey.reading() as reader:
            found = select_sites_page(reader, here.actor.commune, wanted, limit=_SITES).sites
        if not found:
            st.write(_("No site found."))
            return
        names = {site.id: f"{site.code} · {site.name}" for site in found}
        with st.form(f"take_{report.id}", border=False):
            site = st.selectbox(_("Site"), list(names), index=None, format_func=names.__getitem__, key=f"report_site_{report.id}")
            title = st.text_input(_("What is to be done"), value=report.text[:200], max_chars=200, key=f"report_title_{report.id}")
            if st.form_submit_button(_("Take it and open a task"), type="primary"):
                _take(here, report, site, title)


def _take(here: Here, report: ResidentReport, site: str | None, title: str) -> None:
    if site is None:
        st.error(_("Choose the site that the report is about."))
        return
    try:
        task = _take_with_task(here, report, site, title)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(_("{code} was taken; the task {task} is open.", code=report.code, task=task.code))
    st.rerun()


def _take_with_task(here: Here, report: ResidentReport, site: str, title: str) -> Task:
    task = tasks.enter(here.survey, here.actor, tasks.Entry(title, Origin.RESIDENT, site=site))
    try:
        community.take(here.survey, here.actor, report.id, site, task=task.id)
    except Problem as problem:  # somebody was faster: what was opened for it goes again
        tasks.drop(here.survey, here.actor, task.id, text.problem_text(problem), version=task.version)
        raise
    return task


def _show_dismissing(here: Here, report: ResidentReport) -> None:
    with st.expander(_("Put it aside"), icon=":material/block:"), st.form(f"dismiss_{report.id}", border=False):
        reason = st.text_input(_("Reason"), max_chars=NOTE_LENGTH, key=f"report_reason_{report.id}")
        if st.form_submit_button(_("Put it aside")):
            try:
                community.dismiss(here.survey, here.actor, report.id, reason)
            except Problem as problem:
                st.error(text.problem_text(problem))
                return
            tell(_("{code} was put aside.", code=report.code))
            st.rerun()


def _contribution_form(here: Here, names: dict[str, str]) -> None:
    today = local_date(here.survey.now())
    kinds = {ContributionKind.WORK_DAYS: _("work days"), ContributionKind.MONEY_VND: _("VND"), ContributionKind.LAND_M2: _("m² of land")}
    with st.form("contribution", clear_on_submit=False):
        hamlet = st.selectbox(_("Hamlet"), [_COMMUNE, *names], format_func=lambda one: _place(one or None, names))
        kind = st.segmented_control(_("What was given"), list(kinds), format_func=kinds.__getitem__, default=ContributionKind.WORK_DAYS)
        amount = st.number_input(_("Amount"), min_value=0.0, step=1.0, format="%g")
        given_on = st.date_input(_("Day"), value=today, max_value=today, format="DD/MM/YYYY")
        purpose = st.text_input(_("For what, after which paper"), max_chars=REASON_LENGTH)
        if st.form_submit_button(_("Enter the contribution"), type="primary"):
            _contribute(here, hamlet or None, kind or ContributionKind.WORK_DAYS, amount, given_on, purpose)


def _contribute(here: Here, hamlet: str | None, kind: ContributionKind, amount: float, given_on: date, purpose: str) -> None:
    try:
        community.contribute(here.survey, here.actor, hamlet=hamlet, kind=kind, amount=amount, given_on=given_on, purpose=purpose)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(_("The contribution was entered."))
    st.rerun()


def _show_entries(here: Here, entries: Sequence[Contribution], names: dict[str, str]) -> None:
    for one in entries:
        words = "; ".join(given_words({one.kind: one.amount}))
        head = f"{text.format_date(one.given_on)} · {_place(one.hamlet, names)} · {words} · {one.purpose}"
        if one.withdrawn_reason is not None:
            st.caption(f"~~{text.plain(head)}~~ {_('taken back')}: {text.plain(one.withdrawn_reason)}")
            continue
        with st.expander(text.plain(head)):
            if here.actor.may(Ability.EDIT_REGISTER):
                _withdraw_form(here, one)


def _withdraw_form(here: Here, one: Contribution) -> None:
    with st.form(f"withdraw_{one.id}", border=False):
        reason = st.text_input(_("Reason"), max_chars=REASON_LENGTH, key=f"withdraw_reason_{one.id}")
        if st.form_submit_button(_("Take it back")):
            try:
                community.withdraw_contribution(here.survey, here.actor, one.id, reason)
            except Problem as problem:
                st.error(text.problem_text(problem))
                return
            tell(_("The contribution was taken back."))
            st.rerun()


def _hamlet_names(here: Here) -> dict[str, str]:
    with here.survey.reading() as reader:
        hamlets = select_hamlets(reader, here.actor.commune)
    return {hamlet.id: hamlet.name for hamlet in hamlets if here.actor.reaches(hamlet.id)}


def _place(hamlet: str | None, names: dict[str, str]) -> str:
    return _("The whole commune") if hamlet is None else names.get(hamlet, hamlet)
