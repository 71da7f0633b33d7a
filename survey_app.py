"""The application: `streamlit run survey_app.py` starts the server with our routes; each visit runs it again for its pages."""

import streamlit as st
from streamlit import runtime

from survey.domain.people import Ability
from survey.openrosa import app as openrosa
from survey.web import session
from survey.web.app import settings_for_app
from survey.web.layout import ICON
from survey.web.text import _


def show_pages() -> None:
    """Offer the pages that the signed-in person may use; each page guards itself again."""
    here = session.look()
    st.set_page_config(page_title=_("Rural survey"), page_icon=str(ICON))
    # A page that is not for this person is not offered, yet known: its address gives our refusal, not Streamlit's "Page not found".
    sections = {
        section: [
            st.Page(
                f"pages/{name}.py", title=title if _is_for(here, ability) else _("Rural survey"), icon=f":material/{icon}:", url_path=name,
                default=name == "home", visibility="visible" if _is_for(here, ability) else "hidden",
            )
            for ability, name, title, icon in pages
        ]
        for section, pages in _sections().items()
    }  # fmt: skip
    st.navigation(sections, position="hidden" if here is None else "sidebar", expanded=True).run()


def _sections() -> dict[str, list[tuple[Ability | None, str, str, str]]]:
    """The pages by section, each with the ability that it needs, its file, its title and its icon."""
    return {
        "": [
            (None, "home", _("Home"), "home"),
            (None, "account", _("My account"), "person"),
        ],
        _("In the field"): [
            (Ability.CAPTURE, "capture", _("Capture"), "photo_camera"),
            (Ability.CAPTURE, "photos_import", _("Bring in photos"), "add_photo_alternate"),
        ],
        _("Office"): [
            (Ability.REVIEW, "review", _("Review"), "rule"),
            (Ability.REVIEW, "checks", _("Checks"), "fact_check"),
            (Ability.REVIEW, "community", _("Community"), "forum"),
            (Ability.REVIEW, "privacy", _("Privacy"), "shield_person"),
            (Ability.PROTECT_DATA, "personal", _("People's data"), "person_search"),
        ],
        _("Criteria and plan"): [
            (Ability.SEE_FIGURES, "criteria", _("Criteria"), "checklist"),
            (Ability.SEE_STANDING, "standing", _("Goal, claims, appraisals"), "how_to_vote"),
            (Ability.SEE_FIGURES, "rules", _("Rules"), "gavel"),
            (Ability.SEE_TASKS, "tasks", _("Tasks"), "task_alt"),
            (Ability.SEE_PLAN, "briefing", _("Briefing"), "summarize"),
            (Ability.SEE_PLAN, "owners", _("Owners"), "assignment_ind"),
            (Ability.REVIEW, "visits", _("Samples"), "casino"),
            (Ability.SEE_PLAN, "roadmap", _("Roadmap"), "view_timeline"),
            (Ability.SEE_EVIDENCE, "evidence", _("Evidence"), "inventory_2"),
            (Ability.SEE_FIGURES, "verify", _("Check bundles"), "verified"),
            (Ability.SEE_PROVINCE, "province", _("Communes side by side"), "map"),
        ],
        _("Management"): [
            (Ability.EDIT_REGISTER, "register", _("Register"), "list_alt"),
            (Ability.MANAGE, "rounds", _("Survey rounds"), "event"),
            (Ability.MANAGE_PEOPLE, "people", _("People"), "group"),
            (Ability.MANAGE_PEOPLE, "phones", _("Phones"), "smartphone"),
            (Ability.SEE_LOGS, "logs", _("Logs"), "history"),
        ],
    }


def _is_for(here: session.Here | None, ability: Ability | None) -> bool:
    return here is None or ability is None or here.actor.may(ability)


if runtime.exists():
    show_pages()
else:
    app = st.App(__file__, **settings_for_app(openrosa.routes(session.open, session.acting)))
