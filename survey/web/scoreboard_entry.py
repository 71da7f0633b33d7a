"""Widgets for what people state of a criterion: claim, appraisal, and the state of what no survey can show; each with its paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

import streamlit as st

from survey import standing
from survey.domain.criteria import Criterion, Edition
from survey.domain.indicators import Kind
from survey.domain.outcomes import Outcome
from survey.domain.people import Ability
from survey.domain.places import Hamlet
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.statements import Aspect, Statement, Statements, Wish
from survey.store.reviews import select_person_names
from survey.store.statements import select_statement_history, select_statements
from survey.web import text
from survey.web.criteria import COMMUNE
from survey.web.criteria_words import criterion_title, outcome_words
from survey.web.documents import document_input
from survey.web.scoreboard_columns import document_link, level_words
from survey.web.scoreboard_goal import attempt
from survey.web.session import Here
from survey.web.text import _

_ROUND = "standing_round"  # a new number empties the form after what was saved


def aspect_words(aspect: Aspect) -> str:
    """What a statement is about."""
    return {
        Aspect.CLAIM: _("The commune claims"), Aspect.APPRAISAL: _("The council gave"), Aspect.STATE: _("State with a document"),
    }[aspect]  # fmt: skip


def show_statements(here: Here, edition: Edition, hamlets: Sequence[Hamlet], today: date) -> None:
    """Show what is stated of a chosen criterion in a chosen place, the forms for who manages the commune, and the history."""
    criteria = {criterion.code: criterion for criterion in edition.criteria if not criterion.combines}
    titles = {code: criterion_title(code, one.title.say(text.locale())) for code, one in criteria.items()}
    places = {COMMUNE: _("Commune"), **{hamlet.id: hamlet.name for hamlet in hamlets}}
    codes, asked = list(titles), st.query_params.get("criterion")
    index = codes.index(asked) if asked in titles else 0
    code = st.selectbox(_("Criterion"), codes, index, format_func=titles.__getitem__, key="standing_criterion") or codes[0]
    place = st.selectbox(_("Commune or hamlet"), list(places), format_func=places.__getitem__, key="standing_place") or COMMUNE
    hamlet = place or None
    with here.survey.reading() as reader:
        statements = select_statements(reader, here.actor.commune, edition.id)
        history = select_statement_history(reader, here.actor.commune, edition.id, code)
        names = select_person_names(reader, here.actor.commune, sorted({statement.person for statement, _back in history}))
    for aspect in _aspects(criteria[code]):
        _show_aspect(here, statements, names, (edition.id, code, hamlet, aspect))
    if here.actor.may(Ability.MANAGE) or here.actor.may(Ability.APPRAISE):
        _form(here, edition, criteria[code], hamlet, today)
    _show_history(history, names, places)


def _aspects(criterion: Criterion) -> list[Aspect]:
    """What can be stated of *criterion*: its state only where a person decides a part of it."""
    by_person = "set_by_person" in criterion.open_reasons or any(one.kind is Kind.STATED for one in criterion.indicators)
    return [Aspect.CLAIM, Aspect.APPRAISAL, *([Aspect.STATE] if by_person else [])]


def _show_aspect(here: Here, statements: Statements, names: Mapping[str, str], key: tuple[str, str, str | None, Aspect]) -> None:
    edition, code, hamlet, aspect = key
    statement = statements.get((code, hamlet, aspect))
    said = f"<span>{escape(_('nothing stated'))}</span>" if statement is None else _statement(statement, names)
    st.html(f'<section class="basis"><b>{escape(aspect_words(aspect))}</b><div>{said}</div></section>')
    if statement is None or not _may_take_back(here, statement):
        return
    with st.expander(_("Take it back"), icon=":material/undo:"), st.form(f"back_{aspect}", border=False):
        reason = st.text_area(_("Reason"), max_chars=NOTE_LENGTH, key=f"back_reason_{aspect}_{code}_{hamlet}")
        if st.form_submit_button(_("Take it back")):
            attempt(
                lambda: standing.withdraw(here.survey, here.actor, edition, code, hamlet, aspect, reason=reason),
                _("It is taken back; the history keeps it."),
            )


def _may_take_back(here: Here, statement: Statement) -> bool:
    is_own_appraisal = statement.aspect is Aspect.APPRAISAL and statement.person == here.actor.person
    return here.actor.may(Ability.MANAGE) or (here.actor.may(Ability.APPRAISE) and is_own_appraisal)


def _form(here: Here, edition: Edition, criterion: Criterion, hamlet: str | None, today: date) -> None:
    key = f"{criterion.code}_{hamlet}_{st.session_state.setdefault(_ROUND, 0)}"
    results = _results(criterion)
    st.subheader(_("Enter a statement"), anchor=False)
    paper = document_input(here, f"paper_{key}", _("Attach the document"))
    with st.form(f"state_{key}"):
        aspects = _aspects(criterion) if here.actor.may(Ability.MANAGE) else [Aspect.APPRAISAL]
        aspect = st.radio(_("What is stated"), aspects, format_func=aspect_words, key=f"aspect_{key}")
        result = st.radio(_("Result"), list(results), format_func=results.__getitem__, index=None, key=f"result_{key}")
        share = st.number_input(_("Share in per cent, where one is spoken of"), 0.0, 100.0, None, 1.0, key=f"share_{key}")
        stated_on = st.date_input(_("Day of the paper"), value=today, max_value=today, format="DD/MM/YYYY", key=f"day_{key}")
        note = st.text_area(_("Note on it"), max_chars=NOTE_LENGTH, key=f"note_{key}")
        if st.form_submit_button(_("Save"), type="primary"):
            if result is None or not isinstance(stated_on, date):
                st.warning(_("Choose a result first."))
                return
            outcome, level = result
            value = None if share is None else share / 100
            wish = Wish(edition.id, criterion.code, hamlet, aspect, outcome, stated_on, level, value, paper, note)
            attempt(lambda: _save(here, wish), _("Saved. The figures follow."))


def _results(criterion: Criterion) -> dict[tuple[Outcome, str], str]:
    """What can be chosen: met and not met, or the levels of the edition with the outcome that each means."""
    if not criterion.levels:
        return {(outcome, ""): outcome_words(outcome) for outcome in (Outcome.MET, Outcome.NOT_MET)}
    known = {(Outcome.MET if level == Outcome.MET else Outcome.NOT_MET, level): level_words(level) for level in criterion.levels}
    signed = {key: f"{outcome_words(key[0])[0]} {words}" for key, words in known.items()}
    return {(Outcome.NOT_MET, ""): outcome_words(Outcome.NOT_MET)} | signed


def _save(here: Here, wish: Wish) -> None:
    standing.state(here.survey, here.actor, wish)
    st.session_state[_ROUND] += 1


def _statement(statement: Statement, names: Mapping[str, str]) -> str:
    share = "" if statement.value is None else text.format_share(statement.value)
    who = names.get(statement.person, statement.person)
    head = " · ".join(part for part in (outcome_words(statement.outcome), level_words(statement.level), share) if part)
    day = _("paper of {day}", day=text.format_date(statement.stated_on))
    entered = _("entered {when} by {who}", when=text.format_datetime(statement.at), who=who)
    note = f"<small>{escape(statement.note)}</small>" if statement.note else ""
    return f"<b>{escape(head)}</b><small>{escape(day)} · {escape(entered)}</small>{note}{document_link(statement)}"


def _show_history(history: Sequence[tuple[Statement, bool]], names: Mapping[str, str], places: Mapping[str, str]) -> None:
    if not history:
        return
    lines = []
    for statement, back in history:
        place = places.get(statement.hamlet or COMMUNE, statement.hamlet or "")
        head = f"<small><b>{escape(f'{aspect_words(statement.aspect)} – {place}')}</b></small>"
        if back:
            who, when = names.get(statement.person, statement.person), text.format_datetime(statement.at)
            said = f"<small>{escape(_('taken back {when} by {who}', when=when, who=who))} · {escape(statement.note)}</small>"
        else:
            said = _statement(statement, names)
        lines.append(f"<li>{head}{said}</li>")
    with st.expander(_("History"), icon=":material/history:", key="standing_history"):
        st.html(f'<ul class="moves">{"".join(lines)}</ul>')
