"""Signing in with an identity from outside (OpenID Connect), by the routes that stand behind Streamlit's `st.login`.

Streamlit leads to the provider and checks what comes back: state, nonce, PKCE, issuer, audience, signature (Authlib). Our middleware stands
around its `/oauth2callback`, reads who was proved, and answers with a session of ours. What Streamlit would give the browser, a signed
cookie that says for 30 days who somebody is, never leaves this process: it could not be ended, and nothing of ours reads one that a
browser shows. What the person wanted (sign in, or link an account; where to go on) waits ten minutes in a cookie that we sign.
"""

import json
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.user_info import generate_login_redirect_url
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from survey import accounts, identities
from survey.domain.browsers import browser_name
from survey.domain.people import split_secret
from survey.domain.problems import IDENTITY_UNPROVEN, PATH_UNKNOWN, SIGN_IN_NEEDED, Problem
from survey.store.secrets import shared_secret
from survey.web import html, refusals, session, signin
from survey.web.providers import DEFAULT, forget_streamlits, providers
from survey.web.text import _

_SEE_OTHER = 303
_COOKIE = "survey_identity"
_LIFETIME_S = 600  # our own choice: time to sign in at the provider
_LOGIN, _CALLBACK = "/auth/login", "/oauth2callback"


class Proved(NamedTuple):
    """Who a provider says came back: its issuer, and the subject, which is one person there for ever."""

    issuer: str
    subject: str


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/identity", begin, methods=["POST"])]


def door() -> Middleware:
    """Return the middleware that stands around Streamlit's own routes for identities."""
    return Middleware(IdentityDoor)


async def begin(request: Request) -> Response:
    """POST /identity: lead to the provider; `purpose=link` is for a signed-in person who wants to link the identity.

    A page leads on instead of a redirect: browsers do not let a form of ours lead to another site. Raises CROSS_SITE, SIGN_IN_NEEDED.
    """
    session.require_same_origin(request)
    form = await signin.form_of(request)
    provider = form.get("provider", DEFAULT)
    if provider not in providers():
        raise Problem(PATH_UNKNOWN, path="/identity")
    return await run_in_threadpool(_lead, request, form, provider)


class IdentityDoor:
    """Stands around `/auth/login` and `/oauth2callback`, which exist where a provider is configured."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102 - ASGI's own signature
        path = scope["path"] if scope["type"] == "http" else ""
        if path not in {_LOGIN, _CALLBACK}:
            await self._app(scope, receive, send)
        elif not providers():
            await PlainTextResponse("404", status_code=404)(scope, receive, send)
        else:
            inner = dict(scope)
            scope["query_string"] = b""  # the server writes the address to its log: codes and states do not belong there
            if path == _LOGIN:
                await self._app(inner, receive, send)
            else:
                await self._come_back(inner, receive, send)

    async def _come_back(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def hold(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, hold)
        headers = Headers(raw=answer[0]["headers"])
        request = Request(scope)
        try:
            response = await run_in_threadpool(_welcome, request, _proved(headers))
        except Problem as problem:
            response = await refusals.answer_problem(request, problem)
        for value in headers.getlist("set-cookie"):
            if not value.startswith(USER_COOKIE_NAME):
                response.headers.append("set-cookie", value)
        response.delete_cookie(_COOKIE, path="/", httponly=True, samesite="lax", secure=session.open().settings.secure)
        forget_streamlits(request, response)
        await response(scope, receive, send)


def _welcome(request: Request, proved: Proved | None) -> Response:
    """Sign in or link, as the browser's own cookie says that was wanted. Raises IDENTITY_UNPROVEN, IDENTITY_UNKNOWN, IDENTITY_TAKEN."""
    wish = _wish(request)
    if proved is None or wish is None:
        raise Problem(IDENTITY_UNPROVEN)
    survey = session.open()
    if wish.get("session"):
        return _link(request, wish, proved)
    person = identities.find_person(survey, *proved)
    browser = browser_name(request.headers.get("user-agent", ""))
    return signin.welcome(request, accounts.start_session(survey, person, "oidc", browser), wish)


def _link(request: Request, wish: Mapping[str, str], proved: Proved) -> Response:
    """Link the identity to the account of the session that asked for it, and no other."""
    survey, cookie = session.open(), request.cookies.get(session.COOKIE)
    found = accounts.find_session(survey, cookie)
    if found is None or split_secret(cookie or "")[1] != wish["session"]:
        raise Problem(SIGN_IN_NEEDED)
    identities.link_own(survey, found, *proved)
    return RedirectResponse("/account", _SEE_OTHER)


def _lead(request: Request, form: Mapping[str, str], provider: str) -> Response:
    signin.speak(request, form.get("locale", ""))
    survey, cookie = session.open(), request.cookies.get(session.COOKIE)
    wish = {"next": signin.local_path(form.get("next")), "locale": form.get("locale", "")[:2]}
    if form.get("purpose") == "link":
        found = accounts.find_session(survey, cookie)
        if found is None or found.device is not None:
            raise Problem(SIGN_IN_NEEDED)
        wish["session"] = split_secret(cookie or "")[1]
    target = generate_login_redirect_url(provider)
    response = html.render(request, "identity.html", _("To the identity provider"), target=target)
    secure = survey.settings.secure
    response.set_cookie(_COOKIE, _signer().dumps(wish), max_age=_LIFETIME_S, httponly=True, samesite="lax", secure=secure)
    return response


def _wish(request: Request) -> Mapping[str, str] | None:
    """What this browser asked for within the last ten minutes; None where it did not, or somebody else wrote it."""
    try:
        wish: dict[str, str] = _signer().loads(request.cookies.get(_COOKIE, ""), max_age=_LIFETIME_S)
    except BadSignature:
        return None
    return wish


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(shared_secret(session.open(), "identity"), salt=_COOKIE)


def _proved(headers: Headers) -> Proved | None:
    """Who was proved, from the cookies that Streamlit's answer of this moment would set; None where it sets none."""
    cookies: dict[str, str] = {}
    for value in headers.getlist("set-cookie"):
        if value.startswith(USER_COOKIE_NAME):
            cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}

    def read(name: str) -> bytes | None:
        return decode_signed_value(get_cookie_secret(), name, cookies.get(name, ""))

    claims = json.loads(get_cookie_with_chunks(read, USER_COOKIE_NAME) or b"{}")
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not issuer or not subject:
        return None
    return Proved(issuer, subject) if len(subject) <= identities.LONGEST_SUBJECT else None
