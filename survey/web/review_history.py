"""What is known around a submission: the decisions and judgements so far, and the versions of its site."""

from html import escape

import streamlit as st

from survey.domain.checks import LIKELY_WRONG, LOOK, NOTE
from survey.domain.ports import Row
from survey.domain.submissions import Review, State
from survey.domain.times import from_text
from survey.store.counted import SiteVersion
from survey.web import text
from survey.web.check_words import check_name, verdict_words
from survey.web.review_arrival import arrival_words
from survey.web.review_case import Case
from survey.web.text import _


def state_name(state: State) -> str:
    """The review state in the language of the moment."""
    return {
        State.RECEIVED: _("Waiting"), State.ACCEPTED: _("Accepted"), State.RETURNED: _("Returned"), State.REJECTED: _("Rejected"),
    }[state]  # fmt: skip


def show_history(case: Case) -> None:
    """Show who decided what, when and why, oldest first, beginning with the receipt."""
    submission = case.submission
    received = _("Received from {person}", person=case.person_name(submission.person))
    words = arrival_words(case)
    received += ". " + " ".join(words) if words else ""
    events = [(submission.received_at, received, "")]
    events += [(review.at, _review_words(case, review), review.reason) for review in case.reviews]
    events += [(from_text(row["at"]), _judgement_words(case, row), row["reason"]) for row in reversed(case.judgements)]
    items = [_entry(text.format_datetime(at), what, why) for at, what, why in sorted(events, key=lambda event: event[0])]
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


def _judgement_words(case: Case, row: Row) -> str:
    """Who said what of a flag, which is named by its check."""
    return f"{verdict_words(row['verdict'], case.person_name(row['person']))} ({check_name(row['code'])})"


def _entry(when: str, what: str, why: str) -> str:
    reason = f"<br><q>{escape(why)}</q>" if why else ""
    return f"<li>{escape(when)} · {escape(what)}{reason}</li>"


def severity_name(severity: int) -> str:
    """How much a warning weighs, in the words of the filter."""
    return {LIKELY_WRONG: _("Likely wrong"), LOOK: _("To look at"), NOTE: _("Note")}.get(severity, "")

