"""Drawn pictures for the demonstration: recognisable, never to be taken for real, with true EXIF."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from PIL import ExifTags, Image, ImageDraw, ImageFilter, ImageFont

from survey.domain.submissions import Fix
from survey.photos.scenery import HEIGHT, WIDTH
from survey.photos.scenes import Scene, paint

__all__ = ["Scene", "Shot", "draw_photo"]

MAKE, MODEL = "Demo", "Drawn picture"
_QUALITY = 80
_STRIP = 54


@dataclass(frozen=True)
class Shot:
    """A picture to draw: what it shows, where and when it was taken (*taken_at* aware), and what is burnt in below."""

    scene: Scene
    seed: str
    taken_at: datetime
    fix: Fix | None
    caption: str = ""


def draw_photo(shot: Shot) -> bytes:
    """The JPEG bytes of *shot*; the same shot gives the same bytes."""
    picture = paint(shot.scene, shot.seed).image.filter(ImageFilter.BoxBlur(0.8))
    picture = Image.blend(picture, _grain(), 0.06)
    _burn_in(picture, shot.caption)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY, exif=_exif(shot))
    return buffer.getvalue()


@cache
def _grain() -> Image.Image:
    """The grain of a small sensor, the same for every picture: noise from a fixed row of bytes, as Pillow's own has no seed."""
    state, noise = 1, bytearray()
    for _ in range(300 * 225):
        state = state * 1_103_515_245 + 12_345 & 0x7FFF_FFFF
        noise.append(state >> 16 & 0xFF)
    return Image.frombytes("L", (300, 225), bytes(noise)).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR).convert("RGB")


def _burn_in(picture: Image.Image, caption: str) -> None:
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(30)
    pen.rectangle((0, HEIGHT - _STRIP, WIDTH, HEIGHT), fill=(24, 28, 32))
    words = "MINH HOA"
    pen.text((24, HEIGHT - _STRIP + 8), f"{words} · DEMO    {caption}", fill=(255, 214, 64), font=font)
    # The font that comes with Pillow has no Ạ: its dot is drawn.
    x = 24 + font.getlength(words) - font.getlength("A") / 2
    pen.ellipse((x - 3, HEIGHT - 14, x + 3, HEIGHT - 8), fill=(255, 214, 64))


def _exif(shot: Shot) -> Image.Exif:
    exif = Image.Exif()
    local = shot.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    offset = shot.taken_at.strftime("%z")
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = MAKE, MODEL
    exif[ExifTags.Base.ImageDescription] = "Drawn for the demonstration; not a photograph"
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    camera[ExifTags.Base.DateTimeOriginal] = local
    camera[ExifTags.Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:]}"
    if shot.fix is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(_gps(shot.fix))
    return exif


def _gps(fix: Fix) -> dict[int, object]:
    tags = ExifTags.GPS
    given: dict[int, object] = {
        tags.GPSLatitudeRef: "N" if fix.latitude >= 0 else "S", tags.GPSLatitude: _angle(fix.latitude),
        tags.GPSLongitudeRef: "E" if fix.longitude >= 0 else "W", tags.GPSLongitude: _angle(fix.longitude),
    }  # fmt: skip
    if fix.accuracy_m is not None:
        given[tags.GPSHPositioningError] = fix.accuracy_m
    if fix.altitude_m is not None:
        given[tags.GPSAltitude], given[tags.GPSAltitudeRef] = fix.altitude_m, b"\x00"
    if fix.at is not None:
        moment = fix.at.astimezone(UTC)
        given[tags.GPSDateStamp] = moment.strftime("%Y:%m:%d")
        given[tags.GPSTimeStamp] = (float(moment.hour), float(moment.minute), float(moment.second))
    return given


def _angle(degrees: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(round(abs(degrees) * 3600, 3), 60)
    whole, minutes = divmod(minutes, 60)
    return whole, minutes, round(seconds, 3)
