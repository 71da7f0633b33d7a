"""Widgets for what an account is given: each role in a sentence, rounds and a last day, and the form that changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from survey import accounts
from survey.domain.grants import Grant, roles_of
from survey.domain.people import Actor, Person, Role
from survey.domain.problems import Problem
from survey.store.deployment import select_rounds
from survey.web import layout, text
from survey.web.session import Here
from survey.web.text import _


@dataclass(frozen=True)
class Places:
    """What scopes are chosen from: names by id."""

    hamlets: Mapping[str, str]
    rounds: Mapping[str, str]


def role_sentence(role: Role) -> str:
    """What people of *role* see and do, in one sentence."""
    return {
        Role.INSPECTOR: _("Surveys with the phone in the hamlets that were given, and sees the own work only."),
        Role.REVIEWER: _("Checks and decides on submissions, and sees all photos and figures of the hamlets."),
        Role.OWNER: _("Reports on the own criteria, and sees their accepted evidence and the commune's figures."),
        Role.COORDINATOR: _("Runs the survey: people, rounds, rules, register, bundles; sees everything of the commune."),
        Role.APPRAISER: _("Reads figures, and evidence of the rounds that were given; enters what the council found."),
        Role.ADMINISTRATOR: _("Looks after accounts, phones and logs; sees no photo, no home and no figure."),
        Role.PROVINCE: _("Sees the communes side by side, as sums; the operator at the server gives this role."),
    }[role]


def known_rounds(here: Here) -> dict[str, str]:
    """The commune's rounds, by id."""
    with here.survey.reading() as reader:
        return {row["round"]: row["name"] for row in select_rounds(reader, here.actor.commune)}


def choose_role(actor: Actor, key: str, present: Role = Role.INSPECTOR) -> Role:
    """Let *actor* choose among the roles that *actor* may give, each with its sentence."""
    roles = roles_of(actor)
    return st.radio(
        _("Role"), roles, format_func=layout.role_name, captions=[role_sentence(role) for role in roles],
        index=roles.index(present) if present in roles else 0, key=key,
    )  # fmt: skip


def choose_scope(role: Role, places: Places, key: str, present: Grant | None = None) -> Grant:
    """Let somebody choose hamlets, rounds and a last day for *role*, which come as *present* has them; a form calls it."""
    had = present or Grant(role)
    hamlets = st.multiselect(
        _("Hamlets of the person"), list(places.hamlets), [one for one in sorted(had.hamlets) if one in places.hamlets],
        format_func=places.hamlets.__getitem__, placeholder=_("Choose hamlets"), key=f"{key}_hamlets",
    )  # fmt: skip
    st.caption(_("An inspector sees the work of these hamlets only. Others see the whole commune when nothing is chosen."))
    rounds = st.multiselect(
        _("Survey rounds of an appraiser"), list(places.rounds), [one for one in sorted(had.rounds) if one in places.rounds],
        format_func=places.rounds.__getitem__, placeholder=_("Choose rounds"), key=f"{key}_rounds",
    )  # fmt: skip
    st.caption(_("An appraiser reads the evidence of these rounds only, and none when nothing is chosen."))
    closes_on = st.date_input(_("Last day of the account"), had.closes_on, format="DD/MM/YYYY", key=f"{key}_until")
    st.caption(_("Left empty the account has no end. Appraisers and consultants come for some weeks: set a day."))
    return Grant(role, frozenset(hamlets), frozenset(rounds), closes_on if isinstance(closes_on, date) else None)


def show_change(here: Here, people: Sequence[Person], places: Places) -> None:
    """Show the form that changes what an account was given, for the accounts within reach, the own one excepted."""
    reach = {one.id: one for one in people if one.role in roles_of(here.actor) and one.id != here.actor.person and one.disabled_at is None}
    with st.expander(_("Change role or scope"), icon=":material/manage_accounts:"):
        chosen = st.selectbox(
            _("Person"), list(reach), index=None, format_func=lambda one: f"{reach[one].name} ({reach[one].login})", key="grant_for",
            placeholder=_("Choose a person"),
        )  # fmt: skip
        if chosen is None:
            return
        present = Grant.of(reach[chosen])
        with st.form(f"grant_{chosen}", border=False):
            role = choose_role(here.actor, f"grant_role_{chosen}", present.role)
            grant = choose_scope(role, places, f"grant_{chosen}", present)
            if st.form_submit_button(_("Save the change")):
                _change(here, chosen, grant)


def _change(here: Here, person: str, grant: Grant) -> None:
    try:
        accounts.change_grant(here.survey, here.actor.commune, person, grant, by=here.actor)
        st.rerun()
    except Problem as problem:
        st.error(text.problem_text(problem))
