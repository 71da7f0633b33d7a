"""GET /api/tasks.csv and GET /print/tasks: the list of tasks as a table, and by hamlet on paper for its head."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import tasks
from survey.catalogue.findings import Findings
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import HAMLET_UNKNOWN, QUERY_UNUSABLE, Problem
from survey.domain.tasks import Origin, TaskState
from survey.domain.times import local_date
from survey.paper import typeset
from survey.store.people import select_commune_sign
from survey.store.places import select_hamlets
from survey.store.tasks import TaskFilters, TaskLine
from survey.web import session, text
from survey.web.csv_file import csv_response
from survey.web.endpoints import json_endpoint
from survey.web.pdf import pdf_response
from survey.web.tasks_words import closed_words, due_words, origin_words, state_words, title_words
from survey.web.text import _, ngettext

_PORTION = 200
_ON_PAPER = 2000  # lines; a commune with more prints hamlet by hamlet
_NAMES = frozenset({"state", "hamlet", "person", "overdue", "criterion", "origin"})


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/api/tasks.csv", json_endpoint(show_table), methods=["GET"]),
        Route("/print/tasks", print_tasks, methods=["GET"]),
    ]


def show_table(request: Request, actor: Actor) -> Response:
    """Answer the tasks that the address asks for as CSV. Raises NOT_ALLOWED, QUERY_UNUSABLE."""
    actor.require(Ability.SEE_TASKS)
    survey, locale = session.open(), text.locale()
    today = local_date(survey.now())
    filters = filters_from(request.query_params, today)
    return csv_response(request, f"{_('tasks')}-{today.isoformat()}", _columns(), _rows(survey, actor, filters, today, locale))


def filters_from(query: Mapping[str, str], today: date) -> TaskFilters:
    """The filters that *query* says. Raises QUERY_UNUSABLE: a typing error must not give everything."""
    for name, value in query.items():
        known = {"state": tuple(TaskState), "origin": tuple(Origin), "overdue": ("1",)}.get(name)
        if name not in _NAMES or (known is not None and value not in known) or (name == "criterion" and "/" not in value):
            raise Problem(QUERY_UNUSABLE, name=name[:40], value=value[:40])
    edition, _slash, code = query.get("criterion", "").partition("/")
    return TaskFilters(
        TaskState(query.get("state", TaskState.OPEN)), query.get("hamlet"), ((edition, code),) if code else (), query.get("person"),
        today if "overdue" in query else None, Origin(query["origin"]) if "origin" in query else None,
    )  # fmt: skip


def print_tasks(request: Request) -> Response:
    """Answer the open tasks by hamlet as PDF, black and white, to be handed to the hamlet's head.

    Raises SIGN_IN_NEEDED, NOT_ALLOWED, HAMLET_UNKNOWN.
    """
    actor, survey = session.actor_of(request), session.open()
    actor.require(Ability.SEE_TASKS)
    today, hamlet = local_date(survey.now()), request.query_params.get("hamlet")
    with survey.reading() as reader:
        known = [one.id for one in select_hamlets(reader, actor.commune, today) if actor.reaches(one.id)]
        findings = tasks.present_findings(reader, actor.commune)
    if hamlet is not None and hamlet not in known:
        raise Problem(HAMLET_UNKNOWN, id=hamlet[:40])
    lines = tasks.select_page(survey, actor, TaskFilters(hamlet=hamlet), limit=_ON_PAPER)
    paper = typeset("tasks", _paper(lines, findings, today, actor.commune))
    return pdf_response(paper, f"viec-can-lam-{actor.commune}-{today.isoformat()}")


def _paper(lines: list[TaskLine], findings: Findings, today: date, commune: str) -> dict[str, object]:
    with session.open().reading() as reader:
        name, demonstration = select_commune_sign(reader, commune)
    by_hamlet = sorted(lines, key=lambda line: (line.hamlet_name is None, line.hamlet_name or "", line.site_code or "", line.place))
    groups = [
        {"hamlet": hamlet or _("The whole commune"), "tasks": [_printed(line, findings, today) for line in some]}
        for hamlet, some in groupby(by_hamlet, key=lambda line: line.hamlet_name)
    ]
    words = {
        "title": _("Tasks"), "day": _("As of {day}", day=text.format_date(today)), "number": _("No."), "task": _("Task"),
        "where": _("Where"), "due": _("By"), "result": _("Result, signature"), "none": _("No open task."),
        "count": [ngettext("{n} open", "{n} open", len(group["tasks"])) for group in groups],
        "demonstration": _("DEMONSTRATION – {commune}: people, places and figures are made up.", commune=name) if demonstration else "",
    }  # fmt: skip
    return {"locale": text.locale(), "commune": name or commune, "words": words, "groups": groups}


def _printed(line: TaskLine, findings: Findings, today: date) -> dict[str, object]:
    return {
        "code": line.task.code, "title": title_words(line.task, findings), "site": line.site_code or "", "name": line.site_name or "",
        "due": "" if line.task.due_on is None else text.format_date(line.task.due_on, "short"), "late": line.task.is_overdue(today),
    }  # fmt: skip


def _rows(survey: Survey, actor: Actor, filters: TaskFilters, today: date, locale: str) -> Iterator[dict[str, object]]:
    after: tuple[str, str] | None = None
    while True:
        text.speak(locale)  # each portion of a stream may run in another thread, which knows of no language
        with survey.reading() as reader:
            findings = tasks.present_findings(reader, actor.commune)
        page = tasks.select_page(survey, actor, filters, after, limit=_PORTION)
        for line in page:
            text.speak(locale)
            yield dict(zip(_columns(), _cells(line, findings, today), strict=True))
        if len(page) < _PORTION:
            return
        after = page[-1].place


def _columns() -> tuple[str, ...]:
    return (
        _("Code"), _("Task"), _("State"), _("Site code"), _("Site"), _("Hamlet"), _("Missing"), _("Unit"), _("Criterion"), _("By"),
        _("Overdue"), _("Who sees to it"), _("Found by"), _("Closed"),
    )  # fmt: skip


def _cells(line: TaskLine, findings: Findings, today: date) -> tuple[object, ...]:
    task = line.task
    rule = findings.rule(task.finding)
    criteria = rule.criteria if rule is not None else ((task.edition or "", task.criterion),) if task.criterion else ()
    return (
        task.code, title_words(task, findings), state_words(task.state), line.site_code, line.site_name, line.hamlet_name, task.missing,
        task.unit, " ".join(f"{edition}/{code}" for edition, code in criteria), task.due_on and task.due_on.isoformat(),
        due_words(task, today) if task.is_overdue(today) else "", line.person_name, origin_words(task.origin), closed_words(task),
    )  # fmt: skip
