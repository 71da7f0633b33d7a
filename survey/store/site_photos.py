"""Photos beside photos: those of a site in earlier rounds, and what belongs to another use of a picture."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from survey.domain.pairing import Version
from survey.domain.photos import PhotoFacts, facts_from_json
from survey.domain.places import line_middle
from survey.domain.ports import Reader, Row
from survey.domain.submissions import Fix, State
from survey.domain.times import from_text, to_text
from survey.store.attachments import capture_from_json

_MOST = 200  # visits of a site in its earlier rounds, the newest first: our own choice, some twenty rounds with ten versions each
_PHOTOS = """
SELECT s.submission, s.code, s.round, s.hamlet, s.state, s.captured_at, s.received_at, s.replaced_by, s.latitude, s.longitude, s.accuracy_m,
 a.name, a.question, a.repeat_key, a.ordinal, a.sha256, a.capture, b.facts, b.views, b.erased_at,
 (SELECT p.name FROM person AS p WHERE p.commune = s.commune AND p.person = s.person) AS person_name,
 h.name AS hamlet_name, x.code AS site_code, x.name AS site_name, x.latitude AS site_latitude, x.longitude AS site_longitude, x.geometry
FROM attachment AS a JOIN submission AS s ON s.commune = a.commune AND s.submission = a.submission
LEFT JOIN blob AS b ON b.commune = a.commune AND b.sha256 = a.sha256 AND b.quarantine = 0
LEFT JOIN site AS x ON x.commune = s.commune AND x.site = s.site AND x.known_to IS NULL
LEFT JOIN hamlet AS h ON h.commune = s.commune AND h.hamlet = s.hamlet
WHERE a.commune = :commune AND a.submission IN ({marks}) AND a.state IN ('stored', 'unreferenced')
ORDER BY a.submission, a.ordinal, a.name"""


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
    site_code: str | None
    site_name: str | None
    site_point: tuple[float, float] | None
    hamlet_name: str | None


def select_earlier_versions(
    reader: Reader, commune: str, *, site: str, form: str, other_than: str, before: datetime
) -> list[tuple[Version, str | None]]:
    """The visits of *site* by *form* in rounds *other_than* one, captured before *before*, newest first, each with its hamlet."""
    rows = reader.rows(
        "SELECT s.submission, s.round, s.state, s.captured_at, s.received_at, s.replaced_by, s.hamlet,"
        " EXISTS (SELECT 1 FROM counted AS c WHERE c.commune = s.commune AND c.submission = s.submission) AS counts FROM submission AS s"
        " WHERE s.commune = :commune AND s.site = :site AND s.form = :form AND s.captured_at < :before AND s.round <> :other_than"
        " ORDER BY s.captured_at DESC LIMIT :most",
        commune=commune, site=site, form=form, other_than=other_than, before=to_text(before), most=_MOST,
    )  # fmt: skip
    return [(_version(row), row["hamlet"]) for row in rows]


def select_photos_of(reader: Reader, commune: str, submissions: Iterable[str]) -> dict[tuple[str, str], SitePhoto]:
    """The photos of *submissions* that are here, with their sites and hamlets as the register has them now, by submission and name."""
    wanted = {f"submission_{number}": submission for number, submission in enumerate(sorted(set(submissions)))}
    if not wanted:
        return {}
    rows = reader.rows(_PHOTOS.format(marks=", ".join(f":{name}" for name in wanted)), commune=commune, **wanted)
    return {(row["submission"], row["name"]): _site_photo(row) for row in rows}


def _site_photo(row: Row) -> SitePhoto:
    facts = facts_from_json(row["facts"] or "{}")
    return SitePhoto(
        version=_version(row), code=row["code"], hamlet=row["hamlet"], name=row["name"], question=row["question"], repeat=row["repeat_key"],
        ordinal=row["ordinal"], sha256=row["sha256"], facts=facts, views="erased" if row["erased_at"] else row["views"] or "none",
        fix=capture_from_json(row["name"], json.loads(row["capture"])).fix or _fix(facts.latitude, facts.longitude, facts.accuracy_m),
        visit_fix=_fix(row["latitude"], row["longitude"], row["accuracy_m"]), person_name=row["person_name"],
        site_code=row["site_code"], site_name=row["site_name"],
        site_point=_site_point(row), hamlet_name=row["hamlet_name"],
    )  # fmt: skip


def _version(row: Row) -> Version:
    moments = from_text(row["captured_at"]), from_text(row["received_at"])
    replaced = row["replaced_by"] is not None
    return Version(row["submission"], row["round"] or "", State(row["state"]), *moments, bool(row.get("counts")), replaced)


def _fix(latitude: float | None, longitude: float | None, accuracy_m: float | None) -> Fix | None:
    return None if latitude is None or longitude is None else Fix(latitude, longitude, accuracy_m)


def _site_point(row: Row) -> tuple[float, float] | None:
    if row["geometry"]:
        return line_middle([(float(pair[0]), float(pair[1])) for pair in json.loads(row["geometry"])["coordinates"]])
    latitude, longitude = row["site_latitude"], row["site_longitude"]
    return None if latitude is None or longitude is None else (latitude, longitude)
