"""Who is here: the one authority for Streamlit pages and for our HTTP routes.

A page begins with `here = session.enter(Ability.REVIEW)`, a route with `actor = session.actor_of(request)`.
Both look the cookie's secret up in the database each time, so that a session ended, a phone revoked or an account closed anywhere
ends here with the next run or request. A route also knows an enrolled phone by its token: a bearer token, or the one that
`middleware.HiddenSecrets` took out of the path.
A fragment of a page reruns without the page's first line: it calls `session.enter` itself when it shows or changes something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import NoReturn
from urllib.parse import quote, urlsplit

import streamlit as st
from starlette.requests import HTTPConnection, Request

from survey import accounts, devices
from survey.domain.people import Ability, Actor, Session
from survey.domain.problems import CROSS_SITE, NOT_ALLOWED, PHONE_REVOKED, SIGN_IN_NEEDED, Problem
from survey.store.deployment import select_first_commune
from survey.store.people import select_commune_sign
from survey.web import layout, text
from survey.wiring import Settings, Survey, open_survey

COOKIE = "survey_session"
LOCALE_COOKIE = "survey_locale"
STEP_COOKIE = "survey_step"  # of a sign-in that waits for its second step: no session
KEY, LINK = "survey.key", "survey.link"  # where a request's scope holds the token or one-time link that its path had
WHO = "survey.who"  # and, once that is known, who sends it
_opening = Lock()
on_refused: list[Callable[[Actor, Ability], None]] = []  # who wants to know whom a page turns away: what notes it imports this module


@dataclass(frozen=True)
class Commune:
    """The commune that the person works in; *demonstration* is shown on every page."""

    code: str
    name: str
    demonstration: bool


@dataclass(frozen=True)
class Here:
    """What a page works with: the survey, who acts, and where."""

    survey: Survey
    actor: Actor
    commune: Commune
    session: Session
    cookie: str


def open() -> Survey:  # noqa: A001 - `session.open()` reads as what it does
    """Return the survey of this process, opened once from the environment. Raises WRONG_SETTING, DATABASE_NEWER."""
    with _opening:
        return _opened()


@cache
def _opened() -> Survey:
    return open_survey(Settings.from_env())


def forget() -> None:
    """Close the survey of this process, so that the next `open` reads the environment again (tests)."""
    with _opening:
        if _opened.cache_info().currsize:
            _opened().store.close()
        _opened.cache_clear()


def enter(ability: Ability | None = None) -> Here:
    """Let the signed-in person into a page, or show what is missing and stop the script.

    *ability* is what the page needs, None where anybody signed in may see it. Shows the demonstration banner and the sidebar.
    """
    here = look()
    if here is None:
        turn_away()
    layout.frame(here.commune.name, demonstration=here.commune.demonstration)
    layout.sidebar(here.survey, here.actor)
    if ability is not None and not here.actor.may(ability):
        for tell in on_refused:
            tell(here.actor, ability)
        st.error(text.problem_text(Problem(NOT_ALLOWED, ability=ability.value)))
        st.stop()
    return here


def look() -> Here | None:
    """Return who is signed in in this Streamlit session, showing nothing; None where nobody is. Sets the language."""
    survey, cookie = open(), presented()
    session = accounts.find_session(survey, cookie)
    if session is None or cookie is None:
        text.speak(_cookie(LOCALE_COOKIE) or survey.settings.locale)
        return None
    text.speak(session.person.locale)
    with survey.reading() as reader:
        name, demonstration = select_commune_sign(reader, session.person.commune)
    return Here(survey, session.actor, Commune(session.person.commune, name, demonstration), session, cookie)


def presented() -> str | None:
    """Return the session cookie that the browser showed when the page was loaded."""
    return _cookie(COOKIE)


def actor_of(request: Request) -> Actor:
    """Return who sends *request*, and speak that person's language; a token that is shown decides alone.

    Raises SIGN_IN_NEEDED, PHONE_REVOKED.
    """
    token, cookie = _token(request), request.cookies.get(COOKIE)
    if token is not None:
        actor = devices.find_by_token(open(), token)
    else:
        session = accounts.find_session(open(), cookie)
        actor = None if session is None else session.actor
    if actor is None:
        raise Problem(PHONE_REVOKED if token is None and devices.was_revoked(open(), cookie) else SIGN_IN_NEEDED)
    text.speak(actor.locale)
    request.scope[WHO] = actor
    return actor


def acting(request: Request) -> Actor:
    """Return who sends *request*, which changes something: a page of ours must have sent it, or somebody who shows a token.

    No browser shows a token by itself, as it does a cookie. Raises CROSS_SITE, SIGN_IN_NEEDED, PHONE_REVOKED.
    """
    if request.method not in {"GET", "HEAD"} and not shows_token(request):
        require_same_origin(request)
    return actor_of(request)


def shows_token(request: Request) -> bool:
    """Whether *request* shows a phone's token, right or wrong: no browser does so by itself."""
    return _token(request) is not None


def speak_to(request: Request) -> None:
    """Use the language of whoever sends *request*: the person's, else the one chosen in this browser, else the deployment's."""
    survey = open()
    try:
        session = accounts.find_session(survey, request.cookies.get(COOKIE))
    except Problem:  # what cannot be looked up must not hide what there is to say
        session = None
    text.speak(session.person.locale if session else request.cookies.get(LOCALE_COOKIE) or survey.settings.locale)


def require_same_origin(request: Request) -> None:
    """Raise CROSS_SITE unless a page of ours sent *request*: every route that changes something calls this.

    Browsers say so in Sec-Fetch-Site (over TLS or on localhost), all of them in Origin; neither can be set by a page's script.
    """
    fetched = request.headers.get("sec-fetch-site")
    if not (fetched in {"same-origin", "none"} if fetched is not None else is_from_here(request)):
        raise Problem(CROSS_SITE)


def is_from_here(connection: HTTPConnection) -> bool:
    """Whether the Origin of *connection* is a page of ours; one that names none is not."""
    origin, public = _host(connection.headers.get("origin", "")), _host(open().settings.public_url or "")
    return bool(origin) and origin in {connection.headers.get("host"), public}


def sign_in_path(path: str) -> str:
    """Return the address of the sign-in page that leads back to the local *path*."""
    return f"/sign-in?next={quote(path, safe='/')}" if path not in {"", "/"} else "/sign-in"


def turn_away() -> NoReturn:
    """Show the way to the sign-in page, or what to run where no commune exists yet, and stop the script."""
    try:
        with open().reading() as reader:
            select_first_commune(reader)
    except Problem as problem:
        st.info(text.problem_text(problem))
    else:
        layout.sign_in_link(sign_in_path(urlsplit(st.context.url or "").path))
    st.stop()


def _token(request: Request) -> str | None:
    key: str | None = request.scope.get(KEY)
    if key is not None:
        return key
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _host(address: str) -> str:
    """The host and port in *address*; empty where there is none, or where brackets are left open (`http://[`)."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _cookie(name: str) -> str | None:
    return st.context.cookies.get(name)
