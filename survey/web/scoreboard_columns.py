"""Three columns that are never mixed: what the commune claims, what the survey measured, what the council gave; in any place."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from survey.domain.people import Ability
from survey.domain.scoreboard import ScoreRow, score_rows
from survey.domain.statements import Statement
from survey.domain.times import end_of
from survey.store.statements import select_statements
from survey.web import text
from survey.web.criteria import COMMUNE, address
from survey.web.criteria_words import criterion_title, outcome_words, value_words
from survey.web.scoreboard import Board
from survey.web.session import Here
from survey.web.text import _


def show_columns(here: Here, board: Board) -> None:
    """Show each criterion in three columns, the commune's or those of a chosen hamlet, with a mark where they disagree."""
    places = {COMMUNE: _("Commune"), **board.hamlet_names}
    place = st.selectbox(_("Commune or hamlet"), list(places), format_func=places.__getitem__, key="columns_place") or COMMUNE
    rows = board.score.rows
    if place != COMMUNE:
        before = None if board.asked.on is None else end_of(board.asked.on)
        with here.survey.reading() as reader:
            statements = select_statements(reader, here.actor.commune, board.edition.id, before)
        rows = score_rows(board.edition, board.score.verdicts, statements, place)
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in _heads())
    lines = "".join(_line(board, row, place) for row in rows)
    label = escape(_("Claimed, measured, appraised"))
    st.html(
        f'<div class="grid-scroll" role="region" tabindex="0" aria-label="{label}"><table class="criteria three">'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )
    if here.actor.may(Ability.REVIEW):
        link = escape(f"/standing?{urlencode({'edition': board.edition.id})}")
        st.html(f'<a class="onward" href="{link}" target="_self">{escape(_("Goal, claims, appraisals"))} →</a>')
    st.caption(_("≠ marks where two columns say met and not met. What is not decided contradicts nothing. No column ever changes another."))


def level_words(level: str) -> str:
    """A level of which some editions speak: registered, nearly met, met; nothing where there is none."""
    return {"registered": _("registered"), "nearly": _("nearly met"), "met": _("recognised as met")}.get(level, "")


def document_link(statement: Statement) -> str:
    """HTML that leads to the paper behind a statement, or says that there is none."""
    if statement.document is None:
        return f"<small>{escape(_('no document'))}</small>"
    name = escape(statement.document_name or _("Document"))
    return f'<a class="onward" href="/documents/{statement.document}" target="_blank">{name}</a>'


def _heads() -> tuple[str, str, str, str]:
    return _("Criterion"), _("The commune claims"), _("The survey measured"), _("The council gave")


def _line(board: Board, row: ScoreRow, place: str) -> str:
    title = escape(criterion_title(row.criterion.code, row.criterion.title.say(text.locale())))
    mark = f"<small><b>≠ {escape(_('disagree'))}</b></small>" if row.disagrees else ""
    differs = " differs" if row.disagrees else ""
    link = address(board.edition.id, criterion=row.criterion.code, hamlet=place)
    leading = row.measured.leading
    value = "" if leading is None else f"<small>{escape(value_words(leading))}</small>"
    return (
        f'<tr><th scope="row">{title}{mark}</th>{_stated(row.claim, differs)}'
        f'<td class="{row.measured.outcome.value}{differs}"><a href="{link}" target="_self">'
        f'<b class="sign">{escape(outcome_words(row.measured.outcome))}</b>{value}</a></td>{_stated(row.appraisal, differs)}</tr>'
    )


def _stated(statement: Statement | None, differs: str) -> str:
    if statement is None:
        return f"<td>– <small>{escape(_('nothing stated'))}</small></td>"
    words = [level_words(statement.level), "" if statement.value is None else text.format_share(statement.value)]
    more = "".join(f"<small>{escape(part)}</small>" for part in words if part)
    day = escape(text.format_date(statement.stated_on))
    note = f"<small>{escape(statement.note)}</small>" if statement.note else ""
    return (
        f'<td class="{statement.outcome.value}{differs}"><b class="sign">{escape(outcome_words(statement.outcome))}</b>{more}'
        f"<small>{day}</small>{note}{document_link(statement)}</td>"
    )
