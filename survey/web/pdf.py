"""Pages to print as the answer of a route."""

from starlette.responses import Response


def pdf_response(content: bytes, name: str) -> Response:
    """Answer the PDF *content*, shown by the browser and saved as *name*.pdf (ASCII letters, digits, `-`); never kept by a cache."""
    headers = {
        "Content-Disposition": f'inline; filename="{name}.pdf"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content, media_type="application/pdf", headers=headers)
