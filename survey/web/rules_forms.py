"""The forms in which a coordinator enters or corrects a rule: each makes a draft of what was typed, or says what is wrong with it."""

from collections.abc import Callable

import streamlit as st

from survey.catalogue.entered import COMPLETE, ROLL_UPS
from survey.catalogue.entry_checks import CONTENT_LIMIT, read_pasted
from survey.catalogue.writing import content_yaml
from survey.domain.criteria import Criterion, Edition, Rule, Unit
from survey.domain.indicators import SHARE, Kind
from survey.domain.rules import EntryKind
from survey.domain.sites import SiteKind
from survey.rules import Draft
from survey.web.criteria_words import indicator_title
from survey.web.rules_drafts import id_from, read_criteria_lines, read_group_lines
from survey.web.rules_fields import (
    amount_fields,
    code_field,
    condition_fields,
    day_field,
    key,
    number_fields,
    source_fields,
    title_fields,
    where_fields,
)
from survey.web.rules_labels import Labels
from survey.web.rules_words import kind_words, said, sites_words, unit_name
from survey.web.text import _

Typed = Callable[[], Draft]
_RATIO_UNITS = (SHARE, "m", "km", "million_per_1000_m2")


def threshold_form(edition: Edition, _labels: Labels) -> Typed:
    """A number for an indicator that is there, or for the share of hamlets."""
    criterion = _choose_criterion(edition)
    options = {one.code: indicator_title(one.code, said(one.title)) for one in criterion.indicators}
    if edition.unit is not Unit.HOUSEHOLD and not criterion.combines:
        options |= {way: _roll_up_name(way) for way in ROLL_UPS}
    indicator = st.selectbox(_("Number of what"), list(options), format_func=options.__getitem__, key=key(f"number_of_{criterion.code}"))
    known = {one.code: one.unit for one in criterion.indicators}
    unit = {"all_hamlets": "condition", "share_of_hamlets": SHARE, "count_of_hamlets": "hamlets"}.get(indicator) or known.get(
        indicator, SHARE
    )
    number = number_fields(unit, edition, "threshold")
    source, address, reason = source_fields("threshold")
    return lambda: Draft(EntryKind.THRESHOLD, number(), source, reason, criterion.code, indicator, address)


def indicator_form(edition: Edition, labels: Labels) -> Typed:
    """A new indicator, or another one in the place of one with its number."""
    criterion = _choose_criterion(edition)
    code = code_field(_("Number of the indicator, as the decision has it"), "indicator_code")
    title = title_fields("indicator_title")
    kinds = [kind.value for kind in Kind if (kind is Kind.CONDITION) <= (edition.unit is Unit.HOUSEHOLD)]
    kind = st.selectbox(_("How it is computed"), kinds, format_func=kind_words, key=key("indicator_kind"))
    unit, measured = (SHARE, dict) if kind == Kind.STATED else _measured_fields(edition, labels, kind)
    if kind == Kind.STATED:
        typed = st.text_input(_("Unit (empty: met or not met)"), max_chars=40, key=key("indicator_unit")).strip()
        unit, measured = typed or "condition", (lambda: {"unit": typed} if typed else {})
    number = number_fields(unit, edition, "indicator")
    decides = st.checkbox(_("It decides the criterion"), value=True, key=key("indicator_decides"))
    complete = _complete_field(criterion)
    source, address, reason = source_fields("indicator")

    def make() -> Draft:
        content = {"code": code, "title": title(), "kind": kind, **measured(), "threshold": number()}
        content |= ({} if decides else {"decides": "false"}) | ({COMPLETE: "true"} if complete else {})
        return Draft(EntryKind.INDICATOR, content, source, reason, criterion.code, code, address)

    return make


def _measured_fields(edition: Edition, labels: Labels, kind: str) -> tuple[str, Callable[[], dict[str, object]]]:
    kinds = [SiteKind.HOUSEHOLD.value] if edition.unit is Unit.HOUSEHOLD else [one.value for one in SiteKind]
    sites = st.selectbox(_("What is counted"), kinds, format_func=sites_words, key=key("indicator_sites"))
    where = where_fields(sites, "indicator")
    if kind == Kind.RATIO_OF_SUMS:
        numbers = labels.numbers(sites)
        numerator = amount_fields(numbers, f"numerator_{sites}", _("Sum of"))
        denominator = amount_fields(numbers, f"denominator_{sites}", _("divided by the sum of"))
        unit = st.selectbox(_("Unit of the result"), _RATIO_UNITS, format_func=_unit_name, key=key("indicator_ratio_unit"))
        return unit, lambda: {"sites": sites, **where(), "numerator": numerator, "denominator": denominator, "unit": unit}
    unit = {Kind.SHARE_OF_SITES.value: SHARE, Kind.COUNT_OF_SITES.value: "sites"}.get(kind, "condition")
    holds = condition_fields(labels.of_kind(sites), f"indicator_{sites}", _("Question of the checklist"))
    return unit, lambda: {"sites": sites, **where(), "holds": holds()}


def criterion_form(edition: Edition, _labels: Labels) -> Typed:
    """A criterion that is not there yet, or another name or state for one that is."""
    codes = ["", *(one.code for one in edition.criteria)]
    titles = {"": _("A new criterion")} | {one.code: _criterion_name(one) for one in edition.criteria}
    chosen = st.selectbox(_("Criterion"), codes, format_func=titles.__getitem__, key=key("criterion_chosen"))
    known = next((one for one in edition.criteria if one.code == chosen), None)
    code = known.code if known else code_field(_("Number of the criterion"), "criterion_code")
    scope = f"criterion_{chosen}"
    title = title_fields(scope, *((known.title.vi, known.title.en) if known else ()))
    states = {"indicators_missing": _("its indicators are not all known"), "set_by_person": _("a person states it with a document")}
    if known and known.indicators:
        states["complete"] = _("its indicators are all there")
    standing = next((reason for reason in (known.open_reasons if known else ()) if reason in states), "complete" if known else "")
    options = list(states)
    place = options.index(standing) if standing in options else 0
    state = st.selectbox(_("What decides it"), options, place, format_func=states.__getitem__, key=key(f"{scope}_state"))
    rules = _rules_of(known)
    standing_rule, was_counted = (known.rule, known.counted) if known else (Rule.ALL, True)
    rule = st.selectbox(
        _("Of several indicators"), list(rules), list(rules).index(standing_rule), format_func=rules.__getitem__, key=key(f"{scope}_rule")
    )
    counted = st.checkbox(_("One of the numbered criteria (counted in n of N)"), value=was_counted, key=key(f"{scope}_n"))
    source, address, reason = source_fields("criterion")

    def make() -> Draft:
        content: dict[str, object] = {"title": title(), "open": [] if state == "complete" else [state]}
        content |= {} if rule is standing_rule else {"rule": rule.value}
        content |= {} if counted is was_counted else {"counted": "true" if counted else "false"}
        return Draft(EntryKind.CRITERION, content, source, reason, code, None, address)

    return make


def _rules_of(known: Criterion | None) -> dict[Rule, str]:
    """How a criterion may follow from its indicators; readings of one rule are compared where there are two."""
    rules = {Rule.ALL: _("each must be met"), Rule.ANY: _("one of them is enough")}
    several = known is not None and (known.rule is Rule.AGREE or sum(one.decides for one in known.indicators) > 1)
    return rules | ({Rule.AGREE: _("they are readings of one rule: decided only where they agree")} if several else {})


def head_form(edition: Edition, _labels: Labels) -> Typed:
    """Name and days of an edition that is there."""
    title = title_fields("head", edition.title.vi, edition.title.en)
    st.caption(_("Leave a day empty to let it stand as it is."))
    first, last = day_field(_("In force from"), "head_from"), day_field(_("In force to"), "head_to")
    source, address, reason = source_fields("head")

    def make() -> Draft:
        days = {"valid_from": first, "valid_to": last}
        content: dict[str, object] = {name: day.isoformat() for name, day in days.items() if day is not None}
        if title() != {"vi": edition.title.vi, "en": edition.title.en}:
            content["title"] = title()
        return Draft(EntryKind.EDITION, content, source, reason, address=address)

    return make


def yaml_form(edition: Edition, document: dict[str, dict[str, object]]) -> Typed:
    """An indicator in the words of schema/criteria; begins with one that is there, or empty."""
    criterion = _choose_criterion(edition)
    options = {"": _("A new indicator")} | {one.code: indicator_title(one.code, said(one.title)) for one in criterion.indicators}
    chosen = st.selectbox(_("Begin with"), list(options), format_func=options.__getitem__, key=key(f"yaml_of_{criterion.code}"))
    begun = content_yaml(document[f"{criterion.code} {chosen}"]) if chosen else ""
    st.caption(_("In the words of docs/criteria.md; numbers have no status and no source of their own: they are those of this entry."))
    typed = st.text_area("YAML", begun, height=320, max_chars=CONTENT_LIMIT, key=key(f"yaml_{criterion.code}_{chosen}"))
    complete = _complete_field(criterion)
    source, address, reason = source_fields("yaml")

    def make() -> Draft:
        content = read_pasted(typed) | ({COMPLETE: "true"} if complete else {})
        return Draft(EntryKind.INDICATOR, content, source, reason, criterion.code, str(content.get("code", "")), address)

    return make


def new_edition_form() -> Callable[[], tuple[str, Draft]]:
    """A whole edition from a decision's text: its head and the names of its criteria, or all of it as YAML."""
    pasted = st.toggle(_("I have it as YAML"), key=key("new_pasted"))
    if pasted:
        typed = st.text_area("YAML", height=320, max_chars=CONTENT_LIMIT, key=key("new_yaml"))
        source, address, reason = source_fields("new")

        def read() -> tuple[str, Draft]:
            content = read_pasted(typed)
            return str(content.get("edition", "")), Draft(EntryKind.EDITION, content, source, reason, address=address)

        return read
    return _new_head_form()


def _new_head_form() -> Callable[[], tuple[str, Draft]]:
    title = title_fields("new_title")
    decision = st.text_input(_("Number of the decision"), max_chars=100, placeholder="51/2025/QĐ-TTg", key=key("new_decision"))
    unit = st.selectbox(_("What it judges"), [one.value for one in Unit][::-1], format_func=unit_name, key=key("new_unit"))
    first, last = day_field(_("In force from"), "new_from"), day_field(_("In force to"), "new_to")
    criteria = st.text_area(
        _("Criteria, one a line"), height=220, max_chars=20_000, placeholder="1. …\n2. …", key=key("new_criteria"),
    )  # fmt: skip
    groups = st.text_area(_("Groups of communes, one a line (empty: none)"), max_chars=2_000, key=key("new_groups"))
    source, address, reason = source_fields("new")

    def make() -> tuple[str, Draft]:
        days = {"valid_from": first, "valid_to": last}
        content: dict[str, object] = {"title": title(), "unit": unit}
        content |= {name: day.isoformat() for name, day in days.items() if day is not None}
        if read_group_lines(groups):
            content["groups"] = read_group_lines(groups)
        content["criteria"] = read_criteria_lines(criteria)
        return id_from(decision or title()["vi"]), Draft(EntryKind.EDITION, content, source, reason, address=address)

    return make


def _choose_criterion(edition: Edition) -> Criterion:
    criteria = [one for one in edition.criteria if not one.combines] or list(edition.criteria)
    codes = {one.code: one for one in criteria}
    chosen = st.selectbox(_("Criterion"), list(codes), format_func=lambda code: _criterion_name(codes[code]), key=key("criterion"))
    return codes[chosen]


def _criterion_name(criterion: Criterion) -> str:
    return f"{criterion.code}. {said(criterion.title)}"


def _complete_field(criterion: Criterion) -> bool:
    if "indicators_missing" not in criterion.open_reasons:
        return False
    return st.checkbox(
        _("With this one all indicators of the criterion are there: it may be decided"), key=key(f"complete_{criterion.code}")
    )


def _roll_up_name(way: str) -> str:
    return {
        "all_hamlets": _("Every hamlet must meet it"), "share_of_hamlets": _("Share of hamlets that meet it"),
        "count_of_hamlets": _("Number of hamlets that meet it"),
    }[way]  # fmt: skip


def _unit_name(unit: str) -> str:
    return {SHARE: "%", "million_per_1000_m2": _("million VND per 1,000 m²")}.get(unit, unit)
