"""/api/register, visits, map, earlier: what a phone takes along before the signal ends, each with an ETag so that it is sent once."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey import tasks
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Row
from survey.domain.problems import PATH_UNKNOWN, Problem
from survey.domain.times import local_date
from survey.store.deployment import select_round_on, select_rounds
from survey.store.offline import (
    line_of,
    select_earlier_photos,
    select_hamlet_middles,
    select_lately_photographed,
    select_register_rows,
    select_visits,
)
from survey.store.places import select_commune, select_hamlets
from survey.store.visit_lists import select_asked_visits
from survey.web import ranges, session
from survey.web.endpoints import answer, json_endpoint

_MOST_SUBMISSIONS = 200  # whose photos a phone takes along
_DIGITS = 6  # decimals of a degree: a tenth of a metre
_CHUNK = 1 << 18
_CACHE = "private, no-cache"  # kept by the browser, asked for again each time: permission may have ended


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/api/register", json_endpoint(show_register), methods=["GET"]),
        Route("/api/visits", json_endpoint(show_visits), methods=["GET"]),
        Route("/api/map", json_endpoint(show_map), methods=["GET"]),
        Route("/api/map/tiles", json_endpoint(show_tiles), methods=["GET"]),
        Route("/api/earlier", json_endpoint(show_lately_photographed), methods=["GET"]),
        Route("/api/earlier/{site}", json_endpoint(show_earlier), methods=["GET"]),
    ]


def show_register(request: Request, actor: Actor) -> Response:
    """Answer every present site within the actor's hamlets, in the register's order."""
    actor.require(Ability.CAPTURE)
    with session.open().reading() as reader:
        rows = select_register_rows(reader, actor.commune, actor.hamlets)
    return _tagged(request, {"sites": [_site(row) for row in rows]})


def show_visits(request: Request, actor: Actor) -> Response:
    """Answer what of the present round is done, by anybody: `[site, form, state]`; between rounds, what fell in none.

    With it what is still to be done at sites, as accepted visits and people said, and the visits that chance has drawn (`asked`:
    `[site, form]`) and nobody has made since.
    """
    actor.require(Ability.CAPTURE)
    survey = session.open()
    with survey.reading() as reader:
        present = select_round_on(reader, actor.commune, local_date(survey.now()))
        visits = select_visits(reader, actor.commune, present, actor.hamlets)
        todo = tasks.todo_for_phone(reader, actor)
        asked = select_asked_visits(reader, actor.commune, actor.hamlets)
    return _tagged(request, {"round": present, "visits": visits, "asked": asked, **todo})


def show_map(request: Request, actor: Actor) -> Response:
    """Answer the commune's border, and the actor's hamlets with a place for their names."""
    actor.require(Ability.CAPTURE)
    survey = session.open()
    with survey.reading() as reader:
        commune = select_commune(reader, actor.commune)
        hamlets = select_hamlets(reader, actor.commune, local_date(survey.now()))
        middles = select_hamlet_middles(reader, actor.commune)
    places = [(hamlet, *middles.get(hamlet.id, (None, None))) for hamlet in hamlets if actor.reaches(hamlet.id)]
    listed = [
        {"id": hamlet.id, "name": hamlet.name, "latitude": _degrees(latitude), "longitude": _degrees(longitude)}
        for hamlet, latitude, longitude in places
    ]
    return _tagged(request, {"border": _rounded(commune.border.geometry) if commune else None, "hamlets": listed})


def show_earlier(request: Request, actor: Actor) -> Response:
    """Answer the actor's own newest photo of each question at a site, to take the next one from the same place."""
    actor.require(Ability.CAPTURE)
    with session.open().reading() as reader:
        found = list(select_earlier_photos(reader, actor.commune, actor.person, request.path_params["site"]))
    return answer({"photos": [_earlier(row) for row in found]})


def show_lately_photographed(request: Request, actor: Actor) -> Response:
    """Answer the same for all sites of the actor's newest submissions, to take along for days without a signal."""
    actor.require(Ability.CAPTURE)
    with session.open().reading() as reader:
        found = list(select_lately_photographed(reader, actor.commune, actor.person, submissions=_MOST_SUBMISSIONS))
    return _tagged(request, {"photos": [_earlier(row) | {"site": row["site"]} for row in found]})


def show_tiles(request: Request, actor: Actor) -> Response:
    """Answer the office's raster map as PMTiles, in parts where a Range asks for one."""
    actor.require(Ability.CAPTURE)
    try:
        file = _tiles_path().open("rb")
    except OSError:
        raise Problem(PATH_UNKNOWN, path=request.url.path) from None
    size, tag = _measure(os.fstat(file.fileno()))
    # Without a content encoding of its own it would be packed once more on its way.
    headers = {"Cache-Control": _CACHE, "ETag": tag, "Accept-Ranges": "bytes", "Content-Encoding": "identity"}
    wanted = ranges.part(request, size, tag)
    if ranges.is_known(request, tag) or wanted is None or request.method == "HEAD":
        file.close()
    if ranges.is_known(request, tag):
        return Response(status_code=304, headers=headers)
    if wanted is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    start, length = wanted
    headers["Content-Length"] = str(length)
    if length < size:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    content = iter(()) if file.closed else _read(file, start, length)
    status = 206 if length < size else 200
    return StreamingResponse(content, status_code=status, media_type="application/vnd.pmtiles", headers=headers)


def tiles() -> dict[str, object] | None:
    """Return size and ETag of the office's map; None where there is none."""
    with suppress(OSError):
        size, tag = _measure(_tiles_path().stat())
        return {"size": size, "etag": tag}
    return None


def present_round(reader: Reader, actor: Actor) -> dict[str, object] | None:
    """Return the round of today with its name and dates; None between rounds."""
    present = select_round_on(reader, actor.commune, local_date(session.open().now()))
    found = next((row for row in select_rounds(reader, actor.commune) if row["round"] == present), None)
    return None if found is None else {name: found[name] for name in ("round", "name", "starts_on", "ends_on")}


def _tagged(request: Request, document: object) -> Response:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Cache-Control": _CACHE, "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"'}
    if ranges.is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _earlier(row: Row) -> dict[str, object]:
    return {
        "form": row["form"],
        "question": row["question"],
        "repeat": row["repeat_key"],
        "sha256": row["sha256"],
        "submission": row["submission"],
        "captured_at": row["captured_at"],
    }


def _site(row: Row) -> dict[str, object]:
    site: dict[str, object] = {name: row[name] for name in ("site", "code", "name", "kind", "hamlet")}
    site |= {"latitude": _degrees(row["latitude"]), "longitude": _degrees(row["longitude"])}
    if row["geometry"] is not None:
        site["line"] = _rounded(line_of(row["geometry"]))
    return site


def _degrees(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _rounded(value: Any) -> Any:
    """*value*, the numbers at any depth of it rounded: coordinates of GeoJSON lie in lists of lists."""
    if isinstance(value, float):
        return _degrees(value)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value


def _tiles_path() -> Path:
    return session.open().settings.data / "map.pmtiles"


def _measure(found: os.stat_result) -> tuple[int, str]:
    """Size and ETag of a file; the same on every machine that was given the same copy with its time."""
    return found.st_size, f'"{found.st_mtime_ns:x}-{found.st_size:x}"'


def _read(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = length
        while left and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
