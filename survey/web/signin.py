"""Signing in and out over plain HTTP: a page for login and password, the one-time link, the cookie.

A link is opened with GET, which only asks; the button's POST uses it up, so that a chat application's preview does not burn it.
"""

import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from survey import accounts
from survey.domain.people import Actor, Role
from survey.domain.problems import DEPLOYMENT_EMPTY, FILE_TOO_LARGE, SIGN_IN_TOO_OFTEN, Problem
from survey.web import html, session, text
from survey.web.text import _
from survey.web.throttle import Throttle

_SEE_OTHER = 303
_FORM_LIMIT = 100_000  # bytes; our forms send a few hundred, whoever is not signed in sends no more than this
_throttle = Throttle()
_hashing = anyio.CapacityLimiter(2)  # argon2 takes 64 MiB and a core each: a flood of sign-ins must not take the machine


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/sign-in", show_sign_in, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        # In place of the link there is `once`: `middleware.HiddenSecrets` has taken it out of the path.
        Route("/sign-in/{link}", show_link, methods=["GET"]),
        Route("/sign-in/{link}", use_link, methods=["POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]


def show_sign_in(request: Request) -> Response:
    """GET /sign-in?next=…: the form, or what to run where no commune exists yet; a signed-in person goes on at once."""
    chosen = _speak(request)
    if not html.commune_sign()[0]:
        return html.render(request, "page.html", _("Nothing here yet"), message=text.problem_text(Problem(DEPLOYMENT_EMPTY)))
    target = local_path(request.query_params.get("next"))
    found = accounts.find_session(session.open(), request.cookies.get(session.COOKIE))
    if found is not None and not chosen:
        return RedirectResponse(target or _door(found.actor), _SEE_OTHER)
    return _form(request, target, chosen)


async def sign_in(request: Request) -> Response:
    """POST /sign-in: login and password; a wrong one shows the form again with 401."""
    session.require_same_origin(request)
    form = await _form_of(request)
    login, address = _field(form, "login").strip().lower()[:40], request.client.host if request.client else ""
    wait = _throttle.blocked_s(address, time.monotonic())
    if wait:
        return await _again(request, form, Problem(SIGN_IN_TOO_OFTEN, seconds=wait))
    pause = _throttle.pause_s(login, address, time.monotonic())
    _throttle.failed(login, address, time.monotonic())  # until it succeeds: of a thousand tries at once, most must be seen by the others
    await anyio.sleep(pause)
    try:
        signed_in = await anyio.to_thread.run_sync(
            accounts.sign_in, session.open(), login, _field(form, "password"), limiter=_hashing
        )
    except Problem as problem:
        return await _again(request, form, problem)
    _throttle.succeeded(login, address)
    return await run_in_threadpool(_welcome, signed_in, form)


def show_link(request: Request) -> Response:
    """GET /sign-in/<commune>.<token>: ask whether to sign in here; uses nothing up."""
    chosen = _speak(request)
    try:
        found = accounts.find_link(session.open(), _link(request))
    except Problem as problem:
        return _unusable(request, problem)
    target = local_path(request.query_params.get("next"))
    return html.render(
        request, "link.html", _("Sign in") if found.device is None else _("Enrol this phone"), name=found.person.name,
        device=found.device_name, action=f"/sign-in/{quote(_link(request))}", next=target, chosen=chosen,
    )  # fmt: skip


async def use_link(request: Request) -> Response:
    """POST /sign-in/<commune>.<token>: use the link up and sign in."""
    session.require_same_origin(request)
    form = await _form_of(request)
    try:
        signed_in = await run_in_threadpool(accounts.sign_in_by_link, session.open(), _link(request))
    except Problem as problem:
        return await run_in_threadpool(_speak_and_refuse, request, problem)
    return await run_in_threadpool(_welcome, signed_in, form)


def sign_out(request: Request) -> Response:
    """POST /sign-out: end the session here and forget the cookie."""
    session.require_same_origin(request)
    accounts.sign_out(session.open(), request.cookies.get(session.COOKIE))
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    response.delete_cookie(session.COOKIE, path="/", httponly=True, samesite="lax", secure=session.open().settings.secure)
    return response


def local_path(path: str | None) -> str:
    r"""Return *path* where it stays on this server, else an empty string.

    Browsers read `//host`, `/\host` and control characters as ways out, so anything unusual is dropped.
    """
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return ""
    parts = urlsplit(path)
    return "" if parts.scheme or parts.netloc or parts.path.startswith("/sign-") else path


def _welcome(signed_in: accounts.SignedIn, form: Mapping[str, str]) -> Response:
    survey, locale = session.open(), signed_in.person.locale
    chosen = _field(form, "locale")
    if chosen in text.LOCALES and chosen != locale:
        accounts.set_locale(survey, signed_in.actor, chosen)
        locale = chosen
    response = RedirectResponse(local_path(_field(form, "next")) or _door(signed_in.actor), _SEE_OTHER)
    lifetime = int(signed_in.longest.total_seconds())
    secure = survey.settings.secure
    response.set_cookie(session.COOKIE, signed_in.cookie, max_age=lifetime, httponly=True, samesite="lax", secure=secure)
    response.set_cookie(session.LOCALE_COOKIE, locale, max_age=lifetime, httponly=True, samesite="lax", secure=secure)
    return response


def _door(actor: Actor) -> str:
    return "/field/" if actor.role is Role.INSPECTOR else "/"


def _link(request: Request) -> str:
    link: str = request.scope.get(session.LINK, "")
    return link


def _form(request: Request, target: str, chosen: str, *, login: str = "", problem: Problem | None = None) -> Response:
    sentence = text.problem_text(problem) if problem else ""
    return html.render(
        request, "sign_in.html", _("Sign in"), status=problem.kind.status if problem else 200,
        next=target, chosen=chosen, login=login, problem=sentence,
    )  # fmt: skip


async def _again(request: Request, form: Mapping[str, str], problem: Problem) -> Response:
    def show() -> Response:
        chosen = _field(form, "locale")
        _speak(request, chosen)
        return _form(request, local_path(_field(form, "next")), chosen, login=_field(form, "login")[:40], problem=problem)

    return await run_in_threadpool(show)


def _speak_and_refuse(request: Request, problem: Problem) -> Response:
    _speak(request)
    return _unusable(request, problem)


def _unusable(request: Request, problem: Problem) -> Response:
    return html.render(
        request, "page.html", _("This link does not work"), status=problem.kind.status,
        message=text.problem_text(problem), back="/sign-in", back_text=_("To the sign-in page"),
    )  # fmt: skip


def _speak(request: Request, chosen: str = "") -> str:
    """Use the language chosen in this visit, else the browser's or person's; returns what was chosen, if anything."""
    chosen = chosen or request.query_params.get("locale", "")
    if chosen in text.LOCALES:
        text.speak(chosen)
        return chosen
    session.speak_to(request)
    return ""


async def _form_of(request: Request) -> Mapping[str, str]:
    """The fields as our pages send them, urlencoded UTF-8; another kind of body has none. Raises FILE_TOO_LARGE."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _FORM_LIMIT:
            raise Problem(FILE_TOO_LARGE, name="POST", limit_mb=_FORM_LIMIT / 1_000_000)
    return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))


def _field(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "")
