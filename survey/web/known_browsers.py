"""Browsers that signed in before: a cookie that says so for one login, and lets its person past those who guess that login.

The idea is OWASP's device cookie. It opens nothing: a right password is needed all the same, and wrong ones are counted against the cookie.
It holds random bits, a date and an HMAC, for up to four people who share the browser; no login can be read from it.
"""

import hashlib
import hmac
import secrets
import time

from starlette.requests import Request
from starlette.responses import Response

from survey.store.secrets import shared_secret
from survey.web import session

COOKIE = "survey_known"
LIFETIME_S = 180 * 86_400  # our own choice: docs/operations.md
_MOST = 4
_LONGEST = 600  # characters of the whole cookie
_PARTS = 3


def recognise(request: Request, login: str) -> str | None:
    """The random name of this browser where it signed in as *login* before; None where it did not."""
    for entry in _entries(request):
        nonce, until, given = entry
        if hmac.compare_digest(given.encode(), _proof(login, nonce, until).encode()) and int(until) > time.time():
            return nonce
    return None


def remember(request: Request, response: Response, login: str, *, secure: bool) -> None:
    """Let *response* give the browser a new cookie that knows *login*, and the other people who signed in here last."""
    nonce, until = secrets.token_hex(8), str(int(time.time()) + LIFETIME_S)
    own = recognise(request, login)
    others = [entry for entry in _entries(request) if entry[0] != own][: _MOST - 1]
    value = "~".join(".".join(entry) for entry in [(nonce, until, _proof(login, nonce, until)), *others])
    response.set_cookie(COOKIE, value, max_age=LIFETIME_S, path="/sign-in", httponly=True, samesite="lax", secure=secure)


def _entries(request: Request) -> list[tuple[str, str, str]]:
    value = request.cookies.get(COOKIE, "")
    if not value.isascii() or len(value) > _LONGEST:
        return []
    parts = (entry.split(".") for entry in value.split("~"))
    return [(one[0], one[1], one[2]) for one in parts if len(one) == _PARTS and one[0].isalnum() and one[1].isdigit() and one[2].isalnum()]


def _proof(login: str, nonce: str, until: str) -> str:
    key = bytes.fromhex(_key())
    return hmac.new(key, f"{login}\n{nonce}\n{until}".encode(), hashlib.sha256).hexdigest()[:40]


def _key() -> str:
    return shared_secret(session.open(), "known-browsers")
