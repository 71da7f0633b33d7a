"""Widgets for one photo: covering faces and plates on its public copy, and erasing it."""

from html import escape

import streamlit as st

from survey import privacy
from survey.domain.people import Ability
from survey.domain.privacy import Retention
from survey.domain.problems import FILE_UNKNOWN, PHOTO_ERASED, Problem
from survey.domain.reasons import REASON_LENGTH
from survey.store.covers import select_cover
from survey.store.erasures import select_all_uses, select_erased, select_received
from survey.store.reviews import select_person_names
from survey.store.settings import select_settings
from survey.store.submissions import select_submission
from survey.web import text
from survey.web.privacy import ask_to_confirm, tell
from survey.web.privacy_cover import draw_boxes
from survey.web.session import Here
from survey.web.text import _


def show_photo(here: Here, sha256: str) -> None:
    """Show what may be done about the photo *sha256*; one that is unknown, out of reach or erased says so."""
    try:
        with here.survey.reading() as reader:
            blob = privacy.visible_photo(reader, here.actor, sha256)
    except Problem as problem:
        if problem.kind is PHOTO_ERASED:
            _show_erased(here, sha256)
        else:
            st.warning(text.problem_text(Problem(FILE_UNKNOWN, name=_("photo"))))
        return
    _show_uses(here, sha256)
    _show_retention(here, sha256)
    if blob["views"] == "ready":
        _show_covering(here, sha256)
    else:
        st.info(_("This photo has no preview yet, so there is nothing to draw on and no public copy."))
    if here.actor.may(Ability.MANAGE):
        _show_erasing(here, sha256)


def _show_covering(here: Here, sha256: str) -> None:
    st.subheader(_("Cover faces and number plates"), anchor=False)
    st.write(_("Draw a box over each: what lies under it is painted over on the public copy, for good. The original and the preview of the "
               "office stay as they are."))  # fmt: skip
    with here.survey.reading() as reader:
        cover = select_cover(reader, here.actor.commune, sha256)
        names = select_person_names(reader, here.actor.commune, [cover.person]) if cover else {}
    if cover is not None:
        who = names.get(cover.person, cover.person)
        st.caption(_("Set {number}, {time}, {person}", number=cover.number, time=text.format_datetime(cover.at), person=text.plain(who)))
    else:
        st.caption(_("Nobody has looked at this photo for faces and plates yet. If there is nothing to cover, save without boxes."))
    try:
        boxes = draw_boxes(sha256, cover)
        if boxes is not None:
            privacy.cover(here.survey, here.actor, sha256, boxes)
            tell(_("Saved. The public copy is covered so from now on."))
            st.rerun()
    except Problem as problem:
        st.error(text.problem_text(problem))
    address = f"/photos/{sha256}/public"
    st.html(f'<a class="door" href="{escape(address)}" target="_blank" rel="noopener">{escape(_("Look at the public copy"))}</a>')


def _show_erasing(here: Here, sha256: str) -> None:
    st.subheader(_("Erase this photo"), anchor=False)
    with st.expander(_("Erase this photo for good"), icon=":material/delete_forever:"), st.form("erase", border=False):
        st.write(_("The picture, its views and what the camera wrote go and cannot be brought back. The hash, the answers, the verdicts "
                   "and the log stay. Bundles and backups made before keep their copy: tell whoever has one."))  # fmt: skip
        reason = st.text_area(_("Who asked for it, or why"), max_chars=REASON_LENGTH, key="erase_reason")
        sure = ask_to_confirm("erase_sure")
        if st.form_submit_button(_("Erase for good")):
            _erase(here, sha256, reason, sure=sure)


def _erase(here: Here, sha256: str, reason: str, *, sure: bool) -> None:
    if not sure:
        st.warning(_("Type the word first."))
        return
    try:
        done = privacy.erase(here.survey, here.actor, sha256, reason)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    later = _("The photo is erased for this commune; its bytes go as soon as nobody else has them.")
    tell(_("The photo was erased.") if done.freed else later)
    st.rerun()


def _show_uses(here: Here, sha256: str) -> None:
    """The visits that the photo belongs to, as ways to them; those out of reach are left out."""
    with here.survey.reading() as reader:
        ids = dict.fromkeys(use["submission"] for use in select_all_uses(reader, here.actor.commune, sha256))
        found = [select_submission(reader, here.actor.commune, one) for one in ids]
    shown = [one for one in found if one is not None and here.actor.reaches(one.hamlet)]
    links = " · ".join(f'<a href="/review?submission={escape(one.id, quote=True)}" target="_self">{escape(one.code)}</a>' for one in shown)
    hash_line = f'<small style="overflow-wrap:anywhere">SHA-256 {escape(sha256)}</small>'
    st.html(f"<p>{escape(_('Belongs to'))}: {links or '–'}<br>{hash_line}</p>")


def _show_retention(here: Here, sha256: str) -> None:
    """Say until when the photo is kept, by what the commune has set."""
    with here.survey.reading() as reader:
        received_at = select_received(reader, here.actor.commune, sha256)
        kept = Retention.of(select_settings(reader, here.actor.commune))
    if received_at is None:
        return
    received, until = text.format_date(received_at), kept.kept_until(received_at)
    if until is None:
        st.caption(_("Received on {received}. The commune has not set how long photos are kept.", received=received))
    else:
        st.caption(_("Received on {received}; to be kept until {until}.", received=received, until=text.format_date(until)))


def _show_erased(here: Here, sha256: str) -> None:
    with here.survey.reading() as reader:
        erased = select_erased(reader, here.actor.commune, sha256)
        names = select_person_names(reader, here.actor.commune, [erased.person]) if erased else {}
    _show_uses(here, sha256)
    if erased is not None:
        who = names.get(erased.person, erased.person)
        st.warning(_("This photo was erased on {date} by {person}.", date=text.format_date(erased.at), person=text.plain(who)))
        st.html(f"<q>{escape(erased.reason)}</q>")
