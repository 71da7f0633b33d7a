"""Entering tasks by hand: a pasted list of defects, one a line, shown as read before anything is kept."""

from html import escape

import streamlit as st

from survey import tasks
from survey.domain.task_lines import MOST_LINES, Draft
from survey.domain.tasks import Origin
from survey.web import text
from survey.web.session import Here
from survey.web.tasks import Around
from survey.web.tasks_deciding import attempt
from survey.web.tasks_words import origin_words
from survey.web.text import _, ngettext

_TEXT = "tasks_pasted"
_LETTERS = 60_000  # of a pasted list: its most lines at their longest


def show_entry(here: Here, around: Around) -> None:
    """Show the field for a list and what is said once for all of its lines; one line is a list, too."""
    with st.expander(_("Enter tasks or a list of defects"), icon=":material/playlist_add:"):
        st.write(
            _("One a line: what is to be done. Behind it, divided by a tab or |, the hamlet or the site's code, and the day (15/12/2026).")
        )
        pasted = st.text_area(
            _("Tasks, one a line"), key=_TEXT, height=180, max_chars=_LETTERS,
            placeholder=_("Paint the gate | HO-0012 | 15/12/2026"),
        )  # fmt: skip
        st.caption(ngettext("{n} line at most", "{n} lines at most", MOST_LINES))
        common = _common(around)
        if not pasted.strip():
            return
        drafts = tasks.preview(here.survey, here.actor, pasted)
        _show_drafts(around, drafts, common)
        faulty = sum(bool(draft.faults) for draft in drafts)
        label = ngettext("Keep {n} task", "Keep {n} tasks", len(drafts))
        if st.button(label, type="primary", disabled=bool(faulty)):
            said = ngettext("{n} task was kept.", "{n} tasks were kept.", len(drafts))
            attempt(lambda: _keep(here, pasted, common), said)


def _keep(here: Here, pasted: str, common: tasks.Entry) -> None:
    tasks.enter_list(here.survey, here.actor, pasted, common)
    del st.session_state[_TEXT]


def _common(around: Around) -> tasks.Entry:
    origins = [Origin.APPRAISAL, Origin.PERSON] if around.is_desk else [Origin.APPRAISAL]
    origin = st.segmented_control(_("These are"), origins, format_func=origin_words, default=Origin.APPRAISAL, key="tasks_new_origin")
    names = {one.id: one.name for one in around.hamlets}
    hamlet = st.selectbox(
        _("Hamlet, where a line names none"), [None, *names], format_func=lambda one: names.get(one, _("The whole commune")),
        key="tasks_new_hamlet",
    )  # fmt: skip
    criterion = st.selectbox(
        _("Criterion"), [None, *around.criteria], key="tasks_new_criterion",
        format_func=lambda one: _("none") if one is None else around.criteria[one],
    )  # fmt: skip
    due_on = st.date_input(_("Day, where a line names none"), value=None, format="DD/MM/YYYY", key="tasks_new_due")
    people = {one.id: one.name for one in around.people}
    person = st.selectbox(
        _("Who sees to it"), [None, *people], key="tasks_new_person",
        format_func=lambda one: _("The owner of the criterion") if one is None else people[one],
    )  # fmt: skip
    edition, code = criterion or (None, None)
    return tasks.Entry("", origin or Origin.APPRAISAL, hamlet, None, edition, code, due_on, person)


def _show_drafts(around: Around, drafts: list[Draft], common: tasks.Entry) -> None:
    names = {one.id: one.name for one in around.hamlets}
    rows = "".join(_draft_row(draft, names, common) for draft in drafts)
    heads = "".join(f"<th>{escape(words)}</th>" for words in (_("Line"), _("Task"), _("Where"), _("By")))
    st.html(
        "<style>.drafts td, .drafts th { text-align: left; padding: .3rem .5rem; vertical-align: top;"
        " border-bottom: 1px solid color-mix(in srgb, currentColor 30%, transparent); } .drafts .fault { font-weight: 600; }"
        " @media (max-width: 640px) { .drafts thead { display: none; } .drafts td { display: block; border: 0; padding: .1rem 0; }"
        " .drafts tr { display: block; padding: .4rem 0;"
        " border-bottom: 1px solid color-mix(in srgb, currentColor 30%, transparent); } }</style>"
        f'<div style="overflow-x:auto" tabindex="0"><table class="drafts"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _draft_row(draft: Draft, names: dict[str, str], common: tasks.Entry) -> str:
    hamlet = draft.hamlet or (None if draft.site else common.hamlet)
    site = "" if draft.site is None else f"{draft.site.code} {draft.site.name}"
    where = " · ".join(part for part in (site, names.get(hamlet or "", "")) if part) or _("The whole commune")
    due_on = draft.due_on or common.due_on
    faults = "".join(f'<br><span class="fault">✗ {escape(en if text.locale() == "en" else vi)}</span>' for vi, en in draft.faults)
    cells = (str(draft.number), draft.title, where, "" if due_on is None else text.format_date(due_on))
    shown = [escape(cell) for cell in cells]
    shown[1] += faults
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in shown)}</tr>"
