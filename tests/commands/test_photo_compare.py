"""`photo-compare` says whether two files show the same picture."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from survey.commands import main
from survey.domain.times import VIETNAM
from survey.photos.drawing import Scene, Shot, draw_photo
from tests.photos.pictures import jpeg

KEYS = ["same_bytes", "distance", "verdict", "how"]


def drawn(folder: Path, scene: Scene, seed: str = "1") -> Path:
    path = folder / f"{scene.name}{seed}.jpg"
    path.write_bytes(draw_photo(Shot(scene, seed, datetime(2026, 11, 1, 9, tzinfo=VIETNAM), None)))
    return path


def compared(capsys, *paths: Path) -> dict[str, object]:
    assert main(["photo-compare", *map(str, paths), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == KEYS
    return found


def test_the_same_bytes_and_an_edited_copy_are_the_same_in_both_directions(tmp_path, capsys):
    original = drawn(tmp_path, Scene.YARD)
    copy = tmp_path / "copy.jpg"
    with Image.open(original) as image:
        copy.write_bytes(jpeg(image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).resize((600, 450)), quality=60))

    assert compared(capsys, original, original) == {"same_bytes": True, "distance": 0, "verdict": "same", "how": ""}
    for pair in ((original, copy), (copy, original)):
        found = compared(capsys, *pair)
        assert (found["same_bytes"], found["verdict"], found["how"]) == (False, "same", "mirrored/whole")
        assert found["distance"] <= 6


def test_two_scenes_are_different_and_a_plain_picture_is_like_none(tmp_path, capsys):
    yard, plain = drawn(tmp_path, Scene.YARD), tmp_path / "plain.jpg"
    plain.write_bytes(jpeg(Image.new("RGB", (1200, 900), (90, 90, 90))))

    different = compared(capsys, yard, drawn(tmp_path, Scene.HEDGE, "2"))
    empty = compared(capsys, yard, plain)

    assert (different["verdict"], different["distance"] > 8) == ("different", True)
    assert (empty["verdict"], empty["distance"], empty["how"]) == ("different", None, None)


def test_a_line_for_people(tmp_path, capsys):
    yard = drawn(tmp_path, Scene.YARD)

    main(["photo-compare", str(yard), str(yard)])

    assert capsys.readouterr().out == "same: 0/64, cùng một tệp\n"


@pytest.mark.parametrize(("content", "code"), [(None, "FILE_UNKNOWN"), (b"<html>", "PHOTO_REFUSED"), (b"", "PHOTO_REFUSED")])
def test_what_cannot_be_compared_is_a_problem(tmp_path, capsys, content, code):
    other = tmp_path / "other.jpg"
    if content is not None:
        other.write_bytes(content)

    assert main(["photo-compare", str(drawn(tmp_path, Scene.YARD)), str(other), "--json"]) == 1
    captured = capsys.readouterr()

    assert (captured.out, captured.err.split(":")[0]) == ("", code)
    assert "other.jpg" in captured.err
