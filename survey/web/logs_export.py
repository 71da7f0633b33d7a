"""GET /logs/changes.jsonl and /logs/looks.csv: a stretch of the hash chain as the bundles hold it, and the looks as a table.

Each is noted before its first byte.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import logs
from survey.domain.access import Act, Subject
from survey.domain.canonical import dumps
from survey.domain.people import Actor
from survey.domain.ports import Row
from survey.domain.problems import LOG_FILTER_UNUSABLE, Problem
from survey.domain.times import end_of, from_text, is_believable, local_date, start_of
from survey.store.looks import LookFilters
from survey.web import noting, session, text
from survey.web.csv_file import csv_response
from survey.web.endpoints import json_endpoint
from survey.web.logs_words import act_names, act_words, subject_names, subject_words
from survey.web.text import _

_STRETCH, _LOOKS = frozenset({"first", "last"}), frozenset({"person", "act", "kind", "subject", "since", "until"})
_FARTHEST = 2**53


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/logs/changes.jsonl", json_endpoint(show_changes), methods=["GET"]),
        Route("/logs/looks.csv", json_endpoint(show_looks), methods=["GET"]),
    ]


def show_changes(request: Request, actor: Actor) -> Response:
    """Answer the events `first` to `last` of the commune's chain, one JSON object a line. Raises NOT_ALLOWED, LOG_FILTER_UNUSABLE."""
    _check_names(request.query_params, _STRETCH)
    length = logs.state(session.open(), actor).length
    first, last = _number(request.query_params, "first", 1), _number(request.query_params, "last", length)
    events = logs.stretch(session.open(), actor, first, last)
    headers = {
        "Content-Disposition": f'attachment; filename="changes-{actor.commune}-{first}-{last}.jsonl"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    if request.method == "HEAD":
        return Response(media_type="application/jsonl", headers=headers)
    noting.note_now(actor, Act.EXPORTED, Subject.CHANGES, f"{first}-{last}")
    return StreamingResponse((dumps(dict(event)) + "\n" for event in events), media_type="application/jsonl", headers=headers)


def show_looks(request: Request, actor: Actor) -> Response:
    """Answer the looks as CSV, oldest first, with ids and without names. Raises NOT_ALLOWED, LOG_FILTER_UNUSABLE."""
    filters = filters_from(request.query_params)
    noting.flush()
    rows = logs.all_looks(session.open(), actor, filters)
    name = f"{_('looks')}-{local_date(session.open().now()).isoformat()}"
    if request.method != "HEAD":
        noting.note_now(actor, Act.EXPORTED, Subject.LOOKS, filters.subject or filters.person or "")
    return csv_response(request, name, _columns(), _lines(rows, text.locale()))


def filters_from(query: Mapping[str, str]) -> LookFilters:
    """The filters that *query* says. Raises LOG_FILTER_UNUSABLE: a typing error must not export everything."""
    _check_names(query, _LOOKS)
    since, until = _day(query, "since"), _day(query, "until")
    return LookFilters(
        person=query.get("person") or None, act=_one_of(query, "act", act_names()), kind=_one_of(query, "kind", subject_names()),
        subject=query.get("subject") or None, since=start_of(since) if since else None, before=end_of(until) if until else None,
    )  # fmt: skip


def _columns() -> tuple[str, ...]:
    return (
        _("First (Viet Nam time)"), _("Last (Viet Nam time)"), _("Person"), _("Phone"), _("Act"), _("What was looked at"), _("Id"),
        _("Times"),
    )  # fmt: skip


def _lines(rows: Iterator[Row], locale: str) -> Iterator[dict[str, object]]:
    for row in rows:
        text.speak(locale)  # each portion of a stream may run in another thread, which knows of no language
        act, kind = act_words(row["act"]), subject_words(row["kind"])
        yield dict(
            zip(
                _columns(),
                (_local(row["first_at"]), _local(row["last_at"]), row["person"], row["device"], act, kind, row["subject"], row["times"]),
                strict=True,
            )
        )


def _local(moment: str) -> str:
    return f"{from_text(moment).astimezone(text.ZONE):%Y-%m-%d %H:%M:%S}"


def _check_names(query: Mapping[str, str], known: frozenset[str]) -> None:
    for name in query:
        if name not in known:
            raise _unusable(name, query[name])


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not (value.isascii() and value.isdecimal() and int(value[:17]) < _FARTHEST and len(value) < len(str(_FARTHEST))):
        raise _unusable(name, value)
    return int(value)


def _one_of(query: Mapping[str, str], name: str, allowed: Mapping[str, str]) -> str | None:
    value = query.get(name) or None
    if value is not None and value not in allowed:
        raise _unusable(name, value)
    return value


def _day(query: Mapping[str, str], name: str) -> date | None:
    value = query.get(name, "")
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        raise _unusable(name, value) from None
    if day and not is_believable(day):
        raise _unusable(name, value)
    return day


def _unusable(name: str, value: str) -> Problem:
    return Problem(LOG_FILTER_UNUSABLE, name=name[:40], value=value[:40])
