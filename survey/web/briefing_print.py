"""GET /print/briefing/<id>: a briefing as two A4 pages, for people of the commune who may see its figures."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import briefing, privacy
from survey.domain.people import Actor
from survey.domain.ports import Survey
from survey.domain.problems import Problem
from survey.paper import typeset
from survey.sight import sees_photo
from survey.web import session
from survey.web.briefing_words import Said, printable
from survey.web.pdf import pdf_response


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/print/briefing/{briefing}", print_briefing, methods=["GET"])]


def print_briefing(request: Request) -> Response:
    """Answer the briefing as PDF in the reader's language. Raises SIGN_IN_NEEDED, NOT_ALLOWED, BRIEFING_UNKNOWN."""
    actor = session.actor_of(request)
    survey = session.open()
    held = briefing.find(survey, actor, request.path_params["briefing"])
    data = printable(held.document)
    pictures = _pictures(survey, actor, data)
    return pdf_response(typeset("briefing", data, pictures), f"giao-ban-{actor.commune}-{held.number}")


def _pictures(survey: Survey, actor: Actor, data: Said) -> dict[str, bytes]:
    """The pictures by file name, as they may leave the office; a pair of which *actor* may not see one, or no longer can, is left out."""
    found: dict[str, bytes] = {}
    pairs = []
    for pair in data["briefing"]["photos"]:
        views = {side: _public_view(survey, actor, pair[side]) for side in ("before", "after")}
        if all(views.values()):
            pairs.append(pair)
            found |= {pair[f"file_{side}"]: view for side, view in views.items() if view is not None}
    data["briefing"]["photos"] = pairs
    return found


def _public_view(survey: Survey, actor: Actor, sha256: str) -> bytes | None:
    try:
        with survey.reading() as reader:
            if not sees_photo(reader, actor, sha256):
                return None
        return privacy.public_view(survey, sha256)
    except Problem:  # erased, in another hamlet, or without a view
        return None
