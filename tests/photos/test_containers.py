"""What a file's own structure says of where it came from."""

import io
import struct

import pytest
from PIL import Image

from survey.photos.containers import read_structure
from tests.photos.pictures import chunk, gradient, jpeg, look, png, raw_png, with_exif, with_segment

LARGE = gradient(1200, 900)
C2PA_BOX = struct.pack(">I", 28) + b"uuid" + bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"c2pa"


def webp(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP")
    return buffer.getvalue()


def with_webp_chunk(content: bytes, kind: bytes, payload: bytes) -> bytes:
    longer = content[12:] + kind + struct.pack("<I", len(payload)) + payload
    return b"RIFF" + struct.pack("<I", len(longer) + 4) + b"WEBP" + longer


def without_jfif(content: bytes) -> bytes:
    """*content* without its first segment, as cameras write it: EXIF in its place."""
    return content[:2] + content[4 + struct.unpack(">H", content[4:6])[0] :]


@pytest.mark.parametrize(
    ("content", "marks"),
    [
        (without_jfif(jpeg()), ()),
        (jpeg(), ("jfif",)),
        (jpeg(progressive=True), ("jfif", "progressive")),
        (with_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x1c FBMD01000a9f"), ("facebook", "jfif")),
        (with_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x1c a caption"), ("jfif",)),
        (with_segment(0xEB, b"JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumbjumdc2pa"), ("c2pa", "jfif")),
        (with_segment(0xFE, b"a comment on FBMD and c2pa and JFIF\x00"), ("jfif",)),
        (jpeg() + b"FBMD c2pa jumb", ("jfif",)),
        (png(), ()),
        (png()[:-12] + chunk(b"caBX", b"jumb c2pa") + png()[-12:], ("c2pa",)),
        (webp(gradient()), ()),
        (with_webp_chunk(webp(gradient()), b"C2PA", b"jumb"), ("c2pa",)),
    ],
)
def test_marks_are_read_from_their_own_places(tmp_path, content, marks):
    intake = look(tmp_path, content)

    assert intake.accepted
    assert intake.facts.container == marks


def test_the_box_of_a_manifest_is_found_in_a_heif():
    boxes = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + struct.pack(">I", 8) + b"meta"

    for content, marks in ((boxes, ()), (boxes + C2PA_BOX, ("c2pa",))):
        structure = read_structure(content)
        assert structure is not None
        assert (structure.refusal, structure.marks) == ("", marks)


@pytest.mark.parametrize(
    ("content", "signs"),
    [
        (jpeg(LARGE), ()),
        (jpeg(LARGE, progressive=True), ("chat_app",)),
        (jpeg(LARGE, progressive=True, exif=Image.open(io.BytesIO(with_exif(main={0x010F: "Demo"}))).getexif()), ()),
        (jpeg(LARGE)[:2] + with_segment(0xED, b"FBMD")[2:10] + jpeg(LARGE)[2:], ("chat_app",)),
        (with_segment(0xEB, b"JP jumb c2pa"), ("low_resolution", "content_credentials")),
        (raw_png(640, 480, chunk(b"caBX", b"c2pa"), chunk(b"IDAT", b"")), ("low_resolution", "content_credentials")),
    ],
    ids=["a program's", "WhatsApp's", "a camera's", "Facebook's", "signed", "signed PNG"],
)
def test_signs_follow_from_marks(tmp_path, content, signs):
    assert look(tmp_path, content).facts.signs == signs


def test_a_thumbnail_is_only_told_where_there_is_one(tmp_path):
    assert not look(tmp_path, with_exif(main={0x010F: "Demo"})).facts.has_thumbnail
