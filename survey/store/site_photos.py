"""Photos beside photos: those of a site in earlier rounds, and what belongs to another use of a picture."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survey.domain.pairing import Version
from survey.domain.photos import PhotoFacts, facts_from_json
from survey.domain.places import line_middle
from survey.domain.ports import Reader, Row
from survey.domain.submissions import Fix, State
from survey.domain.times import from_text, to_text
from survey.store.attachments import capture_from_json

_MOST = 400  # photos of a site in its earlier rounds, the newest first; twelve a visit make some thirty visits
_PHOTO = """
SELECT s.submission, s.code, s.form, s.round, s.hamlet, s.state, s.captured_at, s.received_at, s.replaced_by, s.latitude, s.longitude,
 s.accuracy_m, a.name, a.question, a.repeat_key, a.ordinal, a.sha256, a.capture, b.facts, b.views, b.erased_at,
 (SELECT p.name FROM person AS p WHERE p.commune = s.commune AND p.person = s.person) AS person_name"""
_FROM = """
 FROM submission AS s JOIN attachment AS a ON a.commune = s.commune AND a.submission = s.submission
 LEFT JOIN blob AS b ON b.commune = a.commune AND b.sha256 = a.sha256"""


@dataclass(frozen=True)
class SitePhoto:
    """A photo with its visit, as a comparison shows it; names are the present ones, None where nobody knows them.

    *fix* is the phone's position of the photo, else the file's, else None; *visit_fix* the visit's. *site_point* is (latitude,
    longitude) of the register, of a road its middle. *views* is as in the blob's row: `erased` where a person had the bytes removed.
    """

    version: Version
    code: str
    hamlet: str | None
    name: str
    question: str
    repeat: str
    ordinal: int
    sha256: str
    facts: PhotoFacts
    views: str
    fix: Fix | None
    visit_fix: Fix | None
    person_name: str | None
    site_code: str | None = None
    site_name: str | None = None
    site_point: tuple[float, float] | None = None
    hamlet_name: str | None = None


def select_earlier_photos(reader: Reader, commune: str, *, site: str, form: str, other_than: str, before: datetime) -> list[SitePhoto]:
    """The photos of *site* by *form* in rounds *other_than* one, captured before *before*, newest first; none of rejected versions."""
    rows = reader.rows(
        f"{_PHOTO}, EXISTS (SELECT 1 FROM counted AS c WHERE c.commune = s.commune AND c.submission = s.submission) AS counts{_FROM}"
        " WHERE s.commune = :commune AND s.site = :site AND s.form = :form AND s.captured_at < :before AND s.round <> :other_than"
        " AND s.state <> 'rejected' AND a.state = 'stored' AND b.quarantine = 0 ORDER BY s.captured_at DESC, a.ordinal LIMIT :most",
        commune=commune, site=site, form=form, other_than=other_than, before=to_text(before), most=_MOST,
    )  # fmt: skip
    return [_site_photo(row) for row in rows]


def select_used_photos(reader: Reader, commune: str, submissions: Sequence[str]) -> dict[tuple[str, str], SitePhoto]:
    """The photos of *submissions* with their sites and hamlets as the register has them now, by submission and name."""
    wanted = {f"submission_{number}": submission for number, submission in enumerate(sorted(set(submissions)))}
    if not wanted:
        return {}
    rows = reader.rows(
        f"{_PHOTO}, h.name AS hamlet_name, x.code AS site_code, x.name AS site_name, x.latitude AS site_latitude,"
        f" x.longitude AS site_longitude, x.geometry{_FROM}"
        " LEFT JOIN site AS x ON x.commune = s.commune AND x.site = s.site AND x.known_to IS NULL"
        " LEFT JOIN hamlet AS h ON h.commune = s.commune AND h.hamlet = s.hamlet"
        f" WHERE s.commune = :commune AND s.submission IN ({', '.join(f':{name}' for name in wanted)}) AND a.sha256 IS NOT NULL",
        commune=commune, **wanted,
    )  # fmt: skip
    return {(row["submission"], row["name"]): _site_photo(row) for row in rows}


def _site_photo(row: Row) -> SitePhoto:
    facts = facts_from_json(row["facts"] or "{}")
    return SitePhoto(
        version=_version(row), code=row["code"], hamlet=row["hamlet"], name=row["name"], question=row["question"], repeat=row["repeat_key"],
        ordinal=row["ordinal"], sha256=row["sha256"], facts=facts, views="erased" if row["erased_at"] else row["views"] or "none",
        fix=capture_from_json(row["name"], json.loads(row["capture"])).fix or _fix(facts.latitude, facts.longitude, facts.accuracy_m),
        visit_fix=_fix(row["latitude"], row["longitude"], row["accuracy_m"]), person_name=row["person_name"],
        site_code=row.get("site_code"), site_name=row.get("site_name"),
        site_point=_site_point(row), hamlet_name=row.get("hamlet_name"),
    )  # fmt: skip


def _version(row: Row) -> Version:
    moments = from_text(row["captured_at"]), from_text(row["received_at"])
    counts, replaced = bool(row.get("counts")), row["replaced_by"] is not None
    return Version(row["submission"], row["round"] or "", State(row["state"]), *moments, counts=counts, replaced=replaced)


def _fix(latitude: float | None, longitude: float | None, accuracy_m: float | None) -> Fix | None:
    return None if latitude is None or longitude is None else Fix(latitude, longitude, accuracy_m)


def _site_point(row: Row) -> tuple[float, float] | None:
    if row.get("geometry"):
        return line_middle([(float(pair[0]), float(pair[1])) for pair in json.loads(row["geometry"])["coordinates"]])
    latitude, longitude = row.get("site_latitude"), row.get("site_longitude")
    return None if latitude is None or longitude is None else (latitude, longitude)
