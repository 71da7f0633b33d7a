"""Fields of the rules page that several of its forms share: number with dates and group, condition, source and reason."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

from survey.domain.criteria import Edition
from survey.domain.indicators import SHARE
from survey.domain.reasons import NOTE_LENGTH
from survey.web.rules_drafts import LIMITS, MISSING, condition_content, number_content
from survey.web.rules_labels import Asked, attributes_of
from survey.web.rules_words import said
from survey.web.text import _

_NONCE = "rule_nonce"
_EARLIEST, _LATEST = date(1990, 1, 1), date(2100, 12, 31)
_CODE_LENGTH, _TITLE_LENGTH = 20, 300

Content = Callable[[], dict[str, Any]]


def key(name: str) -> str:
    """A widget's key; after something was saved all fields begin empty under new keys."""
    return f"{name}_{st.session_state.setdefault(_NONCE, 0)}"


def begin_anew() -> None:
    """Empty every field with the next run."""
    st.session_state[_NONCE] = st.session_state.get(_NONCE, 0) + 1


def limit_name(word: str, unit: str) -> str:
    """How a limit is called where one is chosen."""
    if word == "at_least" and unit == "condition":
        return _("It must hold")
    return {
        "at_least": _("at least (≥)"), "above": _("more than (>)"), "at_most": _("at most (≤)"), "below": _("less than (<)"),
        MISSING: _("the number is not known"),
    }[word]  # fmt: skip


def number_fields(unit: str, edition: Edition, name: str) -> Content:
    """Fields for a number with its dates and group; what comes back makes a threshold of what was typed, or raises RULE_REFUSED."""
    words = ("at_least", MISSING) if unit == "condition" else LIMITS
    word = st.selectbox(_("The value must be"), words, format_func=lambda one: limit_name(one, unit), key=key(f"{name}_word"))
    typed = ""
    if word != MISSING and unit != "condition":
        label = _("Number, in %") if unit == SHARE else _("Number, in {unit}", unit=_unit_label(unit))
        typed = st.text_input(label, max_chars=40, placeholder="70" if unit == SHARE else None, key=key(f"{name}_number"))
    first = day_field(_("In force from (empty: no beginning known)"), f"{name}_from")
    last = day_field(_("to (empty: no end known)"), f"{name}_to")
    group = _group(edition, name)
    return lambda: number_content(word, typed, unit, first=first, last=last, group=group)


def condition_fields(asked: Sequence[Asked], name: str, label: str) -> Content:
    """Fields for one question or attribute and what is asked of it; what comes back makes a condition, or raises RULE_REFUSED."""
    one = asked[st.selectbox(label, range(len(asked)), format_func=lambda place: asked[place].label, key=key(f"{name}_asked"))]
    if one.choices:
        chosen = st.multiselect(
            _("The answer is one of"), list(one.choices), format_func=one.choices.__getitem__, key=key(f"{name}_{one.name}_codes")
        )
        return lambda: condition_content(one.subject, "is", chosen, "")
    if one.is_number:
        test = st.selectbox(
            _("The number is"), LIMITS[:-1], format_func=lambda word: limit_name(word, ""), key=key(f"{name}_{one.name}_test")
        )
        typed = st.text_input(_("Number"), max_chars=40, key=key(f"{name}_{one.name}_number"))
        return lambda: condition_content(one.subject, test, [], typed)
    return lambda: condition_content(one.subject, "answered", [], "")


def where_fields(sites: str, name: str) -> Content:
    """Which sites are counted at all: all of them, or those of which the register says something; empty or `where`."""
    asked = [one for one in attributes_of(sites) if one.choices]
    if not asked or not st.checkbox(_("Only some of them, by what the register says"), key=key(f"{name}_some")):
        return dict
    content = condition_fields(asked, f"{name}_where", _("Attribute of the register"))
    return lambda: {"where": content()}


def amount_fields(asked: Sequence[Asked], name: str, label: str) -> Mapping[str, str]:
    """What is summed: a question or an attribute that is a number."""
    place = st.selectbox(label, range(len(asked)), format_func=lambda place: asked[place].label, key=key(name))
    return asked[place].subject


def title_fields(name: str, title: str = "", title_en: str = "") -> Callable[[], dict[str, str]]:
    """A title in Vietnamese, and in English where it is known."""
    vi = st.text_input(_("Name, as the decision words it"), title, max_chars=_TITLE_LENGTH, key=key(f"{name}_vi"))
    en = st.text_input(_("Name in English (may stay empty)"), title_en, max_chars=_TITLE_LENGTH, key=key(f"{name}_en"))
    return lambda: {"vi": vi.strip(), "en": en.strip() or vi.strip()}


def code_field(label: str, name: str, code: str = "") -> str:
    """A number or code, as the decision has it."""
    return st.text_input(label, code, max_chars=_CODE_LENGTH, placeholder="2.1", key=key(name)).strip()


def source_fields(name: str) -> tuple[str, str, str]:
    """Where it was read, at which address, and why it is entered."""
    source = st.text_input(
        _("Source: number and day of the decision, article or annex"), max_chars=NOTE_LENGTH, key=key(f"{name}_source"),
    )  # fmt: skip
    address = st.text_input(_("Address of the text on the web (may stay empty)"), max_chars=NOTE_LENGTH, key=key(f"{name}_address"))
    reason = st.text_input(_("Why you enter it"), max_chars=NOTE_LENGTH, key=key(f"{name}_reason"))
    return source, address, reason


def day_field(label: str, name: str) -> date | None:
    """A day, or nothing."""
    chosen = st.date_input(label, None, min_value=_EARLIEST, max_value=_LATEST, format="DD/MM/YYYY", key=key(name))
    return chosen if isinstance(chosen, date) else None


def _group(edition: Edition, name: str) -> str | None:
    if not edition.groups:
        return None
    titles = {"": _("all groups")} | {group.code: said(group.title) for group in edition.groups}
    return st.selectbox(_("For which communes"), list(titles), format_func=titles.__getitem__, key=key(f"{name}_group")) or None


def _unit_label(unit: str) -> str:
    return {"sites": _("sites"), "hamlets": _("hamlets"), "million_per_1000_m2": _("million VND per 1,000 m²")}.get(unit, unit)
