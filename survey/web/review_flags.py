"""Flags of a submission: what the checks found, the gravest first; ten photos with one note are one line, and each line opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from survey.domain.checks import LIKELY_WRONG, LOOK, NOTE, rank
from survey.domain.judgements import CONFIRMED, DISMISSED
from survey.domain.ports import Row
from survey.store.jobs import Pending
from survey.web import text
from survey.web.review_answers import question_labels
from survey.web.review_case import Case
from survey.web.review_history import severity_name
from survey.web.review_judging import Group, show_explanation
from survey.web.review_photos import flag_sentence
from survey.web.text import _

# Drawn by the style sheet around a plain letter: a machine without an emoji font shows a box for a coloured disc.
_SIGNS = {LIKELY_WRONG: ("wrong", "!"), LOOK: ("look", "!"), NOTE: ("note", "i")}
_FINE = ("fine", "✓")
_SHOWN = 5  # lines that leave room for the photos on a desk's screen; the others are one tap away
_OPEN, _MORE = "flag_open", "flag_more"


@dataclass(frozen=True)
class _Words:
    """How files and questions of a submission are called."""

    titles: dict[str, str]
    labels: dict[str, str]


def show_flags(case: Case) -> None:
    """Show what the checks found, the gravest first, and what they have not looked at yet; they never decide."""
    labels = question_labels(case.tree, text.locale())
    words = _Words({shot.attachment.name: labels.get(shot.attachment.question) or shot.attachment.name for shot in case.shots}, labels)
    groups = group_flags(case.flags, [shot.attachment.name for shot in case.shots])
    top, folded = _split(groups)
    with st.container(gap="xsmall", key="flags"):
        unfinished = _show_unfinished(case)
        for group in top:
            _show_group(case, group, words)
        if folded:
            _show_folded(case, folded, words)
        if not groups and not unfinished:
            st.html(sign(0, _("The checks found nothing unusual.")))


def group_flags(flags: Sequence[Row], order: Sequence[str]) -> list[Group]:
    """The flags of each check that were judged alike, together: open ones first, then the gravest, then by `rank`; photos in *order*."""
    found: dict[tuple[str, str, int], list[Row]] = {}
    place = {name: number for number, name in enumerate(order)}
    for flag in sorted(flags, key=lambda flag: (place.get(flag["attachment"], -1), flag["attachment"])):
        found.setdefault((flag["code"], flag["verdict"] or "", flag["severity"]), []).append(flag)
    groups = [Group(code, severity, verdict, tuple(members)) for (code, verdict, severity), members in found.items()]
    return sorted(groups, key=lambda group: (group.verdict == DISMISSED, -group.severity, group.verdict == CONFIRMED, rank(group.code)))


def sign(severity: int, words: str, aside: str = "") -> str:
    """A line about one thing that was found, with its weight as a drawn mark and as a word; *aside* follows in small type."""
    weight = f"<b>{escape(name)}:</b> " if (name := severity_name(severity)) else ""
    small = f" <small>{escape(aside)}</small>" if aside else ""
    return f'<div role="note" class="flag">{mark(severity)}<span>{weight}{escape(words)}{small}</span></div>'


def mark(severity: int) -> str:
    """The drawn mark of a severity."""
    kind, letter = _SIGNS.get(severity, _FINE)
    return f'<span class="mark {kind}" aria-hidden="true">{letter}</span>'


def _show_unfinished(case: Case) -> bool:
    """Say what is not here or not looked at yet; whether there is anything of the kind."""
    missing = case.submission.missing_files
    if missing:
        st.html(sign(LOOK, text.ngettext("{n} photo has not arrived yet.", "{n} photos have not arrived yet.", missing)))
    waiting = sum(shot.views == "waiting" for shot in case.shots)
    if waiting:
        sentence = text.ngettext(
            "{n} photo is not checked yet: more warnings may come.", "{n} photos are not checked yet: more warnings may come.", waiting
        )
        st.html(sign(NOTE, sentence, _tried(case.pending)))
    return bool(missing or waiting)


def _tried(pending: Pending | None) -> str:
    """How often looking at the photos was tried in vain, and when it is tried again; nothing before the first failure."""
    if pending is None or pending.error is None or pending.state == "failed":
        return ""
    tries = text.ngettext("Tried {n} time in vain", "Tried {n} times in vain", pending.attempts)
    return _("{tries}; again at {time}.", tries=tries, time=text.format_datetime(pending.run_after))


def _split(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """What is shown at once, and what is folded: notes where something graver is found, what was dismissed, and a long tail."""
    standing = [group for group in groups if group.verdict != DISMISSED]
    grave = [group for group in standing if group.severity >= LOOK]
    top = (grave or standing)[:_SHOWN]
    folded = [group for group in groups if group not in top]
    if len(folded) == 1 and folded[0].verdict != DISMISSED:
        return [*top, *folded], []
    return top, folded


def _show_group(case: Case, group: Group, words: _Words) -> None:
    key = f"{case.submission.id}/{group.key}"
    is_open = st.session_state.get(_OPEN) == key
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"row_flag_{group.key}"):
        st.html(sign(group.severity, _sentence(group, words), _aside(case, group)))
        st.button(_("Close") if is_open else _("Explain"), key=f"explain_{group.key}", on_click=_toggle, args=(_OPEN, key, is_open))
    if is_open:
        with st.container(border=True, key="flag_opened"):
            show_explanation(case, group, words.titles, words.labels)


def _show_folded(case: Case, folded: Sequence[Group], words: _Words) -> None:
    is_open = st.session_state.get(_MORE) == case.submission.id
    dismissed = sum(len(group.flags) for group in folded if group.verdict == DISMISSED)
    others = sum(len(group.flags) for group in folded) - dismissed
    parts = [text.ngettext("{n} more warning", "{n} more warnings", others)] if others else []
    parts += [text.ngettext("{n} dismissed", "{n} dismissed", dismissed)] if dismissed else []
    label = _("Show fewer warnings") if is_open else " · ".join(parts)
    icon = ":material/expand_less:" if is_open else ":material/expand_more:"
    st.button(label, key="flags_more", icon=icon, type="tertiary", on_click=_toggle, args=(_MORE, case.submission.id, is_open))
    if is_open:
        for group in folded:
            _show_group(case, group, words)


def _sentence(group: Group, words: _Words) -> str:
    """One flag: the photo and what was found; several: how many photos, and what was found on them or on the first."""
    first = group.flags[0]
    sentences = {flag_sentence(flag, words.labels) for flag in group.flags}
    title = words.titles.get(first["attachment"], first["attachment"])
    if len(group.flags) == 1:
        return f"{title}: {sentences.pop()}" if title else sentences.pop()
    many = _("On {n} photos", n=text.format_number(len(group.flags)))
    if len(sentences) == 1:
        return f"{many}: {sentences.pop()}"
    return _("{photos}, the first ({title}): {sentence}", photos=many, title=title, sentence=flag_sentence(first, words.labels))


def _aside(case: Case, group: Group) -> str:
    """What was said of it already."""
    if group.verdict:
        names = sorted({case.person_name(flag["verdict_person"]) for flag in group.flags})
        said = {CONFIRMED: _("confirmed by {person}"), DISMISSED: _("dismissed by {person}")}[group.verdict]
        return "· " + said.format(person=", ".join(names))
    return "· " + _("judged before the figures changed") if any(flag["verdict_before"] for flag in group.flags) else ""


def _toggle(name: str, key: str, is_open: bool) -> None:
    st.session_state[name] = None if is_open else key
