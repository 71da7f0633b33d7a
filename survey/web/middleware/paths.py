"""Which addresses are ours, which are Streamlit's, and what a stranger gets of the latter (docs/security-http.md shows the table)."""

from enum import StrEnum

from starlette.datastructures import Headers
from starlette.types import Scope

# Where our own routes live: they sign in, or refuse, by themselves. OpenRosa's names at the root are among them: an ODK Collect
# that was given the wrong address must hear 404, not a page.
OWN_PREFIXES = (
    "/api", "/field", "/openrosa", "/key", "/photos", "/bundles", "/documents", "/sign-in", "/sign-out", "/healthz", "/metrics",
    "/formList", "/submission", "/public", "/print", "/second-step", "/identity",
)  # fmt: skip
# Files of ours beside Streamlit's pages: `/rules` is a page.
_OWN_FILES = ("/province.csv", "/heads.json", "/rules/")


class Door(StrEnum):
    """Who gets past us to one of Streamlit's routes."""

    OPEN = "open"
    SIGNED_IN = "signed in"
    CLOSED = "closed"


# Every route that Streamlit serves. One that is not here is closed, and a test says that the table must learn of it.
STREAMLIT_DOORS = {
    "/_stcore/health": Door.OPEN,
    "/_stcore/metrics": Door.CLOSED,
    "/_stcore/host-config": Door.SIGNED_IN,
    "/_stcore/upload_file/{session_id}/{file_id}": Door.SIGNED_IN,
    "/_stcore/bidi-components/{path:path}": Door.SIGNED_IN,
    "/_stcore/stream": Door.SIGNED_IN,
    "/_stcore/agent/interact": Door.CLOSED,
    "/_stcore/agent/openapi.json": Door.CLOSED,
    "/_stcore/agent/mcp": Door.CLOSED,
    "/_stcore/script-health-check": Door.CLOSED,
    "/media/{file_id:path}": Door.SIGNED_IN,
    "/component/{path:path}": Door.CLOSED,
    "/auth/login": Door.OPEN,
    "/auth/logout": Door.CLOSED,
    "/oauth2callback": Door.OPEN,
}
_DOORS = tuple((path.partition("{")[0], door) for path, door in STREAMLIT_DOORS.items())
_STREAMLITS = ("/_stcore", "/media", "/component", "/auth", "/oauth2callback")
_NO_PAGES = (*OWN_PREFIXES, *_STREAMLITS, "/static")


def is_below(path: str, prefixes: tuple[str, ...]) -> bool:
    """Whether *path* is one of *prefixes* or lies below one."""
    return any(path == prefix or path.startswith(prefix + "/") for prefix in prefixes)


def is_own(path: str) -> bool:
    """Whether a route of ours, or our 404, answers *path*."""
    return is_below(path, OWN_PREFIXES) or path.startswith(_OWN_FILES)


def door_of(path: str) -> Door:
    """Who gets past us to *path*; what lies below Streamlit's prefixes and is not in the table is closed."""
    if not is_below(path, _STREAMLITS):
        return Door.OPEN
    return next((door for start, door in _DOORS if path == start or (start.endswith("/") and path.startswith(start))), Door.CLOSED)


def is_page(scope: Scope) -> bool:
    """Whether a browser opens a Streamlit page: a GET for HTML outside our own and Streamlit's fixed paths."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    return "text/html" in Headers(scope=scope).get("accept", "") and not is_below(scope["path"], _NO_PAGES)
