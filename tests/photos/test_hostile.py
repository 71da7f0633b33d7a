"""The thirty hostile inputs, as docs/hostile-inputs.md numbers them: what the intake says, and what the darkroom makes of what it lets in.

Those that concern a door (names, HTTP, XML, reuse, import) are tried at that door; the table names their tests, and each must exist.
"""

import io
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from survey import receive
from survey.domain.names import clean_file_name
from survey.domain.people import Actor
from survey.domain.photos import REFUSALS
from survey.domain.problems import PHOTO_BROKEN, Problem
from survey.photos import Darkroom
from survey.photos.views import Developed
from survey.store.attachments import select_attachments
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE
from tests.photos.heif import heic
from tests.photos.pictures import (
    GPS,
    SHARED,
    chunk,
    gradient,
    jpeg,
    look,
    png,
    raw_png,
    resized_header,
    with_exif,
    with_raw_exif,
    with_segment,
)
from tests.photos.test_intake import many_scans
from tests.receive.conftest import new_id, stage

TAKEN, DAMAGED, BROKEN = "views", "views of damaged pixels", "no views"
TAIL = b"\xff\xd9"


def noise(width: int = 1600, height: int = 1200) -> Image.Image:
    """A picture whose compressed data fills its file, as a camera's does."""
    return Image.merge("RGB", [Image.effect_noise((width, height), 60) for _ in range(3)])


def saved(format_: str, image: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (image or gradient()).save(buffer, format_, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def holed(*, zeroed: bool) -> bytes:
    """A photo of which 64 KB in the middle are missing, or zero."""
    whole = jpeg(noise(), quality=90)
    middle = len(whole) // 2
    return whole[:middle] + (bytes(65_536) if zeroed else b"") + whole[middle + 65_536 :]


def halved(content: bytes) -> bytes:
    return content[: len(content) // 2]


def bad_checksum(kind: bytes) -> bytes:
    """A PNG of which one chunk's checksum is wrong."""
    whole = bytearray(png(noise(640, 480)))
    start = whole.index(kind)
    (length,) = struct.unpack(">I", whole[start - 4 : start])
    whole[start + 4 + length] ^= 0xFF
    return bytes(whole)


def text_bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()
    return raw_png(640, 480, chunk(b"zTXt", b"Comment\x00\x00" + packed))


def tiff(*entries: tuple[int, int, int, int], after: bytes = b"", count: int | None = None) -> bytes:
    rows = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(entries) if count is None else count) + rows + after


def gps(**change: object) -> bytes:
    """A photo at 18° N 106° E, but for what *change* says."""
    tags = {"GPSLatitudeRef": "N", "GPSLatitude": (18.0, 4.0, 30.0), "GPSLongitudeRef": "E", "GPSLongitude": (106.0, 6.0, 0.0), **change}
    return with_exif(gps={getattr(GPS, name): value for name, value in tags.items() if value is not None})


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("evil.php", "<?php system($_GET[0]);")
    return buffer.getvalue()


def gain_map() -> bytes:
    """An Ultra HDR photo: a JPEG whose XMP announces a second one behind it."""
    note = b'http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>'
    return with_segment(0xE1, note) + jpeg(gradient(320, 240, "L"))


@dataclass(frozen=True)
class Case:
    """One input: its number in the table, its name, how it is built, and what is to become of it: a refusal's code or an outcome."""

    number: int
    name: str
    build: Callable[[], bytes]
    expected: str

    def __str__(self) -> str:
        return f"{self.number:02}-{self.name.replace(' ', '-')}"


def of(content: bytes) -> Callable[[], bytes]:
    return lambda: content


CASES = [
    Case(1, "no byte", of(b""), "empty"),
    Case(1, "one byte", of(b"\xff"), "not_a_photo"),
    Case(2, "text", of(b"just text"), "not_a_photo"),
    Case(2, "HTML with script", of(b"<!doctype html><script>alert(1)</script>"), "not_a_photo"),
    Case(2, "SVG with script", of(b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), "not_a_photo"),
    Case(3, "SVG with external entity", of(b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'), "not_a_photo"),
    Case(4, "EPS", of(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), "not_a_photo"),
    Case(4, "PDF", partial(saved, "PDF"), "not_a_photo"),
    Case(4, "PSD", of(b"8BPS\x00\x01" + bytes(100)), "not_a_photo"),
    Case(4, "TIFF", partial(saved, "TIFF"), "not_a_photo"),
    Case(4, "GIF", partial(saved, "GIF"), "not_a_photo"),
    Case(4, "BMP", partial(saved, "BMP"), "not_a_photo"),
    Case(4, "JPEG 2000", of(b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(200)), "not_a_photo"),
    Case(4, "ZIP", archive, "not_a_photo"),
    Case(4, "EXE", of(b"MZ\x90\x00" + bytes(100)), "not_a_photo"),
    Case(4, "MP4", of(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(200)), "not_a_photo"),
    Case(4, "AVIF", of(b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(200)), "not_a_photo"),
    Case(5, "HEIC without a picture in it", partial(heic, 640, 480), BROKEN),
    Case(6, "JPEG cut at half", lambda: halved(jpeg(noise())), "cut_short"),
    Case(6, "JPEG without its end", lambda: jpeg(noise())[:-2], "cut_short"),
    Case(7, "JPEG of three bytes", of(b"\xff\xd8\xff"), "unreadable"),
    Case(7, "JPEG header only", lambda: jpeg()[:300], "unreadable"),
    Case(7, "JPEG header and end", lambda: jpeg()[:300] + TAIL, "unreadable"),
    Case(8, "JPEG with 64 KB missing", partial(holed, zeroed=False), DAMAGED),
    Case(8, "JPEG with 64 KB zeroed", partial(holed, zeroed=True), DAMAGED),
    Case(9, "JPEG of 65,500 squared", lambda: resized_header(jpeg(), 65_500, 65_500), "too_many_pixels"),
    Case(9, "JPEG claiming 79 megapixels", lambda: resized_header(jpeg(), 8_900, 8_900), DAMAGED),
    Case(10, "JPEG of 1,001 scans", lambda: many_scans(1001), "too_many_scans"),
    Case(10, "JPEG of 1,001 scans behind false ends", lambda: many_scans(1001, between=b"\xff\xfe\x00\x04\xff\xd9"), "too_many_scans"),
    Case(11, "PNG of 30,000 squared", lambda: raw_png(30_000, 30_000, chunk(b"IDAT", zlib.compress(bytes(30_000_000)))), "too_many_pixels"),
    Case(11, "PNG of a long side", lambda: raw_png(16_385, 300, chunk(b"IDAT", zlib.compress(b"x"))), "too_many_pixels"),
    Case(12, "PNG of 64 megapixels in 8 KB", lambda: png(Image.new("1", (8000, 8000))), TAKEN),
    Case(13, "PNG with 10 MB of packed text", partial(text_bomb, 10), "unreadable"),
    Case(13, "PNG with 200 MB of packed text", partial(text_bomb, 200), "unreadable"),
    Case(14, "PNG cut at half", lambda: halved(png(noise(640, 480))), "cut_short"),
    Case(14, "PNG with bad header checksum", partial(bad_checksum, b"IHDR"), "unreadable"),
    Case(14, "PNG with bad data checksum", partial(bad_checksum, b"IDAT"), DAMAGED),
    Case(14, "PNG whose data is none", lambda: raw_png(640, 480, chunk(b"IDAT", b"no deflate stream")), BROKEN),
    Case(15, "animated PNG", lambda: saved("PNG", save_all=True, append_images=[gradient().rotate(180)], duration=100), "animated"),
    Case(15, "animated WebP", lambda: saved("WEBP", save_all=True, append_images=[gradient().rotate(180)], duration=100), "animated"),
    Case(16, "HEIC cut at half", lambda: halved(heic(4000, 3000, bytes(100_000))), "cut_short"),
    Case(16, "HEIC of 600 bytes", lambda: heic(4000, 3000, bytes(100_000))[:600], "cut_short"),
    Case(17, "HEIC of 200 megapixels", partial(heic, 20_000, 10_000), "too_many_pixels"),
    Case(17, "HEIC claiming 64 megapixels", partial(heic, 8_000, 8_000), BROKEN),
    Case(18, "EXIF loop", lambda: with_raw_exif(tiff((0x8769, 4, 1, 8), after=struct.pack("<I", 8))), TAKEN),
    Case(18, "EXIF count of 4 G", lambda: with_raw_exif(tiff((0x010F, 2, 0xFFFFFFFF, 8), after=bytes(4))), TAKEN),
    Case(18, "EXIF of 65,535 entries", lambda: with_raw_exif(tiff(*[(0x010F, 2, 4, 0)] * 5000, count=0xFFFF)), TAKEN),
    Case(19, "position over zero", lambda: gps(GPSLatitude=(IFDRational(10, 0), 4.0, 30.0)), TAKEN),
    Case(19, "position without hemisphere", lambda: gps(GPSLatitudeRef=None), TAKEN),
    Case(19, "latitude of 4 G", lambda: gps(GPSLatitude=(4294967295.0, 0.0, 0.0)), TAKEN),
    Case(19, "position of zero", lambda: gps(GPSLatitude=(0.0, 0.0, 0.0), GPSLongitude=(0.0, 0.0, 0.0)), TAKEN),
    Case(20, "EXIF with formula and script", lambda: with_exif(main=INERT), TAKEN),
    Case(21, "20 MB of comments", lambda: with_segment(0xFE, b"c" * 65_000, times=310), TAKEN),
    Case(22, "JPEG with a ZIP behind it", lambda: jpeg() + archive(), TAKEN),
    Case(22, "JPEG with PHP behind it", lambda: jpeg() + b"<?php system($_GET[0]); ?>", TAKEN),
    Case(22, "JPEG with a film behind it", lambda: jpeg() + b"\x00\x00\x00\x18ftypmp42" + b"\xff\xda" * 500, TAKEN),
    Case(22, "JPEG with a maker's trailer", lambda: jpeg() + b"\x00\x00\x01\x0aImage_UTC_Data1700000000000SEFHSEFT", TAKEN),
    Case(23, "CMYK JPEG", lambda: jpeg(gradient(mode="CMYK")), TAKEN),
    Case(23, "photo of two frames", lambda: saved("MPO", gradient(1200, 900), save_all=True, append_images=[gradient(600, 450)]), TAKEN),
    Case(23, "Ultra HDR", gain_map, TAKEN),
    Case(25, "one pixel", lambda: png(Image.new("RGB", (1, 1))), "too_small"),
    Case(25, "thumbnail of 150 pixels", lambda: jpeg(gradient(150, 120)), "too_small"),
]
INERT = {0x010F: '=HYPERLINK("http://x")', 0x010E: "<script>alert(1)</script>", 0x0110: "<script>alert(1)</script>", 0x0112: 9}


@pytest.fixture(scope="module")
def room() -> Iterator[Darkroom]:
    """The darkroom of all cases: none may cost another its process."""
    with Darkroom() as opened:
        yield opened


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile_input(case: Case, tmp_path: Path, room: Darkroom) -> None:
    """The intake's verdict comes at once; what it lets in ends as views or as a clear fault, within the darkroom's limits."""
    content = case.build()
    before = time.perf_counter()
    intake = look(tmp_path, content)
    took = time.perf_counter() - before

    assert took < 1
    if case.expected in REFUSALS:
        assert (intake.accepted, intake.code, intake.media_type) == (False, case.expected, "application/octet-stream")
        return
    assert (intake.accepted, intake.code) == (True, "")
    if case.expected == BROKEN:
        with pytest.raises(Problem) as raised:
            room.develop(tmp_path / "file.jpg", intake.facts)
        assert raised.value.kind is PHOTO_BROKEN
        return
    developed = room.develop(tmp_path / "file.jpg", intake.facts)
    assert case.expected == (DAMAGED if developed.look.damaged else TAKEN)
    assert_bare(developed)


def assert_bare(developed: Developed) -> None:
    """The views are what browsers show: pictures of their size that carry nothing else."""
    for view, side in ((developed.preview, 1600), (developed.thumb, 320)):
        with Image.open(io.BytesIO(view), formats=["JPEG"]) as picture:
            picture.load()
            assert max(picture.size) <= side
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not any(word in view for word in (b"<?php", b"script", b"Exif", b"ccccc", b"ftyp", b"SEFT"))
        assert view.endswith(TAIL)


def test_05_a_heic_named_jpg_is_taken_by_its_content(tmp_path: Path, room: Darkroom) -> None:
    photos = sorted(path for path in SHARED.rglob("*") if path.suffix.lower() in {".heic", ".heif"})
    if not photos:
        pytest.skip("no HEIC photos in ../shared/photos")
    for photo in photos:
        intake = look(tmp_path, photo.read_bytes())

        assert (intake.accepted, intake.facts.format) == (True, "HEIF")
        assert_bare(room.develop(tmp_path / "file.jpg", intake.facts))


@pytest.mark.parametrize("case", [case for case in CASES if case.number in {18, 19}], ids=str)
def test_18_19_odd_exif_gives_no_fact_rather_than_a_wrong_one(case: Case, tmp_path: Path) -> None:
    facts = look(tmp_path, case.build()).facts

    assert (facts.latitude, facts.longitude, facts.taken_at) == (None, None, None)
    assert ("position_zero" in facts.signs) == (case.name == "position of zero")


def test_20_markup_in_exif_is_text_and_an_impossible_turn_is_none(tmp_path: Path) -> None:
    facts = look(tmp_path, with_exif(main=INERT)).facts

    assert (facts.make, facts.model, facts.orientation) == (INERT[0x010F], INERT[0x0110], None)


@pytest.mark.parametrize("case", [case for case in CASES if case.number == 22], ids=str)
def test_22_what_hangs_behind_a_picture_is_noted(case: Case, tmp_path: Path) -> None:
    content = case.build()

    assert look(tmp_path, content).facts.trailer_bytes == len(content) - len(jpeg())


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\0.jpg", "anh\u202egpj.exe", "x" * 400 + ".jpg", "<img src=x onerror=alert(1)>", "CON.jpg"],
    ids=["path", "zero", "bidi", "long", "markup", "device"],
)
def test_24_a_name_is_a_label_and_never_a_path(survey: Survey, inspector: Actor, name: str) -> None:
    submission = new_id()
    receipt = receive.photo(survey, inspector, submission, name, stage(survey, jpeg(), name))
    digits = receipt.sha256
    with survey.reading() as reader:
        (kept,) = select_attachments(reader, COMMUNE, submission)

    assert kept.name == clean_file_name(name)
    assert len(kept.name) <= 120
    assert not {"/", "\\", "\0", "\u202e"} & set(kept.name)
    files = {path.relative_to(survey.settings.data).as_posix() for path in survey.settings.data.rglob("*") if path.is_file()}
    assert {path for path in files if not path.startswith("survey.db")} == {f"blobs/{digits[:2]}/{digits[2:4]}/{digits}"}


def test_the_table_names_thirty_inputs_and_tests_that_exist() -> None:
    """docs/hostile-inputs.md: each number once, each with a test of that name."""
    rows = re.findall(r"^\| (\d+) \|.*\|([^|]*)\|$", (ROOT / "docs" / "hostile-inputs.md").read_text(), re.MULTILINE)
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))

    assert [int(number) for number, _ in rows] == list(range(1, 31))
    for number, names in rows:
        named = re.findall(r"`(test_\w+)`", names)
        assert named, number
        assert [name for name in named if f"def {name}(" not in tests] == []
    by_table = {int(number) for number, names in rows if "`test_hostile_input`" in names}
    assert by_table == {case.number for case in CASES}
