"""A briefing in the reader's language: every number, date and label as the two pages and the web page say it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from survey.domain.briefing import said_in
from survey.domain.verdicts import Outcome
from survey.web import text
from survey.web.text import _, ngettext

Said = dict[str, Any]
NAMED = {"paper": 2, "page": 5}  # of somebody's overdue items; of more the number says enough


def printable(document: Mapping[str, Any]) -> Said:
    """What the template `briefing` reads: the document in the language of the moment, with its labels and headline."""
    said = said_in(document, text.locale())
    for gap in said["gaps"]:
        gap["words_tasks"] = tasks_words(gap["tasks_open"], gap["tasks_overdue"])
        gap["words_due"] = _("until {day}", day=_day(gap["due_on"])) if gap["due_on"] else ""
    for hamlet in said["hamlets"]:
        hamlet["words_overdue"] = ngettext("{n} overdue", "{n} overdue", hamlet["tasks_overdue"])
    for step in said["steps"]:
        step["words_dates"] = f"{_day(step['begins'])} – {_day(step['ends'])}"
        step["words_done"] = "–" if step["done_share"] is None else text.format_share(step["done_share"])
        step["words_late"] = ngettext("{n} day late", "{n} days late", step["late_days"])
    for one in said["overdue"]:
        one["person"] = one["person"] or _("nobody yet")
        one["items"] = [[words, _day(day)] for words, day in one["items"]]
        one["more"] = {where: _more_words(len(one["items"]) - most) for where, most in NAMED.items()}
    for number, pair in enumerate(said["photos"]):
        for side in ("before", "after"):
            pair[f"file_{side}"] = f"photo-{number}-{side}.jpg"
            pair[f"words_{side}_on"] = _day(pair[f"{side}_on"])
    outcomes = {outcome.value: words for outcome, words in outcome_names().items()}
    return {
        "briefing": said, "words": _labels(said), "headline": headline(said), "outcomes": outcomes, "locale": text.locale(),
        "more": {name: _("and {n} more, in the application", n=count) for name, count in said["left_out"].items()},
    }  # fmt: skip


def _more_words(count: int) -> str:
    return _("and {n} more, in the application", n=count) if count > 0 else ""


def outcome_names() -> dict[Outcome, str]:
    """The outcomes in words, without a symbol."""
    return {Outcome.MET: _("Met"), Outcome.NOT_MET: _("Not met"), Outcome.NOT_ENOUGH_DATA: _("Not enough data")}


def tasks_words(count: int, overdue: int) -> str:
    """How many tasks are open, and how many of them are overdue."""
    words = ngettext("{n} open task", "{n} open tasks", count)
    return words if not overdue else words + ", " + ngettext("{n} overdue", "{n} overdue", overdue)


def headline(said: Said) -> list[str]:
    """The sentences beside the score: the change, the goal with its forecast, what is claimed and appraised."""
    lines = []
    change = 0 if said["met_before"] is None else said["met"] - said["met_before"]
    if change or said["changes"]:  # where nothing changed, the page says so below
        lines.append(_("Since {day}: {change} criteria met", day=_day(said["since"]), change=f"{change:+d}" if change else "±0"))
    if said["goal"] is None:
        lines.append(_("No goal has been entered."))
    else:
        lines += _goal_lines(said)
    claimed, appraised = said["claimed"], said["appraised"]
    lines.append(_("The commune claims {claimed}; the council has given {appraised}.", claimed=claimed, appraised=appraised))
    return lines


def _goal_lines(said: Said) -> list[str]:
    goal = said["goal"]
    missing = goal["criteria"] - said["met"]
    by = date.fromisoformat(goal["by"])
    days = (by - date.fromisoformat(said["as_of"])).days
    aim = _("Goal: {n} criteria by {day}", n=goal["criteria"], day=text.format_date(by))
    if missing <= 0:
        return [aim + " – " + _("reached")]
    left = ngettext("{n} day left", "{n} days left", days) if days >= 0 else ngettext("{n} day past", "{n} days past", -days)
    lines = [aim + " – " + _("{n} missing", n=missing) + ", " + left]
    earliest, likely, latest = goal["forecast"]
    if likely is not None:
        span = f"{_day(earliest)} – {_day(latest) if latest else '?'}"
        lines.append(_("At the pace so far: about {likely} (between {span})", likely=_day(likely), span=span))
    return lines


def _labels(said: Said) -> dict[str, str]:
    unchanged = _("Nothing has changed since the last briefing.") if said["since"] else _("No briefing was kept before this one.")
    made = "" if said["made_at"] is None else text.format_datetime(datetime.fromisoformat(said["made_at"]))
    return {
        "demonstration": _("DEMONSTRATION – {commune}: people, places and figures are made up.", commune=said["commune"]),
        "office": _("Commune of {commune}", commune=said["commune"]),
        "number": _("Briefing no. {n}", n=said["number"]) if said["number"] else _("Draft"),
        "as_of": _("As of {day}", day=_day(said["as_of"])), "title": _("BRIEFING ON THE CRITERIA"), "met": _("criteria met"),
        "made": _("Made by {person} on {at}", person=said["made_by"], at=made) if made else "", "head": _("log head"),
        "changes": _("What has changed"), "no_changes": unchanged,
        "signs": " · ".join((f"✗ {_('Not met')}", f"… {_('Not enough data')}", f"▲ {_('on the critical path')}")),
        "gaps": _("What stands between the commune and its goal"), "no_gaps": _("Every criterion is met."), "criterion": _("Criterion"),
        "missing": _("Present state, what is missing"), "behind": _("Hamlets behind"), "owner": _("Who answers for it"),
        "nobody": _("nobody yet"), "hamlets": _("Hamlets, those furthest behind first"), "no_hamlets": _("No hamlet is entered."),
        "hamlet": _("Hamlet"), "met_short": _("Met"), "not_met_short": _("Not met"), "open_short": _("Undecided"),
        "visited": _("Sites visited"),
        "tasks": _("Tasks"), "path": _("Critical path ▲"), "no_path": _("No roadmap has been entered."), "step": _("Step"),
        "dates": _("From – to"), "done": _("Share done"), "late": _("Late"), "overdue": _("Overdue, by person"),
        "no_overdue": _("Nothing is overdue."), "photos": _("Before and after"), "before": _("Before"), "after": _("After"),
    }  # fmt: skip


def _day(value: str | None) -> str:
    return "" if value is None else text.format_date(date.fromisoformat(value))
