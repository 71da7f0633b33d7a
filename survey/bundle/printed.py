"""The printed report, planned: the report itself, then photos by hamlet and checklist in parts that a printer and a worker can bear.

Every text of a page is decided here, from the evidence; making a part needs only its data and pictures (`survey.paper.evidence`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from survey.bundle import words
from survey.bundle.answers import label
from survey.bundle.arrange import NO_HAMLET, REPORT, Arrangement
from survey.bundle.cover import cover_of
from survey.bundle.index import distance_to_site_m, question_labels
from survey.bundle.names import Names, plain
from survey.bundle.printed_report import report_data
from survey.domain.bundles import PartKind, PartPlan
from survey.domain.evidence import Evidence, Item, Photo, Variant
from survey.domain.sites import Site
from survey.domain.submissions import Fix
from survey.domain.verdicts import Verdict

FOLDER = f"{REPORT}/in"
FRONT = f"{FOLDER}/00-bao-cao.pdf"
MOST = 120
"""Photos of one part: ten pages and 7 MB (docs/decisions/0019); a site is torn apart only where it alone has more."""
LEGEND = (
    "Mỗi ảnh in thu nhỏ từ ảnh gốc, kèm dấu: đối tượng, nơi, thời điểm, mã bài nộp, các ký tự đầu của SHA-256. Mã QR chứa số nhận dạng "
    "và mã của bài nộp; tệp bai-nop/<mã>.xml của hồ sơ mang đúng số ấy. Ảnh gốc không đóng dấu."
)


@dataclass(frozen=True)
class Portion:
    """One part of photos: its title, file below `data/`, and the files that its submissions name."""

    title: str
    name: str
    hamlet: str | None
    form: str
    shots: Sequence[tuple[Item, Photo]]


def plan_printed(evidence: Evidence, arrangement: Arrangement) -> Iterator[PartPlan]:
    """The parts of the printed report of *evidence*: the report, which lists the others, and then each of these.

    None of the public variant: a printed page is set from previews, which nobody has covered.
    """
    if evidence.variant is Variant.PUBLIC:
        return
    portions = list(portions_of(evidence, arrangement))
    listed = [{"title": one.title, "file": one.name.removeprefix(f"{FOLDER}/"), "photos": len(one.shots)} for one in portions]
    yield PartPlan(PartKind.PDF, "Báo cáo", (FRONT,), report_data(evidence, arrangement, listed))
    teller = _Teller(evidence, arrangement)
    for one in portions:
        yield PartPlan(PartKind.PDF, one.title, (one.name,), teller.data(one))


def portions_of(evidence: Evidence, arrangement: Arrangement, most: int = MOST) -> Iterator[Portion]:
    """The photos of *evidence* in parts of at most *most*, in the report's order; files that are missing take their place, too."""
    names = Names()
    for (hamlet, form), shots in _groups(evidence).items():
        place = NO_HAMLET if hamlet is None else evidence.hamlet_names.get(hamlet, hamlet)
        title = f"{place} · {_form_title(evidence, form)}"
        stem = f"{FOLDER}/{arrangement.pages[hamlet].removesuffix('.html')}_{plain(form, limit=30)}"
        runs = list(_runs(shots, most))
        for number, run in enumerate(runs, 1):
            said = title if len(runs) == 1 else f"{title} · phần {number}/{len(runs)}"
            yield Portion(said, names.numbered(stem, ".pdf"), hamlet, form, run)


def _groups(evidence: Evidence) -> dict[tuple[str | None, str], list[tuple[Item, Photo]]]:
    groups: dict[tuple[str | None, str], list[tuple[Item, Photo]]] = {}
    for item in evidence.items:
        for photo in evidence.photos.get(item.submission, ()):
            groups.setdefault((item.hamlet, item.form), []).append((item, photo))
    order = {hamlet: number for number, hamlet in enumerate(dict.fromkeys(item.hamlet for item in evidence.items))}
    return dict(sorted(groups.items(), key=lambda group: (order[group[0][0]], group[0][1])))


def _runs(shots: Sequence[tuple[Item, Photo]], most: int) -> Iterator[Sequence[tuple[Item, Photo]]]:
    """*shots* in runs of at most *most* that begin with a site's first, or cut a site that alone has more."""
    begin = 0
    while begin < len(shots):
        end = min(begin + most, len(shots))
        cut = end
        while end < len(shots) and cut > begin and shots[cut - 1][0].site == shots[end][0].site:
            cut -= 1
        end = cut if cut > begin else end
        yield shots[begin:end]
        begin = end


def _form_title(evidence: Evidence, form: str) -> str:
    versions = sorted(version for one, version in evidence.forms if one == form)
    return (label(evidence.forms[form, versions[-1]].get("title")) if versions else "") or form


class _Teller:
    """Says of each part what is printed in it."""

    def __init__(self, evidence: Evidence, arrangement: Arrangement) -> None:
        self._evidence = evidence
        self._arrangement = arrangement
        self._cover = asdict(cover_of(evidence))
        self._labels = question_labels(evidence)

    def data(self, portion: Portion) -> dict[str, Any]:
        """The data of *portion*, plain JSON."""
        seen: set[str] = set()
        photos = []
        for item, photo in portion.shots:
            photos.append(self._photo(item, photo, first=item.site not in seen))
            seen.add(item.site)
        prints = sum(photo["has_view"] for photo in photos)
        without = f", {len(photos) - prints} tệp không in được" if prints < len(photos) else ""
        return {
            "kind": "photos", "variant": self._evidence.variant.value, "cover": self._cover, "title": portion.title,
            "counts": f"{len(seen)} đối tượng, {prints} ảnh{without}",
            "criteria": self._criteria(portion.form), "legend": LEGEND, "photos": photos,
        }  # fmt: skip

    def _criteria(self, form: str) -> list[str]:
        """The criteria for which figures stand on answers to *form*."""
        names = {
            (verdict.edition, verdict.criterion): words_of(verdict)
            for verdict in self._evidence.verdicts
            if any(form in basis.forms for basis in verdict.basis)
        }
        return list(dict.fromkeys(names.values()))

    def _photo(self, item: Item, photo: Photo, *, first: bool) -> dict[str, Any]:
        site = self._evidence.sites[item.site]
        path = self._arrangement.photos.get((photo.submission, photo.name))
        fix = photo.fix or item.fix
        asked = self._labels.get((item.form, item.form_version), {}).get(photo.question, photo.question)
        return {
            "sha256": photo.sha256 or "", "has_view": photo.is_original and photo.has_preview, "first": first,
            "site": f"{site.code} · {site.name}", "hamlet": place_name(self._evidence.hamlet_names, item.hamlet),
            "position": words.position(fix), "away": away_words(site, fix), "time": time_words(item, photo),
            "code": item.code, "label": asked + (f" ({photo.repeat})" if photo.repeat else ""), "urn": record_urn(item),
            "name": (path or photo.name).rpartition("/")[2], "absent": absent_words(photo),
        }  # fmt: skip


def words_of(verdict: Verdict) -> str:
    """What a reader knows a criterion by: a rule over all criteria has a word for a code, which says nothing."""
    return f"{verdict.criterion} {verdict.title.vi}" if verdict.criterion[:1].isdigit() else verdict.title.vi


def record_urn(item: Item) -> str:
    """What a QR code says of a record: the phone's own id of it as a URN (RFC 9562), and its code for people."""
    return f"urn:{item.submission}#{item.code}"


def time_words(item: Item, photo: Photo) -> str:
    """When the photo was taken, Vietnamese time, and by whose clock: the camera's, else the phone's position, else the checklist's."""
    if photo.taken_at is not None:
        return f"{photo.taken_at:%H:%M %d/%m/%Y} theo máy ảnh"
    if photo.fix is not None and photo.fix.at is not None:
        return f"{words.moment(photo.fix.at)} theo vị trí"
    return f"{words.moment(item.captured_at)} theo phiếu"


def away_words(site: Site, fix: Fix | None) -> str:
    """How far the phone was from the registered line or point of *site*; empty where one of them is not known."""
    away_m = distance_to_site_m(site, fix)
    return "" if away_m is None else f"cách {words.metres(away_m)}"


def place_name(hamlets: Mapping[str, str], hamlet: str | None) -> str:
    """The name of a hamlet, or that a thing belongs to the commune."""
    return "toàn xã" if hamlet is None else hamlets.get(hamlet, hamlet)


def absent_words(photo: Photo) -> str:
    """Why there is no picture to print."""
    if photo.is_original:
        return "Ảnh gốc có trong hồ sơ, không có bản xem để in"
    return " – ".join(text for text in (f"Ảnh {words.file_state(photo)}", words.refusal(photo)) if text)
