"""The form of one site: add, edit, close. Everything is typed as text, so that a wrong value stays on screen with its remedy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import streamlit as st

from survey import register
from survey.domain.columns import CHOICE_NAMES, choice_label, field_label
from survey.domain.numbers import ambiguous
from survey.domain.places import Hamlet
from survey.domain.problems import SITE_CHANGED, Problem
from survey.domain.remarks import Remark, Severity
from survey.domain.sites import ATTRIBUTES, NAME_LENGTH, Attribute, Site, SiteKind, ValueType
from survey.store.sites import select_site, select_site_history
from survey.web import text
from survey.web.register import OPENED, kind_name, say
from survey.web.session import Here
from survey.web.text import _

_ROUND, _SEEN = "site_round", "site_seen"


def show_add(here: Here, hamlets: Sequence[Hamlet]) -> None:
    """A form for a new site of a chosen kind; it empties itself after a success only."""
    kinds = list(SiteKind)
    kind = st.segmented_control(_("Kind"), kinds, default=kinds[0], required=True, format_func=kind_name, key="add_kind") or kinds[0]
    scope = f"add_{kind}_{st.session_state.setdefault(_ROUND, 0)}"
    with st.form(scope):
        values = _fields(kind, None, hamlets, scope)
        if not st.form_submit_button(_("Add to the register"), type="primary"):
            return
        report = register.add_site(here.survey, here.actor, kind, values)
        show_remarks(report.remarks)
    if report.written:
        with here.survey.reading() as reader:
            site = select_site(reader, here.actor.commune, report.sites[0])
        st.session_state[_ROUND] += 1
        say(_("{name} was added with the code {code}.", name=values["name"], code=site.code if site else "") + _aloud(report.remarks))
        st.rerun()


def show_edit(here: Here, hamlets: Sequence[Hamlet], site_id: str) -> None:
    """The form of an existing site, as it was when it was opened, with closing and history below."""
    st.button(_("Back to the register"), icon=":material/arrow_back:", on_click=_leave)
    with here.survey.reading() as reader:
        site = select_site(reader, here.actor.commune, site_id)
        history = select_site_history(reader, here.actor.commune, site_id)
    if site is None or site.closed:
        st.warning(_("This site is no longer in the register."))
        return
    # The version that this person looked at: a second editor's change is told, never overwritten.
    opened = st.session_state.get(_SEEN)
    if opened is None or opened[0] != site_id:
        opened = st.session_state[_SEEN] = (site_id, site.known_from)
    shown = next((version for version in history if version.known_from == opened[1]), site)
    st.subheader(f"{text.plain(shown.code)} · {text.plain(shown.name)}", anchor=False)
    _show_edit_form(here, hamlets, shown, opened[1])
    _show_closing(here, shown, opened[1])
    _show_history(history)


def _show_edit_form(here: Here, hamlets: Sequence[Hamlet], site: Site, seen: datetime | None) -> None:
    scope = f"edit_{site.id}_{seen}"
    with st.form(scope):
        values = _fields(site.kind, site, hamlets, scope)
        if not st.form_submit_button(_("Save"), type="primary"):
            return
        try:
            report = register.edit_site(here.survey, here.actor, site.id, values, seen=seen)
        except Problem as problem:
            st.error(text.problem_text(problem))
            if problem.kind is SITE_CHANGED:
                st.form_submit_button(_("Show the new version"), on_click=_look_again)
            return
        show_remarks(report.remarks)
    if report.ok:
        say((_("Saved.") if report.written else _("Nothing was changed.")) + _aloud(report.remarks))
        _leave()
        st.rerun()


def _fields(kind: SiteKind, site: Site | None, hamlets: Sequence[Hamlet], scope: str) -> dict[str, object]:
    """The fields of *kind*, filled from *site*; returns what is typed, by our field names."""
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    locale = text.locale()
    values: dict[str, object] = {}
    label = f"{field_label('name', locale)} *"
    values["name"] = st.text_input(label, site.name if site else "", max_chars=NAME_LENGTH, key=f"{scope}_name")
    values["hamlet"] = _choose(
        field_label("hamlet", locale), names, site.hamlet if site else None, f"{scope}_hamlet", _("none: counts for the commune only")
    )
    for rule in ATTRIBUTES[kind]:
        values[rule.name] = _field(rule, site.attributes.get(rule.name) if site else None, f"{scope}_{rule.name}")
    left, right = st.columns(2)
    for column, name in ((left, "latitude"), (right, "longitude")):
        known = getattr(site, name) if site else None
        label = field_label(name, locale)
        example = "18.0205" if name == "latitude" else "106.0966"
        values[name] = column.text_input(label, "" if known is None else f"{known:.6f}", placeholder=example, key=f"{scope}_{name}")
    values["code"] = st.text_input(
        field_label("code", locale), site.code if site else "", key=f"{scope}_code",
        placeholder=None if site else _("Leave it empty to be given the next code."),
    )  # fmt: skip
    return values


def _field(rule: Attribute, known: object, key: str) -> object:
    label = field_label(rule.name, text.locale()) + (" *" if rule.required else "")
    if rule.type in {ValueType.CHOICE, ValueType.YES_NO}:
        question = "yes_no" if rule.type is ValueType.YES_NO else rule.name
        chosen = {True: "yes", False: "no"}.get(known, known) if isinstance(known, bool) else known
        labels = {choice: choice_label(question, choice, text.locale()) for choice in CHOICE_NAMES[question]}
        return _choose(label, labels, None if chosen is None else str(chosen), key, _("not given"))
    if rule.type is ValueType.TEXT:
        return st.text_input(label, "" if known is None else str(known), max_chars=int(rule.maximum), key=key)
    return st.text_input(label, _number(known), max_chars=20, key=key)


def _choose(label: str, labels: Mapping[str, str], known: str | None, key: str, none: str) -> str | None:
    # A value that is no choice any more, such as a hamlet that ended, stays visible and is refused with its remedy when saved.
    options = ["", *labels, *([known] if known is not None and known not in labels else [])]
    names = {"": none, **labels}
    return st.selectbox(label, options, options.index(known or ""), format_func=lambda option: names.get(option, option), key=key) or None


def _number(known: object) -> str:
    if not isinstance(known, int | float):
        return ""
    written = f"{known:g}" if isinstance(known, int) else repr(known).removesuffix(".0")
    written = written.replace(".", ",") if text.locale() == "vi" else written
    return written + "0" if ambiguous(written) else written  # 3,125 could be read as three thousand: 3,1250 cannot


def _show_closing(here: Here, site: Site, seen: datetime | None) -> None:
    with st.expander(_("This site no longer exists"), icon=":material/block:"), st.form(f"close_{site.id}", border=False):
        st.write(_("It leaves the register from now on; what was known before stays."))
        reason = st.text_input(_("Reason"), max_chars=500, key=f"reason_{site.id}")
        if not st.form_submit_button(_("Close the site")):
            return
        if not reason.strip():
            st.error(_("Write one sentence why."))
            return
        try:
            register.close_site(here.survey, here.actor, site.id, reason=reason, seen=seen)
        except Problem as problem:
            st.error(text.problem_text(problem))
            return
    say(_("{code} is closed.", code=site.code))
    _leave()
    st.rerun()


def _show_history(history: Sequence[Site]) -> None:
    if len(history) > 1:
        with st.expander(_("Earlier versions"), icon=":material/history:"):
            for version in history[1:]:
                moment = text.format_datetime(version.known_from) if version.known_from else ""
                st.markdown(f"{moment}: **{_plain(version.name)}** ({_plain(version.code)})")


def show_remarks(remarks: Iterable[Remark]) -> None:
    """What keeps the form out, or what to look at: the field, what is wrong, what to do."""
    for remark in remarks:
        if remark.severity is not Severity.NOTE:
            words = f"**{_plain(remark.column)}**: {_plain(remark.message(text.locale()))} {_plain(remark.remedy(text.locale()))}"
            (st.error if remark.severity is Severity.ERROR else st.warning)(words)


def _aloud(remarks: Iterable[Remark]) -> str:
    """The warnings of what was written all the same, for the message that outlives the form."""
    return "".join(f" {remark.message(text.locale())} {remark.remedy(text.locale())}" for remark in remarks)


def _plain(words: str) -> str:
    """*words* with Markdown's signs taken literally."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|~<>$:" else letter for letter in words)


def _leave() -> None:
    st.session_state.pop(OPENED, None)
    st.session_state.pop(_SEEN, None)


def _look_again() -> None:
    st.session_state.pop(_SEEN, None)

