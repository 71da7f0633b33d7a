"""The edits by which people make one picture pass for another: what copies are found is tested and measured with these."""

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

Edit = Callable[[Image.Image], bytes]


def saved(image: Image.Image, quality: int = 90) -> bytes:
    """*image* as a JPEG without metadata."""
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _resized(image: Image.Image, share: float) -> Image.Image:
    return image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), Image.Resampling.LANCZOS)


def _chat(image: Image.Image) -> bytes:
    """As chat apps send: at most 1,280 px, quality 75."""
    return saved(_resized(image, min(1.0, 1280 / max(image.size))), 75)


def _cropped(image: Image.Image, share: float) -> bytes:
    """*share* of each side less, half of it at each edge."""
    across, down = image.width * share / 2, image.height * share / 2
    return saved(image.crop((round(across), round(down), round(image.width - across), round(image.height - down))))


def _dated(image: Image.Image) -> bytes:
    """The orange date of cameras, at the lower right."""
    copy = image.convert("RGB")
    size = max(12, copy.height // 22)
    pen, font = ImageDraw.Draw(copy), ImageFont.load_default(size)
    pen.text((copy.width - 11 * size, copy.height - 2 * size), "2026-11-20 09:41:07", fill=(255, 160, 40), font=font)
    return saved(copy)


def _barred(image: Image.Image) -> bytes:
    """A dark bar with text over the lowest 18 % of the height, as time stamp apps draw."""
    copy = image.convert("RGB")
    top, size = round(copy.height * 0.82), max(10, copy.height // 28)
    pen, font = ImageDraw.Draw(copy), ImageFont.load_default(size)
    pen.rectangle((0, top, copy.width, copy.height), fill=(20, 24, 30))
    for line, text in enumerate(("09:41  20/11/2026", "18.05000 N  106.05000 E", "Thon 1, Ky Thuong, Ha Tinh")):
        pen.text((size, top + size // 3 + line * round(size * 1.4)), text, fill="white", font=font)
    return saved(copy)


def _screenshot(image: Image.Image) -> bytes:
    """The picture on a phone's black screen of 9 : 19.5, with a bar of icons above and below."""
    width = 1080
    screen = Image.new("RGB", (width, 2340), "black")
    shown = image.convert("RGB").resize((width, round(width * image.height / image.width)), Image.Resampling.LANCZOS)
    screen.paste(shown, (0, (2340 - shown.height) // 2))
    pen, font = ImageDraw.Draw(screen), ImageFont.load_default(40)
    pen.text((40, 24), "09:41", fill="white", font=font)
    pen.text((880, 24), "4G  87%", fill="white", font=font)
    for x in (200, 540, 880):
        pen.ellipse((x - 22, 2260, x + 22, 2304), outline="white", width=4)
    return saved(screen)


EDITS: Mapping[str, Edit] = {
    "resize 50 %": lambda image: saved(_resized(image, 0.5)),
    "quality 60": lambda image: saved(image, 60),
    "chat, 1280 px q75": _chat,
    "brightness +25 %": lambda image: saved(ImageEnhance.Brightness(image.convert("RGB")).enhance(1.25)),
    "brightness -40 %": lambda image: saved(ImageEnhance.Brightness(image.convert("RGB")).enhance(0.6)),
    "contrast +40 %": lambda image: saved(ImageEnhance.Contrast(image.convert("RGB")).enhance(1.4)),
    "centre crop 5 %": lambda image: _cropped(image, 0.05),
    "centre crop 10 %": lambda image: _cropped(image, 0.10),
    "date text": _dated,
    "bar, 18 % of height": _barred,
    "mirrored": lambda image: saved(ImageOps.mirror(image)),
    "turned by 90°": lambda image: saved(image.transpose(Image.Transpose.ROTATE_90)),
    "screenshot with frame": _screenshot,
}


def edited(content: bytes, name: str) -> bytes:
    """The JPEG *content* after the edit *name*."""
    with Image.open(io.BytesIO(content)) as image:
        return EDITS[name](ImageOps.exif_transpose(image))
