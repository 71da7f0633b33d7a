"""What the people of a place said later: consent withdrawn at the office, and notes beside answers, which themselves never change."""

from html import escape

import streamlit as st

from survey.domain.people import Ability
from survey.domain.personal import WORDS_LENGTH, Said
from survey.domain.problems import Problem
from survey.domain.times import from_text
from survey.personal import stating
from survey.store.personal_rows import select_notes, select_said
from survey.store.reviews import select_person_names
from survey.web import review, text
from survey.web.review_case import Case
from survey.web.session import Here
from survey.web.text import _


def show_withdrawal(here: Here, case: Case) -> None:
    """Say at once that the people withdrew their consent, and on which day; what they said before stays as it was."""
    if case.submission.site is None:
        return
    with here.survey.reading() as reader:
        said = select_said(reader, here.actor.commune, case.submission.site)
    if said and said[0].said is Said.WITHDRAWN:
        day = text.format_date(said[0].said_on)
        st.warning(
            _("The people of this home withdrew their consent on {day}: none of its photos is published.", day=day),
            icon=":material/voice_over_off:",
        )  # fmt: skip


def show_notes(here: Here, case: Case) -> None:
    """Show what people said about these answers, and let who answers for people's data write one more down."""
    key = case.submission.id
    with here.survey.reading() as reader:
        notes = select_notes(reader, here.actor.commune, key)
        names = select_person_names(reader, here.actor.commune, sorted({row["person"] for row in notes}))
    if notes:
        st.markdown(f"#### {_('Said about these answers')}")
    for row in notes:
        who = f"{text.format_datetime(from_text(row['at']))} · {names.get(row['person'], row['person'])}"
        st.html(f'<div class="person"><b>{escape(row["words"])}</b><span>{escape(who)}</span></div>')
    if not here.actor.may(Ability.PROTECT_DATA):
        return
    with st.expander(_("Write down what people say about an answer"), icon=":material/edit_note:", key=f"note_box_{key}"):
        st.write(_("The answer stays as it was received; this stands beside it and in the report to the people."))
        st.text_area(_("What is not right, in the people's words"), max_chars=WORDS_LENGTH, key=f"note_{key}")
        st.button(_("Save the note"), key=f"note_save_{key}", on_click=_add, args=(key,))


def _add(submission: str) -> None:
    here = review.acting()
    if here is None:
        return
    field = f"note_{submission}"
    try:
        stating.add_note(here.survey, here.actor, submission, st.session_state.get(field, ""))
    except Problem as problem:
        review.remember(text.problem_text(problem), problem=True)
        return
    st.session_state[field] = ""
    review.remember(_("Saved."))
