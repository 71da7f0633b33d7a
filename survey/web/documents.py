"""POST /documents, GET /documents/<sha256>: papers that people attach, in and out as they came, and the page's way to send one.

They are never drawn: a browser gets them as downloads. What is not there and what belongs to another commune answer alike.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import standing
from survey.domain.documents import ENDINGS, LIMIT, TAKEN
from survey.domain.people import Actor
from survey.domain.problems import DOCUMENT_UNKNOWN, Problem
from survey.web import session, text
from survey.web.endpoints import answer, upload_endpoint
from survey.web.session import Here
from survey.web.text import _

_AT_ONCE = 2  # of one person: each is held in memory once, for its first look
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FOLDER = Path(__file__).parent / "templates"
_INPUT = st.components.v2.component(
    "document_input", html='<div class="document"></div>', css=(_FOLDER / "document.css").read_text("utf-8"),
    js=(_FOLDER / "document.mjs").read_text("utf-8"),
)  # fmt: skip


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/documents", upload_endpoint(take_document, at_once=_AT_ONCE), methods=["POST"]),
        Route("/documents/{sha256}", show_document, methods=["GET"]),
    ]


def take_document(request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Keep a paper, whose name stands URL-encoded in the header `File-Name`; answers its hash and what it was taken for."""
    survey, name = session.open(), unquote(request.headers.get("file-name", ""))[:1000]
    sha256 = standing.keep_document(survey, actor, name, chunks)
    kept = standing.find_document(survey, actor, sha256)
    return answer({"sha256": sha256, "name": kept.name, "size": kept.size, "media_type": kept.media_type}, status=201)


def show_document(request: Request) -> Response:
    """Hand out a paper as a download. Raises SIGN_IN_NEEDED, NOT_ALLOWED, DOCUMENT_UNKNOWN."""
    actor, sha256 = session.actor_of(request), request.path_params["sha256"]
    if not _SHA256.fullmatch(sha256):
        raise Problem(DOCUMENT_UNKNOWN)
    survey = session.open()
    kept = standing.find_document(survey, actor, sha256)
    plain, name = f"{sha256[:12]}.{ENDINGS[kept.media_type]}", quote(kept.name, "")
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{name}",
        "Content-Length": str(kept.size),
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    content = survey.blobs.read(sha256) if request.method == "GET" else iter(())
    return StreamingResponse(content, media_type=kept.media_type, headers=headers)


def document_input(here: Here, key: str, label: str = "") -> str | None:
    """Let a person choose a paper, which goes to our own route at once; its SHA-256 once it is kept, None before.

    *key* is its place on the page: another key begins anew. *label* says what the paper is for.
    """
    words = {
        "choose": label or _("Attach a document"), "kinds": _("{kinds}, up to {mb} MB", kinds=TAKEN, mb=LIMIT // 1_000_000),
        "sending": _("Sending {name}…", name="{name}"), "kept": _("Kept: {name}", name="{name}"), "remove": _("Remove"),
        "large": _("Larger than {mb} MB.", mb=LIMIT // 1_000_000), "offline": _("The server cannot be reached. Try again."),
        "failed": _("That did not work. Try again."),
    }  # fmt: skip
    data = {"language": text.locale(), "words": words, "limit": LIMIT, "accept": ",".join(f".{ending}" for ending in _endings())}
    kept = _INPUT(key=key, data=data, default={"kept": None}, on_kept_change=lambda: None).kept
    if not isinstance(kept, dict) or not _SHA256.fullmatch(str(kept.get("sha256"))):
        return None
    return standing.find_document(here.survey, here.actor, str(kept["sha256"])).sha256


def _endings() -> list[str]:
    return [*ENDINGS.values(), "jpeg", "heif"]
