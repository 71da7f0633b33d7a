"""What drawn pictures are put together from: sky, hills, ground, trees, houses; all of it from one random source."""

# ruff: noqa: PLR2004  # the numbers are places in a picture of 1200 x 900

import math
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1200, 900
HORIZON = 380

Colour = tuple[int, int, int]
Point = tuple[float, float]

LEAVES: tuple[Colour, ...] = ((46, 110, 50), (62, 132, 58), (84, 150, 66), (38, 92, 46), (104, 160, 76))
DRY: tuple[Colour, ...] = ((122, 118, 62), (140, 128, 74), (104, 112, 60), (92, 104, 56))
FLOWERS: tuple[Colour, ...] = ((206, 44, 64), (236, 176, 40), (226, 96, 150), (240, 236, 220))
GRASS: Colour = (112, 150, 78)
FAR_GRASS: Colour = (142, 172, 108)
SOIL: Colour = (134, 98, 66)
CONCRETE: Colour = (186, 184, 176)


@dataclass
class Canvas:
    """A picture in the making, with its own random source: the same seed draws the same picture."""

    image: Image.Image
    draw: ImageDraw.ImageDraw
    random: Random

    @classmethod
    def of(cls, seed: str) -> "Canvas":
        """An open landscape under the sky that *seed* says."""
        random = Random(seed)  # noqa: S311 - pictures, not secrets
        image = _sky(random.randrange(_SKIES)).copy()
        canvas = cls(image, ImageDraw.Draw(image), random)
        canvas.hills()
        return canvas

    def shade(self, colour: Colour, spread: int = 12) -> Colour:
        """*colour*, a little lighter or darker."""
        change = self.random.randint(-spread, spread)
        red, green, blue = (min(255, max(0, part + change)) for part in colour)
        return red, green, blue

    def hills(self) -> None:
        """Two ridges, the farther one paler."""
        for base, height, colour in ((HORIZON - 40, 70, (126, 156, 148)), (HORIZON - 5, 45, (88, 132, 96))):
            phase, length = self.random.uniform(0, 6), self.random.uniform(140, 260)
            ridge = [
                (x, base - height * (0.5 + 0.35 * math.sin(x / length + phase) + 0.15 * math.sin(x / 61 + phase)))
                for x in range(0, WIDTH + 30, 30)
            ]
            self.draw.polygon([*ridge, (WIDTH, HORIZON + 40), (0, HORIZON + 40)], fill=self.shade(colour, 8))

    def ground(self, near: Colour, far: Colour) -> None:
        """Ground from the horizon down, *far* to *near*."""
        steps = 26
        for step in range(steps):
            share = step / (steps - 1)
            top = HORIZON + (HEIGHT - HORIZON) * step / steps
            colour = tuple(round(a + (b - a) * share) for a, b in zip(far, near, strict=True))
            self.draw.rectangle((0, top, WIDTH, top + (HEIGHT - HORIZON) / steps + 1), fill=colour)

    def tufts(self, count: int, colours: tuple[Colour, ...], top: float = HORIZON + 20, bottom: float = HEIGHT) -> None:
        """Grass, larger where it is nearer."""
        for _ in range(count):
            y = self.random.uniform(top, bottom)
            size = 2 + 12 * (y - HORIZON) / (HEIGHT - HORIZON)
            x = self.random.uniform(0, WIDTH)
            lean = self.random.uniform(-size, size)
            blade = [(x - size / 3, y), (x + lean, y - 2 * size), (x + size / 3, y)]
            self.draw.polygon(blade, fill=self.shade(self.random.choice(colours)))

    def foliage(self, box: tuple[float, float, float, float], count: int, colours: tuple[Colour, ...], size: float) -> None:
        """*count* leaf masses inside *box*."""
        left, top, right, bottom = box
        for _ in range(count):
            x, y = self.random.uniform(left, right), self.random.uniform(top, bottom)
            radius = self.random.uniform(size * 0.6, size * 1.2)
            light = 18 if y < (top + bottom) / 2 else -14
            self.dot(x, y, radius, _lighter(self.shade(self.random.choice(colours)), light))

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle."""
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def tree(self, x: float, foot: float, height: float, *, fruit: Colour | None = None, colours: tuple[Colour, ...] = LEAVES) -> None:
        """A round tree of *height* pixels standing at (*x*, *foot*), with *fruit* where a colour is given."""
        trunk = height * 0.05
        middle = foot - height * 0.5
        bark = [(x - trunk, foot), (x - trunk / 2, middle), (x + trunk / 2, middle), (x + trunk, foot)]
        self.draw.polygon(bark, fill=self.shade((98, 76, 54)))
        crown = (x - height * 0.26, foot - height * 0.95, x + height * 0.26, foot - height * 0.42)
        self.foliage(crown, 26, colours, height * 0.12)
        if fruit is not None:
            for _ in range(12):
                self.dot(self.random.uniform(crown[0], crown[2]), self.random.uniform(crown[1], crown[3]), height * 0.025, fruit)

    def areca(self, x: float, foot: float, height: float) -> None:
        """A slender palm as it stands before many houses."""
        self.draw.line([(x, foot), (x + height * 0.02, foot - height)], fill=(150, 140, 120), width=max(3, round(height * 0.03)))
        for turn in range(9):
            angle = math.pi * (0.05 + 0.9 * turn / 8)
            tip = (x + math.cos(angle) * height * 0.3, foot - height - math.sin(angle) * height * 0.2 + height * 0.12)
            self.draw.line([(x + height * 0.02, foot - height), tip], fill=self.shade((58, 122, 56)), width=max(3, round(height * 0.035)))

    def house(self, x: float, foot: float, width: float) -> None:
        """A one-storey house with a tiled roof; (*x*, *foot*) is its left lower corner."""
        height = width * 0.42
        wall = self.shade(self.random.choice(((232, 214, 170), (214, 226, 214), (236, 228, 214), (206, 218, 230))))
        roof = self.shade(self.random.choice(((168, 74, 54), (150, 62, 50), (96, 108, 124))))
        self.draw.rectangle((x, foot - height, x + width, foot), fill=wall)
        self.draw.polygon(
            [(x - width * 0.06, foot - height), (x + width * 0.14, foot - height * 1.55), (x + width * 0.86, foot - height * 1.55),
             (x + width * 1.06, foot - height)], fill=roof,
        )  # fmt: skip
        for left, right, top in ((0.1, 0.28, 0.7), (0.42, 0.58, 0.82), (0.72, 0.9, 0.7)):
            bottom = foot if top > 0.8 else foot - height * 0.25
            self.draw.rectangle((x + width * left, foot - height * top, x + width * right, bottom), fill=self.shade((92, 72, 56)))
        self.draw.rectangle((x - width * 0.03, foot - 4, x + width * 1.03, foot + 6), fill=(176, 168, 156))

    def hut(self, x: float, foot: float, width: float, wall: Colour = (196, 190, 180)) -> None:
        """A small outbuilding with one door: latrine, shed."""
        height = width * 0.95
        self.draw.rectangle((x, foot - height, x + width, foot), fill=self.shade(wall))
        self.draw.polygon([(x - 8, foot - height), (x + width + 8, foot - height), (x + width + 8, foot - height - width * 0.18),
                           (x - 8, foot - height - width * 0.05)], fill=self.shade((130, 138, 142)))  # fmt: skip
        self.draw.rectangle((x + width * 0.32, foot - height * 0.75, x + width * 0.68, foot), fill=self.shade((84, 112, 132)))


_SKIES = 6


@cache
def _sky(number: int) -> Image.Image:
    """One of a few skies; the slowest part of a picture, so it is painted once."""
    random = Random(number)  # noqa: S311 - pictures, not secrets
    zenith: Colour = random.choice(((96, 152, 214), (128, 168, 210), (150, 172, 192)))
    haze = (222, 230, 232)
    column = Image.new("RGB", (1, HEIGHT))
    for row in range(HEIGHT):
        share = min(1.0, row / HORIZON)
        column.putpixel((0, row), tuple(round(a + (b - a) * share) for a, b in zip(zenith, haze, strict=True)))
    sky = column.resize((WIDTH, HEIGHT))
    clouds = Image.new("L", (WIDTH // 4, HEIGHT // 4))
    pen = ImageDraw.Draw(clouds)
    for _ in range(random.randint(3, 7)):
        x, y = random.uniform(0, WIDTH / 4), random.uniform(5, HORIZON / 5)
        for _puff in range(7):
            left, top = x + random.uniform(-30, 20), y + random.uniform(-5, 5)
            pen.ellipse((left, top, left + random.uniform(18, 44), top + random.uniform(6, 14)), fill=random.randint(130, 220))
    sky.paste((250, 250, 250), mask=clouds.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC))
    return sky


def _lighter(colour: Colour, by: int) -> Colour:
    red, green, blue = (min(255, max(0, part + by)) for part in colour)
    return red, green, blue
