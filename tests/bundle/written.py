"""Evidence written by hand for tests of what is made from it: hostile words everywhere, and as many photos as a test wants."""

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from survey.domain.evidence import Evidence, Item, LeftOut, Photo, Scope
from survey.domain.outcomes import Outcome
from survey.domain.places import Border, Commune, Hamlet
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import Consent, FileState, Fix, State
from survey.domain.thresholds import Source, Status, Text, Threshold
from survey.domain.times import to_text
from survey.domain.verdicts import Basis, Verdict

COMMUNE, FORM = "18844", "household_fence"
HOSTILE = (
    '=HYPERLINK("http://x.example","Bấm")', "<r><t>lời</t></r>", "a\x00\x07\x1f\ufffeb", "👍🏽 Đỗ Thị Ẳn",
    "\u202egpj.exe\u200f", "../../../x", "]]><script>alert(1)</script>", "_x0041_", "x" * 40_000, "+84 & <b>",
)  # fmt: skip
_BEGUN = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_BORDER = '{"type":"Polygon","coordinates":[[[106.0,18.0],[106.2,18.0],[106.2,18.2],[106.0,18.2],[106.0,18.0]]]}'
TREE: dict[str, Any] = {
    "form": FORM, "title": {"vi": "Hàng rào [hộ]: xanh/đẹp?"},
    "choices": {"kinds": [{"name": "hedge", "label": {"vi": "Hàng rào cây"}}]},
    "children": [
        {"kind": "question", "name": "photo_1", "path": "/data/photo_1", "type": "image", "label": {"vi": "Ảnh hàng rào"}},
        {"kind": "question", "name": "green_m", "path": "/data/green_m", "type": "decimal", "label": {"vi": "Chiều dài xanh (m)"}},
        {"kind": "question", "name": "kind", "path": "/data/kind", "type": "select_one", "choices": "kinds", "label": {"vi": "Loại"}},
        {"kind": "question", "name": "seen", "path": "/data/seen", "type": "date", "label": {"vi": "Ngày xem"}},
        {"kind": "question", "name": "remark", "path": "/data/remark", "type": "text", "label": {"vi": "Ghi chú"}},
        {"kind": "question", "name": "other", "path": "/data/other", "type": "text", "label": {"vi": "Ghi chú"}},
    ],
}  # fmt: skip


@cache
def thumb_of(number: int) -> bytes:
    """A small drawn JPEG, another for each of fifty numbers."""
    image = Image.new("RGB", (320, 240) if number % 3 else (240, 320), (150 + number % 50, 190, 220))
    ImageDraw.Draw(image).ellipse((20 + number, 60, 200, 230), fill=(30, 110, 40))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=70)
    return content.getvalue()


def write_evidence(*, sites: int = 12, photos: int = 2, hamlets: int = 2, hostile: bool = True) -> Evidence:
    """A commune of *hamlets* with *sites* households in turn, each with a submission of *photos* photos; the last file never came."""
    names = ["Thôn Đông Sơn", "../Thôn <2>", *(f"Thôn {n}" for n in range(2, hamlets))]
    places = [Hamlet(COMMUNE, f"h{n}", names[n], date(2025, 7, 1)) for n in range(hamlets)]
    made = [_site(n, hamlets, hostile=hostile) for n in range(sites)]
    known = {site.id: site for site in sorted(made, key=lambda site: str(site.hamlet))}
    road = Site(COMMUNE, "road", SiteKind.ROAD_SEGMENT, "DU-0001", "Đường trục", None, 18.03, 106.08, ((106.08, 18.03), (106.09, 18.035)))
    items = [_item(number, site) for number, site in enumerate(known.values())]
    files = {item.submission: [_photo(item, n, sites * photos) for n in range(photos)] for item in items}
    return Evidence(
        commune=Commune(COMMUNE, "Mẫu", "tỉnh Mẫu", Border(_BORDER), "thử", demonstration=True), scope=Scope(date(2026, 11, 23)),
        head=(7, "ab" * 32), editions=[], edition_documents={}, hamlets=places, sites={**known, "road": road}, items=items, photos=files,
        left_out=[LeftOut(State.REJECTED, "=1+1", 2)], verdicts=[_verdict()], entries=[], statements=[],
        forms={(FORM, "1"): TREE}, people={"p1": '=cmd|" /C calc"!A0' if hostile else "Khảo sát", "p2": "Điều phối"},
        answers=lambda wanted: _answers(wanted, hostile=hostile), instances=lambda wanted: ((item, b"<data/>") for item in wanted),
        reviews=_reviews, flags=lambda _wanted: iter(()), events=lambda: iter(()), thumb=_thumb,
    )  # fmt: skip


def _site(number: int, hamlets: int, *, hostile: bool) -> Site:
    name = HOSTILE[number % len(HOSTILE)] if hostile else f"Nguyễn Văn {number}"
    spot = 18.02 + number % 100 / 1000, 106.02 + number // 100 % 100 / 1000
    return Site(COMMUNE, f"site-{number}", SiteKind.HOUSEHOLD, f"HO-{number:04d}", name, f"h{number % hamlets}", *spot)


def _item(number: int, site: Site) -> Item:
    at = _BEGUN + timedelta(minutes=number)
    fix = Fix((site.latitude or 0) + 0.0001, site.longitude or 0, 6.5, None, at)
    return Item(
        f"uuid:{number}", f"BN{number:05d}", FORM, "1", site.id, site.hamlet, "p1", at, at + timedelta(hours=1), "p2",
        at + timedelta(days=1), fix, 0, hashlib.sha256(b"<data/>").hexdigest(), Consent.GIVEN, "field", "p2", "điện thoại 1", 12.5,
    )  # fmt: skip


def _photo(item: Item, number: int, of: int) -> Photo:
    serial = int(item.submission.removeprefix("uuid:")) * max(1, of // 1000) + number
    sha256 = f"{int(item.submission.removeprefix('uuid:')):08x}{number:08x}" + hashlib.sha256(str(serial).encode()).hexdigest()[16:]
    if number and item.submission == "uuid:0":
        return Photo(item.submission, f"p{number}.jpg", "photo_1", "", FileState.MISSING, None, "system")
    return Photo(
        item.submission, f"p{number}.jpg", "photo_1", "", FileState.STORED, None, "system", item.fix, sha256, 1000 + number, 1,
        "image/jpeg", has_preview=True, taken_at=datetime(2026, 11, 20, 10, 0, number % 60),  # noqa: DTZ001 - a camera has no zone
    )  # fmt: skip


def _thumb(sha256: str) -> bytes:
    return thumb_of((int(sha256[:8], 16) + int(sha256[8:16], 16)) % 50)


def _answers(wanted: Sequence[Item], *, hostile: bool) -> Iterator[tuple[Item, Mapping[str, Any]]]:
    for number, item in enumerate(wanted):
        remark = HOSTILE[number % len(HOSTILE)] if hostile else "tốt"
        yield item, {"/data/green_m": 60.5 + number, "/data/kind": "hedge", "/data/seen": "2026-11-20", "/data/remark": remark}


def _reviews(wanted: Sequence[Item]) -> Iterator[Mapping[str, object]]:
    for item in wanted:
        yield {
            "submission": item.submission, "number": 1, "from_state": "received", "to_state": "accepted", "reason": "@đủ", "person": "p2",
            "at": to_text(item.accepted_at or item.received_at),
        }  # fmt: skip


def _verdict() -> Verdict:
    threshold = Threshold("share", Status.READ, at_least=0.7, sources=(Source("s", "Quyết định thử"),))
    basis = Basis(
        "fence", Text("Tỷ lệ hàng rào xanh", "Green fences"), "share", Outcome.MET, None, True, 0.855, 0.8, 0.9, 85.5, 100.0, 12, 9, 9, 0,
        3, threshold=threshold, submission_count=9, submissions_sha256="cd" * 32, oldest=date(2026, 11, 1), newest=date(2026, 11, 20),
    )  # fmt: skip
    return Verdict("e1", "17.3", Text("Môi trường", "Environment"), None, Outcome.MET, (), date(2026, 11, 23), False, False, (basis,))
