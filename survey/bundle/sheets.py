"""The bundle's tables from its evidence: sites, submissions, photos, decisions, flags, verdicts; each streamed into the spool."""

from collections.abc import Iterable, Iterator, Mapping

from survey.bundle import words
from survey.bundle.arrange import Arrangement
from survey.bundle.spool import Spool
from survey.bundle.tables import csv_chunks, geojson_chunks, json_lines, json_list, point_feature
from survey.domain.canonical import dumps
from survey.domain.evidence import Evidence, Item, Photo
from survey.domain.sites import Site
from survey.domain.submissions import State
from survey.domain.times import to_text
from survey.domain.verdicts import Basis, Verdict, verdict_document

Row = Mapping[str, object]


def add_tables(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put every table of *evidence* into *spool*."""
    _add_csv(spool, "ho-so/doi-tuong.csv", (_site_row(evidence, site) for site in evidence.sites.values()), _SITE)
    _add_csv(spool, "ho-so/bai-nop.csv", (_item_row(evidence, arrangement, item) for item in evidence.items), _ITEM)
    _add_csv(spool, "ho-so/anh.csv", (_photo_row(evidence, arrangement, *pair) for pair in _photos(evidence)), _PHOTO)
    codes = {item.submission: item.code for item in evidence.items}
    _add_csv(spool, "ho-so/duyet.csv", (_review_row(evidence, codes, row) for row in evidence.reviews(evidence.items)), _REVIEW)
    _add_csv(spool, "ho-so/canh-bao.csv", (_flag_row(evidence, codes, row) for row in evidence.flags(evidence.items)), _FLAG)
    _add_csv(spool, "ho-so/khong-tinh.csv", (_left_out_rows(evidence)), _LEFT_OUT)
    spool.add("ho-so/doi-tuong.geojson", geojson_chunks(_site_features(evidence)))
    spool.add("ho-so/bai-nop.geojson", geojson_chunks(_item_features(evidence)))
    spool.add("ho-so/anh.geojson", geojson_chunks(_photo_features(evidence, arrangement)))
    _add_csv(spool, "ket-qua/ket-qua.csv", _verdict_rows(evidence), _VERDICT)
    spool.add("ket-qua/ket-qua.json", json_list(verdict_document(verdict) for verdict in evidence.verdicts))
    spool.add("ket-qua/pham-vi.json", [dumps(_scope_document(evidence)).encode()])
    spool.add("ket-qua/bo-tieu-chi.json", [dumps(evidence.edition_documents).encode()])


def add_instances(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """Put the instance XML of every submission into *spool*, as received."""
    for item, xml in evidence.instances(evidence.items):
        spool.add(arrangement.instances[item.submission], [xml])


def add_log(spool: Spool, evidence: Evidence, name: str) -> None:
    """Put the commune's chain of events, from its beginning to the bundle's head, into *spool*."""
    spool.add(name, json_lines(evidence.events()))


_SITE = ("Mã", "Loại", "Tên", "Thôn", "Mã thôn", "Vĩ độ", "Kinh độ", "Thuộc tính")
_ITEM = (
    "Mã bài nộp", "Mã đối tượng", "Tên đối tượng", "Thôn", "Phiếu", "Phiên bản phiếu", "Chụp lúc (giờ Việt Nam)", "Nhận lúc",
    "Người khảo sát", "Người duyệt", "Duyệt lúc", "Vĩ độ", "Kinh độ", "Sai số (m)", "Ảnh còn thiếu", "Tệp XML",
    "SHA-256 của XML", "instanceID",
)  # fmt: skip
_PHOTO = (
    "Tệp", "Mã bài nộp", "Mã đối tượng", "Thôn", "Câu hỏi", "Lần lặp", "Trạng thái", "Lý do", "SHA-256", "Dung lượng (byte)", "Nguồn",
    "Chụp lúc (máy ảnh)", "Vĩ độ (điện thoại)", "Kinh độ (điện thoại)", "Sai số (m)", "Vị trí lúc (giờ Việt Nam)",
    "Vĩ độ (EXIF)", "Kinh độ (EXIF)", "Tên gốc",
)  # fmt: skip
_REVIEW = ("Mã bài nộp", "Lần", "Từ", "Sang", "Lý do", "Người quyết định", "Lúc (giờ Việt Nam)")
_FLAG = (
    "Mã bài nộp", "Tệp", "Mã cảnh báo", "Mức (1 ghi chú, 2 cần xem, 3 nhiều khả năng sai)", "Số liệu", "Lúc (giờ Việt Nam)",
    "Đánh giá", "Lý do đánh giá", "Người đánh giá", "Đánh giá lúc", "Nội dung cảnh báo",
)  # fmt: skip
_LEFT_OUT = ("Trạng thái", "Lý do", "Số bài nộp")
_VERDICT = (
    "Bộ tiêu chí", "Tiêu chí", "Tên tiêu chí", "Nơi", "Kết luận", "Lý do", "Chỉ tiêu",
    "Giá trị", "Giá trị thấp nhất", "Giá trị cao nhất", "Đơn vị",
    "Tử số", "Mẫu số", "Trong sổ bộ", "Đã khảo sát", "Đã rõ", "Không tính", "Chưa rõ", "Quy định", "Tình trạng con số", "Nguồn",
    "Tính đến ngày", "Số bài nộp", "SHA-256 danh sách bài nộp",
    "Khoảng tin cậy của mẫu: từ", "đến", "Mức tin cậy", "Kết luận nhờ", "Chụp sớm nhất", "Chụp muộn nhất", "Người xác nhận",
)  # fmt: skip


def _add_csv(spool: Spool, name: str, rows: Iterable[Row], columns: tuple[str, ...]) -> None:
    spool.add(name, csv_chunks(columns, rows))


def _photos(evidence: Evidence) -> Iterator[tuple[Item, Photo]]:
    return ((item, photo) for item in evidence.items for photo in evidence.photos.get(item.submission, ()))


def _site_row(evidence: Evidence, site: Site) -> Row:
    values = (
        site.code, words.KINDS[site.kind], site.name, evidence.hamlet_names.get(site.hamlet or "", ""), site.hamlet,
        site.latitude, site.longitude, dumps(dict(site.attributes)),
    )  # fmt: skip
    return dict(zip(_SITE, values, strict=True))


def _item_row(evidence: Evidence, arrangement: Arrangement, item: Item) -> Row:
    site, fix = evidence.sites[item.site], item.fix
    values = (
        item.code, site.code, site.name, evidence.hamlet_names.get(item.hamlet or "", ""), item.form, item.form_version,
        words.stamp(item.captured_at), words.stamp(item.received_at), evidence.people.get(item.person, item.person),
        evidence.people.get(item.accepted_by or "", item.accepted_by), words.stamp(item.accepted_at),
        fix and fix.latitude, fix and fix.longitude, fix and fix.accuracy_m, item.missing_files,
        arrangement.instances[item.submission], item.instance_sha256, item.submission,
    )  # fmt: skip
    return dict(zip(_ITEM, values, strict=True))


def _photo_row(evidence: Evidence, arrangement: Arrangement, item: Item, photo: Photo) -> Row:
    fix, exif = photo.fix, photo.exif_position or (None, None)
    values = (
        arrangement.photos.get((photo.submission, photo.name)), item.code, evidence.sites[item.site].code,
        evidence.hamlet_names.get(item.hamlet or "", ""), photo.question, photo.repeat, words.file_state(photo), words.refusal(photo),
        photo.sha256, photo.size or None, words.SOURCES.get(photo.source, photo.source), photo.taken_at and photo.taken_at.isoformat(),
        fix and fix.latitude, fix and fix.longitude, fix and fix.accuracy_m, words.stamp(fix.at if fix else None), *exif, photo.name,
    )  # fmt: skip
    return dict(zip(_PHOTO, values, strict=True))


def _review_row(evidence: Evidence, codes: Mapping[str, str], row: Row) -> Row:
    values = (
        codes[str(row["submission"])], row["number"], words.STATE_NAMES[State(str(row["from_state"]))],
        words.STATE_NAMES[State(str(row["to_state"]))], row["reason"], evidence.people.get(str(row["person"]), row["person"]),
        words.stamp(str(row["at"])),
    )  # fmt: skip
    return dict(zip(_REVIEW, values, strict=True))


def _flag_row(evidence: Evidence, codes: Mapping[str, str], row: Row) -> Row:
    raised, judged = words.stamp(str(row["raised_at"])), words.stamp(str(row["at"] or ""))
    person = str(row["person"] or "")
    values = (
        codes[str(row["submission"])], row["attachment"], row["code"], row["severity"], row["figures"], raised,
        words.JUDGEMENTS.get(str(row["verdict"]), ""), row["reason"], evidence.people.get(person, person), judged, words.flag(row),
    )  # fmt: skip
    return dict(zip(_FLAG, values, strict=True))


def _left_out_rows(evidence: Evidence) -> Iterator[Row]:
    for group in evidence.left_out:
        yield dict(zip(_LEFT_OUT, (words.STATES[group.state], group.reason, group.count), strict=True))


def _site_features(evidence: Evidence) -> Iterator[dict[str, object]]:
    for site in evidence.sites.values():
        properties = {"code": site.code, "name": site.name, "kind": site.kind.value, "hamlet": site.hamlet}
        if site.line is not None:
            geometry = {"type": "LineString", "coordinates": [list(pair) for pair in site.line]}
            yield {"type": "Feature", "geometry": geometry, "properties": properties}
        elif site.latitude is not None and site.longitude is not None:
            yield point_feature(site.latitude, site.longitude, properties)


def _item_features(evidence: Evidence) -> Iterator[dict[str, object]]:
    for item in evidence.items:
        if item.fix is not None:
            properties = {
                "code": item.code, "site": evidence.sites[item.site].code, "form": item.form, "hamlet": item.hamlet,
                "captured_at": to_text(item.captured_at), "accuracy_m": item.fix.accuracy_m,
            }  # fmt: skip
            yield point_feature(item.fix.latitude, item.fix.longitude, properties)


def _photo_features(evidence: Evidence, arrangement: Arrangement) -> Iterator[dict[str, object]]:
    for item, photo in _photos(evidence):
        path = arrangement.photos.get((photo.submission, photo.name))
        for origin, spot in (("phone", photo.fix and (photo.fix.latitude, photo.fix.longitude)), ("exif", photo.exif_position)):
            if path is not None and spot:
                accuracy = photo.fix.accuracy_m if photo.fix and origin == "phone" else None
                properties = {
                    "file": path, "submission": item.code, "sha256": photo.sha256, "position_from": origin, "accuracy_m": accuracy,
                }  # fmt: skip
                yield point_feature(*spot, properties)


def _verdict_rows(evidence: Evidence) -> Iterator[Row]:
    for verdict in evidence.verdicts:
        place = evidence.commune.name if verdict.hamlet is None else evidence.hamlet_names.get(verdict.hamlet, verdict.hamlet)
        reasons = "; ".join(words.REASONS.get(reason, reason) for reason in verdict.reasons)
        head = (verdict.edition, verdict.criterion, verdict.title.vi, place, words.OUTCOMES[verdict.outcome], reasons)
        said = words.stated(verdict.stated, evidence.people.get(verdict.stated.person, "") if verdict.stated else "")
        for basis in verdict.basis or (None,):
            tail = () if basis is None else _basis_values(verdict, basis)
            yield {**dict(zip(_VERDICT, (*head, *tail), strict=False)), _VERDICT[-1]: said}


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


def _scope_document(evidence: Evidence) -> dict[str, object]:
    return {
        "commune": {"code": evidence.commune.code, "name": evidence.commune.name, "province": evidence.commune.province},
        "demonstration": evidence.commune.demonstration,
        "scope": evidence.scope.document(),
        "log_head": {"seq": evidence.head[0], "hash": evidence.head[1]},
        "last_received_at": max((to_text(item.received_at) for item in evidence.items), default=None),
    }
