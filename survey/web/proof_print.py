"""GET /print/proof: one verdict with its evidence on one A4 page, for people of the commune who may see its figures."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import assess, privacy
from survey.bundle.names import plain
from survey.deliver.proof import gather_proof
from survey.domain.criteria import Edition
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import CRITERION_UNKNOWN, DAY_AHEAD, EDITION_UNKNOWN, NOT_ALLOWED, QUERY_UNUSABLE, Problem
from survey.domain.times import local_date
from survey.domain.verdicts import Verdict
from survey.paper.evidence import make_proof
from survey.photos.printing import print_copy
from survey.sight import sees_photo
from survey.web import session
from survey.web.pdf import pdf_response


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/print/proof", print_proof, methods=["GET"])]


def print_proof(request: Request) -> Response:
    """Answer the proof sheet of `?edition=…&criterion=…[&hamlet=…][&as_of=…][&rules=today]`, in Vietnamese: it goes to the council.

    Raises SIGN_IN_NEEDED, NOT_ALLOWED, DAY_AHEAD, QUERY_UNUSABLE, EDITION_UNKNOWN, HAMLET_UNKNOWN, CRITERION_UNKNOWN,
    VERDICT_STALE, PRINT_UNFINISHED.
    """
    actor, survey = session.actor_of(request), session.open()
    asked = request.query_params
    edition, hamlet = _edition(survey, actor, asked.get("edition", "")), asked.get("hamlet") or None
    as_of = _day(asked.get("as_of", ""), local_date(survey.now()))
    if not actor.reaches(hamlet):
        raise Problem(NOT_ALLOWED, ability=Ability.SEE_FIGURES.value)
    past = None if as_of == local_date(survey.now()) else as_of
    verdicts = assess.assess(
        survey, actor, edition=edition.id, hamlet=hamlet, as_of=past, history=True,
        todays_rules=past is not None and asked.get("rules") == "today",
    )  # fmt: skip
    verdict = _chosen(verdicts, asked.get("criterion", ""), hamlet)
    proof = gather_proof(survey, actor, edition, verdict)
    content = make_proof(proof.data, lambda sha256: _may_leave(survey, actor, sha256))
    place = "" if hamlet is None else f"-{plain(hamlet)}"
    return pdf_response(content, f"minh-chung-{actor.commune}-{plain(edition.id)}-{plain(verdict.criterion)}{place}")


def _edition(survey: Survey, actor: Actor, wanted: str) -> Edition:
    editions = {edition.id: edition for edition in assess.list_editions(survey, actor)}
    if wanted not in editions:
        raise Problem(EDITION_UNKNOWN, edition=wanted[:40], known=", ".join(editions) or "–")
    return editions[wanted]


def _chosen(verdicts: list[Verdict], criterion: str, hamlet: str | None) -> Verdict:
    for verdict in verdicts:
        if (verdict.criterion, verdict.hamlet) == (criterion, hamlet):
            return verdict
    known = sorted({verdict.criterion for verdict in verdicts})
    raise Problem(CRITERION_UNKNOWN, criterion=criterion[:40], known=", ".join(known) or "–")


def _day(value: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(value) if value else None
    except ValueError:
        raise Problem(QUERY_UNUSABLE, name="as_of", value=value[:40]) from None
    if day is not None and day > today:
        raise Problem(DAY_AHEAD, on=day.isoformat())
    return day


def _may_leave(survey: Survey, actor: Actor, sha256: str) -> bytes | None:
    """The photo as it may leave the office, small; None where it was erased, has no view, or *actor* may not see it."""
    try:
        with survey.reading() as reader:
            if not sees_photo(reader, actor, sha256):
                return None
        return print_copy(privacy.public_view(survey, sha256))
    except Problem:
        return None
