"""Register: hamlets, households, roads and public places; search, map, add, edit, load a file."""

import streamlit as st

from survey.domain.people import Ability
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.web import hamlets as hamlets_part
from survey.web import noting, register, register_form, register_load, session
from survey.web.text import _

here = session.enter(Ability.EDIT_REGISTER)
st.title(_("Register"), anchor=False)
with here.survey.reading() as reader:
    everything = select_hamlets(reader, here.actor.commune)
hamlets = [hamlet for hamlet in everything if hamlet.is_valid(local_date(here.survey.now()))]

opened = st.session_state.get(register.OPENED)
if opened is not None:
    noting.note(here.actor, noting.Act.SAW, "site", str(opened))
    register_form.show_edit(here, hamlets, opened)
    st.stop()

view = register.show_views()
register.show_said()
if view == "add":
    register_form.show_add(here, hamlets)
elif view == "load":
    register_load.show_load(here, hamlets)
elif view == "hamlets":
    hamlets_part.show_hamlets(here, hamlets)
else:
    wanted = register.show_filters(hamlets)
    noting.note(here.actor, noting.Act.SEARCHED if wanted.q else noting.Act.LISTED, "register")
    if view == "map":
        register.show_map(here, wanted)
    else:
        register.show_list(here, {hamlet.id: hamlet for hamlet in everything}, wanted)
