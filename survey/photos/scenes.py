"""The scenes of the demonstration: gardens, fences, roads, yards and public places, good and poor."""

# ruff: noqa: PLR2004  # the numbers are places in a picture of 1200 x 900

from collections.abc import Callable
from enum import StrEnum

from survey.photos.road_scenes import asphalt_road, concrete_road, drain, earth_road, junction, mud
from survey.photos.scenery import CONCRETE, DRY, FAR_GRASS, FLOWERS, GRASS, HEIGHT, HORIZON, LEAVES, SOIL, WIDTH, Canvas


class Scene(StrEnum):
    """What a drawn picture shows."""

    GARDEN = "garden"
    SCRUB = "scrub"
    SPRINKLERS = "sprinklers"
    PLAN = "plan"
    HEDGE = "hedge"
    WALL = "wall"
    MESH = "mesh"
    CONCRETE_ROAD = "concrete_road"
    ASPHALT_ROAD = "asphalt_road"
    EARTH_ROAD = "earth_road"
    MUD = "mud"
    YARD = "yard"
    BINS = "bins"
    LATRINE = "latrine"
    SHED = "shed"
    CULTURE_HOUSE = "culture_house"
    JUNCTION = "junction"
    DRAIN = "drain"
    GROUND = "ground"


def paint(scene: Scene, seed: str) -> Canvas:
    """A picture of *scene*; another *seed* gives another place."""
    canvas = Canvas.of(seed)
    _PAINTERS[scene](canvas)
    return canvas


def _garden(canvas: Canvas) -> None:
    canvas.ground(GRASS, FAR_GRASS)
    canvas.house(canvas.random.uniform(60, 640), HORIZON + 30, 300)
    beds = canvas.random.randint(5, 7)
    middle = canvas.random.uniform(520, 680)
    for bed in range(beds):
        left = (bed / beds - 0.5) * 2.3
        right = left + 1.5 / beds
        top = [(middle + 420 * side, HORIZON + 80) for side in (left, right)]
        bottom = [(middle + 1150 * side, HEIGHT) for side in (right, left)]
        canvas.draw.polygon([*top, *bottom], fill=canvas.shade(SOIL))
        crop = canvas.random.choice((LEAVES, LEAVES, ((142, 190, 84), (120, 176, 80))))
        for step in range(13):
            share = (step / 12) ** 1.6
            y = HORIZON + 90 + share * 430
            x = middle + (420 + 730 * share) * (left + right) / 2
            canvas.foliage((x - 20 * share, y - 8, x + 20 * share, y + 4), 3, crop, 7 + 24 * share)
    fruit = canvas.random.choice(((238, 150, 40), (226, 186, 60), None))
    for x in (60, 1130, canvas.random.uniform(850, 1050)):
        canvas.tree(x, HORIZON + canvas.random.uniform(70, 190), canvas.random.uniform(190, 300), fruit=fruit)


def _scrub(canvas: Canvas) -> None:
    canvas.ground((118, 122, 70), (140, 150, 96))
    canvas.house(canvas.random.uniform(120, 760), HORIZON + 30, 230)
    for _ in range(34):
        y = canvas.random.uniform(HORIZON + 50, HEIGHT)
        x = canvas.random.uniform(-20, WIDTH)
        size = 18 + 60 * (y - HORIZON) / (HEIGHT - HORIZON)
        canvas.foliage((x - size, y - size, x + size, y), 9, (*DRY, *LEAVES[:2]), size * 0.5)
    canvas.tufts(160, DRY)
    canvas.tree(canvas.random.uniform(150, 1050), HORIZON + 160, 250, colours=DRY)


def _sprinklers(canvas: Canvas) -> None:
    _garden(canvas)
    for number in range(3):
        x, y = 260 + number * 330 + canvas.random.uniform(-40, 40), HORIZON + 180 + number % 2 * 110
        canvas.draw.line([(x, y), (x, y - 70)], fill=(60, 60, 66), width=6)
        for _ in range(60):
            spread = canvas.random.uniform(-90, 90)
            canvas.dot(x + spread, y - 70 - (90 - abs(spread)) * canvas.random.uniform(0, 0.6), 2.2, (226, 240, 250))
    canvas.draw.line([(0, HORIZON + 300), (WIDTH, HORIZON + 285)], fill=(52, 62, 70), width=9)


def _plan(canvas: Canvas) -> None:
    draw, random = canvas.draw, canvas.random
    draw.rectangle((0, 0, WIDTH, HEIGHT), fill=canvas.shade((142, 104, 70)))
    draw.polygon([(130, 110), (1080, 90), (1100, 800), (110, 820)], fill=(246, 244, 236))
    ink = (44, 60, 120)
    draw.rectangle((200, 180, 1010, 740), outline=ink, width=5)
    draw.rectangle((240, 220, 240 + random.randint(160, 260), 400), outline=ink, width=4, fill=(236, 214, 200))
    for row in range(random.randint(3, 5)):
        top = 450 + row * 56
        draw.rectangle((240, top, random.randint(620, 760), top + 36), outline=ink, width=3, fill=(214, 232, 206))
    for _ in range(14):
        x, y = random.uniform(800, 980), random.uniform(210, 700)
        draw.ellipse((x - 20, y - 20, x + 20, y + 20), outline=ink, width=3)
    draw.line([(560, 180), (560, 420), (1010, 420)], fill=ink, width=3)


def _fence(canvas: Canvas) -> tuple[float, float]:
    """House, yard and gate; returns the gate's left and right edge, for a fence on both sides."""
    canvas.ground((150, 138, 112), FAR_GRASS)
    canvas.house(canvas.random.uniform(250, 520), HORIZON + 130, 460)
    canvas.areca(canvas.random.uniform(120, 240), HORIZON + 150, 380)
    canvas.tree(canvas.random.uniform(960, 1120), HORIZON + 150, 340)
    left = canvas.random.uniform(420, 640)
    right = left + 190
    canvas.draw.polygon([(left, 720), (right, 720), (right + 120, HEIGHT), (left - 120, HEIGHT)], fill=canvas.shade(CONCRETE))
    for x in (left - 30, right):
        canvas.draw.rectangle((x, 500, x + 30, 730), fill=canvas.shade((196, 176, 150)))
        canvas.draw.rectangle((x - 6, 488, x + 36, 504), fill=(150, 130, 110))
    return left - 30, right + 30


def _hedge(canvas: Canvas) -> None:
    left, right = _fence(canvas)
    for start, end in ((0, left), (right, WIDTH)):
        canvas.draw.rectangle((start, 575, end, 730), fill=(44, 96, 46))
        canvas.foliage((start, 560, end, 735), round((end - start) * 0.55), LEAVES, 17)
    if canvas.random.random() < 0.6:
        colour = canvas.random.choice(FLOWERS)
        for _ in range(70):
            x = canvas.random.uniform(0, WIDTH)
            if not left < x < right:
                canvas.dot(x, canvas.random.uniform(560, 720), 6, colour)
    canvas.tufts(60, LEAVES, top=745, bottom=HEIGHT)


def _wall(canvas: Canvas) -> None:
    left, right = _fence(canvas)
    brick = canvas.shade(canvas.random.choice(((190, 120, 92), (200, 196, 186), (214, 206, 180))))
    for start, end in ((0, left), (right, WIDTH)):
        canvas.draw.rectangle((start, 560, end, 735), fill=brick)
        for y in range(560, 735, 25):
            canvas.draw.line([(start, y), (end, y)], fill=canvas.shade((150, 140, 130)), width=2)
            for x in range(int(start) + (y // 25 % 2) * 30, int(end), 60):
                canvas.draw.line([(x, y), (x, y + 25)], fill=(150, 140, 130), width=2)
    canvas.tufts(50, DRY, top=745)


def _mesh(canvas: Canvas) -> None:
    left, right = _fence(canvas)
    for start, end in ((0, left), (right, WIDTH)):
        for x in range(int(start) - 170, int(end), 22):
            canvas.draw.line([(x, 735), (x + 170, 565)], fill=(120, 124, 126), width=2)
            canvas.draw.line([(x, 565), (x + 170, 735)], fill=(120, 124, 126), width=2)
        for x in range(int(start), int(end), 150):
            canvas.draw.line([(x, 740), (x, 550)], fill=(104, 92, 78), width=11)
    canvas.draw.rectangle((left + 2, 520, right - 2, 745), fill=canvas.shade(CONCRETE))
    canvas.tufts(90, LEAVES, top=735)


def _yard(canvas: Canvas) -> None:
    canvas.ground((206, 200, 188), FAR_GRASS)
    canvas.house(canvas.random.uniform(180, 330), HORIZON + 170, 660)
    canvas.areca(90, HORIZON + 190, 420)
    x = canvas.random.uniform(920, 1040)
    canvas.draw.rectangle((x, 470, x + 110, 600), fill=canvas.shade((176, 188, 196)))
    canvas.draw.ellipse((x, 452, x + 110, 488), fill=(198, 208, 214))
    for pot in range(6):
        left = 120 + pot * 165
        canvas.draw.rectangle((left, 640, left + 50, 690), fill=canvas.shade((170, 92, 66)))
        canvas.foliage((left - 4, 590, left + 54, 640), 9, LEAVES, 17)


def _bins(canvas: Canvas) -> None:
    _yard(canvas)
    for x, colour in ((canvas.random.uniform(330, 420), (52, 128, 70)), (canvas.random.uniform(560, 640), (216, 152, 44))):
        canvas.draw.polygon([(x, 560), (x + 150, 560), (x + 134, 790), (x + 16, 790)], fill=canvas.shade(colour))
        canvas.draw.rectangle((x - 12, 536, x + 162, 564), fill=canvas.shade(colour, 24))


def _latrine(canvas: Canvas) -> None:
    canvas.ground((190, 180, 158), FAR_GRASS)
    canvas.tree(180, HORIZON + 190, 380)
    canvas.hut(canvas.random.uniform(430, 560), 790, 330, (226, 222, 212))
    canvas.tufts(60, LEAVES, top=800)


def _shed(canvas: Canvas) -> None:
    canvas.ground((160, 140, 106), FAR_GRASS)
    canvas.tree(1030, HORIZON + 160, 340)
    x = canvas.random.uniform(220, 330)
    canvas.draw.rectangle((x, 520, x + 620, 790), fill=canvas.shade((150, 118, 84)))
    canvas.draw.polygon([(x - 40, 520), (x + 660, 520), (x + 600, 400), (x + 20, 400)], fill=canvas.shade((140, 146, 150)))
    for rail in range(4):
        canvas.draw.line([(x, 600 + rail * 50), (x + 620, 600 + rail * 50)], fill=(92, 70, 48), width=12)
    for post in range(6):
        canvas.draw.line([(x + post * 124, 520), (x + post * 124, 790)], fill=(80, 60, 42), width=14)


def _culture_house(canvas: Canvas) -> None:
    canvas.ground((198, 192, 178), FAR_GRASS)
    x = canvas.random.uniform(190, 300)
    canvas.house(x, HORIZON + 200, 720)
    canvas.draw.rectangle((x + 200, HORIZON - 130, x + 520, HORIZON - 84), fill=(190, 40, 44))
    canvas.draw.line([(120, 760), (120, 250)], fill=(200, 200, 204), width=10)
    canvas.draw.rectangle((125, 255, 245, 335), fill=(206, 36, 40))
    canvas.tree(1090, HORIZON + 220, 360)
    canvas.draw.line([(0, 800), (WIDTH, 770)], fill=(240, 238, 230), width=6)


def _ground(canvas: Canvas) -> None:
    canvas.ground((126, 160, 86), FAR_GRASS)
    canvas.tufts(120, LEAVES)
    for number in range(7):
        canvas.tree(80 + number * 175 + canvas.random.uniform(-30, 30), HORIZON + canvas.random.uniform(60, 120), 210)
    canvas.draw.ellipse((280, 600, 930, 840), outline=(232, 232, 222), width=7)


_PAINTERS: dict[Scene, Callable[[Canvas], None]] = {
    Scene.GARDEN: _garden, Scene.SCRUB: _scrub, Scene.SPRINKLERS: _sprinklers, Scene.PLAN: _plan,
    Scene.HEDGE: _hedge, Scene.WALL: _wall, Scene.MESH: _mesh,
    Scene.CONCRETE_ROAD: concrete_road, Scene.ASPHALT_ROAD: asphalt_road, Scene.EARTH_ROAD: earth_road, Scene.MUD: mud,
    Scene.YARD: _yard, Scene.BINS: _bins, Scene.LATRINE: _latrine, Scene.SHED: _shed,
    Scene.CULTURE_HOUSE: _culture_house, Scene.JUNCTION: junction, Scene.DRAIN: drain, Scene.GROUND: _ground,
}  # fmt: skip
