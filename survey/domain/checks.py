"""Checks: what a machine finds odd about a visit, as findings with figures for a person to weigh; none of them decides.

Every threshold is a named constant with the reason for its value; `docs/checks.md` shows them beside the sentences.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from survey.domain.looks import PhotoLook
from survey.domain.photos import REFUSALS, PhotoFacts
from survey.domain.places import Border, Line, distance_m, distance_to_line_m
from survey.domain.submissions import Capture, FileState, Fix
from survey.domain.times import VIETNAM

NOTE, LOOK, LIKELY_WRONG = 1, 2, 3

# Place. Phones scatter by 10 m around a house and a yard is a few tens of metres deep; measured; see docs/checks.md.
NEAR_SITE_M = 50.0
FAR_FROM_SITE_M = 150.0
# Above this radius a fix comes from the cell tower, not from satellites; measured; see docs/checks.md.
USABLE_ACCURACY_M = 100.0
# Taken where a device gives no radius of its own; measured; see docs/checks.md.
ASSUMED_ACCURACY_M = 30.0
EXIF_APART_M = 150.0
# A border drawn on a map and a phone's fix agree no better than this; measured; see docs/checks.md.
BORDER_BUFFER_M = 30.0
# Time. A phone on a network is within a few minutes of the server; measured; see docs/checks.md.
FUTURE = timedelta(minutes=5)
BEFORE_VISIT = timedelta(minutes=10)

Figure = float | int | str | list[str]


@dataclass(frozen=True)
class Finding:
    """What one check found: *code* (see `CHECKS`), *severity* 1 note, 2 look, 3 likely wrong; *attachment* is `""` for the visit."""

    code: str
    severity: int
    figures: Mapping[str, Figure] = field(default_factory=dict)
    attachment: str = ""

    def sentence(self, locale: str = "vi") -> str:
        """The finding in a sentence with its figures, in *locale* (`vi` or `en`)."""
        kind = CHECKS[self.code]
        figures = {name: ", ".join(value) if isinstance(value, list) else value for name, value in self.figures.items()}
        if self.code == "file_refused":
            refusal = REFUSALS[str(figures["reason"])]
            figures["reason"] = refusal.en if locale == "en" else refusal.vi
        return (kind.en if locale == "en" else kind.vi).format(**figures)


@dataclass(frozen=True)
class Use:
    """The same picture in another submission: its id and short code, its site's id and code, its round and capture time.

    *distance* is 0 for the same bytes, else the bits of 64 in which the pictures' hashes differ; *how* says which part of the newer
    picture is found in the older one, and how turned ("" for the same bytes). *commune* is "" in the own commune, else the other one's
    name. *earlier*: the other submission came first. *linked*: one of the two replaces the other.
    """

    submission: str
    code: str
    site: str | None
    site_code: str | None
    round: str | None
    captured_at: datetime
    attachment: str = ""
    distance: int = 0
    how: str = ""
    commune: str = ""
    earlier: bool = True
    linked: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is the same file, byte for byte."""
        return self.how == ""


@dataclass(frozen=True)
class Picture:
    """One attachment of a visit as the checks see it.

    *reason* is the refusal's code; *broken* says that the worker could not decode it; *look* is what its pixels say, None while
    nobody has looked; *uses* are the other submissions that show the same picture.
    """

    name: str
    state: FileState
    capture: Capture
    facts: PhotoFacts = field(default_factory=PhotoFacts)
    reason: str | None = None
    broken: bool = False
    look: PhotoLook | None = None
    uses: tuple[Use, ...] = ()

    @property
    def fix(self) -> Fix | None:
        """Where it was taken: the phone's own position, else the one in EXIF (DESIGN 2.4)."""
        return self.capture.fix or self.exif_fix

    @property
    def exif_fix(self) -> Fix | None:
        """The position in EXIF as a second witness."""
        facts = self.facts
        if facts.latitude is None or facts.longitude is None:
            return None
        return Fix(facts.latitude, facts.longitude, facts.accuracy_m, facts.altitude_m, facts.gps_at)


@dataclass(frozen=True)
class Visit:
    """Everything the checks look at in one submission.

    *site_line* is the registered place as (longitude, latitude) pairs: one for a house, a road's vertices; empty where
    unknown. *border* is the commune's. *answers_missing* and *answers_impossible* are names of questions, as the form's own
    rules found them.
    """

    submission: str
    received_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    site: str | None = None
    round: str | None = None
    site_line: Line = ()
    fix: Fix | None = None
    border: Border | None = None
    pictures: tuple[Picture, ...] = ()
    answers_missing: tuple[str, ...] = ()
    answers_impossible: tuple[str, ...] = ()


def examine(visit: Visit) -> list[Finding]:
    """All findings on *visit*, the gravest first; at most one for each code and attachment."""
    findings = [*_on_visit(visit)]
    for picture in visit.pictures:
        findings += _on_picture(visit, picture)
    return sorted(findings, key=lambda finding: (-finding.severity, finding.attachment, finding.code))


def _on_visit(visit: Visit) -> Iterator[Finding]:
    if visit.answers_missing:
        yield _finding("answers_missing", questions=list(visit.answers_missing))
    if visit.answers_impossible:
        yield _finding("answers_impossible", questions=list(visit.answers_impossible))
    if visit.ended_at is not None and visit.ended_at > visit.received_at + FUTURE:
        yield _finding("visit_in_future", ended_at=_local(visit.ended_at), received_at=_local(visit.received_at))
    if visit.fix is not None:
        yield from _place(visit, visit.fix, "")
    elif not any(picture.fix for picture in visit.pictures):
        yield _finding("no_position")


def _on_picture(visit: Visit, picture: Picture) -> Iterator[Finding]:
    if picture.state is FileState.REFUSED:
        yield _finding("file_refused", picture.name, reason=picture.reason or "unreadable")
    if picture.state is not FileState.STORED:
        return
    if picture.broken:
        yield _finding("broken_pixels", picture.name)
    for sign in picture.facts.signs:
        yield _finding(sign, picture.name)
    if picture.fix is None:
        yield _finding("photo_without_position", picture.name)
    else:
        yield from _place(visit, picture.fix, picture.name)
    yield from _exif_apart(picture)
    yield from _time(visit, picture)
    yield from _reuse(visit, picture)


def _place(visit: Visit, fix: Fix, attachment: str) -> Iterator[Finding]:
    radius = _radius(fix)
    if radius > USABLE_ACCURACY_M:
        yield _finding("position_vague", attachment, accuracy_m=round(radius))
        return
    outside = visit.border.distance_to_m(fix.latitude, fix.longitude) if visit.border else 0.0
    if outside > BORDER_BUFFER_M:
        yield _finding("outside_commune", attachment, distance_m=round(outside))
    if not visit.site_line:
        return
    distance = distance_to_line_m(fix.latitude, fix.longitude, visit.site_line)
    if distance - radius > FAR_FROM_SITE_M:
        yield _finding("far_from_site", attachment, distance_m=round(distance), accuracy_m=round(radius))
    elif distance > NEAR_SITE_M and distance > radius:
        yield _finding("off_site", attachment, distance_m=round(distance), accuracy_m=round(radius))


def _exif_apart(picture: Picture) -> Iterator[Finding]:
    phone, exif = picture.capture.fix, picture.exif_fix
    if phone is None or exif is None:
        return
    distance = distance_m(phone.latitude, phone.longitude, exif.latitude, exif.longitude)
    if distance - _radius(phone) - _radius(exif) > EXIF_APART_M:
        yield _finding("exif_elsewhere", picture.name, distance_m=round(distance))


def _time(visit: Visit, picture: Picture) -> Iterator[Finding]:
    taken = taken_utc(picture.facts)
    if taken is None:
        return
    figures = {"taken_at": _local(taken)}
    if taken > visit.received_at + FUTURE:
        yield _finding("taken_in_future", picture.name, **figures, received_at=_local(visit.received_at))
        return
    if visit.started_at is not None and taken < visit.started_at - BEFORE_VISIT:
        yield _finding("taken_outside_visit", picture.name, **figures, visit_at=_local(visit.started_at))
    elif visit.ended_at is not None and taken > visit.ended_at:
        yield _finding("taken_outside_visit", picture.name, **figures, visit_at=_local(visit.ended_at))


def _reuse(visit: Visit, picture: Picture) -> Iterator[Finding]:
    others = [use for use in picture.uses if use.submission != visit.submission and _is_other_work(visit, use)]
    if others:
        places = sorted({use.site_code or "?" for use in others})
        yield _finding("seen_before", picture.name, submissions=sorted(use.code for use in others), sites=places)


def _is_other_work(visit: Visit, use: Use) -> bool:
    """A corrected version of the same site in the same round may carry the same photo; anything else may not."""
    return use.site is None or use.site != visit.site or use.round != visit.round


def taken_utc(facts: PhotoFacts) -> datetime | None:
    """When the camera says the photo was taken, aware UTC; without an offset the camera is taken to run on Vietnam's time."""
    taken = facts.taken_at
    if taken is None:
        return None
    return (taken if taken.tzinfo is not None else taken.replace(tzinfo=VIETNAM)).astimezone(UTC)


def _radius(fix: Fix) -> float:
    return ASSUMED_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m


def _local(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M")


def _finding(code: str, attachment: str = "", **figures: Figure) -> Finding:
    return Finding(code, CHECKS[code].severity, figures, attachment)


@dataclass(frozen=True)
class CheckKind:
    """One check of the catalogue: its severity, its sentence in both languages, and where its threshold comes from."""

    severity: int
    vi: str
    en: str
    source: str


_MEASURED = "measured on phone and camera files; see docs/checks.md"
_OWN = "no threshold"

CHECKS: dict[str, CheckKind] = {
    "far_from_site": CheckKind(
        LIKELY_WRONG, "Vị trí cách đối tượng {distance_m} m (sai số {accuracy_m} m).",
        "The position is {distance_m} m from the site (accuracy {accuracy_m} m).", _MEASURED,
    ),
    "off_site": CheckKind(
        LOOK, "Vị trí hơi xa đối tượng: {distance_m} m (sai số {accuracy_m} m).",
        "The position is a little away from the site: {distance_m} m (accuracy {accuracy_m} m).", _MEASURED,
    ),
    "outside_commune": CheckKind(
        LIKELY_WRONG, "Vị trí nằm ngoài ranh giới xã {distance_m} m.",
        "The position lies {distance_m} m outside the commune's border.", _MEASURED,
    ),
    "position_vague": CheckKind(
        LOOK, "Vị trí quá kém chính xác để dùng (sai số {accuracy_m} m).",
        "The position is too vague to be used (accuracy {accuracy_m} m).", _MEASURED,
    ),
    "no_position": CheckKind(LOOK, "Bài nộp không có vị trí nào.", "The submission has no position at all.", _OWN),
    "photo_without_position": CheckKind(NOTE, "Ảnh không có vị trí.", "The photo has no position.", _OWN),
    "position_zero": CheckKind(
        NOTE, "Ảnh ghi vị trí 0,0: máy không biết mình ở đâu.",
        "The photo gives the position 0,0: the camera did not know where it was.", _OWN,
    ),
    "exif_elsewhere": CheckKind(
        LIKELY_WRONG, "Vị trí ghi trong ảnh cách vị trí điện thoại {distance_m} m.",
        "The position inside the photo is {distance_m} m from the phone's.", _MEASURED,
    ),
    "taken_in_future": CheckKind(
        LIKELY_WRONG, "Giờ chụp {taken_at} sau lúc nhận {received_at}: đồng hồ sai.",
        "Taken at {taken_at}, after it was received at {received_at}: a clock is wrong.", _MEASURED,
    ),
    "visit_in_future": CheckKind(
        LIKELY_WRONG, "Điện thoại ghi buổi khảo sát kết thúc lúc {ended_at}, sau lúc nhận {received_at}: đồng hồ điện thoại sai.",
        "The phone says that the visit ended at {ended_at}, after it was received at {received_at}: its clock is wrong.", _MEASURED,
    ),
    "taken_outside_visit": CheckKind(
        LOOK, "Giờ chụp {taken_at} nằm ngoài buổi khảo sát ({visit_at}).",
        "Taken at {taken_at}, outside the visit ({visit_at}).", _MEASURED,
    ),
    "seen_before": CheckKind(
        LIKELY_WRONG, "Ảnh này đã dùng cho {sites} (bài nộp {submissions}).",
        "This photo was already used for {sites} (submission {submissions}).", "the same SHA-256",
    ),
    "file_refused": CheckKind(LOOK, "Tệp không được nhận làm ảnh: {reason}", "The file was not taken as a photo: {reason}", _OWN),
    "broken_pixels": CheckKind(LOOK, "Không mở được ảnh; hãy chụp lại.", "The picture cannot be opened; take it again.", _OWN),
    "low_resolution": CheckKind(NOTE, "Ảnh nhỏ, khó thấy chi tiết.", "The picture is small; details are hard to see.", _MEASURED),
    "answers_missing": CheckKind(
        LOOK, "Thiếu câu trả lời bắt buộc: {questions}.", "Required answers are missing: {questions}.", "the form's own rules",
    ),
    "answers_impossible": CheckKind(
        LOOK, "Câu trả lời trái điều kiện của phiếu: {questions}.",
        "Answers break the form's conditions: {questions}.", "the form's own rules",
    ),
}
