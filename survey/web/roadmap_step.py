"""One milestone: how it stands, what slips when it does, a report on it, its versions, and the form that changes it."""

from datetime import date
from html import escape

import streamlit as st

from survey import roadmap
from survey.domain.milestones import TITLE_LENGTH
from survey.domain.owners import Milestone
from survey.domain.problems import Problem
from survey.domain.reasons import REASON_LENGTH
from survey.domain.roadmap import Placed, Slip
from survey.store.milestones import select_milestone_history
from survey.web import text
from survey.web.roadmap import STYLE, Board, as_seen, can_edit, generation, next_generation, offer_new_version, say
from survey.web.roadmap_form import show_form
from survey.web.roadmap_words import dates_words, person_names, remark_words, share_words, slack_words
from survey.web.session import Here
from survey.web.text import _, ngettext

_LONGEST_SLIP = 365


def show_milestone(here: Here, board: Board, id_: str) -> None:
    """Show the milestone with that id, and to who may what changes it."""
    st.html(f'{STYLE}<a class="door" href="/roadmap" target="_self">{escape(_("The whole roadmap"))}</a>')
    milestone = board.roadmap.milestones.get(id_)
    if milestone is None:
        st.info(_("The roadmap has no such milestone; it may have been removed."))
        return
    one = board.roadmap.plan.placed[id_]
    st.subheader(text.plain(one.step.title), anchor=False)
    _show_facts(board, milestone, one)
    if not one.is_finished:
        _show_slip(here, board, one)
    with here.survey.reading() as reader:
        reports = roadmap.may_report(reader, here.actor, milestone)
    if reports:
        with st.expander(_("Report on it"), icon=":material/campaign:", expanded=not can_edit(here)):
            _show_report(here, board, milestone)
    if can_edit(here):
        with st.expander(_("Change the milestone"), icon=":material/edit:"):
            show_form(here, board, milestone)
        with st.expander(_("Remove it from the roadmap"), icon=":material/delete:"):
            _show_removal(here, milestone)
    with st.expander(_("History"), icon=":material/history:"):
        _show_history(here, board, milestone)


def _show_facts(board: Board, milestone: Milestone, one: Placed) -> None:
    titles = {id_: known.step.title for id_, known in board.roadmap.plan.placed.items()}
    place = board.hamlets.get(milestone.hamlet or "")
    followers = [known.step.title for known in board.roadmap.plan.placed.values() if one.step.id in known.step.needs]
    latest = "" if one.is_finished else f"{text.format_date(one.latest_start)} – {text.format_date(one.latest_finish)}"
    facts = (
        (_("Dates"), dates_words(one)), (_("State"), slack_words(one)), (_("At the latest"), latest),
        (_("Due"), text.format_date(one.step.due_on) if one.step.due_on else ""), (_("Share done"), share_words(one, milestone)),
        (_("Who"), person_names(board.names, milestone)), (_("Hamlet"), place.name if place else ""),
        (_("Criterion"), milestone.criterion or ""),
        (_("Needs first"), ", ".join(titles[need] for need in one.step.needs if need in titles)), (_("Needed by"), ", ".join(followers)),
    )  # fmt: skip
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in facts if said)
    st.html(f'<dl class="figures">{cells}</dl>')
    for remark in board.roadmap.remarks:
        if remark.chain[-1] == one.step.id:
            st.warning(text.plain(remark_words(remark, board.roadmap)))


def _show_slip(here: Here, board: Board, one: Placed) -> None:
    days = st.number_input(_("What if it ends so many days later?"), 0, _LONGEST_SLIP, 0, key=f"slip_{one.step.id}")
    if not days:
        return
    try:
        found = roadmap.what_if(here.survey, here.actor, one.step.id, int(days), shares=board.shares)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    st.write(text.plain(_end_words(found)))
    others = [moved for moved in found.moved if moved.after.step.id != one.step.id]
    lines = [
        _("{step}: ends {after} instead of {before}", step=moved.after.step.title, after=text.format_date(moved.after.finish),
          before=text.format_date(moved.before.finish)) + (f" – {_('misses its due date')}" if moved.after.step.id in found.missed else "")
        for moved in others
    ]  # fmt: skip
    if lines:
        st.html('<ul class="remarks">' + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")
    else:
        st.caption(_("No other milestone moves."))


def _end_words(found: Slip) -> str:
    if not found.end_days:
        return _("The roadmap still ends on {day}.", day=text.format_date(found.finish_after))
    moved = ngettext("{n} day later", "{n} days later", found.end_days)
    return _("The roadmap ends on {day}, {later}.", day=text.format_date(found.finish_after), later=moved)


def _show_report(here: Here, board: Board, milestone: Milestone) -> None:
    key, today = f"{milestone.id}_{generation()}", board.today
    milestone = as_seen(f"report_seen_{key}", f"report_began_{key}", milestone)
    with st.form(f"report_{key}", border=False):
        began, ended = st.columns(2)
        started_on = began.date_input(
            _("Begun on"), milestone.started_on, max_value=today, format="DD/MM/YYYY", key=f"report_began_{key}"
        )  # fmt: skip
        finished_on = ended.date_input(
            _("Finished on"), milestone.finished_on, max_value=today, format="DD/MM/YYYY", key=f"report_ended_{key}"
        )  # fmt: skip
        share = _ask_share(milestone, key)
        said = st.text_area(_("What is there to say?"), max_chars=REASON_LENGTH, key=f"report_text_{key}")
        if st.form_submit_button(_("Send the report"), type="primary"):
            _report(here, milestone, roadmap.Facts(_day(started_on), _day(finished_on), share), said)


def _ask_share(milestone: Milestone, key: str) -> float | None:
    if milestone.share_key is not None:
        st.caption(_("The share done is measured by the survey."))
        return None
    known = None if milestone.done_share is None else round(100 * milestone.done_share)
    percent = st.number_input(_("Done, in %"), 0, 100, known, step=5, key=f"report_share_{key}")
    return None if percent is None else percent / 100


def _report(here: Here, milestone: Milestone, facts: roadmap.Facts, said: str) -> None:
    try:
        roadmap.report(here.survey, here.actor, milestone.id, milestone.number, facts, text=said)
    except Problem as problem:
        offer_new_version(problem)
    else:
        say(_("The report is written."))
        next_generation()
        st.rerun()


def _show_removal(here: Here, milestone: Milestone) -> None:
    st.caption(_("Its versions and reports stay in the history."))
    if st.button(_("Remove the milestone"), key=f"remove_{milestone.id}"):
        try:
            roadmap.remove(here.survey, here.actor, milestone.id, milestone.number)
        except Problem as problem:
            st.error(text.problem_text(problem))
        else:
            st.query_params.clear()
            say(_("The milestone is off the roadmap."))
            st.rerun()


def _show_history(here: Here, board: Board, milestone: Milestone) -> None:
    with here.survey.reading() as reader:
        versions = select_milestone_history(reader, here.actor.commune, milestone.id)
    for version in versions:
        when = text.format_datetime(version.at) if version.at else ""
        st.markdown(f"**{when}** · {text.plain(board.names.get(version.entered_by, version.entered_by))}")
        st.caption(text.plain(_version_words(version)))


def _version_words(version: Milestone) -> str:
    days = ngettext("{n} day", "{n} days", version.days)
    dates = (
        (_("Due"), version.due_on), (_("Not before"), version.not_before), (_("Begun on"), version.started_on),
        (_("Finished on"), version.finished_on),
    )  # fmt: skip
    said = [f"{name}: {text.format_date(day)}" for name, day in dates if day is not None]
    share = [] if version.done_share is None else [_("{share} done, as reported", share=text.format_share(version.done_share))]
    return " · ".join([version.title[:TITLE_LENGTH], days, *said, *share])


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


