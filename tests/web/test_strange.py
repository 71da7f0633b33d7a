"""A short run of the strange requests: each kind of caller, every described route; `benchmarks/strange_requests.py` is the long one."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from survey.web import openapi
from survey.wiring import ROOT, Survey
from tests.web.strange import CALLERS, Report, ask_all, headers_of, known_names, served

_EACH = 2


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Starlette, Survey]]:
    """A demonstration commune and our routes over it."""
    data = tmp_path_factory.mktemp("strange")
    made = [sys.executable, "-m", "survey", "--data", str(data), "demo", "--households", "40", "--submissions", "10"]
    subprocess.run(made, cwd=ROOT, check=True, capture_output=True)
    with served(data) as opened:
        yield opened


@pytest.mark.parametrize("caller", CALLERS)
def test_no_strange_request_breaks_a_route(place: tuple[Starlette, Survey], caller: str) -> None:
    """Odd parameters, headers and bodies are answered below 500 and as the document says, whoever asks."""
    application, survey = place
    report = ask_all(application, headers_of(survey, caller), each=_EACH, known=known_names(survey))

    assert report.findings == {}
    assert report.statuses.total() > len(openapi.OPERATIONS)
    assert (set(report.statuses) <= {200, 401, 403}) == (caller == "stranger")


def test_a_broken_route_is_found(place: tuple[Starlette, Survey], monkeypatch: pytest.MonkeyPatch) -> None:
    """A route that raises, and one that answers what nobody announced, are findings."""
    application, survey = place
    monkeypatch.setattr("survey.web.api._commune", lambda _reader, _code: {"code": 1})
    monkeypatch.setattr("survey.web.api._sites", lambda *_arguments: 1 / 0)
    report: Report = ask_all(application, headers_of(survey, "reviewer"), each=1)

    assert any(place.startswith("GET /api/me") for place in report.findings)
    assert any(place.startswith("GET /api/sites") for place in report.findings)
