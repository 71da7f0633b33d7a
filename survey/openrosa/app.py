"""The OpenRosa door: its routes, and submissions as ODK Collect and its relatives send them.

The answer is always in the envelope that Collect shows. A request without `X-OpenRosa-Version` is served, since scripts and older
clients leave it out; one that names another version is told so where it reads, and where it sends evidence it is taken all the same.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from survey import receive
from survey.domain.names import clean_file_name
from survey.domain.people import Ability, Actor
from survey.domain.ports import Staged
from survey.domain.problems import FILE_TOO_LARGE, INSTANCE_UNREADABLE, OPENROSA_VERSION, PATH_UNKNOWN, UPLOAD_STALLED, Problem
from survey.openrosa import entities, forms, wire
from survey.openrosa.authentication import challenge, identify
from survey.openrosa.calls import WHO, Call, base_of, language_of
from survey.wiring import Survey

BODY_LIMIT = 100_000_000  # bytes; what ODK Central announces too
_INSTANCE_PART = "xml_submission_file"
_INSTANCE_LIMIT = 10_000_000
_MOST_FILES = 1000  # in one request; Collect sends a hundred
_IN_MEMORY = 65_536  # bytes of a part; the rest of it goes to disk
_STALLED_S = 60  # as for the field client: who sends nothing for a minute is gone
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(open_survey: Callable[[], Survey], actor_of: Callable[[Request], Actor]) -> list[Route]:
    """The OpenRosa routes.

    *actor_of* says who sends a request by token or session, or raises SIGN_IN_NEEDED, or CROSS_SITE for a stranger's page;
    Digest and Basic are known here.
    """
    door = _Door(open_survey, actor_of)
    form = "/openrosa/forms/{form}/{version}"
    return [
        Route("/openrosa/submission", door.submission, methods=["HEAD", "POST"]),
        Route("/openrosa/formList", door.showing(forms.show_list), methods=["GET"]),
        Route(form + ".xml", door.showing(forms.show_form), methods=["GET"]),
        Route(form + "/manifest", door.showing(forms.show_manifest), methods=["GET"]),
        Route("/openrosa/entities/{list}.csv", door.showing(entities.show_entities), methods=["GET"]),
        Route("/openrosa/entities/{list}/integrity", door.showing(entities.show_integrity), methods=["GET"]),
        Route("/openrosa/{rest:path}", door.unknown, methods=_METHODS),
    ]


class _Door:
    def __init__(self, open_survey: Callable[[], Survey], actor_of: Callable[[Request], Actor]) -> None:
        self._open = open_survey
        self._actor_of = actor_of

    def showing(self, show: Callable[[Call], Response]) -> Endpoint:
        """Make *show* an endpoint that answers whoever may hand in work."""

        def work(request: Request) -> Response:
            try:
                _check_version(request)
                actor = self._actor(request)
                actor.require(Ability.CAPTURE)
                survey = self._open()
                response = show(Call(survey, actor, request, base_of(request, survey.settings), language_of(request)))
            except Problem as problem:
                return self._refuse(request, problem)
            response.headers.update(wire.headers(limit=BODY_LIMIT) | {"Cache-Control": "no-store"})
            return response

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(work, request)

        return endpoint

    async def submission(self, request: Request) -> Response:
        """HEAD tells the limit, POST takes an instance with any of its files (multipart, in any order and repetition)."""
        try:
            (await run_in_threadpool(self._actor, request)).require(Ability.CAPTURE)  # before a body of 100 MB is read
            if request.method == "HEAD":
                return Response(status_code=204, headers=wire.headers(limit=BODY_LIMIT))
            form = await _read(request)
            try:
                receipt = await run_in_threadpool(self._receive, request, form)
            finally:
                await form.close()
        except Problem as problem:
            return await run_in_threadpool(self._refuse, request, problem)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        language = language_of(request)
        return wire.envelope(201, "submit_success", _thanks(receipt, language), limit=BODY_LIMIT, language=language)

    async def unknown(self, request: Request) -> Response:
        """404 in the envelope: a wrong address is told in Collect's own way."""
        return self._refuse(request, Problem(PATH_UNKNOWN, path=request.scope["path"][:200]))

    def _actor(self, request: Request) -> Actor:
        actor = identify(self._open(), request, self._actor_of)
        request.scope[WHO] = actor
        return actor

    def _refuse(self, request: Request, problem: Problem) -> Response:
        language = language_of(request)
        response = wire.envelope(problem.kind.status, "error", problem.sentence(language), limit=BODY_LIMIT, language=language)
        challenge(self._open, request, response)
        return response

    def _receive(self, request: Request, form: FormData) -> receive.Receipt:
        survey, actor = self._open(), self._actor(request)  # once more: a phone may have been revoked while it sent
        xml = _instance(form)
        staged: list[tuple[str, Staged]] = []
        try:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile) and name != _INSTANCE_PART:
                    label = _label(part, name)
                    staged.append((label, survey.blobs.stage(_chunks(part), name=label, limit=receive.PHOTO_LIMIT)))
            return receive.submission(survey, actor, xml, door="openrosa", files=staged)
        finally:
            for _, file in staged:
                survey.blobs.discard(file)


def _check_version(request: Request) -> None:
    version = request.headers.get("x-openrosa-version", "").strip()
    if version not in {"", wire.VERSION}:
        raise Problem(OPENROSA_VERSION, version=version[:20])


def _instance(form: FormData) -> bytes:
    """The XML, which scripts also send as a plain field. Raises INSTANCE_UNREADABLE."""
    part = form.get(_INSTANCE_PART)
    if part is None or (isinstance(part, UploadFile) and (part.size or 0) > _INSTANCE_LIMIT):
        raise Problem(INSTANCE_UNREADABLE, reason=_INSTANCE_PART)
    return part.encode() if isinstance(part, str) else part.file.read()


def _thanks(receipt: receive.Receipt, language: str) -> str:
    missing = len(receipt.missing)
    if language == "en":
        return f"Received as {receipt.code}." + (f" {missing} files are still to come." if missing else "")
    return f"Đã nhận bài nộp {receipt.code}." + (f" Còn chờ {missing} tệp." if missing else "")


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
        parser = MultiPartParser(headers, _pieces(request), max_files=_MOST_FILES, max_fields=100)
        parser.spool_max_size = _IN_MEMORY
        return await parser.parse()
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
    """The file's name, which is the field's too; clients send raw UTF-8 where the parser expects latin-1."""
    name = next((name for name in (part.filename, field) if name and clean_file_name(name)), "unnamed")
    try:
        return name.encode("latin-1").decode()
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def _chunks(part: UploadFile) -> Iterator[bytes]:
    while chunk := part.file.read(1 << 20):
        yield chunk
