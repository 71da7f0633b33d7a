"""GET /metrics for Prometheus: what this process did, and how the deployment stands; numbers only, of nobody.

Counters and times are this process's own (`process` and scrape targets tell them apart); what is read from the database is the same
from each process. Only who shows SURVEY_METRICS_TOKEN gets it; everybody else hears 404, as where no token is set.
"""

import hmac
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.domain.problems import PATH_UNKNOWN, Problem
from survey.store.jobs import select_live_workers
from survey.store.operation import Standing, select_standing
from survey.web import endpoints, session
from survey.wiring import Survey

REGISTRY = CollectorRegistry(auto_describe=False)
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
REQUESTS = Counter("survey_requests", "Requests answered, by the route's pattern.", ("method", "route", "status"), registry=REGISTRY)
SECONDS = Histogram("survey_request_seconds", "From a request to the end of its answer.", ("route",), buckets=_BUCKETS, registry=REGISTRY)
REQUESTS_OPEN = Gauge("survey_requests_open", "Requests that are being answered.", registry=REGISTRY)
SOCKETS_OPEN = Gauge("survey_pages_open", "Pages that are open in browsers, by their WebSockets.", registry=REGISTRY)
UPLOADS_OPEN = Gauge("survey_uploads_open", "Files that are coming in.", registry=REGISTRY)
UPLOADS_OPEN.set_function(endpoints.count_uploads)
ProcessCollector(registry=REGISTRY)
_FRESH_S = 30.0  # the database is asked no more often, however often Prometheus asks


def routes() -> list[BaseRoute]:
    """Return the route of this module."""
    return [Route("/metrics", show_metrics, methods=["GET"])]


def show_metrics(request: Request) -> Response:
    """Answer the numbers in Prometheus' text format. Raises PATH_UNKNOWN to who does not show the token."""
    token = session.open().settings.metrics_token
    shown = request.headers.get("authorization", "")
    if token is None or not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        raise Problem(PATH_UNKNOWN, path="/metrics")
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


class _Deployment(Collector):
    """What the database and the disk say, asked at most every half minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = 0.0
        self._known: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """The deployment's gauges; `survey_database_up` alone where the database does not answer."""
        with self._lock:
            if time.monotonic() > self._until:
                self._known = list(_measure(session.open()))
                self._until = time.monotonic() + _FRESH_S
            yield from self._known


def _measure(survey: Survey) -> Iterator[Metric]:
    yield _gauge("survey_disk_free_bytes", "Room on the disk of the data folder.", shutil.disk_usage(survey.settings.data).free)
    with suppress(FileNotFoundError):
        at = survey.last_backup.stat().st_mtime
        yield _gauge("survey_last_backup_seconds", "When the last whole backup was written, in Unix time.", at)
    try:
        with survey.reading() as reader:
            standing = select_standing(reader, survey.store.engine, survey.now())
            workers = select_live_workers(reader, survey.now())
    except Problem:
        yield _gauge("survey_database_up", "Whether the database answers.", 0)
        return
    yield _gauge("survey_database_up", "Whether the database answers.", 1)
    yield _gauge("survey_workers_alive", "Workers that were heard of within 30 seconds.", workers)
    yield from _tell(standing)


def _tell(standing: Standing) -> Iterator[Metric]:
    yield _gauge("survey_database_bytes", "Size of the database.", standing.size)
    yield _gauge("survey_sessions", "Sessions that have not ended, phones' included.", standing.sessions)
    yield _gauge("survey_submissions_received", "Submissions in the database.", standing.submissions)
    jobs = GaugeMetricFamily("survey_jobs", "Jobs by kind and state.", labels=("kind", "state"))
    ages = GaugeMetricFamily("survey_job_oldest_seconds", "How long the oldest due job of a kind has waited.", labels=("kind",))
    for job in standing.jobs:
        jobs.add_metric((job.kind, job.state), job.count)
        if job.state == "waiting":
            ages.add_metric((job.kind,), job.oldest_s)
    yield jobs
    yield ages


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


REGISTRY.register(_Deployment())
