"""Which of our routes show what must be noted, and how: one table; each route in it notes by itself who was answered, and who refused.

What leaves the server as a file or a table is noted before its first byte; where that cannot be written, it does not leave.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from survey.domain.access import Act, Subject
from survey.domain.people import Actor
from survey.domain.problems import Problem
from survey.store.log_names import select_exists
from survey.web import noting, refusals, session, text

_SHOWN = frozenset({200, 206, 304})
_FORBIDDEN, _UNKNOWN = 403, 404


class When(Enum):
    """How soon a look is written: gathered; at once for the first time in some minutes; at once each time."""

    GATHERED = "gathered"
    FIRST = "first"
    AT_ONCE = "at once"


@dataclass(frozen=True)
class Rule:
    """What an answer of one route is in the log: the subject's *parameter* stands in the path, or else in the query."""

    act: Act
    kind: Subject
    parameter: str = ""
    when: When = When.GATHERED
    method: str = "GET"

    def subject(self, request: Request) -> str:
        """The id that *request* names."""
        named = [request.path_params.get(name) or request.query_params.get(name, "") for name in self.parameter.split() if name]
        return "/".join(str(one) for one in named if one)


_F, _N = When.FIRST, When.AT_ONCE
RULES: Mapping[str, Rule] = {
    "/api/sites": Rule(Act.LISTED, Subject.REGISTER),
    "/api/submissions/{submission}": Rule(Act.SAW, Subject.SUBMISSION, "submission"),
    "/api/submissions/{submission}/instance": Rule(Act.SAW, Subject.SUBMISSION, "submission"),
    "/api/register": Rule(Act.TOOK_ALONG, Subject.REGISTER, when=_F),
    "/api/visits": Rule(Act.LISTED, Subject.VISITS),
    "/api/map": Rule(Act.LISTED, Subject.MAP),
    "/api/desk": Rule(Act.LISTED, Subject.DESK),
    "/api/queue.csv": Rule(Act.EXPORTED, Subject.QUEUE, when=_N),
    "/api/tasks.csv": Rule(Act.EXPORTED, Subject.TASKS, when=_N),
    "/api/verify": Rule(Act.CHECKED, Subject.BUNDLE, method="PUT"),
    "/photos/{sha256}/original": Rule(Act.TOOK, Subject.PHOTO, "sha256", _F),
    "/photos/{sha256}/preview": Rule(Act.SAW, Subject.PHOTO, "sha256"),
    "/photos/{sha256}/thumb": Rule(Act.SAW, Subject.PHOTO, "sha256"),
    "/photos/{sha256}/public": Rule(Act.TOOK, Subject.PUBLIC_PHOTO, "sha256", _F),
    "/photos/resident/{report}": Rule(Act.SAW, Subject.RESIDENT_REPORT, "report"),
    "/documents/{sha256}": Rule(Act.TOOK, Subject.DOCUMENT, "sha256", _F),
    "/bundles/{bundle}": Rule(Act.TOOK, Subject.BUNDLE, "bundle", _F),
    "/bundles/{bundle}/{number:int}": Rule(Act.TOOK, Subject.BUNDLE, "bundle number", _F),
    "/bundles/{bundle}/{number:int}.tsr": Rule(Act.TOOK, Subject.BUNDLE, "bundle number", _F),
    "/heads.json": Rule(Act.EXPORTED, Subject.HEADS, when=_N),
    "/province.csv": Rule(Act.EXPORTED, Subject.PROVINCE, "edition", _N),
    "/print/key": Rule(Act.PRINTED, Subject.KEY, when=_N),
    "/print/briefing/{briefing}": Rule(Act.PRINTED, Subject.BRIEFING, "briefing", _N),
    "/print/visit-list/{list}": Rule(Act.PRINTED, Subject.VISIT_LIST, "list", _N),
    "/print/visit-list/{list}/csv": Rule(Act.EXPORTED, Subject.VISIT_LIST, "list", _N),
    "/print/proof": Rule(Act.PRINTED, Subject.PROOF, "edition criterion hamlet", _N),
    "/print/roadmap": Rule(Act.PRINTED, Subject.ROADMAP, when=_N),
    "/print/tasks": Rule(Act.PRINTED, Subject.TASKS, when=_N),
    "/openrosa/entities/{list}.csv": Rule(Act.TOOK_ALONG, Subject.REGISTER, "list", _F),
}  # fmt: skip
# Of these an answer is noted by the route itself, with what it alone knows.
BY_THEMSELVES = frozenset({
    "/logs/changes.jsonl", "/logs/looks.csv", "/print/personal/{kind}/{subject}", "/print/personal/{kind}/{subject}/zip",
})  # fmt: skip
# These tell nobody anything about others: who asks alone, what is open to all, rules, checklists, the progress of one's own upload.
NOT_NOTED = frozenset({
    "/healthz", "/sign-in", "/sign-in/{link}", "/second-step", "/api/me", "/api/work", "/api/forms/{form}/{version}", "/api/submissions",
    "/api/openapi.json", "/api/map/tiles", "/api/earlier", "/api/earlier/{site}", "/api/desk/photos/{sha256}/thumb", "/api/verify/{token}",
    "/rules/{edition}.yaml", "/field", "/field/", "/field/texts/{language}.json", "/field/service.mjs", "/field/release.mjs",
    "/field/rest.json", "/field/{name}", "/public/{commune}", "/public/{commune}/report", "/public/{commune}/privacy",
    "/openrosa/formList",
    "/openrosa/forms/{form}/{version}.xml", "/openrosa/forms/{form}/{version}/manifest", "/openrosa/entities/{list}/integrity",
})  # fmt: skip


def noted(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """Return *routes*, each of which notes what it answers, by the table, and whom it refuses."""
    wrapped = list(routes)
    for route in wrapped:
        if isinstance(route, Route):
            route.app = _Noted(route.app, route.path, RULES.get(route.path))
    return wrapped


class _Noted:
    """A route's application that notes at the beginning of its answer."""

    def __init__(self, app: ASGIApp, path: str, rule: Rule | None) -> None:
        self._app = app
        self._path = path.replace("{", "").replace("}", "")
        self._rule = rule

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_replaced = False

        async def send_noted(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start":
                problem = await self._note(Request(scope), message["status"])
                if problem is not None:
                    is_replaced = True
                    await (await _answer(Request(scope), problem))(scope, receive, send)
            if not is_replaced:
                await send(message)

        await self._app(scope, receive, send_noted)

    async def _note(self, request: Request, status: int) -> Problem | None:
        """Note the answer; returns why that could not be done where the answer must not go out then."""
        actor: Actor | None = request.scope.get(session.WHO)
        if actor is None:
            return None
        if status in {_FORBIDDEN, _UNKNOWN}:
            await run_in_threadpool(self._note_refused, request, actor, status)
            return None
        rule = self._rule
        if rule is None or request.method != rule.method or status not in _SHOWN:
            return None
        if rule.when is When.GATHERED:
            noting.note(actor, rule.act, rule.kind, rule.subject(request))
            return None
        write = noting.note_now if rule.when is When.AT_ONCE else noting.note_first
        return await run_in_threadpool(_tried, write, actor, rule, rule.subject(request))

    def _note_refused(self, request: Request, actor: Actor, status: int) -> None:
        """Note that *actor* asked for what exists and is not theirs; what exists nowhere is a typing error."""
        kind, subject = Subject.ABILITY, self._path
        try:
            if self._rule is not None and self._rule.method == request.method:
                kind, subject = self._rule.kind, self._rule.subject(request)
            if status == _UNKNOWN:
                with session.open().reading() as reader:
                    if not select_exists(reader, actor.commune, kind, subject):
                        return
            noting.note_first(actor, Act.REFUSED, kind, subject)
        except Problem:  # the refusal goes out all the same
            noting.note(actor, Act.REFUSED, kind, subject)


async def _answer(request: Request, problem: Problem) -> Response:
    if request.url.path.startswith("/api/"):  # these answer programs, whatever they say that they accept
        return JSONResponse(text.problem_json(problem), problem.kind.status, headers={"Cache-Control": "no-store"})
    return await refusals.answer_problem(request, problem)


def _tried(write: Callable[[Actor, Act, str, str], None], actor: Actor, rule: Rule, subject: str) -> Problem | None:
    try:
        write(actor, rule.act, rule.kind, subject)
    except Problem as problem:
        return problem
    return None
