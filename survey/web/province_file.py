"""GET /province.csv?edition=…: the communes side by side as a table for a spreadsheet; sums only, for who may see the province."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import province
from survey.bundle.tables import csv_chunks
from survey.domain.people import Actor
from survey.web import session
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
    headers = {
        "Content-Disposition": f'attachment; filename="{file_name(found)}"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    return StreamingResponse(csv_chunks(names, lines), media_type="text/csv", headers=headers)
