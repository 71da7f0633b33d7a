"""Many submissions at once: a page of the queue as a table, one decision and one reason for all that are ticked."""

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from survey import review
from survey.domain.checks import rank
from survey.domain.judgements import DISMISSED
from survey.domain.ports import Row
from survey.domain.submissions import State
from survey.store.flags import select_flags_of_many
from survey.store.queue import PAGE, Place, QueueEntry, QueueFilters, select_queue_page
from survey.web import text
from survey.web.queue_export import export_address
from survey.web.review import acting, common_reasons, remember, show_ready_reasons, show_reason
from survey.web.review_history import severity_name, state_name
from survey.web.review_photos import flag_sentence
from survey.web.review_queue import open_one
from survey.web.session import Here
from survey.web.text import _

_TRAIL = "review_trail"
_REASON = "reason_many"


def show_list(here: Here, filters: QueueFilters, titles: dict[str, str]) -> None:
    """Show one page of the queue with its ticks, the way to the next page, and the decision on what is ticked."""
    trail = _trail(filters)
    with here.survey.reading() as reader:
        entries = select_queue_page(reader, here.actor.commune, filters, trail[-1] if trail else None, limit=PAGE + 1)
        flags = select_flags_of_many(reader, here.actor.commune, [entry.submission for entry in entries[:PAGE]])
    shown = entries[:PAGE]
    if not shown:
        st.info(_("Nothing here. Choose another state or fewer filters."), icon=":material/inbox:")
        return
    table = st.dataframe(
        _rows(shown, titles, flags), hide_index=True, on_select="rerun", selection_mode="multi-row", width="stretch",
        key=f"review_table_{shown[0].submission}_{len(shown)}", row_height=44, height=min(40 + 44 * len(shown), 540),
        column_config={_("Warnings"): {"width": 430}},  # "Likely wrong: …" with the house it names
    )  # fmt: skip
    ticked = [shown[row] for row in table.selection.rows if row < len(shown)]
    _show_pages(trail, shown, more=len(entries) > PAGE)
    # A link of ours: what Streamlit's own download button serves, anybody may fetch.
    label = escape(_("Download the list with its warnings (CSV)"))
    st.html(f'<a class="door" href="{escape(export_address(filters))}" download>{label}</a>')
    _show_many(ticked)


def _rows(entries: list[QueueEntry], titles: dict[str, str], flags: Mapping[str, Sequence[Row]]) -> list[dict[str, object]]:
    return [
        {
            _("Site"): f"{entry.site_code} {entry.site_name}" if entry.site_code else "–",
            _("Checklist"): titles.get(entry.form, entry.form),
            _("Warnings"): _warnings(entry, flags.get(entry.submission, ())),
            _("Missing files"): text.format_number(entry.missing_files) if entry.missing_files else "",
            _("Received at"): text.format_datetime(entry.received_at),
            _("Inspector"): entry.person_name or "?",
            _("Hamlet"): entry.hamlet_name or "–",
            _("State"): state_name(entry.state),
            _("Code"): entry.code,
        }
        for entry in entries
    ]


def _warnings(entry: QueueEntry, flags: Sequence[Row]) -> str:
    """The gravest open one, and how many others there are."""
    standing = [flag for flag in flags if flag["verdict"] != DISMISSED]
    if not standing:
        return ""
    first = min(standing, key=lambda flag: (-flag["severity"], rank(flag["code"])))
    others = f" (+{text.format_number(len(standing) - 1)})" if len(standing) > 1 else ""
    return f"{severity_name(entry.flag_severity)}: {flag_sentence(first)}{others}"


def _trail(filters: QueueFilters) -> list[Place]:
    """The keys where the pages up to this one begin; a change of filters begins anew."""
    kept = st.session_state.get(_TRAIL)
    if kept is None or kept[0] != filters:
        kept = st.session_state[_TRAIL] = (filters, [])
    trail: list[Place] = kept[1]
    return trail


def _show_pages(trail: list[Place], shown: list[QueueEntry], *, more: bool) -> None:
    with st.container(horizontal=True):
        st.button(_("Page before"), disabled=not trail, on_click=_go_back, args=(trail,), key="page_before", icon=":material/arrow_back:")
        last = shown[-1].place
        st.button(_("Next page"), disabled=not more, on_click=trail.append, args=(last,), key="page_next", icon=":material/arrow_forward:")


def _go_back(trail: list[Place]) -> None:
    trail.pop()


def _show_many(ticked: list[QueueEntry]) -> None:
    if not ticked:
        st.write(_("Tick submissions in the table to decide on them together."))
        return
    st.button(_("Open {code}").format(code=ticked[0].code), on_click=open_one, args=(ticked[0],), icon=":material/open_in_full:")
    states = {entry.state for entry in ticked}
    waiting = states == {State.RECEIVED}
    if not waiting and State.RECEIVED in states:
        st.write(_("Ticked are waiting and decided submissions; tick only one kind."))
        return
    reasons = common_reasons()
    show_reason(_REASON)
    buttons = [(State.ACCEPTED, _("Accept {n}")), (State.RETURNED, _("Return {n}")), (State.REJECTED, _("Reject {n}"))]
    chosen = [(entry.submission, entry.code, entry.state_version) for entry in ticked]
    with st.container(horizontal=True):
        for to, label in buttons if waiting else [(State.RECEIVED, _("Take back {n} decisions"))]:
            st.button(label.format(n=len(ticked)), key=f"many_{to.value}", on_click=_decide_many, args=(chosen, to))
    show_ready_reasons(_REASON, reasons[State.RETURNED] | reasons[State.REJECTED] if waiting else reasons[State.RECEIVED])


def _decide_many(chosen: list[tuple[str, str, int]], to: State) -> None:
    here = acting()
    if here is None:
        return
    versions = [(submission, version) for submission, _code, version in chosen]
    outcomes = review.decide_many(here.survey, here.actor, versions, to, st.session_state.get(_REASON, ""))
    problems = [outcome.problem for outcome in outcomes if outcome.problem is not None]
    done = len(outcomes) - len(problems)
    words = [text.ngettext("{n} submission decided.", "{n} submissions decided.", done)] if done else []
    words += [text.problem_text(problem) for problem in problems]
    remember("\n\n".join(words), problem=bool(problems))
    if not problems:
        st.session_state[_REASON] = ""
