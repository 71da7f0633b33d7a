"""GET /bundles/<id> and /bundles/<id>/<n>: the zips of a sealed bundle, whole or any byte range, for those who may export alone."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import deliver
from survey.domain.bundles import Bag
from survey.web import ranges, session

_OK, _PARTIAL, _NOT_MODIFIED, _UNSATISFIABLE = 200, 206, 304, 416


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/bundles/{bundle}", download, methods=["GET"]),
        Route("/bundles/{bundle}/{number:int}", download, methods=["GET"]),
    ]


def download(request: Request) -> Response:
    """Answer one zip of a bundle, or the range of it that is asked for. Nothing is written anywhere; a cut download goes on by `Range`.

    Raises SIGN_IN_NEEDED, NOT_ALLOWED, BUNDLE_UNKNOWN, BUNDLE_DROPPED, BUNDLE_OUTDATED before the first byte. A photo that is damaged on
    the server breaks the stream off before its last bytes, which the browser shows as a failed download.
    """
    actor = session.actor_of(request)
    survey = session.open()
    bag = deliver.find_bag(survey, actor, request.path_params["bundle"], request.path_params.get("number", 1))
    tag = f'"{bag.layout}"'
    headers = _headers(bag, tag)
    if ranges.is_known(request, tag):
        return Response(status_code=_NOT_MODIFIED, headers=headers)
    asked = ranges.part(request, bag.size, tag)
    if asked is None:
        return Response(status_code=_UNSATISFIABLE, headers={**headers, "Content-Range": f"bytes */{bag.size}"})
    start, length = asked
    headers["Content-Length"] = str(length)
    status = _OK if length == bag.size else _PARTIAL
    if status == _PARTIAL:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{bag.size}"
    if request.method == "HEAD":
        return Response(status_code=status, media_type="application/zip", headers=headers)
    chunks = deliver.read(survey, actor, bag, start, start + length)
    return StreamingResponse(chunks, status_code=status, media_type="application/zip", headers=headers)


def _headers(bag: Bag, tag: str) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Disposition": f'attachment; filename="{bag.name}"',
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
