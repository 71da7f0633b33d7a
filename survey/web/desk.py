"""/api/desk/…: an officer's photos come in piece by piece, are shown to their owner alone, and become visits.

The page of photos (pages/photos_import.py) speaks to these routes; the verbs of `survey.desk` and `survey.receive` meet here.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey import desk, receive
from survey.domain.people import Ability, Actor
from survey.domain.problems import FILE_TOO_LARGE, QUERY_UNUSABLE, UPLOAD_OFFSET, Problem
from survey.domain.sites import SiteKind
from survey.domain.times import is_believable
from survey.web import session, text
from survey.web.desk_words import desk_state
from survey.web.endpoints import answer, json_endpoint, upload_endpoint
from survey.web.photos import PICTURE_HEADERS

# A page sends one after the other; each last piece of a ZIP takes its two gigabytes of disk once more, and half a minute of a processor.
_AT_ONCE = 3
_WISH_LIMIT = 1_000_000  # bytes of a JSON wish: a thousand hashes are a tenth of it
_MOST_DIGITS = 15
_PENDING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240"><rect width="320" height="240" fill="#e4e9e5"/>'
    '<path d="M104 98h22l10-14h48l10 14h22v70H104z" fill="none" stroke="#5d6b62" stroke-width="6"/>'
    '<circle cx="160" cy="131" r="20" fill="none" stroke="#5d6b62" stroke-width="6"/></svg>'
)


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/api/desk", json_endpoint(show_desk), methods=["GET"]),
        Route("/api/desk/files/{upload}", json_endpoint(show_progress), methods=["HEAD"]),
        Route("/api/desk/files/{upload}", upload_endpoint(take_piece, at_once=_AT_ONCE), methods=["PATCH"]),
        Route("/api/desk/photos", json_endpoint(throw_away), methods=["DELETE"]),
        Route("/api/desk/photos/{sha256}", json_endpoint(throw_away), methods=["DELETE"]),
        Route("/api/desk/photos/{sha256}/thumb", json_endpoint(show_thumb), methods=["GET"]),
        Route("/api/desk/choices", upload_endpoint(take_choice), methods=["POST"]),
        Route("/api/desk/visits", upload_endpoint(take_visits, at_once=_AT_ONCE), methods=["POST"]),
    ]


def show_desk(request: Request, actor: Actor) -> Response:
    """Answer the actor's photos that wait with what is proposed for each; `?hamlet= &kind=` narrow the proposals."""
    hamlet, kind = request.query_params.get("hamlet") or None, request.query_params.get("kind") or None
    if kind is not None and kind not in set(SiteKind):
        raise Problem(QUERY_UNUSABLE, name="kind", value=kind[:40])
    found = desk.waiting(session.open(), actor, hamlet=hamlet, kind=SiteKind(kind) if kind else None)
    with session.open().reading() as reader:
        return answer(desk_state(reader, actor, found))


def show_progress(request: Request, actor: Actor) -> Response:
    """Answer how many bytes of a file on its way are here."""
    offset = desk.progress(session.open(), actor, request.path_params["upload"])
    return Response(headers={"Upload-Offset": str(offset), "Cache-Control": "no-store"})


def take_piece(request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Keep a piece of a file: 202 with the new offset, or 201 with what became of its photos once the last one is here."""
    actor.require(Ability.CAPTURE)
    headers = request.headers
    piece = desk.Piece(
        request.path_params["upload"], unquote(headers.get("file-name", ""))[:1000],
        _bytes(request, "Upload-Offset"), _bytes(request, "Upload-Length"),
    )  # fmt: skip
    try:
        taken = desk.bring_part(session.open(), actor, piece, chunks)
    except Problem as problem:
        refused = answer(text.problem_json(problem), status=problem.kind.status)
        if problem.kind is UPLOAD_OFFSET:
            refused.headers["Upload-Offset"] = str(problem.details["offset"])
        return refused
    if isinstance(taken, int):
        partly = answer({"offset": taken}, status=202)
        partly.headers["Upload-Offset"] = str(taken)
        return partly
    refused_files = [{"name": one.name, "reason": one.reason, "message": one.sentence(text.locale())} for one in taken.refused]
    return answer({"taken": taken.taken, "known": taken.known, "refused": refused_files}, status=201)


def throw_away(request: Request, actor: Actor) -> Response:
    """Let go of one of the actor's photos, or of all."""
    actor.require(Ability.CAPTURE)
    sha256 = request.path_params.get("sha256")
    return answer({"gone": desk.throw_away(session.open(), actor, None if sha256 is None else {sha256})})


def show_thumb(request: Request, actor: Actor) -> Response:
    """The small view of one of the actor's own photos; 202 with a drawn placeholder while there is none. Nobody else's is told of."""
    content = desk.read_small(session.open(), actor, request.path_params["sha256"])
    headers = {**PICTURE_HEADERS, "Cache-Control": "no-store"}
    if content is None:
        return Response(_PENDING, 202, media_type="image/svg+xml", headers=headers)
    return Response(content, media_type="image/jpeg", headers=headers)


def take_choice(_request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Remember what the actor decides for some photos: `{photos, site | null, day, left_out}`, each but the first optional."""
    actor.require(Ability.CAPTURE)
    wish = _wish(chunks)
    choice = desk.Choice(
        site=_text(wish, "site") if wish.get("site") else None, as_proposed="site" in wish and not wish["site"],
        day=_day(wish.get("day")), left_out=bool(wish["left_out"]) if "left_out" in wish else None,
    )  # fmt: skip
    desk.choose(session.open(), actor, _photos(wish), choice)
    return answer({})


def take_visits(_request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Hand in some of the actor's photos for one site: a visit for each day; the same again makes nothing new."""
    actor.require(Ability.CAPTURE)
    wish, survey = _wish(chunks), session.open()
    with survey.reading() as reader:
        chosen = desk.pictures(reader, actor, _photos(wish))
        visits = desk.make_visits(reader, actor, _text(wish, "site"), _text(wish, "form"), chosen)
    sizes = {picture.sha256: picture.size for picture in chosen}
    made = []
    for visit in visits:
        with ExitStack() as bytes_:
            files = []
            for name, sha256 in visit.files.items():
                staged = desk.open_photo(survey, actor.commune, actor.person, sha256, sizes[sha256])
                bytes_.callback(survey.blobs.discard, staged)
                files.append((name, staged))
            receipt = receive.submission(survey, actor, visit.xml, door="desk", expected_id=visit.id, files=files)
        desk.throw_away(survey, actor, visit.files.values())
        made.append({"code": receipt.code, "id": receipt.id, "new": receipt.created, "photos": len(files), "day": visit.day.isoformat()})
    return answer({"visits": made}, status=201)


def _wish(chunks: Iterator[bytes]) -> Mapping[str, Any]:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > _WISH_LIMIT:
            raise Problem(FILE_TOO_LARGE, name="JSON", limit_mb=_WISH_LIMIT // 1_000_000)
    try:
        wish = json.loads(bytes(body))
        json.dumps(wish, ensure_ascii=False).encode()  # half of a surrogate pair is no text: no database takes it
    except (ValueError, RecursionError):
        wish = None
    if not isinstance(wish, dict):
        raise Problem(QUERY_UNUSABLE, name="body", value="JSON")
    return wish


def _photos(wish: Mapping[str, Any]) -> set[str]:
    found = wish.get("photos")
    if not isinstance(found, list) or not found or not all(isinstance(one, str) for one in found):
        raise Problem(QUERY_UNUSABLE, name="photos", value=str(found)[:40])
    return set(found)


def _text(wish: Mapping[str, Any], name: str) -> str:
    value = wish.get(name)
    if not isinstance(value, str) or not value:
        raise Problem(QUERY_UNUSABLE, name=name, value=str(value)[:40])
    return value[:250]


def _day(value: object) -> date | None:
    if value in (None, ""):
        return None
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise Problem(QUERY_UNUSABLE, name="day", value=str(value)[:40]) from None
    if not is_believable(day):
        raise Problem(QUERY_UNUSABLE, name="day", value=str(value))
    return day


def _bytes(request: Request, name: str) -> int:
    told = request.headers.get(name, "")
    if not (told.isascii() and told.isdecimal() and len(told) <= _MOST_DIGITS):
        raise Problem(QUERY_UNUSABLE, name=name, value=told[:40])
    return int(told)
