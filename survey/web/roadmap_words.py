"""The roadmap in words: what state a step is in, how much it may slip, what does not fit together, when something will be done."""

from collections.abc import Mapping

from survey.domain.forecast import BY_PLAN, DONE, NO_PROGRESS, NOT_ENOUGH_HISTORY, TOO_FEW_KNOWN, Forecast
from survey.domain.owners import Milestone
from survey.domain.roadmap import Placed, Remark
from survey.roadmap import Roadmap, chain_words
from survey.web import text
from survey.web.text import _, ngettext


def dates_words(one: Placed) -> str:
    """From when to when a step runs."""
    start, finish = text.format_date(one.start), text.format_date(one.finish)
    return start if start == finish else f"{start} – {finish}"


def slack_words(one: Placed) -> str:
    """How much a step may slip, or that it may not; of a finished one that it is."""
    if one.is_finished:
        return _("finished")
    if one.late_days:
        return ngettext("{n} day late", "{n} days late", one.late_days)
    if one.slack < 0:
        return ngettext("{n} day short", "{n} days short", -one.slack)
    return _("critical") if one.slack == 0 else ngettext("may slip {n} day", "may slip {n} days", one.slack)


def share_words(one: Placed, milestone: Milestone) -> str:
    """The share done and where it comes from; nothing where it is not known."""
    share = one.step.done_share
    if one.is_finished and milestone.share_key is None:
        return ""
    if share is None:
        return _("not measured yet") if milestone.share_key is not None else ""
    source = _("{share} done, as measured") if milestone.share_key is not None else _("{share} done, as reported")
    return source.format(share=text.format_share(share))


def remark_words(remark: Remark, board: Roadmap) -> str:
    """What does not fit together, as a sentence."""
    placed = board.plan.placed
    titles = {id_: one.step.title for id_, one in placed.items()}
    last = placed[remark.chain[-1]]
    if remark.kind == "needs_open":
        return _("“{step}” is under way or finished although “{need}” was not.", step=last.step.title, need=titles[remark.chain[0]])
    if remark.kind == "not_shown":
        share = text.format_share(last.step.done_share or 0)
        return _("“{step}” was reported as finished; the survey shows {share} of it.", step=last.step.title, share=share)
    late = ngettext("{n} day late", "{n} days late", remark.days)
    finish, due = text.format_date(last.finish), text.format_date(last.step.due_on or last.finish)
    said = _("“{step}” ends on {finish}, due {due}: {late}.", step=last.step.title, finish=finish, due=due, late=late)
    return said if len(remark.chain) == 1 else f"{said} {_('It waits for: {chain}.', chain=chain_words(remark.chain, titles))}"


def forecast_words(forecast: Forecast) -> str:
    """When something will be done, with the range, or why nobody can say."""
    if forecast.reason == DONE:
        return _("reached")
    if forecast.likely is None:
        return {
            NOT_ENOUGH_HISTORY: _("not enough history for a forecast"), NO_PROGRESS: _("at the pace so far, never"),
            TOO_FEW_KNOWN: _("too few criteria have a forecast"),
        }[forecast.reason or NOT_ENOUGH_HISTORY]  # fmt: skip
    likely = text.format_date(forecast.likely)
    if forecast.reason == BY_PLAN:
        return _("{day}, by the roadmap", day=likely)
    if forecast.low == forecast.high:
        return likely
    low = text.format_date(forecast.low or forecast.likely)
    if forecast.high is None:
        return _("{day} (from {low}; at the slowest pace never)", day=likely, low=low)
    return _("{day} (from {low} to {high})", day=likely, low=low, high=text.format_date(forecast.high))


def goal_words(goal: Forecast, criteria: int, by: str) -> str:
    """The goal with its forecast."""
    return _("Goal: {n} criteria by {by}. Forecast: {when}.", n=criteria, by=by, when=forecast_words(goal))


def person_names(people: Mapping[str, str], milestone: Milestone) -> str:
    """Who sees to a milestone; nothing where nobody is named."""
    return people.get(milestone.person or "", "")
