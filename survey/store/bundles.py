"""What goes into bundles, read in the order and the portions that writing them needs, at present or as it was known on an earlier day.

Where a *moment* is given, only what was decided, received and raised before it is read: the day that ended then.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from survey.domain.evidence import Item, LeftOut, Photo, Variant
from survey.domain.photos import facts_from_json
from survey.domain.ports import Reader, Row
from survey.domain.sites import Site
from survey.domain.submissions import Consent, FileState, Fix, State
from survey.domain.times import from_text, optional_from_text, to_text
from survey.store.attachments import capture_from_json
from survey.store.events import GENESIS
from survey.store.observations import COUNTED_THEN

EXPORTED, DOWNLOADED, OPENED = "bundle.exported", "bundle.downloaded", "bundle.opened"
# Events that add to the log but not to the evidence: an export, or a person who comes to look, does not make another bundle.
_ASIDE = frozenset({
    EXPORTED, DOWNLOADED, OPENED, "signed_in", "signed_out", "sign_in_link_made", "privacy.set", "notice.kept", "photo.covered",
})  # fmt: skip
_PUBLISHING = frozenset({"photo.covered"})
_PORTION = 400  # keys in one question: well below any engine's limit of parameters
_COUNTS = "EXISTS (SELECT 1 FROM counted c WHERE c.commune = s.commune AND c.submission = s.submission)"
_COUNTED = "s.submission IN (SELECT submission FROM counts)"  # asked of a set: looked through anew for each row, 10,000 would take seconds
_ITEM = (
    "SELECT s.submission, s.code, s.form, s.form_version, s.site, s.person, s.captured_at, s.received_at, s.latitude, s.longitude,"
    " s.accuracy_m, s.altitude_m, s.fix_at, s.fix_by_hand, s.missing_files, s.instance_sha256, s.consent, s.door, s.brought_by, s.device,"
    " s.clock_drift_s, s.erased_at"
)
_NOW = f"{_ITEM}, s.decided_by, s.decided_at FROM submission s WHERE s.commune = :commune AND s.state = 'accepted' AND {_COUNTS}"
_THEN = (
    f"{COUNTED_THEN} {_ITEM}, d.person AS decided_by, d.at AS decided_at FROM submission s JOIN review d ON d.commune = s.commune"
    " AND d.submission = s.submission AND d.number = (SELECT MAX(r.number) FROM review r WHERE r.commune = s.commune"
    f" AND r.submission = s.submission AND r.at < :moment) WHERE s.commune = :commune AND {_COUNTED}"
)


def select_items(
    reader: Reader, commune: str, sites: Mapping[str, Site], only: Collection[str] | None = None, *,
    moment: datetime | None = None, round_id: str | None = None,
) -> list[Item]:  # fmt: skip
    """The accepted submissions that count for *sites*, of those named in *only* and captured in a round where these are given.

    They come in no particular order. *missing_files* is what is missing now (see `as_known` for an earlier day).
    """
    parameters: dict[str, object] = {} if moment is None else {"moment": to_text(moment)}
    clause = "" if round_id is None else " AND s.round = :round"
    rows = reader.stream(
        f"{_THEN if moment is not None else _NOW}{clause}",
        commune=commune, **parameters, **({} if round_id is None else {"round": round_id}),
    )  # fmt: skip
    return [_item(row, sites[row["site"]]) for row in rows if row["site"] in sites and (only is None or row["submission"] in only)]


def select_photos(
    reader: Reader, commune: str, submissions: Sequence[str], *, moment: datetime | None = None
) -> dict[str, list[Photo]]:
    """The files that *submissions* name, in each form's order; what came after *moment* is missing, but what was erased stays erased."""
    photos: dict[str, list[Photo]] = {}
    late = None if moment is None else to_text(moment)
    for row in _in_portions(
        reader,
        "SELECT a.submission, a.name, a.question, a.repeat_key, a.state, a.reason, a.capture, a.sha256, a.received_at, b.size, b.crc32,"
        " b.media_type, b.views, b.facts, b.erased_at FROM attachment a"
        " LEFT JOIN blob b ON b.commune = a.commune AND b.sha256 = a.sha256"
        " WHERE a.commune = :commune AND a.state <> 'unreferenced' AND a.submission IN ({keys}) ORDER BY a.submission, a.ordinal, a.name",
        commune,
        submissions,
    ):
        photo = _photo(row)
        if late is not None and row["received_at"] is not None and row["received_at"] >= late:
            photo = Photo(photo.submission, photo.name, photo.question, photo.repeat, FileState.MISSING, None, photo.source, photo.fix)
        photos.setdefault(row["submission"], []).append(photo)
    return photos


def as_known(items: Sequence[Item], photos: Mapping[str, Sequence[Photo]]) -> list[Item]:
    """*items* with as many missing files as *photos* say."""
    return [
        replace(item, missing_files=sum(photo.state is FileState.MISSING for photo in photos.get(item.submission, ()))) for item in items
    ]


def select_answers(reader: Reader, commune: str, items: Sequence[Item]) -> Iterator[tuple[Item, Mapping[str, Any]]]:
    """The answers of *items*, in their order."""
    for item, row in _in_order(
        reader, "SELECT submission, answers FROM submission WHERE commune = :commune AND submission IN ({keys})", commune, items
    ):
        yield item, json.loads(row["answers"])


def select_instances(reader: Reader, commune: str, items: Sequence[Item]) -> Iterator[tuple[Item, bytes]]:
    """The instance XML of *items* as received, in their order; those whose instance was erased are left out."""
    for item, row in _in_order(
        reader, "SELECT submission, xml FROM instance WHERE commune = :commune AND length(xml) > 0 AND submission IN ({keys})",
        commune, items,
    ):  # fmt: skip
        yield item, bytes(row["xml"])


def select_reviews_of(reader: Reader, commune: str, items: Sequence[Item], *, moment: datetime | None = None) -> Iterator[Row]:
    """Every decision on *items*."""
    clause, parameters = _before("at", moment)
    return _in_portions(
        reader,
        "SELECT submission, number, from_state, to_state, reason, person, at FROM review"
        f" WHERE commune = :commune{clause} AND submission IN ({{keys}}) ORDER BY submission, number",
        commune,
        [item.submission for item in items],
        parameters,
    )


def select_flags_of(reader: Reader, commune: str, items: Sequence[Item], *, moment: datetime | None = None) -> Iterator[Row]:
    """Every flag on *items* and their photos, and what was said of it: verdict, reason, person and time, None where nothing holds.

    Flags are kept as they are now: one that was raised before *moment* and has gone since is not among them.
    """
    raised, parameters = _before("f.raised_at", moment)
    said, _ = _before("n.at", moment)
    return _in_portions(
        reader,
        "SELECT f.submission, f.attachment, f.code, f.severity, f.figures, f.raised_at, j.verdict, j.reason, j.person, j.at FROM flag f"
        " LEFT JOIN flag_judgement j ON j.commune = f.commune AND j.submission = f.submission AND j.attachment = f.attachment"
        " AND j.code = f.code AND j.figures = f.figures AND j.verdict <> 'taken_back' AND j.number = (SELECT MAX(n.number)"
        " FROM flag_judgement n WHERE n.commune = f.commune AND n.submission = f.submission AND n.attachment = f.attachment"
        f" AND n.code = f.code{said}) WHERE f.commune = :commune{raised} AND f.submission IN ({{keys}})"
        " ORDER BY f.submission, f.attachment, f.code",
        commune,
        [item.submission for item in items],
        parameters,
    )


def select_left_out(
    reader: Reader, commune: str, *, hamlet: str | None, forms: Collection[str] | None, moment: datetime | None = None,
    round_id: str | None = None,
) -> list[LeftOut]:  # fmt: skip
    """Submissions that are not evidence by state and, for returned and rejected ones, by the newest reason."""
    names: dict[str, object] = {f"form{number}": form for number, form in enumerate(sorted(forms or ()))}
    clauses = "" if forms is None else f" AND s.form IN ({', '.join(f':{name}' for name in names) or 'NULL'})"
    for column, value in (("hamlet", hamlet), ("round", round_id)):
        if value is not None:
            clauses += f" AND s.{column} = :{column}"
            names[column] = value
    received, parameters = _before("s.received_at", moment)
    newest, _ = _before("r.at", moment)
    state = "s.state" if moment is None else "COALESCE(d.to_state, 'received')"
    rows = reader.rows(
        f"{COUNTED_THEN if moment is not None else ''} SELECT state, CASE WHEN state IN ('returned', 'rejected') THEN reason ELSE '' END"
        f" AS reason, COUNT(*) AS count FROM (SELECT {state} AS state, COALESCE(d.reason, '') AS reason FROM submission s"
        " LEFT JOIN review d ON d.commune = s.commune AND d.submission = s.submission AND d.number = (SELECT MAX(r.number) FROM review r"
        f" WHERE r.commune = s.commune AND r.submission = s.submission{newest}) WHERE s.commune = :commune{received}"
        f" AND NOT {_COUNTS if moment is None else _COUNTED}{clauses}) known GROUP BY 1, 2 ORDER BY 1, 2",
        commune=commune,
        **names,
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


def select_evidence_head(reader: Reader, commune: str, variant: Variant = Variant.FULL) -> tuple[int, str]:
    """Number and hash of the newest event that could have changed the evidence (see `_ASIDE`); what is covered changes the public one."""
    aside = _ASIDE - _PUBLISHING if variant is Variant.PUBLIC else _ASIDE
    rows = reader.stream("SELECT seq, hash, body FROM event WHERE commune = :commune ORDER BY seq DESC", commune=commune)
    for row in rows:
        if json.loads(row["body"])["kind"] not in aside:
            return row["seq"], row["hash"]
    return 0, GENESIS


def select_events_until(reader: Reader, commune: str, last: int) -> Iterator[Row]:
    """The chain from its beginning up to event number *last*."""
    return reader.stream(
        "SELECT seq, prev, salt, body, hash FROM event WHERE commune = :commune AND seq <= :last ORDER BY seq", commune=commune, last=last
    )


def _before(column: str, moment: datetime | None) -> tuple[str, dict[str, object]]:
    return ("", {}) if moment is None else (f" AND {column} < :moment", {"moment": to_text(moment)})


def _in_portions(
    reader: Reader, sql: str, commune: str, keys: Sequence[str], parameters: Mapping[str, object] | None = None
) -> Iterator[Row]:
    for start in range(0, len(keys), _PORTION):
        names = {f"key{number}": key for number, key in enumerate(keys[start : start + _PORTION])}
        yield from reader.rows(sql.format(keys=", ".join(f":{name}" for name in names)), commune=commune, **names, **(parameters or {}))


def _in_order(reader: Reader, sql: str, commune: str, items: Sequence[Item]) -> Iterator[tuple[Item, Row]]:
    for start in range(0, len(items), _PORTION):
        portion = items[start : start + _PORTION]
        rows = {row["submission"]: row for row in _in_portions(reader, sql, commune, [item.submission for item in portion])}
        yield from ((item, rows[item.submission]) for item in portion if item.submission in rows)


def _item(row: Row, site: Site) -> Item:
    return Item(
        submission=row["submission"], code=row["code"], form=row["form"], form_version=row["form_version"],
        site=site.id, hamlet=site.hamlet, person=row["person"],
        captured_at=from_text(row["captured_at"]), received_at=from_text(row["received_at"]),
        accepted_by=row["decided_by"], accepted_at=optional_from_text(row["decided_at"]), fix=_fix(row),
        missing_files=row["missing_files"], instance_sha256=row["instance_sha256"],
        consent=Consent(row["consent"]) if row["consent"] else None, door=row["door"], brought_by=row["brought_by"],
        device=row["device"], clock_drift_s=row["clock_drift_s"], erased=row["erased_at"] is not None,
    )  # fmt: skip


def _fix(row: Row) -> Fix | None:
    if row["latitude"] is None:
        return None
    at, by_hand = optional_from_text(row["fix_at"]), bool(row["fix_by_hand"])
    return Fix(row["latitude"], row["longitude"], row["accuracy_m"], row["altitude_m"], at, by_hand)


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
        camera=_camera(facts.make, facts.model),
    )  # fmt: skip


def _camera(make: str | None, model: str | None) -> str | None:
    """Make and model in one; many models begin with their make."""
    if make and model and model.casefold().startswith(make.casefold()):
        return model
    return " ".join(part for part in (make, model) if part) or None
