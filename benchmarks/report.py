"""Make the HTML report of a large commune and open it, with pages of several sizes, on a slowed browser.

    python benchmarks/report.py [--photos 20000] [--households 1500] [--portions 1,120,1000000] [--slower 6]

Evidence is made in memory, its previews are true JPEGs on the disk. For each portion (photos a page holds at most; 1 is a page for each
site) the table says how many files and bytes there are, how long they took to make with the memory of this process at its peak, and for
the largest page, opened in Chromium from the disk with its processor slowed down: first paint, when all of it stood, memory of its
scripts, and how long a search for a person without diacritics took.
"""

import argparse
import io
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image
from playwright.sync_api import sync_playwright

from survey.bundle.arrange import arrange
from survey.bundle.report import add_report
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence, Item, Photo, Scope
from survey.domain.places import Border, Commune, Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import FileState, Fix

COMMUNE = "18844"
_NAMES = ("Nguyễn Văn Đức", "Trần Thị Hường", "Đặng Văn Ý", "Lê Thị Ẳn")
_AT = datetime(2026, 11, 20, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """What a report costs to make."""

    seconds: float
    files: int
    bytes: int
    peak_mb: float


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--households", type=int, default=1500)
    parser.add_argument("--hamlets", type=int, default=4)
    parser.add_argument("--portions", default="1,120,1000000")
    parser.add_argument("--slower", type=int, default=6)
    arguments = parser.parse_args()
    print(
        f"{arguments.photos} photos, {arguments.households} households, {arguments.hamlets} hamlets; processor {arguments.slower}× slower"
    )
    widths = {"photos a page": 14, "made s": 8, "peak MB": 9, "files": 7, "MB": 7, "page kB": 9, "paint ms": 10, "all ms": 9, "heap MB": 9}
    print("".join(f"{title:>{width}}" for title, width in widths.items()) + f"{'find ms':>9}")
    for portion in map(int, arguments.portions.split(",")):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            context = multiprocessing.get_context("spawn")
            with context.Pool(1) as pool:
                made: Made = pool.apply(make, (folder, arguments.photos, arguments.households, arguments.hamlets, portion))
            opened = look(folder, arguments.slower)
            print(
                f"{portion:>14}{made.seconds:>8.1f}{made.peak_mb:>9.0f}{made.files:>7}{made.bytes / 1e6:>7.1f}{opened['page'] / 1e3:>9.0f}"
                f"{opened['paint']:>10.0f}{opened['all']:>9.0f}{opened['heap'] / 1e6:>9.1f}{opened['find']:>9.0f}"
            )


def make(folder: Path, photos: int, households: int, hamlets: int, portion: int) -> Made:
    """Write the report of made evidence below *folder*."""
    evidence = made_evidence(photos, households, hamlets)
    arrangement = arrange(evidence)
    spool = Spool()
    started = time.perf_counter()
    add_report(spool, evidence, arrangement, portion=portion)
    seconds = time.perf_counter() - started
    for one in spool.files:
        path = folder / one.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(spool.read(one)))
    thumb = io.BytesIO()
    Image.effect_noise((320, 240), 40).convert("RGB").save(thumb, "JPEG", quality=60)
    for name in arrangement.previews.values():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(thumb.getvalue())
    return Made(seconds, len(spool.files), spool.size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def look(folder: Path, slower: int) -> dict[str, float]:
    """Open the largest page and the search below *folder*."""
    report = folder / "bao-cao"
    largest = max(report.glob("*.html"), key=lambda path: path.stat().st_size)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto(largest.as_uri(), wait_until="load", timeout=300_000)
        page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        whole = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
        heap = context.new_cdp_session(page).send("Runtime.getHeapUsage")["usedSize"]
        page.goto((report / "tim-kiem.html").as_uri(), wait_until="load")
        find = page.evaluate(
            """() => { const box = document.getElementById('o-tim'); box.value = 'nguyen van duc'; const begun = performance.now()
            box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })); return performance.now() - begun }"""
        )
        browser.close()
    return {"page": largest.stat().st_size, "paint": paint, "all": whole, "heap": heap, "find": find}


def made_evidence(photos: int, households: int, hamlets: int) -> Evidence:
    """A commune with *photos* spread over *households*, twelve or so in a record."""
    places = [Hamlet(COMMUNE, f"h{number:02d}", f"Thôn {number}", date(2025, 7, 1)) for number in range(1, hamlets + 1)]
    ring = [[106.0, 17.95], [106.2, 17.95], [106.2, 18.15], [106.0, 18.15], [106.0, 17.95]]
    border = Border.of({"type": "Polygon", "coordinates": [ring]})
    commune = Commune(COMMUNE, "Kỳ Thượng", "Hà Tĩnh", border, "hình vẽ để đo", demonstration=True)
    sites = {site.id: site for site in (_site(number, places[number * hamlets // households].id) for number in range(households))}
    items = [_item(number, site) for number, site in enumerate(sites.values())]
    share, rest = divmod(photos, households)
    named = {item.submission: tuple(_photo(item, number, n) for n in range(share + (number < rest))) for number, item in enumerate(items)}
    return Evidence(
        commune=commune, scope=Scope(date(2026, 11, 23)), head=(1, "0" * 64), editions=(), edition_documents={}, hamlets=places,
        sites=sites, items=items, photos=named, left_out=(), verdicts=(), entries=(), statements=(), forms={},
        people={"p": "Nguyễn Thị Khảo Sát"}, answers=_answers, instances=lambda _items: iter(()), reviews=lambda _items: iter(()),
        flags=_flags, events=lambda: iter(()), thumb=lambda _sha256: None,
    )  # fmt: skip


def _answers(items: Sequence[Item]) -> Iterator[tuple[Item, Mapping[str, Any]]]:
    return ((item, {}) for item in items)


def _flags(items: Sequence[Item]) -> Iterator[Mapping[str, object]]:
    for item in items:
        yield {
            "submission": item.submission, "attachment": "photo_1.jpg", "code": "unknown", "severity": 1, "figures": json.dumps({}),
            "raised_at": _AT, "verdict": None, "reason": None, "person": None, "at": None,
        }  # fmt: skip


def _site(number: int, hamlet: str) -> Site:
    spot = 18.0 + number % 100 / 1000, 106.05 + number % 97 / 1000
    return Site(COMMUNE, f"s{number}", SiteKind.HOUSEHOLD, f"HO-{number:04d}", _NAMES[number % len(_NAMES)], hamlet, *spot)


def _item(number: int, site: Site) -> Item:
    return Item(
        f"uuid:{number}", f"A{number:04d}-{number % 997:03d}", "household_garden", "1", site.id, site.hamlet, "p", _AT, _AT, "p", _AT,
        Fix(18.0, 106.0, 6.5), 0, f"{number:064x}",
    )  # fmt: skip


def _photo(item: Item, number: int, n: int) -> Photo:
    sha256 = f"{number * 1000 + n:016x}".rjust(64, "a")
    return Photo(
        item.submission, f"photo_{n}.jpg", f"photo_{n}", "", FileState.STORED, None, "system", Fix(18.0, 106.0, 6.5), sha256, 400_000, 0,
        "image/jpeg", has_preview=True, taken_at=datetime(2026, 11, 20, 10),  # noqa: DTZ001 - a camera has no zone
    )  # fmt: skip


if __name__ == "__main__":
    main()
