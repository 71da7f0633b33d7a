"""Visits with pictures of our own making: a drawn scene with much to see in it, and the copies that a cheat makes of one."""

import io
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from random import Random

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from survey import develop, receive
from survey.domain.people import Actor, Role
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS

VIETNAM = timezone(timedelta(hours=7))
INSPECTOR = Actor(COMMUNE, "p-inspector", "Khảo sát viên", Role.INSPECTOR, frozenset({HAMLETS[0]}))
SIZE = (1280, 960)


def scene(seed: int) -> Image.Image:
    """A yard of *seed*: sky, ground, trees and walls of many sizes and colours, nowhere plain."""
    chance = Random(seed)  # noqa: S311 - a drawing, not a secret
    image = Image.new("RGB", SIZE, (150 + chance.randrange(80), 190, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 500 + chance.randrange(150), *SIZE), fill=(120 + chance.randrange(60), 100, 70))
    for _ in range(60):
        x, y, size = chance.randrange(SIZE[0]), chance.randrange(200, SIZE[1]), chance.randrange(20, 200)
        colour = (chance.randrange(30, 220), chance.randrange(60, 230), chance.randrange(20, 160))
        shape = chance.choice((draw.ellipse, draw.rectangle))
        shape((x - size // 2, y - size, x + size // 2, y + size // 3), fill=colour)
    return image


def cropped(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """The part of *image* within these shares of its sides."""
    return image.crop((int(left * image.width), int(top * image.height), int(right * image.width), int(bottom * image.height)))


def mirrored(image: Image.Image) -> Image.Image:
    """*image* as in a mirror, somewhat brighter."""
    return ImageEnhance.Brightness(ImageOps.mirror(image)).enhance(1.15)


def turned(image: Image.Image) -> Image.Image:
    """*image* lying on its side."""
    return image.transpose(Image.Transpose.ROTATE_90)


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    """*image* as a file without any facts in it."""
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return content.getvalue()


def hand_in_pictures(
    survey: Survey, site: str | None, pictures: Sequence[bytes], *, at: datetime, metres_off: float = 5.0,
    person: Actor = INSPECTOR, work: Callable[[Survey, str, str], None] = develop.develop,
) -> str:  # fmt: skip
    """A fence visit of *site* at *at* with *pictures*, taken *metres_off* north of the first house; returns its id, developed."""
    key = f"uuid:{uuid.uuid4()}"
    names = [f"fence_{number}.jpg" for number in range(1, len(pictures) + 1)]
    files = [
        (name, survey.blobs.stage([content], name=name, limit=receive.PHOTO_LIMIT)) for name, content in zip(names, pictures, strict=True)
    ]
    receive.submission(survey, person, _instance(key, site, names, at, 18.07 + metres_off / 110_600).encode(), door="field", files=files)
    work(survey, COMMUNE, key)
    return key


def _instance(key: str, site: str | None, names: Sequence[str], at: datetime, latitude: float) -> str:
    moment = at.astimezone(VIETNAM).isoformat(timespec="seconds")
    fix = f'latitude="{latitude:.6f}" longitude="106.110000" accuracy="8" at="{moment}"'
    answers = "".join(f"<photo_{number}>{name}</photo_{number}>" for number, name in enumerate(names, 1))
    captures = "".join(f'<photo name="{name}" source="system"><after {fix}/></photo>' for name in names)
    place = f"<site>{site}</site>" if site else ""
    return (
        f'<data id="household_fence" version="2026112303"><fence>{answers}<total_m>40</total_m><green_m>31.5</green_m>'
        "<kind>hedge</kind></fence><more><trimmed>yes</trimmed></more>"
        f'<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID><timeStart>{moment}</timeStart>'
        f'<timeEnd>{moment}</timeEnd></meta><survey xmlns="urn:ntm-survey:capture:1">{place}<hamlet>{HAMLETS[0]}</hamlet>'
        f"<fix {fix}/>{captures}</survey></data>"
    )
