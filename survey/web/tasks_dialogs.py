"""What a person decides on a task, each in its own dialog: done, dropped, open again, another day or person."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from survey import tasks
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.tasks import Task, TaskState
from survey.store.people import select_people
from survey.store.site_visits import select_site_photos, select_standing_visits
from survey.store.tasks import TaskLine
from survey.web import session, text
from survey.web.session import Here
from survey.web.text import _

_MESSAGE = "tasks_message"


def tell(sentence: str) -> None:
    """Show *sentence* with the next run of the page, once."""
    st.session_state[_MESSAGE] = sentence


def show_message() -> None:
    """Show what became of the last press."""
    if sentence := st.session_state.pop(_MESSAGE, ""):
        st.success(text.plain(sentence), icon=":material/check:")


def show_actions(line: TaskLine, title: str) -> None:
    """Show the buttons of one task."""
    task = line.task
    with st.container(horizontal=True, key=f"task_{task.id}"):
        if task.state is TaskState.OPEN:
            offered: list[tuple[str, Callable[[Task, str], None]]] = [
                (_("Done"), _close_dialog()), (_("Change"), _change_dialog()), (_("Drop"), _drop_dialog()),
            ]  # fmt: skip
        else:
            offered = [] if task.finding is not None else [(_("Open again"), _reopen_dialog())]
        for words, dialog in offered:
            if st.button(words, key=f"{words}_{task.id}"):
                dialog(task, title)


def acting() -> Here:
    """Who presses: looked up anew, since a dialog reruns without the page's first line."""
    here = session.look()
    if here is None or not here.actor.may(Ability.REVIEW):
        st.error(_("Please sign in"))
        st.stop()
    return here


def attempt(work: Callable[[], object], done: str) -> None:
    """Do *work* and run the page again with *done*, or show the problem where the person stands."""
    try:
        work()
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    tell(done)
    st.rerun()


def _close_dialog() -> Callable[[Task, str], None]:
    @st.dialog(_("The task is done"))
    def show(task: Task, title: str) -> None:
        here = acting()
        st.write(text.plain(title))
        reason = st.text_area(_("How do you know?"), max_chars=NOTE_LENGTH, key=f"close_reason_{task.id}")
        submission, before, after = _choose_proof(here, task)
        if st.button(_("Close as done"), type="primary", key=f"close_{task.id}"):
            closing = tasks.Closing(reason, submission, before, after)
            done = _("{code} is done.", code=task.code)
            attempt(lambda: tasks.close(here.survey, here.actor, task.id, closing, version=task.version), done)

    return show


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
    none = _("none")
    shown_by = _("Accepted visit that shows it")
    visit = st.selectbox(shown_by, [None, *named], format_func=lambda one: named.get(one, none), key=f"by_{task.id}")
    pictures = "".join(
        f'<figure style="margin:0;width:6rem"><img src="/photos/{sha256}/thumb" alt="" loading="lazy" style="width:100%">'
        f"<figcaption>{words}</figcaption></figure>"
        for sha256, words in numbered.items()
    )
    st.html(f'<div style="display:flex;flex-wrap:wrap;gap:.5rem">{pictures}</div>')
    before, after = (
        st.selectbox(words, [None, *numbered], format_func=lambda one: numbered.get(one, none), key=f"{side}_{task.id}", index=index)
        for words, side, index in (
            (_("Photo before"), "before", [None, *numbered].index(task.before_photo) if task.before_photo in numbered else 0),
            (_("Photo after"), "after", 0),
        )
    )
    return visit, before, after


def _drop_dialog() -> Callable[[Task, str], None]:
    @st.dialog(_("Drop the task"))
    def show(task: Task, title: str) -> None:
        here = acting()
        st.write(text.plain(title))
        st.caption(_("It stays dropped until a visit shows that it has become worse, or that it was done and is wanting again."))
        reason = st.text_area(_("Why?"), max_chars=NOTE_LENGTH, key=f"drop_reason_{task.id}")
        if st.button(_("Drop"), type="primary", key=f"drop_{task.id}"):
            done = _("{code} is dropped.", code=task.code)
            attempt(lambda: tasks.drop(here.survey, here.actor, task.id, reason, version=task.version), done)

    return show


def _reopen_dialog() -> Callable[[Task, str], None]:
    @st.dialog(_("Open the task again"))
    def show(task: Task, title: str) -> None:
        here = acting()
        st.write(text.plain(title))
        reason = st.text_area(_("Why?"), max_chars=NOTE_LENGTH, key=f"reopen_reason_{task.id}")
        if st.button(_("Open again"), type="primary", key=f"reopen_{task.id}"):
            done = _("{code} is open.", code=task.code)
            attempt(lambda: tasks.reopen(here.survey, here.actor, task.id, reason, version=task.version), done)

    return show


def _change_dialog() -> Callable[[Task, str], None]:
    @st.dialog(_("Day and person"))
    def show(task: Task, title: str) -> None:
        here = acting()
        st.write(text.plain(title))
        with here.survey.reading() as reader:
            names = {one.id: one.name for one in select_people(reader, here.actor.commune) if one.disabled_at is None}
        people = [None, *names]
        due_on: date | None = st.date_input(_("To be done by"), value=task.due_on, format="DD/MM/YYYY", key=f"due_{task.id}")
        person = st.selectbox(
            _("Who sees to it"), people, index=people.index(task.person) if task.person in names else 0, key=f"person_{task.id}",
            format_func=lambda one: _("The owner of the criterion") if one is None else names[one],
        )  # fmt: skip
        if st.button(_("Save"), type="primary", key=f"change_{task.id}"):
            attempt(
                lambda: tasks.change(here.survey, here.actor, task.id, due_on=due_on, person=person, version=task.version),
                _("{code} was changed.", code=task.code),
            )

    return show
