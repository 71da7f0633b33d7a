"""The parts of the criteria page: the choice of an edition, and criteria × hamlets as a table of verdicts."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from survey.domain.criteria import BY_HAMLET, Criterion, Edition, Unit
from survey.domain.places import Hamlet
from survey.domain.scoreboard import read_goal
from survey.domain.verdicts import Basis, Outcome, Verdict
from survey.store.settings import select_settings
from survey.web import text
from survey.web.criteria_words import criterion_title, figure, hamlets_words, outcome_words
from survey.web.session import Here
from survey.web.text import _

COMMUNE = ""  # the column of the commune as a whole
STYLE = f"<style>{(Path(__file__).parent / 'templates' / 'criteria.css').read_text()}</style>"
_KEPT = ("on", "rules", "view")  # parts of the address that say how one looks, and stay while one goes from place to place
_GRAVITY = {Outcome.NOT_MET: 0, Outcome.NOT_ENOUGH_DATA: 1, Outcome.MET: 2}


def begin_with_goal(here: Here) -> None:
    """Where no edition is in the address, the one that the commune's goal names comes first."""
    with here.survey.reading() as reader:
        goal = read_goal(select_settings(reader, here.actor.commune, "goal").get("goal"))
    if goal is not None and "edition" not in st.query_params:
        st.query_params["edition"] = goal.edition


def choose_edition(here: Here, editions: Sequence[Edition], in_force: Mapping[str, bool]) -> Edition:
    """Show the choice of an edition, at first that of the commune's goal; it stays in the address."""
    begin_with_goal(here)
    ids = [edition.id for edition in editions]
    titles = {edition.id: edition.title.say(text.locale()) + ("" if in_force[edition.id] else " – " + _("history")) for edition in editions}
    shown = st.query_params.get("edition")
    chosen = st.selectbox(_("Edition"), ids, index=ids.index(shown) if shown in ids else 0, format_func=titles.__getitem__)
    if chosen != shown:
        for name in ("criterion", "hamlet", "state", "after"):
            st.query_params.pop(name, None)
    st.query_params["edition"] = chosen
    return editions[ids.index(chosen)]


def address(edition: str, **parts: str | None) -> str:
    """The address of this page with other *parts*, escaped for an attribute; how one looks stays, None takes a part away."""
    kept = {name: st.query_params[name] for name in _KEPT if name in st.query_params}
    query = {"edition": edition, **kept, **parts}
    return escape("?" + urlencode({name: value for name, value in query.items() if value is not None}))


def show_validity(edition: Edition, *, in_force: bool) -> None:
    """Show from when to when the edition is in force, and that it is history where it is not."""
    begin, end = (text.format_date(day) if day else "" for day in (edition.valid_from, edition.valid_to))
    dates = _("In force from {begin} to {end}.", begin=begin, end=end) if begin and end else ""
    if not end:
        dates = _("In force from {begin}; its end was not found.", begin=begin) if begin else _("Its dates of validity were not found.")
    notes = " ".join(note.say(text.locale()) for note in (edition.validity_note, edition.note) if note is not None)
    if in_force:
        with st.expander(_("About this edition"), icon=":material/gavel:"):
            st.caption(text.plain(f"{dates} {notes}"))
    else:
        history = _("History: this edition is not in force today. Its verdicts say how things would stand under it.")
        st.html(f'<div class="banner" role="note">{escape(f"{history} {dates} {notes}")}</div>')


def show_table(edition: Edition, verdicts: Sequence[Verdict], hamlets: Sequence[Hamlet]) -> None:
    """Show criteria × hamlets, each cell a way to its basis; the table scrolls in itself where the screen is narrow."""
    cells = {(verdict.criterion, verdict.hamlet or COMMUNE): verdict for verdict in verdicts}
    criteria, places = list(edition.criteria), list(hamlets)
    orders = {"law": _("In the edition's order"), "missing": _("What is missing most first")}
    order = st.segmented_control(_("Order"), list(orders), format_func=orders.__getitem__, default="law", key="criteria_order")
    if order == "missing":
        criteria.sort(key=lambda criterion: _missing(cells.get((criterion.code, COMMUNE))))
        places.sort(key=lambda hamlet: -sum(_is_behind(cells.get((criterion.code, hamlet.id))) for criterion in criteria))
    columns = [(COMMUNE, _("Commune")), *((hamlet.id, hamlet.name) for hamlet in places)]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for _place, name in columns)
    rows = "".join(_row(edition, criterion, [cells.get((criterion.code, place)) for place, _name in columns]) for criterion in criteria)
    caption = escape(_("Criteria and hamlets"))
    st.html(
        f'<div class="grid-scroll" role="region" tabindex="0" aria-label="{caption}"><table class="criteria">'
        f'<thead><tr><th scope="col">{escape(_("Criterion"))}</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    if edition.unit is Unit.COMMUNE:
        st.caption(_("The rule judges the commune; a hamlet's column shows where it stands."))


def _missing(verdict: Verdict | None) -> tuple[int, float]:
    """How a criterion sorts by what is missing: not met before open before met, the farthest from its number first."""
    if verdict is None:
        return len(_GRAVITY), 0.0
    shares = [share for basis in verdict.basis if basis.decides and (share := _reached(basis)) is not None]
    return _GRAVITY[verdict.outcome], min(shares, default=0.0)


def _reached(basis: Basis) -> float | None:
    limits = [] if basis.threshold is None else [basis.threshold.at_least, basis.threshold.above]
    limit = max((limit for limit in limits if limit is not None), default=0.0)
    return None if basis.value is None or limit <= 0 else basis.value / limit


def _is_behind(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.outcome is Outcome.NOT_MET


def _row(edition: Edition, criterion: Criterion, verdicts: Sequence[Verdict | None]) -> str:
    title = criterion_title(criterion.code, criterion.title.say(text.locale()))
    return f'<tr><th scope="row">{escape(title)}</th>{"".join(_cell(edition, verdict) for verdict in verdicts)}</tr>'


def _cell(edition: Edition, verdict: Verdict | None) -> str:
    if verdict is None:
        return "<td>–</td>"
    link = address(edition.id, criterion=verdict.criterion, hamlet=verdict.hamlet or COMMUNE)
    basis = verdict.leading
    return (
        f'<td class="{verdict.outcome.value}"><a href="{link}" target="_self">'
        f'<b class="sign">{escape(outcome_words(verdict.outcome))}</b>{"" if basis is None else _cell_figure(basis)}</a></td>'
    )


def _cell_figure(basis: Basis) -> str:
    if basis.indicator == BY_HAMLET:
        return f"<small>{escape(hamlets_words(basis))}</small>"
    coverage = "" if basis.coverage is None else _("{share} visited", share=text.format_share(basis.coverage))
    return f"<small>{escape(figure(basis.value, basis.unit))}</small><small>{escape(coverage)}</small>"
