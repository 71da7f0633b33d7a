"""Forms of people without an account: a body is read within limits of size, time and number, and waits for nobody's turn but its own."""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import anyio
from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from survey.domain.problems import FILE_TOO_LARGE, REPORT_EMPTY, REPORTS_TOO_MANY, UPLOAD_STALLED, Problem

# All our own choice. A line takes no thread and no turn, so that many may drip; who drips longer than a photo needs on a bad line is cut.
_LINES, _LINES_OF_ONE = 60, 2
_PAUSE_S, _GRACE_S = 20, 60
_SLOWEST = 5_000  # bytes a second, after the first minute
_FIELDS, _WORDS = 6, 20_000
_reading: Counter[str] = Counter()


@asynccontextmanager
async def read_form(request: Request, sender: str, *, name: str, limit: int) -> AsyncIterator[FormData]:
    """The multipart form that *sender* (a mark) sends with one file at most, called *name* when it is over *limit* bytes.

    Raises REPORTS_TOO_MANY, UPLOAD_STALLED, FILE_TOO_LARGE whatever length was announced, REPORT_EMPTY for what is no such form.
    """
    if _reading[sender] >= _LINES_OF_ONE or _reading.total() >= _LINES:
        raise Problem(REPORTS_TOO_MANY)
    _reading[sender] += 1
    try:
        form = await _parse(request, _pieces(request, name, limit))
    finally:
        _reading[sender] -= 1
        if not _reading[sender]:
            del _reading[sender]
    try:
        yield form
    finally:
        await form.close()


async def _parse(request: Request, pieces: AsyncGenerator[bytes, None]) -> FormData:
    kind = request.headers.get("content-type", "")
    # Browsers name no charset here. Python knows charsets that take minutes for a megabyte (punycode), or fail on it.
    if not kind.lower().startswith("multipart/form-data") or "charset" in kind.lower():
        raise Problem(REPORT_EMPTY)
    parser = MultiPartParser(Headers({"Content-Type": kind}), pieces, max_files=1, max_fields=_FIELDS, max_part_size=_WORDS)
    try:
        return await parser.parse()
    except (MultiPartException, ClientDisconnect):
        raise Problem(REPORT_EMPTY) from None


async def _pieces(request: Request, name: str, limit: int) -> AsyncGenerator[bytes, None]:
    began, size, stream = anyio.current_time(), 0, request.stream()
    while True:
        left = _GRACE_S + size / _SLOWEST - (anyio.current_time() - began)
        try:
            with anyio.fail_after(min(_PAUSE_S, left)):
                piece = await anext(stream, None)
        except TimeoutError:
            raise Problem(UPLOAD_STALLED, seconds=_PAUSE_S) from None
        if piece is None:
            return
        size += len(piece)
        if size > limit:
            raise Problem(FILE_TOO_LARGE, name=name, limit_mb=limit // 1_000_000)
        yield piece
