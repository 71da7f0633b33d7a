"""The parts of the page of samples: what is chosen, how it stands, what to draw, the lists drawn, and the demand for every site."""

from collections.abc import Mapping
from html import escape
from urllib.parse import quote

import streamlit as st

from survey import visits
from survey.assess import Figures
from survey.domain.criteria import Criterion, Edition
from survey.domain.drawing import VisitList
from survey.domain.indicators import Indicator
from survey.domain.people import Ability
from survey.domain.problems import Problem
from survey.domain.reasons import NOTE_LENGTH
from survey.domain.times import from_text, local_date
from survey.domain.verdicts import Outcome
from survey.domain.visiting import LIKELY, Place
from survey.store.places import select_hamlets
from survey.store.reviews import select_person_names
from survey.store.settings import select_setting_history
from survey.visits import DEMAND_ALL, SETTING, Outlook
from survey.web import text
from survey.web.criteria_words import coverage_words, criterion_title, figure, indicator_title, outcome_words, threshold_words
from survey.web.session import Here
from survey.web.text import _, ngettext
from survey.web.visits_words import decided_words, interval_words, list_title

_MESSAGE = "visits_message"
_STYLE = """<style>
.sample { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem; padding: .6rem .75rem; }
.sample dl { padding: 0; display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .25rem .75rem; margin: .5rem 0 0; }
.sample dt { font-weight: 600; } .sample dd { margin: 0; overflow-wrap: anywhere; }
.sample progress { width: 100%; height: .75rem; }
.sample nav { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .4rem; }
.sample nav a { color: inherit; display: inline-flex; align-items: center; min-height: 48px; padding: 0 .75rem;
  border: 1px solid currentColor; border-radius: .5rem; }
@media (max-width: 480px) { .sample dl { grid-template-columns: 1fr; } .sample dt { margin-top: .35rem; } }
</style>"""


def show_message() -> None:
    """Show what became of the last press, once."""
    if sentence := st.session_state.pop(_MESSAGE, ""):
        st.success(text.plain(sentence), icon=":material/check:")


def hamlets_of(here: Here) -> dict[str, str]:
    """The names of the present hamlets that the person reaches, by id, in their order."""
    with here.survey.reading() as reader:
        known = select_hamlets(reader, here.actor.commune, local_date(here.survey.now()))
    return {hamlet.id: hamlet.name for hamlet in known if here.actor.reaches(hamlet.id)}


def choose(edition: Edition, figures: Figures, names: Mapping[str, str]) -> tuple[Criterion, Indicator, str | None]:
    """Show the choice of an indicator, the open ones first, and of a place."""
    outcomes = {(one.criterion, basis.indicator): basis.outcome for one in figures.verdicts if one.hamlet is None for basis in one.basis}
    offered = {(rule.code, one.code): (rule, one) for rule, one in visits.drawable(edition)}
    keys = sorted(offered, key=lambda key: outcomes.get(key) is not Outcome.NOT_ENOUGH_DATA)

    def label(key: tuple[str, str]) -> str:
        rule, one = offered[key]
        title = indicator_title(one.code, one.title.say(text.locale()))
        return f"{outcome_words(outcomes.get(key, Outcome.NOT_ENOUGH_DATA))} – {_criterion(rule)}: {title}"

    asked = st.query_params.get("criterion"), st.query_params.get("indicator")
    first = next((place for place, key in enumerate(keys) if key[0] == asked[0] and asked[1] in (None, key[1])), 0)
    chosen = st.selectbox(_("Indicator"), keys, index=first, format_func=label)
    places: list[str | None] = [None, *names]
    wanted = st.query_params.get("hamlet")
    place = st.selectbox(
        _("For which place"), places, index=places.index(wanted) if wanted in places else 0,
        format_func=lambda one: _("Commune") if one is None else names[one],
    )  # fmt: skip
    return *offered[chosen], place


def _criterion(rule: Criterion) -> str:
    return criterion_title(rule.code, rule.title.say(text.locale()))


def show_outlook(seen: Outlook) -> None:
    """Show the figure with its bounds, its interval and what decided it."""
    basis = seen.basis
    drawn = _("{drawn} of {visited} visited sites had been drawn by chance here.", drawn=seen.drawn, visited=basis.visited)
    lines = [
        (_("Value"), figure(basis.value, basis.unit)),
        (_("Sample"), interval_words(basis)),
        (_("Bounds"), f"{figure(basis.lowest, basis.unit)} – {figure(basis.highest, basis.unit)}" if basis.unknown else ""),
        (_("Threshold"), "" if basis.threshold is None else threshold_words(basis.threshold)),
        (_("Coverage"), coverage_words(basis) + (". " + drawn if basis.visited and basis.unknown else "")),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in lines if words)
    why = decided_words(basis) or (_no_interval(seen) if basis.interval is None and basis.unknown and basis.visited else "")
    st.html(
        f'{_STYLE}<section class="sample"><b>{escape(outcome_words(basis.outcome))}</b> {escape(why)}<dl>{listed}</dl></section>'
    )


def _no_interval(seen: Outlook) -> str:
    if not seen.samples:
        return _("The commune demands a visit to every site: no sample decides.")
    return _("No interval: too few sites are known, or a hamlet that nobody visited holds lengths that nobody knows.")


def offer_draw(here: Here, seen: Outlook, names: Mapping[str, str], hamlet: str | None) -> None:
    """Show how many more visits would decide, by hamlet, and the button that draws them; the numbers can be changed."""
    st.subheader(_("More visits"), anchor=False)
    if not seen.open_sites or not sum(seen.open_sites.values()):
        st.info(_("No site is left to draw: all are known or on an open list."))
        return
    st.write(_plan_words(seen))
    if asked := sum(seen.asked.values()):
        st.write(_("{n} of them are on open lists already.", n=asked))
    proposed = {} if seen.plan is None else seen.plan.per_hamlet
    key = f"draw_{seen.edition.id}_{seen.criterion.code}_{seen.indicator.code}_{hamlet}"
    with st.form(key, border=True):
        wanted: dict[Place, int] = {}
        for place in [one for one in (*names, None) if seen.open_sites.get(one)]:
            most = seen.open_sites[place]
            label = _("{place}: of {most} not known", place=text.plain(names.get(place or "", _("No hamlet"))), most=most)
            start = min(most, max(0, proposed.get(place, 0) - seen.asked.get(place, 0)))
            wanted[place] = int(st.number_input(label, 0, most, start, key=f"{key}_{place}_{start}_{most}"))
        if st.form_submit_button(_("Draw by chance"), type="primary", icon=":material/casino:"):
            _draw(here, seen, wanted)


def _plan_words(seen: Outlook) -> str:
    plan = seen.plan
    if not seen.samples:
        return _("The commune demands a visit to every site: {n} are not known yet.", n=seen.basis.unknown)
    if plan is None:
        return _("Visits decide nothing here at present; you may draw some all the same.")
    if plan.chance is None:
        return _("Where nothing is known yet a first sample comes before all else: {n} visits in all.", n=plan.total)
    if plan.total >= seen.basis.unknown:
        return _("It is too close: only all {n} visits decide it.", n=plan.total)
    most_likely = _("If the rest is like what is known, {n} more visits decide it with a chance of about {chance};"
                    " after few visits, often only a second plan does.", n=plan.total, chance=text.format_share(LIKELY))  # fmt: skip
    return most_likely + " " + _("At most {most} decide it in any case.", most=seen.basis.unknown)


def _draw(here: Here, seen: Outlook, wanted: Mapping[Place, int]) -> None:
    try:
        made = visits.draw_list(
            here.survey, here.actor, seen.edition.id, seen.criterion.code, seen.indicator.code, per_hamlet=wanted
        )  # fmt: skip
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    st.session_state[_MESSAGE] = ngettext(
        "{n} site drawn; phones show it first.", "{n} sites drawn; phones show them first.", made.asked
    )  # fmt: skip
    st.rerun()


def show_lists(here: Here, names: Mapping[str, str]) -> None:
    """Show every list with how many of its sites have been visited, its paper and its table; an open one can be closed."""
    st.subheader(_("Lists drawn"), anchor=False)
    lists = visits.find_lists(here.survey, here.actor)
    if not lists:
        st.info(_("No list has been drawn yet."))
    for made in lists:
        st.html(_STYLE + _card(here, made, names))
        if made.closed_at is None and st.button(_("Close the list"), key=f"close_{made.id}", icon=":material/inventory:"):
            _close(here, made)


def _card(here: Here, made: VisitList, names: Mapping[str, str]) -> str:
    where = ", ".join(f"{names.get(place or '', _('No hamlet'))}: {count}" for place, count in made.drawn.items())
    state = _("still open") if made.closed_at is None else _("closed on {day}", day=text.format_date(local_date(made.closed_at)))
    progress = _("{visited} of {asked} visited", visited=made.visited, asked=made.asked)
    seed = _("Drawn {when}, seed {seed}", when=text.format_datetime(made.at), seed=made.seed)
    address = f"/print/visit-list/{quote(made.id)}"
    return (
        f'<section class="sample"><b>{escape(list_title(here.survey, here.actor, made))}</b> · {escape(state)}'
        f'<progress max="{max(1, made.asked)}" value="{made.visited}" aria-label="{escape(progress)}"></progress>'
        f"<div>{escape(progress)} · {escape(where)}</div><small>{escape(seed)}</small>"
        f'<nav><a href="{address}" target="_blank">{escape(_("Print (PDF)"))}</a>'
        f'<a href="{address}/csv" download>{escape(_("Table (CSV)"))}</a></nav></section>'
    )


def _close(here: Here, made: VisitList) -> None:
    try:
        visits.close_list(here.survey, here.actor, made.id)
    except Problem as problem:
        st.error(text.problem_text(problem))
        return
    st.session_state[_MESSAGE] = _("The list is closed; phones no longer ask for its sites.")
    st.rerun()


def show_demand(here: Here) -> None:
    """Show whether samples may decide, by whom and why; who manages the commune may change it."""
    with here.survey.reading() as reader:
        history = select_setting_history(reader, here.actor.commune, SETTING)
        people = select_person_names(reader, here.actor.commune, [row["person"] for row in history[:1]])
    allowed = not history or history[0]["value"] != DEMAND_ALL
    now = _("Samples may decide.") if allowed else _("Every site must be visited; no sample decides.")
    for row in history[:1]:
        name = people.get(row["person"], row["person"])
        now += f" {name}, {text.format_datetime(from_text(row['at']))}: {row['reason']}"
    with st.expander(_("May samples decide?"), icon=":material/gavel:"):
        st.write(text.plain(now))
        if here.actor.may(Ability.MANAGE):
            _offer_demand(here, allowed=allowed)


def _offer_demand(here: Here, *, allowed: bool) -> None:
    with st.form("samples", border=False):
        reason = st.text_area(_("Reason and document"), max_chars=NOTE_LENGTH, key="samples_reason")
        words = _("Demand a visit to every site") if allowed else _("Let samples decide")
        if not st.form_submit_button(words):
            return
        try:
            visits.set_samples(here.survey, here.actor, allowed=not allowed, reason=reason)
        except Problem as problem:
            st.error(text.problem_text(problem))
            return
    st.session_state[_MESSAGE] = _("Saved; the verdicts follow.")
    st.rerun()
