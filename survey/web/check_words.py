"""Checks in words: their names and rules, what each threshold is now, who set it or where it comes from, what was said of a flag."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from survey.domain.checks import CHECKS, THRESHOLDS, Thresholds, thresholds_from
from survey.domain.checks.thresholds import PREFIX
from survey.domain.judgements import CONFIRMED, DISMISSED, TAKEN_BACK
from survey.domain.ports import Reader, Row
from survey.domain.times import from_text
from survey.store.reviews import select_person_names
from survey.store.settings import select_setting_history, select_settings
from survey.web import text
from survey.web.text import _

_FIGURE = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Own:
    """The thresholds of a commune as they are now, and of those it has set itself the newest change; *names* of who made them."""

    thresholds: Thresholds
    changes: Mapping[str, Row]
    names: Mapping[str, str]

    def value(self, name: str) -> float:
        """The value by which submissions are examined now."""
        return float(getattr(self.thresholds, name))


def read_own(reader: Reader, commune: str) -> Own:
    """The commune's thresholds with the changes behind them."""
    settings = select_settings(reader, commune, PREFIX)
    names = [name.removeprefix(PREFIX) for name in settings if name.removeprefix(PREFIX) in THRESHOLDS]
    changes = {name: select_setting_history(reader, commune, PREFIX + name)[0] for name in names}
    people = select_person_names(reader, commune, [row["person"] for row in changes.values()])
    return Own(thresholds_from(settings), changes, people)


def check_name(code: str) -> str:
    """A check by its sentence, with dots for the figures; a check that this version does not know by its code."""
    kind = CHECKS.get(code)
    return code if kind is None else _FIGURE.sub("…", kind.en if text.locale() == "en" else kind.vi)


def verdict_words(verdict: str, person: str) -> str:
    """Who said what of a flag."""
    return {
        CONFIRMED: _("Flag confirmed by {person}"), DISMISSED: _("Flag dismissed by {person}"),
        TAKEN_BACK: _("Judgement taken back by {person}"),
    }[verdict].format(person=person)  # fmt: skip


def threshold_name(name: str) -> str:
    """What the threshold means, in the language of the moment."""
    kind = THRESHOLDS[name]
    return kind.en if text.locale() == "en" else kind.vi


def value_words(name: str, value: float) -> str:
    """*value* of the threshold *name* with its unit."""
    unit = _unit(THRESHOLDS[name].unit)
    return text.format_number(value) + (f"\N{NO-BREAK SPACE}{unit}" if unit else "")


def threshold_words(name: str, own: Own) -> str:
    """What the threshold means, its value now, who set it and why or that it is the default, and the source of the default."""
    kind = THRESHOLDS[name]
    words = f"{threshold_name(name)}: {value_words(name, own.value(name))} "
    if name in own.changes:
        words += "– " + change_words(own.changes[name], own.names) + " " + _("Default: {value}.", value=value_words(name, kind.default))
    else:
        words += _("(default).")
    return f"{words} {_('Source: {source}.', source=_(kind.source))}"


def change_words(change: Row, names: Mapping[str, str]) -> str:
    """Who set a threshold, when and why."""
    person, when = names.get(change["person"], change["person"]), text.format_datetime(from_text(change["at"]))
    return _("set by {person}, {when}: “{reason}”.", person=person, when=when, reason=change["reason"])


def rule_words(code: str, own: Own) -> str:
    """The rule of a check with the thresholds as they are now."""
    return CHECKS[code].rule(text.locale(), own.thresholds)


def _unit(unit: str) -> str:
    return {"min": _("min"), "s": _("s"), "d": _("days")}.get(unit, unit)
