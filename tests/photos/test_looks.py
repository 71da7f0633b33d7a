"""What is measured on pixels: sharpness, light, damage, and the thumbnail that a camera left in EXIF."""

import io
import struct
import subprocess
import sys

import pytest
from PIL import Image, ImageFilter

from survey import photos
from survey.photos.drawing import Scene
from survey.photos.views import Developed
from tests.photos.edits import saved, scene
from tests.photos.pictures import SHARED, gradient, jpeg, look, png

# The thresholds of the checks (photo evidence 4.5 and 4.7); here only the side on which a measure falls.
BLURRED, OTHER_THUMBNAIL = 0.40, 16


def developed(folder, content: bytes) -> Developed:
    intake = look(folder, content)
    assert intake.accepted, intake.code
    return photos.develop(folder / "file.jpg", intake.facts)


def moved(picture: Image.Image, pixels: int) -> Image.Image:
    """Blurred by a hand that moved sideways."""
    kernel = [0] * (5 * 5)
    kernel[10:15] = [1] * 5
    for _ in range(pixels // 4):
        picture = picture.filter(ImageFilter.Kernel((5, 5), kernel))
    return picture


def test_blur_is_seen_that_of_a_moved_hand_too(tmp_path):
    sharp = scene(Scene.YARD).filter(ImageFilter.SHARPEN)
    pictures = (sharp, sharp.filter(ImageFilter.GaussianBlur(4)), moved(sharp, 40))
    scores = [developed(tmp_path, saved(picture)).look.blur for picture in pictures]

    assert [score is not None and score > BLURRED for score in scores] == [False, True, True]


def test_sharpness_falls_and_its_scores_are_those_of_their_definition(tmp_path):
    """A step edge: the Laplacian is +-height at two rows of pixels; Crete's score of an edge one pixel wide is 1/9."""
    step = Image.new("L", (400, 400), 50)
    step.paste(150, (200, 0, 400, 400))
    step.paste(150, (0, 200, 400, 400))
    found = developed(tmp_path, png(step)).look

    assert found.blur == pytest.approx(1 / 9, abs=0.01)
    assert found.laplacian == pytest.approx(2 * 100**2 * 200 * 2 / (398 * 398), rel=0.05)


def test_light_is_counted(tmp_path):
    half = Image.new("RGB", (400, 400), (255, 255, 255))
    half.paste((0, 0, 0), (0, 0, 400, 200))
    found = developed(tmp_path, png(half)).look

    assert (found.mean_luma, found.p95_luma, found.burnt) == (pytest.approx(127.5, abs=1), 255, pytest.approx(0.5, abs=0.01))
    black = developed(tmp_path, png(Image.new("RGB", (400, 400)))).look
    assert (black.mean_luma, black.p95_luma, black.burnt, black.blur) == (0, 0, 0, None)


@pytest.mark.parametrize("fault", ["zeroed", "missing"])
@pytest.mark.parametrize("progressive", [False, True])
def test_damaged_data_is_noticed_and_what_is_left_is_shown(tmp_path, fault, progressive):
    """Pillow shows such a picture without a word."""
    content = jpeg(scene(Scene.YARD), quality=92, progressive=progressive)
    middle, lost = len(content) // 2, 20_000
    broken = content[:middle] + (bytes(lost) if fault == "zeroed" else b"") + content[middle + lost :]

    found = developed(tmp_path, broken)

    assert found.look.damaged
    assert Image.open(io.BytesIO(found.preview)).size == (1200, 840)
    assert not developed(tmp_path, content).look.damaged


def test_what_only_pillow_reads_is_shown_and_marked(tmp_path):
    """Stray bytes between two segments stop the strict reader before the picture."""
    content = jpeg(scene(Scene.YARD))
    end = 4 + int.from_bytes(content[4:6], "big")

    found = developed(tmp_path, content[:end] + b"stray" + content[end:])

    assert found.look.damaged
    assert found.look.hashes == developed(tmp_path, content).look.hashes


def test_no_real_photo_is_called_damaged():
    paths = sorted(path for path in SHARED.rglob("*.jp*g") if path.is_file())
    if not paths:
        pytest.skip("no photos in ../shared/photos")
    for path in paths:
        intake = photos.inspect(path, path.stat().st_size)
        if intake.accepted and "invalid" not in path.parts:
            found = photos.develop(path, intake.facts).look
            assert not found.damaged, path.name
            assert found.thumbnail_distance is None or found.thumbnail_distance <= OTHER_THUMBNAIL, path.name


# --- the thumbnail in EXIF --------------------------------------------------------------------------
def with_thumbnail(content: bytes, thumbnail: bytes, orientation: int = 1, own: int | None = None) -> bytes:
    """*content* with an EXIF block of two directories: the picture's *orientation*, and a *thumbnail* with its *own*."""
    entries = [(0x0201, 0), (0x0202, len(thumbnail))] + ([(0x0112, own)] if own else [])
    first = struct.pack("<HHHIII", 1, 0x0112, 3, 1, orientation, 26)
    start = 26 + 2 + 12 * len(entries) + 4
    second = struct.pack("<H", len(entries))
    for tag, value in sorted(entries):
        second += struct.pack("<HHII", tag, 4, 1, start if tag == 0x0201 else value)
    block = b"Exif\x00\x00" + b"II*\x00\x08\x00\x00\x00" + first + second + bytes(4) + thumbnail
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + content[2:]


def small(picture: Image.Image, size: tuple[int, int] = (160, 112)) -> bytes:
    return saved(picture.resize(size))


def letterboxed(picture: Image.Image) -> bytes:
    """The whole picture in 160 x 120 with bars above and below."""
    thumb = Image.new("RGB", (160, 120))
    thumb.paste(picture.resize((160, 84)), (0, 18))
    return saved(thumb)


def test_the_camera_s_own_thumbnail_is_the_picture(tmp_path):
    picture = scene(Scene.YARD)
    wide = picture.crop((0, 100, 1200, 730))
    middle = picture.crop((40, 0, 1160, 840))
    sideways = picture.transpose(Image.Transpose.ROTATE_90)  # as stored by a phone that was held upright: orientation 6
    kinds = {
        "the same": (picture, small(picture), 1, None),
        "with bars": (wide, letterboxed(wide), 1, None),
        "the middle": (picture, small(middle, (160, 120)), 1, None),
        "both sideways": (sideways, small(sideways, (112, 160)), 6, None),
        "only the thumbnail sideways": (picture, small(sideways, (112, 160)), 1, 6),
    }
    for name, (shown, thumbnail, orientation, own) in kinds.items():
        content = with_thumbnail(saved(shown), thumbnail, orientation, own)
        assert look(tmp_path, content).facts.has_thumbnail, name
        distance = developed(tmp_path, content).look.thumbnail_distance
        assert distance is not None, name
        assert distance <= OTHER_THUMBNAIL, (name, distance)


def test_a_picture_changed_after_capture_differs_from_its_thumbnail(tmp_path):
    picture = scene(Scene.YARD)
    other, turned = scene(Scene.HEDGE, "2"), picture.transpose(Image.Transpose.ROTATE_180)

    for shown in (other, turned):
        distance = developed(tmp_path, with_thumbnail(saved(shown), small(picture))).look.thumbnail_distance
        assert distance is not None
        assert distance > OTHER_THUMBNAIL


@pytest.mark.parametrize(
    "thumbnail",
    [b"", b"no JPEG", small(gradient())[:200], small(Image.new("RGB", (160, 120))), saved(Image.new("RGB", (2000, 20)))],
    ids=["none", "nonsense", "cut", "black", "larger than any"],
)
def test_a_thumbnail_that_says_nothing_is_passed_over(tmp_path, thumbnail):
    found = developed(tmp_path, with_thumbnail(saved(scene(Scene.YARD)), thumbnail)).look

    assert (found.thumbnail_distance, found.damaged) == (None, False)


# --- memory -----------------------------------------------------------------------------------------
GROWTH = """
import sys
from pathlib import Path
from survey import photos
path = Path(sys.argv[1])
facts = photos.inspect(path, path.stat().st_size).facts
Path("/proc/self/clear_refs").write_text("5")
def peak():
    return int(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
before = peak()
photos.develop(path, facts)
print((peak() - before) // 1024)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    ("picture", "limit_mb"), [(Image.new("1", (8000, 8000)), 200), (gradient(4032, 3024), 60)], ids=["64 MP, 1 bit", "12 MP JPEG"]
)
def test_memory_is_bounded(tmp_path, picture, limit_mb):
    """Measured: 144 MB for 64 megapixels of 1 bit, 29 MB for a phone's; a JPEG is never held at its full size."""
    path = tmp_path / "photo"
    path.write_bytes(png(picture) if picture.mode == "1" else jpeg(picture))

    run = subprocess.run([sys.executable, "-c", GROWTH, str(path)], capture_output=True, text=True, check=True)

    assert int(run.stdout) <= limit_mb
