"""`photo-facts` prints what the pipeline reads and decides."""

import hashlib
import json

from survey.commands import main
from tests.photos.pictures import GPS, chunk, raw_png, with_exif

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
    assert (first["taken_at"], first["offset"], first["flags"]) == ("2026-11-23T09:12:01", "+07:00", ["low_resolution"])
    assert first["sha256"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert (second["accepted"], second["code"], second["format"]) == (False, "not_a_photo", None)
    assert (third["accepted"], third["flags"]) == (True, ["broken_pixels"])


def test_plain_lines_for_people(tmp_path, capsys):
    page = tmp_path / "b.jpg"
    page.write_bytes(b"<html>")

    main(["photo-facts", str(page)])

    assert "Tệp không phải là ảnh" in capsys.readouterr().out


def test_a_path_that_is_no_file_is_a_problem(tmp_path, capsys):
    assert main(["photo-facts", str(tmp_path / "none.jpg")]) == 1
    assert capsys.readouterr().err.startswith("FILE_UNKNOWN")
