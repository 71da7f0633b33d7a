"""GET /api/queue.csv: the filtered review queue with its flags as a table for a spreadsheet, one line a submission, as a stream.

Its address says the filters as the review page's own does; who asks sees the own hamlets only.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.domain.judgements import CONFIRMED, DISMISSED
from survey.domain.people import Ability, Actor
from survey.domain.ports import Row, Survey
from survey.domain.problems import QUERY_UNUSABLE, Problem
from survey.domain.submissions import State
from survey.domain.times import is_believable, local_date
from survey.store.flags import select_flags_of_many
from survey.store.queue import Place, QueueEntry, QueueFilters, select_form_titles, select_queue_page
from survey.store.queue_statements import EVERY, UNJUDGED
from survey.web import session, text
from survey.web.csv_file import csv_response
from survey.web.endpoints import json_endpoint
from survey.web.review_answers import said
from survey.web.review_history import severity_name, state_name
from survey.web.review_photos import flag_sentence
from survey.web.text import _

_PORTION = 200
_ALL, _RISK = "all", "risk"
_JUDGED = ("", EVERY, UNJUDGED, CONFIRMED, DISMISSED)
_NAMES = frozenset({"state", "hamlet", "form", "person", "flags", "check", "judged", "since", "until", "order"})
_SEVERITIES = {"": 0, "1": 1, "2": 2, "3": 3}


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/api/queue.csv", json_endpoint(show_queue), methods=["GET"])]


def export_address(filters: QueueFilters) -> str:
    """Where the queue by *filters* can be downloaded."""
    named = {
        "state": _ALL if len(filters.states) > 1 else filters.states[0].value, "hamlet": filters.hamlet, "form": filters.form,
        "person": filters.person, "flags": str(filters.severity or ""), "check": filters.check, "judged": filters.judged,
        "since": filters.since and filters.since.isoformat(), "until": filters.until and filters.until.isoformat(),
        "order": _RISK if filters.by_risk else "",
    }  # fmt: skip
    return "/api/queue.csv?" + urlencode({name: value for name, value in named.items() if value})


def show_queue(request: Request, actor: Actor) -> Response:
    """Answer the queue as CSV. Raises NOT_ALLOWED, QUERY_UNUSABLE."""
    actor.require(Ability.REVIEW)
    filters, survey, locale = filters_from(request.query_params, actor), session.open(), text.locale()
    name = f"{_('review-queue')}-{local_date(survey.now()).isoformat()}"
    return csv_response(request, name, _columns(), _lines(survey, actor, filters, locale))


def filters_from(query: Mapping[str, str], actor: Actor) -> QueueFilters:
    """The filters that *query* says, within the actor's hamlets. Raises QUERY_UNUSABLE: a typing error must not export everything."""
    for name in query:
        if name not in _NAMES:
            raise Problem(QUERY_UNUSABLE, name=name[:40], value=query[name][:40])
    state = _one_of(query, "state", (_ALL, *(each.value for each in State)), State.RECEIVED.value)
    return QueueFilters(
        states=tuple(State) if state == _ALL else (State(state),),
        hamlet=query.get("hamlet") or None, form=query.get("form") or None, person=query.get("person") or None,
        since=_day(query, "since"), until=_day(query, "until"), severity=_SEVERITIES[_one_of(query, "flags", tuple(_SEVERITIES), "")],
        scope=actor.hamlets, check=query.get("check") or None, judged=_one_of(query, "judged", _JUDGED, ""),
        by_risk=_one_of(query, "order", ("", _RISK), "") == _RISK,
    )  # fmt: skip


def flag_words(flags: Sequence[Row]) -> str:
    """The sentences of *flags* in one cell, those on photos by the photo's name; the dismissed ones are left out."""
    standing = [flag for flag in flags if flag["verdict"] != DISMISSED]
    return " | ".join(f"{flag['attachment']}: {flag_sentence(flag)}".removeprefix(": ") for flag in standing)


def _lines(survey: Survey, actor: Actor, filters: QueueFilters, locale: str) -> Iterator[dict[str, object]]:
    after: Place | None = None
    while True:
        with survey.reading() as reader:
            page = select_queue_page(reader, actor.commune, filters, after, limit=_PORTION)
            flags = select_flags_of_many(reader, actor.commune, [entry.submission for entry in page])
            titles = select_form_titles(reader, actor.commune)
        for entry in page:
            text.speak(locale)  # each portion of a stream may run in another thread, which knows of no language
            yield dict(zip(_columns(), _cells(entry, flags.get(entry.submission, ()), said(titles.get(entry.form), locale)), strict=True))
        if len(page) < _PORTION:
            return
        after = page[-1].place


def _columns() -> tuple[str, ...]:
    return (
        _("Code"), _("Site code"), _("Site"), _("Hamlet"), _("Checklist"), _("Inspector"), _("Captured at"), _("Received at"), _("State"),
        _("Missing files"), _("Open warnings"), _("Severity"), _("Risk"), _("Checks"), _("Warnings"), _("Judgements"),
    )  # fmt: skip


def _cells(entry: QueueEntry, flags: Sequence[Row], title: str) -> tuple[object, ...]:
    judged = [flag for flag in flags if flag["verdict"]]
    return (
        entry.code, entry.site_code, entry.site_name, entry.hamlet_name, title or entry.form, entry.person_name,
        text.format_datetime(entry.captured_at), text.format_datetime(entry.received_at), state_name(entry.state), entry.missing_files,
        entry.flag_count, severity_name(entry.flag_severity), entry.risk,
        " ".join(sorted({flag["code"] for flag in flags if flag["verdict"] != DISMISSED})), flag_words(flags),
        " | ".join(_judgement(flag) for flag in judged),
    )  # fmt: skip


def _judgement(flag: Row) -> str:
    said_of_it = {CONFIRMED: _("confirmed"), DISMISSED: _("dismissed")}[flag["verdict"]]
    return f"{flag['attachment']} {flag['code']}: {said_of_it} ({flag['verdict_reason']})".strip()


def _one_of(query: Mapping[str, str], name: str, allowed: Sequence[str], default: str) -> str:
    value = query.get(name, default)
    if value not in allowed:
        raise Problem(QUERY_UNUSABLE, name=name, value=value[:40])
    return value


def _day(query: Mapping[str, str], name: str) -> date | None:
    value = query.get(name, "")
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        raise Problem(QUERY_UNUSABLE, name=name, value=value[:40]) from None
    if day and not is_believable(day):
        raise Problem(QUERY_UNUSABLE, name=name, value=value)
    return day
