"""The copy of a photo for paper: small, bare, and never larger than its view."""

import io

import pytest
from PIL import Image

from survey.domain.problems import PREVIEW_MISSING, Problem
from survey.photos.printing import PRINT_SIDE, print_copy


@pytest.mark.parametrize(("size", "wanted"), [((1600, 1200), (640, 480)), ((1200, 1600), (480, 640)), ((300, 200), (300, 200))])
def test_a_copy_fits_the_sheet_and_keeps_its_shape(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    """The longer side is PRINT_SIDE; a small view stays as it is."""
    copy = Image.open(io.BytesIO(print_copy(_view(size))))

    assert max(wanted) <= PRINT_SIDE
    assert copy.size == wanted


def test_nothing_but_pixels_is_printed() -> None:
    """A comment or EXIF of the view is not carried over."""
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    copy = print_copy(_view((800, 600), exif=exif, comment=b"secret word"))

    assert b"secret" not in copy
    assert dict(Image.open(io.BytesIO(copy)).getexif()) == {}


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xd8\xff\xe0"], ids=["empty", "text", "torn"])
def test_a_view_that_cannot_be_read_is_said(content: bytes) -> None:
    """A part shows a box instead."""
    with pytest.raises(Problem) as caught:
        print_copy(content)

    assert caught.value.kind is PREVIEW_MISSING


def _view(size: tuple[int, int], **about: object) -> bytes:
    out = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1, 1, 1), 20).convert("RGB").save(out, "JPEG", **about)
    return out.getvalue()
