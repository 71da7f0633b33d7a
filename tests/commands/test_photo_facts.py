"""`photo-facts` prints what the pipeline reads and decides."""

import hashlib
import io
import json
from datetime import datetime

from PIL import ExifTags, Image, ImageFilter

from survey.commands import main
from survey.domain.times import VIETNAM
from survey.photos.drawing import Scene, Shot, draw_photo
from tests.photos.pictures import GPS, chunk, jpeg, png, raw_png, with_exif

KEYS = [
    "file", "accepted", "code", "format", "width", "height", "orientation", "lat", "lon", "accuracy_m", "altitude_m",
    "taken_at", "offset", "gps_at", "make", "model", "sha256", "flags",
]  # fmt: skip


def test_one_json_object_a_file(tmp_path, capsys):
    photo, page, broken = tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path / "c.png"
    gps = {GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (18.0, 3.0, 0.0), GPS.GPSLongitudeRef: "E", GPS.GPSLongitude: (106.0, 6.0, 0.0)}
    photo.write_bytes(with_exif(main={0x010F: "Demo"}, camera={0x9003: "2026:11:23 09:12:01", 0x9011: "+07:00"}, gps=gps))
    page.write_bytes(b"<html>")
    broken.write_bytes(raw_png(1200, 1000, chunk(b"IDAT", b"no pixels")))

    assert main(["photo-facts", str(photo), str(page), str(broken), "--json"]) == 0
    first, second, third = (json.loads(line) for line in capsys.readouterr().out.splitlines())

    assert [list(found) for found in (first, second, third)] == [KEYS] * 3
    assert (first["accepted"], first["code"], first["lat"], first["make"]) == (True, None, 18.05, "Demo")
    assert (first["taken_at"], first["offset"], first["flags"]) == ("2026-11-23T09:12:01", "+07:00", ["blurred", "low_resolution"])
    assert first["sha256"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (second["accepted"], second["code"], second["format"]) == (False, "not_a_photo", None)
    assert (third["accepted"], third["flags"]) == (True, ["broken_pixels", "metadata_unchecked"])


def test_flags_say_what_bytes_and_pixels_give_away(tmp_path, capsys):
    def flags(content: bytes) -> set[str]:
        path = tmp_path / "photo.jpg"
        path.write_bytes(content)
        assert main(["photo-facts", str(path), "--json"]) == 0
        return set(json.loads(capsys.readouterr().out)["flags"])

    original = draw_photo(Shot(Scene.YARD, "1", datetime(2026, 11, 1, 9, tzinfo=VIETNAM), None))
    with Image.open(io.BytesIO(original)) as image:
        picture, own, edited = image.convert("RGB"), image.info["exif"], image.getexif()
    edited[ExifTags.Base.Software] = "Adobe Photoshop 25.0 (Windows)"
    holed = original[: len(original) // 2] + bytes(20_000) + original[len(original) // 2 + 20_000 :]

    assert flags(original) == set()
    assert flags(holed) >= {"pixels_damaged"}
    assert flags(jpeg(picture, exif=edited)) == {"edited"}
    assert flags(jpeg(picture, progressive=True)) == {"chat_app"}
    assert flags(jpeg(picture)) == {"metadata_unchecked"}
    assert flags(jpeg(picture.filter(ImageFilter.GaussianBlur(6)), exif=own)) == {"blurred"}
    assert flags(jpeg(picture.point(lambda value: value // 100), exif=own)) == {"black"}
    assert flags(png(picture.resize((1080, 2340)))) == {"screenshot"}


def test_plain_lines_for_people(tmp_path, capsys):
    page = tmp_path / "b.jpg"
    page.write_bytes(b"<html>")

    main(["photo-facts", str(page)])

    assert "Tệp không phải là ảnh" in capsys.readouterr().out


def test_a_path_that_is_no_file_is_a_problem(tmp_path, capsys):
    assert main(["photo-facts", str(tmp_path / "none.jpg")]) == 1
    assert capsys.readouterr().err.startswith("FILE_UNKNOWN")
