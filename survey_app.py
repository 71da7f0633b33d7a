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
    pages = [
        (None, "home", _("Home"), ":material/home:"),
        (Ability.CAPTURE, "capture", _("Capture"), ":material/photo_camera:"),
        (Ability.CAPTURE, "photos_import", _("Bring in photos"), ":material/add_photo_alternate:"),
        (Ability.REVIEW, "review", _("Review"), ":material/rule:"),
        (Ability.REVIEW, "checks", _("Checks"), ":material/fact_check:"),
        (Ability.SEE_FIGURES, "criteria", _("Criteria"), ":material/checklist:"),
        (Ability.EDIT_REGISTER, "register", _("Register"), ":material/list_alt:"),
        (Ability.EXPORT, "evidence", _("Evidence"), ":material/inventory_2:"),
        (Ability.REVIEW, "privacy", _("Privacy"), ":material/shield_person:"),
        (Ability.MANAGE, "people", _("People"), ":material/group:"),
        (Ability.MANAGE, "phones", _("Phones"), ":material/smartphone:"),
        (None, "account", _("My account"), ":material/person:"),
    ]
    # A page that is not for this person is not offered, yet known: its address gives our refusal, not Streamlit's "Page not found".
    offered = {name: here is None or ability is None or here.actor.may(ability) for ability, name, _title, _icon in pages}
    known = [
        st.Page(
            f"pages/{name}.py", title=title if offered[name] else _("Rural survey"), icon=icon, url_path=name, default=name == "home",
            visibility="visible" if offered[name] else "hidden",
        )
        for _ability, name, title, icon in pages
    ]  # fmt: skip
    st.navigation(known, position="hidden" if here is None else "sidebar").run()


if runtime.exists():
    show_pages()
else:
    app = st.App(__file__, **settings_for_app(openrosa.routes(session.open, session.acting)))
