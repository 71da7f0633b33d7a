"""The cells of the province page and of its CSV, in the language of the moment."""

from survey import province
from survey.domain.times import VIETNAM, local_date
from survey.web import text
from survey.web.roadmap_words import forecast_words
from survey.web.text import _, ngettext

NONE = "–"


def columns() -> tuple[str, ...]:
    """The headings, in the order of `cells`."""
    return (
        _("Commune or ward"), _("Group"), _("Criteria met"), _("Not met"), _("Claimed"), _("Appraised"), _("Sites with evidence"),
        _("Evidence from – to"), _("Goal"), _("Forecast"), _("Computed"),
    )  # fmt: skip


def group_name(found: province.Comparison, code: str | None) -> str:
    """The group's title as the edition gives it, else its code."""
    groups = {} if found.definition is None else {group.code: group.title.say(text.locale()) for group in found.definition.groups}
    return NONE if code is None else groups.get(code, code)


def cells(row: province.Standing, found: province.Comparison) -> tuple[str, ...]:
    """What each column says of a commune; a dash where nothing is known."""
    line = row.summary
    if line is None:
        return (row.name, group_name(found, row.group), *(NONE,) * 6, goal(row), forecast(row), _("not computed yet"))
    return (
        row.name, group_name(found, row.group), _("{n} of {total}", n=line.met, total=line.criteria), text.format_number(line.not_met),
        text.format_number(line.claimed), text.format_number(line.appraised), coverage(row), ages(row), goal(row), forecast(row),
        computed(row),
    )  # fmt: skip


def coverage(row: province.Standing) -> str:
    """How many of the registered sites have evidence, with the share."""
    line = row.summary
    if line is None or row.coverage is None:
        return NONE
    share = text.format_share(row.coverage)
    return _(
        "{visited} of {registered} ({share})",
        visited=text.format_number(line.visited),
        registered=text.format_number(line.registered),
        share=share,
    )


def ages(row: province.Standing) -> str:
    """The days of capture of the oldest and the newest evidence."""
    line = row.summary
    if line is None or line.oldest is None or line.newest is None:
        return NONE
    return " – ".join(text.format_date(moment) for moment in (line.oldest, line.newest))


def goal(row: province.Standing) -> str:
    """How many criteria by which day."""
    return NONE if row.goal is None else _("{n} by {date}", n=row.goal.criteria, date=text.format_date(row.goal.by))


def forecast(row: province.Standing) -> str:
    """When the goal will be reached, with its range, or why nobody can say; and by how much that is too late."""
    if row.goal is None:
        return NONE
    if row.forecast is None:
        return _("not computed yet")
    late = ngettext("{n} day late", "{n} days late", row.late_days) if row.late_days else ""
    return "; ".join(filter(None, (forecast_words(row.forecast), late)))


def computed(row: province.Standing) -> str:
    """When the line was computed, and whether something has changed since."""
    if row.summary is None:
        return NONE
    moment = text.format_datetime(row.summary.computed_at)
    return _("{moment}, changes since", moment=moment) if row.summary.stale else moment


def file_name(found: province.Comparison) -> str:
    """The name of the table as a file, without its ending: edition and day."""
    return f"{_('communes')}-{found.edition}-{local_date(found.at.astimezone(VIETNAM)).isoformat()}"
