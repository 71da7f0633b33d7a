"""/print/personal/…: what is held about a home or an account, as a page to print and as a zip that programs read.

Who takes it is written down before the first byte goes out.
"""

import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import PERSON_UNKNOWN, Problem
from survey.paper import typeset
from survey.personal.telling import Told, tell_account, tell_home
from survey.store.deployment import select_rounds
from survey.store.people import select_commune_sign
from survey.store.places import select_hamlets
from survey.store.queue import select_form_titles
from survey.web import session, text
from survey.web.noting import Act, note_now
from survey.web.pdf import pdf_response
from survey.web.personal_fields import HIDDEN, say_field, say_value
from survey.web.personal_words import part_title
from survey.web.review_answers import said
from survey.web.text import _

_PICTURES = 60  # small views on paper; the zip has every original. Our own choice
_CHUNK = 1 << 20


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [
        Route("/print/personal/{kind}/{subject}", print_report, methods=["GET"]),
        Route("/print/personal/{kind}/{subject}/zip", download_report, methods=["GET"]),
    ]


def print_report(request: Request) -> Response:
    """Answer the report as PDF. Raises SIGN_IN_NEEDED, NOT_ALLOWED, HOME_UNKNOWN, PERSON_UNKNOWN."""
    actor, survey, found = _tell(request)
    pictures = dict(_pictures(survey, found))
    with survey.reading() as reader:
        commune, demonstration = select_commune_sign(reader, actor.commune)
    words = {
        "title": _("What is held about you – commune of {commune}", commune=commune),
        "subject": f"{found.document['name']} · {found.document['code']}",
        "how": _("Other people stand here by their roles. The zip beside this page has every photo and the same data for programs."),
        "footer": _("Made {when}. Handed to the person concerned.", when=text.format_datetime(survey.now())),
        "none": _("Nothing"), "pictures": _("Photos"), "demonstration": _("Demonstration: people, places and figures are made up."),
    }  # fmt: skip
    parts = _parts(found.document, _names(survey, actor.commune, found.document))
    data = {
        "locale": text.locale(), "demonstration": demonstration, "words": words, "parts": parts,
        "pictures": [{"file": name, "name": name[:16]} for name in pictures],
    }  # fmt: skip
    note_now(actor, Act.REPORTED, request.path_params["kind"], request.path_params["subject"])
    return pdf_response(typeset("personal", data, pictures), f"personal-{found.document['id'][:8]}")


def download_report(request: Request) -> Response:
    """Answer the report as JSON with every original in one zip. Raises as `print_report`."""
    actor, survey, found = _tell(request)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the last byte has gone out
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("report.json", json.dumps(found.document, ensure_ascii=False, indent=1, default=str))
        for sha256, name, aside in found.files:
            try:
                with archive.open(name, "w", force_zip64=True) as member:
                    for chunk in survey.blobs.read(sha256, quarantine=aside):
                        member.write(chunk)
            except Problem:  # erased, or away, at this moment: the report names it with its hash
                continue
    size = file.tell()
    note_now(actor, Act.EXPORTED, request.path_params["kind"], request.path_params["subject"])
    headers = {
        "Content-Disposition": f'attachment; filename="personal-{found.document["id"][:8]}.zip"', "Content-Length": str(size),
        "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)


def _tell(request: Request) -> tuple[Actor, Survey, Told]:
    actor, survey = session.actor_of(request), session.open()
    actor.require(Ability.PROTECT_DATA)
    kind, subject = request.path_params["kind"], request.path_params["subject"]
    if kind == "site":
        return actor, survey, tell_home(survey, actor, subject)
    if kind != "person":
        raise Problem(PERSON_UNKNOWN)
    return actor, survey, tell_account(survey, actor, subject)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def _pictures(survey: Survey, found: Told) -> Iterator[tuple[str, bytes]]:
    for sha256, _name, aside in found.files[:_PICTURES]:
        view = None if aside else survey.blobs.read_view(sha256, "thumb")
        if view is not None:
            yield f"{sha256}.jpg", view


def _parts(document: Mapping[str, Any], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The report as titled blocks of name and value; plain values first."""
    plain = {name: value for name, value in document.items() if not isinstance(value, list)}
    lists = [(name, value) for name, value in document.items() if isinstance(value, list)]
    return [
        {"title": _("In short"), "blocks": [_lines("", plain, names)]},
        *({"title": part_title(name), "blocks": [_lines(name, one, names) for one in value]} for name, value in lists),
    ]


def _lines(part: str, one: Mapping[str, Any], names: Mapping[str, str]) -> list[list[str]]:
    lines = []
    if part == "decisions":
        lines.append([_("Visit"), names.get(one["submission"], "–")])
    for name, value in one.items():
        if name == text.locale() and part == "notices":
            lines.append([_("Words"), "\n".join(value)])
        elif name == "answers":
            lines += [[answer["question"], answer["answer"]] for answer in value]
        elif name in HIDDEN or value in (None, "", [], {}):
            continue
        elif isinstance(value, Sequence) and not isinstance(value, str):
            lines += [[say_field(name), " · ".join(_inner(name, row, names))] for row in value]
        else:
            lines.append([say_field(name), say_value(part, name, value, names)])
    return lines


def _inner(part: str, row: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    for name, value in row.items():
        if name not in HIDDEN and value not in (None, ""):
            yield f"{say_field(name)}: {say_value(part, name, value, names)}"


def _names(survey: Survey, commune: str, document: Mapping[str, Any]) -> dict[str, str]:
    """What checklists, rounds, hamlets and the visits of the report are called."""
    with survey.reading() as reader:
        names = {str(one["round"]): str(one["name"]) for one in select_rounds(reader, commune)}
        names |= {one.id: one.name for one in select_hamlets(reader, commune)}
        names |= {form: said(title, text.locale()) for form, title in select_form_titles(reader, commune).items()}
    return names | {visit["submission"]: visit["code"] for visit in document.get("visits", ())}
