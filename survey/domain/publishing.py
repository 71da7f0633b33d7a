"""The public variant of evidence: what anybody may see, and a commitment to every value that anybody may not (DESIGN 2.9, 2.10).

Pure: which photos may leave has been decided by people (`Permissions`), what leaves of a record is decided in withholding.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from survey.domain.collation import sort_key
from survey.domain.commitments import commitment, number_of, salt_of, without_body
from survey.domain.evidence import Evidence, Item, LeftOut, Photo, Publication, Variant
from survey.domain.privacy import Box
from survey.domain.public_names import PublicNames, public_names
from survey.domain.rules import RuleEntry
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import Consent, State
from survey.domain.times import to_text
from survey.domain.verdicts import Verdict
from survey.domain.withholding import (
    FormQuestion,
    Left,
    day_of,
    form_questions,
    photo_name,
    split_answers,
    split_flag,
    split_item,
    split_photo,
    split_review,
    split_site,
    split_statement,
)

NO_CONSENT, NOT_LOOKED_AT, NO_VIEW = "no_consent", "not_looked_at", "no_view"
REASONS_KEPT = {
    NO_CONSENT: ("người dân chưa đồng ý cho chụp ảnh, hoặc đã từ chối", "the people of the place have not agreed to photos, or refused"),
    NOT_LOOKED_AT: ("chưa có ai xem để che mặt, biển số", "nobody has looked for faces and plates to cover yet"),
    NO_VIEW: ("ảnh chưa có bản xem", "the photo has no view yet"),
}
"""Why a photo stays inside, in Vietnamese and English; of a photo with several reasons the first counts."""


@dataclass(frozen=True)
class Permissions:
    """What people decided: what is covered on the photos that somebody looked at, and what the people of a place said.

    *covers* are the boxes by a photo's hash, *consents* the answers by submission; *refused* are the ids of sites whose newest answer
    is a refusal: of such a household nothing leaves but that the register has it and that it counts.
    """

    covers: Mapping[str, tuple[Box, ...]]
    consents: Mapping[str, Consent | None]
    refused: frozenset[str]


def publish(evidence: Evidence, secret: bytes, permissions: Permissions, thumb: Callable[[str], bytes | None]) -> Evidence:
    """The public variant of *evidence* under the bundle's *secret*; *thumb* gives small views that are covered already."""
    return _Publisher(evidence, secret, permissions).publish(thumb)


def left_out(evidence: Evidence, secret: bytes, permissions: Permissions) -> Iterator[tuple[str, object]]:
    """Path and value of everything that `publish` leaves out; what is large is read piece by piece."""
    return _Publisher(evidence, secret, permissions).left_out()


class _Publisher:
    def __init__(self, evidence: Evidence, secret: bytes, permissions: Permissions) -> None:
        self._evidence = evidence
        self._secret = secret
        self._permissions = permissions
        deciders = {str(row["person"]) for row in evidence.reviews(evidence.items)}
        deciders |= {str(row["person"]) for row in evidence.flags(evidence.items) if row["person"]}
        self._names: PublicNames = public_names(evidence, secret, deciders)
        self._hamlets = {hamlet.id: number for number, hamlet in enumerate(evidence.hamlets)}
        self._ordered = sorted(evidence.sites.values(), key=self._rank)
        self._items = self._in_order()
        self._forms: dict[tuple[str, str], dict[str, FormQuestion]] = {key: form_questions(tree) for key, tree in evidence.forms.items()}
        self._counted = frozenset(subject.name for edition in evidence.editions for subject in edition.subjects if not subject.is_attribute)
        self._barred = {
            photo.sha256 for item in evidence.items if not self._agreed(item) for photo in evidence.photos.get(item.submission, ())
        }

    def publish(self, thumb: Callable[[str], bytes | None]) -> Evidence:
        evidence = self._evidence
        photos, kept_back = self._photos()
        leaving = {photo.sha256 for group in photos.values() for photo in group if photo.sha256 is not None}
        boxes = {sha256: self._permissions.covers[sha256] for sha256 in sorted(leaving)}
        sites = [self._site(site)[0] for site in self._ordered]
        return Evidence(
            commune=evidence.commune, scope=evidence.scope, head=evidence.head, editions=evidence.editions,
            edition_documents=evidence.edition_documents, hamlets=evidence.hamlets, sites={site.id: site for site in sites},
            items=[self._item(item)[0] for item in self._items.values()], photos=photos,
            left_out=_merged(evidence.left_out), verdicts=[self._verdict(verdict) for verdict in evidence.verdicts],
            entries=[(edition, self._entry(entry)[0]) for edition, entry in evidence.entries],
            statements=[split_statement(one, self._names)[0] for one in evidence.statements],
            forms=evidence.forms, people=self._names.labels, answers=self._answers, instances=lambda _items: iter(()),
            reviews=self._reviews, flags=self._flags, events=lambda: (without_body(event) for event in evidence.events()),
            thumb=lambda sha256: thumb(sha256) if sha256 in boxes else None, variant=Variant.PUBLIC,
            publication=Publication(boxes, kept_back, self._commitments),
        )  # fmt: skip

    def left_out(self) -> Iterator[tuple[str, object]]:
        evidence, names = self._evidence, self._names
        items = list(self._items.values())
        for site in self._ordered:
            yield from _under(f"doi-tuong/{names.sites[site.id]}", self._site(site)[1])
        for item in items:
            yield from self._left_of_item(item)
        for item, answers in evidence.answers(items):
            yield from _under(f"bai-nop/{item.code}/tra-loi", self._split_answers(item, answers)[1])
        for row in evidence.reviews(items):
            yield from _under(f"duyet/{self._code(row)}/{row['number']}", split_review(row, names)[1])
        for row in evidence.flags(items):
            # The flag's code would tell what the people of a place said: a number stands for it.
            number = number_of(self._secret, "flag", f"{row['submission']}\n{row['attachment']}\n{row['code']}")
            yield from _under(f"canh-bao/{self._code(row)}/{number:016x}", self._split_flag(row)[1])
        for one in evidence.statements:
            key = f"xac-nhan/{one.edition}/{one.criterion}/{one.hamlet or 'xa'}/{one.aspect}/{one.number}"
            yield from _under(key, split_statement(one, names)[1])
        for edition, entry in evidence.entries:
            yield from _under(f"quy-dinh/{edition}/{entry.number}", self._entry(entry)[1])
        for number, group in enumerate(evidence.left_out, 1):
            yield from _under(f"khong-tinh/{group.state}/{number}", {"reason": [group.reason, group.count]} if group.reason else {})
        for public, person in sorted((public, person) for person, public in names.people.items()):
            yield from _under(f"nguoi/{public}", {"name": evidence.people.get(person, ""), "id": person})

    def _commitments(self) -> Iterator[tuple[str, str]]:
        return ((path, commitment(salt_of(self._secret, path), value)) for path, value in self.left_out())

    def _agreed(self, item: Item) -> bool:
        """Whether the people of the place let its photos be shown: at a home they said so, nowhere did they refuse."""
        consent = self._permissions.consents.get(item.submission)
        is_home = self._evidence.sites[item.site].kind is SiteKind.HOUSEHOLD
        return (consent is Consent.GIVEN if is_home else consent is not Consent.REFUSED) and item.site not in self._permissions.refused

    def _site(self, site: Site) -> tuple[Site, Left]:
        return split_site(site, self._names.sites[site.id], hidden=self._is_hidden(site))

    def _is_hidden(self, site: Site) -> bool:
        return site.kind is SiteKind.HOUSEHOLD and site.id in self._permissions.refused

    def _rank(self, site: Site) -> tuple[int, str, str]:
        # The register's order is that of people's given names: it would tell them.
        order = self._hamlets
        return order.get(site.hamlet or "", len(order)), site.hamlet or "", sort_key(self._names.sites[site.id])

    def _in_order(self) -> dict[str, Item]:
        """The true items by submission, in the public order: hamlet, public code, form, day."""
        places = {site.id: number for number, site in enumerate(self._ordered)}
        ranked = sorted(self._evidence.items, key=lambda item: (places[item.site], item.form, day_of(item.captured_at), item.code))
        return {item.submission: item for item in ranked}

    def _item(self, item: Item) -> tuple[Item, Left]:
        return split_item(item, self._evidence.sites[item.site], self._names)

    def _photos(self) -> tuple[dict[str, list[Photo]], dict[str, int]]:
        public: dict[str, list[Photo]] = {}
        kept_back = dict.fromkeys(REASONS_KEPT, 0)
        for item in self._items.values():
            for number, photo in enumerate(self._evidence.photos.get(item.submission, ()), 1):
                reason = self._kept_back(photo)
                public.setdefault(item.submission, []).append(self._split_photo(item, photo, number)[0])
                if photo.is_original and reason is not None:
                    kept_back[reason] += 1
        return public, {reason: many for reason, many in kept_back.items() if many}

    def _kept_back(self, photo: Photo) -> str | None:
        """Why *photo* stays inside; None where it leaves. The same picture stays everywhere if it must stay anywhere."""
        if photo.sha256 in self._barred:
            return NO_CONSENT
        if photo.sha256 not in self._permissions.covers:
            return NOT_LOOKED_AT
        return None if photo.has_preview else NO_VIEW

    def _split_photo(self, item: Item, photo: Photo, number: int) -> tuple[Photo, Left]:
        asked = frozenset(name for path, question in self._asked(item).items() for name in (path, question.name))
        leaves = photo.is_original and self._kept_back(photo) is None
        return split_photo(photo, number, self._evidence.sites[item.site], asked, leaves=leaves)

    def _left_of_item(self, item: Item) -> Iterator[tuple[str, object]]:
        consent = self._permissions.consents.get(item.submission)
        yield from _under(f"bai-nop/{item.code}", {**self._item(item)[1], "consent": consent and consent.value})
        for number, photo in enumerate(self._evidence.photos.get(item.submission, ()), 1):
            yield from _under(f"bai-nop/{item.code}/{photo_name(number)}", self._split_photo(item, photo, number)[1])

    def _asked(self, item: Item) -> Mapping[str, FormQuestion]:
        return self._forms.get((item.form, item.form_version), {})

    def _split_answers(self, item: Item, answers: Mapping[str, Any]) -> tuple[dict[str, Any], Left]:
        site = self._evidence.sites[item.site]
        counted = self._counted if site.kind is SiteKind.HOUSEHOLD else None
        return split_answers(item.form, self._asked(item), answers, frozenset() if self._is_hidden(site) else counted)

    def _answers(self, wanted: Sequence[Item]) -> Iterator[tuple[Item, Mapping[str, Any]]]:
        public = {item.submission: item for item in wanted}
        for item, answers in self._evidence.answers(self._behind(wanted)):
            yield public[item.submission], self._split_answers(item, answers)[0]

    def _reviews(self, wanted: Sequence[Item]) -> Iterator[Mapping[str, object]]:
        return (split_review(row, self._names)[0] for row in self._evidence.reviews(self._behind(wanted)))

    def _flags(self, wanted: Sequence[Item]) -> Iterator[Mapping[str, object]]:
        rows = (self._split_flag(row)[0] for row in self._evidence.flags(self._behind(wanted)))
        return (row for row in rows if row is not None)

    def _split_flag(self, row: Mapping[str, Any]) -> tuple[dict[str, object] | None, Left]:
        photos = self._evidence.photos.get(row["submission"], ())
        numbers = dict(zip((photo.name for photo in photos), count(1), strict=False))
        number = numbers.get(row["attachment"])
        return split_flag(row, self._names, "" if number is None else photo_name(number))

    def _behind(self, wanted: Sequence[Item]) -> list[Item]:
        return [self._items[item.submission] for item in wanted]

    def _code(self, row: Mapping[str, Any]) -> str:
        return self._items[row["submission"]].code

    def _verdict(self, verdict: Verdict) -> Verdict:
        stated = verdict.stated
        return verdict if stated is None else replace(verdict, stated=split_statement(stated, self._names)[0])

    def _entry(self, entry: RuleEntry) -> tuple[RuleEntry, Left]:
        public = replace(entry, reason="", person=self._names.person(entry.person) or "", at=day_of(entry.at))
        return public, {"reason": entry.reason, "at": to_text(entry.at)}


def _under(path: str, values: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    return ((f"{path}/{name}", value) for name, value in values.items())


def _merged(groups: Sequence[LeftOut]) -> list[LeftOut]:
    counts: dict[State, int] = {}
    for group in groups:
        counts[group.state] = counts.get(group.state, 0) + group.count
    return [LeftOut(state, "", many) for state, many in counts.items()]
