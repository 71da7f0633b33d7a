"""OpenRosa submission over HTTP; formList, manifests and device tokens come with the offline phone.

A signed-in session may post here; the answer is always the envelope that Collect understands.
"""

from collections.abc import AsyncGenerator, Callable, Iterator

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from survey import receive
from survey.domain.people import Actor
from survey.domain.ports import Staged
from survey.domain.problems import FILE_TOO_LARGE, INSTANCE_UNREADABLE, UPLOAD_STALLED, Problem
from survey.openrosa import wire
from survey.wiring import Survey

BODY_LIMIT = 100_000_000  # bytes; what ODK Central announces too
_INSTANCE_PART = "xml_submission_file"
_INSTANCE_LIMIT = 10_000_000
_STALLED_S = 60  # as for the field client: who sends nothing for a minute is gone


def routes(open_survey: Callable[[], Survey], actor_of: Callable[[Request], Actor]) -> list[Route]:
    """The OpenRosa routes; *actor_of* says who sends a request, or raises SIGN_IN_NEEDED, or CROSS_SITE for a stranger's page."""
    door = _Door(open_survey, actor_of)
    return [Route("/openrosa/submission", door.submission, methods=["HEAD", "POST"])]


class _Door:
    def __init__(self, open_survey: Callable[[], Survey], actor_of: Callable[[Request], Actor]) -> None:
        self._open = open_survey
        self._actor_of = actor_of

    async def submission(self, request: Request) -> Response:
        """HEAD tells the limit, POST takes an instance with any of its files (multipart, in any order and repetition)."""
        try:
            actor = await run_in_threadpool(self._actor_of, request)
            if request.method == "HEAD":
                return Response(status_code=204, headers=wire.headers(limit=BODY_LIMIT))
            form = await _read(request)
            try:
                receipt = await run_in_threadpool(self._receive, actor, form)
            finally:
                await form.close()
        except Problem as problem:
            return wire.envelope(problem.kind.status, "error", problem.sentence(), limit=BODY_LIMIT)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        return wire.envelope(201, "submit_success", f"Đã nhận bài nộp {receipt.code}.", limit=BODY_LIMIT)

    def _receive(self, actor: Actor, form: FormData) -> receive.Receipt:
        survey = self._open()
        instance = form.get(_INSTANCE_PART)
        if not isinstance(instance, UploadFile) or (instance.size or 0) > _INSTANCE_LIMIT:
            raise Problem(INSTANCE_UNREADABLE, reason=_INSTANCE_PART)
        staged: list[tuple[str, Staged]] = []
        try:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile) and name != _INSTANCE_PART:
                    label = _label(part, name)
                    staged.append((label, survey.blobs.stage(_chunks(part), name=label, limit=receive.PHOTO_LIMIT)))
            return receive.submission(survey, actor, instance.file.read(), door="openrosa", files=staged)
        finally:
            for _, file in staged:
                survey.blobs.discard(file)


async def _read(request: Request) -> FormData:
    """The parts of a multipart body; what names another charset than UTF-8 is read as UTF-8 all the same, as Python knows odd ones.

    Raises FILE_TOO_LARGE before the first byte where the length is told, UPLOAD_STALLED, INSTANCE_UNREADABLE.
    """
    if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
        raise _too_large()
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    boundary = next((part for part in parameters.split(";") if part.strip().lower().startswith("boundary=")), "")
    if kind.strip().lower() != "multipart/form-data" or not boundary:
        raise Problem(INSTANCE_UNREADABLE, reason="multipart")
    headers = Headers({"content-type": f"{kind};{boundary}"})
    try:
        return await MultiPartParser(headers, _pieces(request), max_files=200, max_fields=50).parse()
    except MultiPartException as fault:
        raise Problem(INSTANCE_UNREADABLE, reason="multipart") from fault


async def _pieces(request: Request) -> AsyncGenerator[bytes, None]:
    """The body as it comes in; a chunked one tells no length, so it is counted."""
    size, stream = 0, request.stream()
    while True:
        try:
            with anyio.fail_after(_STALLED_S):
                piece = await anext(stream, None)
        except TimeoutError:
            raise Problem(UPLOAD_STALLED, seconds=_STALLED_S) from None
        if piece is None:
            return
        size += len(piece)
        if size > BODY_LIMIT:
            raise _too_large()
        yield piece


def _too_large() -> Problem:
    return Problem(FILE_TOO_LARGE, name="POST", limit_mb=BODY_LIMIT // 1_000_000)


def _label(part: UploadFile, field: str) -> str:
    """The file's name; clients send raw UTF-8 where the parser expects latin-1."""
    name = part.filename or field
    try:
        return name.encode("latin-1").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _chunks(part: UploadFile) -> Iterator[bytes]:
    while chunk := part.file.read(1 << 20):
        yield chunk
