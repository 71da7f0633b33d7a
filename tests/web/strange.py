"""Strange requests: schemathesis asks every route of the OpenAPI document what it does with odd parameters, headers and bodies.

In the same process, over a demonstration commune, as each kind of caller. What counts as a finding: an answer of 500 and more, an
exception, a status, media type or body that the document does not know. `benchmarks/strange_requests.py` runs it at length.
"""

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from starlette.applications import Starlette

from survey import accounts, devices
from survey.domain.people import Role
from survey.domain.problems import Problem
from survey.openrosa import app as openrosa
from survey.web import app, middleware, openapi, refusals, session
from survey.web.compressed import Compressed
from survey.wiring import Survey
from tests.web.described import difference

Known = dict[str, list[str]]
CALLERS = ("stranger", "inspector", "reviewer", "coordinator", "phone")
_COMMUNE = "18844"
_KNOWN = 0.5  # of the requests name what exists
_BYTES = ("application/zip", "application/pdf", "image/jpeg", "application/octet-stream", "application/xml", "text/xml")
load_all_checks()
_CHECKS = [
    CHECKS.get_one(name)
    for name in ("not_a_server_error", "status_code_conformance", "content_type_conformance")
]


@dataclass
class Report:
    """How many requests were made, how they were answered, and what was found, once for each place."""

    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        rows = [f"{count:>7} answered {status}" for status, count in sorted(self.statuses.items())]
        total = f"{self.statuses.total()} requests, {len(self.findings)} findings"
        return "\n".join([*rows, total, *(f"! {place}: {what}" for place, what in self.findings.items())])


@contextmanager
def served(data: Path) -> Iterator[tuple[Starlette, Survey]]:
    """Our routes with their middleware over the deployment in *data*, in this process."""
    before = os.environ.get("SURVEY_DATA")
    os.environ["SURVEY_DATA"] = str(data)
    session.forget()
    try:
        yield application(data), session.open()
    finally:
        session.forget()
        os.environ.pop("SURVEY_DATA")
        if before is not None:
            os.environ["SURVEY_DATA"] = before


def application(data: Path) -> Starlette:
    """Our routes with their middleware; what goes wrong in them is answered 500, as behind a real server."""
    return Starlette(
        routes=app.routes(openrosa.routes(session.open, session.acting)),
        middleware=middleware.stack(Compressed(middleware.STATIC, data / "cache")),
        exception_handlers={Problem: refusals.answer_problem},
    )


def headers_of(survey: Survey, caller: str) -> dict[str, str]:
    """What a request of *caller* shows: nothing, a session's cookie from our own page, or a phone's token."""
    if caller == "stranger":
        return {}
    if caller == "phone":
        token = devices.enrol(survey, _COMMUNE, _person(survey, Role.INSPECTOR), by=None, name=f"Máy {secrets.token_hex(2)}").token
        return {"Authorization": f"Bearer {token}"}
    link = accounts.make_sign_in_link(survey, _COMMUNE, _person(survey, Role(caller)), by=None)
    cookie = accounts.sign_in_by_link(survey, link.removeprefix("/sign-in/")).cookie
    return {"Cookie": f"{session.COOKIE}={cookie}", "Sec-Fetch-Site": "same-origin"}


def known_names(survey: Survey) -> Known:
    """Names that exist in the deployment, by the parameter that takes them: half of the requests get past "there is none"."""
    wanted = {
        "submission": "SELECT submission AS one FROM submission", "site": "SELECT site AS one FROM site",
        "sha256": "SELECT sha256 AS one FROM blob", "form": "SELECT form AS one FROM form", "version": "SELECT version AS one FROM form",
        "hamlet": "SELECT hamlet AS one FROM hamlet", "name": "SELECT name AS one FROM attachment",
        "edition": "SELECT edition AS one FROM edition",
    }  # fmt: skip
    with survey.reading() as reader:
        return {name: [str(row["one"]) for row in reader.rows(f"{statement} ORDER BY 1 LIMIT 50")] for name, statement in wanted.items()}


def ask_all(application: Starlette, shown: dict[str, str], *, each: int, first: int = 0, known: Known | None = None) -> Report:
    """Ask every operation *each* times with what schemathesis makes of it, the same with the same *first* (a seed)."""
    report = Report()
    schema = schemathesis.openapi.from_dict(_with_bytes(openapi.document()))
    schema.app = application
    schema.config.generation.with_security_parameters = False  # who asks is what the headers show
    chance = Random(first)  # noqa: S311 - the same seed asks the same
    for found in schema.get_all_operations():
        operation = found.ok()

        @seed(first)
        @settings(max_examples=each, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            if known and chance.random() < _KNOWN:
                _lead(case, known, chance)
            _ask(case, shown, report)

        ask()
    return report


def _lead(case: Any, known: Known, chance: Random) -> None:
    """Put names that exist in place of made ones."""
    for parameters in (case.path_parameters, case.query):
        for name in parameters or {}:
            if known.get(name):
                parameters[name] = chance.choice(known[name])


@schemathesis.serializer(*_BYTES)
def as_bytes(_context: Any, value: Any) -> bytes:
    """A body of bytes is sent as it was made; anything else by its letters."""
    inner = getattr(value, "data", value)
    return inner if isinstance(inner, bytes) else str(inner).encode("utf-8", "replace")


def _with_bytes(document: dict[str, Any]) -> dict[str, Any]:
    """The document with bodies of bytes told in the way that schemathesis makes bytes from."""
    told: dict[str, Any] = json.loads(json.dumps(document))
    for methods in told["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = content["schema"] or {"type": "string", "format": "binary"}
    return told


def _ask(case: Any, shown: dict[str, str], report: Report) -> None:
    place = f"{case.method} {case.operation.path}"
    try:
        answer = case.call(headers=shown)
    except Exception as error:  # noqa: BLE001 - whatever a route raises is what we look for
        report.findings.setdefault(f"{place} {type(error).__name__}", f"{error!s:.300} by {case.path_parameters} {case.query}")
        return
    report.statuses[answer.status_code] += 1
    # Its own check of schemas knows no `prefixItems`.
    wrong = difference(case.method, case.operation.path, answer.status_code, answer.headers.get("content-type", [""])[0], answer.content)
    if wrong:
        report.findings.setdefault(f"{place} {answer.status_code} schema", f"{wrong:.300} by {answer.request.url}")
    try:
        case.validate_response(answer, checks=_CHECKS)
    except (Failure, FailureGroup) as failure:
        said = "; ".join(f"{one.title}: {one.message}" for one in getattr(failure, "exceptions", [failure]))
        report.findings.setdefault(f"{place} {answer.status_code}", f"{said[:300]} by {answer.request.url} {answer.content[:120]!r}")


def _person(survey: Survey, role: Role) -> str:
    with survey.reading() as reader:
        found = reader.rows(
            "SELECT person FROM person WHERE commune = :commune AND role = :role AND disabled_at IS NULL ORDER BY login",
            commune=_COMMUNE, role=role.value,
        )  # fmt: skip
        return str(next(iter(found))["person"])
