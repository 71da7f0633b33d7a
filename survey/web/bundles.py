"""GET /bundles/<id>: a planned evidence bundle as a stream, for those who may export and for nobody else."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import assess, deliver
from survey.bundle.package import folder_name
from survey.domain.evidence import Scope
from survey.domain.people import Actor
from survey.domain.ports import Survey
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict
from survey.web import session


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/bundles/{bundle}", download, methods=["GET"])]


def download(request: Request) -> Response:
    """Answer the zip of a planned bundle. Raises SIGN_IN_NEEDED, NOT_ALLOWED, BUNDLE_UNKNOWN, VERDICT_STALE before the first byte.

    A photo that is damaged on the server breaks the stream off, which the browser shows as a failed download.
    """
    actor = session.actor_of(request)
    survey = session.open()
    basis = deliver.find(survey, actor, request.path_params["bundle"])
    headers = {
        "Content-Disposition": f'attachment; filename="{folder_name(basis)}.zip"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.method == "HEAD":
        return Response(media_type="application/zip", headers=headers)
    chunks = deliver.write(survey, actor, basis, verdicts_for(survey, actor, basis.scope))
    return StreamingResponse(chunks, media_type="application/zip", headers=headers)


def verdicts_for(survey: Survey, actor: Actor, scope: Scope) -> list[Verdict]:
    """Return the verdicts that a bundle of *scope* rests on: the present ones, or those of its day once that has passed."""
    as_of = None if scope.as_of == local_date(survey.now()) else scope.as_of
    return assess.assess(survey, actor, edition=scope.edition, as_of=as_of, history=scope.history)
