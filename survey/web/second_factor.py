"""The second step at sign-in over plain HTTP: a page that asks for the code, between the first proof and the session.

What waits in this browser is a row that its own cookie opens for ten minutes; it is no session, and nothing but this page looks at it.
"""

import time

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from survey import accounts, second_factor
from survey.domain.browsers import browser_name
from survey.domain.problems import SIGN_IN_TOO_OFTEN, STEP_EXPIRED, Problem
from survey.web import html, session, signin, text
from survey.web.text import _
from survey.web.throttle import Throttle

_SEE_OTHER = 303
_LONGEST_CODE = 40
_throttle = Throttle("second-step", session.open)
_hashing = anyio.CapacityLimiter(1)  # a recovery code is hashed as slowly as a password


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/second-step", show_step, methods=["GET"]),
        Route("/second-step", pass_step, methods=["POST"]),
    ]


def show_step(request: Request) -> Response:
    """GET /second-step?next=…: ask for the code where a sign-in waits for it, else go to the sign-in page."""
    chosen = signin.speak(request)
    try:
        second_factor.find_step(session.open(), request.cookies.get(session.STEP_COOKIE))
    except Problem as problem:
        if problem.kind is not STEP_EXPIRED:
            raise
        return RedirectResponse("/sign-in", _SEE_OTHER)
    return _form(request, signin.local_path(request.query_params.get("next")), chosen)


async def pass_step(request: Request) -> Response:
    """POST /second-step: the code; a right one starts the session, a wrong one shows the form again."""
    session.require_same_origin(request)
    form = await signin.form_of(request)
    cookie, survey = request.cookies.get(session.STEP_COOKIE), session.open()
    try:
        await _try(request, cookie, form.get("code", "")[:_LONGEST_CODE])
        browser = browser_name(request.headers.get("user-agent", ""))
        signed_in = await run_in_threadpool(accounts.finish_sign_in, survey, cookie, browser)
    except Problem as problem:
        return await run_in_threadpool(_refuse, request, form.get("next", ""), form.get("locale", ""), problem)
    response = await run_in_threadpool(signin.welcome, request, signed_in, form)
    response.delete_cookie(session.STEP_COOKIE, path="/", httponly=True, samesite="lax", secure=survey.settings.secure)
    return response


async def _try(request: Request, cookie: str | None, code: str) -> None:
    """Take the code as slowly as a password is taken. Raises STEP_EXPIRED, CODE_WRONG, CODE_TOO_OFTEN, SIGN_IN_TOO_OFTEN."""
    survey, address, now = session.open(), request.client.host if request.client else "", time.time()
    person = (await run_in_threadpool(second_factor.find_step, survey, cookie)).id
    wait = await run_in_threadpool(_throttle.blocked_s, address, now)
    if wait:
        raise Problem(SIGN_IN_TOO_OFTEN, seconds=wait)
    pause = await run_in_threadpool(_throttle.pause_s, person, address, now)
    await run_in_threadpool(_throttle.failed, person, address, now)  # until it succeeds: of many at once, most must be seen by the others
    await anyio.sleep(pause)
    await anyio.to_thread.run_sync(second_factor.pass_step, survey, cookie, code, limiter=_hashing)
    await run_in_threadpool(_throttle.succeeded, person, address, now)


def _refuse(request: Request, target: str, locale: str, problem: Problem) -> Response:
    chosen = signin.speak(request, locale)
    if problem.kind is STEP_EXPIRED:
        return html.render(
            request, "page.html", _("Second step"), status=problem.kind.status, message=text.problem_text(problem),
            back="/sign-in", back_text=_("To the sign-in page"),
        )  # fmt: skip
    return _form(request, signin.local_path(target), chosen, problem)


def _form(request: Request, target: str, chosen: str, problem: Problem | None = None) -> Response:
    return html.render(
        request, "second_step.html", _("Second step"), status=problem.kind.status if problem else 200, next=target, chosen=chosen,
        problem=text.problem_text(problem) if problem else "",
    )  # fmt: skip
