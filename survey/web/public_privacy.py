"""GET /public/<commune>/privacy: what is recorded about people and why, how long, who sees it, what they may ask and whom.

For everybody, also where the commune has not opened its progress page: who wants to know whom to ask needs no permission.
What the commune has not stated is said to be not stated.
"""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.domain.personal import Purpose
from survey.domain.privacy import Retention
from survey.domain.problems import PUBLIC_PAGE_CLOSED, Problem
from survey.personal.keeping import automatic
from survey.store.people import select_commune_sign
from survey.store.personal_rows import select_stated
from survey.store.places import select_commune
from survey.store.settings import select_settings
from survey.web import html, session, text
from survey.web.personal_words import purpose_title
from survey.web.text import _, ngettext


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/public/{commune}/privacy", show_privacy, methods=["GET"])]


def show_privacy(request: Request) -> Response:
    """Answer the page. Raises PUBLIC_PAGE_CLOSED for a commune that is not here."""
    chosen = request.query_params.get("locale", "")
    text.speak(chosen) if chosen in text.LOCALES else session.speak_to(request)
    survey, code = session.open(), request.path_params["commune"]
    with survey.reading() as reader:
        if select_commune(reader, code) is None:
            raise Problem(PUBLIC_PAGE_CLOSED)
        name, demonstration = select_commune_sign(reader, code)
        kept = Retention.of(select_settings(reader, code))
        stated = select_stated(reader, code)
        night = automatic(reader, code, survey.now()).next_night
    unsaid = _("The commune has not stated this.")
    years = unsaid if kept.years is None else ngettext("{n} year", "{n} years", kept.years)
    if night is not None:
        years += ". " + _("Then they are erased by themselves, from {day} on.", day=text.format_date(night))
    purposes = []
    for purpose in Purpose:
        newest = next(iter(stated.get(purpose, [])), None)
        said = newest is not None and bool(newest.words)
        lines = [newest.words, _("Ground: {ground}", ground=newest.ground or unsaid), newest.source] if newest and said else [unsaid]
        purposes.append({"title": purpose_title(purpose), "lines": lines})
    return html.render(
        request, "public_privacy.html", _("Privacy – commune of {commune}", commune=name), commune=name, demonstration=demonstration,
        years=years, contact=kept.contact or unsaid, purposes=purposes,
    )  # fmt: skip
