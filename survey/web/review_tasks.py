"""What is to be done at the site of a submission, and what the submission opened or closed once it was accepted."""

import streamlit as st

from survey import tasks
from survey.domain.tasks import TaskState
from survey.domain.times import local_date
from survey.web import text
from survey.web.review_case import Case
from survey.web.session import Here
from survey.web.tasks_words import due_words, title_words
from survey.web.text import _


def show_tasks(here: Here, case: Case) -> None:
    """Show a line for each open task of the site, and for each that this submission closed."""
    if case.submission.site is None:
        return
    found, findings = tasks.about_site(here.survey, here.actor, case.submission.site)
    today, key = local_date(here.survey.now()), case.submission.id
    lines = [
        f"- {text.plain(title_words(task, findings))} · {text.plain(due_words(task, today))}"
        for task in found
        if task.state is TaskState.OPEN
    ]
    lines += [
        f"- ✓ {text.plain(title_words(task, findings))} · " + _("done, as this submission shows")
        for task in found
        if task.state is TaskState.DONE and task.closed_submission == key
    ]
    if lines:
        st.markdown(f"#### {_('To do at this site')}")
        st.markdown("\n".join(lines))
