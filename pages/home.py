"""Home: what there is to do next, for each role, with the counts behind it."""

from html import escape

import streamlit as st

from survey.domain.people import Ability, Role
from survey.domain.submissions import State
from survey.store.queue import select_counts
from survey.store.reviews import select_last_review
from survey.store.sites import select_site_counts
from survey.store.submissions import select_own
from survey.web import doors, owners_home, people_widgets, personal_coming, session, text
from survey.web.text import _, ngettext

here = session.enter()
st.title(_("Rural survey of {commune}", commune=here.commune.name))
with here.survey.reading() as reader:
    own = select_own(reader, here.actor.commune, here.actor.person, limit=20) if here.actor.may(Ability.SEE_OWN) else []
    counts = select_counts(reader, here.actor.commune, scope=here.actor.hamlets) if here.actor.may(Ability.SEE_ALL) else {}
    returned = [(one.id, select_last_review(reader, one.commune, one.id)) for one in own if one.state is State.RETURNED]
    sites = sum(count for _kind, _hamlet, count in select_site_counts(reader, here.actor.commune)) if counts else 0

if here.actor.role is Role.OWNER:
    owners_home.show_own(here)
    st.stop()

if here.actor.role in doors.ROLES:
    doors.show_doors(here)
    st.stop()

if not here.actor.may(Ability.REVIEW):
    st.html(f'<a class="door main wide" href="/field/">{escape(_("Start a survey visit"))}</a>')
    st.caption(_("The survey form on the phone works also where the connection comes and goes."))
    people_widgets.own_work(own, {submission: review.reason for submission, review in returned if review})
    st.stop()

if not sites and here.actor.may(Ability.EDIT_REGISTER):
    st.info(_("The register is empty. Load households and road segments first; every share is counted against them."))
    people_widgets.next_step("register", _("Fill the register"), main=True)
elif not any(counts.values()):
    st.info(_("Nothing has come in yet. Give the inspectors their sign-in links; their first visit will appear here."))

waiting = counts.get(State.RECEIVED, 0)
st.subheader(_("Next"))
if waiting:
    people_widgets.next_step("review", ngettext("{n} submission waits for review", "{n} submissions wait for review", waiting), main=True)
else:
    st.success(_("No submission waits for review."))
if here.actor.may(Ability.SEE_FIGURES):
    people_widgets.next_step("criteria", _("See where the criteria stand"))
    people_widgets.next_step("briefing", _("Briefing"))
if here.actor.may(Ability.EXPORT):
    people_widgets.next_step("evidence", _("Make an evidence bundle"))
if here.actor.may(Ability.MANAGE):
    people_widgets.next_step("people", _("Invite people and give sign-in links"))

personal_coming.warn_at_home(here)

st.subheader(_("Submissions"))
people_widgets.state_counts(counts)
st.caption(ngettext("{n} site in the register", "{n} sites in the register", sites))
st.html(f'<a class="door" href="/field/">{escape(_("Survey form for the phone"))}</a>')
st.caption(_("Today is {date} in Vietnam.", date=text.format_date(here.survey.now())))
