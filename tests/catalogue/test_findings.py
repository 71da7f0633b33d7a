"""Rules of findings as files: the bundled ones are sound, broken ones are refused with file, key and remedy."""

from pathlib import Path

import pytest

from survey.catalogue.findings import read_findings, stored_findings
from survey.domain.problems import BROKEN_CATALOGUE, Problem
from survey.wiring import ROOT
from tests.tasks import editions, questions, rules

_SOUND = """findings:
  - code: fence
    title: {vi: "còn {missing} m", en: "{missing} m to go"}
    sites: household
    part: {question: household_fence.green_m}
    whole: {question: household_fence.total_m}
    unit: m
    criteria: [ha-tinh-kdc-kieu-mau/3]
    days: 60
    photos: [photo_1]
"""


def read(tmp_path: Path, text: str) -> None:
    """Read one file of rules."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    read_findings(tmp_path, questions(), editions())


def test_bundled_rules_are_sound_and_cover_the_checklists() -> None:
    """Every bundled rule is read, each of the five checklists has some, and a stored document gives the same rules."""
    document, found = read_findings(ROOT / "schema" / "findings", questions(), editions())
    forms = {rule.form for rule in found.rules}

    assert document == rules()
    assert stored_findings(document) == found
    assert forms == {"household_fence", "household_garden", "household_environment", "road_segment", "public_place"}
    assert [rule.code for rule in found.rules if ("ha-tinh-kdc-kieu-mau", "3") in rule.criteria] == ["fence_not_green"]


def test_a_sound_file(tmp_path: Path) -> None:
    """What the next test breaks is whole."""
    read(tmp_path, _SOUND)


@pytest.mark.parametrize(
    ("whole", "broken", "key"),
    [
        ("household_fence.green_m", "household_fence.grene_m", "findings[fence].part.question"),
        ("household_fence.green_m", "household_fence.kind", "findings[fence].part"),
        ("household_fence.green_m", "household_garden.fence_green_m", "findings[fence]"),
        ("    whole: {question: household_fence.total_m}\n", "", "findings[fence]"),
        ("còn {missing} m", "còn", "findings[fence].title"),
        ("còn {missing} m", "còn {missing.__class__}", "findings[fence].title"),
        ("kieu-mau/3", "kieu-mau/33", "findings[fence].criteria[0]"),
        ("kieu-mau/3", "kieu-mo/3", "findings[fence].criteria[0]"),
        ("days: 60", "days: 0", "findings[fence].days"),
        ("days: 60", "days: 1.5", "findings[fence].days"),
        ("[photo_1]", "[total_m]", "findings[fence].photos[0]"),
        ("[photo_1]", "[photo_9]", "findings[fence].photos[0]"),
        ("unit: m", "unit: km", "findings[fence].unit"),
        ("days: 60", "days: 60\n    share: 0.7", "findings[fence].share_source"),
        ("days: 60", "days: 60\n    share: 70", "findings[fence].share"),
        ("days: 60", "days: 60\n    dayz: 3", "findings[fence].dayz"),
        ("code: fence", "code: Fence 1", "findings[Fence 1].code"),
        (_SOUND.removeprefix("findings:\n"), _SOUND.removeprefix("findings:\n") * 2, "findings[fence].code"),
    ],
)
def test_what_is_broken_is_named(tmp_path: Path, whole: str, broken: str, key: str) -> None:
    """The refusal names the file and the key."""
    assert whole in _SOUND
    with pytest.raises(Problem) as caught:
        read(tmp_path, _SOUND.replace(whole, broken))

    assert caught.value.kind is BROKEN_CATALOGUE
    assert caught.value.details["file"] == "a.yaml"
    assert str(caught.value.details["key"]).startswith(key)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A wrong path must not take all rules away."""
    with pytest.raises(Problem):
        read_findings(tmp_path, questions(), editions())
