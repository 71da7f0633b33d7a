"""GET /print/visit-list/<id> and …/csv: a list of sites to visit on paper, and as a table; for those who draw lists."""

from collections.abc import Sequence
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import visits
from survey.domain.drawing import AskedSite, VisitList
from survey.domain.people import Actor
from survey.domain.ports import Survey
from survey.paper import typeset
from survey.store.people import select_commune_sign
from survey.store.places import select_hamlets
from survey.web import session, text
from survey.web.csv_file import csv_response
from survey.web.pdf import pdf_response
from survey.web.text import _
from survey.web.visits_words import list_title


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/print/visit-list/{list}", print_list, methods=["GET"]),
        Route("/print/visit-list/{list}/csv", download_list, methods=["GET"]),
    ]


def print_list(request: Request) -> Response:
    """Answer the list as PDF in the reader's language. Raises SIGN_IN_NEEDED, NOT_ALLOWED, VISIT_LIST_UNKNOWN."""
    actor, survey = session.actor_of(request), session.open()
    found, sites = visits.find_list(survey, actor, request.path_params["list"])
    names = hamlet_names(survey, actor)
    with survey.reading() as reader:
        commune, demonstration = select_commune_sign(reader, actor.commune)
    by_hamlet = groupby(sites, key=lambda site: names.get(site.hamlet or "", _("No hamlet")))
    data = {
        "locale": text.locale(), "demonstration": demonstration, "words": _words(survey, actor, found, commune),
        "hamlets": [{"name": name, "sites": [_line(site) for site in some]} for name, some in by_hamlet],
    }  # fmt: skip
    return pdf_response(typeset("visit-list", data), f"visits-{found.id[:8]}")


def download_list(request: Request) -> Response:
    """Answer the list as CSV. Raises SIGN_IN_NEEDED, NOT_ALLOWED, VISIT_LIST_UNKNOWN."""
    actor, survey = session.actor_of(request), session.open()
    found, sites = visits.find_list(survey, actor, request.path_params["list"])
    columns = [_("No."), _("Hamlet"), _("Code"), _("Name"), _("Was visited")]
    lines = (dict(zip(columns, line, strict=True)) for line in _lines(sites, hamlet_names(survey, actor)))
    return csv_response(request, f"visits-{found.id[:8]}", columns, lines)


def hamlet_names(survey: Survey, actor: Actor) -> dict[str, str]:
    """The commune's hamlets by id."""
    with survey.reading() as reader:
        return {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, actor.commune)}


def _lines(sites: Sequence[AskedSite], names: dict[str, str]) -> list[list[str]]:
    yes, no = _("yes"), _("no")
    return [[str(site.place), names.get(site.hamlet or "", ""), site.code, site.name, yes if site.done else no] for site in sites]


def _line(site: AskedSite) -> dict[str, object]:
    return {"place": site.place, "code": site.code, "name": site.name, "done": site.done}


def _words(survey: Survey, actor: Actor, found: VisitList, commune: str) -> dict[str, str]:
    drawn = _("Drawn by chance on {when}, seed {seed}.", when=text.format_datetime(found.at), seed=found.seed)
    return {
        "title": _("Sites to visit – {commune}", commune=commune),
        "subject": list_title(survey, actor, found),
        "how": drawn + " " + _("Visit exactly these: a sample speaks for the others only if chance chose it."),
        "footer": _("{visited} of {asked} visited when this was printed, {when}", visited=found.visited, asked=found.asked,
                    when=text.format_datetime(survey.now())),
        "demonstration": _("DEMONSTRATION: people, places and figures are made up"),
        "visited": "✓", "number": "#", "code": _("Code"), "name": _("Name"), "note": _("Remarks"),
    }  # fmt: skip
