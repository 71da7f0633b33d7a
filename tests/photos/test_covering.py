"""Covered copies: what lies inside the boxes is gone for good, nothing else is lost, and no metadata comes along."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from survey.domain.privacy import Box
from survey.domain.problems import Problem
from survey.photos.covering import cover


def _preview(inside: str, size: tuple[int, int] = (1600, 1200), area: tuple[int, int, int, int] = (700, 500, 900, 700)) -> bytes:
    """A JPEG as the worker makes previews; *inside* is what stands in the area that will be covered: a face's place."""
    image = Image.effect_noise(size, 30).convert("RGB")
    draw = ImageDraw.Draw(image)
    if inside == "stripes":
        for left in range(area[0], area[2], 10):
            draw.rectangle((left, area[1], left + 4, area[3]), fill="white")
    else:
        draw.rectangle(area, fill=inside)
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A phone"
    image.save(out, "JPEG", quality=82, exif=exif, comment=b"a name")
    return out.getvalue()


def _pixels(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def test_nothing_of_what_was_covered_can_be_told() -> None:
    """Two photos that differ inside the box alone give the same copy, byte for byte: irreversible."""
    base = Image.open(io.BytesIO(_preview("stripes"))).convert("RGB")
    variants = []
    for inside in ("black", "red", "white"):
        image = base.copy()
        ImageDraw.Draw(image).rectangle((700, 500, 899, 699), fill=inside)
        out = io.BytesIO()
        image.save(out, "JPEG", quality=100, subsampling=0)
        variants.append(out.getvalue())
    box = [Box(700 / 1600, 500 / 1200, 200 / 1600, 200 / 1200)]
    copies = [_pixels(cover(variant, box)) for variant in variants]

    assert (copies[0] == copies[1]).all()
    assert (copies[0] == copies[2]).all()


def test_the_box_is_one_colour_with_a_margin_and_the_rest_stays() -> None:
    """Every pixel of the box and at least 1 % around it is dark; far from it the picture is what it was."""
    preview = _preview("stripes")
    before, after = _pixels(preview), _pixels(cover(preview, [Box(700 / 1600, 500 / 1200, 200 / 1600, 200 / 1200)]))

    assert after[484:717, 684:917].max() < 40
    assert np.abs(after[:440] - before[:440]).mean() < 6
    assert np.abs(after[:, :640] - before[:, :640]).mean() < 6


def test_no_metadata_comes_along() -> None:
    """No EXIF, comment, profile or thumbnail, whatever the preview had."""
    copy = cover(_preview("red"), [])
    image = Image.open(io.BytesIO(copy))

    assert not image.getexif()
    assert {"exif", "comment", "icc_profile", "xmp"} & set(image.info) == set()
    assert b"A phone" not in copy
    assert b"a name" not in copy


@pytest.mark.parametrize("box", [Box(0, 0, 1, 1), Box(0.99, 0.99, 0.01, 0.01), Box(0, 0.5, 0.005, 0.005)])
@pytest.mark.parametrize("size", [(1600, 1200), (333, 501), (40, 30)])
def test_boxes_at_the_edges(box: Box, size: tuple[int, int]) -> None:
    """A box at any edge of any size is covered to that edge."""
    after = _pixels(cover(_preview("red", size, (0, 0, 1, 1)), [box]))
    height, width = after.shape[:2]
    x, y = min(width - 1, int((box.left + box.width / 2) * width)), min(height - 1, int((box.top + box.height / 2) * height))

    assert (width, height) == size
    assert after[y, x].max() < 40
    if box.left + box.width >= 1:
        assert after[-1, -1].max() < 40


def test_a_preview_that_cannot_be_read_gives_no_copy() -> None:
    """Damaged views never leave uncovered."""
    for content in (b"", b"\xff\xd8\xff", _preview("red")[:200]):
        with pytest.raises(Problem, match="PREVIEW_MISSING"):
            cover(content, [])
