"""Views are upright, small, and carry nothing but pixels."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from survey.domain.problems import PHOTO_BROKEN, Problem
from survey.photos.intake import inspect
from survey.photos.views import Developed, develop
from tests.photos.pictures import SHARED, chunk, gradient, jpeg, look, png, raw_png


def developed(folder, content: bytes) -> Developed:
    intake = look(folder, content)
    assert intake.accepted, intake.code
    return develop(folder / "file.jpg", intake.facts)


def opened(view: bytes) -> Image.Image:
    return Image.open(io.BytesIO(view), formats=["JPEG"])


def difference(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize(
    ("size", "preview", "thumb"),
    [
        ((4000, 3000), (1500, 1125), (320, 240)),  # three eighths, as the decoder gives it
        ((3024, 4032), (1134, 1512), (240, 320)),
        ((1600, 1200), (1600, 1200), (320, 240)),
        ((3264, 2448), (1600, 1200), (320, 240)),  # no eighth of it is near
        ((4000, 250), (1500, 94), (320, 20)),
    ],
)
def test_views_have_their_sizes(tmp_path, size, preview, thumb):
    """At most 1600 and 320 pixels, not much less, and in the picture's own shape."""
    views = developed(tmp_path, jpeg(gradient(*size)))

    assert opened(views.preview).size == preview
    assert opened(views.thumb).size == thumb
    assert (views.width, views.height) == size


def test_a_small_photo_is_not_blown_up(tmp_path):
    views = developed(tmp_path, jpeg(gradient(640, 480)))

    assert opened(views.preview).size == (640, 480)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_upright(tmp_path, orientation):
    """The stored pixels are turned so that EXIF's turn brings them back; the view must show the picture itself."""
    turn_to = Image.Transpose
    undo = [turn_to.FLIP_LEFT_RIGHT, turn_to.ROTATE_180, turn_to.FLIP_TOP_BOTTOM, turn_to.TRANSPOSE]
    undo += [turn_to.ROTATE_90, turn_to.TRANSVERSE, turn_to.ROTATE_270]
    upright = gradient(800, 600)
    stored = upright if orientation == 1 else upright.transpose(undo[orientation - 2])
    exif = Image.Exif()
    exif[0x0112] = orientation

    views = developed(tmp_path, jpeg(stored, exif=exif, quality=95))

    assert (views.width, views.height) == (800, 600)
    assert difference(opened(views.preview), upright) < 3


def test_the_public_orientation_samples_all_look_alike():
    photos = SHARED / "jpg" / "orientation"
    if not photos.is_dir():
        pytest.skip("no orientation samples in ../shared/photos")
    for name in ("landscape", "portrait"):
        shown = []
        for number in range(1, 9):
            path = photos / f"{name}_{number}.jpg"
            shown.append(opened(develop(path, inspect(path, path.stat().st_size).facts).preview))
        plain = [picture.convert("L").resize((16, 16)) for picture in shown]

        # The first of each set is framed a little differently; all carry their number in the middle.
        assert all(difference(plain[1], other) < 4 for other in plain[2:])
        assert difference(plain[0], plain[1]) < difference(plain[0].transpose(Image.Transpose.ROTATE_180), plain[1])


def test_heic_is_turned_once():
    photo = SHARED / "heic" / "mobile" / "iphone_13_pro_max.HEIC"
    if not photo.is_file():
        pytest.skip("no HEIC photos in ../shared/photos")
    intake = inspect(photo, photo.stat().st_size)
    views = develop(photo, intake.facts)

    assert (views.width, views.height) == (intake.facts.width, intake.facts.height) == (3024, 4032)
    assert opened(views.preview).size == (1200, 1600)


def test_nothing_but_pixels_is_carried_over(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "secret maker"
    content = jpeg(gradient(1200, 900), exif=exif, comment=b"secret comment", icc_profile=b"secret profile" * 20, xmp=b"<secret/>")

    views = developed(tmp_path, content + b"secret tail")

    for view in (views.preview, views.thumb):
        assert b"secret" not in view
        assert set(opened(view).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_jpeg_colour_spaces_become_rgb(tmp_path, mode):
    picture = gradient(mode=mode)

    views = developed(tmp_path, jpeg(picture, quality=95))

    assert opened(views.preview).mode == "RGB"
    assert difference(opened(views.preview), picture) < 8


def test_sixteen_bits_are_scaled_not_clipped(tmp_path):
    deep = Image.linear_gradient("L").resize((400, 400)).convert("I").point(lambda value: value * 257).convert("I;16")

    views = developed(tmp_path, png(deep))

    assert difference(opened(views.preview), Image.linear_gradient("L").resize((400, 400))) < 3


def test_transparency_is_laid_on_white(tmp_path):
    clear = gradient(400, 400, "RGBA")
    clear.putalpha(0)
    palette = gradient(400, 400).quantize(16)
    buffer = io.BytesIO()
    palette.save(buffer, "PNG", transparency=bytes(16))

    for content in (png(clear), buffer.getvalue()):
        assert ImageStat.Stat(opened(developed(tmp_path, content).preview)).mean == pytest.approx([255, 255, 255], abs=1)


def test_a_multi_frame_photo_shows_its_first(tmp_path):
    buffer = io.BytesIO()
    gradient(1200, 900).save(buffer, "MPO", save_all=True, append_images=[Image.new("RGB", (600, 450))])

    views = developed(tmp_path, buffer.getvalue())

    assert difference(opened(views.preview), gradient(1200, 900)) < 6


def test_a_one_bit_png_of_64_million_pixels_is_bounded(tmp_path):
    views = developed(tmp_path, png(Image.new("1", (8000, 8000))))

    assert opened(views.preview).size == (1600, 1600)


def test_broken_pixels_are_a_problem_not_a_crash(tmp_path):
    with pytest.raises(Problem) as raised:
        developed(tmp_path, raw_png(400, 400, chunk(b"IDAT", b"no deflate stream")))

    assert raised.value.kind is PHOTO_BROKEN
