"""How the score and each indicator went from round to round: columns of plain HTML, which print and are read aloud as they stand."""

from collections.abc import Sequence
from datetime import date
from html import escape

import streamlit as st

from survey import assess
from survey.domain.indicators import SHARE
from survey.domain.trend import Day, Score, score, series, trend_days
from survey.domain.verdicts import Basis, Verdict
from survey.store.deployment import select_rounds
from survey.web import text
from survey.web.criteria_words import criterion_title, indicator_title, value_words
from survey.web.scoreboard import Board
from survey.web.session import Here
from survey.web.text import _


def show_trend(here: Here, board: Board) -> None:
    """Show the score and every indicator at the end of each round and on the day asked for."""
    until = board.asked.on or board.today
    with here.survey.reading() as reader:
        rounds = [(row["name"], date.fromisoformat(row["ends_on"])) for row in select_rounds(reader, here.actor.commune)]
    days = trend_days(rounds, until)
    verdicts = _verdicts(here, board, days)
    scores = [score(board.edition, one) for one in verdicts]
    st.write(
        _("Each column is what was known at the end of that day: its register, its accepted submissions, and the rules known by then.")
        + ("" if len(days) > 1 else " " + _("No round is over yet: there is only the day itself."))
    )
    charts = [_chart(_("Criteria met"), [_label(day) for day in days], [_score_words(one) for one in scores],
                     [one.met / one.total if one.total else None for one in scores], [None] * len(days))]  # fmt: skip
    titles = {criterion.code: criterion_title(criterion.code, criterion.title.say(text.locale())) for criterion in board.edition.criteria}
    for (criterion, _indicator), bases in series(verdicts).items():
        if any(basis is not None and basis.value is not None for basis in bases):
            charts.append(_indicator_chart(titles.get(criterion, criterion), days, bases))
    st.html(f'<div class="trend">{"".join(charts)}</div>')


def _verdicts(here: Here, board: Board, days: Sequence[Day]) -> list[Sequence[Verdict]]:
    with st.spinner(_("Computing the figures …"), show_time=True):
        earlier = [assess.figures_on(here.survey, here.actor, board.edition.id, day.on, history=True).verdicts for day in days[:-1]]
    return [*earlier, board.score.verdicts]


def _label(day: Day) -> str:
    return f"{text.format_date(day.on)} {day.round_name}".strip()


def _score_words(score: Score) -> str:
    return f"{score.met}/{score.total}"


def _indicator_chart(criterion: str, days: Sequence[Day], bases: Sequence[Basis | None]) -> str:
    last = next(basis for basis in reversed(bases) if basis is not None)
    limits = [_limit(basis) for basis in bases]
    values = [None if basis is None else basis.value for basis in bases]
    top = 1.0 if last.unit == SHARE else max([value for value in (*values, *limits) if value is not None], default=0.0) or 1.0
    title = f"{criterion} · {indicator_title(last.indicator, last.title.say(text.locale()))}"
    words = ["–" if basis is None else value_words(basis) for basis in bases]
    heights, dashes = ([_part(value, top) for value in column] for column in (values, limits))
    return _chart(title, [_label(day) for day in days], words, heights, dashes)


def _limit(basis: Basis | None) -> float | None:
    if basis is None or basis.threshold is None or basis.threshold.weakness is not None:
        return None
    return next(iter(basis.threshold.limits.values()), None)


def _part(value: float | None, top: float) -> float | None:
    return None if value is None else max(0.0, min(1.0, value / top))


def _chart(title: str, labels: Sequence[str], words: Sequence[str], heights: Sequence[float | None], limits: Sequence[float | None]) -> str:
    columns = "".join(_column(*one) for one in zip(labels, words, heights, limits, strict=True))
    dashes = f"<small>- - - {escape(_('what the rule asks'))}</small>" if any(limit is not None for limit in limits) else ""
    return f'<section class="chart"><b>{escape(title)}</b><ol>{columns}</ol>{dashes}</section>'


def _column(label: str, words: str, height: float | None, limit: float | None) -> str:
    line = "" if limit is None else f'<span class="limit" style="bottom:{100 * limit:.1f}%"></span>'
    fill = '<i class="none"></i>' if height is None else f'<i style="height:{100 * height:.1f}%"></i>'
    return f'<li><b>{escape(words)}</b><div class="column" aria-hidden="true">{fill}{line}</div>{escape(label)}</li>'
