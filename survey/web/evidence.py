"""Widgets of the evidence page: what a bundle is to be about, for whom, as of when, in how many files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from survey import assess
from survey.domain.criteria import Edition
from survey.domain.evidence import Scope, Variant
from survey.domain.places import Hamlet
from survey.domain.ports import Row
from survey.domain.times import local_date
from survey.web import text
from survey.web.session import Here
from survey.web.text import _

_ALL = ""  # a selectbox takes None for *nothing chosen*
_GIGA = 1_000_000_000
# A stick as it is bought is formatted with FAT32, which takes no file of 4 GiB or more; the dossier beside the photos is a bag of its own.
_BAG_BYTES = (0, _GIGA, 4 * _GIGA)


@dataclass(frozen=True)
class Wish:
    """What a person chose: the scope, whom it is for, and how many bytes of photos one file holds at most (0: all in one file)."""

    scope: Scope
    variant: Variant
    bag_bytes: int


def choose(here: Here, editions: Sequence[Edition], hamlets: Sequence[Hamlet], rounds: Sequence[Row]) -> Wish:
    """Let a person choose; everything of today in one file for the council unless chosen otherwise."""
    variant = st.radio(
        _("For whom"), list(Variant), format_func=variant_name, key="bundle_variant", horizontal=True,
        captions=[_("everything, to be checked; not to be published"), _("no names, exact places, or uncovered faces")],
    ) or Variant.FULL  # fmt: skip
    edition, criterion, past = _choose_rules(here, editions)
    hamlet = _choose_place(here, hamlets)
    with st.expander(_("Day, round, size of files"), icon=":material/tune:"):
        day, round_ = _choose_time(here, rounds)
        bag_bytes = st.selectbox(_("Files"), _BAG_BYTES, format_func=_bags, key="bundle_bags")
    scope = Scope(day, edition, criterion, hamlet, history=past, round=round_)
    return Wish(scope, variant, bag_bytes)


def _choose_rules(here: Here, editions: Sequence[Edition]) -> tuple[str | None, str | None, bool]:
    """Edition, criterion, and whether the edition is not in force today."""
    by_id = {edition.id: edition for edition in editions}
    in_force = [edition.id for edition in editions if edition.is_valid(local_date(here.survey.now()))]
    choices = [*([_ALL] if in_force else []), *by_id]

    def edition_title(choice: str) -> str:
        if choice == _ALL:
            return _("All editions in force today")
        title = by_id[choice].title.say(text.locale())
        return title if choice in in_force else _("{edition} (not in force, as history)", edition=title)

    edition = st.selectbox(_("Edition of criteria"), choices, format_func=edition_title, key="scope_edition")
    criteria = {} if edition == _ALL else {criterion.code: criterion.title.say(text.locale()) for criterion in by_id[edition].criteria}
    criterion = st.selectbox(
        _("Criterion"), [_ALL, *criteria], key=f"scope_criterion_{edition}", disabled=edition == _ALL,
        format_func=lambda code: _("All criteria") if code == _ALL else f"{code} · {criteria[code]}",
    )  # fmt: skip
    if edition == _ALL:
        st.caption(_("Choose one edition first to narrow the bundle to one criterion."))
    return edition or None, criterion or None, edition not in (_ALL, *in_force)


def _choose_place(here: Here, hamlets: Sequence[Hamlet]) -> str | None:
    names = {hamlet.id: hamlet.name for hamlet in hamlets if here.actor.reaches(hamlet.id)}
    places = [*([_ALL] if here.actor.hamlets is None else []), *names]
    chosen = st.selectbox(
        _("Area"), places, format_func=lambda place: _("The whole commune") if place == _ALL else names[place], key="scope_hamlet"
    )
    return chosen or None


def _choose_time(here: Here, rounds: Sequence[Row]) -> tuple[date, str | None]:
    """The day, and the round where one is chosen: then the day is its last one, or today while it goes on."""
    today = local_date(here.survey.now())
    known: Mapping[str, Row] = {row["round"]: row for row in rounds if date.fromisoformat(row["starts_on"]) <= today}
    round_ = st.selectbox(
        _("Survey round"), [_ALL, *known], key="scope_round",
        format_func=lambda one: _("Every round: what counts on the day") if one == _ALL else str(known[one]["name"]),
    )  # fmt: skip
    if round_:
        return min(today, date.fromisoformat(known[round_]["ends_on"])), round_
    asked = st.date_input(_("As known at the end of"), value=today, max_value=today, format="DD/MM/YYYY", key="scope_day")
    return (asked if isinstance(asked, date) else today), None


def show_nothing_to_deliver(*, editions: bool, accepted: int) -> bool:
    """Say what is to be done first, and whether there is anything to do first."""
    if not editions:
        st.info(_("No edition of criteria is loaded. Load one with `python -m survey load-edition` first."))
        return True
    if not accepted:
        st.info(_("No submission has been accepted yet. Accept some on the review page; only accepted ones are evidence."))
        st.html(f'<a class="door main" href="/review">{escape(_("Open the review page"))}</a>')
        return True
    return False


def verdict_editions(here: Here) -> list[Edition]:
    """Return the loaded editions, those in force first."""
    return assess.list_editions(here.survey, here.actor)


def variant_name(variant: Variant) -> str:
    """Whom a bundle is for."""
    return _("Appraisal council") if variant is Variant.FULL else _("The public")


def _bags(size: int) -> str:
    return _("All in one file") if size == 0 else _("Photos in files of at most {size}", size=text.format_size(size))
