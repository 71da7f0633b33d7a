"""OpenRosa's wire texts: the response envelope and its headers (https://docs.getodk.org/openrosa-http/)."""

from email.utils import formatdate
from xml.sax.saxutils import escape

from starlette.responses import Response

VERSION = "1.0"


def headers(*, limit: int) -> dict[str, str]:
    """The headers of every answer; *limit* is the largest request body in bytes."""
    return {
        "X-OpenRosa-Version": VERSION,
        "X-OpenRosa-Accept-Content-Length": str(limit),
        "Date": formatdate(usegmt=True),
        "X-Content-Type-Options": "nosniff",
    }


def envelope(status: int, nature: str, message: str, *, limit: int, language: str = "vi") -> Response:
    """An answer that Collect shows to its user; *nature* is `submit_success` or `error`."""
    body = (
        f'<OpenRosaResponse xmlns="http://openrosa.org/http/response" items="0"><message nature="{nature}">{escape(message)}</message>'
        "</OpenRosaResponse>"
    )
    return Response(
        body, status, headers(limit=limit) | {"Content-Language": language}, media_type="text/xml"
    )
