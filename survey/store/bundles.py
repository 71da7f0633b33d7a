"""What goes into bundles, read in the order and the portions that writing them needs, and the list of those that were made."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.evidence import Basis, Item, LeftOut, Photo, read_basis
from survey.domain.photos import facts_from_json
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.sites import Site
from survey.domain.submissions import FileState, Fix, State
from survey.domain.times import from_text, optional_from_text, to_text
from survey.store.attachments import capture_from_json
from survey.store.events import GENESIS

EXPORTED = "bundle.exported"
# Events that add to the log but not to the evidence: an export, or a person who comes to look, does not make another bundle.
_ASIDE = frozenset({EXPORTED, "signed_in", "signed_out", "sign_in_link_made", "privacy.set", "photo.covered"})
_PORTION = 400  # keys in one question: well below any engine's limit of parameters
_COUNTS = "EXISTS (SELECT 1 FROM counted c WHERE c.commune = s.commune AND c.submission = s.submission)"


@dataclass(frozen=True)
class MadeBundle:
    """A bundle as the list of exports shows it; *size* in bytes is what was sent, None while no download has ended."""

    basis: Basis
    files: int
    size: int | None
    person_name: str | None
    created_at: datetime

    @property
    def id(self) -> str:
        """The bundle's UUID."""
        return self.basis.id


def select_items(reader: Reader, commune: str, sites: Mapping[str, Site], only: Collection[str] | None = None) -> list[Item]:
    """The accepted submissions that count for *sites*, of those named in *only* where it is given, in no particular order."""
    rows = reader.stream(
        "SELECT s.submission, s.code, s.form, s.form_version, s.site, s.person, s.captured_at, s.received_at, s.decided_by, s.decided_at,"
        " s.latitude, s.longitude, s.accuracy_m, s.altitude_m, s.fix_at, s.missing_files, s.instance_sha256"
        f" FROM submission s WHERE s.commune = :commune AND s.state = 'accepted' AND {_COUNTS}",
        commune=commune,
    )
    return [_item(row, sites[row["site"]]) for row in rows if row["site"] in sites and (only is None or row["submission"] in only)]


def select_photos(reader: Reader, commune: str, submissions: Sequence[str]) -> dict[str, list[Photo]]:
    """The files that *submissions* name, in each form's order."""
    photos: dict[str, list[Photo]] = {}
    for row in _in_portions(
        reader,
        "SELECT a.submission, a.name, a.question, a.repeat_key, a.state, a.reason, a.capture, a.sha256, b.size, b.crc32, b.media_type,"
        " b.views, b.facts, b.erased_at FROM attachment a LEFT JOIN blob b ON b.commune = a.commune AND b.sha256 = a.sha256"
        " WHERE a.commune = :commune AND a.state <> 'unreferenced' AND a.submission IN ({keys}) ORDER BY a.submission, a.ordinal, a.name",
        commune,
        submissions,
    ):
        photos.setdefault(row["submission"], []).append(_photo(row))
    return photos


def select_answers(reader: Reader, commune: str, items: Sequence[Item]) -> Iterator[tuple[Item, Mapping[str, Any]]]:
    """The answers of *items*, in their order."""
    for item, row in _in_order(
        reader, "SELECT submission, answers FROM submission WHERE commune = :commune AND submission IN ({keys})", commune, items
    ):
        yield item, json.loads(row["answers"])


def select_instances(reader: Reader, commune: str, items: Sequence[Item]) -> Iterator[tuple[Item, bytes]]:
    """The instance XML of *items* as received, in their order."""
    for item, row in _in_order(
        reader, "SELECT submission, xml FROM instance WHERE commune = :commune AND submission IN ({keys})", commune, items
    ):
        yield item, bytes(row["xml"])


def select_reviews_of(reader: Reader, commune: str, items: Sequence[Item]) -> Iterator[Row]:
    """Every decision on *items*."""
    return _in_portions(
        reader,
        "SELECT submission, number, from_state, to_state, reason, person, at FROM review"
        " WHERE commune = :commune AND submission IN ({keys}) ORDER BY submission, number",
        commune,
        [item.submission for item in items],
    )


def select_flags_of(reader: Reader, commune: str, items: Sequence[Item]) -> Iterator[Row]:
    """Every flag on *items* and their photos, and what was said of it: verdict, reason, person and time, None where nothing holds."""
    return _in_portions(
        reader,
        "SELECT f.submission, f.attachment, f.code, f.severity, f.figures, f.raised_at, j.verdict, j.reason, j.person, j.at FROM flag f"
        " LEFT JOIN flag_judgement j ON j.commune = f.commune AND j.submission = f.submission AND j.attachment = f.attachment"
        " AND j.code = f.code AND j.figures = f.figures AND j.verdict <> 'taken_back' AND j.number = (SELECT MAX(n.number)"
        " FROM flag_judgement n WHERE n.commune = f.commune AND n.submission = f.submission AND n.attachment = f.attachment"
        " AND n.code = f.code) WHERE f.commune = :commune AND f.submission IN ({keys}) ORDER BY f.submission, f.attachment, f.code",
        commune,
        [item.submission for item in items],
    )


def select_left_out(reader: Reader, commune: str, *, hamlet: str | None, forms: Collection[str] | None) -> list[LeftOut]:
    """Submissions that are not evidence by state and, for returned and rejected ones, by the newest reason."""
    names: dict[str, object] = {f"form{number}": form for number, form in enumerate(sorted(forms or ()))}
    clauses = "" if hamlet is None else " AND s.hamlet = :hamlet"
    clauses += "" if forms is None else f" AND s.form IN ({', '.join(f':{name}' for name in names) or 'NULL'})"
    parameters = names if hamlet is None else {**names, "hamlet": hamlet}
    rows = reader.rows(
        "SELECT s.state, CASE WHEN s.state IN ('returned', 'rejected') THEN COALESCE((SELECT r.reason FROM review r"
        " WHERE r.commune = s.commune AND r.submission = s.submission ORDER BY r.number DESC LIMIT 1), '') ELSE '' END AS reason,"
        f" COUNT(*) AS count FROM submission s WHERE s.commune = :commune AND NOT {_COUNTS}{clauses} GROUP BY 1, 2 ORDER BY 1, 2",
        commune=commune,
        **parameters,
    )
    return [LeftOut(State(row["state"]), row["reason"], row["count"]) for row in rows]


def select_trees(reader: Reader, commune: str, items: Sequence[Item]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The forms that *items* were filled in, by id and version."""
    wanted = sorted({(item.form, item.form_version) for item in items})
    rows = {
        key: reader.row(
            "SELECT tree FROM form WHERE commune = :commune AND form = :form AND version = :version",
            commune=commune, form=key[0], version=key[1],
        )
        for key in wanted
    }  # fmt: skip
    return {key: json.loads(row["tree"]) for key, row in rows.items() if row is not None}


def select_evidence_head(reader: Reader, commune: str) -> tuple[int, str]:
    """Number and hash of the newest event that could have changed the evidence (see `_ASIDE`)."""
    rows = reader.stream("SELECT seq, hash, body FROM event WHERE commune = :commune ORDER BY seq DESC", commune=commune)
    for row in rows:
        if json.loads(row["body"])["kind"] not in _ASIDE:
            return row["seq"], row["hash"]
    return 0, GENESIS


def select_events_until(reader: Reader, commune: str, last: int) -> Iterator[Row]:
    """The chain from its beginning up to event number *last*."""
    return reader.stream(
        "SELECT seq, prev, salt, body, hash FROM event WHERE commune = :commune AND seq <= :last ORDER BY seq", commune=commune, last=last
    )


def insert_bundle(tx: Transaction, basis: Basis, *, files: int, person: str, at: datetime) -> None:
    """Remember the bundle of *basis*, once."""
    tx.execute(
        "INSERT INTO bundle (commune, bundle, basis, files, size, person, created_at)"
        " VALUES (:commune, :bundle, :basis, :files, 0, :person, :at) ON CONFLICT (commune, bundle) DO NOTHING",
        commune=basis.commune, bundle=basis.id, basis=dumps(basis.document()), files=files, person=person, at=to_text(at),
    )  # fmt: skip


def update_bundle_size(tx: Transaction, basis: Basis, size: int) -> None:
    """Say how many bytes a download of the bundle of *basis* had, now that one has ended."""
    tx.execute(
        "UPDATE bundle SET size = :size WHERE commune = :commune AND bundle = :bundle", commune=basis.commune, bundle=basis.id, size=size
    )


def select_bundle(reader: Reader, commune: str, bundle: str) -> MadeBundle | None:
    """The bundle with that id, or None."""
    row = reader.row(f"{_MADE} AND b.bundle = :bundle", commune=commune, bundle=bundle)
    return None if row is None else _made(row)


def select_bundles(reader: Reader, commune: str, *, limit: int) -> list[MadeBundle]:
    """The newest *limit* bundles."""
    return [_made(row) for row in reader.rows(f"{_MADE} ORDER BY b.created_at DESC, b.bundle LIMIT :limit", commune=commune, limit=limit)]


_MADE = (
    "SELECT b.basis, b.files, b.size, b.created_at, p.name AS person_name FROM bundle b"
    " LEFT JOIN person p ON p.commune = b.commune AND p.person = b.person WHERE b.commune = :commune"
)


def _made(row: Row) -> MadeBundle:
    return MadeBundle(
        read_basis(json.loads(row["basis"])), row["files"], row["size"] or None, row["person_name"], from_text(row["created_at"])
    )


def _in_portions(reader: Reader, sql: str, commune: str, keys: Sequence[str]) -> Iterator[Row]:
    for start in range(0, len(keys), _PORTION):
        names = {f"key{number}": key for number, key in enumerate(keys[start : start + _PORTION])}
        yield from reader.rows(sql.format(keys=", ".join(f":{name}" for name in names)), commune=commune, **names)


def _in_order(reader: Reader, sql: str, commune: str, items: Sequence[Item]) -> Iterator[tuple[Item, Row]]:
    for start in range(0, len(items), _PORTION):
        portion = items[start : start + _PORTION]
        rows = {row["submission"]: row for row in _in_portions(reader, sql, commune, [item.submission for item in portion])}
        yield from ((item, rows[item.submission]) for item in portion)


def _item(row: Row, site: Site) -> Item:
    return Item(
        submission=row["submission"], code=row["code"], form=row["form"], form_version=row["form_version"],
        site=site.id, hamlet=site.hamlet, person=row["person"],
        captured_at=from_text(row["captured_at"]), received_at=from_text(row["received_at"]),
        accepted_by=row["decided_by"], accepted_at=optional_from_text(row["decided_at"]), fix=_fix(row),
        missing_files=row["missing_files"], instance_sha256=row["instance_sha256"],
    )  # fmt: skip


def _fix(row: Row) -> Fix | None:
    if row["latitude"] is None:
        return None
    return Fix(row["latitude"], row["longitude"], row["accuracy_m"], row["altitude_m"], optional_from_text(row["fix_at"]))


def _photo(row: Row) -> Photo:
    capture = capture_from_json(row["name"], json.loads(row["capture"]))
    facts = facts_from_json(row["facts"] or "{}")
    has_exif = facts.latitude is not None and facts.longitude is not None
    return Photo(
        submission=row["submission"], name=row["name"], question=row["question"], repeat=row["repeat_key"],
        state=FileState(row["state"]), reason=row["reason"], source=capture.source.value, fix=capture.fix,
        sha256=row["sha256"], size=row["size"] or 0, crc32=row["crc32"] or 0, media_type=row["media_type"] or "",
        has_preview=row["views"] == "ready", taken_at=facts.taken_at,
        erased_at=optional_from_text(row["erased_at"]),
        exif_position=(facts.latitude or 0.0, facts.longitude or 0.0) if has_exif else None,
    )  # fmt: skip
