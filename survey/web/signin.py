"""Signing in and out over plain HTTP: a page for login and password, the one-time link, the cookie.

A link is opened with GET, which only asks; the button's POST uses it up, so that a chat application's preview does not burn it.
"""

import time
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from survey import accounts
from survey.domain.browsers import browser_name
from survey.domain.people import Actor, Role
from survey.domain.problems import DEPLOYMENT_EMPTY, FILE_TOO_LARGE, SIGN_IN_BUSY, SIGN_IN_TOO_OFTEN, Problem, ProblemKind
from survey.web import attempts, html, known_browsers, session, text
from survey.web.providers import forget_streamlits, providers
from survey.web.text import _

_SEE_OTHER = 303
_FORM_LIMIT = 100_000  # bytes; our forms send a few hundred, whoever is not signed in sends no more than this
_ROUGHLY_S, _PAGE_LIVES_S = 10, 60
_SENT_AWAY = frozenset({SIGN_IN_BUSY, SIGN_IN_TOO_OFTEN})


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
    chosen = speak(request)
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
    form = await form_of(request)
    login = _field(form, "login").strip().lower()[:40]
    try:
        signed_in = await attempts.attempt(request, login, _field(form, "password"))
    except Problem as problem:
        return _sent_away(request, form, problem) if problem.kind in _SENT_AWAY else await _again(request, form, problem)
    return await run_in_threadpool(_welcome_known, request, signed_in, form)


def _welcome_known(request: Request, signed_in: accounts.SignedIn, form: Mapping[str, str]) -> Response:
    """Welcome who showed a right password, and let this browser past those who guess that login from now on."""
    response = welcome(request, signed_in, form)
    known_browsers.remember(request, response, signed_in.person.login, secure=session.open().settings.secure)
    return response


def _sent_away(request: Request, form: Mapping[str, str], problem: Problem) -> Response:
    """The form with the time to wait; ready made, as whoever guesses gets it a hundred times a second."""
    chosen = _field(form, "locale") or request.cookies.get(session.LOCALE_COOKIE, "")
    locale = chosen if chosen in text.LOCALES else session.open().settings.locale
    seconds = -(-int(str(problem.details["seconds"])) // _ROUGHLY_S) * _ROUGHLY_S
    page = _ready_page(problem.kind, seconds, locale, int(time.time() // _PAGE_LIVES_S))
    return Response(page.body, page.status_code, {**page.headers, "Retry-After": str(seconds)})


@lru_cache(maxsize=64)
def _ready_page(kind: ProblemKind, seconds: int, locale: str, _age: int) -> Response:
    text.speak(locale)
    nothing = Request({"type": "http", "query_string": b"", "headers": []})
    return _form(nothing, "", locale, problem=Problem(kind, seconds=seconds))


def show_link(request: Request) -> Response:
    """GET /sign-in/<commune>.<token>: ask whether to sign in here; uses nothing up."""
    chosen = speak(request)
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
    form = await form_of(request)
    try:
        browser = browser_name(request.headers.get("user-agent", ""))
        signed_in = await run_in_threadpool(accounts.sign_in_by_link, session.open(), _link(request), browser)
    except Problem as problem:
        return await run_in_threadpool(_speak_and_refuse, request, problem)
    return await run_in_threadpool(_welcome_known, request, signed_in, form)


def sign_out(request: Request) -> Response:
    """POST /sign-out: end the session here and forget the cookie."""
    session.require_same_origin(request)
    accounts.sign_out(session.open(), request.cookies.get(session.COOKIE))
    response = RedirectResponse("/sign-in", _SEE_OTHER)
    response.delete_cookie(session.COOKIE, path="/", httponly=True, samesite="lax", secure=session.open().settings.secure)
    forget_streamlits(request, response)
    return response


def local_path(path: str | None) -> str:
    r"""Return *path* where it stays on this server, else an empty string.

    Browsers read `//host`, `/\host` and control characters as ways out, so anything unusual is dropped.
    """
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return ""
    parts = urlsplit(path)
    return "" if parts.scheme or parts.netloc or parts.path.startswith("/sign-") else path


def welcome(request: Request, signed_in: accounts.SignedIn, form: Mapping[str, str]) -> Response:
    """Give the browser its session and lead on to where *form* says; who still owes the code goes to the second step with no session.

    A session that this browser had before ends: its cookie is replaced, and nobody else should go on with it.
    """
    if signed_in.owes_code:
        return _ask_for_code(signed_in, form)
    survey, locale, before = session.open(), signed_in.person.locale, request.cookies.get(session.COOKIE)
    if before:
        accounts.sign_out(survey, before)
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


def _ask_for_code(signed_in: accounts.SignedIn, form: Mapping[str, str]) -> Response:
    query = {name: value for name, value in (("next", local_path(_field(form, "next"))), ("locale", _field(form, "locale"))) if value}
    response = RedirectResponse(f"/second-step?{urlencode(query)}" if query else "/second-step", _SEE_OTHER)
    lifetime, secure = int(signed_in.longest.total_seconds()), session.open().settings.secure
    response.set_cookie(session.STEP_COOKIE, signed_in.cookie, max_age=lifetime, httponly=True, samesite="lax", secure=secure)
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
        next=target, chosen=chosen, login=login, problem=sentence, providers=providers(),
    )  # fmt: skip


async def _again(request: Request, form: Mapping[str, str], problem: Problem) -> Response:
    def show() -> Response:
        chosen = _field(form, "locale")
        speak(request, chosen)
        return _form(request, local_path(_field(form, "next")), chosen, login=_field(form, "login")[:40], problem=problem)

    return await run_in_threadpool(show)


def _speak_and_refuse(request: Request, problem: Problem) -> Response:
    speak(request)
    return _unusable(request, problem)


def _unusable(request: Request, problem: Problem) -> Response:
    return html.render(
        request, "page.html", _("This link does not work"), status=problem.kind.status,
        message=text.problem_text(problem), back="/sign-in", back_text=_("To the sign-in page"),
    )  # fmt: skip


def speak(request: Request, chosen: str = "") -> str:
    """Use the language chosen in this visit, else the browser's or person's; returns what was chosen, if anything."""
    chosen = chosen or request.query_params.get("locale", "")
    if chosen in text.LOCALES:
        text.speak(chosen)
        return chosen
    session.speak_to(request)
    return ""


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields as our pages send them, urlencoded UTF-8; another kind of body has none. Raises FILE_TOO_LARGE."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _FORM_LIMIT:
            raise Problem(FILE_TOO_LARGE, name="POST", limit_mb=_FORM_LIMIT / 1_000_000)
    return dict(parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True))


def _field(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "")
