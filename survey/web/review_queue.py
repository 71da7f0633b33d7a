"""The queue as the page shows it: counts and filters kept in the address, and where a reviewer stands in it."""

from collections.abc import Container, Mapping
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from survey.domain.checks import CHECKS, GROUPS
from survey.domain.judgements import CONFIRMED, DISMISSED
from survey.domain.submissions import State, typed_code
from survey.domain.times import is_believable
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.store.queue import Place, QueueEntry, QueueFilters, select_counts, select_form_titles, select_next, select_previous
from survey.store.queue_statements import EVERY, UNJUDGED
from survey.store.submissions import select_submission_by_code
from survey.web import text
from survey.web.check_words import check_name
from survey.web.review_answers import said
from survey.web.review_case import Case
from survey.web.review_history import state_name
from survey.web.session import Here
from survey.web.text import _

ALL = "all"
ANY = ""
_SUBMISSION = "submission"
_FILTERS = ("state", "hamlet", "form", "person", "flags", "check", "judged", "since", "until")
_RISK = "risk"
_PLACE = "review_place"
_FLAGS = {"": 0, "1": 1, "2": 2, "3": 3}


def show_filters(here: Here, beside: DeltaGenerator) -> QueueFilters:
    """Show the filters here and the counts by state in *beside*; both are in the address: a reload or a link keeps them."""
    with here.survey.reading() as reader:
        titles = select_form_titles(reader, here.actor.commune)
        hamlets = {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, here.actor.commune) if here.actor.reaches(hamlet.id)}
        people = {person.id: person.name for person in select_people(reader, here.actor.commune)}
    active = sum(name in st.query_params for name in (*_FILTERS, "order") if name != "state")
    with st.popover(_("Filters") + (f" ({active})" if active else ""), icon=":material/filter_alt:", width="content", key="queue_filters"):
        _show_code(here)
        by_risk = _choice(_("Order"), {_RISK: _("Riskiest first")}, "order", _("Oldest first")) == _RISK
        hamlet = _choice(_("Hamlet"), hamlets, "hamlet")
        form = _choice(_("Checklist"), {key: said(title, text.locale()) or key for key, title in titles.items()}, "form")
        person = _choice(_("Inspector"), people, "person")
        flags = _choice(_("Warnings"), {"1": _("With warnings"), "2": _("To look at"), "3": _("Likely wrong")}, "flags")
        check = _choice(_("Check"), check_names(), "check")
        judged = _choice(_("Warnings that are"), judged_names(), "judged", _("not dismissed"))
        since, until = _days()
    with here.survey.reading() as reader:
        counts = select_counts(reader, here.actor.commune, hamlet=hamlet, form=form, scope=here.actor.hamlets)
    with beside:
        states = _states(counts)
    return QueueFilters(
        states, hamlet, form, person, since, until, _FLAGS.get(flags or "", 0), here.actor.hamlets, check, judged or "", by_risk=by_risk
    )


def check_names() -> dict[str, str]:
    """Every check by its code, group by group."""
    codes = sorted(CHECKS, key=lambda code: [*GROUPS].index(CHECKS[code].group))
    return {code: check_name(code) for code in codes}


def judged_names() -> dict[str, str]:
    """Which flags may be asked for, beside those that nobody has dismissed."""
    return {UNJUDGED: _("not judged yet"), CONFIRMED: _("confirmed"), DISMISSED: _("dismissed"), EVERY: _("any, the dismissed too")}


def place_of(case: Case) -> Place:
    """Where the open submission stands in the queue: where it stood when it was opened.

    To dismiss its flags makes it less risky; the next one is still the next of the riskiest.
    """
    kept = st.session_state.get(_PLACE)
    if kept is None or kept.submission != case.submission.id:
        kept = st.session_state[_PLACE] = Place(case.submission.received_at, case.submission.id, case.risk)
    return kept


def chosen_entry(here: Here, filters: QueueFilters) -> str | None:
    """The id of the submission in the address, else of the oldest in the queue, which the address then names."""
    chosen = st.query_params.get(_SUBMISSION)
    if chosen is not None:
        return chosen
    with here.survey.reading() as reader:
        entry = select_next(reader, here.actor.commune, filters)
    choose(entry)
    return entry.submission if entry else None


def choose(entry: QueueEntry | None) -> None:
    """Put *entry* into the address, or take out what is there."""
    if entry is None:
        st.query_params.pop(_SUBMISSION, None)
    else:
        st.query_params[_SUBMISSION] = entry.submission


def open_one(entry: QueueEntry) -> None:
    """Leave the list for *entry*."""
    st.query_params.pop("view", None)
    choose(entry)


def leave() -> None:
    """Forget which submission was open: the filters have changed, or it is not there."""
    st.query_params.pop(_SUBMISSION, None)


def neighbours(here: Here, filters: QueueFilters, place: Place) -> tuple[QueueEntry | None, QueueEntry | None]:
    """The entries before and behind *place* in the filtered queue."""
    with here.survey.reading() as reader:
        commune = here.actor.commune
        return select_previous(reader, commune, filters, place), select_next(reader, commune, filters, place)


def show_empty(here: Here) -> None:
    """Say that nothing is left here, and what to do next."""
    with here.survey.reading() as reader:
        counts = select_counts(reader, here.actor.commune, scope=here.actor.hamlets)
    if counts[State.RECEIVED] and _filtered():
        outside = counts[State.RECEIVED]
        words = text.ngettext("{n} submission waits outside these filters.", "{n} submissions wait outside these filters.", outside)
        st.info(words, icon=":material/filter_alt:")
        st.button(_("Show all that wait"), on_click=_clear)
    elif sum(counts.values()):
        st.success(_("Nothing is waiting. The criteria page shows what the accepted visits mean."), icon=":material/done_all:")
    else:
        st.info(_("No submission has come in yet. Inspectors hand them in from the capture page or from the phone's field page."),
                icon=":material/inbox:")  # fmt: skip


def shown_view() -> str:
    """Show the switch between one submission at a time and the list for many at once; returns `one` or `list`."""
    words = {"one": _("One at a time"), "list": _("Many at once")}
    _from_address("view", words, "one")
    st.segmented_control(
        _("View"), list(words), format_func=words.__getitem__, key="queue_view", on_change=_to_address, args=("view", "one"),
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    return str(st.session_state["queue_view"] or "one")


def _show_code(here: Here) -> None:
    """Show the way to the one submission whose code somebody reads from a receipt."""
    typed = st.text_input(
        _("Code on the receipt"), key="queue_code", placeholder="K7M2-9QXD", max_chars=20, on_change=_open_by_code, args=(here,)
    )
    if typed:
        st.warning(_("No submission has this code."))


def _open_by_code(here: Here) -> None:
    with here.survey.reading() as reader:
        found = select_submission_by_code(reader, here.actor.commune, typed_code(st.session_state["queue_code"]))
    if found is not None and here.actor.reaches(found.hamlet):
        st.session_state["queue_code"] = ""
        st.query_params.pop("view", None)
        st.query_params[_SUBMISSION] = found.id


def _states(counts: Mapping[State, int]) -> tuple[State, ...]:
    words = {state.value: f"{state_name(state)} {text.format_number(count)}" for state, count in counts.items()}
    words[ALL] = f"{_('All')} {text.format_number(sum(counts.values()))}"
    _from_address("state", words, State.RECEIVED.value)
    st.segmented_control(
        _("State"), list(words), format_func=words.__getitem__, key="queue_state", on_change=_to_address,
        args=("state", State.RECEIVED.value), label_visibility="collapsed", required=True, wrap=True,
    )  # fmt: skip
    chosen = st.query_params.get("state", State.RECEIVED.value)
    return tuple(State) if chosen == ALL else (State(chosen) if chosen in words else State.RECEIVED,)


def _choice(label: str, options: Mapping[str, str], name: str, default: str = "") -> str | None:
    words = {ANY: default or _("All"), **options}
    chosen = _from_address(name, words, ANY)
    st.selectbox(label, list(words), format_func=words.__getitem__, key=f"queue_{name}", on_change=_to_address, args=(name, ANY))
    return chosen or None


def _days() -> tuple[date | None, date | None]:
    columns = st.columns(2)
    labels = {"since": _("Received from"), "until": _("Received until")}
    days = {name: _day(st.query_params.get(name)) for name in labels}
    for column, (name, label) in zip(columns, labels.items(), strict=True):
        st.session_state[f"queue_{name}"] = days[name]
        column.date_input(label, value=None, key=f"queue_{name}", on_change=_to_address, args=(name, ""), format="DD/MM/YYYY")
    return days["since"], days["until"]


# The address is the one place where filters are kept: Streamlit's own binding would write the labels into it, which change
# with the language and with every count.
def _from_address(name: str, allowed: Container[str], default: str) -> str:
    value = st.query_params.get(name, default)
    st.session_state[f"queue_{name}"] = value if value in allowed else default
    return str(st.session_state[f"queue_{name}"])


def _to_address(name: str, default: str) -> None:
    value = st.session_state[f"queue_{name}"]
    if value in {None, default}:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = value.isoformat() if isinstance(value, date) else value
    if name != "view":
        leave()


def _filtered() -> bool:
    return any(name in st.query_params for name in _FILTERS)


def _clear() -> None:
    for name in (*_FILTERS, _SUBMISSION):
        st.query_params.pop(name, None)


def _day(text_of_day: str | None) -> date | None:
    try:
        day = date.fromisoformat(text_of_day or "")
    except ValueError:
        return None
    return day if is_believable(day) else None
