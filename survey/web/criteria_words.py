"""Words of the criteria pages: outcomes, reasons, numbers with units, thresholds with their decision; escaped by whoever shows them."""

import re
from html import escape
from urllib.parse import urlsplit

from survey.domain.criteria import BY_HAMLET
from survey.domain.indicators import SHARE
from survey.domain.thresholds import Status, Threshold
from survey.domain.verdicts import Basis, Outcome
from survey.web import text
from survey.web.text import _

_NUMBER = re.compile(r"\d+(\.\d+)*[a-zđ]?")  # as decisions number indicators: 2.1, 17.6, 4a


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
    words = {
        "m": "m", "km": "km", "million_per_1000_m2": _("million VND per 1,000 m²"), "sites": _("sites"), "hamlets": _("hamlets"),
    }.get(unit, unit)  # fmt: skip
    return f"{text.format_number(round(value, 2))}\N{NO-BREAK SPACE}{words}"


def indicator_title(code: str, title: str) -> str:
    """Return *title* behind the decision's own number; codes that only our files use, such as `3-met` or `1.x`, say nothing to a reader."""
    return f"{code} · {title}" if _NUMBER.fullmatch(code) else title


def hamlets_words(basis: Basis) -> str:
    """Return how many hamlets meet a criterion that follows from its hamlets."""
    return _("{met} of {all} hamlets meet it", met=round(basis.numerator), all=basis.registered)


def coverage_words(basis: Basis) -> str:
    """Return how many of the registered sites a figure stands on."""
    if basis.indicator == BY_HAMLET:
        return _("{decided} of {all} hamlets decided", decided=basis.known, all=basis.registered)
    words = _("{visited} of {registered} registered sites visited", visited=basis.visited, registered=basis.registered)
    left = "; " + _("{n} left out by the rule", n=basis.left_out) if basis.left_out else ""
    unknown = "; " + _("{n} not known yet", n=basis.unknown) if basis.unknown else ""
    return words + left + unknown


def visits_words(basis: Basis) -> str:
    """Return how many more visits decide it; nothing where that is not known."""
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


def address_link(address: str) -> str:
    """Return an address as HTML, by its host; only one of the web becomes a link: an edition's file could hold anything."""
    shown = escape(urlsplit(address).netloc)
    if not address.startswith(("http://", "https://")):
        return escape(address)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{shown}</a>'


def value_words(basis: Basis) -> str:
    """Return the figure: hamlets where the criterion follows from its hamlets, else value and unit."""
    return hamlets_words(basis) if basis.indicator == BY_HAMLET else figure(basis.value, basis.unit)


def interval_words(basis: Basis) -> str:
    """Return between which limits the figure of a sample lies; nothing where every site or none was drawn."""
    if basis.interval is None:
        return ""
    lowest, highest = (figure(limit, basis.unit) for limit in (basis.interval.lowest, basis.interval.highest))
    share = text.format_share(basis.interval.level)
    return _("{lowest} – {highest}, in {share} of all samples like this one", lowest=lowest, highest=highest, share=share)


def criterion_title(code: str, title: str) -> str:
    """Return a criterion's title behind its number; codes without a digit, such as `all`, say nothing to a reader."""
    return f"{code}. {title}" if code[:1].isdigit() else title


def age_words(basis: Basis) -> str:
    """Return from when to when the photos and answers behind a figure are; nothing where there are none."""
    if basis.oldest is None or basis.newest is None:
        return ""
    oldest, newest = text.format_date(basis.oldest), text.format_date(basis.newest)
    if oldest == newest:
        return _("seen on {day}", day=newest)
    return _("seen from {oldest} to {newest}", oldest=oldest, newest=newest)
