"""Rules in sentences: what an indicator counts, what number it must reach, from when to when, by which decision."""

from collections.abc import Callable

from survey.domain.conditions import AllOf, AnyOf, Asks, Comparison, Condition, NoneOf
from survey.domain.criteria import Criterion, Edition, RollUp, Unit
from survey.domain.indicators import SHARE, Amount, Indicator, Kind
from survey.domain.thresholds import Status, Text, Threshold
from survey.web import text
from survey.web.criteria_words import figure, indicator_title, status_words
from survey.web.rules_labels import Labels
from survey.web.text import _

_SIGNS = {"at_least": "≥", "above": ">", "at_most": "≤", "below": "<"}


def said(words: Text) -> str:
    """A text of an edition in the language of the moment."""
    return words.say(text.locale())


def unit_name(unit: str) -> str:
    """What an edition judges."""
    return {Unit.COMMUNE: _("The commune"), Unit.HAMLET: _("Each hamlet"), Unit.HOUSEHOLD: _("Each household")}[Unit(unit)]


def kind_words(kind: str) -> str:
    """The ways to compute an indicator, as a person would say them."""
    return {
        Kind.SHARE_OF_SITES: _("Share of sites for which something holds"),
        Kind.COUNT_OF_SITES: _("Number of sites for which something holds"),
        Kind.RATIO_OF_SUMS: _("One sum divided by another, such as metres by metres"),
        Kind.CONDITION: _("Something that must hold for the household"),
        Kind.STATED: _("Stated by a person with a document; the survey does not measure it"),
    }[Kind(kind)]


def sites_words(sites: str) -> str:
    """A kind of site in the plural."""
    return {"household": _("households"), "road_segment": _("road segments"), "public_place": _("public places")}.get(sites, sites)


def condition_words(condition: Condition, sites: str, labels: Labels) -> str:
    """A condition as part of a sentence."""
    if isinstance(condition, Asks):
        return _asks_words(condition, sites, labels)
    if not isinstance(condition, AllOf | AnyOf | NoneOf):
        return "…"
    word = _(" and ") if isinstance(condition, AllOf) else _(" or ")
    parts = word.join(condition_words(part, sites, labels) for part in condition.parts)
    if isinstance(condition, NoneOf):
        return _("none of: {parts}", parts=parts)
    return f"({parts})" if len(condition.parts) > 1 else parts


def _asks_words(asks: Asks, sites: str, labels: Labels) -> str:
    asked = labels.of(asks.subject, sites)
    if asks.test is Comparison.ANSWERED:
        return _("“{question}” is answered", question=asked.words)
    if asks.codes:
        values = _(" or ").join(f"“{asked.choices.get(code, code)}”" for code in sorted(asks.codes))
        return _("“{question}” is {values}", question=asked.words, values=values)
    sign = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤", Comparison.ABOVE: ">", Comparison.BELOW: "<"}[asks.test]
    return f"“{asked.words}” {sign} {text.format_number(asks.number)}"


def _amount_words(amount: Amount, sites: str, labels: Labels) -> str:
    words = _("number of {sites}", sites=sites_words(sites)) if amount.subject is None else f"“{labels.of(amount.subject, sites).words}”"
    return (
        words
        if amount.when is None
        else _("{amount} where {condition}", amount=words, condition=condition_words(amount.when, sites, labels))
    )


def computes_words(indicator: Indicator, labels: Labels) -> str:
    """What an indicator counts, as a sentence without its number."""
    counted = sites_words(indicator.sites)
    for condition, words in (
        (indicator.where, _("{sites} where {condition}")),
        (indicator.among, _("{sites}, of those where {condition}")),
    ):
        if condition is not None:
            counted = words.format(sites=counted, condition=condition_words(condition, indicator.sites, labels))
    if indicator.numerator is not None and indicator.denominator is not None:
        parts = [_amount_words(amount, indicator.sites, labels) for amount in (indicator.numerator, indicator.denominator)]
        return _("Sum of {numerator} / sum of {denominator}; {sites}", numerator=parts[0], denominator=parts[1], sites=counted)
    holds = "…" if indicator.holds is None else condition_words(indicator.holds, indicator.sites, labels)
    sentence: dict[Kind, Callable[[], str]] = {
        Kind.SHARE_OF_SITES: lambda: _("Share of {sites} for which {condition}", sites=counted, condition=holds),
        Kind.COUNT_OF_SITES: lambda: _("Number of {sites} for which {condition}", sites=counted, condition=holds),
        Kind.CONDITION: lambda: _("For the household: {condition}", condition=holds),
    }
    return sentence.get(indicator.kind, lambda: _("Stated by a person with a document"))()


def limit_words(threshold: Threshold) -> str:
    """The number with its direction; that there is none where it is not known."""
    if not threshold.limits:
        return _("number not found")
    if threshold.unit == "condition":
        return _("must hold")
    return ", ".join(f"{_SIGNS[word]} {_limit_figure(limit, threshold.unit)}" for word, limit in threshold.limits.items())


def _limit_figure(limit: float, unit: str) -> str:
    """A limit as decisions write it: 70%, not 70,0%."""
    return f"{text.format_number(round(limit * 100, 6))}%" if unit == SHARE else figure(limit, unit)


def days_words(threshold: Threshold) -> str:
    """From when to when a number is law; nothing where it says neither."""
    begin, end = (text.format_date(day) if day else "" for day in (threshold.valid_from, threshold.valid_to))
    if begin and end:
        return _("from {begin} to {end}", begin=begin, end=end)
    return _("from {day}", day=begin) if begin else _("until {day}", day=end) if end else ""


def group_words(threshold: Threshold, edition: Edition) -> str:
    """For which group of communes a number holds; nothing where it is for all."""
    if threshold.group is None:
        return ""
    titles = {group.code: said(group.title) for group in edition.groups}
    title = titles.get(threshold.group, "")
    return title if title and threshold.group in title else _("group {code}", code=threshold.group)


def number_words(threshold: Threshold, edition: Edition) -> str:
    """A number with its days, its group and how surely it is known."""
    parts = [limit_words(threshold), days_words(threshold), group_words(threshold, edition)]
    if threshold.status is not Status.MISSING:
        parts.append(status_words(threshold.status))
    return ", ".join(part for part in parts if part)


def roll_up_words(criterion: Criterion) -> str:
    """How the commune follows from its hamlets."""
    return {
        RollUp.POOLED: _("All sites of the commune together"),
        RollUp.ALL_HAMLETS: _("Every hamlet must meet it"),
        RollUp.SHARE_OF_HAMLETS: _("Share of hamlets that meet it"),
        RollUp.COUNT_OF_HAMLETS: _("Number of hamlets that meet it"),
    }[criterion.roll_up]


def preview_words(edition: Edition, criterion: Criterion, indicator: Indicator | None, source: str, labels: Labels) -> list[str]:
    """What is about to be entered, as sentences that an officer can hold against the paper."""
    head = f"{criterion.code}. {said(criterion.title)}"
    if indicator is None:
        numbers = [number_words(one, edition) for one in criterion.roll_up_thresholds]
        return [
            head,
            " ".join([roll_up_words(criterion) + ":" if numbers else roll_up_words(criterion), "; ".join(numbers)]).strip(),
            _by(source),
        ]
    numbers = [number_words(one, edition) for one in indicator.thresholds]
    title = indicator_title(indicator.code, said(indicator.title))
    return [f"{head} › {title}", computes_words(indicator, labels) + ".", "; ".join(numbers), _by(source)]


def _by(source: str) -> str:
    return _("By: {source}", source=source)
