"""Visits handed in through the real door, for browser tests: a fence with two photos, drawn by code with true EXIF."""

import io
import uuid
from datetime import datetime, timedelta, timezone

from PIL import ExifTags, Image, ImageDraw

from survey import develop, receive
from survey.domain.people import Actor, Role
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

VIETNAM = timezone(timedelta(hours=7))
INSPECTOR = Actor(COMMUNE, "p-inspector", "Khảo sát viên", Role.INSPECTOR, frozenset({HAMLETS[0]}))
_LEAF, _SKY, _EARTH = (46, 125, 50), (178, 212, 236), (150, 120, 84)


def hand_in(survey: Survey, site: str | None, *, photos: int = 2, sent: int | None = None, metres_off: float = 12.0) -> str:
    """A fence visit of *site* with *photos* photos of which the first *sent* arrive; returns its id, worked on by the worker's code."""
    key = f"uuid:{uuid.uuid4()}"
    moment = datetime.now(VIETNAM) - timedelta(minutes=5)
    latitude = 18.07 + metres_off / 110_600
    names = [f"fence_{number}.jpg" for number in range(1, photos + 1)]
    pictures = [_picture(number, moment, latitude) for number in range(photos)]
    files = [
        (name, survey.blobs.stage([content], name=name, limit=receive.PHOTO_LIMIT)) for name, content in zip(names, pictures, strict=True)
    ]
    xml = _instance(key, site, names, moment, latitude)
    receive.submission(survey, INSPECTOR, xml.encode(), door="field", files=files[: photos if sent is None else sent])
    develop.develop(survey, COMMUNE, key)
    return key


def _instance(key: str, site: str | None, names: list[str], moment: datetime, latitude: float) -> str:
    at = moment.isoformat(timespec="seconds")
    fix = f'latitude="{latitude:.6f}" longitude="106.110000" accuracy="8" at="{at}"'
    answers = "".join(f"<photo_{number}>{name}</photo_{number}>" for number, name in enumerate(names, 1))
    captures = "".join(f'<photo name="{name}" source="system"><after {fix}/></photo>' for name in names)
    place = f"<site>{site}</site>" if site else ""
    return (
        f'<data id="household_fence" version="2026112303"><fence>{answers}<total_m>40</total_m><green_m>31.5</green_m>'
        "<kind>hedge</kind></fence><more><trimmed>yes</trimmed><remark>Chủ hộ &lt;b&gt;đồng ý&lt;/b&gt;.</remark></more>"
        f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID><timeStart>{at}</timeStart><timeEnd>{at}</timeEnd></meta>'
        f'<survey xmlns="urn:ntm-survey:capture:1">{place}<hamlet>{HAMLETS[0]}</hamlet><fix {fix}/>{captures}</survey></data>'
    )


def _picture(number: int, moment: datetime, latitude: float) -> bytes:
    """A drawn fence under a sky, different each time, with the tags that a phone writes."""
    image = Image.new("RGB", (1280, 960), _SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 640, 1280, 960), fill=_EARTH)
    for post in range(0, 1280, 44):
        height = 330 + (post * 37 + number * 53 + moment.microsecond) % 90
        draw.ellipse((post - 40, height, post + 70, 700), fill=(_LEAF[0] + post % 40, _LEAF[1], _LEAF[2]))
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Vsmart", "Joy 4"
    exif.get_ifd(ExifTags.IFD.Exif).update({
        ExifTags.Base.DateTimeOriginal: moment.strftime("%Y:%m:%d %H:%M:%S"), ExifTags.Base.OffsetTimeOriginal: "+07:00",
    })  # fmt: skip
    minutes = (latitude % 1) * 60
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({
        ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (18.0, float(int(minutes)), round((minutes % 1) * 60, 3)),
        ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: (106.0, 6.0, 36.0),
    })  # fmt: skip
    content = io.BytesIO()
    image.save(content, "JPEG", quality=82, exif=exif)
    return content.getvalue()
