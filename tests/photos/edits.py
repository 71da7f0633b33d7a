"""What people do to a photo before they hand it in a second time; each edit takes and gives a picture, `saved` makes its file."""

import io
from collections.abc import Callable
from datetime import datetime

from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from survey.domain.times import VIETNAM
from survey.photos.drawing import Scene, Shot, draw_photo

Picture = Image.Image
Edit = Callable[[Picture], Picture]


def saved(picture: Picture, quality: int = 85) -> bytes:
    """*picture* as a JPEG without metadata."""
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def longest(side: int) -> Edit:
    """Sent through a chat app that makes the longer side *side* pixels."""
    def resize(picture: Picture) -> Picture:
        scale = side / max(picture.size)
        return picture.resize((round(picture.width * scale), round(picture.height * scale)))
    return resize  # fmt: skip


def cropped(share: float) -> Edit:
    """The middle, *share* of each side cut off."""
    def crop(picture: Picture) -> Picture:
        across, down = picture.width * share / 2, picture.height * share / 2
        return picture.crop((round(across), round(down), round(picture.width - across), round(picture.height - down)))
    return crop  # fmt: skip


def stamped(picture: Picture) -> Picture:
    """A date burnt in, as cameras do it."""
    stamped = picture.copy()
    font = ImageFont.load_default(picture.height // 20)
    ImageDraw.Draw(stamped).text((picture.width * 0.6, picture.height * 0.9), "2026-11-23 09:12", fill=(255, 160, 0), font=font)
    return stamped


def barred(picture: Picture) -> Picture:
    """A dark bar over the lowest 18 % with place and time, as stamping apps do it."""
    barred = picture.copy()
    ImageDraw.Draw(barred).rectangle((0, round(picture.height * 0.82), picture.width, picture.height), fill=(20, 20, 20))
    return stamped(barred)


def screenshot(picture: Picture, background: str = "black") -> Picture:
    """Seen on a phone: a clock above, three buttons below, bars between."""
    screen = Image.new("RGB", (1080, 2340), background)
    scale = min(1080 / picture.width, 1872 / picture.height)
    shown = picture.resize((int(picture.width * scale), int(picture.height * scale)))
    screen.paste(shown, ((1080 - shown.width) // 2, (2340 - shown.height) // 2))
    pen, ink = ImageDraw.Draw(screen), "white" if background == "black" else "black"
    pen.text((40, 30), "09:41   Zalo", fill=ink, font=ImageFont.load_default(40))
    for x in (200, 540, 880):
        pen.ellipse((x - 30, 2250, x + 30, 2310), outline=ink, width=6)
    return screen


EDITS: dict[str, tuple[Edit, int]] = {  # and the quality at which it is saved
    "resized to half": (lambda picture: picture.resize((picture.width // 2, picture.height // 2)), 85),
    "recompressed": (lambda picture: picture, 60),
    "sent by chat": (longest(1280), 75),
    "brighter": (lambda picture: ImageEnhance.Brightness(picture).enhance(1.25), 85),
    "darker": (lambda picture: ImageEnhance.Brightness(picture).enhance(0.6), 85),
    "more contrast": (lambda picture: ImageEnhance.Contrast(picture).enhance(1.4), 85),
    "cropped by a tenth": (cropped(0.1), 85),
    "cropped by a fifth": (cropped(0.2), 85),
    "date stamp": (stamped, 85),
    "bar of 18 %": (barred, 85),
    "mirrored": (lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 85),
    "mirrored and cropped": (lambda picture: cropped(0.1)(picture).transpose(Image.Transpose.FLIP_LEFT_RIGHT), 85),
    "turned left": (lambda picture: picture.transpose(Image.Transpose.ROTATE_90), 85),
    "upside down": (lambda picture: picture.transpose(Image.Transpose.ROTATE_180), 85),
    "turned right": (lambda picture: picture.transpose(Image.Transpose.ROTATE_270), 85),
    "screenshot": (screenshot, 85),
    "screenshot on white": (lambda picture: screenshot(picture, "white"), 85),
}


def scene(kind: Scene, seed: str = "1") -> Picture:
    """A drawn scene without its caption."""
    drawn = draw_photo(Shot(kind, seed, datetime(2026, 11, 1, 9, tzinfo=VIETNAM), None))
    with Image.open(io.BytesIO(drawn)) as image:
        return image.convert("RGB").crop((0, 0, 1200, 840))
