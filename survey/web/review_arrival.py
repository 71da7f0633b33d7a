"""How a submission arrived: the phone's clock, who brought it in for its person, and other versions that were kept aside."""

from dataclasses import replace

import streamlit as st

from survey.domain.problems import SUBMISSION_CONFLICT
from survey.domain.submissions import Consent
from survey.web import text
from survey.web.review_answers import show_answers
from survey.web.review_case import Case, Newcomer
from survey.web.text import _, ngettext

_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def arrival_words(case: Case) -> list[str]:
    """What is known of the sending, as sentences; none where nothing was told."""
    submission = case.submission
    words = []
    if submission.brought_by is not None:
        words.append(_("Brought in for that person by {person}.", person=case.person_name(submission.brought_by)))
    if submission.clock_drift_s is not None:
        words.append(drift_words(submission.clock_drift_s))
    return words


def consent_words(consent: Consent | None) -> list[str]:
    """What the people of the place said to photos, as a phrase; none where the client does not ask."""
    words = {
        Consent.GIVEN: _("people agreed to photos"),
        Consent.REFUSED: _("people refused photos"),
        Consent.ABSENT: _("nobody there was asked about photos"),
    }
    return [] if consent is None else [words[consent]]


def drift_words(drift_s: float) -> str:
    """How far the phone's clock was from the server's, to the second."""
    seconds = round(abs(drift_s))
    if not seconds:
        return _("The phone's clock agreed with the server's when this was sent.")
    if drift_s > 0:
        return _("The phone's clock was {span} ahead of the server's when this was sent.", span=span_words(seconds))
    return _("The phone's clock was {span} behind the server's when this was sent.", span=span_words(seconds))


def span_words(seconds: int) -> str:
    """A length of time in days, hours, minutes and seconds, without those that are zero."""
    days, rest = divmod(seconds, _DAY_S)
    hours, rest = divmod(rest, _HOUR_S)
    minutes, rest = divmod(rest, _MINUTE_S)
    parts = [
        ngettext("{n} day", "{n} days", days) if days else "",
        ngettext("{n} hour", "{n} hours", hours) if hours else "",
        ngettext("{n} minute", "{n} minutes", minutes) if minutes else "",
        ngettext("{n} second", "{n} seconds", rest) if rest else "",
    ]
    return " ".join(part for part in parts if part)


def show_newcomers(case: Case) -> None:
    """Say that other versions came and were kept aside, and let the reviewer read each; they count for nothing."""
    for newcomer in case.newcomers:
        st.warning(_newcomer_words(case, newcomer), icon=":material/difference:")
        with st.expander(_("Read the version that was kept aside"), key=f"aside_{newcomer.kept.sha256}"):
            as_if = replace(case.submission, form=newcomer.form, form_version=newcomer.form_version, answers=newcomer.answers)
            show_answers(as_if, newcomer.tree, (), case.site)
            if newcomer.kept.files:
                st.text(_("Files that came with it: {names}", names=", ".join(newcomer.kept.files)))


def _newcomer_words(case: Case, newcomer: Newcomer) -> str:
    kept = newcomer.kept
    who = {"person": text.plain(case.person_name(kept.person)), "when": text.format_datetime(kept.received_at)}
    if kept.reason == SUBMISSION_CONFLICT.code:
        return _(
            "Another version of this submission was kept aside: sent by {person}, {when}. This page shows the one that came first.",
            **who,
        )
    return _("A correction of this submission was kept aside: sent by {person}, {when}.", **who)
