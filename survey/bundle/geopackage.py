"""The bundle's places as a GeoPackage (OGC 12-128r18, version 1.3.1): one file with layers that every GIS opens.

A GeoPackage is a SQLite file by its standard; the SQL here writes that format and nothing of the commune's store. There is no
spatial index: a bundle's layers are small enough to be read whole. Bytes are equal where the same SQLite writes them.
"""

import sqlite3
import struct
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely

from survey.bundle import words
from survey.bundle.arrange import Arrangement
from survey.bundle.index import distance_to_site_m, form_titles
from survey.bundle.rows import photos_of
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence
from survey.domain.sites import Site
from survey.domain.times import optional_to_text

GEOPACKAGE_PATH, _BASE = "ho-so/ho-so.gpkg", "ho-so"
_APPLICATION, _VERSION, _WGS84 = 0x47504B47, 10301, 4326
_CHUNK = 1 << 20
_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],'
    'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""
_SYSTEMS = (
    ("Undefined Cartesian", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84", _WGS84, "EPSG", _WGS84, _WKT, "longitude/latitude on the WGS 84 ellipsoid"),
)

Feature = tuple[Any, tuple[object, ...]]
"""A geometry (shapely; None: none known) and its values."""


@dataclass(frozen=True)
class _Layer:
    table: str
    title: str
    geometry: str
    columns: Mapping[str, str]
    features: Iterable[Feature]


_SITE = {"ma": "TEXT", "ten": "TEXT", "loai": "TEXT", "thon": "TEXT", "da_khao_sat": "BOOLEAN"}
_ITEM = {
    "ma_bai_nop": "TEXT", "ma_doi_tuong": "TEXT", "ten_doi_tuong": "TEXT", "thon": "TEXT", "phieu": "TEXT", "chup_luc": "DATETIME",
    "nhan_luc": "DATETIME", "nguoi_khao_sat": "TEXT", "nguoi_duyet": "TEXT", "duyet_luc": "DATETIME", "sai_so_m": "DOUBLE",
    "cach_so_bo_m": "DOUBLE", "tep_xml": "TEXT", "sha256_xml": "TEXT",
}  # fmt: skip
_PHOTO = {
    "tep": "TEXT", "duong_dan": "TEXT", "sha256": "TEXT", "dung_luong": "INTEGER", "ma_bai_nop": "TEXT", "ma_doi_tuong": "TEXT",
    "thon": "TEXT", "chup_luc": "DATETIME", "nguon": "TEXT", "vi_tri_tu": "TEXT", "sai_so_m": "DOUBLE",
}  # fmt: skip


def add_geopackage(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the GeoPackage into *spool*."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ho-so.gpkg"
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            _write(file, evidence, _layers(evidence, arrangement))
        spool.add(GEOPACKAGE_PATH, _pieces(path))


def _write(file: sqlite3.Connection, evidence: Evidence, layers: Sequence[_Layer]) -> None:
    file.executescript(f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_VERSION}; PRAGMA journal_mode = OFF; BEGIN;")
    for statement in _TABLES.split(";\n"):
        file.execute(statement)
    file.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", _SYSTEMS)
    changed = f"{evidence.scope.as_of.isoformat()}T00:00:00.000Z"
    for layer in layers:
        _add_layer(file, layer, changed)
    file.execute("COMMIT")


def _add_layer(file: sqlite3.Connection, layer: _Layer, changed: str) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in layer.columns.items())
    file.execute(f"CREATE TABLE {layer.table} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {layer.geometry}, {columns})")
    bounds = _Bounds()
    marks = ", ".join("?" * (len(layer.columns) + 1))
    file.executemany(
        f"INSERT INTO {layer.table} (geom, {', '.join(layer.columns)}) VALUES ({marks})",
        ((bounds.packed(geometry), *values) for geometry, values in layer.features),
    )
    about = layer.table, "features", layer.title, layer.title, changed, *bounds.box, _WGS84
    file.execute("INSERT INTO gpkg_contents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", about)
    file.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (layer.table, layer.geometry, _WGS84))


class _Bounds:
    """Packs geometries and remembers the box around them."""

    def __init__(self) -> None:
        self.box: tuple[float | None, ...] = (None, None, None, None)

    def packed(self, geometry: Any) -> bytes | None:
        """The GeoPackage form (2.1.3): header without an envelope, little endian, then WKB."""
        if geometry is None:
            return None
        west, south, east, north = geometry.bounds
        known = [value for value in self.box if value is not None] or [west, south, east, north]
        self.box = min(known[0], west), min(known[1], south), max(known[2], east), max(known[3], north)
        return struct.pack("<2sBBi", b"GP", 0, 1, _WGS84) + bytes(shapely.to_wkb(geometry, byte_order=1, flavor="iso"))


def _layers(evidence: Evidence, arrangement: Arrangement) -> list[_Layer]:
    sites = evidence.sites.values()
    points = (site for site in sites if site.line is None)
    lines = (site for site in sites if site.line is not None)
    return [
        _Layer("ranh_gioi_xa", "Ranh giới xã", "MULTIPOLYGON", {"ma": "TEXT", "ten": "TEXT", "nguon": "TEXT"}, _border(evidence)),
        _Layer("doi_tuong", "Sổ bộ: hộ và điểm công cộng", "POINT", _SITE, _sites(evidence, points)),
        _Layer("doi_tuong_tuyen", "Sổ bộ: đoạn đường", "LINESTRING", _SITE, _sites(evidence, lines)),
        _Layer("bai_nop", "Bài nộp được tính", "POINT", _ITEM, _items(evidence, arrangement)),
        _Layer("anh", "Ảnh gốc", "POINT", _PHOTO, _photos(evidence, arrangement)),
    ]


def _border(evidence: Evidence) -> Iterator[Feature]:
    commune = evidence.commune
    parts = getattr(commune.border.area, "geoms", [commune.border.area])
    yield shapely.MultiPolygon(list(parts)), (commune.code, commune.name, commune.source)


def _sites(evidence: Evidence, sites: Iterable[Site]) -> Iterator[Feature]:
    seen, hamlets = {item.site for item in evidence.items}, evidence.hamlet_names
    for site in sites:
        known = site.latitude is not None and site.longitude is not None
        shape = shapely.LineString(site.line) if site.line else shapely.Point(site.longitude, site.latitude) if known else None
        yield shape, (site.code, site.name, words.KINDS[site.kind], hamlets.get(site.hamlet or "", ""), site.id in seen)


def _items(evidence: Evidence, arrangement: Arrangement) -> Iterator[Feature]:
    titles, people, hamlets = form_titles(evidence), evidence.people, evidence.hamlet_names
    for item in evidence.items:
        site, fix = evidence.sites[item.site], item.fix
        xml = arrangement.instances.get(item.submission)
        yield None if fix is None else shapely.Point(fix.longitude, fix.latitude), (
            item.code, site.code, site.name, hamlets.get(item.hamlet or "", ""), titles.get((item.form, item.form_version), item.form),
            optional_to_text(item.captured_at), optional_to_text(item.received_at), people.get(item.person, item.person),
            people.get(item.accepted_by or "", item.accepted_by), optional_to_text(item.accepted_at), fix and fix.accuracy_m,
            distance_to_site_m(site, fix), arrangement.way(xml, base=_BASE) if xml else None, item.instance_sha256,
        )  # fmt: skip


def _photos(evidence: Evidence, arrangement: Arrangement) -> Iterator[Feature]:
    hamlets = evidence.hamlet_names
    for item, photo in photos_of(evidence):
        path, fix = arrangement.photos.get((photo.submission, photo.name)), photo.fix
        if path is None:
            continue
        spot = (fix.longitude, fix.latitude) if fix else photo.exif_position and (photo.exif_position[1], photo.exif_position[0])
        yield shapely.Point(spot) if spot else None, (
            path, arrangement.way(path, base=_BASE), photo.sha256, photo.size or None, item.code, evidence.sites[item.site].code,
            hamlets.get(item.hamlet or "", ""), optional_to_text(fix.at if fix and fix.at else item.captured_at),
            words.SOURCES.get(photo.source, photo.source), ("điện thoại" if fix else "EXIF") if spot else None, fix and fix.accuracy_m,
        )  # fmt: skip


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece
