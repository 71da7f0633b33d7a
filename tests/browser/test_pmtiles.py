"""The client's reader of PMTiles archives against the format's own Python library, in a real browser."""

import base64
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pmtiles.reader import MemorySource, Reader
from pmtiles.tile import Compression, Entry, TileType, serialize_directory, zxy_to_tileid

from tests.browser.archives import archive, picture, tiles_of, unpacked, with_header, with_root
from tests.live import LiveServer

_CASES = Path(__file__).parents[1] / "vectors" / "tiles.json"
_READ = """
async ([content, wanted]) => {
  const { Archive, TilesUnusable } = await import("/field/pmtiles.mjs")
  const blob = await (await fetch(`data:;base64,${content}`)).blob()
  let read = 0
  const source = { size: blob.size, read: (offset, length) => { read += length; return blob.slice(offset, offset + length).arrayBuffer() } }
  const text = async (tile) => tile && `${tile.type} ${new Uint8Array(await tile.arrayBuffer()).toBase64?.() ?? await base64(tile)}`
  const base64 = (tile) => new Promise((done) => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result.split(",")[1] ?? "")
    reader.readAsDataURL(tile)
  })
  try {
    const archive = await Archive.open(source)
    const tiles = []
    for (const tile of wanted) tiles.push(await text(await archive.tile(...tile)))
    return { tiles, range: archive.range, read, size: blob.size }
  } catch (error) {
    if (error instanceof TilesUnusable) return { unusable: error.reason }
    throw error
  }
}
"""


@pytest.fixture(scope="module")
def browser_page(chromium: Browser, live: LiveServer) -> Iterator[Page]:
    """A page of the client's origin, where its modules can be loaded; its policy would keep test data out."""
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{live.url}/field/icon.svg")
    yield page
    context.close()


def _read(page: Page, content: bytes, wanted: list[tuple[int, int, int]]) -> Any:
    return page.evaluate(_READ, [base64.b64encode(content).decode(), wanted])


def _as_read(kind: str, content: bytes | None) -> str | None:
    return None if content is None else f"{kind} {base64.b64encode(content).decode()}"


def test_shared_tile_numbers_are_those_of_the_format() -> None:
    """Each case of tiles.json is what the format's own library says."""
    cases = json.loads(_CASES.read_text())["cases"]

    assert len(cases) > 100
    assert [zxy_to_tileid(z, x, y) for z, x, y, _ in cases] == [number for *_, number in cases]


def test_tile_numbers_agree(browser_page: Page) -> None:
    """Each case of tiles.json comes out of the client's code, too."""
    cases = json.loads(_CASES.read_text())["cases"]
    numbers = browser_page.evaluate(
        """async (cases) => {
            const { tileId } = await import("/field/pmtiles.mjs")
            return cases.map(([z, x, y]) => tileId(z, x, y))
        }""",
        cases,
    )

    assert numbers == [number for *_, number in cases]


@pytest.mark.parametrize(
    ("kind", "format_name", "media_type"),
    [(TileType.PNG, "PNG", "image/png"), (TileType.JPEG, "JPEG", "image/jpeg"), (TileType.WEBP, "WEBP", "image/webp"),
     (TileType.AVIF, "AVIF", "image/avif")],
    ids=["png", "jpeg", "webp", "avif"],
)  # fmt: skip
def test_each_kind_of_picture_is_read(browser_page: Page, tmp_path: Path, kind: TileType, format_name: str, media_type: str) -> None:
    """Bytes and media type of every tile; what is not in the archive is null."""
    tiles = {(1, x, y): picture((40 * x, 90 * y, 120), f"{x}{y}", format_name) for x in (0, 1) for y in (0, 1) if (x, y) != (1, 0)}
    content = archive(tmp_path / "map.pmtiles", tiles, kind=kind).read_bytes()

    got = _read(browser_page, content, [(1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1), (0, 0, 0), (2, 1, 1)])

    wanted = [tiles[1, 0, 0], tiles[1, 0, 1], None, tiles[1, 1, 1], None, None]
    assert got["tiles"] == [_as_read(media_type, one) for one in wanted]
    assert got["range"] == {"least": 1, "most": 1, "west": 106.0, "south": 17.9, "east": 106.2, "north": 18.15}


def test_directories_that_are_not_compressed_are_read(browser_page: Page, tmp_path: Path) -> None:
    """Internal compression `none` is as good as gzip."""
    tiles = tiles_of((106.0, 17.9, 106.2, 18.15), [10, 11], (10, 200, 30))
    content = unpacked(archive(tmp_path / "map.pmtiles", tiles))

    assert _read(browser_page, content, list(tiles))["tiles"] == [_as_read("image/png", one) for one in tiles.values()]


def test_leaves_and_runs_are_read(browser_page: Page, tmp_path: Path) -> None:
    """An archive with leaf directories and long runs of the same tile answers as the library's reader, from a small part of its bytes."""
    chance = random.Random(18844)  # noqa: S311 - the same tiles each time
    sea = b"the same picture for the sea"
    tiles = {(9, x, y): sea if x < 100 else chance.randbytes(chance.randrange(8, 40)) for x in range(512) for y in range(0, 512, 3)}
    content = archive(tmp_path / "map.pmtiles", tiles).read_bytes()
    library = Reader(MemorySource(content))
    wanted = [(9, chance.randrange(512), chance.randrange(512)) for _ in range(150)]

    got = _read(browser_page, content, wanted)

    assert library.header()["leaf_directory_length"] > 0
    assert got["tiles"] == [_as_read("image/png", library.get(*tile)) for tile in wanted]
    assert sum(tile is not None for tile in got["tiles"]) > 20
    assert got["read"] < got["size"] / 2


def _vector(path: Path) -> bytes:
    return archive(path, {(0, 0, 0): b"\x1a\x00"}, kind=TileType.MVT).read_bytes()


def _brotli(path: Path) -> bytes:
    return with_header(archive(path, {(0, 0, 0): b"x"}), internal_compression=Compression.BROTLI)


def _cut(path: Path) -> bytes:
    content = archive(path, {(0, 0, 0): picture((1, 2, 3))}).read_bytes()
    return content[: len(content) - 40]


def _no_archive(_path: Path) -> bytes:
    return picture((1, 2, 3)) * 2


def _older(path: Path) -> bytes:
    content = archive(path, {(0, 0, 0): b"x"}).read_bytes()
    return content[:7] + b"\x02" + content[8:]


def _points_behind(path: Path) -> bytes:
    return with_header(archive(path, {(0, 0, 0): b"x"}), root_offset=1 << 40)


def _bomb(path: Path) -> bytes:
    return with_root(archive(path, {(0, 0, 0): b"x"}), gzip.compress(bytes(40_000_000), 9))


def _many(path: Path) -> bytes:
    return with_root(archive(path, {(0, 0, 0): b"x"}), gzip.compress(b"\xff\xff\xff\xff\x7f"))


def _endless(path: Path) -> bytes:
    """Leaves that lead to themselves."""
    size = len(serialize_directory([Entry(0, 0, 1, 0)]))
    leaf = serialize_directory([Entry(0, 0, size, 0)])
    assert len(leaf) == size
    made = archive(path, {(0, 0, 0): b"x"})
    return with_root(made, leaf, leaf_directory_offset=len(made.read_bytes()), leaf_directory_length=len(leaf))


@pytest.mark.parametrize(
    ("make", "reason"),
    [(_vector, "kind"), (_brotli, "packed"), (_cut, "broken"), (_no_archive, "broken"), (_older, "broken"), (_points_behind, "broken"),
     (_bomb, "broken"), (_many, "broken"), (_endless, "broken"), (lambda _path: b"PMTiles", "broken")],
    ids=["vector", "brotli", "cut", "no-archive", "version-2", "points-behind", "bomb", "many-entries", "endless-leaves", "short"],
)  # fmt: skip
def test_what_cannot_be_shown_is_told(browser_page: Page, tmp_path: Path, make: Callable[[Path], bytes], reason: str) -> None:
    """A file that is no archive of pictures, or would eat the phone's memory, ends with a reason and nothing else."""
    content = make(tmp_path / "map.pmtiles")

    assert _read(browser_page, content, [(0, 0, 0)]) == {"unusable": reason}
