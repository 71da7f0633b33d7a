"""Review: the queue with its filters, one submission with its photos and places, and the decision on it."""

import streamlit as st

from survey.domain.people import Ability
from survey.store.queue import select_form_titles
from survey.web import noting, review, review_queue, session, text
from survey.web.review_answers import said, show_answers
from survey.web.review_arrival import show_newcomers
from survey.web.review_case import read_case
from survey.web.review_compare import read_compared, show_reuse, show_rounds
from survey.web.review_flags import show_flags
from survey.web.review_history import show_history, show_versions
from survey.web.review_list import show_list
from survey.web.review_map import show_map
from survey.web.review_people import show_notes, show_withdrawal
from survey.web.review_photos import show_photos
from survey.web.review_tasks import show_tasks
from survey.web.text import _

here = session.enter(Ability.REVIEW)
review.use_the_width()
counts = st.container(horizontal=True, vertical_alignment="center", key="review_counts")
steps = st.container(horizontal=True, vertical_alignment="center", key="review_steps")
counts.title(_("Review"), anchor=False, width="content")
with steps:
    view = review_queue.shown_view()
    filters = review_queue.show_filters(here, counts)
review.show_message()

if view == "list":
    with here.survey.reading() as reader:
        titles = select_form_titles(reader, here.actor.commune)
    noting.note(here.actor, noting.Act.LISTED, "queue")
    show_list(here, filters, {form: said(title, text.locale()) for form, title in titles.items()})
    st.stop()

chosen = review_queue.chosen_entry(here, filters)
if chosen is None:
    review_queue.show_empty(here)
    st.stop()
with here.survey.reading() as reader:
    case = read_case(reader, here.actor, chosen)
    compared = read_compared(reader, here.actor, case)
if case is None or compared is None:
    st.warning(_("There is no such submission, or it lies outside your hamlets."))
    st.button(_("Open the queue"), on_click=review_queue.leave)
    st.stop()

noting.note(here.actor, noting.Act.SAW, "submission", case.submission.id)
place = review_queue.place_of(case)
with steps:
    review.show_steps(*review_queue.neighbours(here, filters, place))
review.show_heading(case)
show_withdrawal(here, case)
show_newcomers(case)
show_flags(case)
show_reuse(compared)
left, right = st.columns([3, 2], gap="medium")
with left:
    show_photos(case)
    show_rounds(compared)
    st.markdown(f"#### {_('Answers')}")
    show_answers(case.submission, case.tree, case.flags, case.site)
    show_notes(here, case)
with right:
    review.show_decision(case, place, filters)
    show_tasks(here, case)
    st.markdown(f"#### {_('Place')}")
    show_map(case)
    st.markdown(f"#### {_('Versions of this site')}")
    show_versions(case)
    review.show_site_choice(case)
    st.markdown(f"#### {_('History')}")
    show_history(case)
