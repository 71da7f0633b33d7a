"""The parts of the review page: the submission that is open, the decision on it, and the site it is about."""

import re

import streamlit as st

from survey import review
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.reasons import REASON_LENGTH
from survey.domain.sites import SiteKind
from survey.domain.submissions import State
from survey.store.queue import Place, QueueEntry, QueueFilters, select_next
from survey.store.sites import SiteFilter, select_nearest, select_sites_page
from survey.web import review_queue, session, text
from survey.web.review_answers import said
from survey.web.review_arrival import consent_words
from survey.web.review_case import Case
from survey.web.review_history import counts_words, state_name
from survey.web.session import Here
from survey.web.text import _

_MESSAGE = "review_message"
# On a phone the decision stays under the thumb and a refusal in sight, wherever the page is scrolled to.
_STYLE = """<style>
[data-testid=stMainBlockContainer] { padding-top: 4.25rem; h1 { padding: 0 } }
[data-testid=stElementToolbar] { display: none; }
@media (max-width: 640px) {
  .st-key-review_buttons { position: fixed; inset: auto 0 0 0; z-index: 100; padding: .5rem 1rem; justify-content: center;
    background: Canvas; background: light-dark(#fff, #0f1612); border-top: 1px solid color-mix(in srgb, currentColor 35%, transparent); }
  .st-key-review_problem { position: sticky; top: 3.75rem; z-index: 90; background: Canvas; background: light-dark(#fff, #0f1612); }
  .st-key-review_buttons button { min-width: 6rem; }
}
@media (pointer: coarse) { [data-testid=stMain] button kbd { display: none; } }
</style>"""
_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#|~$:])")  # a person's name must not be read as Markdown
_SITES_SHOWN, _SITES_NEAR = 30, 10


def common_reasons() -> dict[State, dict[str, str]]:
    """Reasons that reviewers give every day, in short as they are tapped, and in full as they are written."""
    return {
        State.RETURNED: {
            _("Blurred"): _("The photo is blurred; please take it again."),
            _("Not all of it"): _("The photo does not show the whole fence or garden."),
            _("Photos missing"): _("Photos are missing; please add them."),
            _("Too far"): _("The position is too far from the site; please go there again."),
            _("Numbers"): _("A number does not fit the photo; please measure again."),
            _("Wrong site"): _("Wrong site chosen; please correct it."),
        },
        State.REJECTED: {
            _("Twice"): _("The same visit was handed in twice."),
            _("Not this site"): _("This is not the site in the register."),
            _("Photo from elsewhere"): _("The photo was taken elsewhere."),
            _("Practice"): _("Made for practice only."),
        },
        State.RECEIVED: {_("Mistake"): _("Decided by mistake."), _("News"): _("New information has come in.")},
        State.ACCEPTED: {_("Seen on site"): _("Seen on site; the missing photos are not needed.")},
    }


def use_the_width() -> None:
    """Let photos, answers and the decision stand side by side on a desk's screen."""
    st.set_page_config(layout="wide")
    st.html(_STYLE)


def show_message() -> None:
    """Show once what became of the last decision; what went well passes by, so that the buttons stay where they are."""
    kind, words = st.session_state.pop(_MESSAGE, ("", ""))
    if kind == "problem":
        with st.container(key="review_problem"):
            st.error(_MARKUP.sub(r"\\\1", words), icon=":material/warning:")
    elif kind:
        st.toast(words, icon=":material/check:")


def show_heading(case: Case) -> None:
    """Show which submission this is: code, state, checklist, site, who and when."""
    submission, site = case.submission, case.site
    st.subheader(f"{submission.code} · {state_name(submission.state)}", anchor=False)
    title = said(case.tree.get("title"), text.locale()) if case.tree else submission.form
    place = f"{site.code} {site.name}" if site else _("not in the register")
    when = text.format_datetime(submission.captured_at)
    parts = [title, place, case.hamlet_name or _("no hamlet"), case.person_name(submission.person), when, counts_words(case)]
    st.text(" · ".join([*parts, *consent_words(submission.consent)]))


def show_steps(before: QueueEntry | None, behind: QueueEntry | None) -> None:
    """Show the way to the previous and the next submission, also by the arrow keys."""
    for label, entry, key in ((_("Previous one"), before, "Left"), (_("Next one"), behind, "Right")):
        st.button(label, key=f"go_{key}", shortcut=key, disabled=entry is None, on_click=review_queue.choose, args=(entry,))


def show_decision(case: Case, place: Place, filters: QueueFilters) -> None:
    """Show the reason and the buttons that the submission's state allows; what was typed stays until a decision is written."""
    submission = case.submission
    waiting = submission.state is State.RECEIVED
    key = _reason_key(submission.id)
    reasons = common_reasons()
    offered = reasons[State.RETURNED] | reasons[State.REJECTED] if waiting else reasons[State.RECEIVED]
    if waiting and submission.missing_files:
        offered = reasons[State.ACCEPTED] | offered
    show_reason(key)
    buttons = [(State.ACCEPTED, _("Accept"), "A"), (State.RETURNED, _("Return"), "T"), (State.REJECTED, _("Reject"), "X")]
    with st.container(horizontal=True, key="review_buttons"):
        for to, label, shortcut in buttons if waiting else [(State.RECEIVED, _("Take the decision back"), "B")]:
            st.button(
                label, key=f"decide_{to.value}", shortcut=shortcut, type="primary" if to is State.ACCEPTED else "secondary",
                on_click=_decide, args=(submission.id, submission.state_version, to, place, filters),
            )  # fmt: skip
    show_ready_reasons(key, offered)


def show_reason(key: str) -> None:
    """Show the field for a reason."""
    needed = _("Needed for every decision but a plain acceptance.")
    st.text_area(_("Reason"), key=key, height=90, max_chars=REASON_LENGTH, persist_state="session")
    st.caption(needed)


def show_ready_reasons(key: str, offered: dict[str, str]) -> None:
    """Show ready-made reasons; a tap adds one to the field."""
    st.pills(_("Common reasons"), list(offered), key=f"{key}_ready", on_change=_add_reason, args=(key, offered), wrap=True)


def show_site_choice(case: Case) -> None:
    """Show a search of the register, to say which site the submission is about; its answers stay as they came."""
    here, key = session.look(), case.submission.id
    with st.expander(_("Change the site"), icon=":material/link:", expanded=case.submission.site is None, key=f"site_box_{key}"):
        words = st.text_input(_("Search the register by code or name"), key=f"site_search_{key}", max_chars=100)
        names = _sites_to_choose(here, case, words.strip()) if here else {}
        if not names:
            st.write(_("No site found."))
            return
        chosen = st.selectbox(_("Site"), list(names), format_func=names.__getitem__, key=f"site_{key}")
        st.text_input(_("Reason"), key=f"site_reason_{key}", max_chars=REASON_LENGTH)
        st.button(_("The submission is about this site"), on_click=_assign, args=(case, chosen))


def _sites_to_choose(here: Here, case: Case, words: str) -> dict[str, str]:
    """The sites of the form's kind that *words* find, or without words those nearest to the phone."""
    kind = case.tree.get("site_kind") if case.tree else None
    wanted = SiteFilter(kind=SiteKind(kind) if kind else None, q=words, scope=here.actor.hamlets)
    fix = case.submission.fix
    with here.survey.reading() as reader:
        if words or fix is None:
            found = select_sites_page(reader, here.actor.commune, wanted, limit=_SITES_SHOWN).sites
            return {site.id: f"{site.code} · {site.name}" for site in found}
        near = select_nearest(reader, here.actor.commune, fix.latitude, fix.longitude, wanted, limit=_SITES_NEAR)
    return {site.id: f"{site.code} · {site.name} · {text.format_distance(metres)}" for site, metres in near}


def remember(words: str, *, problem: bool = False) -> None:
    """Keep *words* for the next run's `show_message`."""
    st.session_state[_MESSAGE] = ("problem" if problem else "done", words)


def acting() -> Here | None:
    """Who clicks: looked up anew, since a callback runs before the page has let anybody in."""
    here = session.look()
    return here if here is not None and here.actor.may(Ability.REVIEW) else None


def _decide(submission_id: str, version: int, to: State, place: Place, filters: QueueFilters) -> None:
    here = acting()
    if here is None:
        return
    key = _reason_key(submission_id)
    try:
        decided = review.decide(here.survey, here.actor, submission_id, to, reason=st.session_state.get(key, ""), expected_version=version)
    except Problem as problem:
        remember(text.problem_text(problem), problem=True)
        return
    st.session_state[key] = ""
    remember(_("{code}: {state}.", code=decided.code, state=state_name(decided.state)))
    if to is not State.RECEIVED:
        with here.survey.reading() as reader:
            behind = select_next(reader, here.actor.commune, filters, place) or select_next(reader, here.actor.commune, filters)
        review_queue.choose(behind)


def _assign(case: Case, site: str) -> None:
    here = acting()
    if here is None:
        return
    submission = case.submission
    reason = st.session_state.get(f"site_reason_{submission.id}", "")
    try:
        review.assign_site(here.survey, here.actor, submission.id, site, expected_version=submission.state_version, reason=reason)
    except Problem as problem:
        remember(text.problem_text(problem), problem=True)
        return
    remember(_("{code} is about another site now.", code=submission.code))


def _add_reason(key: str, offered: dict[str, str]) -> None:
    ready = offered.get(st.session_state.get(f"{key}_ready") or "")
    if ready:
        st.session_state[key] = " ".join(part for part in (st.session_state.get(key, "").strip(), ready) if part)
        st.session_state[f"{key}_ready"] = None


def _reason_key(submission_id: str) -> str:
    return f"reason_{submission_id}"
