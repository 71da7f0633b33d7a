"""The routes of the desk: photos brought by an officer, tables for spreadsheets, the check of a bundle."""

from survey.domain.judgements import CONFIRMED, DISMISSED
from survey.domain.problems import (
    ARCHIVE_UNREADABLE,
    BYTES_GOING,
    CHECK_HAS_NO_ROOM,
    CHECKS_BUSY,
    DAY_NEEDED,
    EDITION_UNKNOWN,
    FILE_UNKNOWN,
    FORM_LACKS_ROOM,
    FORM_UNKNOWN,
    NOT_OWNER,
    QUERY_UNUSABLE,
    SITE_OTHER_KIND,
    SITE_UNKNOWN,
    SUBMISSION_CONFLICT,
    UPLOAD_OFFSET,
)
from survey.domain.submissions import State
from survey.domain.tasks import Origin, TaskState
from survey.store.queue_statements import EVERY, UNJUDGED
from survey.web.openapi.operations import (
    BINARY,
    CALLER,
    CHANGING,
    UPLOADING,
    Answer,
    Operation,
    bytes_of,
    json_of,
)
from survey.web.openapi.shapes import COUNT, DAY, KIND, SHA256, TEXT, YES_NO, by_name, many, maybe, row, shared, thing

_FILE = "/api/desk/files/{upload}"
_STATE = thing(
    photos=many(shared("DeskPhoto")), sites=by_name(shared("DeskSite")), forms=by_name(many(thing(form=TEXT, title=TEXT)))
)
_PHOTOS = {"type": "array", "items": SHA256, "minItems": 1}
_CHOICE = thing(("site", "day", "left_out"), photos=_PHOTOS, site=maybe(TEXT), day=maybe(DAY), left_out=YES_NO)
_VISIT = thing(code=TEXT, id=TEXT, new=YES_NO, photos=COUNT, day=DAY)
_REFUSED = thing(name=TEXT, reason=TEXT, message=TEXT)
_CHECKED = thing(
    tone={"type": "string", "enum": ["good", "open", "bad"]}, sentence=TEXT, faults=many(shared("Fault")), notices=many(TEXT),
    facts=many(row(TEXT, TEXT)),
)
_CSV = {200: bytes_of("text/csv", says="UTF-8, one line each", headers=("Content-Disposition",))}
_QUEUE = {
    "state": {"type": "string", "enum": [*(state.value for state in State), "all"]}, "hamlet": TEXT, "form": TEXT, "person": TEXT,
    "flags": {"type": "string", "enum": ["1", "2", "3"]}, "check": TEXT,
    "judged": {"type": "string", "enum": [UNJUDGED, CONFIRMED, DISMISSED, EVERY]}, "since": DAY, "until": DAY,
    "order": {"type": "string", "enum": ["risk"]},
}  # fmt: skip
_TASKS = {
    "state": {"type": "string", "enum": [state.value for state in TaskState]}, "hamlet": TEXT,
    "criterion": {"type": "string", "pattern": "^[^/]+/.+$"}, "person": TEXT,
    "origin": {"type": "string", "enum": [origin.value for origin in Origin]}, "overdue": {"type": "string", "enum": ["1"]},
}  # fmt: skip

OPERATIONS = (
    Operation(
        "GET", "/api/desk", "Own photos that wait at the desk, with a proposed site", "Ảnh của mình đang chờ ở bàn làm việc",
        {200: json_of(_STATE)}, (*CALLER, QUERY_UNUSABLE), query={"hamlet": TEXT, "kind": KIND},
    ),
    Operation(
        "HEAD", _FILE, "How far a file has come", "Tệp đã tới đến đâu", {200: Answer("How far", headers=("Upload-Offset",))},
        (*CALLER, QUERY_UNUSABLE),
    ),
    Operation(
        "PATCH", _FILE, "The next bytes of a photo or ZIP", "Phần tiếp theo của ảnh hoặc gói nén",
        {201: json_of(thing(taken=COUNT, known=COUNT, refused=many(_REFUSED)), "Its photos were read"),
         202: json_of(thing(offset=COUNT), "More is to come", "Upload-Offset")},
        (*CALLER, *UPLOADING, QUERY_UNUSABLE, UPLOAD_OFFSET, ARCHIVE_UNREADABLE, BYTES_GOING),
        headers=("Upload-Offset", "Upload-Length", "File-Name"), required=("Upload-Offset", "Upload-Length"),
        body={"application/octet-stream": BINARY, "image/jpeg": BINARY, "application/zip": BINARY},
    ),
    Operation(
        "DELETE", "/api/desk/photos", "Let go of all own photos that wait", "Bỏ mọi ảnh đang chờ của mình",
        {200: json_of(thing(gone=COUNT))}, (*CALLER, *CHANGING),
    ),
    Operation(
        "DELETE", "/api/desk/photos/{sha256}", "Let go of one", "Bỏ một ảnh", {200: json_of(thing(gone=COUNT))}, (*CALLER, *CHANGING)
    ),
    Operation(
        "GET", "/api/desk/photos/{sha256}/thumb", "The small view, for its owner alone", "Ảnh nhỏ, chỉ chủ ảnh xem được",
        {200: bytes_of("image/jpeg"), 202: bytes_of("image/svg+xml", says="Not made yet")}, (*CALLER, FILE_UNKNOWN),
    ),
    Operation(
        "POST", "/api/desk/choices", "What a person decides for some photos", "Chọn đối tượng hoặc ngày cho ảnh",
        {200: json_of(thing())}, (*CALLER, *UPLOADING, QUERY_UNUSABLE, FILE_UNKNOWN, SITE_UNKNOWN), body={"application/json": _CHOICE},
    ),
    Operation(
        "POST", "/api/desk/visits", "Photos of a site become submissions, one for each day", "Lập bài nộp từ ảnh, mỗi ngày một bài",
        {201: json_of(thing(visits=many(_VISIT)))},
        (*CALLER, *UPLOADING, QUERY_UNUSABLE, FILE_UNKNOWN, SITE_UNKNOWN, FORM_UNKNOWN, SITE_OTHER_KIND, DAY_NEEDED, FORM_LACKS_ROOM,
         SUBMISSION_CONFLICT, BYTES_GOING),
        body={"application/json": thing(photos=_PHOTOS, site=TEXT, form=TEXT)},
    ),
    Operation(
        "GET", "/api/queue.csv", "The review queue as a table", "Danh sách chờ duyệt, dạng bảng", _CSV, (*CALLER, QUERY_UNUSABLE),
        query=_QUEUE,
    ),
    Operation(
        "GET", "/api/tasks.csv", "The tasks as a table", "Việc cần làm, dạng bảng", _CSV, (*CALLER, QUERY_UNUSABLE, NOT_OWNER),
        query=_TASKS,
    ),
    Operation(
        "GET", "/province.csv", "The communes side by side as a table", "So sánh các xã, dạng bảng", _CSV, (*CALLER, EDITION_UNKNOWN),
        query={"edition": TEXT}, pages=True,
    ),
    Operation(
        "PUT", "/api/verify", "Check a bundle, whose bytes are removed again", "Kiểm tra một hồ sơ minh chứng", {200: json_of(_CHECKED)},
        (*CALLER, *UPLOADING, QUERY_UNUSABLE, CHECKS_BUSY, CHECK_HAS_NO_ROOM),
        query={"fingerprint": TEXT, "head": TEXT, "token": TEXT}, body={"application/zip": BINARY},
    ),
    Operation(
        "GET", "/api/verify/{token}", "How far that check is", "Kiểm tra đã đến đâu", {200: json_of(thing(done=COUNT, total=COUNT))}
    ),
)  # fmt: skip
