"""/public/<commune>: progress for everybody, where the commune has opened it, and residents' reports without an account.

Strangers call these routes: what they may send is limited before a byte of it is read, figures are only those already kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anyio
from anyio.lowlevel import RunVar
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import community
from survey.community import PublicProgress, Sent
from survey.domain.community import PHOTO_LIMIT, TEXT_LENGTH, ContributionKind, PublicHamlet
from survey.domain.problems import FILE_TOO_LARGE, LENGTH_NEEDED, REPORTS_TOO_MANY, Problem
from survey.domain.times import local_date
from survey.store.people import select_commune_sign
from survey.store.places import select_hamlets
from survey.web import html, session, text
from survey.web.stranger_forms import read_form
from survey.web.text import _, ngettext

_AROUND = 20_000  # bytes of a form around its photo
_AT_ONCE, _IN_LINE = 2, 20  # what strangers sent must not take the machine
_limiter: RunVar[anyio.CapacityLimiter] = RunVar("residents")


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/public/{commune}", show_progress, methods=["GET"]),
        Route("/public/{commune}/report", show_form, methods=["GET"]),
        Route("/public/{commune}/report", take_report, methods=["POST"]),
    ]


def show_progress(request: Request) -> Response:
    """Answer how far the commune is, without names or positions. Raises PUBLIC_PAGE_CLOSED."""
    _speak(request)
    code = request.path_params["commune"]
    found = community.progress(session.open(), code)
    return html.render(
        request, "public.html", _("Commune of {commune}", commune=found.commune), commune=found.commune, demonstration=found.demonstration,
        edition="" if found.edition is None else found.edition.title.say(text.locale()), met=found.met, total=found.total,
        goal=_goal_words(found), hamlets=[_hamlet(one) for one in found.hamlets], given=given_words(found.contributions),
        computed="" if found.computed_at is None else _("Computed {when}.", when=text.format_datetime(found.computed_at)),
        report=f"/public/{code}/report",
    )  # fmt: skip


def show_form(request: Request) -> Response:
    """Answer the form for a resident's report. Raises PUBLIC_PAGE_CLOSED."""
    _speak(request)
    return _form(request)


async def take_report(request: Request) -> Response:
    """Keep a resident's report and answer its code; a problem shows the form again with the words that were typed."""
    session.require_same_origin(request)
    sender = await run_in_threadpool(_check, request)
    async with read_form(request, sender, name=_("photo"), limit=PHOTO_LIMIT + _AROUND) as form:
        limiter = _limits()
        if limiter.statistics().tasks_waiting >= _IN_LINE:
            raise Problem(REPORTS_TOO_MANY)
        async with limiter:
            return await run_in_threadpool(_take, request, sender, Wish.of(form))


@dataclass(frozen=True)
class Wish:
    """The fields of the form as they came; *website* is one that people do not see and programs fill in."""

    text: str
    hamlet: str
    website: str
    photo: Any = None

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> "Wish":
        """The fields of a parsed form; a file where words are due, or words where a file is due, count as nothing."""
        words = {name: str(form[name]) if isinstance(form.get(name), str) else "" for name in ("text", "hamlet", "website")}
        photo = form.get("photo")
        return cls(**words, photo=photo.file if isinstance(photo, UploadFile) and photo.size else None)


def _check(request: Request) -> str:
    """The sender's mark, where a body may be sent."""
    _speak(request)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Problem(LENGTH_NEEDED)
    survey, code = session.open(), request.path_params["commune"]
    sender = _sender(request)
    community.check_sender(survey, code, sender)
    if int(length[:12]) > PHOTO_LIMIT + _AROUND:
        raise Problem(FILE_TOO_LARGE, name=_("photo"), limit_mb=PHOTO_LIMIT // 1_000_000)
    return sender


def _take(request: Request, sender: str, wish: Wish) -> Response:
    _speak(request)
    code = request.path_params["commune"]
    if wish.website:  # a program: it is told nothing that helps it, and nothing is kept
        return _thanks(request, "")
    try:
        report = community.receive_report(session.open(), code, sender, Sent(wish.text, wish.hamlet or None, wish.photo))
    except Problem as problem:
        return _form(request, problem, wish)
    return _thanks(request, report.code)


def _form(request: Request, problem: Problem | None = None, wish: Wish | None = None) -> Response:
    survey, code = session.open(), request.path_params["commune"]
    with survey.reading() as reader:
        community.require_open(reader, code)
        name, demonstration = select_commune_sign(reader, code)
        hamlets = select_hamlets(reader, code, local_date(survey.now()))
    return html.render(
        request, "resident.html", _("Report to the commune of {commune}", commune=name), status=problem.kind.status if problem else 200,
        commune=name, demonstration=demonstration, hamlets=hamlets, action=f"/public/{code}/report", limit=PHOTO_LIMIT // 1_000_000,
        length=TEXT_LENGTH, problem=text.problem_text(problem) if problem else "", text=wish.text[:TEXT_LENGTH] if wish else "",
        chosen=wish.hamlet if wish else "",
    )  # fmt: skip


def _thanks(request: Request, code: str) -> Response:
    message = _("An officer of the commune will read it.")
    if code:
        message += " " + _("Its code is {code}: name it when you ask what became of it.", code=code)
    commune = request.path_params["commune"]
    with session.open().reading() as reader:
        name, demonstration = select_commune_sign(reader, commune)
    return html.render(
        request, "page.html", _("Thank you, the report has come in"), message=message, back=f"/public/{commune}", back_text=_("Back"),
        commune=name, demonstration=demonstration,
    )  # fmt: skip


def given_words(sums: Mapping[ContributionKind, float]) -> list[str]:
    """What was given, a sentence for each kind."""
    words = {
        ContributionKind.WORK_DAYS: _("work days"), ContributionKind.MONEY_VND: _("VND"), ContributionKind.LAND_M2: _("m² of land"),
    }  # fmt: skip
    return [f"{text.format_number(sums[kind])} {words[kind]}" for kind in ContributionKind if sums.get(kind)]


def _hamlet(hamlet: PublicHamlet) -> dict[str, object]:
    share = hamlet.visited_share
    one, many = "{met} of {n} criterion decided here is met", "{met} of {n} criteria decided here are met"
    criteria = ngettext(one, many, hamlet.criteria, met=hamlet.met) if hamlet.criteria else _("No criterion is decided here yet")
    return {
        "name": hamlet.name, "criteria": criteria,
        "visited": "" if share is None else _("{share} of homes and roads visited", share=text.format_share(share)),
        "percent": 0 if share is None else round(share * 100), "given": given_words(hamlet.contributions),
    }  # fmt: skip


def _goal_words(found: PublicProgress) -> str:
    return "" if found.goal is None else _("Goal: {n} criteria by {day}", n=found.goal.criteria, day=text.format_date(found.goal.by))


def _sender(request: Request) -> str:
    survey = session.open()
    return community.mark_of(survey, request.client.host if request.client else "", survey.now())


def _limits() -> anyio.CapacityLimiter:
    try:
        return _limiter.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_AT_ONCE)
        _limiter.set(limiter)
        return limiter


def _speak(request: Request) -> None:
    chosen = request.query_params.get("locale", "")
    if chosen in text.LOCALES:
        text.speak(chosen)
    else:
        session.speak_to(request)
