"""Evidence on paper: a part of the printed report from the plain data that `survey.bundle.printed` planned, with pictures and QR codes."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import segno

from survey.paper.press import press

PROOF_WALL_S = 20.0
"""Seconds for one page, for which a person waits; it takes half of one. Our own choice."""
Picture = Callable[[str], bytes | None]
"""Gives the copy for paper (JPEG) of the photo with a SHA-256; None where there is none, or it may not be shown."""


def make_printed(data: Mapping[str, Any], picture: Picture) -> bytes:
    """The PDF of one part of the printed report: the report itself or a portion of photos, as `data["kind"]` says.

    Pictures are asked for one by one and held on disk, never all in memory; the same data and pictures give the same bytes.
    Raises PRINT_UNFINISHED.
    """
    if data["kind"] == "report":
        return press("evidence-report", data, [("head.svg", qr_code(data["head_text"]))])
    shown: list[dict[str, Any]] = []
    told = {**data, "photos": shown}
    return press("evidence-photos", told, _pictures(data["photos"], picture, shown))


def make_proof(data: Mapping[str, Any], picture: Picture) -> bytes:
    """The proof sheet of one verdict, one page, from the data that `survey.bundle.proof_sheet` made; a photo without picture is left out.

    Raises PRINT_UNFINISHED.
    """
    shown: list[dict[str, Any]] = []
    found = [{**photo, "has_view": True} for photo in data["photos"]]
    pictures = [("head.svg", qr_code(data["head_text"])), *_pictures(found, picture, shown)]
    printable = [photo for photo in shown if photo["file"] is not None]
    return press("proof", {**data, "photos": printable}, pictures, wall_s=PROOF_WALL_S)


def qr_code(text: str) -> bytes:
    """*text* as a QR code (SVG) that bears a crease: a seventh of it may be lost (level M)."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=1, xmldecl=False, omitsize=True)
    return out.getvalue()


def _pictures(photos: Sequence[Mapping[str, Any]], picture: Picture, shown: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    """Every picture and code by file name; *shown* gets each photo with the names of its own."""
    codes: dict[str, str] = {}
    for number, photo in enumerate(photos):
        content = picture(photo["sha256"]) if photo["has_view"] else None
        file = None if content is None else f"{number}.jpg"
        if file is not None and content is not None:
            yield file, content
        if photo["urn"] not in codes:
            codes[photo["urn"]] = f"q{len(codes)}.svg"
            yield codes[photo["urn"]], qr_code(photo["urn"])
        shown.append({**photo, "file": file, "qr": codes[photo["urn"]]})
