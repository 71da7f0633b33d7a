"""A deployment with the real checklists, three houses and a road, on each engine; and photos taken at them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from survey.domain.ports import Staged
from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.photos.pictures import GPS, gradient, jpeg

# Household 2 stands 110 m north of household 1, household 3 in the other hamlet; the road begins 600 m east.
PLACES = {1: (18.0700, 106.1100, HAMLETS[0]), 2: (18.0710, 106.1100, HAMLETS[0]), 3: (18.0900, 106.1100, HAMLETS[1])}
LINE = ((106.1160, 18.0700), (106.1200, 18.0700))


def site_id(number: int) -> str:
    """The id of household *number*; 99 is the road."""
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture(params=["sqlite", "postgres"])
def survey(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Survey]:
    """The deployment on each engine: a test that takes it runs twice."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    opened = open_survey(Settings(data=tmp_path / "data", database=database))
    seed(opened.store)
    now = datetime.now(UTC)
    with opened.transaction() as tx:
        for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx")):
            insert_form(tx, COMMUNE, compile_xlsform(path.read_bytes(), path.name), path.read_bytes(), now)
        for number, (latitude, longitude, hamlet) in PLACES.items():
            name = f"Hộ mẫu {number}"
            insert_site(
                tx, Site(COMMUNE, site_id(number), SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, hamlet, latitude, longitude), at=now
            )
        road = Site(COMMUNE, site_id(99), SiteKind.ROAD_SEGMENT, "DU-0001", "Đường trục", HAMLETS[0], 18.07, 106.118, LINE)
        insert_site(tx, road, at=now)
    yield opened
    opened.store.close()


@pytest.fixture
def stage(survey: Survey) -> Callable[[str, bytes], Staged]:
    """A function that puts bytes on local disk as an upload does."""
    return lambda name, content: survey.blobs.stage([content], name=name, limit=100_000_000)


def taken(
    seed_: int, latitude: float | None = None, longitude: float = 106.11, *, at: str | None = "2026:11:20 08:00:00",
    accuracy: float | None = None,
) -> bytes:  # fmt: skip
    """A photo that its camera took there and then; None is not written."""
    exif = Image.Exif()
    if at:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at
    if latitude is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "N", (latitude, 0.0, 0.0)
        gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (longitude, 0.0, 0.0)
        if accuracy is not None:
            gps[GPS.GPSHPositioningError] = accuracy
    return jpeg(gradient(640 + seed_, 480), exif=exif)
