"""GET /province.csv?edition=…: the communes side by side as a table for a spreadsheet; sums only, for who may see the province."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import province
from survey.domain.people import Actor
from survey.web import session
from survey.web.csv_file import csv_response
from survey.web.endpoints import json_endpoint
from survey.web.province_words import cells, columns, file_name
from survey.web.text import _


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/province.csv", json_endpoint(show_province), methods=["GET"])]


def show_province(request: Request, actor: Actor) -> Response:
    """Answer the comparison as CSV. Raises NOT_ALLOWED, EDITION_UNKNOWN."""
    found = province.compare(session.open(), actor, request.query_params.get("edition", ""))
    names = (_("Code"), *columns())
    lines = [dict(zip(names, (row.code, *cells(row, found)), strict=True)) for row in found.rows]
    return csv_response(request, file_name(found), names, lines)
