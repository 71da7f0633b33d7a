"""What a person decides on a task, in a panel below it: done, dropped, open again, another day or person."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from survey import tasks
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.tasks import Task, TaskState
from survey.store.people import select_people
from survey.store.site_visits import select_site_photos, select_standing_visits
from survey.store.tasks import TaskLine
from survey.web import text
from survey.web.session import Here
from survey.web.text import _

_MESSAGE, _DECIDING = "tasks_message", "tasks_deciding"
_CLOSE, _CHANGE, _DROP, _REOPEN = "close", "change", "drop", "reopen"


def tell(sentence: str) -> None:
    """Show *sentence* with the next run of the page, once."""
    st.session_state[_MESSAGE] = sentence


def show_message() -> None:
    """Show what became of the last press."""
    if sentence := st.session_state.pop(_MESSAGE, ""):
        st.success(text.plain(sentence), icon=":material/check:")


def show_actions(here: Here, line: TaskLine) -> None:
    """Show the buttons of one task, and below them the panel of the one that was pressed."""
    task = line.task
    words = {_CLOSE: _("Done"), _CHANGE: _("Change"), _DROP: _("Drop"), _REOPEN: _("Open again")}
    offered = (_CLOSE, _CHANGE, _DROP) if task.state is TaskState.OPEN else () if task.finding is not None else (_REOPEN,)
    with st.container(horizontal=True, key=f"task_{task.id}"):
        for kind in offered:
            st.button(words[kind], key=f"{kind}_{task.id}", on_click=_decide_on, args=(kind, task))
    kind, chosen, version = st.session_state.get(_DECIDING, ("", "", 0))
    if chosen == task.id and kind in offered:
        with st.container(border=True, key=f"panel_{task.id}"):
            {_CLOSE: _close, _CHANGE: _change, _DROP: _drop, _REOPEN: _reopen}[kind](here, task, version)
            st.button(_("Cancel"), key=f"cancel_{task.id}", on_click=_leave)


def attempt(work: Callable[[], object], done: str) -> None:
    """Do *work* and run the page again with *done*, or show the problem where the person stands."""
    try:
        work()
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(done)
    _leave()
    st.rerun()


def _decide_on(kind: str, task: Task) -> None:
    # The version that was seen is kept: a page that is read anew must not hide that somebody else was faster.
    st.session_state[_DECIDING] = (kind, task.id, task.version)


def _leave() -> None:
    st.session_state.pop(_DECIDING, None)


def _close(here: Here, task: Task, version: int) -> None:
    reason = st.text_area(_("How do you know that it is done?"), max_chars=NOTE_LENGTH, key=f"reason_{task.id}")
    submission, before, after = _choose_proof(here, task)
    if st.button(_("Close as done"), type="primary", key=f"do_{task.id}"):
        closing, done = tasks.Closing(reason, submission, before, after), _("{code} is done.", code=task.code)
        attempt(lambda: tasks.close(here.survey, here.actor, task.id, closing, version=version), done)


def _choose_proof(here: Here, task: Task) -> tuple[str | None, str | None, str | None]:
    """The accepted visit and the photos of the site that show it; nothing where the task has no site or nobody was there."""
    if task.site is None:
        return None, None, None
    with here.survey.reading() as reader:
        visits = select_standing_visits(reader, here.actor.commune, task.site, {})
        photos = select_site_photos(reader, here.actor.commune, task.site)
    if not visits:
        return None, None, None
    named = {one.submission: f"{one.code} · {text.format_date(one.captured_at)}" for one in reversed(visits)}
    numbered = {sha256: f"{number}. {text.format_date(at)}" for number, (_submission, sha256, at) in enumerate(photos, 1)}
    none, shown_by = _("none"), _("Accepted visit that shows it")
    visit = st.selectbox(shown_by, [None, *named], format_func=lambda one: named.get(one, none), key=f"by_{task.id}")
    _show_numbered(numbered)
    places = [None, *numbered]
    first = places.index(task.before_photo) if task.before_photo in numbered else 0
    before, after = (
        st.selectbox(words, places, index=index, format_func=lambda one: numbered.get(one, none), key=f"{side}_{task.id}")
        for words, side, index in ((_("Photo before"), "before", first), (_("Photo after"), "after", 0))
    )
    return visit, before, after


def _show_numbered(numbered: dict[str, str]) -> None:
    pictures = "".join(
        f'<figure style="margin:0;width:6rem"><img src="/photos/{sha256}/thumb" alt="{words}" loading="lazy" style="width:100%">'
        f"<figcaption>{words}</figcaption></figure>"
        for sha256, words in numbered.items()
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.5rem">{pictures}</div>')


def _drop(here: Here, task: Task, version: int) -> None:
    st.caption(_("It stays dropped until a visit shows that it has become worse, or that it was done and is wanting again."))
    reason = st.text_area(_("Why drop it?"), max_chars=NOTE_LENGTH, key=f"reason_{task.id}")
    if st.button(_("Drop the task"), type="primary", key=f"do_{task.id}"):
        done = _("{code} is dropped.", code=task.code)
        attempt(lambda: tasks.drop(here.survey, here.actor, task.id, reason, version=version), done)


def _reopen(here: Here, task: Task, version: int) -> None:
    reason = st.text_area(_("Why open it again?"), max_chars=NOTE_LENGTH, key=f"reason_{task.id}")
    if st.button(_("Open the task again"), type="primary", key=f"do_{task.id}"):
        done = _("{code} is open.", code=task.code)
        attempt(lambda: tasks.reopen(here.survey, here.actor, task.id, reason, version=version), done)


def _change(here: Here, task: Task, version: int) -> None:
    with here.survey.reading() as reader:
        names = {one.id: one.name for one in select_people(reader, here.actor.commune) if one.disabled_at is None}
    people = [None, *names]
    due_on: date | None = st.date_input(_("To be done by"), value=task.due_on, format="DD/MM/YYYY", key=f"due_{task.id}")
    person = st.selectbox(
        _("Who sees to it"), people, index=people.index(task.person) if task.person in names else 0, key=f"person_{task.id}",
        format_func=lambda one: _("The owner of the criterion") if one is None else names[one],
    )  # fmt: skip
    if st.button(_("Save"), type="primary", key=f"do_{task.id}"):
        done = _("{code} was changed.", code=task.code)
        attempt(lambda: tasks.change(here.survey, here.actor, task.id, due_on=due_on, person=person, version=version), done)
