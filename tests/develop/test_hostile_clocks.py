"""Times that no clock shows: a visit that carries one is examined like any other, since its checks must not die of a stranger's text."""

import pytest
from PIL import ExifTags, Image

from survey import receive
from survey.store.flags import select_flags
from survey.store.jobs import select_job_counts
from survey.web.review_case import read_case
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.develop.conftest import BRINGER, run_jobs
from tests.photos.pictures import gradient, jpeg
from tests.receive.conftest import SITE, fence, new_id, stage, stocked, survey

__all__ = ["stocked", "survey"]

PHOTO = '<photo name="a.jpg" source="system" last-modified="{0}"><before latitude="18" longitude="106" at="{0}"/></photo></survey>'
TIMES = {
    "begun-1": ("2026-11-20T08:00:00.000+07:00", "0001-01-01T00:00:00Z"),
    "ended-1": ("2026-11-20T08:05:00.000+07:00", "0001-01-01T20:00:00Z"),
    "ended-9999": ("2026-11-20T08:05:00.000+07:00", "9999-12-31T10:00:00Z"),
    "ended-last": ("2026-11-20T08:05:00.000+07:00", "9999-12-31T23:59:59Z"),
    "fix-1": ('at="2026-11-20T01:01:00Z"', 'at="0001-01-01T00:00:00Z"'),
    "photo-1": ("</survey>", PHOTO.format("0001-01-01T00:00:00Z")),
    "photo-9999": ("</survey>", PHOTO.format("9999-12-31T23:00:00Z")),
}


def _examined(survey: Survey, xml: str, instance_id: str, photo: bytes, phone_time: str = "") -> set[str]:
    """Hand in a visit whose photo is of nobody's, let a worker examine it; the codes of its flags. It can be read afterwards."""
    receive.submission(survey, BRINGER, xml.encode(), door="field", phone_time=phone_time)
    receive.photo(survey, BRINGER, instance_id, "a.jpg", stage(survey, photo, "a.jpg"))
    run_jobs(survey)
    with survey.reading() as reader:
        assert not select_job_counts(reader)
        assert read_case(reader, BRINGER, instance_id) is not None
        return {flag["code"] for flag in select_flags(reader, COMMUNE, instance_id)}


def _taken(at: str, offset: str) -> bytes:
    """A picture of a plain gradient, too small to judge, that its camera dates so."""
    exif = Image.Exif()
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal], camera[ExifTags.Base.OffsetTimeOriginal] = at, offset
    return jpeg(gradient(640, 480), exif=exif)


@pytest.mark.parametrize("change", TIMES.values(), ids=TIMES.keys())
def test_a_time_that_no_phone_shows_hides_no_flag(stocked: Survey, change: tuple[str, str]) -> None:
    """In the form, in a position, beside a photo: the photo is flagged as it would be."""
    instance_id = new_id()
    xml = fence(stocked, instance_id, site=SITE).decode()
    assert change[0] in xml

    assert "low_resolution" in _examined(stocked, xml.replace(*change), instance_id, jpeg(gradient(640, 480)))


@pytest.mark.parametrize(("at", "offset"), [("0001:01:01 00:00:00", "+07:00"), ("9999:12:31 23:59:59", "-12:00")], ids=["1", "9999"])
def test_a_time_that_no_camera_shows_hides_no_flag(stocked: Survey, at: str, offset: str) -> None:
    """Such a time counts as none."""
    instance_id = new_id()

    assert "low_resolution" in _examined(stocked, fence(stocked, instance_id, site=SITE).decode(), instance_id, _taken(at, offset))


@pytest.mark.parametrize("phone_time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_clock_that_is_thousands_of_years_off_hides_no_flag(stocked: Survey, phone_time: str) -> None:
    """The phone says so in a header; nothing is put right by it."""
    instance_id = new_id()
    xml = fence(stocked, instance_id, site=SITE).decode()

    assert "low_resolution" in _examined(stocked, xml, instance_id, jpeg(gradient(640, 480)), phone_time)
