"""Loading a file on the register page: choose, see the report, then write; templates and the columns that are known."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from survey import register
from survey.domain.canonical import sha256_hex
from survey.domain.columns import CHOICE_NAMES, COLUMN_NAMES
from survey.domain.places import Hamlet
from survey.domain.problems import Problem
from survey.domain.remarks import Remark, Severity
from survey.domain.sites import SiteKind
from survey.register import LoadReport
from survey.web import text
from survey.web.register import go, kind_name, say
from survey.web.session import Here
from survey.web.text import _, ngettext

_ROUND, _REPORT = "load_round", "load_report"
_LISTED = 200  # remarks on screen; the report counts the rest
_MEGABYTES = 20


def show_load(here: Here, hamlets: Sequence[Hamlet]) -> None:
    """Choose a file and its kind, look at what it would do, then write it: all of it, or nothing."""
    if not hamlets:
        st.info(_("Enter the hamlets first: a row names its hamlet."), icon=":material/flag:")
        st.button(_("Enter hamlets"), on_click=go, args=("hamlets",))
    number = st.session_state.setdefault(_ROUND, 0)
    kinds = {"": _("the file tells it"), **{kind.value: kind_name(kind) for kind in SiteKind}}
    chosen = st.segmented_control(
        _("What is in the file?"), list(kinds), default="", required=True, format_func=kinds.__getitem__, key="load_kind"
    )
    kind = SiteKind(chosen) if chosen else None
    file = st.file_uploader(
        _("CSV, XLSX or GeoJSON, up to 20 MB and 100,000 rows"), ["csv", "txt", "xlsx", "geojson", "json"], key=f"load_file_{number}",
        max_upload_size=_MEGABYTES,
    )  # fmt: skip
    if file is None:
        _show_help(hamlets)
        return
    content = file.getvalue()
    try:
        report = _preview(here, content, file.name, kind)
        _show_report(report)
        if report.ok and st.button(_("Write to the register"), type="primary", icon=":material/save:"):
            _write(here, content, file.name, kind)
    except Problem as problem:
        st.error(text.problem_text(problem))


def _preview(here: Here, content: bytes, name: str, kind: SiteKind | None) -> LoadReport:
    """The report of a dry run, kept for the reruns in which the file stays the same."""
    key = (sha256_hex(content), kind)
    kept = st.session_state.get(_REPORT)
    if kept is None or kept[0] != key:
        with st.spinner(_("Reading the file…")):
            kept = st.session_state[_REPORT] = (key, register.load(here.survey, here.actor, content, name, kind=kind, dry_run=True))
    report: LoadReport = kept[1]
    return report


def _write(here: Here, content: bytes, name: str, kind: SiteKind | None) -> None:
    with st.spinner(_("Writing…")):
        report = register.load(here.survey, here.actor, content, name, kind=kind)
    if not report.written:  # the register moved since the preview: show what is in the way now
        st.session_state[_REPORT] = ((sha256_hex(content), kind), report)
        st.rerun()
    st.session_state.pop(_REPORT, None)
    st.session_state[_ROUND] += 1
    added, updated = text.format_number(report.added), text.format_number(report.updated)
    say(_("Written: {added} new, {updated} changed, all logged.", added=added, updated=updated))
    st.rerun()


def _show_report(report: LoadReport) -> None:
    counts = [
        ngettext("{n} row", "{n} rows", report.rows),
        _("{n} new", n=text.format_number(report.added)),
        _("{n} changed", n=text.format_number(report.updated)),
        _("{n} unchanged", n=text.format_number(report.unchanged)),
    ]
    st.markdown(f"**{' · '.join(counts)}**")
    if report.ok:
        st.success(_("Nothing is written yet. Look at the remarks, then write it to the register."))
    else:
        found = ngettext("{n} error keeps the whole file out.", "{n} errors keep the whole file out.", report.errors)
        st.error(f"{found} {_('Correct the file and choose it again.')}")
    if report.warnings:
        st.warning(ngettext("{n} warning to look at.", "{n} warnings to look at.", report.warnings))
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
    ordered = sorted(report.remarks, key=lambda remark: (order[remark.severity], remark.row))
    if ordered:
        st.html("".join(_remark(remark) for remark in ordered[:_LISTED]))
    if len(ordered) > _LISTED:
        st.caption(_("The first {n} remarks are shown. Correct these first.", n=_LISTED))


def _remark(remark: Remark) -> str:
    locale = text.locale()
    weight = {Severity.ERROR: _("Error"), Severity.WARNING: _("Warning"), Severity.NOTE: _("Note")}[remark.severity]
    row = _("row {n}", n=remark.row) if remark.row else _("headings")
    cell = [row, *([remark.column] if remark.column else []), *([f"“{remark.value}”"] if remark.value else [])]
    return (
        f'<div class="person"><b>{escape(weight)}</b>: {escape(" · ".join(cell))}'
        f"<span>{escape(remark.message(locale))} {escape(remark.remedy(locale))}</span></div>"
    )


def _show_help(hamlets: Sequence[Hamlet]) -> None:
    st.markdown(_("Begin with a template, or use your own list: headings are recognised in Vietnamese and English."))
    hamlet = hamlets[0].name if hamlets else ""
    with st.container(horizontal=True):
        for kind in SiteKind:
            st.download_button(
                _("Template: {kind}", kind=kind_name(kind)), register.template(kind, hamlet, text.locale()),
                f"{kind.value}.csv", "text/csv", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
    with st.expander(_("Headings and choices that are recognised")):
        st.html(_names_table())


def _names_table() -> str:
    rows = [f"<tr><th>{escape(names[0])}</th><td>{escape('; '.join(names[1:]))}</td></tr>" for names in COLUMN_NAMES.values()]
    for question, choices in CHOICE_NAMES.items():
        label = COLUMN_NAMES[question][0] if question in COLUMN_NAMES else _("yes or no")
        words = "; ".join(" = ".join(names) for names in choices.values())
        rows.append(f"<tr><th>{escape(label)}: {escape(_('choices'))}</th><td>{escape(words)}</td></tr>")
    return f'<table class="names">{"".join(rows)}</table>'
