"""Draws the field client's icons as PNG from the shape of field/icon.svg: `python scripts/icons.py` (run once, the files are kept)."""

from pathlib import Path

from PIL import Image, ImageDraw

FIELD = Path(__file__).resolve().parent.parent / "field"
GREEN, WHITE = (11, 93, 52), (255, 255, 255)
# The house of icon.svg in its 32 × 32 box, and the corner of the ground behind it.
HOUSE = ((7, 24), (7, 13), (16, 6), (25, 13), (25, 24), (19, 24), (19, 17), (13, 17), (13, 24))
CORNER = 7
_FINER = 4  # drawn larger, then made small: smooth edges


def main() -> None:
    """Write the three files."""
    draw(192, maskable=False).save(FIELD / "icon-192.png", optimize=True)
    draw(512, maskable=False).save(FIELD / "icon-512.png", optimize=True)
    draw(512, maskable=True).save(FIELD / "icon-maskable-512.png", optimize=True)


def draw(size: int, *, maskable: bool) -> Image.Image:
    """The icon at *size* pixels; a *maskable* one fills the square, its house within the inner 80 % that every mask leaves."""
    large = size * _FINER
    image = Image.new("RGBA", (large, large), (*GREEN, 255 if maskable else 0))
    pen = ImageDraw.Draw(image)
    if not maskable:
        pen.rounded_rectangle((0, 0, large - 1, large - 1), CORNER / 32 * large, fill=GREEN)
    share = 0.8 if maskable else 1.0
    place = [tuple(((at - 16) * share + 16) / 32 * large for at in point) for point in HOUSE]
    pen.polygon(place, fill=WHITE)
    small = image.resize((size, size), Image.Resampling.LANCZOS)
    # Few colours are enough for two plain ones and their edge, and keep the file small.
    return small.quantize(16, method=Image.Quantize.FASTOCTREE)


if __name__ == "__main__":
    main()
