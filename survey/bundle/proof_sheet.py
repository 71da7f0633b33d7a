"""What the proof sheet of one verdict says: texts only, in the words of the report; households by their codes alone."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from survey.bundle import words
from survey.bundle.printed import away_words, place_name, record_urn, time_words
from survey.bundle.verdict_views import BasisView, statement_view, verdict_view
from survey.domain.criteria import Edition
from survey.domain.evidence import Item, Photo
from survey.domain.places import Commune, Hamlet
from survey.domain.sites import Site
from survey.domain.statements import Statement
from survey.domain.verdicts import Verdict

_RECORDS = 60  # more never fit beside the rest of a page
_BASES = 4
_SOURCES = 3


@dataclass(frozen=True)
class Proven:
    """A verdict with what it stands on: *items* the newest accepted first, *shown* those to name, *chosen* the photos to show."""

    commune: Commune
    edition: Edition
    verdict: Verdict
    claim: Statement | None
    appraisal: Statement | None
    items: Sequence[Item]
    shown: Sequence[Item]
    photos: Mapping[str, Sequence[Photo]]
    sites: Mapping[str, Site]
    hamlets: Sequence[Hamlet]
    people: Mapping[str, str]
    head: tuple[int, str]
    chosen: Sequence[tuple[Item, Photo]]


def proof_data(proven: Proven) -> dict[str, Any]:
    """The data of the page, plain JSON."""
    verdict, commune = proven.verdict, proven.commune
    view = verdict_view(verdict, "", proven.people)
    names = {hamlet.id: hamlet.name for hamlet in proven.hamlets}
    place = f"Xã {commune.name}" if verdict.hamlet is None else f"{place_name(names, verdict.hamlet)}, xã {commune.name}"
    told = (verdict.stated, proven.claim, proven.appraisal)
    stated, claim, appraisal = (one and asdict(one) for one in (statement_view(said, proven.people) for said in told))
    head = (str(proven.head[0]), proven.head[1])
    decisive = sorted(view.basis, key=lambda one: not one.decides)
    return {
        "commune": f"{commune.province} ({commune.code})", "demonstration": commune.demonstration, "place": place,
        "edition": proven.edition.title.vi, "history": verdict.history, "criterion": f"{verdict.criterion} · {verdict.title.vi}",
        "as_of": words.day(verdict.as_of), "css": view.css, "word": view.word, "informs": view.informs, "reasons": list(view.reasons),
        "stated": stated, "claim": claim, "appraisal": appraisal,
        "basis": [_basis(one) for one in decisive[:_BASES]], "more_basis": max(0, len(decisive) - _BASES),
        "head_seq": proven.head[0], "head_hash": proven.head[1],
        "head_text": " ".join((commune.code, *head, verdict.edition, verdict.criterion, verdict.hamlet or "")),
        "records": [_record(proven, item) for item in proven.shown[:_RECORDS]], "record_count": len(proven.items),
        "photos": [_photo(proven, names, item, photo) for item, photo in proven.chosen],
        "photo_count": sum(photo.is_original for item in proven.items for photo in proven.photos.get(item.submission, ())),
    }  # fmt: skip


def _basis(one: BasisView) -> dict[str, Any]:
    plain = (
        "title", "decides", "value", "range", "interval", "age", "limit", "valid", "status", "fraction", "coverage", "left_out", "unknown",
        "visits", "submissions", "digest", "reason",
    )  # fmt: skip
    return {name: getattr(one, name) for name in plain} | {"sources": [source.text for source in one.sources[:_SOURCES]]}


def _record(proven: Proven, item: Item) -> dict[str, str]:
    return {
        "code": item.code, "site": proven.sites[item.site].code, "captured": words.moment(item.captured_at),
        "accepted": words.moment(item.accepted_at), "by": proven.people.get(item.accepted_by or "", item.accepted_by or "–"),
        "xml": item.instance_sha256[:12],
    }  # fmt: skip


def _photo(proven: Proven, names: Mapping[str, str], item: Item, photo: Photo) -> dict[str, str]:
    site = proven.sites[item.site]
    away = away_words(site, photo.fix or item.fix)
    return {
        "sha256": photo.sha256 or "", "site": site.code, "hamlet": place_name(names, item.hamlet), "away": away, "code": item.code,
        "time": time_words(item, photo), "urn": record_urn(item),
    }  # fmt: skip
