"""The parts of the rules page: the edition as the law reads, what is entered into it, and the history of that."""

from collections.abc import Callable, Mapping
from html import escape

import streamlit as st

from survey import assess, rules
from survey.catalogue.effective import Effective
from survey.domain.criteria import Criterion, Edition
from survey.domain.outcomes import Outcome
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.rules import EntryKind
from survey.rules import Draft
from survey.store.editions import select_present_trees
from survey.web import rules_forms, text
from survey.web.criteria_words import outcome_words
from survey.web.rules_fields import begin_anew, key
from survey.web.rules_labels import Labels, read_labels
from survey.web.rules_words import preview_words, said
from survey.web.session import Here
from survey.web.text import _

NEW = ""
_MESSAGE, _PENDING = "rules_message", "rules_pending"


def load_labels(here: Here) -> Labels:
    """How the questions of the loaded checklists are worded."""
    with here.survey.reading() as reader:
        return read_labels(select_present_trees(reader, here.actor.commune), text.locale())


def choose_edition(editions: Mapping[str, Effective], *, may_enter: bool) -> str:
    """Show the choice of an edition, or of beginning a new one; it stays in the address."""
    options = [*editions, *([NEW] if may_enter else [])]
    titles = {one: said(read.edition.title) for one, read in editions.items()} | {NEW: "+ " + _("Enter a new edition")}
    shown = st.query_params.get("edition")
    place = options.index(shown) if shown in options else 0
    # After something was saved the choice begins anew too: the browser would send the old one again.
    chosen = st.selectbox(_("Edition"), options, place, format_func=titles.__getitem__, key=key("rules_edition"))
    st.query_params["edition"] = chosen
    return chosen


def show_message() -> None:
    """Show once what became of the last entry."""
    with st.container():  # also when empty: else the tabs below move up with the next run, and fall back to the first
        for kind, words in st.session_state.pop(_MESSAGE, ()):
            (st.success if kind == "done" else st.info)(text.plain(words))


def enter_new(here: Here) -> None:
    """The form for a whole new edition."""
    st.write(_("Copy the head and the names of the criteria from the decision. Indicators and numbers are entered afterwards, one by one."))
    make = rules_forms.new_edition_form()
    if not st.button(_("Save the edition"), key="rules_save_new", type="primary"):
        return
    try:
        edition, draft = make()
        rules.enter(here.survey, here.actor, edition, draft)
    except Problem as problem:
        st.error(text.plain(text.problem_text(problem)))
        return
    begin_anew()
    st.session_state[_MESSAGE] = [("done", _("The edition was entered. Now enter its indicators and numbers."))]
    st.query_params["edition"] = edition
    st.rerun()


def enter_rule(here: Here, read: Effective, labels: Labels) -> None:
    """Choose what to enter, fill it in, see it as sentences, save it."""
    forms: dict[str, tuple[str, Callable[[], Callable[[], Draft]]]] = {
        "threshold": (_("A number for an indicator"), lambda: rules_forms.threshold_form(read.edition, labels)),
        "indicator": (_("An indicator"), lambda: rules_forms.indicator_form(read.edition, labels)),
        "criterion": (_("A criterion: name, what decides it"), lambda: rules_forms.criterion_form(read.edition, labels)),
        "edition": (_("Name and days of the edition"), lambda: rules_forms.head_form(read.edition, labels)),
        "yaml": (_("An indicator as YAML"), lambda: rules_forms.yaml_form(read.edition, _indicators(read))),
    }
    chosen = st.selectbox(_("What do you enter?"), list(forms), format_func=lambda name: forms[name][0], key="rules_what")
    make = forms[chosen][1]()
    edition = read.edition.id
    if st.button(_("Look at it before saving"), key="rules_check"):
        st.session_state[_PENDING] = None
        try:
            draft = make()
            after = rules.try_out(here.survey, here.actor, edition, draft)
        except Problem as problem:
            st.error(text.plain(text.problem_text(problem)))
            return
        st.session_state[_PENDING] = (edition, draft, _sentences(after.edition, draft, labels))
    _show_pending(here, edition, make)


def _show_pending(here: Here, edition: str, make: Callable[[], Draft]) -> None:
    pending = st.session_state.get(_PENDING)
    if pending is None or pending[0] != edition or not _is_same(make, pending[1]):
        return
    lines = "".join(f"<p>{escape(line)}</p>" for line in pending[2] if line)
    st.html(f'<section class="rule-preview" role="note"><b>{escape(_("This will be entered:"))}</b>{lines}</section>')
    if st.button(_("Save"), key="rules_save", type="primary"):
        _save(here, edition, pending[1])


def _is_same(make: Callable[[], Draft], draft: Draft) -> bool:
    """Whether the fields still say what was looked at."""
    try:
        return make() == draft
    except Problem:
        return False


def _save(here: Here, edition: str, draft: Draft) -> None:
    before = _outcomes(here, edition)
    try:
        rules.enter(here.survey, here.actor, edition, draft)
    except Problem as problem:
        st.error(text.plain(text.problem_text(problem)))
        return
    _tell(here, edition, _("Entered."), before)
    st.session_state[_PENDING] = None
    begin_anew()
    st.rerun()


def _tell(here: Here, edition: str, done: str, before: Mapping[str, Outcome]) -> None:
    """What was done, and which criteria stand otherwise in the commune since."""
    after = _outcomes(here, edition)
    changed = [
        f"{code}: {outcome_words(before[code]) if code in before else '–'} → {outcome_words(after[code]) if code in after else '–'}"
        for code in sorted({*before, *after}) if before.get(code) != after.get(code)
    ]  # fmt: skip
    effect = (
        _("In this commune now: {changes}", changes="; ".join(changed)) if changed else _("No criterion of this commune changed by it.")
    )
    st.session_state[_MESSAGE] = [("done", done), ("effect", effect)]


def _outcomes(here: Here, edition: str) -> dict[str, Outcome]:
    """The outcome of each criterion in the commune at present; none where the edition is not there."""
    try:
        figures = assess.present_figures(here.survey, here.actor, edition, history=True)
    except Problem:
        return {}
    return {verdict.criterion: verdict.outcome for verdict in figures.verdicts if verdict.hamlet is None}


def _sentences(edition: Edition, draft: Draft, labels: Labels) -> list[str]:
    criterion = next((one for one in edition.criteria if one.code == draft.criterion), None)
    if criterion is None:
        days = [text.format_date(day) if day else "…" for day in (edition.valid_from, edition.valid_to)]
        return [
            said(edition.title),
            _("In force: {begin} – {end}", begin=days[0], end=days[1]),
            _("By: {source}", source=draft.source.strip()),
        ]
    indicator = next((one for one in criterion.indicators if one.code == draft.indicator), None)
    return [*preview_words(edition, criterion, indicator, draft.source.strip(), labels), *_completeness(criterion, draft)]


def _completeness(criterion: Criterion, draft: Draft) -> list[str]:
    if draft.kind in (EntryKind.EDITION, EntryKind.THRESHOLD):
        return []
    if "indicators_missing" in criterion.open_reasons:
        return [_("The criterion stays open: not all of its indicators are known.")]
    return [_("A person states it with a document.") if "set_by_person" in criterion.open_reasons else _("The criterion can be decided.")]


def _indicators(read: Effective) -> dict[str, dict[str, object]]:
    """Each indicator as its document says it, by criterion and code."""
    criteria = [one for name in sorted(read.document.files) for one in read.document.files[name].get("criteria") or ()]
    return {f"{one['code']} {indicator['code']}": dict(indicator) for one in criteria for indicator in one.get("indicators") or ()}


def withdraw(here: Here, edition: str, number: int, reason: str) -> None:
    """Take an entry back and say what that changed, or what is wrong."""
    here.actor.require(Ability.MANAGE)
    before = _outcomes(here, edition)
    try:
        rules.withdraw(here.survey, here.actor, edition, number, reason)
    except Problem as problem:
        st.error(text.plain(text.problem_text(problem)))
        return
    _tell(here, edition, _("Withdrawn."), before)
    st.rerun()
