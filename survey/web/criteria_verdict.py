"""One verdict with everything it stands on: the figures, the number with its decision, what was stated, and the age of the evidence."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from survey.domain.criteria import BY_HAMLET, Criterion, Edition
from survey.domain.indicators import SHARE
from survey.domain.thresholds import Threshold
from survey.domain.verdicts import Basis, Verdict
from survey.web import text
from survey.web.criteria import address
from survey.web.criteria_words import (
    address_link,
    age_words,
    coverage_words,
    criterion_title,
    figure,
    indicator_title,
    interval_words,
    outcome_words,
    reason_words,
    threshold_words,
    value_words,
    visits_words,
)  # fmt: skip
from survey.web.text import _, ngettext


def show_way_back(edition: Edition) -> None:
    """Show the way back to the table."""
    st.html(f'<a class="door" href="{address(edition.id)}" target="_self">← {escape(_("All criteria"))}</a>')


def show_verdict(verdict: Verdict, criterion: Criterion, place: str) -> None:
    """Show one verdict with everything it stands on."""
    st.subheader(text.plain(f"{criterion_title(criterion.code, criterion.title.say(text.locale()))} – {place}"), anchor=False)
    st.markdown(f"**{outcome_words(verdict.outcome)}**" + (f" · {_('history')}" if verdict.history else ""))
    st.html(proof_link(verdict.edition, verdict.criterion, verdict.hamlet))
    for reason in verdict.reasons:
        st.write(reason_words(reason))
    if criterion.note is not None:
        st.caption(text.plain(criterion.note.say(text.locale())))
    for basis in verdict.basis:
        st.html(_basis(basis))


def proof_link(edition: str, criterion: str, hamlet: str | None = None) -> str:
    """The way to a verdict's proof sheet, as known on the day and by the rules that one looks at now, as HTML."""
    parts = {"edition": edition, "criterion": criterion, "hamlet": hamlet, "as_of": st.query_params.get("on")}
    rules = {"rules": st.query_params.get("rules")}
    query = urlencode({name: value for name, value in (parts | rules).items() if value})
    return f'<a class="onward" href="/print/proof?{escape(query)}" target="_blank">{escape(_("Proof sheet, one page (PDF)"))}</a>'


def _basis(basis: Basis) -> str:
    lines = [
        (_("Value"), value_words(basis) + _made_of(basis)),
        (_("Bounds"), f"{figure(basis.lowest, basis.unit)} – {figure(basis.highest, basis.unit)}" if basis.unknown else ""),
        (_("From the sample"), interval_words(basis)),
        (_("Coverage"), coverage_words(basis)),
        (_("Threshold"), "" if basis.threshold is None else threshold_words(basis.threshold)),
        (_("More visits"), visits_words(basis)),
        (_("Submissions"), "" if basis.indicator == BY_HAMLET else _submissions(basis.submission_count)),
        (_("Evidence"), age_words(basis)),
        (_("Explanation"), "" if basis.note is None else basis.note.say(text.locale())),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in lines if words)
    sources = "" if basis.threshold is None else f"<dt>{escape(_('Source'))}</dt><dd>{source_lines(basis.threshold)}</dd>"
    role = "" if basis.decides else f"<small>{escape(_('Shown beside the criterion; it does not decide.'))}</small>"
    reason = "" if basis.reason is None or not basis.decides else f"<small>{escape(reason_words(basis.reason))}</small>"
    words = escape(outcome_words(basis.outcome)) if basis.decides else ""
    title = escape(indicator_title(basis.indicator, basis.title.say(text.locale())))
    return f'<section class="basis"><b>{title}</b> {words}{role}{reason}<dl>{listed}{sources}</dl></section>'


def source_lines(threshold: Threshold) -> str:
    """The decisions that a number stands in, as HTML."""
    return "".join(
        f"<small>{escape(source.text)} {' '.join(address_link(address) for address in source.addresses)}</small>"
        for source in threshold.sources
    ) or escape(_("not found"))  # fmt: skip


def _submissions(count: int) -> str:
    return ngettext("{n} accepted submission counts", "{n} accepted submissions count", count)


def _made_of(basis: Basis) -> str:
    if basis.indicator != BY_HAMLET and basis.unit == SHARE and basis.denominator:
        return f" = {text.format_number(round(basis.numerator, 1))} / {text.format_number(round(basis.denominator, 1))}"
    return ""
