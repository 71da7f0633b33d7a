"""The rows of a bundle's tables: columns by their Vietnamese titles, the same in CSV and in the workbook."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from survey.bundle import words
from survey.bundle.arrange import Arrangement
from survey.domain.canonical import dumps
from survey.domain.evidence import Evidence, Item, Photo
from survey.domain.sites import Site
from survey.domain.submissions import State
from survey.domain.verdicts import Basis, Verdict

Row = Mapping[str, object]
T = TypeVar("T")

SITE = ("Mã", "Loại", "Tên", "Thôn", "Mã thôn", "Vĩ độ", "Kinh độ", "Thuộc tính")
ITEM = (
    "Mã bài nộp", "Mã đối tượng", "Tên đối tượng", "Thôn", "Phiếu", "Phiên bản phiếu", "Chụp lúc (giờ Việt Nam)", "Nhận lúc",
    "Người khảo sát", "Người duyệt", "Duyệt lúc", "Vĩ độ", "Kinh độ", "Sai số (m)", "Ảnh còn thiếu", "Tệp XML",
    "SHA-256 của XML", "instanceID", "Vị trí do", "Người dân trả lời về chụp ảnh", "Nhận qua", "Người mang bài đến", "Thiết bị",
    "Đồng hồ máy nhanh hơn máy chủ (giây)",
)  # fmt: skip
PHOTO = (
    "Tệp", "Mã bài nộp", "Mã đối tượng", "Thôn", "Câu hỏi", "Lần lặp", "Trạng thái", "Lý do", "SHA-256", "Dung lượng (byte)", "Nguồn",
    "Chụp lúc (máy ảnh)", "Vĩ độ (điện thoại)", "Kinh độ (điện thoại)", "Sai số (m)", "Vị trí lúc (giờ Việt Nam)",
    "Vĩ độ (EXIF)", "Kinh độ (EXIF)", "Tên gốc", "Máy ảnh (EXIF)",
)  # fmt: skip
REVIEW = ("Mã bài nộp", "Lần", "Từ", "Sang", "Lý do", "Người quyết định", "Lúc (giờ Việt Nam)")
FLAG = (
    "Mã bài nộp", "Tệp", "Mã cảnh báo", "Mức (1 ghi chú, 2 cần xem, 3 nhiều khả năng sai)", "Số liệu", "Lúc (giờ Việt Nam)",
    "Đánh giá", "Lý do đánh giá", "Người đánh giá", "Đánh giá lúc", "Nội dung cảnh báo",
)  # fmt: skip
LEFT_OUT = ("Trạng thái", "Lý do", "Số bài nộp")
VERDICT = (
    "Bộ tiêu chí", "Tiêu chí", "Tên tiêu chí", "Nơi", "Kết luận", "Lý do", "Chỉ tiêu",
    "Giá trị", "Giá trị thấp nhất", "Giá trị cao nhất", "Đơn vị",
    "Tử số", "Mẫu số", "Trong sổ bộ", "Đã khảo sát", "Đã rõ", "Không tính", "Chưa rõ", "Quy định", "Tình trạng con số", "Nguồn",
    "Tính đến ngày", "Số bài nộp", "SHA-256 danh sách bài nộp",
    "Khoảng tin cậy của mẫu: từ", "đến", "Mức tin cậy", "Kết luận nhờ", "Chụp sớm nhất", "Chụp muộn nhất", "Người xác nhận",
)  # fmt: skip


def site_rows(evidence: Evidence) -> Iterator[Row]:
    """The register in scope."""
    return (_site_row(evidence, site) for site in evidence.sites.values())


def item_rows(evidence: Evidence, arrangement: Arrangement) -> Iterator[Row]:
    """The submissions that count."""
    return (_item_row(evidence, arrangement, item) for item in evidence.items)


def photo_rows(evidence: Evidence, arrangement: Arrangement) -> Iterator[Row]:
    """Every file that a submission names."""
    return (photo_row(evidence, arrangement, *pair) for pair in photos_of(evidence))


def review_rows(evidence: Evidence) -> Iterator[Row]:
    """Every decision on the submissions."""
    codes = _codes(evidence)
    return (_review_row(evidence, codes, row) for row in evidence.reviews(evidence.items))


def flag_rows(evidence: Evidence) -> Iterator[Row]:
    """Every flag on the submissions and their photos."""
    codes = _codes(evidence)
    return (_flag_row(evidence, codes, row) for row in evidence.flags(evidence.items))


def beside(items: Sequence[Item], found: Iterator[tuple[Item, T]]) -> Iterator[tuple[Item, T | None]]:
    """Each of *items* with what *found* has of it, None where it has nothing: a variant may hold back some. Both run in one order."""
    ahead = next(found, None)
    for item in items:
        if ahead is not None and ahead[0].submission == item.submission:
            yield item, ahead[1]
            ahead = next(found, None)
        else:
            yield item, None


def photos_of(evidence: Evidence) -> Iterator[tuple[Item, Photo]]:
    """Every file with its submission, in the report's order."""
    return ((item, photo) for item in evidence.items for photo in evidence.photos.get(item.submission, ()))


def _codes(evidence: Evidence) -> dict[str, str]:
    return {item.submission: item.code for item in evidence.items}


def _site_row(evidence: Evidence, site: Site) -> Row:
    values = (
        site.code, words.KINDS[site.kind], site.name, evidence.hamlet_names.get(site.hamlet or "", ""), site.hamlet,
        site.latitude, site.longitude, dumps(dict(site.attributes)),
    )  # fmt: skip
    return dict(zip(SITE, values, strict=True))


def _item_row(evidence: Evidence, arrangement: Arrangement, item: Item) -> Row:
    site, fix = evidence.sites[item.site], item.fix
    values = (
        item.code, site.code, site.name, evidence.hamlet_names.get(item.hamlet or "", ""), item.form, item.form_version,
        words.stamp(item.captured_at), words.stamp(item.received_at), evidence.people.get(item.person, item.person),
        evidence.people.get(item.accepted_by or "", item.accepted_by), words.stamp(item.accepted_at),
        fix and fix.latitude, fix and fix.longitude, fix and fix.accuracy_m, item.missing_files,
        arrangement.instances[item.submission], item.instance_sha256, item.submission,
        fix and ("người đặt trên bản đồ hoặc gõ vào" if fix.by_hand else "thiết bị đo"),
        words.CONSENTS[item.consent] if item.consent else None, words.DOORS.get(item.door or "", item.door),
        evidence.people.get(item.brought_by or "", item.brought_by), item.device, item.clock_drift_s,
    )  # fmt: skip
    return dict(zip(ITEM, values, strict=True))


def photo_row(evidence: Evidence, arrangement: Arrangement, item: Item, photo: Photo) -> Row:
    """One file of *item*."""
    fix, exif = photo.fix, photo.exif_position or (None, None)
    values = (
        arrangement.photos.get((photo.submission, photo.name)), item.code, evidence.sites[item.site].code,
        evidence.hamlet_names.get(item.hamlet or "", ""), photo.question, photo.repeat, words.file_state(photo), words.refusal(photo),
        photo.sha256, photo.size or None, words.SOURCES.get(photo.source, photo.source), photo.taken_at and photo.taken_at.isoformat(),
        fix and fix.latitude, fix and fix.longitude, fix and fix.accuracy_m, words.stamp(fix.at if fix else None), *exif, photo.name,
        photo.camera,
    )  # fmt: skip
    return dict(zip(PHOTO, values, strict=True))


def _review_row(evidence: Evidence, codes: Mapping[str, str], row: Row) -> Row:
    values = (
        codes[str(row["submission"])], row["number"], words.STATE_NAMES[State(str(row["from_state"]))],
        words.STATE_NAMES[State(str(row["to_state"]))], row["reason"], evidence.people.get(str(row["person"]), row["person"]),
        words.stamp(str(row["at"])),
    )  # fmt: skip
    return dict(zip(REVIEW, values, strict=True))


def _flag_row(evidence: Evidence, codes: Mapping[str, str], row: Row) -> Row:
    raised, judged = words.stamp(str(row["raised_at"])), words.stamp(str(row["at"] or ""))
    person = str(row["person"] or "")
    values = (
        codes[str(row["submission"])], row["attachment"], row["code"], row["severity"], row["figures"], raised,
        words.JUDGEMENTS.get(str(row["verdict"]), ""), row["reason"], evidence.people.get(person, person), judged, words.flag(row),
    )  # fmt: skip
    return dict(zip(FLAG, values, strict=True))


def left_out_rows(evidence: Evidence) -> Iterator[Row]:
    """What is not evidence, in numbers."""
    for group in evidence.left_out:
        yield dict(zip(LEFT_OUT, (words.STATES[group.state], group.reason, group.count), strict=True))


def verdict_rows(evidence: Evidence) -> Iterator[Row]:
    """The verdicts, a line for each figure that one rests on."""
    for verdict in evidence.verdicts:
        place = evidence.commune.name if verdict.hamlet is None else evidence.hamlet_names.get(verdict.hamlet, verdict.hamlet)
        reasons = "; ".join(words.REASONS.get(reason, reason) for reason in verdict.reasons)
        head = (verdict.edition, verdict.criterion, verdict.title.vi, place, words.OUTCOMES[verdict.outcome], reasons)
        said = words.stated(verdict.stated, evidence.people.get(verdict.stated.person, "") if verdict.stated else "")
        for basis in verdict.basis or (None,):
            tail = () if basis is None else _basis_values(verdict, basis)
            yield {**dict(zip(VERDICT, (*head, *tail), strict=False)), VERDICT[-1]: said}


def _sample_values(basis: Basis) -> tuple[object, ...]:
    found, decided_by = basis.interval, words.DECIDED_BY.get(basis.decided_by or "", "")
    if found is None:
        return None, None, None, decided_by
    return found.lowest, None if found.highest == float("inf") else found.highest, found.level, decided_by


def _basis_values(verdict: Verdict, basis: Basis) -> tuple[object, ...]:
    threshold = basis.threshold
    highest = None if basis.highest == float("inf") else basis.highest
    return (
        basis.title.vi, basis.value, basis.lowest, highest, basis.unit, basis.numerator, basis.denominator,
        basis.registered, basis.visited, basis.known, basis.left_out, basis.unknown, words.limit(threshold),
        threshold and words.STATUSES[threshold.status], threshold and "; ".join(source.text for source in threshold.sources),
        verdict.as_of.isoformat(), basis.submission_count, basis.submissions_sha256, *_sample_values(basis),
        basis.oldest and basis.oldest.isoformat(), basis.newest and basis.newest.isoformat(),
    )  # fmt: skip
