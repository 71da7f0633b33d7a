"""Roads, junctions and drains of the demonstration, good and poor."""

# ruff: noqa: PLR2004  # the numbers are places in a picture of 1200 x 900

from survey.photos.scenery import CONCRETE, FAR_GRASS, FLOWERS, GRASS, HEIGHT, HORIZON, LEAVES, WIDTH, Canvas, Colour


def _road(canvas: Canvas, surface: Colour, width: float) -> float:
    canvas.ground(GRASS, FAR_GRASS)
    vanish = canvas.random.uniform(480, 720)
    canvas.tufts(150, LEAVES)
    lane = [(vanish - 12, HORIZON), (vanish + 12, HORIZON), (600 + width, HEIGHT), (600 - width, HEIGHT)]
    canvas.draw.polygon(lane, fill=canvas.shade(surface))
    for step in range(6):
        share = ((step + 1) / 6) ** 2
        side = (-1) ** step
        x = vanish + (600 - vanish) * share + side * (60 + (width + 150) * share)
        canvas.tree(x, HORIZON + 15 + 380 * share, 70 + 330 * share)
    return vanish


def concrete_road(canvas: Canvas) -> None:
    """A concrete road with joints and planted verges."""
    width = canvas.random.uniform(330, 430)
    vanish = _road(canvas, CONCRETE, width)
    for step in range(9):
        share = (step / 9) ** 2
        y = HORIZON + share * (HEIGHT - HORIZON)
        half = 12 + (width - 12) * share
        middle = vanish + (600 - vanish) * share
        canvas.draw.line([(middle - half, y), (middle + half, y)], fill=(140, 138, 132), width=max(1, round(5 * share)))
    _verge(canvas, vanish, width)


def asphalt_road(canvas: Canvas) -> None:
    """An asphalt road with a broken middle line."""
    width = canvas.random.uniform(420, 520)
    vanish = _road(canvas, (84, 86, 92), width)
    for step in range(7):
        near, far = ((step + 0.6) / 7) ** 2, (step / 7) ** 2
        points = [(vanish + (600 - vanish) * share, HORIZON + share * (HEIGHT - HORIZON)) for share in (far, near)]
        canvas.draw.line(points, fill=(232, 226, 206), width=max(1, round(10 * near)))
    _verge(canvas, vanish, width)


def _verge(canvas: Canvas, vanish: float, width: float) -> None:
    """Flowers along the right edge, and lamps where the seed says so."""
    for step in range(70):
        share = (step / 70) ** 1.8
        x = vanish + (600 - vanish) * share + 22 + (width + 40) * share
        y = HORIZON + share * (HEIGHT - HORIZON)
        canvas.dot(x + canvas.random.uniform(-8, 8), y, 2 + 9 * share, canvas.random.choice((*FLOWERS[:3], *LEAVES[:3])))
    if canvas.random.random() < 0.5:
        for share in (0.04, 0.16, 0.5):
            x = vanish + (600 - vanish) * share - 24 - (width + 60) * share
            foot = HORIZON + share * (HEIGHT - HORIZON)
            top = foot - 60 - 420 * share
            canvas.draw.line([(x, foot), (x, top), (x + 60 * share + 10, top)], fill=(120, 124, 130), width=max(2, round(12 * share)))
            canvas.dot(x + 60 * share + 10, top + 4, 3 + 12 * share, (250, 244, 214))


def earth_road(canvas: Canvas) -> None:
    """An earth road with two ruts."""
    width = canvas.random.uniform(280, 360)
    vanish = _road(canvas, (158, 122, 84), width)
    for side in (-0.5, 0.5):
        points = [(vanish + (600 - vanish) * s + side * width * s, HORIZON + s * (HEIGHT - HORIZON)) for s in (0.02, 0.2, 0.55, 1)]
        canvas.draw.line(points, fill=(122, 92, 62), width=26)


def mud(canvas: Canvas) -> None:
    """An earth road after rain."""
    earth_road(canvas)
    for _ in range(7):
        y = canvas.random.uniform(HORIZON + 130, HEIGHT - 40)
        size = 120 * (y - HORIZON) / (HEIGHT - HORIZON)
        x = 600 + canvas.random.uniform(-1.4, 1.4) * size
        canvas.draw.ellipse((x - size, y - size / 3, x + size, y + size / 3), fill=(96, 74, 54))
        canvas.draw.ellipse((x - size * 0.8, y - size / 4, x + size * 0.8, y + size / 4), fill=(150, 156, 158))


def junction(canvas: Canvas) -> None:
    """A crossing with its warning sign."""
    concrete_road(canvas)
    y = HORIZON + 190
    canvas.draw.polygon([(0, y), (WIDTH, y - 20), (WIDTH, y + 60), (0, y + 90)], fill=canvas.shade(CONCRETE))
    x = canvas.random.uniform(930, 1040)
    canvas.draw.line([(x, 800), (x, 430)], fill=(170, 172, 176), width=14)
    canvas.draw.polygon([(x, 250), (x - 105, 435), (x + 105, 435)], fill=(196, 36, 40))
    canvas.draw.polygon([(x, 290), (x - 74, 418), (x + 74, 418)], fill=(246, 206, 60))
    canvas.draw.line([(x, 320), (x, 408)], fill=(30, 30, 30), width=14)
    canvas.draw.line([(x - 36, 378), (x + 36, 378)], fill=(30, 30, 30), width=14)


def drain(canvas: Canvas) -> None:
    """A lined drain."""
    canvas.ground(GRASS, FAR_GRASS)
    canvas.tufts(120, LEAVES)
    vanish = canvas.random.uniform(520, 680)
    for half_far, half_near, colour in ((26, 330, CONCRETE), (17, 240, (120, 118, 112)), (11, 190, (98, 116, 118))):
        side = [(vanish - half_far, HORIZON), (vanish + half_far, HORIZON), (600 + half_near, HEIGHT), (600 - half_near, HEIGHT)]
        canvas.draw.polygon(side, fill=canvas.shade(colour))
    canvas.tree(150, HORIZON + 150, 320)
    canvas.tree(1050, HORIZON + 90, 240)
