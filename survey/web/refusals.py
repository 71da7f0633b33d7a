"""How our routes say no: JSON for programs, a light page for people, in the language of whoever asks."""

import logging
import secrets

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from survey.domain.problems import PATH_UNKNOWN, SIGN_IN_NEEDED, Problem
from survey.web import html, session, text
from survey.web.text import _

_SEE_OTHER = 303
_log = logging.getLogger(__name__)


async def answer_problem(request: Request, problem: Problem) -> Response:
    """Answer a `Problem` that a route raised: `{code, message, remedy}`, or a page where a browser opened the address."""
    return await run_in_threadpool(refusal, request, problem)


def unknown_path(request: Request) -> Response:
    """Answer any address under our own prefixes that no route has: Streamlit would answer it 200 with its own page."""
    return refusal(request, Problem(PATH_UNKNOWN, path=request.url.path))


def show_script_error(error: Exception) -> bool:
    """Show what a page's script raised in the person's language; a defect is written to the log under a code to read out.

    Streamlit's own box would speak English and offer to ask other companies about it; True keeps it away.
    """
    if isinstance(error, Problem):
        st.error(text.problem_text(error))
        return True
    code = secrets.token_hex(3).upper()
    _log.error("defect %s on a page", code, exc_info=error)
    st.error(
        _(
            "Something went wrong on our side (code {code}). Nothing that was saved is lost."
            " Load the page again; if it stays, read the code to whoever runs the server.",
            code=code,
        )
    )
    return True


def refusal(request: Request, problem: Problem) -> Response:
    """Return the answer to a `Problem`, as `answer_problem` gives it, for who is in a thread already."""
    session.speak_to(request)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(text.problem_json(problem), problem.kind.status, headers={"Cache-Control": "no-store"})
    if problem.kind is SIGN_IN_NEEDED and request.method == "GET":
        return RedirectResponse(session.sign_in_path(request.url.path), _SEE_OTHER)
    return html.render(
        request, "page.html", _("That did not work"), status=problem.kind.status,
        message=text.problem_text(problem), back="/", back_text=_("To the start page"),
    )  # fmt: skip
