"""Tables for a spreadsheet as the answer of a route."""

from collections.abc import Iterable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from survey.bundle.tables import csv_chunks


def csv_response(request: Request, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Response:
    """Answer *rows* as a stream of CSV, to be saved as *name*.csv and kept by no cache; a HEAD request reads no row."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    if request.method == "HEAD":
        return Response(media_type="text/csv", headers=headers)
    return StreamingResponse(csv_chunks(columns, rows), media_type="text/csv", headers=headers)
