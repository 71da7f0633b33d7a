"""Communes from `schema/places/<code>.yaml` and their borders, or a refusal that names file, key and remedy."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Never

import yaml

from survey.domain.places import Border, Commune, Hamlet, Place
from survey.domain.problems import BROKEN_CATALOGUE, COMMUNE_UNKNOWN, Problem

_CODE = re.compile(r"[0-9]{5}")
# Our own choice, wide around Viet Nam and its islands: it catches exchanged axes and metres instead of degrees.
_WEST, _SOUTH, _EAST, _NORTH = 101.0, 6.0, 118.0, 24.0
_LIMIT = 5_000_000  # bytes; a commune's border has some 80 kB


def read_place(folder: Path, code: str) -> Place:
    """The commune *code* as the files in *folder* (`schema/places`) describe it.

    Raises COMMUNE_UNKNOWN where there is no such file, BROKEN_CATALOGUE where one is wrong.
    """
    if not _CODE.fullmatch(code) or not (folder / f"{code}.yaml").is_file():
        raise Problem(COMMUNE_UNKNOWN, commune=code[:20])
    return _PlaceFile(folder / f"{code}.yaml").place(code)


def read_place_file(path: Path, code: str) -> Place:
    """The commune *code* as the operator's own file describes it, its border beside it; the keys are those of `schema/places`.

    Raises COMMUNE_UNKNOWN for a code that is none, BROKEN_CATALOGUE where the file is wrong or not there.
    """
    if not _CODE.fullmatch(code):
        raise Problem(COMMUNE_UNKNOWN, commune=code[:20])
    return _PlaceFile(path).place(code)


class _PlaceFile:
    """One YAML file on its way to a `Place`; every fault is reported with the key where it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._document = yaml.safe_load(_read(path))
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            self._refuse("YAML", f"không đọc được ({type(error).__name__})", f"not readable ({type(error).__name__})")
        if not isinstance(self._document, Mapping):
            self._refuse("YAML", "không phải là danh mục khóa", "not a mapping of keys")

    def place(self, code: str) -> Place:
        """The place in the file. Raises BROKEN_CATALOGUE."""
        if self._text(self._document, "code") != code:
            self._refuse("code", f"khác tên tệp {code}", f"differs from the file's name {code}")
        province = self._mapping(self._document, "province")
        commune = Commune(
            code,
            self._text(self._document, "name"),
            self._text(province, "name", "province."),
            self._border(self._text(self._document, "border")),
            self._text(self._document, "source"),
        )
        hamlets = tuple(self._hamlet(code, entry, number) for number, entry in enumerate(self._list("hamlets")))
        self._check_hamlets(hamlets)
        former, notes = (tuple(str(text) for text in self._list(key)) for key in ("former_communes", "notes"))
        return Place(commune, self._text(province, "code", "province."), former, hamlets, notes)

    def _border(self, name: str) -> Border:
        path = self._path.parent / name
        if Path(name).name != name or not path.is_file():
            self._refuse("border", f"không có tệp {name}", f"there is no file {name}")
        try:
            border = Border.of(_geometry(json.loads(_read(path))))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            self._refuse(
                f"border ({name})",
                "không phải là một vùng Polygon hoặc MultiPolygon hợp lệ",
                "not one valid Polygon or MultiPolygon",
            )
        west, south, east, north = border.bounds
        if not (west >= _WEST and east <= _EAST and south >= _SOUTH and north <= _NORTH):
            self._refuse(
                f"border ({name})",
                "nằm ngoài Việt Nam: GeoJSON ghi kinh độ trước, vĩ độ sau, WGS 84",
                "lies outside of Viet Nam: GeoJSON writes longitude before latitude, in WGS 84",
            )
        return border

    def _hamlet(self, commune: str, entry: object, number: int) -> Hamlet:
        key = f"hamlets[{number}]."
        if not isinstance(entry, Mapping):
            self._refuse(key, "không phải là danh mục khóa", "not a mapping of keys")
        hamlet = self._text(entry, "id", key)
        if not re.fullmatch(rf"{commune}-h[0-9]{{2,4}}", hamlet):
            self._refuse(f"{key}id", f"phải có dạng {commune}-h01", f"must look like {commune}-h01")
        valid_to = self._date(entry, "valid_to", key) if entry.get("valid_to") else None
        successor, former = (str(entry[name]) if entry.get(name) else None for name in ("successor", "former_commune"))
        return Hamlet(commune, hamlet, self._text(entry, "name", key), self._date(entry, "valid_from", key), valid_to, successor, former)

    def _check_hamlets(self, hamlets: tuple[Hamlet, ...]) -> None:
        known = [hamlet.id for hamlet in hamlets]
        for number, hamlet in enumerate(hamlets):
            if known.count(hamlet.id) > 1:
                self._refuse(f"hamlets[{number}].id", f"mã {hamlet.id} bị trùng", f"id {hamlet.id} is there twice")
            if hamlet.successor is not None and hamlet.successor not in known:
                self._refuse(f"hamlets[{number}].successor", f"không có thôn {hamlet.successor}", f"there is no hamlet {hamlet.successor}")

    def _text(self, entry: Mapping[str, Any], key: str, prefix: str = "") -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            self._refuse(f"{prefix}{key}", "phải là chữ trong ngoặc kép", "must be a text in quotes")
        return value.strip()

    def _mapping(self, entry: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = entry.get(key)
        if not isinstance(value, Mapping):
            self._refuse(key, "không phải là danh mục khóa", "not a mapping of keys")
        return value

    def _list(self, key: str) -> list[Any]:
        value = self._document.get(key) or []
        if not isinstance(value, list):
            self._refuse(key, "phải là danh sách", "must be a list")
        return value

    def _date(self, entry: Mapping[str, Any], key: str, prefix: str) -> date:
        value = entry.get(key)
        if type(value) is not date:
            self._refuse(f"{prefix}{key}", "phải là ngày dạng 2025-07-01", "must be a date such as 2025-07-01")
        return value

    def _refuse(self, key: str, reason_vi: str, reason_en: str) -> Never:
        raise Problem(
            BROKEN_CATALOGUE,
            file=self._path.name,
            key=key,
            reason_vi=reason_vi,
            reason_en=reason_en,
            remedy_vi="Sửa tệp theo mẫu trong schema/places/README.md.",
            remedy_en="Correct the file as schema/places/README.md shows.",
        )


def _read(path: Path) -> str:
    if path.stat().st_size > _LIMIT:
        raise OSError(f"{path.name} is larger than {_LIMIT} bytes")
    return path.read_text(encoding="utf-8")


def _geometry(document: Mapping[str, Any]) -> Mapping[str, object]:
    if document["type"] == "FeatureCollection":
        (document,) = document["features"]
    geometry: Mapping[str, object] = document["geometry"] if document["type"] == "Feature" else document
    return geometry
