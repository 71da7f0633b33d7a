"""GET /photos/resident/<report>: a resident's photo for reviewers, as a view from bare pixels; the file itself is never served."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import community
from survey.web import session
from survey.web.photos import PICTURE_HEADERS

_PENDING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#e4e9e5"/>'
    '<circle cx="160" cy="120" r="40" fill="none" stroke="#5d6b62" stroke-width="6" stroke-dasharray="20 14"/></svg>'
)


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/photos/resident/{report}", show_photo, methods=["GET"])]


def show_photo(request: Request) -> Response:
    """Answer the view; 202 with a drawn placeholder while there is none. Raises SIGN_IN_NEEDED, NOT_ALLOWED, FILE_UNKNOWN."""
    content = community.read_view(session.open(), session.actor_of(request), request.path_params["report"])
    headers = {**PICTURE_HEADERS, "Cache-Control": "no-store"}
    if content is None:
        return Response(_PENDING, 202, media_type="image/svg+xml", headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)
