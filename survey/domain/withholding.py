"""What of each record may leave in a public bundle, and what is left out of it: every record is split in two.

Records are built anew from what may leave, field by field, so that a field that is added some day stays inside until somebody
decides about it here. The reasons for each choice are in docs/decisions/0020-the-public-variant.md.
"""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from survey.domain.checks import CHECKS
from survey.domain.evidence import Item, Photo
from survey.domain.photos import REFUSALS
from survey.domain.public_names import KIND_NAMES, PublicNames
from survey.domain.sites import Site, SiteKind
from survey.domain.statements import Statement
from survey.domain.submissions import Fix
from survey.domain.times import VIETNAM, local_date, to_text

Left = dict[str, object]
"""What is left out of a record: plain JSON values by the name of the field."""

# All of these are our own choice (docs/public-bundle.md says what they do).
HOUSE_DECIMALS = 3  # of a degree, some 110 m: a group of houses, not one of them
GROUND_DECIMALS = 4  # some 11 m, on roads and public ground: which part of it was seen
_MOST = 1e7  # numbers of telephones and identity cards are larger, what a checklist measures is not
_MONEY = ("money", "income", "million", "thousand", "vnd")
_KEPT_ATTRIBUTES = {
    SiteKind.HOUSEHOLD: ("garden_m2", "garden_registered"),
    SiteKind.ROAD_SEGMENT: ("class", "length_m", "width_m", "surface"),
    SiteKind.PUBLIC_PLACE: ("type", "length_m"),
}
_NUMBERS, _CHOICES = frozenset({"integer", "decimal", "range", "calculate"}), frozenset({"select_one", "select_multiple"})
_REPEAT = re.compile(r"\d{1,4}(?:\.\d{1,4})*")


@dataclass(frozen=True)
class FormQuestion:
    """A question of a form's tree: its name, its type, the codes of its choices."""

    name: str
    type: str
    choices: AbstractSet[str]


def split_site(site: Site, code: str, *, hidden: bool) -> tuple[Site, Left]:
    """*site* under its public *code*; of a household that is *hidden* not even the rounded position."""
    kept = {key: site.attributes[key] for key in _KEPT_ATTRIBUTES[site.kind] if key in site.attributes and not hidden}
    spot = site.latitude, site.longitude
    rounded = spot
    if site.kind is SiteKind.HOUSEHOLD:
        rounded = (None, None) if hidden else (_round(site.latitude, HOUSE_DECIMALS), _round(site.longitude, HOUSE_DECIMALS))
    line = None if site.kind is SiteKind.HOUSEHOLD else site.line
    public = Site(
        site.commune, code, site.kind, code, KIND_NAMES[site.kind], site.hamlet, *rounded, line, kept, closed=site.closed
    )  # fmt: skip
    left: Left = {"name": site.name, **{f"attributes/{key}": value for key, value in site.attributes.items() if key not in kept}}
    left |= {"code": site.code} if code != site.code else {}
    left |= {"position": list(spot)} if site.kind is SiteKind.HOUSEHOLD and site.latitude is not None else {}
    return public, left | ({"line": [list(pair) for pair in site.line]} if site.line and line is None else {})


def split_item(item: Item, site: Site, names: PublicNames) -> tuple[Item, Left]:
    """*item* of *site* (as registered): days instead of times; a position on roads and public ground only."""
    fix = None if site.kind is SiteKind.HOUSEHOLD else _on_ground(item.fix)
    public = Item(
        submission=item.submission, code=item.code, form=item.form, form_version=item.form_version, site=names.sites[item.site],
        hamlet=item.hamlet, person=names.person(item.person) or "", captured_at=day_of(item.captured_at),
        received_at=day_of(item.received_at), accepted_by=names.person(item.accepted_by),
        accepted_at=None if item.accepted_at is None else day_of(item.accepted_at), fix=fix, missing_files=item.missing_files,
        instance_sha256="",
    )  # fmt: skip
    left: Left = {"captured_at": to_text(item.captured_at), "received_at": to_text(item.received_at), "xml_sha256": item.instance_sha256}
    left |= {} if item.accepted_at is None else {"accepted_at": to_text(item.accepted_at)}
    left |= _given({"door": item.door, "brought_by": item.brought_by, "device": item.device, "clock_drift_s": item.clock_drift_s})
    return public, left | _fix_left(item.fix)


def split_photo(photo: Photo, number: int, site: Site, questions: AbstractSet[str], *, leaves: bool) -> tuple[Photo, Left]:
    """*photo* as number *number* of its submission; its picture is named by the original's hash only where it *leaves*."""
    known = None if photo.reason is None or photo.reason in REFUSALS else photo.reason
    public = Photo(
        submission=photo.submission, name=photo_name(number), question=photo.question if photo.question in questions else "",
        repeat=photo.repeat if _REPEAT.fullmatch(photo.repeat) else "", state=photo.state,
        reason=photo.reason if known is None else None, source=photo.source,
        fix=_on_ground(photo.fix) if leaves and site.kind is not SiteKind.HOUSEHOLD else None,
        sha256=photo.sha256 if leaves else None, media_type="image/jpeg" if leaves else "", has_preview=leaves,
        erased_at=None if photo.erased_at is None else day_of(photo.erased_at),
    )  # fmt: skip
    left: Left = {"name": photo.name, "reason": known, "camera": photo.camera, "media_type": photo.media_type}
    left |= {"question": None if public.question else photo.question, "repeat": None if public.repeat else photo.repeat}
    left |= {"sha256": None if leaves else photo.sha256, "size": photo.size or None}
    left |= {"exif_position": photo.exif_position and list(photo.exif_position)}
    left |= {"taken_at": photo.taken_at and photo.taken_at.isoformat()}
    return public, {name: value for name, value in left.items() if value not in (None, "")} | _fix_left(photo.fix)


def split_answers(
    form: str, asked: Mapping[str, FormQuestion], answers: Mapping[str, Any], counted: AbstractSet[str] | None
) -> tuple[dict[str, Any], Left]:
    """*answers* of a *form*: choices and numbers, no words; of a household only what *counted* names (`form.question`).

    None for *counted* is a place that is nobody's home. Keys that the form does not know are left out under a number.
    """
    kept: dict[str, Any] = {}
    left: Left = {}
    for key, value in answers.items():
        path, _, repeat = key.partition("[")
        question = asked.get(path)
        is_known = question is not None and (not repeat or _REPEAT.fullmatch(repeat.removesuffix("]")))
        if question is not None and is_known and _leaves(form, question, value, counted):
            kept[key] = value
        else:
            left[key.removeprefix("/data/") if is_known else f"khac/{len(left)}"] = value if is_known else [key, value]
    return kept, left


def split_review(row: Mapping[str, Any], names: PublicNames) -> tuple[dict[str, object], Left]:
    """A decision: from where to where, by whom, on which day; without its reason."""
    kept = {name: row[name] for name in ("submission", "number", "from_state", "to_state")}
    left = {"reason": row["reason"], "at": row["at"]}
    return {**kept, "reason": "", "person": names.person(row["person"]), "at": _day_text(row["at"])}, _given(left)


def split_flag(row: Mapping[str, Any], names: PublicNames, photo: str) -> tuple[dict[str, object] | None, Left]:
    """A flag on the *photo* of that public name: its code, and what was judged; None where it tells what the people of the place said.

    Its figures are left out altogether: they hold positions, clock times, names of others' photos and of neighbours.
    """
    left = _given({name: row[name] for name in ("attachment", "figures", "raised_at", "reason", "at")})
    if row["code"] not in CHECKS or CHECKS[row["code"]].group == "consent":
        return None, {**left, "code": row["code"]}
    kept = {name: row[name] for name in ("submission", "code", "severity", "verdict")}
    public = {
        **kept, "attachment": photo, "figures": "{}", "raised_at": _day_text(row["raised_at"]), "reason": "" if row["verdict"] else None,
        "person": names.person(row["person"]), "at": _day_text(row["at"]),
    }  # fmt: skip
    return public, left


def split_statement(one: Statement, names: PublicNames) -> tuple[Statement, Left]:
    """A statement without its note and the name of its paper; the paper's hash stays."""
    public = Statement(
        edition=one.edition, criterion=one.criterion, hamlet=one.hamlet, aspect=one.aspect, number=one.number, outcome=one.outcome,
        level=one.level, value=one.value, stated_on=one.stated_on, document=one.document,
        document_name="(tên không công khai)" if one.document else "", note="", person=names.person(one.person) or "", at=day_of(one.at),
    )  # fmt: skip
    return public, _given({"document_name": one.document_name, "note": one.note, "at": to_text(one.at)})


def form_questions(tree: Mapping[str, Any]) -> dict[str, FormQuestion]:
    """The questions of a form's *tree* by path."""
    return dict(_questions(tree.get("children", ()), tree.get("choices", {})))


def photo_name(number: int) -> str:
    """What a photo is called in its submission: phones write names and times into the names of files."""
    return f"anh-{number:02d}"


def day_of(moment: datetime) -> datetime:
    """The beginning of *moment*'s day in Viet Nam: what is left of a time."""
    return datetime.combine(local_date(moment), time(), VIETNAM)


def _day_text(text: str | None) -> str | None:
    return None if not text else to_text(day_of(datetime.fromisoformat(text)))


def _questions(children: Any, choices: Mapping[str, Any]) -> Iterator[tuple[str, FormQuestion]]:
    for node in children:
        if node["kind"] in {"question", "calculate"}:
            codes = frozenset(str(choice["name"]) for choice in choices.get(node.get("choices") or "", ()))
            yield node["path"], FormQuestion(node["path"].rpartition("/")[2], node.get("type") or "", codes)
        yield from _questions(node.get("children", ()), choices)


def _leaves(form: str, question: FormQuestion, value: Any, counted: AbstractSet[str] | None) -> bool:
    if counted is not None and f"{form}.{question.name}" not in counted:
        return False
    if question.type in _CHOICES:
        return {str(code) for code in (value if isinstance(value, list) else [value])} <= question.choices
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and question.type in _NUMBERS
    return is_number and abs(value) < _MOST and not any(word in question.name for word in _MONEY)


def _round(degrees: float | None, decimals: int) -> float | None:
    return None if degrees is None else round(degrees, decimals)


def _on_ground(fix: Fix | None) -> Fix | None:
    if fix is None:
        return None
    return Fix(round(fix.latitude, GROUND_DECIMALS), round(fix.longitude, GROUND_DECIMALS), fix.accuracy_m)


def _fix_left(fix: Fix | None) -> Left:
    if fix is None:
        return {}
    return {"fix": [fix.latitude, fix.longitude, fix.accuracy_m, fix.altitude_m, None if fix.at is None else to_text(fix.at)]}


def _given(values: Mapping[str, Any]) -> Left:
    return {name: value for name, value in values.items() if value not in (None, "", "{}")}

