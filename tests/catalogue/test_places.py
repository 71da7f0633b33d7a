"""The catalogue of places: the real commune, and broken files refused with file, key and remedy."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from survey.catalogue.places import read_place
from survey.domain.problems import BROKEN_CATALOGUE, COMMUNE_UNKNOWN, Problem
from survey.wiring import ROOT

PLACES = ROOT / "schema" / "places"


def test_ky_thuong_of_ha_tinh() -> None:
    """Official code 18844, province 42, merged from Kỳ Sơn and Kỳ Thượng; no hamlet is made up."""
    place = read_place(PLACES, "18844")

    assert (place.commune.name, place.commune.province, place.province_code) == ("Kỳ Thượng", "Hà Tĩnh", "42")
    assert place.former_communes == ("Kỳ Sơn", "Kỳ Thượng")
    assert place.hamlets == ()
    assert place.commune.border.bounds == (106.014165, 17.916572, 106.197931, 18.124388)


@pytest.mark.parametrize("code", ["06979", "../18844", "", "1884", "18844.yaml"])
def test_an_unknown_code_is_refused(code: str) -> None:
    """A code without files, and what is no code at all."""
    with pytest.raises(Problem) as caught:
        read_place(PLACES, code)
    assert caught.value.kind is COMMUNE_UNKNOWN


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('code: "18844"', "code: 18844", "code"),
        ('code: "18844"', 'code: "06979"', "code"),
        ("name: Kỳ Thượng", "name: ''", "name"),
        ('code: "42"', "code: 42", "province.code"),
        ("border: 18844.geojson", "border: ../secret.geojson", "border"),
        ("border: 18844.geojson", "border: 18844.yaml", "border (18844.yaml)"),
        ("hamlets: []", "hamlets: {}", ""),
        ("hamlets: []", "hamlets: [Mỹ Lợi]", "hamlets[0]."),
        ("hamlets: []", "hamlets: [{id: h1, name: A, valid_from: 2025-07-01}]", "hamlets[0].id"),
        ("hamlets: []", "hamlets: [{id: 18844-h01, name: A, valid_from: '2025'}]", "hamlets[0].valid_from"),
        ("hamlets: []", "hamlets: [{id: 18844-h01, name: A, valid_from: 2025-07-01, successor: 18844-h09}]", "hamlets[0].successor"),
        ("hamlets: []", "hamlets: [", "YAML"),
    ],
)
def test_a_broken_file_names_file_and_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    """Each fault is found where it is, with a remedy; an empty mapping for a list counts as empty."""
    for path in PLACES.glob("18844.*"):
        shutil.copy(path, tmp_path)
    file = tmp_path / "18844.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    if not key:
        assert read_place(tmp_path, "18844").hamlets == ()
        return

    with pytest.raises(Problem) as caught:
        read_place(tmp_path, "18844")
    assert caught.value.kind is BROKEN_CATALOGUE
    assert (caught.value.details["file"], caught.value.details["key"]) == ("18844.yaml", key)
    assert "README" in caught.value.sentence("vi")


def test_hamlets_are_read_with_their_dates(tmp_path: Path) -> None:
    """Validity, successor and the commune of before."""
    for path in PLACES.glob("18844.*"):
        shutil.copy(path, tmp_path)
    file = tmp_path / "18844.yaml"
    first_entry = "{id: 18844-h01, name: A, former_commune: Kỳ Sơn, valid_from: 2025-07-01, valid_to: 2026-01-01, successor: 18844-h02}"
    entries = f"hamlets: [{first_entry}, {{id: 18844-h02, name: B, valid_from: 2026-01-01}}]"
    file.write_text(file.read_text(encoding="utf-8").replace("hamlets: []", entries), encoding="utf-8")

    first, second = read_place(tmp_path, "18844").hamlets

    assert (first.is_valid(date(2025, 12, 31)), first.is_valid(date(2026, 1, 1)), first.successor) == (True, False, second.id)
