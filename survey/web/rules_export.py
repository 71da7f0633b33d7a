"""GET /rules/<edition>.yaml: an edition as it reads now, entered rules included, in the form that `load-edition` takes."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import rules
from survey.catalogue.writing import edition_yaml
from survey.domain.people import Actor
from survey.domain.times import local_date
from survey.web import session
from survey.web.endpoints import json_endpoint
from survey.web.text import _, format_date


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/rules/{edition}.yaml", json_endpoint(show_edition), methods=["GET"])]


def export_address(edition: str) -> str:
    """Where an edition can be downloaded."""
    return f"/rules/{quote(edition, safe='')}.yaml"


def show_edition(request: Request, actor: Actor) -> Response:
    """Answer the edition as YAML. Raises NOT_ALLOWED, EDITION_UNKNOWN."""
    survey = session.open()
    read = rules.read_effective(survey, actor, request.path_params["edition"])
    day = local_date(survey.now())
    remark = _("As it read on {day} in commune {commune}; load it with load-edition.", day=format_date(day), commune=actor.commune)
    headers = {
        "Content-Disposition": f'attachment; filename="{read.edition.id}-{day.isoformat()}.yaml"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    return Response(edition_yaml(read.document, remark), media_type="application/yaml", headers=headers)
