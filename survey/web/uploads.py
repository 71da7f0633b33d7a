"""PUT /api/submissions/…: instances and photos as a phone sends them, received as they come in, never whole in memory."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from survey import receive
from survey.domain.names import clean_file_name
from survey.domain.people import Actor
from survey.domain.photos import REFUSALS
from survey.domain.ports import Staged
from survey.domain.problems import FILE_UNKNOWN, Problem
from survey.domain.times import to_text
from survey.web import session, text
from survey.web.endpoints import answer

XML_LIMIT = 2_000_000  # bytes; a filled form with its positions is a few thousand
_LONGEST_TIME = 40  # letters of an ISO 8601 moment


def take_submission(request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Receive an instance XML under its instanceID; the same again answers the same."""
    survey = session.open()
    staged = survey.blobs.stage(chunks, name="instance.xml", limit=XML_LIMIT)
    try:
        xml = staged.path.read_bytes()
    finally:
        survey.blobs.discard(staged)
    door = "desk" if request.query_params.get("door") == "desk" else "field"
    phone_time = request.headers.get("phone-time", "")[:_LONGEST_TIME]
    wanted = request.path_params["submission"]
    receipt = receive.submission(survey, actor, xml, door=door, expected_id=wanted, phone_time=phone_time)
    return answer(
        {
            "id": receipt.id,
            "code": receipt.code,
            "state": receipt.state.value,
            "missing": list(receipt.missing),
            "head": receipt.head,
            "received_at": to_text(receipt.received_at),
            "server_time": to_text(receipt.server_time),
            "clock_drift_s": receipt.clock_drift_s,
        },
        status=201,
    )


def take_photo(request: Request, actor: Actor, chunks: Iterator[bytes]) -> Response:
    """Receive the original bytes of one photo; what is not a photo is kept aside and answered 201 with the reason (DESIGN 2.5)."""
    survey, name = session.open(), photo_name(request)
    staged: Staged = survey.blobs.stage(chunks, name=name, limit=receive.PHOTO_LIMIT)
    try:
        receipt = receive.photo(survey, actor, request.path_params["submission"], name, staged)
    finally:
        survey.blobs.discard(staged)
    return photo_answer(receipt)


def photo_name(request: Request) -> str:
    """Return the file's name in the address. Raises FILE_UNKNOWN for one without a letter that can be seen."""
    name: str = request.path_params["name"]
    if not clean_file_name(name).strip(" ."):
        raise Problem(FILE_UNKNOWN, name=name)
    return name


def photo_answer(receipt: receive.PhotoReceipt) -> Response:
    """Answer what became of a photo that is here completely."""
    refusal = REFUSALS.get(receipt.reason or "")
    sentence = None if refusal is None else refusal.en if text.locale() == "en" else refusal.vi
    return answer(
        {
            "name": receipt.name,
            "sha256": receipt.sha256,
            "size": receipt.size,
            "accepted": receipt.accepted,
            "reason": receipt.reason,
            "message": sentence,
            "missing": list(receipt.missing),
        },
        status=201,
    )
