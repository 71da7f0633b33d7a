"""The start page of people who come for one thing: appraisers, administrators, people of the province."""

import streamlit as st

from survey.domain.people import Role
from survey.web import evidence_made, granting, layout, people_widgets
from survey.web.session import Here
from survey.web.text import _

ROLES = frozenset({Role.APPRAISER, Role.ADMINISTRATOR, Role.PROVINCE})


def show_doors(here: Here) -> None:
    """Show what the person's role is for, and the pages that belong to it."""
    role = here.actor.role
    st.caption(f"{layout.role_name(role)}: {granting.role_sentence(role)}")
    if role is Role.APPRAISER:
        evidence_made.show_rounds(here, granting.known_rounds(here))
    for number, (page, sentence) in enumerate(_doors(role)):
        people_widgets.next_step(page, sentence, main=not number)


def _doors(role: Role) -> list[tuple[str, str]]:
    return {
        Role.APPRAISER: [
            ("evidence", _("Take the evidence of my rounds")), ("criteria", _("See where the criteria stand")),
            ("standing", _("Enter what the council found")), ("tasks", _("Enter defects")), ("verify", _("Check a bundle here")),
        ],
        Role.ADMINISTRATOR: [
            ("people", _("Accounts and sign-in links")), ("phones", _("Phones")), ("logs", _("Logs")),
        ],
        Role.PROVINCE: [("province", _("Communes side by side"))],
    }[role]  # fmt: skip
