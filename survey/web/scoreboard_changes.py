"""What changed since a day, the last briefing's unless another is chosen: newly met, newly lost, moved, and why."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape

import streamlit as st

from survey import assess
from survey.domain.changes import VISIBLE_PART, VISIBLE_SHARE, Cause, Change, ChangeKind, Moved, changes_between
from survey.domain.thresholds import Threshold
from survey.domain.trend import score
from survey.store.briefings import select_briefings
from survey.web import text
from survey.web.criteria import COMMUNE, address
from survey.web.criteria_words import criterion_title, indicator_title, outcome_words, threshold_words, value_words
from survey.web.scoreboard import Board
from survey.web.session import Here
from survey.web.text import _

_WEEK = timedelta(days=7)  # a briefing is held each Monday: what is offered before the first one was kept


def show_changes(here: Here, board: Board) -> None:
    """Show what is different from an earlier day, the commune's changes first, then the hamlets'."""
    until = board.asked.on or board.today
    briefed = _last_briefing(here, board, until)
    since = _choose_since(briefed, until)
    with st.spinner(_("Computing the figures …"), show_time=True):
        before = assess.figures_on(here.survey, here.actor, board.edition.id, since, history=True)
    earlier, now = score(board.edition, before.verdicts), score(board.edition, board.score.verdicts)
    st.markdown(
        _("{day}: **{before}/{all}** criteria met · {until}: **{after}/{total}**", day=text.format_date(since), before=earlier.met,
          all=earlier.total, until=text.format_date(until), after=now.met, total=now.total)
    )  # fmt: skip
    changes = changes_between(before.verdicts, board.score.verdicts)
    _show_list(board, _("In the commune"), [change for change in changes if change.after.hamlet is None])
    _show_list(board, _("In the hamlets"), [change for change in changes if change.after.hamlet is not None])
    visible = {"points": text.format_number(100 * VISIBLE_SHARE), "part": text.format_share(VISIBLE_PART)}
    st.caption(
        _("A share counts as moved from {points} percentage point on, another figure from {part} of itself on: our own choice.", **visible)
    )


def change_words(change: Change) -> str:
    """What happened to a criterion, with a sign."""
    before, after = outcome_words(change.before.outcome), outcome_words(change.after.outcome)
    return {
        ChangeKind.LOST: "▼ " + _("no longer met: {before} → {after}", before=before, after=after),
        ChangeKind.MET: "▲ " + _("newly met: {before} → {after}", before=before, after=after),
        ChangeKind.FAILED: "▼ " + _("{before} → {after}", before=before, after=after),
        ChangeKind.REOPENED: "▷ " + _("{before} → {after}", before=before, after=after),
        ChangeKind.MOVED: "· " + _("still {after}, the figure moved", after=after),
    }[change.kind]


def cause_words(cause: Cause) -> str:
    """Why figures differ."""
    return {
        Cause.RULE: _("the rule's number or indicator is another one"),
        Cause.STATED: _("a person stated it anew"),
        Cause.VISITS: _("more sites were visited"),
        Cause.CORRECTION: _("submissions were corrected or taken back"),
        Cause.REGISTER: _("the register changed"),
        Cause.LAPSED: _("evidence became too old to count"),
    }[cause]


def _last_briefing(here: Here, board: Board, until: date) -> date | None:
    with here.survey.reading() as reader:
        held = select_briefings(reader, here.actor.commune, edition=board.edition.id)
    return max((one.as_of for one in held if one.as_of < until), default=None)


def _choose_since(briefed: date | None, until: date) -> date:
    offered = briefed or until - _WEEK
    last = until - timedelta(days=1)
    label = _("Compared with the end of")
    chosen = st.date_input(label, value=min(offered, last), max_value=last, format="DD/MM/YYYY", key="changes_since")
    if briefed is None:
        st.caption(_("No briefing has been kept before; a week ago is offered."))
    elif chosen == briefed:
        st.caption(_("That is the day of the last briefing."))
    return chosen if isinstance(chosen, date) else offered


def _show_list(board: Board, title: str, changes: Sequence[Change]) -> None:
    st.subheader(title, anchor=False)
    if not changes:
        st.write(_("Nothing changed."))
        return
    st.html(f'<ul class="moves">{"".join(_line(board, change) for change in changes)}</ul>')


def _line(board: Board, change: Change) -> str:
    verdict = change.after
    place = "" if verdict.hamlet is None else f" – {board.hamlet_names.get(verdict.hamlet, verdict.hamlet)}"
    title = criterion_title(verdict.criterion, verdict.title.say(text.locale())) + place
    link = address(board.edition.id, criterion=verdict.criterion, hamlet=verdict.hamlet or COMMUNE)
    figures = "".join(f"<small>{escape(_moved_words(moved))}</small>" for moved in change.moved)
    causes = ", ".join(cause_words(cause) for cause in change.causes) or _("the figures do not show why")
    return (
        f'<li><a class="onward" href="{link}" target="_self">{escape(title)}</a><div>{escape(change_words(change))}</div>{figures}'
        f"{_rule_line(change)}<small>{escape(_('Why: {causes}.', causes=causes))}</small></li>"
    )


def _moved_words(moved: Moved) -> str:
    name = indicator_title(moved.after.indicator, moved.after.title.say(text.locale()))
    return f"{name}: {value_words(moved.before)} → {value_words(moved.after)}"


def _rule_line(change: Change) -> str:
    """Both numbers where the rule changed: that is what an officer asks first."""
    if Cause.RULE not in change.causes:
        return ""
    earlier = {basis.indicator: basis.threshold for basis in change.before.basis}
    lines = [
        f"{_('Threshold')}: {_number(old)} → {_number(basis.threshold)}"
        for basis in change.after.basis
        if (old := earlier.get(basis.indicator)) != basis.threshold
    ]
    return "".join(f"<small>{escape(line)}</small>" for line in lines)


def _number(threshold: Threshold | None) -> str:
    return "–" if threshold is None else threshold_words(threshold)
