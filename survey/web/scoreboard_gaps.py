"""What stands between the commune and its score: each criterion that is not met or open, with what is missing, in plain sentences."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from urllib.parse import urlencode

import streamlit as st

from survey.domain.criteria import BY_HAMLET, Criterion
from survey.domain.gaps import HAMLETS, POINTS, SITES, Gap, gap
from survey.domain.indicators import Indicator
from survey.domain.outcomes import Outcome
from survey.domain.people import Ability
from survey.domain.scoreboard import ScoreRow
from survey.domain.sites import SiteKind
from survey.domain.verdicts import Basis
from survey.web import text
from survey.web.criteria import COMMUNE, address
from survey.web.criteria_verdict import proof_link, source_lines
from survey.web.criteria_words import (
    age_words,
    criterion_title,
    figure,
    indicator_title,
    interval_words,
    outcome_words,
    reason_words,
    threshold_words,
    value_words,
    visits_words,
)  # fmt: skip
from survey.web.scoreboard import Board
from survey.web.scoreboard_duties import Duties, Duty
from survey.web.session import Here
from survey.web.text import _, ngettext

_RULE_REASONS = frozenset({"threshold_missing", "threshold_recalled", "no_threshold_in_force", "indicators_missing"})
_PAPER_REASONS = frozenset({"set_by_person", "document_missing"})
_NAMED = 6  # hamlets by name; of more the number says enough


def show_gaps(here: Here, board: Board, duties: Duties) -> None:
    """Show the criteria that are not met or open, the most pressing first."""
    rows = [row for row in board.score.rows if row.measured.outcome is not Outcome.MET and not row.criterion.combines]
    if not rows:
        st.success(_("Every criterion of this edition is met."), icon=":material/check:")
        return
    st.subheader(_("What stands between"), anchor=False)
    rows.sort(key=lambda row: _urgency(row, duties.of(row.criterion.code)))
    st.html(_reason_counts([row for row in rows if row.criterion.is_counted]))
    st.html(f'<div class="gaps">{"".join(_card(here, board, row, duties.of(row.criterion.code)) for row in rows)}</div>')


def _reason_counts(rows: Sequence[ScoreRow]) -> str:
    """Why so many are open, in one list: what to ask for first is seen at once."""
    counts = Counter(row.measured.reasons[0] for row in rows if row.measured.reasons)
    lines = "".join(
        f"<li><b>{escape(ngettext('{n} criterion', '{n} criteria', count))}</b>: {escape(reason_words(reason))}</li>"
        for reason, count in counts.most_common()
    )
    return f"<p><b>… {escape(_('Not enough data'))}</b></p><ul>{lines}</ul>" if lines else ""


def gap_words(indicator: Indicator | None, basis: Basis) -> str:
    """How much *basis* is short of its number, as people count it: metres, households, hamlets; nothing where it is not short."""
    found = gap(indicator, basis)
    if found is None:
        return ""
    amount = _amount_words(found, indicator)
    return _("{amount} too much", amount=amount) if found.too_much else _("{amount} missing", amount=amount)


def _amount_words(found: Gap, indicator: Indicator | None) -> str:
    if found.unit == HAMLETS:
        return ngettext("{n} hamlet", "{n} hamlets", int(found.amount))
    if found.unit == SITES:
        return _site_count(int(found.amount), indicator)
    if found.unit == POINTS:
        return _("{n} percentage points", n=text.format_number(round(100 * found.amount, 1)))
    return figure(found.amount if found.unit != "m" else float(round(found.amount)), found.unit)


def _site_count(count: int, indicator: Indicator | None) -> str:
    kind = None if indicator is None else indicator.sites
    if kind == SiteKind.HOUSEHOLD:
        return ngettext("{n} household", "{n} households", count)
    if kind == SiteKind.ROAD_SEGMENT:
        return ngettext("{n} road segment", "{n} road segments", count)
    return ngettext("{n} place", "{n} places", count)


def _urgency(row: ScoreRow, duty: Duty) -> tuple[bool, bool, bool, date]:
    return not row.criterion.is_counted, not duty.critical, row.measured.outcome is not Outcome.NOT_MET, duty.due_on or date.max


def _card(here: Here, board: Board, row: ScoreRow, duty: Duty) -> str:
    verdict = row.measured
    title = escape(criterion_title(row.criterion.code, row.criterion.title.say(text.locale())))
    tag = f' <span class="tag">{escape(_("on the critical path"))}</span>' if duty.critical else ""
    figures = "".join(_figure(row.criterion, basis) for basis in verdict.basis if basis.decides) + _beside(row)
    reasons = "".join(f"<p>{escape(reason_words(reason))}</p>" for reason in _own_reasons(row))
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in _facts(board, row, duty) if words)
    link = address(board.edition.id, criterion=verdict.criterion, hamlet=COMMUNE)
    return (
        f'<section class="gap {verdict.outcome.value}"><h3>{title}</h3><p><b>{escape(outcome_words(verdict.outcome))}</b>{tag}</p>'
        f"{figures}{reasons}<dl>{facts}{_sources(row)}</dl>"
        f'<a class="onward" href="{link}" target="_self">{escape(_("Hamlets, sites and photos"))} →</a>'
        f" {proof_link(board.edition.id, verdict.criterion)}{_onward(here, row)}</section>"
    )


def _onward(here: Here, row: ScoreRow) -> str:
    """The way to the page of rules where it is a rule that is missing, to that of statements where it is a paper."""
    query, links = urlencode({"edition": row.measured.edition, "criterion": row.criterion.code}), []
    if not _RULE_REASONS.isdisjoint(row.measured.reasons):
        links.append((f"/rules?{query}", _("Enter what the rule says")))
    if not _PAPER_REASONS.isdisjoint(row.measured.reasons) and here.actor.may(Ability.REVIEW):
        links.append((f"/standing?{query}", _("State with a document")))
    return "".join(f' <a class="onward" href="{escape(link)}" target="_self">{escape(words)} →</a>' for link, words in links)


def _own_reasons(row: ScoreRow) -> Iterator[str]:
    """The reasons that no figure of the card tells already."""
    told = {basis.reason for basis in row.measured.basis if basis.decides}
    yield from (reason for reason in row.measured.reasons if reason not in told)


def _figure(criterion: Criterion, basis: Basis) -> str:
    name = indicator_title(basis.indicator, basis.title.say(text.locale()))
    lack = gap_words(indicator_of(criterion, basis), basis)
    rule = _rule(basis)
    sign = "✓" if basis.outcome is Outcome.MET else "✗" if basis.outcome is Outcome.NOT_MET else "…"
    law = f'<div class="law">{escape(rule)}</div>' if rule else ""
    missing = f'<p class="lack">{escape(lack)}</p>' if lack else ""
    unknown = "".join(f"<p>{escape(line)}</p>" for line in _unknowns(basis))
    said = "" if basis.indicator == BY_HAMLET else f"{escape(name)}: "  # how many hamlets meet it names itself
    return f"<p>{sign} {said}<b>{escape(value_words(basis))}</b></p>{missing}{unknown}{law}"


def _beside(row: ScoreRow) -> str:
    """The figures of the whole commune that do not decide: where hamlets do, they say how far it is."""
    lines = []
    for basis in row.measured.basis:
        if not basis.decides and basis.value is not None:
            lack = gap_words(indicator_of(row.criterion, basis), basis)
            name = indicator_title(basis.indicator, basis.title.say(text.locale()))
            lines.append(f"<small>{escape(name)}: {escape(value_words(basis))}{f' – {escape(lack)}' if lack else ''}</small>")
    return f"<p><small>{escape(_('Beside it, without deciding:'))}</small>{''.join(lines)}</p>" if lines else ""


def _sources(row: ScoreRow) -> str:
    """The decisions behind the numbers of the card, each once."""
    given = [basis.threshold for basis in row.measured.basis if basis.decides and basis.threshold is not None]
    lines = dict.fromkeys(source_lines(threshold) for threshold in given if threshold.limits)
    return f'<dt>{escape(_("Source"))}</dt><dd class="law">{"".join(lines)}</dd>' if lines else ""


def indicator_of(criterion: Criterion, basis: Basis) -> Indicator | None:
    """The indicator behind *basis*; None where hamlets or sites that meet a rule are counted."""
    return next((one for one in criterion.indicators if one.code == basis.indicator), None)


def _rule(basis: Basis) -> str:
    """What the rule asks; a number that was not found is told as the reason already."""
    if basis.threshold is None or not basis.threshold.limits:
        return ""
    return _("The rule asks: {rule}", rule=threshold_words(basis.threshold))


def _unknowns(basis: Basis) -> Iterator[str]:
    if basis.reason is not None and basis.outcome is Outcome.NOT_ENOUGH_DATA:
        yield reason_words(basis.reason)
    if basis.indicator != BY_HAMLET and basis.unknown:
        yield _("{n} of {all} registered sites are not known yet.", n=basis.unknown, all=basis.registered)
    if interval := interval_words(basis):
        yield _("From the sample: {interval}.", interval=interval)
    if visits := visits_words(basis):
        yield visits


def _facts(board: Board, row: ScoreRow, duty: Duty) -> Iterator[tuple[str, str]]:
    yield _("Hamlets that do not meet it"), _hamlets(board, row.behind)
    yield _("Who answers for it"), _owner(duty) if board.asked.on is None else ""
    yield _("Tasks"), _tasks(duty)
    decided = [basis for basis in row.measured.basis if basis.oldest is not None]
    yield _("Evidence"), age_words(min(decided, key=lambda basis: basis.oldest or date.max)) if decided else ""
    if row.measured.stated is not None:
        yield _("Stated"), f"{outcome_words(row.measured.stated.outcome)} · {text.format_date(row.measured.stated.stated_on)}"
    if row.disagrees:
        yield _("Disagreement"), "≠ " + _("claimed, measured and appraised differ")


def _hamlets(board: Board, behind: Sequence[str]) -> str:
    names = [board.hamlet_names.get(hamlet, hamlet) for hamlet in behind]
    more = "" if len(names) <= _NAMED else " " + _("and {n} more", n=len(names) - _NAMED)
    return ", ".join(names[:_NAMED]) + more


def _owner(duty: Duty) -> str:
    if not duty.owner:
        return _("nobody has been named")
    return duty.owner if duty.due_on is None else _("{owner}, by {day}", owner=duty.owner, day=text.format_date(duty.due_on))


def _tasks(duty: Duty) -> str:
    if not duty.tasks_open:
        return ""
    words = ngettext("{n} open", "{n} open", duty.tasks_open)
    return words if not duty.tasks_overdue else f"{words}, " + ngettext("{n} overdue", "{n} overdue", duty.tasks_overdue)
