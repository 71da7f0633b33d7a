"""The head of the scoreboard: as of which day, how many criteria are met of how many, the goal, and what to look at next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

import streamlit as st

from survey import assess
from survey.domain.criteria import BY_SITE, Edition, Unit
from survey.domain.outcomes import Outcome
from survey.domain.places import Hamlet
from survey.domain.scoreboard import Goal, Scoreboard
from survey.web import text
from survey.web.session import Here
from survey.web.text import _, ngettext


@dataclass(frozen=True)
class Asked:
    """As of which day somebody looks: *on* is None for now; *todays_rules* judges the day by what the rules say today."""

    on: date | None
    todays_rules: bool


@dataclass(frozen=True)
class Board:
    """What every part of the page shows: the scoreboard *asked* for, and the hamlets that the person may see."""

    score: Scoreboard
    asked: Asked
    hamlets: Sequence[Hamlet]
    today: date

    @property
    def edition(self) -> Edition:
        """The edition that is looked at."""
        return self.score.edition

    @property
    def hamlet_names(self) -> Mapping[str, str]:
        """Names by id."""
        return {hamlet.id: hamlet.name for hamlet in self.hamlets}


def choose_day(today: date) -> Asked:
    """Let somebody choose an earlier day and whose rules; both stay in the address."""
    shown = _shown_day(today)
    with st.expander(_("Another day"), expanded=shown is not None, icon=":material/history:"):
        chosen = st.date_input(_("As known at the end of"), value=shown or today, max_value=today, format="DD/MM/YYYY", key="score_day")
        on = chosen if isinstance(chosen, date) and chosen < today else None
        todays = st.checkbox(_("By today's rules"), value=st.query_params.get("rules") == "today", disabled=on is None, key="score_rules")
        st.caption(_("Off: by the numbers and entries that were known on that day. On: by those known today."))
        st.caption(_("The register, the hamlets, accepted submissions and statements count as they were known at the end of that day."))
    _keep("on", None if on is None else on.isoformat())
    _keep("rules", "today" if on is not None and todays else None)
    return Asked(on, on is not None and todays)


def load(here: Here, edition: Edition, asked: Asked, hamlets: Sequence[Hamlet], today: date) -> Board:
    """Ask for the scoreboard; an edition outside its validity is asked for as history, and says so."""
    with st.spinner(_("Computing the figures …"), show_time=True):
        score = assess.scoreboard(
            here.survey, here.actor, edition.id, as_of=asked.on, history=True, todays_rules=asked.todays_rules
        )  # fmt: skip
    return Board(score, asked, hamlets, today)


def show_head(board: Board) -> None:
    """Show the score in large figures, the goal, and the three columns' totals."""
    lines = [*_goal_lines(board), *_column_lines(board)]
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    big = _sites(board.score) if board.edition.unit is Unit.HOUSEHOLD else _big(board.score)
    title = f"<small>{escape(board.edition.title.say(text.locale()))}</small>"  # a printed page has no choice of editions on it
    st.html(f'<section class="score" aria-label="{escape(_("Score"))}">{title}{big}{said}<small>{escape(_when(board))}</small></section>')


def choose_view() -> str:
    """Show what can be looked at; the choice stays in the address."""
    views = {
        "stand": _("What is missing"), "hamlets": _("By hamlet"), "columns": _("Claimed and appraised"), "changes": _("What changed"),
        "trend": _("Over time"), "map": _("Map"),
    }  # fmt: skip
    shown = st.query_params.get("view", "stand")
    chosen = st.segmented_control(
        _("Show"), list(views), format_func=views.__getitem__, default=shown if shown in views else "stand", key="score_view",
        label_visibility="collapsed", required=True,
    )  # fmt: skip
    _keep("view", None if chosen == "stand" else chosen)
    return chosen or "stand"


def _shown_day(today: date) -> date | None:
    try:
        shown = date.fromisoformat(st.query_params.get("on", ""))
    except ValueError:
        return None
    return shown if shown < today else None


def _keep(name: str, value: str | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def _big(score: Scoreboard) -> str:
    counted = [row.measured.outcome for row in score.rows if row.criterion.is_counted]
    failed = counted.count(Outcome.NOT_MET)
    parts = (("met", score.met, "✓ " + _("Met")), ("not_met", failed, "✗ " + _("Not met")),
             ("open", score.total - score.met - failed, "… " + _("Not enough data")))  # fmt: skip
    bar = "".join(f'<i class="{kind}" style="flex:{count} 0 0"></i>' for kind, count, _words in parts if count)
    tally = "".join(f"<span>{escape(words)}: {count}</span>" for _kind, count, words in parts)
    number = f"{text.format_number(score.met)}/{text.format_number(score.total)}"
    return (
        f'<p class="big"><b>{number}</b><span>{escape(_("criteria met, by survey and documents"))}</span></p>'
        f'<div class="bar" aria-hidden="true">{bar}</div><div class="tally">{tally}</div>'
    )


def _sites(score: Scoreboard) -> str:
    """Where each garden is judged: how many meet all that is asked, of those of which everything is known."""
    whole = [row for row in score.rows if row.criterion.combines and row.measured.leading is not None]
    lines = []
    for row in whole:
        basis = row.measured.leading
        if basis is not None and basis.indicator == BY_SITE:
            of = _("of {n} that are decided", n=text.format_number(basis.known))
            title = escape(row.criterion.title.say(text.locale()))
            lines.append(f'<p class="big"><b>{text.format_number(round(basis.numerator))}</b><span>{title} – {escape(of)}</span></p>')
    return "".join(lines)


def _goal_lines(board: Board) -> list[str]:
    goal = board.score.goal
    if goal is None or goal.edition != board.edition.id:
        return []
    day = board.asked.on or board.today
    words = _("Goal: {n} of {all} criteria by {day}.", n=goal.criteria, all=board.score.total, day=text.format_date(goal.by))
    return [f"{words} {_goal_state(goal, board.score.met, day)}"]


def _goal_state(goal: Goal, met: int, day: date) -> str:
    if met >= goal.criteria:
        return _("It is reached.")
    missing = ngettext("{n} criterion is missing", "{n} criteria are missing", goal.criteria - met)
    left = (goal.by - day).days
    if left < 0:
        return f"{missing}; " + ngettext("the day passed {n} day ago.", "the day passed {n} days ago.", -left)
    return f"{missing}; " + ngettext("{n} day is left.", "{n} days are left.", left)


def _column_lines(board: Board) -> list[str]:
    rows = [row for row in board.score.rows if row.criterion.is_counted]
    claims = [row.claim.outcome for row in rows if row.claim is not None]
    appraisals = [row.appraisal.outcome for row in rows if row.appraisal is not None]
    lines = []
    if claims:
        lines.append(_("The commune claims {met} of {all}.", met=claims.count(Outcome.MET), all=len(rows)))
    if appraisals:
        lines.append(_("The council gave {met} of {all}.", met=appraisals.count(Outcome.MET), all=len(rows)))
    differing = sum(row.disagrees for row in rows)
    if differing:
        lines.append("≠ " + ngettext("The columns disagree on {n} criterion.", "The columns disagree on {n} criteria.", differing))
    return lines


def _when(board: Board) -> str:
    when = _("Computed {when}.", when=text.format_datetime(board.score.computed_at))
    if board.asked.on is not None:
        day = _("As known at the end of {day}.", day=text.format_date(board.asked.on))
        rules = _("Judged by today's rules.") if board.asked.todays_rules else _("Judged by the rules known on that day.")
        return f"{day} {rules} {when}"
    return when + (" " + _("Something has changed since; new figures are being computed.") if board.score.stale else "")
