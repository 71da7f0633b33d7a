"""The GeoPackage, read with GDAL."""

from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest
import shapely

from survey.bundle.geopackage import GEOPACKAGE_PATH, add_geopackage
from tests.bundle.making import made
from tests.bundle.written import HOSTILE, write_evidence


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The file of a hostile commune."""
    path = tmp_path / "ho-so.gpkg"
    path.write_bytes(made(add_geopackage, write_evidence(sites=12, photos=2))[GEOPACKAGE_PATH])
    return path


def test_layers_have_their_features_in_wgs_84(package: Path) -> None:
    """Five layers, each with its kind of geometry, its number of features and its reference system."""
    infos = {name: pyogrio.read_info(package, layer=name) for name, _ in pyogrio.list_layers(package)}

    assert {name: (info["geometry_type"], info["features"]) for name, info in infos.items()} == {
        "ranh_gioi_xa": ("MultiPolygon", 1), "doi_tuong": ("Point", 12), "doi_tuong_tuyen": ("LineString", 1),
        "bai_nop": ("Point", 12), "anh": ("Point", 23),
    }  # fmt: skip
    assert {info["crs"] for info in infos.values()} == {"EPSG:4326"}
    assert tuple(infos["ranh_gioi_xa"]["total_bounds"]) == (106.0, 18.0, 106.2, 18.2)


def test_photos_lead_to_their_originals(package: Path) -> None:
    """A photo has its relative link, its hash, its place and its moment in UTC."""
    _, _, shapes, values = pyogrio.raw.read(package, layer="anh")
    fields = dict(zip(pyogrio.read_info(package, layer="anh")["fields"], values, strict=True))

    assert fields["duong_dan"][0] == "../anh/thon-dong-son/HO-0000_household-fence_photo-1_20261120_01.jpg"
    assert fields["sha256"][0] == write_evidence().photos["uuid:0"][0].sha256
    assert str(fields["chup_luc"][0]).startswith("2026-11-20T03:00:00")
    assert shapely.from_wkb(shapes[0]).coords[0] == pytest.approx((106.02, 18.0201))


def test_hostile_names_are_values(package: Path) -> None:
    """What people wrote is read back letter by letter, but for what no text can hold."""
    fields = list(pyogrio.read_info(package, layer="doi_tuong")["fields"])
    values = pyogrio.raw.read(package, layer="doi_tuong")[3]
    names = set(values[fields.index("ten")])

    assert {word for word in HOSTILE if "\x00" not in word} <= names


def test_what_has_no_place_stays_a_row(tmp_path: Path) -> None:
    """A submission without a position has no geometry, a commune without photos an empty layer."""
    evidence = write_evidence(sites=2, photos=0)
    path = tmp_path / "ho-so.gpkg"
    path.write_bytes(made(add_geopackage, replace(evidence, items=[replace(item, fix=None) for item in evidence.items]))[GEOPACKAGE_PATH])

    assert pyogrio.read_info(path, layer="anh")["features"] == 0
    assert list(pyogrio.raw.read(path, layer="bai_nop")[2]) == [None, None]


def test_equal_evidence_makes_equal_bytes() -> None:
    """No clock and no chance in the file."""
    assert made(add_geopackage, write_evidence()) == made(add_geopackage, write_evidence())
