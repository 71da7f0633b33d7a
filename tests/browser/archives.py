"""PMTiles archives for tests, made with the format's own library: pictures drawn by Pillow, and files with one thing wrong."""

import gzip
import io
from collections.abc import Iterable, Mapping
from math import asinh, pi, radians, tan
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from pmtiles.tile import Compression, TileType, serialize_header, zxy_to_tileid
from pmtiles.tile import deserialize_header as read_header
from pmtiles.writer import Writer

Tile = tuple[int, int, int]
AROUND_COMMUNE = (106.0, 17.9, 106.2, 18.15)  # west, south, east, north of Kỳ Thượng
_DEGREE = 10_000_000
_HEADER_BYTES = 127


def archive(
    path: Path, tiles: Mapping[Tile, bytes], *, kind: TileType = TileType.PNG, box: tuple[float, float, float, float] = AROUND_COMMUNE
) -> Path:
    """An archive at *path* holding *tiles* by (z, x, y), which says that it covers *box* in degrees."""
    with path.open("wb") as file:
        writer = Writer(file)
        for number, content in sorted((zxy_to_tileid(*tile), content) for tile, content in tiles.items()):
            writer.write_tile(number, content)
        west, south, east, north = (round(value * _DEGREE) for value in box)
        header = {
            "tile_type": kind, "tile_compression": Compression.NONE, "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east,
            "max_lat_e7": north, "center_zoom": 0, "center_lon_e7": (west + east) // 2, "center_lat_e7": (south + north) // 2,
        }  # fmt: skip
        writer.finalize(header, {"name": "test"})
    return path


def unpacked(path: Path) -> bytes:
    """The archive at *path*, which has no leaves, once more with directories that are not compressed."""
    content = path.read_bytes()
    header = read_header(content[:_HEADER_BYTES])
    assert header["leaf_directory_length"] == 0
    root = gzip.decompress(_part(content, header, "root"))
    metadata = gzip.decompress(_part(content, header, "metadata"))
    data = content[header["tile_data_offset"] :][: header["tile_data_length"]]
    header["internal_compression"] = Compression.NONE
    header["root_length"], header["metadata_length"] = len(root), len(metadata)
    header["metadata_offset"] = header["root_offset"] + len(root)
    header["leaf_directory_offset"] = header["tile_data_offset"] = header["metadata_offset"] + len(metadata)
    return bytes(serialize_header(header)) + root + metadata + data


def with_header(path: Path, **changes: Any) -> bytes:
    """The archive at *path* with other values in its header."""
    content = path.read_bytes()
    header = read_header(content[:_HEADER_BYTES])
    header.update(changes)
    return bytes(serialize_header(header)) + content[_HEADER_BYTES:]


def with_root(path: Path, root: bytes, **changes: Any) -> bytes:
    """The archive at *path* with the bytes *root* behind its end in the place of its root directory."""
    content = path.read_bytes()
    return with_header(path, root_offset=len(content), root_length=len(root), **changes)[:_HEADER_BYTES] + content[_HEADER_BYTES:] + root


def _part(content: bytes, header: Mapping[str, Any], name: str) -> bytes:
    start = header[f"{name}_offset"]
    return content[start : start + header[f"{name}_length"]]


def picture(colour: tuple[int, int, int], words: str = "", kind: str = "PNG") -> bytes:
    """A tile of 256 × 256 pixels in one *colour* with an edge and *words*."""
    image = Image.new("RGB", (256, 256), colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 255, 255), outline=(90, 90, 90))
    draw.text((8, 8), words, fill=(20, 20, 20))
    content = io.BytesIO()
    image.save(content, kind)
    return content.getvalue()


def tiles_of(box: tuple[float, float, float, float], levels: Iterable[int], colour: tuple[int, int, int]) -> dict[Tile, bytes]:
    """A drawn tile for each place of *box* on each of *levels*."""
    def column(longitude: float, side: int) -> int:
        return int((longitude / 360 + 0.5) * side)

    def row(latitude: float, side: int) -> int:
        return int((0.5 - asinh(tan(radians(latitude))) / (2 * pi)) * side)

    west, south, east, north = box
    return {
        (z, x, y): picture(colour, f"{z}/{x}/{y}")
        for z in levels
        for x in range(column(west, 2**z), column(east, 2**z) + 1)
        for y in range(row(north, 2**z), row(south, 2**z) + 1)
    }
