"""Drawn pictures for the demonstration: recognisable, never to be taken for real, with true EXIF."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from survey.domain.submissions import Fix
from survey.photos.scenery import HEIGHT, WIDTH
from survey.photos.scenes import Scene, paint

__all__ = ["Scene", "Shot", "draw_photo"]

MAKE, MODEL = "Demo", "Drawn picture"
_QUALITY = 80
_STRIP = 54
_F_NUMBER, _BRIGHT_ISO, _DIM_ISO, _DIM_LV = 1.8, 50, 800, 9  # what a phone's camera does with much and with little light
_SHADOWS, _DEEPEST_SHADOW, _BRIGHTER = (8, 6), 60, 1.15


@dataclass(frozen=True)
class Shot:
    """A picture to draw: what it shows, where and when it was taken (*taken_at* aware), and what is burnt in below.

    *view* is where the camera stood and how the shadows fell: another view of one seed is another photo of one place, its own where empty.
    *lv* is the light value that the exposure was made for. *crop* is the share cut off all around, *blur_px* how far the hand shook.
    """

    scene: Scene
    seed: str
    taken_at: datetime
    fix: Fix | None
    caption: str = ""
    view: str = ""
    lv: float = 13.0
    crop: float = 0.0
    blur_px: float = 0.0


def draw_photo(shot: Shot) -> bytes:
    """The JPEG bytes of *shot*; the same shot gives the same bytes."""
    picture = paint(shot.scene, shot.seed).image.filter(ImageFilter.BoxBlur(0.8))
    picture = _seen(picture, Random(shot.view or f"{shot.seed} {shot.taken_at:%Y-%m-%d}"))  # noqa: S311 - pictures, not secrets
    if shot.crop:
        left, top = WIDTH * shot.crop, HEIGHT * shot.crop
        picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box=(left, top, WIDTH - left, HEIGHT - top))
    if shot.blur_px:
        picture = picture.filter(ImageFilter.GaussianBlur(shot.blur_px))
    picture = Image.blend(picture, _grain(), 0.01 if shot.blur_px else 0.06)
    _burn_in(picture, shot.caption)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY, exif=_exif(shot))
    return buffer.getvalue()


def _seen(picture: Image.Image, random: Random) -> Image.Image:
    """The scene from where somebody stood, under the shadows of that hour: drawn scenes of one kind would be too much alike without."""
    zoom = random.uniform(0.7, 0.95)
    left, top = random.uniform(0, WIDTH * (1 - zoom)), random.uniform(0, HEIGHT * (1 - zoom))
    picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box=(left, top, left + WIDTH * zoom, top + HEIGHT * zoom))
    columns, rows = _SHADOWS
    shadows = Image.frombytes("L", _SHADOWS, bytes(random.randint(_DEEPEST_SHADOW, 255) for _ in range(columns * rows)))
    shadows = shadows.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return ImageChops.multiply(picture, Image.merge("RGB", (shadows,) * 3)).point(lambda value: value * _BRIGHTER)


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
    iso = _DIM_ISO if shot.lv < _DIM_LV else _BRIGHT_ISO
    camera[ExifTags.Base.FNumber], camera[ExifTags.Base.ISOSpeedRatings] = _F_NUMBER, iso
    camera[ExifTags.Base.ExposureTime] = 1 / round(2**shot.lv * iso / 100 / _F_NUMBER**2)
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
