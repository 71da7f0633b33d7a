"""A run of the fuzzer that fits into a minute, and that it would tell."""

import pytest

from survey.domain.looks import PhotoLook
from survey.photos.views import Developed
from tests.photos import fuzzing
from tests.photos.changes import changed, sources_of
from tests.photos.fuzzing import HANG_S, Report, fuzz
from tests.photos.pictures import SHARED, gradient, jpeg

_SECONDS = 45
_AT_LEAST = 200  # a loaded machine of two cores does a thousand


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(jpeg(gradient(800, 600)))
    return path


def test_changed_photos_raise_nothing_unexpected():
    report = fuzz(1_000_000, 4_000, seconds=_SECONDS)

    assert report.findings == []
    assert sum(report.outcomes.values()) >= _AT_LEAST
    assert {"views", "views, damaged", "cut_short", "unreadable", "broken_pixels"} <= set(report.outcomes)


def test_a_seed_makes_its_file_again():
    sources = sources_of(SHARED)

    assert [changed(seed, sources) for seed in range(50)] == [changed(seed, sources) for seed in range(50)]
    assert len({changed(seed, sources) for seed in range(50)}) > 40


def test_an_unexpected_exception_is_told(photo, monkeypatch):
    def fail(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(fuzzing, "develop", fail)

    assert fuzzing._try(photo, None).startswith("! exception\nTraceback")


def test_views_that_carry_more_than_pixels_are_told(photo, monkeypatch):
    view = jpeg(gradient(300, 200), comment=b"GPS")
    monkeypatch.setattr(fuzzing, "develop", lambda *_given: Developed(view, view, 300, 200, PhotoLook()))

    assert fuzzing._try(photo, None).startswith("! a view")


def test_a_hang_is_told_with_its_seed():
    report = Report(7)
    report.add("views", 0.1)
    report.seed = 8
    report.add("views", HANG_S + 1)

    assert report.findings == ["seed 8, 11.0 s: views"]


def test_a_process_that_dies_is_told_with_its_seed_and_the_next_file_follows(tmp_path, monkeypatch):
    """A sitecustomize of ours kills the fuzzing process over one file, as a decoder's crash would."""
    killer = "import os, tests.photos.changes as c\nold = c.changed\n"
    killer += "c.changed = lambda seed, sources: os.abort() if seed == 12 else old(seed, sources)\n"
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.path.insert(0, '.')\n" + killer)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    report = fuzz(10, 5)

    assert [finding.partition(":")[0] for finding in report.findings] == ["seed 12, 0.0 s"]
    assert "SIGABRT" in report.findings[0]
    assert sum(report.outcomes.values()) == 5
