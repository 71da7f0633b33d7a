"""The sheet that hands over a key's fingerprint on paper: what nobody can exchange together with the files."""

import io
from collections.abc import Sequence
from datetime import datetime

import segno

from survey.domain.signing import BUNDLE, SigningKey
from survey.domain.times import local_date
from survey.paper import typeset

_GROUP = 4  # letters that an eye takes in at once
_MOST_FORMER = 5


def key_sheet(commune: str, name: str, keys: Sequence[SigningKey], now: datetime, *, demonstration: bool = False) -> bytes:
    """One A4 page (PDF) on the first of *keys*, which is in use, and those before it, with room for the signatures of both sides."""
    key, former = keys[0], keys[1:]
    letters = key.fingerprint.removeprefix("SHA256:")
    data = {
        "commune": commune, "name": name, "demonstration": demonstration, "printed": _day(now), "namespace": BUNDLE,
        "fingerprint": key.fingerprint, "groups": [letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP)],
        "valid_from": _day(key.valid_from), "reason": key.reason, "orphan": bool(former) and not key.endorsement,
        "former": [_former(one) for one in former[:_MOST_FORMER]], "more": max(0, len(former) - _MOST_FORMER),
    }  # fmt: skip
    return typeset("key-sheet", data, {"qr.svg": _square(key.fingerprint)})


def _former(key: SigningKey) -> dict[str, str | bool]:
    ended = "" if key.valid_to is None else _day(key.valid_to)
    return {"fingerprint": key.fingerprint, "valid_from": _day(key.valid_from), "valid_to": ended, "lost": key.lost}


def _square(content: str) -> bytes:
    drawing = io.BytesIO()
    segno.make(content, error="m").save(drawing, kind="svg", border=4, scale=8)
    return drawing.getvalue()


def _day(moment: datetime) -> str:
    return f"{local_date(moment):%d/%m/%Y}"
