"""Forms of people without an account: who drips, sends without end or in odd charsets takes nobody's place and no memory."""

from collections.abc import Awaitable, Callable

import anyio
import pytest
from starlette.requests import Request

from survey.domain.problems import Problem
from survey.web import stranger_forms
from survey.web.stranger_forms import read_form
from tests.web.conftest import run_apart

Receive = Callable[[], Awaitable[dict[str, object]]]
KIND = b"multipart/form-data; boundary=XyZ"
BODY = b'--XyZ\r\nContent-Disposition: form-data; name="text"\r\n\r\nM\xc6\xb0\xc6\xa1ng\r\n--XyZ--\r\n'
PHOTO = b'--XyZ\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
LIMIT = 100_000


def request(receive: Receive, kind: bytes = KIND) -> Request:
    """A POST of a form whose body comes from *receive*."""
    return Request({"type": "http", "method": "POST", "path": "/", "headers": [(b"content-type", kind)]}, receive)


async def whole() -> dict[str, object]:
    """An honest body at once."""
    return {"type": "http.request", "body": BODY, "more_body": False}


async def endless() -> dict[str, object]:
    """A file that announced little and never ends."""
    return {"type": "http.request", "body": PHOTO + b"x" * 10_000, "more_body": True}


async def never() -> dict[str, object]:
    """A line on which nothing comes."""
    await anyio.sleep_forever()
    raise AssertionError


async def read(receive: Receive, sender: str = "a", kind: bytes = KIND) -> str:
    """What stands in the field `text`, or the code of the problem."""
    try:
        async with read_form(request(receive, kind), sender, name="photo", limit=LIMIT) as form:
            return str(form["text"])
    except Problem as problem:
        return problem.kind.code


def test_lines_that_drip_take_no_other_persons_place() -> None:
    """An address holds two lines; the third is refused at once, and another address is read meanwhile."""

    async def crowd() -> tuple[str, str]:
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(read, never, "drips")
            await anyio.wait_all_tasks_blocked()
            found = await read(whole, "drips"), await read(whole, "honest")
            tasks.cancel_scope.cancel()
        return found

    assert run_apart(crowd) == ("REPORTS_TOO_MANY", "Mương")
    assert not stranger_forms._reading, "places are given back"


@pytest.mark.parametrize(
    ("receive", "kind", "answer"),
    [
        (endless, KIND, "FILE_TOO_LARGE"),
        (whole, KIND + b"; charset=punycode", "REPORT_EMPTY"),
        (whole, b"application/x-www-form-urlencoded", "REPORT_EMPTY"),
        (whole, b"multipart/form-data", "REPORT_EMPTY"),
        (whole, b"multipart/form-data; boundary=other", "REPORT_EMPTY"),
    ],
)
def test_what_is_no_form_of_a_browser_is_refused(receive: Receive, kind: bytes, answer: str) -> None:
    """A body longer than announced, a charset that Python reads for minutes, no form, no boundary."""
    assert run_apart(read, receive, "a", kind) == answer


def test_a_line_that_stands_still_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a pause that no phone needs."""
    monkeypatch.setattr(stranger_forms, "_PAUSE_S", 0.01)
    assert run_apart(read, never) == "UPLOAD_STALLED"


def test_who_drips_longer_than_a_bad_line_needs_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the pauses: so many bytes a second are needed in the long run."""
    monkeypatch.setattr(stranger_forms, "_GRACE_S", 0)
    monkeypatch.setattr(stranger_forms, "_SLOWEST", 10**9)

    async def drip() -> dict[str, object]:
        await anyio.sleep(0.01)
        return {"type": "http.request", "body": b"x", "more_body": True}

    assert run_apart(read, drip) == "UPLOAD_STALLED"
