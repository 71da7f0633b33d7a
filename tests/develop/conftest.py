"""The deployment of tests/receive with two households, and a hand that hands in checklists with photos."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from survey import receive
from survey.commands.work import Worker
from survey.domain.people import Actor, Role
from survey.domain.ports import Row
from survey.domain.sites import Site, SiteKind
from survey.photos.drawing import Scene, Shot, draw_photo
from survey.store.flags import select_flags
from survey.store.sites import insert_site
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.develop.edits import saved
from tests.receive.conftest import SITE, fence, new_id, stage, stocked, survey, work

__all__ = ["stocked", "survey", "work"]

NEIGHBOUR = "5a1c0a52-0f2f-4d2f-9d3a-0d4d6d3a1e02"
REUSE = {"seen_before", "used_again", "looks_like", "may_look_like"}
BRINGER = Actor(COMMUNE, "p-coordinator", "Điều phối", Role.COORDINATOR)


@pytest.fixture
def village(stocked: Survey) -> Survey:
    """The stocked deployment with the neighbour's household HO-0002 beside HO-0001."""
    neighbour = Site(COMMUNE, NEIGHBOUR, SiteKind.HOUSEHOLD, "HO-0002", "Hộ mẫu 0002", HAMLETS[0], 18.05, 106.05)
    with stocked.transaction() as tx:
        insert_site(tx, neighbour, at=datetime.now(UTC))
    return stocked


def drawn(seed: str, scene: Scene = Scene.YARD) -> bytes:
    """A drawn photo; the same *seed* gives the same bytes."""
    return draw_photo(Shot(scene, seed, datetime(2026, 11, 20, 8, tzinfo=UTC), None))


def hand_in(survey: Survey, *photos: bytes, site: str = SITE, replaces: str | None = None, day: int = 20) -> str:
    """Hand in a fence checklist of *site* with one or two *photos*; returns its id. Nothing is developed yet."""
    instance_id = new_id()
    names = ("a.jpg", "b.jpg")[: len(photos)]
    xml = fence(survey, instance_id, photos=names, site=site, replaces=replaces, end=f"2026-11-{day}T08:05:00.000+07:00")
    receive.submission(survey, BRINGER, xml, door="field")
    for name, content in zip(names, photos, strict=True):
        receive.photo(survey, BRINGER, instance_id, name, stage(survey, content, name))
    return instance_id


def reuse_flags(survey: Survey, submission: str) -> dict[str, Row]:
    """The submission's flags about reuse, by code."""
    with survey.reading() as reader:
        return {flag["code"]: flag for flag in select_flags(reader, COMMUNE, submission) if flag["code"] in REUSE}


def run_jobs(survey: Survey) -> None:
    """A worker of its own, until no job is due."""
    Worker(survey).work(once=True)


def edited_copies(content: bytes, count: int) -> list[bytes]:
    """*count* files that show the same picture, saved at different qualities."""
    with Image.open(as_file(content)) as image:
        return [saved(image, 60 + number) for number in range(count)]


def as_file(content: bytes) -> io.BytesIO:
    """*content* as an open file."""
    return io.BytesIO(content)
