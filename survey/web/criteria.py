"""The parts of the criteria page: the choice of an edition, criteria × hamlets, and the way from a verdict to its photos."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote, urlsplit

import streamlit as st

from survey.assess import Figures
from survey.domain.criteria import BY_HAMLET, Criterion, Edition, Unit
from survey.domain.indicators import SHARE
from survey.domain.places import Hamlet
from survey.domain.thresholds import Status, Threshold
from survey.domain.verdicts import Basis, Outcome, Verdict
from survey.web import text
from survey.web.text import _, ngettext

_NUMBER = re.compile(r"\d+(\.\d+)*[a-zđ]?")  # as decisions number indicators: 2.1, 17.6, 4a
COMMUNE = ""  # the column of the commune as a whole

_STYLE = """<style>
.grid-scroll { overflow-x: auto; max-width: 100%; }
table.criteria { border-collapse: collapse; width: 100%; font-size: .9375rem; }
.criteria th, .criteria td { border: 1px solid color-mix(in srgb, currentColor 30%, transparent); padding: .4rem .5rem; text-align: left;
  vertical-align: top; }
.criteria thead th { white-space: nowrap; }
.criteria td { min-width: 5.75rem; }
.criteria th[scope=row] { min-width: 9rem; max-width: 16rem; font-weight: 600; position: sticky; left: 0; background: var(--page, Canvas); }
.criteria a { color: inherit; display: block; min-height: 44px; text-decoration: none; }
.criteria a:hover b, .criteria a:focus b { text-decoration: underline; }
.criteria small, .basis small { display: block; font-size: .8125rem; }
.outcome.not_enough_data b { font-weight: 400; }
.criteria td.met { background: color-mix(in srgb, #17803a 22%, transparent); }
.criteria td.not_met { background: color-mix(in srgb, #c0362c 22%, transparent); }
.basis { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: .5rem; padding: .6rem .75rem; }
.basis dl { padding: 0; display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .2rem .75rem; margin: .5rem 0 0; }
.basis dt { font-weight: 600; } .basis dd { margin: 0; overflow-wrap: anywhere; }
.basis a { color: inherit; }
@media (max-width: 480px) {
  .criteria th[scope=row] { min-width: 7rem; max-width: 7.5rem; hyphens: auto; }
  .basis dl { grid-template-columns: 1fr; }
}
</style>"""


def outcome_words(outcome: Outcome) -> str:
    """Return symbol and word for an outcome: never colour alone."""
    return {
        Outcome.MET: "✓ " + _("Met"),
        Outcome.NOT_MET: "✗ " + _("Not met"),
        Outcome.NOT_ENOUGH_DATA: "… " + _("Not enough data"),
    }[outcome]


def reason_words(reason: str) -> str:
    """Return why a verdict is open, as a sentence."""
    return {
        "threshold_missing": _("The rule's number was not found."),
        "threshold_recalled": _("The rule's number is recalled and has not been checked."),
        "no_threshold_in_force": _("No number is in force on this day."),
        "group_unknown": _("The number depends on the commune's group, which nobody has entered."),
        "indicators_missing": _("The rule's indicators were not found."),
        "set_by_person": _("A person decides this with documents; a survey of sites cannot show it."),
        "document_missing": _("A person stated that it is met, but attached no document."),
        "nothing_registered": _("The register holds no such site here."),
        "nothing_visited": _("No accepted submission yet."),
        "nothing_to_count": _("Every visited site is one that the rule leaves out."),
        "lapsed": _("What was seen is older than the rule lets count."),
        "not_all_known": _("Sites that are not known yet can still tip the balance."),
        "readings_differ": _("The rule does not say how to count, and the readings disagree."),
        "hamlets_open": _("Some hamlets are not decided."),
        "judged_per_site": _("The rule judges each garden; here is how many meet it."),
    }[reason]


def status_words(status: Status) -> str:
    """Return how surely a number is known."""
    return {
        Status.READ: _("read at the source"), Status.PARTLY_READ: _("partly read"), Status.RECALLED: _("recalled, not checked"),
        Status.MISSING: _("not found"), Status.ENTERED: _("entered by an officer"),
    }[status]  # fmt: skip


def figure(value: float | None, unit: str) -> str:
    """Return *value* with its unit, or a dash where there is none."""
    if value is None:
        return "–"
    if unit == SHARE:
        return text.format_share(value, 1)
    if unit == "condition":
        return _("yes") if value >= 1 else _("no")
    words = {"m": "m", "km": "km", "million_per_1000_m2": _("million VND per 1,000 m²"), "sites": _("sites")}.get(unit, unit)
    return f"{text.format_number(round(value, 2))}\N{NO-BREAK SPACE}{words}"


def choose_edition(editions: Sequence[Edition], in_force: Mapping[str, bool]) -> Edition:
    """Show the choice of an edition; it stays in the address."""
    ids = [edition.id for edition in editions]
    titles = {edition.id: edition.title.say(text.locale()) + ("" if in_force[edition.id] else " – " + _("history")) for edition in editions}
    shown = st.query_params.get("edition")
    chosen = st.selectbox(_("Edition"), ids, index=ids.index(shown) if shown in ids else 0, format_func=titles.__getitem__)
    if chosen != shown:
        for name in ("criterion", "hamlet", "state", "after"):
            st.query_params.pop(name, None)
    st.query_params["edition"] = chosen
    return editions[ids.index(chosen)]


def show_validity(edition: Edition, *, in_force: bool) -> None:
    """Show from when to when the edition is in force, and that it is history where it is not."""
    begin, end = (text.format_date(day) if day else "" for day in (edition.valid_from, edition.valid_to))
    dates = _("In force from {begin} to {end}.", begin=begin, end=end) if begin and end else ""
    if not end:
        dates = _("In force from {begin}; its end was not found.", begin=begin) if begin else _("Its dates of validity were not found.")
    notes = " ".join(note.say(text.locale()) for note in (edition.validity_note, edition.note) if note is not None)
    if in_force:
        st.caption(f"{dates} {notes}")
    else:
        history = _("History: this edition is not in force today. Its verdicts say how things would stand under it.")
        st.html(f'<div class="banner" role="note">{escape(f"{history} {dates} {notes}")}</div>')
    for group in edition.groups:
        st.caption(group.title.say(text.locale()))


def show_table(figures: Figures, hamlets: Sequence[Hamlet]) -> None:
    """Show criteria × hamlets, each cell a way to its basis; the table scrolls in itself where the screen is narrow."""
    edition = figures.edition
    cells = {(verdict.criterion, verdict.hamlet or COMMUNE): verdict for verdict in figures.verdicts}
    places = [(COMMUNE, _("Commune")), *((hamlet.id, hamlet.name) for hamlet in hamlets)]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for _place, name in places)
    rows = "".join(
        _row(edition, criterion, [cells.get((criterion.code, place)) for place, _name in places]) for criterion in edition.criteria
    )
    caption = escape(_("Criteria and hamlets"))
    st.html(
        f'{_STYLE}<div class="grid-scroll" role="region" tabindex="0" aria-label="{caption}"><table class="criteria">'
        f'<thead><tr><th scope="col">{escape(_("Criterion"))}</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
    counted = {criterion.code for criterion in edition.criteria if not criterion.combines}
    commune = [verdict for verdict in figures.verdicts if verdict.hamlet is None and verdict.criterion in counted]
    met = sum(verdict.outcome is Outcome.MET for verdict in commune)
    st.caption(
        ("" if edition.unit is Unit.HOUSEHOLD else _("Commune: {met} of {all} met.", met=met, all=len(commune)) + " ")
        + _("Computed {when}.", when=text.format_datetime(figures.computed_at))
        + ("" if edition.unit is not Unit.COMMUNE else " " + _("The rule judges the commune; a hamlet's column shows where it stands."))
    )  # fmt: skip


def _row(edition: Edition, criterion: Criterion, verdicts: Sequence[Verdict | None]) -> str:
    title = f"{criterion.code}. {criterion.title.say(text.locale())}" if criterion.code != "all" else criterion.title.say(text.locale())
    return f'<tr><th scope="row">{escape(title)}</th>{"".join(_cell(edition, verdict) for verdict in verdicts)}</tr>'


def _cell(edition: Edition, verdict: Verdict | None) -> str:
    if verdict is None:
        return "<td>–</td>"
    hamlet = verdict.hamlet or COMMUNE
    link = f"?edition={quote(edition.id)}&criterion={quote(verdict.criterion)}&hamlet={quote(hamlet)}"
    basis = verdict.leading
    return (
        f'<td class="outcome {verdict.outcome.value}"><a href="{escape(link)}" target="_self">'
        f"<b>{escape(outcome_words(verdict.outcome))}</b>{'' if basis is None else _cell_figure(basis)}</a></td>"
    )


def _cell_figure(basis: Basis) -> str:
    if basis.indicator == BY_HAMLET:
        return f"<small>{escape(_hamlets_words(basis))}</small>"
    coverage = "" if basis.coverage is None else _("{share} visited", share=text.format_share(basis.coverage))
    return f"<small>{escape(figure(basis.value, basis.unit))}</small><small>{escape(coverage)}</small>"


def show_way_back(edition: Edition) -> None:
    """Show the way back to the table."""
    link = f"?edition={quote(edition.id)}"
    st.html(f'<a class="door" href="{escape(link)}" target="_self">← {escape(_("All criteria"))}</a>')


def show_verdict(verdict: Verdict, criterion: Criterion, place: str) -> None:
    """Show one verdict with everything it stands on."""
    st.html(_STYLE)
    st.subheader(f"{criterion.title.say(text.locale())} – {place}", anchor=False)
    st.markdown(f"**{outcome_words(verdict.outcome)}**" + (f" · {_('history')}" if verdict.history else ""))
    for reason in verdict.reasons:
        st.write(reason_words(reason))
    if criterion.note is not None:
        st.caption(criterion.note.say(text.locale()))
    for basis in verdict.basis:
        st.html(_basis(basis))


def _basis(basis: Basis) -> str:
    lines = [
        (_("Value"), _hamlets_words(basis) if basis.indicator == BY_HAMLET else figure(basis.value, basis.unit) + _made_of(basis)),
        (_("Bounds"), f"{figure(basis.lowest, basis.unit)} – {figure(basis.highest, basis.unit)}" if basis.unknown else ""),
        (_("Coverage"), _coverage(basis)),
        (_("Threshold"), "" if basis.threshold is None else threshold_words(basis.threshold)),
        (_("More visits"), _visits(basis)),
        (_("Submissions"), "" if basis.indicator == BY_HAMLET else _submissions(basis.submission_count)),
        (_("Explanation"), "" if basis.note is None else basis.note.say(text.locale())),
    ]
    listed = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in lines if words)
    sources = "" if basis.threshold is None else _sources(basis.threshold)
    role = "" if basis.decides else f"<small>{escape(_('Shown beside the criterion; it does not decide.'))}</small>"
    reason = "" if basis.reason is None or not basis.decides else f"<small>{escape(reason_words(basis.reason))}</small>"
    words = escape(outcome_words(basis.outcome)) if basis.decides else ""
    title = escape(indicator_title(basis.indicator, basis.title.say(text.locale())))
    return f'<section class="basis"><b>{title}</b> {words}{role}{reason}<dl>{listed}{sources}</dl></section>'


def indicator_title(code: str, title: str) -> str:
    """Return *title* behind the decision's own number; codes that only our files use, such as `3-met` or `1.x`, say nothing to a reader."""
    return f"{code} · {title}" if _NUMBER.fullmatch(code) else title


def _submissions(count: int) -> str:
    return ngettext("{n} accepted submission counts", "{n} accepted submissions count", count)


def _made_of(basis: Basis) -> str:
    if basis.unit == SHARE and basis.denominator:
        return f" = {text.format_number(round(basis.numerator, 1))} / {text.format_number(round(basis.denominator, 1))}"
    return ""


def _hamlets_words(basis: Basis) -> str:
    return _("{met} of {all} hamlets", met=round(basis.numerator), all=basis.registered)


def _coverage(basis: Basis) -> str:
    if basis.indicator == BY_HAMLET:
        return _("{decided} of {all} hamlets decided", decided=basis.known, all=basis.registered)
    words = _("{visited} of {registered} registered sites visited", visited=basis.visited, registered=basis.registered)
    left = "; " + _("{n} left out by the rule", n=basis.left_out) if basis.left_out else ""
    unknown = "; " + _("{n} not known yet", n=basis.unknown) if basis.unknown else ""
    return words + left + unknown


def _visits(basis: Basis) -> str:
    if basis.visits_most is None:
        return ""
    if basis.visits_fewest == basis.visits_most:
        return _("{most} more visits decide it.", most=basis.visits_most)
    return _("At best {fewest}, at most {most} more visits decide it.", fewest=basis.visits_fewest, most=basis.visits_most)


def threshold_words(threshold: Threshold) -> str:
    """Return the number with its direction, how surely it is known, and its dates."""
    parts = []
    if threshold.unit == "condition" and threshold.at_least is not None:
        parts.append(_("must hold"))
    else:
        signs = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}
        parts += [f"{signs[word]}\N{NO-BREAK SPACE}{figure(limit, threshold.unit)}" for word, limit in threshold.limits.items()]
    parts.append(status_words(threshold.status))
    if threshold.valid_from is not None:
        parts.append(_("from {day}", day=text.format_date(threshold.valid_from)))
    if threshold.note is not None:
        parts.append(threshold.note.say(text.locale()))
    return " · ".join(parts)


def _sources(threshold: Threshold) -> str:
    listed = "".join(
        f"<small>{escape(source.text)} {' '.join(_address(address) for address in source.addresses)}</small>"
        for source in threshold.sources
    )
    return f"<dt>{escape(_('Source'))}</dt><dd>{listed}</dd>" if listed else ""


def _address(address: str) -> str:
    # Only a web address becomes a link; an edition's file could hold anything.
    shown = escape(urlsplit(address).netloc)
    if not address.startswith(("http://", "https://")):
        return escape(address)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{shown}</a>'
