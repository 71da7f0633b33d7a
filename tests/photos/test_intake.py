"""What the intake decides before the answer: one hostile file a row (photo evidence, section 8)."""

import io
import struct
import time
import zlib

import pytest
from PIL import Image

from survey.domain.photos import REFUSALS
from survey.photos.containers import MAX_SCANS
from tests.photos.pictures import SHARED, chunk, gradient, jpeg, look, png, raw_png, resized_header, with_exif, with_raw_exif, with_segment

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
XXE = b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>'
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf" + bytes(200)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(200)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xff", "not_a_photo"),
        (b"just text", "not_a_photo"),
        (b"<!doctype html><script>alert(1)</script>", "not_a_photo"),
        (SVG, "not_a_photo"),
        (XXE, "not_a_photo"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not_a_photo"),
        (b"%PDF-1.7\n", "not_a_photo"),
        (b"8BPS\x00\x01", "not_a_photo"),
        (b"II*\x00\x08\x00\x00\x00", "not_a_photo"),
        (b"GIF89a\x01\x00\x01\x00", "not_a_photo"),
        (b"PK\x03\x04", "not_a_photo"),
        (b"MZ\x90\x00", "not_a_photo"),
        (AVIF, "not_a_photo"),
        (MP4, "not_a_photo"),
        (b"\xff\xd8\xff", "unreadable"),
        (jpeg()[:300], "unreadable"),
        (resized_header(jpeg(), 65_500, 65_500), "too_many_pixels"),
        (raw_png(30_000, 30_000, chunk(b"IDAT", zlib.compress(b"x"))), "too_many_pixels"),
        (raw_png(16_385, 300, chunk(b"IDAT", zlib.compress(b"x"))), "too_many_pixels"),
        (raw_png(640, 480, chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(10_000_000)))), "unreadable"),
        (png(Image.new("RGB", (1, 1))), "too_small"),
        (jpeg(gradient(150, 120)), "too_small"),
    ],
)
def test_what_is_not_a_photo_is_named(tmp_path, content, code):
    intake = look(tmp_path, content)

    assert (intake.accepted, intake.code, intake.media_type) == (False, code, "application/octet-stream")
    assert code in REFUSALS


def test_a_cut_file_is_noticed_whatever_its_format(tmp_path):
    """A JPEG without its end, a PNG without IEND and a WebP shorter than it says were cut on their way."""
    webp = io.BytesIO()
    gradient().save(webp, "WEBP")

    for whole in (jpeg(), jpeg(progressive=True), png(), webp.getvalue()):
        assert look(tmp_path, whole).accepted
        assert look(tmp_path, whole[: len(whole) // 2]).code == "cut_short"
        assert look(tmp_path, whole[:-2]).code == "cut_short"


def test_a_jpeg_with_too_many_scans_is_refused_at_once(tmp_path):
    """1,001 scans would cost seconds to decode; counting stops at the limit. A hidden end between scans does not help."""
    bomb = many_scans(1001)
    hidden = many_scans(1001, between=b"\xff\xfe\x00\x04\xff\xd9")
    before = time.perf_counter()

    codes = [look(tmp_path, bomb).code, look(tmp_path, hidden).code]

    assert codes == ["too_many_scans", "too_many_scans"]
    assert time.perf_counter() - before < 0.5
    assert look(tmp_path, many_scans(MAX_SCANS)).accepted


def test_random_bytes_behind_a_picture_are_not_counted_as_scans(tmp_path):
    """A motion photo's film holds any bytes; only what lies before the picture's end is its own."""
    film = b"\x00\x00\x00\x18ftypmp42" + b"\xff\xda" * 500

    intake = look(tmp_path, jpeg() + film)

    assert intake.accepted
    assert intake.facts.trailer_bytes == len(film)


def test_animations_are_not_evidence(tmp_path):
    for format_ in ("PNG", "WEBP"):
        buffer = io.BytesIO()
        gradient().save(buffer, format_, save_all=True, append_images=[gradient().rotate(180)], duration=100)

        assert look(tmp_path, buffer.getvalue()).code == "animated"


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colour_spaces_are_taken(tmp_path, mode):
    assert look(tmp_path, jpeg(gradient(mode=mode))).accepted


def test_a_photo_with_several_frames_is_taken_as_its_first(tmp_path):
    buffer = io.BytesIO()
    gradient(1200, 900).save(buffer, "MPO", save_all=True, append_images=[gradient(600, 450)])

    intake = look(tmp_path, buffer.getvalue())

    assert (intake.accepted, intake.media_type, intake.facts.format, intake.facts.width) == (True, "image/jpeg", "JPEG", 1200)
    assert intake.facts.trailer_bytes


@pytest.mark.parametrize(
    "tiff",
    [
        b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8),
        b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 1) + struct.pack("<HHII", 0x010F, 2, 0xFFFFFFFF, 8) + bytes(4),
        b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 0xFFFF) + struct.pack("<HHII", 0x010F, 2, 4, 0) * 5000,
        b"II*\x00\xff\xff\xff\xff",
        b"nonsense",
        b"",
    ],
    ids=["loop", "count of 4 G", "65,535 entries", "far offset", "no TIFF", "nothing"],
)
def test_broken_exif_is_no_reason_to_refuse(tmp_path, tiff):
    before = time.perf_counter()

    intake = look(tmp_path, with_raw_exif(tiff))

    assert intake.accepted
    assert intake.facts.taken_at is None
    assert intake.facts.latitude is None
    assert time.perf_counter() - before < 0.5


def test_twenty_megabytes_of_comments_are_stepped_over(tmp_path):
    before = time.perf_counter()

    assert look(tmp_path, with_segment(0xFE, b"c" * 65_000, times=310)).accepted
    assert time.perf_counter() - before < 1


def test_markup_in_exif_stays_text(tmp_path):
    intake = look(tmp_path, with_exif(main={0x010F: '=HYPERLINK("http://x")', 0x0110: "<script>\x07alert(1)", 0x0112: 9}))

    assert intake.facts.make == '=HYPERLINK("http://x")'
    assert intake.facts.model == "<script>alert(1)"
    assert intake.facts.orientation is None


def test_small_pictures_are_taken_and_marked(tmp_path):
    assert look(tmp_path, jpeg(gradient(640, 480))).facts.signs == ("low_resolution",)
    assert look(tmp_path, jpeg(gradient(1200, 900))).facts.signs == ()


def test_heic_is_known_by_its_content_and_a_half_is_refused(tmp_path):
    """A decoder shows a HEIC cut in half as half a grey picture, without an error."""
    photos = sorted(path for path in SHARED.rglob("*") if path.suffix.lower() in {".heic", ".heif"})
    if not photos:
        pytest.skip("no HEIC photos in ../shared/photos")
    for photo in photos:
        content = photo.read_bytes()
        whole = look(tmp_path, content)

        assert (whole.accepted, whole.facts.format, whole.facts.orientation) == (True, "HEIF", 1)
        assert whole.media_type in {"image/heic", "image/heif"}
        assert look(tmp_path, content[: len(content) // 2]).code == "cut_short"
        assert look(tmp_path, content[:600]).code in {"cut_short", "unreadable"}


def many_scans(count: int, between: bytes = b"") -> bytes:
    """A progressive JPEG whose last scan is repeated until there are *count* of them."""
    picture = jpeg(gradient(256, 256), progressive=True)
    last = picture.rindex(b"\xff\xda")
    scans, scan = picture.count(b"\xff\xda"), picture[last:-2]
    return picture[:last] + (between + scan) * (count - scans + 1) + b"\xff\xd9"
