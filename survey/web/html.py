"""Our own light HTML pages (signing in, errors): plain HTML without scripts, four kilobytes on a slow line."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from survey.domain.problems import Problem
from survey.store.deployment import select_first_commune
from survey.store.people import select_commune_sign
from survey.web import session, text

# No script, no outside file, no frame; forms post to ourselves.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


def render(request: Request, template: str, title: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Return the page *template* with our frame around it, in the language of the moment."""
    commune, demonstration = commune_sign()
    query = {key: value for key, value in request.query_params.items() if key != "locale"}
    page = _templates().get_template(template).render(
        _=text._, title=title, locale=text.locale(), locales=text.LOCALES, query=urlencode(query) + "&" if query else "",
        **{"commune": commune, "demonstration": demonstration, **_with_defaults(values)},
    )  # fmt: skip
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return HTMLResponse(page, status_code=status, headers=headers)


def commune_sign() -> tuple[str, bool]:
    """Return the commune's name and whether it is a demonstration; an empty name where there is none yet, or no database to ask."""
    try:
        with session.open().reading() as reader:
            return select_commune_sign(reader, select_first_commune(reader))
    except Problem:
        return "", False


def _with_defaults(values: Mapping[str, object]) -> dict[str, object]:
    return {"message": "", "back": "", "back_text": "", **values}


@cache
def _templates() -> Environment:
    return Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined)
