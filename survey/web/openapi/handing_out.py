"""The routes that hand out files: photos, papers, bundles, sheets to print, rules; and the health of the server."""

from survey.domain.problems import (
    BRIEFING_UNKNOWN,
    BUNDLE_DROPPED,
    BUNDLE_OUTDATED,
    BUNDLE_UNKNOWN,
    BYTES_GOING,
    CRITERION_UNKNOWN,
    DAY_AHEAD,
    DOCUMENT_TOO_LARGE,
    DOCUMENT_UNKNOWN,
    DOCUMENT_UNUSABLE,
    EDITION_UNKNOWN,
    FILE_UNKNOWN,
    HAMLET_UNKNOWN,
    HOME_UNKNOWN,
    PERSON_UNKNOWN,
    PHOTO_ERASED,
    PREVIEW_MISSING,
    PRINT_UNFINISHED,
    QUERY_UNUSABLE,
    SIGNING_KEY_NONE,
    TIMESTAMP_NONE,
    VERDICT_STALE,
    VISIT_LIST_UNKNOWN,
)
from survey.web.openapi.operations import (
    BINARY,
    CALLER,
    RANGED,
    UPLOADING,
    Answer,
    Operation,
    bytes_of,
    json_of,
    ranged,
)
from survey.web.openapi.shapes import ANY_OBJECT, COUNT, DAY, MOMENT, SHA256, TEXT, many, maybe, thing

_IMAGES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/heif", "application/octet-stream")
_SEEN = (*CALLER, FILE_UNKNOWN, PHOTO_ERASED)
_VIEW = {
    200: bytes_of("image/jpeg", "image/svg+xml", says="The view, or a drawing that says why there is none", headers=("ETag",)),
    202: bytes_of("image/svg+xml", says="Not made yet", headers=("Retry-After",)),
    304: Answer("The client has it", headers=("ETag",)),
}
_PDF = {200: bytes_of("application/pdf", says="To print", headers=("Content-Disposition",))}
_BUNDLE = (*CALLER, BUNDLE_UNKNOWN, BUNDLE_DROPPED, BUNDLE_OUTDATED)
_HEAD = thing(day=DAY, seq=COUNT, hash=TEXT, address=TEXT, posted_at=maybe(MOMENT), answer=maybe(TEXT))
_PERSONAL = "/print/personal/{kind}/{subject}"
_PROOF = {
    "edition": TEXT, "criterion": TEXT, "hamlet": TEXT, "as_of": DAY, "rules": {"type": "string", "enum": ["today"]},
}  # fmt: skip

OPERATIONS = (
    Operation(
        "GET", "/photos/{sha256}/original", "The received bytes, unchanged", "Ảnh gốc, nguyên vẹn", ranged(*_IMAGES), _SEEN,
        headers=RANGED, pages=True,
    ),
    Operation(
        "GET", "/photos/{sha256}/preview", "The upright preview", "Ảnh xem trước", _VIEW, _SEEN, headers=("If-None-Match",),
        pages=True,
    ),
    Operation("GET", "/photos/{sha256}/thumb", "The thumbnail", "Ảnh nhỏ", _VIEW, _SEEN, headers=("If-None-Match",), pages=True),
    Operation(
        "GET", "/photos/{sha256}/public", "The copy that may leave the office", "Bản ảnh được đưa ra ngoài",
        {200: bytes_of("image/jpeg")}, (*_SEEN, PREVIEW_MISSING), pages=True,
    ),
    Operation(
        "GET", "/photos/resident/{report}", "The view of a resident's photo, for reviewers", "Ảnh người dân gửi, cho người duyệt",
        {200: bytes_of("image/jpeg"), 202: bytes_of("image/svg+xml", says="Not made yet")}, (*CALLER, FILE_UNKNOWN), pages=True,
    ),
    Operation(
        "POST", "/documents", "Keep a paper", "Lưu một văn bản",
        {201: json_of(thing(sha256=SHA256, name=TEXT, size=COUNT, media_type=TEXT), "Kept")},
        (*CALLER, *UPLOADING, DOCUMENT_TOO_LARGE, DOCUMENT_UNUSABLE, DOCUMENT_UNKNOWN, BYTES_GOING),
        headers=("File-Name",), body={"application/pdf": BINARY, "image/jpeg": BINARY, "application/octet-stream": BINARY},
    ),
    Operation(
        "GET", "/documents/{sha256}", "A paper as a download", "Tải văn bản", {200: bytes_of("*/*", headers=("Content-Disposition",))},
        (*CALLER, DOCUMENT_UNKNOWN, FILE_UNKNOWN), pages=True,
    ),
    Operation(
        "GET", "/bundles/{bundle}", "The first zip of a sealed bundle", "Tệp zip đầu của hồ sơ minh chứng",
        ranged("application/zip"), _BUNDLE,
        headers=RANGED, pages=True,
    ),
    Operation(
        "GET", "/bundles/{bundle}/{number}", "One zip of a split bundle", "Một tệp zip của hồ sơ", ranged("application/zip"), _BUNDLE,
        headers=RANGED, pages=True,
    ),
    Operation(
        "GET", "/bundles/{bundle}/{number}.tsr", "A time authority's word on one zip (RFC 3161)", "Dấu thời gian của một tệp zip",
        {200: bytes_of("application/timestamp-reply", headers=("Content-Disposition",))}, (*CALLER, BUNDLE_UNKNOWN,
        TIMESTAMP_NONE), pages=True,
    ),
    Operation(
        "GET", "/heads.json", "The log's heads that were posted outside", "Mã cuối nhật ký đã công bố",
        {200: json_of(thing(commune=TEXT, heads=many(_HEAD)))}, pages=True,
    ),
    Operation(
        "GET", "/rules/{edition}.yaml", "An edition of criteria as it reads now", "Bộ tiêu chí hiện hành",
        {200: bytes_of("application/yaml", headers=("Content-Disposition",))}, (*CALLER, EDITION_UNKNOWN), pages=True,
    ),
    Operation(
        "GET", "/print/key", "The sealing key's fingerprint", "Phiếu dấu vân tay khóa niêm phong", _PDF, (*CALLER,
        SIGNING_KEY_NONE), pages=True,
    ),
    Operation(
        "GET", "/print/tasks", "The open tasks by hamlet", "Việc cần làm theo thôn", _PDF, (*CALLER, HAMLET_UNKNOWN),
        query={"hamlet": TEXT}, pages=True
    ),
    Operation("GET", "/print/briefing/{briefing}", "A briefing", "Báo cáo giao ban", _PDF, (*CALLER, BRIEFING_UNKNOWN), pages=True),
    Operation("GET", "/print/roadmap", "The roadmap", "Lộ trình", _PDF, pages=True),
    Operation(
        "GET", "/print/proof", "One verdict with its evidence", "Một kết quả với minh chứng", _PDF,
        (*CALLER, QUERY_UNUSABLE, DAY_AHEAD, EDITION_UNKNOWN, HAMLET_UNKNOWN, CRITERION_UNKNOWN, VERDICT_STALE, PRINT_UNFINISHED),
        query=_PROOF, required=("edition", "criterion"), pages=True,
    ),
    Operation(
        "GET", "/print/visit-list/{list}", "A list of sites to visit", "Danh sách khảo sát", _PDF, (*CALLER, VISIT_LIST_UNKNOWN),
        pages=True,
    ),
    Operation(
        "GET", "/print/visit-list/{list}/csv", "The same as a table", "Danh sách khảo sát, dạng bảng",
        {200: bytes_of("text/csv", headers=("Content-Disposition",))}, (*CALLER, VISIT_LIST_UNKNOWN), pages=True,
    ),
    Operation(
        "GET", _PERSONAL, "What is held about a home or an account", "Dữ liệu đang lưu về một hộ hoặc một tài khoản", _PDF,
        (*CALLER, HOME_UNKNOWN, PERSON_UNKNOWN), pages=True,
    ),
    Operation(
        "GET", _PERSONAL + "/zip", "The same with every original, for programs", "Dữ liệu đó kèm mọi tệp gốc",
        {200: bytes_of("application/zip", headers=("Content-Disposition",))}, (*CALLER, HOME_UNKNOWN, PERSON_UNKNOWN), pages=True,
    ),
    Operation(
        "GET", "/healthz", "Whether the database answers", "Máy chủ có hoạt động không",
        {200: json_of(thing(status=TEXT)), 503: json_of(thing(status=TEXT), "The database does not answer")}, problems=(),
    ),
    Operation(
        "GET", "/api/openapi.json", "This document", "Tài liệu này",
        {200: json_of(ANY_OBJECT, "OpenAPI 3.1", "ETag"), 304: Answer("The client has it", headers=("ETag",))}, problems=(),
        headers=("If-None-Match",),
    ),
)  # fmt: skip
