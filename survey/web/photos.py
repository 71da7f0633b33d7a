"""GET /photos/<sha256>/{original,preview,thumb,public}: photos for those who may see them, and for nobody else.

What is not there and what the actor may not see answer alike with 404, so that a hash cannot be tried out.
Quarantined bytes are never served. Of a photo that was erased, who might see it hears so.
"""

import re

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import privacy
from survey.domain.ports import Row
from survey.domain.problems import FILE_UNKNOWN, PHOTO_ERASED, Problem
from survey.domain.times import from_text
from survey.sight import sees_photo
from survey.store.attachments import select_blob
from survey.web import ranges, session, text
from survey.web.text import _

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/heic": "heic", "image/heif": "heif"}
PICTURE_HEADERS = {
    "Cache-Control": "private, no-cache",  # kept by the browser, asked for again each time: permission may have ended
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/photos/{sha256}/original", show_original, methods=["GET"]),
        Route("/photos/{sha256}/preview", show_view, methods=["GET"]),
        Route("/photos/{sha256}/thumb", show_view, methods=["GET"]),
        Route("/photos/{sha256}/public", show_public, methods=["GET"]),
    ]


def show_original(request: Request) -> Response:
    """The received bytes, unchanged, as a download; a Range gives a part."""
    blob = _permitted(request)
    sha256, size = blob["sha256"], blob["size"]
    media_type = blob["media_type"] if blob["media_type"] in _ENDINGS else "application/octet-stream"
    name = f"{sha256[:12]}.{_ENDINGS.get(media_type, 'bin')}"
    headers = {**PICTURE_HEADERS, "ETag": f'"{sha256}"', "Accept-Ranges": "bytes", "Content-Disposition": f'attachment; filename="{name}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    part = ranges.part(request, size, headers["ETag"])
    if part is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, length = part
    headers["Content-Length"] = str(length)
    if length < size:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    content = session.open().blobs.read(sha256, start=start, length=length) if request.method == "GET" else iter(())
    return StreamingResponse(content, status_code=206 if length < size else 200, media_type=media_type, headers=headers)


def show_view(request: Request) -> Response:
    """The upright preview or thumbnail; 202 with a drawn placeholder while the worker has not made it yet."""
    blob = _permitted(request)
    view = request.url.path.rpartition("/")[2]
    tag = f'"{blob["sha256"]}-{view}"'
    content = session.open().blobs.read_view(blob["sha256"], view)
    if content is None:
        waiting = blob["views"] == "waiting"
        return _placeholder(_("Preparing the picture…") if waiting else _("No preview; download the original"), waiting=waiting)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={**PICTURE_HEADERS, "ETag": tag})
    return Response(content, media_type="image/jpeg", headers={**PICTURE_HEADERS, "ETag": tag})


def show_public(request: Request) -> Response:
    """The copy that may leave the office, covered where anybody covered it; never kept by the browser, since that may change."""
    blob = _permitted(request)
    content = privacy.public_view(session.open(), blob["sha256"])
    return Response(content, media_type="image/jpeg", headers={**PICTURE_HEADERS, "Cache-Control": "no-store"})


def _permitted(request: Request) -> Row:
    actor = session.actor_of(request)
    sha256 = request.path_params["sha256"]
    if _SHA256.fullmatch(sha256):
        with session.open().reading() as reader:
            blob = select_blob(reader, actor.commune, sha256)
            is_seen = sees_photo(reader, actor, sha256)
        if blob is not None and not blob["quarantine"] and is_seen:
            if blob["erased_at"]:
                raise Problem(PHOTO_ERASED, day=text.format_date(from_text(blob["erased_at"])))
            return blob
    raise Problem(FILE_UNKNOWN, name=_("photo"))


def _placeholder(sentence: str, *, waiting: bool) -> Response:
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#e4e9e5"/>'
        '<path d="M104 88h22l10-14h48l10 14h22v70H104z" fill="none" stroke="#5d6b62" stroke-width="6"/>'
        '<circle cx="160" cy="121" r="20" fill="none" stroke="#5d6b62" stroke-width="6"/>'
        f'<text x="160" y="200" text-anchor="middle" font-family="sans-serif" font-size="17" fill="#39463e">{sentence}</text></svg>'
    )
    headers = {**PICTURE_HEADERS, "Cache-Control": "no-store", **({"Retry-After": "2"} if waiting else {})}
    return Response(drawing, status_code=202 if waiting else 200, media_type="image/svg+xml", headers=headers)
