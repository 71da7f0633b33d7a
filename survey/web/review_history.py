"""What is known around a submission: its flags as sentences, the decisions so far, and the versions of its site."""

from html import escape

import streamlit as st

from survey.domain.checks import LIKELY_WRONG, LOOK, NOTE
from survey.domain.submissions import Review, State
from survey.store.counted import SiteVersion
from survey.web import text
from survey.web.review_answers import question_labels
from survey.web.review_arrival import arrival_words
from survey.web.review_case import Case
from survey.web.review_photos import flag_sentence
from survey.web.text import _

# Drawn by the style sheet around a plain letter: a machine without an emoji font shows a box for a coloured disc.
_SIGNS = {LIKELY_WRONG: ("wrong", "!"), LOOK: ("look", "!"), NOTE: ("note", "i")}
_FINE = ("fine", "✓")


def state_name(state: State) -> str:
    """The review state in the language of the moment."""
    return {
        State.RECEIVED: _("Waiting"), State.ACCEPTED: _("Accepted"), State.RETURNED: _("Returned"), State.REJECTED: _("Rejected"),
    }[state]  # fmt: skip


def show_flags(case: Case) -> None:
    """Show what the checks found, the gravest first; they never decide."""
    missing = case.submission.missing_files
    if missing:
        st.html(_sign(LOOK, text.ngettext("{n} photo has not arrived yet.", "{n} photos have not arrived yet.", missing)))
    labels = question_labels(case.tree, text.locale())
    titles = {shot.attachment.name: labels.get(shot.attachment.question) or shot.attachment.name for shot in case.shots}
    for flag in case.flags:
        place = f"{titles.get(flag['attachment'], flag['attachment'])}: " if flag["attachment"] else ""
        st.html(_sign(flag["severity"], place + flag_sentence(flag, labels)))
    if not case.flags and not missing:
        st.html(_sign(0, _("The checks found nothing unusual.")))


def show_history(case: Case) -> None:
    """Show who decided what, when and why, oldest first, beginning with the receipt."""
    submission = case.submission
    received = _("Received from {person}", person=case.person_name(submission.person))
    words = arrival_words(case)
    received += ". " + " ".join(words) if words else ""
    items = [_entry(text.format_datetime(submission.received_at), received, "")]
    items += [_entry(text.format_datetime(review.at), _review_words(case, review), review.reason) for review in case.reviews]
    st.html('<ol style="margin:0;padding-left:1.2rem">' + "".join(items) + "</ol>")


def show_versions(case: Case) -> None:
    """Show every version of this checklist for this site, and say which one counts."""
    if case.submission.site is None:
        st.warning(_("This submission names no site of the register: it counts for nothing until you say which site it is about."))
        return
    if case.predecessor is not None:
        st.write(_("A correction of {code}.", code=case.predecessor.code) + " " + _predecessor_words(case))
    rows = [_version_words(case, version) for version in case.versions]
    st.html('<ul style="margin:0;padding-left:1.2rem">' + "".join(f"<li>{row}</li>" for row in rows) + "</ul>")


def counts_words(case: Case) -> str:
    """Whether this version counts for its site, and if not, which one does."""
    if case.submission.site is None:
        return _("Counts for nothing yet: no site")
    if case.counts:
        return _("This version counts")
    counting = next((version.code for version in case.versions if version.counts), None)
    return _("{code} counts for this site", code=counting) if counting else _("No version counts for this site yet")


def _predecessor_words(case: Case) -> str:
    if case.submission.state is State.ACCEPTED:
        return _("It replaces that version.")
    return _("That version goes on counting until this one is accepted.")


def _version_words(case: Case, version: SiteVersion) -> str:
    words = f"{escape(version.code)} · {escape(text.format_datetime(version.captured_at))} · {escape(version.person_name or '?')}"
    words += f" · {escape(state_name(version.state))}"
    if version.submission == case.submission.id:
        words = f"<b>{words}</b> · {escape(_('this one'))}"
    else:
        address = f"/review?submission={escape(version.submission, quote=True)}"
        words = f'<a href="{address}" target="_self" style="color:inherit">{words}</a>'
    return words + (f" · <b>✓ {escape(_('counts'))}</b>" if version.counts else "")


def _review_words(case: Case, review: Review) -> str:
    person = case.person_name(review.person)
    if review.from_state is review.to_state:
        return _("Site changed by {person}", person=person)
    if review.to_state is State.RECEIVED:
        return _("Decision taken back by {person}", person=person)
    return _("{state} by {person}", state=state_name(review.to_state), person=person)


def _entry(when: str, what: str, why: str) -> str:
    reason = f"<br><q>{escape(why)}</q>" if why else ""
    return f"<li>{escape(when)} · {escape(what)}{reason}</li>"


def severity_name(severity: int) -> str:
    """How much a warning weighs, in the words of the filter."""
    return {LIKELY_WRONG: _("Likely wrong"), LOOK: _("To look at"), NOTE: _("Note")}.get(severity, "")


def _sign(severity: int, words: str) -> str:
    kind, letter = _SIGNS.get(severity, _FINE)
    weight = f"<b>{escape(name)}:</b> " if (name := severity_name(severity)) else ""
    mark = f'<span class="mark {kind}" aria-hidden="true">{letter}</span>'
    return f'<div role="note" class="flag">{mark}<span>{weight}{escape(words)}</span></div>'
