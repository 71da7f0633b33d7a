"""Who stands behind a request of ODK Collect: a phone's token in the path, Digest or Basic with the phone's own random secret.

Never a person's password. Digest is RFC 2617 as OpenRosa narrows it down (https://docs.getodk.org/openrosa-authentication/): MD5, `qop`
absent or `auth`. A nonce is its time and that time's HMAC under a key that all processes share through the database, so that each of
them can check it. It lives an hour: within it an answer that somebody has overheard can be used for the same method and address again,
as no process keeps count of `nc`. Over TLS nobody overhears it. Basic sends the secret itself and is offered and taken over TLS only.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from survey import devices
from survey.domain.people import Actor
from survey.domain.problems import CROSS_SITE, DEVICE_REFUSED, SIGN_IN_NEEDED, Problem
from survey.openrosa.calls import KEY, is_private
from survey.store.secrets import shared_secret
from survey.wiring import Survey

NONCE_LIFE_S = 3600
_NONCE_KEY = "digest-nonce"
_NEEDED = frozenset({"username", "realm", "nonce", "uri", "response"})
_UNAUTHORISED = 401
# Begins at a word and never goes back: a header of 60,000 letters without `=`, from anybody, would take the processor for a minute.
_PARAMETER = re.compile(r'(?<!\w)(\w++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]*+))')


def identify(survey: Survey, request: Request, actor_of: Callable[[Request], Actor]) -> Actor:
    """Who sends *request*: by Digest or Basic where it brings them, else as *actor_of* knows it (token, session).

    A body may take minutes: called a second time, it tells whether the phone is still welcome.
    Raises SIGN_IN_NEEDED, DEVICE_REFUSED for a token in the path that opens nothing, CROSS_SITE for a stranger's page.
    """
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() in ("digest", "basic"):
        if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:  # a browser that remembers what was typed in
            raise Problem(CROSS_SITE)
        return (_by_digest if scheme.lower() == "digest" else _by_basic)(survey, request, credentials.strip())
    try:
        return actor_of(request)
    except Problem as problem:
        if problem.kind is SIGN_IN_NEEDED and KEY in request.scope:
            raise Problem(DEVICE_REFUSED) from problem  # 401 would make Collect ask for a password that there is none of
        if problem.kind is CROSS_SITE and "cookie" not in request.headers:
            raise Problem(SIGN_IN_NEEDED) from problem  # a first request without credentials, not a stranger's page
        raise


def challenge(open_survey: Callable[[], Survey], request: Request, response: Response) -> None:
    """Say in a 401 how to sign in; Collect takes the first way that it knows."""
    if response.status_code != _UNAUTHORISED:
        return
    survey = open_survey()
    stale = ", stale=true" if getattr(request.state, "stale", False) else ""
    nonce = _nonce(_key(survey), int(survey.now().timestamp()))
    space = f'realm="{devices.REALM}", domain="/openrosa"'
    response.headers.append(
        "WWW-Authenticate", f'Digest {space}, nonce="{nonce}", opaque="{nonce[-16:]}", algorithm=MD5, qop="auth"{stale}'
    )
    if is_private(request, survey.settings):
        response.headers.append("WWW-Authenticate", f'Basic realm="{devices.REALM}", charset="UTF-8"')


def _by_digest(survey: Survey, request: Request, credentials: str) -> Actor:
    given = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _PARAMETER.findall(credentials)}
    if not given.keys() >= _NEEDED or given["realm"] != devices.REALM or not _is_for(request, given["uri"]):
        raise Problem(SIGN_IN_NEEDED)
    known = devices.find_by_username(survey, given["username"])
    expected = _answer(known.ha1 if known else "", request.method, given)
    if expected is None or known is None or not hmac.compare_digest(expected.encode(), given["response"].lower().encode()):
        raise Problem(SIGN_IN_NEEDED)
    if not _is_fresh(_key(survey), given["nonce"], _arrived(survey, request)):
        request.state.stale = True  # the secret was right: the phone goes on with a new nonce and asks nobody
        raise Problem(SIGN_IN_NEEDED)
    devices.mark_seen(survey, known.actor)
    return known.actor


def _by_basic(survey: Survey, request: Request, credentials: str) -> Actor:
    if not is_private(request, survey.settings):
        raise Problem(SIGN_IN_NEEDED)
    try:
        username, _, token = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise Problem(SIGN_IN_NEEDED) from None
    known = devices.find_by_username(survey, username)
    actor = devices.find_by_token(survey, token)
    if known is None or actor is None or actor.device != known.actor.device:
        raise Problem(SIGN_IN_NEEDED)
    return actor


def _answer(ha1: str, method: str, given: dict[str, str]) -> str | None:
    """The response that whoever knows *ha1* gives to the nonce; None where another algorithm or protection is asked for."""
    if given.get("algorithm", "MD5").upper() != "MD5":
        return None
    ha2 = _md5(f"{method}:{given['uri']}")
    if "qop" not in given:
        return _md5(f"{ha1}:{given['nonce']}:{ha2}")
    if given["qop"] != "auth" or not given.get("nc") or not given.get("cnonce"):
        return None
    return _md5(f"{ha1}:{given['nonce']}:{given['nc']}:{given['cnonce']}:auth:{ha2}")


def _is_for(request: Request, uri: str) -> bool:
    """Whether an answer was made for the address that is asked for now; clients differ in what they escape."""
    try:
        told = urlsplit(uri)
    except ValueError:
        return False
    query = request.scope["query_string"].decode("latin-1")
    return (unquote(told.path), unquote(told.query)) == (request.scope["path"], unquote(query))


def _arrived(survey: Survey, request: Request) -> datetime:
    """When the request began: a nonce that was good then is good for the whole of a long upload."""
    if not hasattr(request.state, "arrived"):
        request.state.arrived = survey.now()
    arrived: datetime = request.state.arrived
    return arrived


def _key(survey: Survey) -> bytes:
    return bytes.fromhex(shared_secret(survey, _NONCE_KEY))


def _nonce(key: bytes, seconds: int) -> str:
    stamp = f"{seconds:x}"
    return f"{stamp}-{hmac.new(key, stamp.encode(), hashlib.sha256).hexdigest()[:32]}"


def _is_fresh(key: bytes, nonce: str, now: datetime) -> bool:
    """Whether the nonce is one of ours and no older than its life."""
    stamp = nonce.partition("-")[0]
    try:
        seconds = int(stamp, 16)
    except ValueError:
        return False
    return hmac.compare_digest(_nonce(key, seconds).encode(), nonce.encode()) and now.timestamp() - seconds <= NONCE_LIFE_S


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
