"""The HTTP side of the process: our routes in their order, the middleware, and what runs while the server runs."""

import errno
import gc
import os
import resource
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from streamlit.runtime.pages_manager import PagesManager

from survey import loglines
from survey.domain.problems import STORAGE_UNUSABLE, Problem
from survey.web import (
    api,
    briefing_print,
    bundles,
    community_photos,
    desk,
    documents,
    field,
    identity,
    logs_export,
    metrics,
    middleware,
    noted,
    noting,
    offline,
    openapi,
    personal_print,
    photos,
    proof_print,
    province_file,
    public,
    public_privacy,
    queue_export,
    refusals,
    resume,
    roadmap_print,
    rules_export,
    seals,
    second_factor,
    server,
    session,
    signin,
    tasks_files,
    verify_upload,
    visits_print,
)
from survey.web.compressed import Compressed
from survey.web.workers import supervised
from survey.wiring import Survey

_COLLECT_EVERY_S = 60
_FILES = 65_536
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def routes(others: Sequence[BaseRoute] = ()) -> list[BaseRoute]:
    """Return every route of ours, the *others* being those of other doors.

    The last ones answer 404 under our prefixes, where Streamlit would answer 200 with its page.
    """
    ours: list[BaseRoute] = [
        Route("/healthz", show_health, methods=["GET"]),
        *metrics.routes(),
        *signin.routes(),
        *second_factor.routes(),
        *identity.routes(),
        *api.routes(),
        *openapi.routes(),
        *resume.routes(),
        *offline.routes(),
        *queue_export.routes(),
        *rules_export.routes(),
        *field.routes(),
        *photos.routes(),
        *desk.routes(),
        *public.routes(),
        *community_photos.routes(),
        *seals.routes(),
        *bundles.routes(),
        *verify_upload.routes(),
        *documents.routes(),
        *province_file.routes(),
        *briefing_print.routes(),
        *visits_print.routes(),
        *personal_print.routes(),
        *public_privacy.routes(),
        *proof_print.routes(),
        *roadmap_print.routes(),
        *tasks_files.routes(),
        *logs_export.routes(),
        *others,
        *(Route(path, refusals.unknown_path, methods=_METHODS) for path in _unclaimed()),
    ]
    return noted.noted(ours)


def settings_for_app(others: Sequence[BaseRoute] = ()) -> Mapping[str, Any]:
    """Open the survey and return what `st.App` takes; a wrong setting ends the process with a sentence instead of a trace."""
    try:
        survey = _open_writable()
    except Problem as problem:
        sys.exit(f"{problem.kind.code}: {problem.sentence('vi')}\n{problem.sentence('en')}")
    loglines.configure(survey.settings.log)
    server.let_streamlit_log_with_us()
    _allow_many_files()
    # Before the first `st.navigation` of a process Streamlit takes pages/ for its own list and runs its files past the launcher
    # (docs/decisions/0002): our launcher names the pages, from the first visit on.
    PagesManager.uses_pages_directory = False
    compressed = Compressed(middleware.STATIC, survey.settings.data / "cache")
    return {
        "routes": routes(others),
        "middleware": [*middleware.stack(compressed), identity.door()],
        "lifespan": lifespan_with(compressed),
        "exception_handlers": {Problem: refusals.answer_problem},
        "on_script_error": refusals.show_script_error,
    }


def _open_writable() -> Survey:
    """Open the survey. Raises STORAGE_UNUSABLE for a read-only folder: SQLite opens there, and the first phone would hear of it."""
    survey = session.open()
    if not os.access(survey.settings.data, os.W_OK):
        raise Problem(STORAGE_UNUSABLE, reason=f"{survey.settings.data}: {os.strerror(errno.EROFS)}")
    return survey


def lifespan_with(compressed: Compressed) -> Callable[[Any], Any]:
    """Return what runs beside the server: the worker, the collection of garbage, the compression of static files."""

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        compressed.start()
        server.harden()
        with supervised(session.open()), noting.written(session.open()):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_collect_garbage)
                try:
                    yield
                finally:
                    tasks.cancel_scope.cancel()

    return lifespan


def show_health(_request: Request) -> Response:
    """GET /healthz: 200 when the database answers, else 503; says nothing more to strangers."""
    try:
        with session.open().reading() as reader:
            reader.row("SELECT 1 AS one")
    except Exception:  # noqa: BLE001 - whatever the engine raises, the answer is the same
        return JSONResponse({"status": "database unreachable"}, 503)
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def _allow_many_files() -> None:
    """A Streamlit session keeps four files open, for two minutes after its tab was closed, too: the usual 1,024 end at some 200 tabs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _unclaimed() -> Iterator[str]:
    for prefix in middleware.OWN_PREFIXES:
        yield prefix
        yield prefix + "/{rest:path}"


async def _collect_garbage() -> None:
    # Streamlit's own collection after each script run collapses at 100 sessions (.streamlit/config.toml turns it off).
    gc.collect()
    gc.freeze()
    while True:
        await anyio.sleep(_COLLECT_EVERY_S)
        await anyio.to_thread.run_sync(gc.collect)
