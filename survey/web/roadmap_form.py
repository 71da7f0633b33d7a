"""The form of a milestone: title, days, what it needs first, dates, criterion, and where its share done comes from."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import streamlit as st

from survey import roadmap
from survey.domain.criteria import Criterion, Edition
from survey.domain.milestones import TITLE_LENGTH
from survey.domain.owners import Milestone
from survey.domain.problems import Problem
from survey.domain.roadmap import LONGEST_DAYS
from survey.web import text
from survey.web.criteria_words import criterion_title, indicator_title
from survey.web.roadmap import Board, as_seen, generation, next_generation, offer_new_version, say
from survey.web.session import Here
from survey.web.text import _

_USUAL_DAYS = 7  # what a new milestone begins with: our own choice
_NONE = ""  # a selectbox takes None for *nothing chosen*


def show_form(here: Here, board: Board, milestone: Milestone | None) -> None:
    """Show the form of *milestone*, or of a new one; its number is the version that the person saw."""
    present = milestone or Milestone("", 0, "", _USUAL_DAYS)
    key = f"{present.id}_{generation()}"
    known = as_seen(f"form_seen_{key}", f"title_{key}", present)
    title = st.text_input(_("Title"), known.title, max_chars=TITLE_LENGTH, key=f"title_{key}")
    days = st.number_input(_("Days that it takes"), 1, LONGEST_DAYS, known.days, key=f"days_{key}")
    placed = board.roadmap.plan.placed
    others = [id_ for id_ in board.roadmap.milestones if id_ != known.id]
    needs = st.multiselect(
        _("Needs first"), others, [need for need in known.needs if need in others], format_func=lambda id_: placed[id_].step.title,
        placeholder=_("Nothing"), key=f"needs_{key}",
    )  # fmt: skip
    first, last = st.columns(2)
    not_before = first.date_input(_("Not before"), known.not_before, format="DD/MM/YYYY", key=f"not_before_{key}")
    due_on = last.date_input(_("Due"), known.due_on, format="DD/MM/YYYY", key=f"due_{key}")
    wanted = replace(
        known, title=title, days=int(days), needs=tuple(needs), not_before=_day(not_before), due_on=_day(due_on),
        person=_ask_person(board, known, key), hamlet=_ask_hamlet(board, known, key),
    )  # fmt: skip
    wanted = _ask_criterion(board, wanted, key)
    if st.button(_("Save the milestone"), type="primary", key=f"save_{key}"):
        _save(here, board, wanted)


def _ask_person(board: Board, known: Milestone, key: str) -> str | None:
    people = [id_ for id_, person in board.people.items() if person.disabled_at is None or id_ == known.person]
    choices = [_NONE, *people]
    chosen = st.selectbox(
        _("Who sees to it"), choices, choices.index(known.person) if known.person in choices else 0,
        format_func=lambda id_: board.names.get(id_) or _("nobody yet"), key=f"who_{key}",
    )  # fmt: skip
    return chosen or None


def _ask_hamlet(board: Board, known: Milestone, key: str) -> str | None:
    hamlets = [id_ for id_, hamlet in board.hamlets.items() if hamlet.is_valid(board.today)]
    choices = [_NONE, *hamlets]
    chosen = st.selectbox(
        _("Hamlet"), choices, choices.index(known.hamlet) if known.hamlet in choices else 0,
        format_func=lambda id_: board.hamlets[id_].name if id_ else _("The whole commune"), key=f"hamlet_{key}",
    )  # fmt: skip
    return chosen or None


def _ask_criterion(board: Board, known: Milestone, key: str) -> Milestone:
    editions = {edition.id: edition for edition in board.editions}
    choices = [_NONE, *editions]
    edition = st.selectbox(
        _("Edition of criteria"), choices, choices.index(known.edition) if known.edition in choices else 0,
        format_func=lambda id_: editions[id_].title.say(text.locale()) if id_ else _("of no edition"), key=f"edition_{key}",
    )  # fmt: skip
    if not edition:
        return replace(known, edition=None, criterion=None, indicator=None)
    criteria = _criteria(editions[edition])
    codes = [_NONE, *criteria]
    criterion = st.selectbox(
        _("Criterion"), codes, codes.index(known.criterion) if known.criterion in codes else 0,
        format_func=lambda code: _criterion_name(criteria, code), key=f"criterion_{key}_{edition}",
    )  # fmt: skip
    return replace(
        known, edition=edition, criterion=criterion or None,
        indicator=_ask_indicator(criteria[criterion], known, key) if criterion else None,
    )  # fmt: skip


def _ask_indicator(criterion: Criterion, known: Milestone, key: str) -> str | None:
    titles = {one.code: indicator_title(one.code, one.title.say(text.locale())) for one in criterion.indicators}
    codes = [_NONE, *titles]
    chosen = st.selectbox(
        _("The share done comes from"), codes, codes.index(known.indicator) if known.indicator in codes else 0,
        format_func=lambda code: titles.get(code) or _("reports of people"), key=f"indicator_{key}_{criterion.code}",
        help=_("An indicator measures it: what the survey found, held against the indicator's number."),
    )  # fmt: skip
    return chosen or None


def _criteria(edition: Edition) -> dict[str, Criterion]:
    return {criterion.code: criterion for criterion in edition.criteria if not criterion.combines}


def _criterion_name(criteria: Mapping[str, Criterion], code: str) -> str:
    return criterion_title(code, criteria[code].title.say(text.locale())) if code else _("of no criterion")


def _save(here: Here, board: Board, wanted: Milestone) -> None:
    try:
        saved = roadmap.save(here.survey, here.actor, wanted, shares=board.shares)
    except Problem as problem:
        offer_new_version(problem)
        return
    say(_("Saved: {title}", title=text.plain(saved.title)))
    next_generation()
    st.rerun()


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None
