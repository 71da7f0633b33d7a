"""The routes by which a phone learns what there is to do and hands in what was captured."""

from survey.domain.problems import (
    BYTES_DIFFER,
    BYTES_GOING,
    DIGEST_NEEDED,
    EDIT_TOO_LATE,
    EDIT_WITHOUT_ORIGINAL,
    FILE_UNKNOWN,
    FORM_UNKNOWN,
    INSTANCE_OTHER_ID,
    INSTANCE_UNREADABLE,
    INSTANCE_WITHOUT_ID,
    QUERY_UNUSABLE,
    SUBMISSION_CONFLICT,
    SUBMISSION_UNKNOWN,
    TOO_MANY_FILES,
    UPLOAD_OFFSET,
)
from survey.web.openapi.operations import BINARY, CALLER, RANGED, UPLOADING, Answer, Operation, json_of, ranged
from survey.web.openapi.shapes import (
    ANY_OBJECT,
    COUNT,
    DAY,
    INTEGER,
    KIND,
    MOMENT,
    NUMBER,
    TEXT,
    by_name,
    many,
    maybe,
    row,
    shared,
    thing,
)

_SUBMISSION = "/api/submissions/{submission}"
_PHOTO = _SUBMISSION + "/photos/{name}"
_KNOWN = {304: Answer("The phone has it", headers=("ETag",))}
_ME = thing(
    person=TEXT, name=TEXT, role=shared("Role"), locale=TEXT, commune=shared("Commune"), device=maybe(thing(id=TEXT, name=TEXT))
)
_WORK = thing(
    person=TEXT, commune=shared("Commune"), hamlets=many(thing(id=TEXT, name=TEXT)), forms=many(shared("FormHead")),
    privacy=thing(retention_years=maybe(INTEGER), contact=maybe(TEXT)),
    round=maybe(thing(round=TEXT, name=TEXT, starts_on=DAY, ends_on=maybe(DAY))), tiles=maybe(thing(size=COUNT, etag=TEXT)),
    server_time=MOMENT,
)  # fmt: skip
_VISITS = thing(
    round=maybe(TEXT), visits=many(row(TEXT, TEXT, TEXT)), asked=many(row(TEXT, TEXT)),
    tasks=by_name(many(row(TEXT, maybe({"type": ["number", "string"]}), maybe(DAY)))),
    findings=by_name(thing(vi=TEXT, en=TEXT, form=maybe(TEXT))),
)  # fmt: skip
_PLACES = many(thing(id=TEXT, name=TEXT, latitude=maybe(NUMBER), longitude=maybe(NUMBER)))
_SITES_QUERY = {
    "kind": KIND, "hamlet": TEXT, "q": {"type": "string", "maxLength": 200}, "lat": {"type": "number", "minimum": -90, "maximum": 90},
    "lon": {"type": "number", "minimum": -180, "maximum": 180}, "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
}  # fmt: skip
_XML = {"application/xml": BINARY, "text/xml": BINARY}
_PHOTOS = {"image/jpeg": BINARY, "application/octet-stream": BINARY}
_SENDING = (*CALLER, *UPLOADING)

OPERATIONS = (
    Operation("GET", "/api/me", "Who is signed in, and where", "Ai đang đăng nhập, ở xã nào", {200: json_of(_ME)}),
    Operation("GET", "/api/work", "What there is to capture", "Việc cần chụp", {200: json_of(_WORK)}),
    Operation(
        "GET", "/api/sites", "Sites within the own hamlets, nearest first", "Đối tượng trong thôn được giao, gần nhất trước",
        {200: json_of(thing(sites=many(shared("Site"))))}, (*CALLER, QUERY_UNUSABLE), query=_SITES_QUERY,
    ),
    Operation(
        "GET", "/api/register", "What a phone takes along of the register", "Sổ bộ mang theo trên điện thoại",
        {200: json_of(thing(sites=many(shared("RegisterSite"))), "OK", "ETag"), **_KNOWN}, headers=("If-None-Match",),
    ),
    Operation(
        "GET", "/api/visits", "What is done and what is to be done in this round", "Việc đã làm và còn phải làm trong đợt",
        {200: json_of(_VISITS, "OK", "ETag"), **_KNOWN}, headers=("If-None-Match",),
    ),
    Operation(
        "GET", "/api/map", "The commune's border and the hamlets' middles", "Ranh giới xã và vị trí các thôn",
        {200: json_of(thing(border=maybe(ANY_OBJECT), hamlets=_PLACES), "OK", "ETag"), **_KNOWN}, headers=("If-None-Match",),
    ),
    Operation(
        "GET", "/api/map/tiles", "The office's own raster map", "Bản đồ nền của xã", ranged("application/vnd.pmtiles"), headers=RANGED
    ).also(FILE_UNKNOWN),
    Operation(
        "GET", "/api/earlier", "Own earlier photos at the sites visited lately", "Ảnh cũ của mình ở nơi vừa khảo sát",
        {200: json_of(thing(photos=many(shared("EarlierPhotoOfSite"))), "OK", "ETag"), **_KNOWN}, headers=("If-None-Match",),
    ),
    Operation(
        "GET", "/api/earlier/{site}", "Own earlier photos at a site", "Ảnh cũ của mình ở một đối tượng",
        {200: json_of(thing(photos=many(shared("EarlierPhoto"))))},
    ),
    Operation(
        "GET", "/api/forms/{form}/{version}", "The tree of a form's version (docs/forms.md)", "Một phiên bản của phiếu",
        {200: json_of(ANY_OBJECT)}, (*CALLER, FORM_UNKNOWN),
    ),
    Operation(
        "GET", "/api/submissions", "Own newest submissions, and those that came back", "Bài nộp mới nhất của mình và bài bị trả lại",
        {200: json_of(thing(submissions=many(shared("TitledStanding")), returned=many(shared("TitledStanding"))))},
        (*CALLER, QUERY_UNUSABLE), query={"limit": {"type": "integer", "minimum": 1, "maximum": 100}},
    ),
    Operation(
        "GET", _SUBMISSION, "Where one submission stands", "Tình trạng một bài nộp",
        {200: json_of(shared("Standing"))}, (*CALLER, SUBMISSION_UNKNOWN),
    ),
    Operation(
        "GET", _SUBMISSION + "/instance", "A submission as it was handed in", "Bài nộp như đã gửi",
        {200: json_of(thing(xml=TEXT, files=many(shared("File"))))}, (*CALLER, SUBMISSION_UNKNOWN),
    ),
    Operation(
        "PUT", _SUBMISSION, "Hand in an instance under its instanceID; the same again answers the same", "Nộp một phiếu đã điền",
        {201: json_of(shared("Receipt"), "Here, durable")},
        (*_SENDING, INSTANCE_UNREADABLE, INSTANCE_WITHOUT_ID, INSTANCE_OTHER_ID, FORM_UNKNOWN, EDIT_TOO_LATE, EDIT_WITHOUT_ORIGINAL,
         SUBMISSION_CONFLICT, TOO_MANY_FILES, BYTES_GOING),
        query={"door": {"type": "string", "enum": ["field", "desk"]}}, headers=("Phone-Time",), body=_XML,
    ),
    Operation(
        "PUT", _PHOTO, "Hand in a photo's original bytes", "Nộp ảnh gốc",
        {201: json_of(shared("PhotoReceipt"), "Here, durable")},
        (*_SENDING, FILE_UNKNOWN, INSTANCE_WITHOUT_ID, TOO_MANY_FILES, BYTES_GOING), body=_PHOTOS,
    ),
    Operation(
        "HEAD", _PHOTO, "How far a photo has come", "Ảnh đã tới đến đâu",
        {200: Answer("How far", headers=("Upload-Offset", "Upload-Complete", "Repr-Digest"))},
        (*CALLER, FILE_UNKNOWN, QUERY_UNUSABLE, INSTANCE_WITHOUT_ID), headers=("Repr-Digest",),
    ),
    Operation(
        "PATCH", _PHOTO, "The next bytes of a photo", "Phần tiếp theo của ảnh",
        {201: json_of(shared("PhotoReceipt"), "The last bytes are here"),
         202: json_of(thing(offset=COUNT), "More is to come", "Upload-Offset")},
        (*_SENDING, FILE_UNKNOWN, QUERY_UNUSABLE, UPLOAD_OFFSET, DIGEST_NEEDED, BYTES_DIFFER, INSTANCE_WITHOUT_ID, TOO_MANY_FILES,
         BYTES_GOING),
        headers=("Upload-Offset", "Upload-Length", "Repr-Digest"), required=("Upload-Offset", "Upload-Length"), body=_PHOTOS,
    ),
)  # fmt: skip
