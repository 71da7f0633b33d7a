"""An edition as the law reads, criterion by criterion, and the history of what was entered into it."""

from datetime import date
from html import escape

import streamlit as st

from survey import rules
from survey.catalogue.effective import Effective
from survey.domain.criteria import Criterion, Edition
from survey.domain.indicators import Indicator
from survey.domain.people import Ability
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.rules import EntryKind
from survey.domain.thresholds import Source, Threshold
from survey.rules import EntryLine
from survey.web import text
from survey.web.criteria_words import address_link, criterion_title, indicator_title, reason_words
from survey.web.rules import withdraw
from survey.web.rules_export import export_address
from survey.web.rules_labels import Labels
from survey.web.rules_words import computes_words, number_words, roll_up_words, said, unit_name
from survey.web.session import Here
from survey.web.text import _, ngettext

STYLE = """<style>
.rules details { border-bottom: 1px solid color-mix(in srgb, currentColor 30%, transparent); }
.rules summary { min-height: 48px; display: flex; align-items: center; gap: .6rem; cursor: pointer; font-weight: 600; }
.rules summary span { flex: 1; } .rules summary small { font-weight: 400; font-size: .875rem; }
.rules summary::after { content: "▾"; font-size: 1.5rem; }
.rules section { margin: 0 0 1rem; padding-left: .75rem; border-left: 3px solid color-mix(in srgb, currentColor 35%, transparent); }
.rules p { margin: .25rem 0; overflow-wrap: anywhere; } .rules ul { margin: .25rem 0; padding-left: 1.1rem; }
.rules li { margin: .35rem 0; overflow-wrap: anywhere; } .rules small { font-size: .875rem; display: block; }
.rules a { color: inherit; display: inline-flex; min-height: 48px; align-items: center; }
.rule-preview { border: 2px solid currentColor; border-radius: .5rem; padding: .75rem; overflow-wrap: anywhere; }
.rule-preview p { margin: .35rem 0; }
</style>"""


def show_edition(read: Effective, labels: Labels) -> None:
    """Show head, criteria, indicators and numbers with their sources."""
    edition = read.edition
    begin, end = (text.format_date(day) if day else "…" for day in (edition.valid_from, edition.valid_to))
    facts = [_("In force: {begin} – {end}", begin=begin, end=end), _("Judges: {unit}", unit=unit_name(edition.unit.value))]
    notes = [said(note) for note in (edition.validity_note, edition.note) if note is not None]
    head = "".join(f"<p>{escape(line)}</p>" for line in [*facts, *(said(group.title) for group in edition.groups), *notes])
    criteria = "".join(_criterion(edition, criterion, labels) for criterion in edition.criteria)
    st.html(f'{STYLE}<div class="rules">{head}{criteria}</div>')
    st.html(f'<a class="door" href="{escape(export_address(edition.id))}">{escape(_("Download as YAML"))}</a>')


def _criterion(edition: Edition, criterion: Criterion, labels: Labels) -> str:
    title = criterion_title(criterion.code, said(criterion.title))
    count = ngettext("{n} indicator", "{n} indicators", len(criterion.indicators)) if criterion.indicators else ""
    lines = [reason_words(reason) for reason in criterion.open_reasons]
    if criterion.combines:
        lines.append(_("All of these must be met: {codes}", codes=", ".join(criterion.combines)))
    if criterion.note is not None:
        lines.append(said(criterion.note))
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    indicators = "".join(_indicator(edition, indicator, labels) for indicator in criterion.indicators)
    return (
        f"<details><summary><span>{escape(title)} <small>{escape(count)}</small></span></summary>{body}{indicators}"
        f"<p>{escape(_('Commune:'))} {escape(roll_up_words(criterion))}</p>{_numbers(edition, criterion.roll_up_thresholds)}</details>"
    )


def _indicator(edition: Edition, indicator: Indicator, labels: Labels) -> str:
    title = escape(indicator_title(indicator.code, said(indicator.title)))
    role = "" if indicator.decides else f"<small>{escape(_('Shown beside the criterion; it does not decide.'))}</small>"
    note = "" if indicator.note is None else f"<small>{escape(said(indicator.note))}</small>"
    return (
        f"<section><b>{title}</b><p>{escape(computes_words(indicator, labels))}</p>{role}{note}"
        f"{_numbers(edition, indicator.thresholds)}</section>"
    )


def _numbers(edition: Edition, thresholds: tuple[Threshold, ...]) -> str:
    ordered = sorted(thresholds, key=lambda one: (one.group or "", one.valid_from or date.min))
    items = "".join(
        f"<li><b>{escape(number_words(one, edition))}</b>{''.join(map(_source, one.sources))}"
        f"{'' if one.note is None else f'<small>{escape(said(one.note))}</small>'}</li>"
        for one in ordered
    )
    return f"<ul>{items}</ul>" if items else ""


def _source(source: Source) -> str:
    links = " ".join(address_link(address) for address in source.addresses)
    return f"<small>{escape(source.decision or source.text)} {links}</small>"


def show_history(here: Here, edition: str) -> None:
    """Show every entry, newest first, with who, when, why and by which paper; who manages may withdraw one."""
    lines = rules.history(here.survey, here.actor, edition)
    if not lines:
        st.info(_("Nothing was entered into this edition: it reads as it was loaded."))
        return
    st.html(STYLE)
    for line in lines:
        st.html(f'<div class="rules">{_entry(line)}</div>')
        if here.actor.may(Ability.MANAGE) and line.withdrawn_by is None:
            _withdraw_form(here, edition, line)


def _entry(line: EntryLine) -> str:
    entry = line.entry
    kinds = {
        EntryKind.EDITION: _("Edition"),
        EntryKind.CRITERION: _("Criterion"),
        EntryKind.INDICATOR: _("Indicator"),
        EntryKind.THRESHOLD: _("A number for an indicator"),
        EntryKind.WITHDRAWAL: _("Withdrawal of entry {number}", number=entry.takes_back),
    }
    place = " › ".join(part for part in (entry.criterion, entry.indicator) if part)
    head = f"{entry.number}. {kinds[entry.kind]} {place}"
    who = f"{text.format_datetime(entry.at)} · {line.person_name} · “{entry.reason}”"
    source = "" if not entry.source else f"<small>{escape(entry.source)} {address_link(entry.address) if entry.address else ''}</small>"
    return f"<section><b>{escape(head)}</b><p>{escape(who)}</p>{source}<small>{escape(_state_words(line))}</small></section>"


def _state_words(line: EntryLine) -> str:
    if line.withdrawn_by is not None:
        return _("Withdrawn by entry {number}.", number=line.withdrawn_by.number)
    if line.entry.kind is EntryKind.WITHDRAWAL or line.applies:
        return ""
    return _("Does not apply: the edition has no such criterion or indicator any more.")


def _withdraw_form(here: Here, edition: str, line: EntryLine) -> None:
    number = line.entry.number
    title = _("Withdraw entry {number}", number=number)
    with st.expander(title, icon=":material/undo:"), st.form(f"withdraw_{number}", border=False):
        reason = st.text_input(_("Why you withdraw it"), max_chars=NOTE_LENGTH, key=f"withdraw_reason_{edition}_{number}")
        if st.form_submit_button(_("Withdraw")):
            withdraw(here, edition, number, reason)
