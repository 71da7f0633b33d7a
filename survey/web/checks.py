"""The checks as the page shows them: what each found and how it was judged, its rule, and the thresholds that a coordinator may set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from survey import tuning
from survey.domain.checks import CHECKS, GROUPS, THRESHOLDS
from survey.domain.checks.thresholds import PREFIX
from survey.domain.judgements import CONFIRMED, DISMISSED
from survey.domain.people import Ability
from survey.domain.ports import Reader
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.submissions import State
from survey.domain.times import from_text
from survey.store.flags import select_flag_counts, select_waiting_counts
from survey.store.jobs import Job, select_job
from survey.store.judgements import select_judgement_counts
from survey.store.queue import select_counts
from survey.store.reviews import select_person_names
from survey.store.settings import select_setting_history
from survey.web import session, text
from survey.web.check_words import Own, check_name, read_own, rule_words, threshold_name, threshold_words, value_words
from survey.web.review_flags import mark
from survey.web.review_history import severity_name
from survey.web.session import Here
from survey.web.text import _

_MESSAGE = "checks_message"
_STYLE = """<style>
.checks { width: 100%; border-collapse: collapse; }
.checks th, .checks td { text-align: left; vertical-align: middle; padding: .15rem .5rem;
  border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.checks td:first-child { width: 60%; }
.checks td.number { vertical-align: top; padding-top: .6rem; }
.checks .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.checks summary, .quiet > summary { cursor: pointer; min-height: 44px; display: flex; align-items: center; gap: .6rem; }
.checks summary::after, .quiet > summary::after { content: "▾"; margin-left: auto; font-size: 1.5rem; }
.checks details > :not(summary) { margin: 0 0 .5rem; font-size: .9375rem; }
.checks a { color: inherit; display: inline-flex; min-height: 44px; min-width: 44px; margin: -.6rem 0;
  align-items: center; justify-content: flex-end; }
@media (max-width: 640px) {
  .checks, .checks tbody, .checks tr, .checks td:first-child { display: block; width: auto; }
  .checks thead { display: none; }
  .checks tr { padding: .25rem 0; border-bottom: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
  .checks td, .checks td.number { border: 0; padding: 0; }
  .checks td.number { display: inline-flex; gap: .35rem; align-items: center; min-height: 2rem; margin-right: 1rem; font-size: .9375rem; }
  .checks td.number::before { content: attr(data-label) ":"; }
  .checks a { min-width: 48px; margin: 0; justify-content: center; border: 1px solid currentColor; border-radius: .5rem; }
}
</style>"""


@dataclass(frozen=True)
class Figures:
    """What the checks of a commune found and how that was judged, by code, and by which thresholds they look."""

    standing: Mapping[str, int]
    waiting: Mapping[str, int]
    judged: Mapping[tuple[str, str], int]
    own: Own
    job: Job | None
    submissions: int

    def share(self, code: str) -> float | None:
        """The share of confirmed flags among those judged; None where nobody has judged any."""
        confirmed, dismissed = (self.judged.get((code, verdict), 0) for verdict in (CONFIRMED, DISMISSED))
        return confirmed / (confirmed + dismissed) if confirmed + dismissed else None


def read_figures(reader: Reader, commune: str) -> Figures:
    """The figures of one moment; no flag is counted one by one but those that wait."""
    waiting = select_counts(reader, commune)[State.RECEIVED]
    return Figures(
        select_flag_counts(reader, commune), select_waiting_counts(reader, commune), select_judgement_counts(reader, commune),
        read_own(reader, commune), select_job(reader, commune, tuning.KIND, tuning.KEY), waiting,
    )  # fmt: skip


def show_running(figures: Figures) -> None:
    """Say that what waits is being examined again, while it is."""
    if figures.job is not None:
        done, most = text.format_number(int(str(figures.job.payload["done"]))), text.format_number(figures.submissions)
        st.info(_("Submissions that wait are being examined again: {done} of {most} so far.", done=done, most=most), icon=":material/sync:")


def show_checks(figures: Figures) -> None:
    """Show every check by its group with what it found, how that was judged, and its rule behind a tap; silent ones are folded."""
    st.html(_STYLE)
    for group, names in GROUPS.items():
        codes = [code for code, kind in CHECKS.items() if kind.group == group]
        told = [code for code in codes if figures.standing.get(code) or figures.share(code) is not None]
        quiet = [code for code in codes if code not in told]
        if codes:
            st.subheader(names[1] if text.locale() == "en" else names[0], anchor=False)
            st.html(_table(told, figures) + _quiet(quiet, figures))


def show_tuning(here: Here, figures: Figures) -> None:
    """Show what the thresholds are set to, and to who may the way to change one."""
    changed = list(figures.own.changes)
    if not here.actor.may(Ability.MANAGE):
        st.write(_("Thresholds are changed by the coordinator."))
        return
    names = sorted(THRESHOLDS, key=lambda name: (name not in changed, threshold_name(name)))
    name = st.selectbox(_("Threshold"), names, format_func=lambda name: _option(name, figures.own), key="threshold")
    kind = THRESHOLDS[name]
    st.write(text.plain(threshold_words(name, figures.own)))
    used = [check_name(code) for code, check in CHECKS.items() if name in check.thresholds]
    st.caption(text.plain(_("Used by: {checks}", checks=" · ".join(used))))
    unit = value_words(name, kind.least), value_words(name, kind.most)
    st.number_input(
        _("New value, from {least} to {most}", least=unit[0], most=unit[1]), float(kind.least), float(kind.most), figures.own.value(name),
        step=_step(kind.most - kind.least), format="%g", key=f"value_{name}",
    )  # fmt: skip
    st.text_input(_("Reason for the change"), key=f"why_{name}", max_chars=NOTE_LENGTH)
    with st.container(horizontal=True):
        st.button(_("Set the threshold"), key="threshold_set", type="primary", on_click=_set, args=(name, False))
        st.button(_("Back to the default"), key="threshold_back", disabled=name not in changed, on_click=_set, args=(name, True))
    _show_changes(here, name)


def show_message() -> None:
    """Show once what became of the last change."""
    kind, words = st.session_state.pop(_MESSAGE, ("", ""))
    if kind:
        (st.error if kind == "problem" else st.success)(text.plain(words))


def _labels() -> tuple[str, ...]:
    return _("Waiting"), _("Standing"), _("Confirmed"), _("Dismissed"), _("Confirmed share")


def _table(codes: Sequence[str], figures: Figures) -> str:
    if not codes:
        return ""
    heads = f"<th>{escape(_('Check'))}</th>" + "".join(f'<th class="number">{escape(label)}</th>' for label in _labels())
    rows = "".join(_row(code, figures) for code in codes)
    return f'<table class="checks"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _quiet(codes: Sequence[str], figures: Figures) -> str:
    """The checks that found nothing, behind one line."""
    if not codes:
        return ""
    words = text.ngettext("{n} check has found nothing", "{n} checks have found nothing", len(codes))
    lines = "".join(f'<div class="checks">{_details(code, figures.own)}</div>' for code in codes)
    return f'<details class="quiet"><summary>{escape(words)}</summary>{lines}</details>'


def _row(code: str, figures: Figures) -> str:
    share, waiting = figures.share(code), text.format_number(figures.waiting.get(code, 0))
    if figures.waiting.get(code):
        waiting = f'<a href="/review?check={escape(code)}&amp;order=risk&amp;view=list" target="_self">{waiting}</a>'
    judged = (text.format_number(figures.judged.get((code, verdict), 0)) for verdict in (CONFIRMED, DISMISSED))
    cells = (waiting, text.format_number(figures.standing.get(code, 0)), *judged, "–" if share is None else text.format_share(share))
    labelled = zip(_labels(), cells, strict=True)
    numbers = "".join(f'<td class="number" data-label="{escape(label, quote=True)}"><span>{cell}</span></td>' for label, cell in labelled)
    return f"<tr><td>{_details(code, figures.own)}</td>{numbers}</tr>"


def _details(code: str, own: Own) -> str:
    kind = CHECKS[code]
    sources = [threshold_words(name, own) for name in kind.thresholds] or [_("Source: {source}.", source=_(kind.source))]
    lines = "".join(f"<li>{escape(words)}</li>" for words in sources)
    title = f"{mark(kind.severity)}<span><b>{escape(severity_name(kind.severity))}:</b> {escape(check_name(code))}</span>"
    return f"<details><summary>{title}</summary><p>{escape(rule_words(code, own))}</p><ul>{lines}</ul></details>"


def _option(name: str, own: Own) -> str:
    return ("● " if name in own.changes else "") + f"{threshold_name(name)}: {value_words(name, own.value(name))}"


def _step(span: float) -> float:
    """A step that a person would take: a hundredth where the whole range is about one, else a half."""
    return 0.01 if span <= 1 else 0.5


def _show_changes(here: Here, name: str) -> None:
    with here.survey.reading() as reader:
        history = select_setting_history(reader, here.actor.commune, PREFIX + name)
        people = select_person_names(reader, here.actor.commune, [row["person"] for row in history])
    if not history:
        return
    lines = [
        f"{text.format_datetime(from_text(row['at']))} · {people.get(row['person'], row['person'])} · "
        f"{value_words(name, float(row['value'])) if row['value'] else _('default')} · “{row['reason']}”"
        for row in history
    ]
    st.markdown(f"**{_('Changes so far')}**")
    st.html("<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>")


def _set(name: str, default: bool) -> None:
    here = session.look()
    if here is None:
        return
    value = None if default else float(st.session_state[f"value_{name}"])
    try:
        tuning.set_threshold(here.survey, here.actor, name, value, st.session_state.get(f"why_{name}", ""))
    except Problem as problem:
        st.session_state[_MESSAGE] = ("problem", text.problem_text(problem))
        return
    st.session_state[f"why_{name}"] = ""
    st.session_state.pop(f"value_{name}", None)
    st.session_state[_MESSAGE] = ("done", _("Set. What waits for review is examined again now; what has been decided keeps its warnings."))
