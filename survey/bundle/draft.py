"""A bundle before its seal: what its bags hold, kept beside the made files, so that nothing of the store is read again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from survey.bundle.arrange import Arrangement
from survey.bundle.bag import SELF, member_of
from survey.bundle.crate import CrateHead, crate_entities
from survey.bundle.layout import Member, dump
from survey.bundle.names import plain
from survey.bundle.report import editions_text, scope_text
from survey.bundle.spool import Made, Spool
from survey.bundle.verify import LOG_HEAD_LABEL
from survey.domain.canonical import dumps
from survey.domain.evidence import Basis, Evidence, Variant, read_basis


@dataclass(frozen=True)
class BagDraft:
    """One bag: its folder, and where in the draft's blob the list of its members and the crate's entities lie (first byte, size)."""

    folder: str
    members: tuple[int, int]
    entities: tuple[int, int]


@dataclass(frozen=True)
class Draft:
    """Everything that is known before parts are made: *blob* holds all made files, *parts* name what is still to come, in order.

    *about* are the photos that are shown in another form only.
    """

    basis: Basis
    contents: Mapping[str, Any]
    labels: Mapping[str, str]
    crate: CrateHead
    commune_name: str
    about: Sequence[str]
    blob: str
    bags: Sequence[BagDraft]
    parts: Sequence[str]

    def document(self) -> dict[str, object]:
        """The draft as plain JSON values."""
        crate = {name: getattr(self.crate, name) for name in ("name", "description", "published", "identifier", "commune")}
        bags = [{"folder": bag.folder, "members": list(bag.members), "entities": list(bag.entities)} for bag in self.bags]
        return {
            "basis": self.basis.document(), "contents": dict(self.contents), "labels": dict(self.labels), "crate": crate,
            "commune_name": self.commune_name, "about": list(self.about), "blob": self.blob, "bags": bags, "parts": list(self.parts),
        }  # fmt: skip


def read_draft(document: Mapping[str, Any]) -> Draft:
    """The draft behind `Draft.document`."""
    basis = read_basis(document["basis"])
    bags = [BagDraft(bag["folder"], (*bag["members"],), (*bag["entities"],)) for bag in document["bags"]]
    crate = CrateHead(**document["crate"], variant=basis.variant)
    plain_values = (document["commune_name"], document["about"], document["blob"])
    return Draft(basis, document["contents"], document["labels"], crate, *plain_values, bags, document["parts"])


def bundle_name(basis: Basis) -> str:
    """What the bundle's folder and zip are called: commune, date, scope and the first letters of its id."""
    scope = basis.scope
    what = "cong-khai" if basis.variant is Variant.PUBLIC else "minh-chung"
    parts = [what, basis.commune, scope.as_of.strftime("%Y%m%d"), scope.round, scope.criterion, scope.hamlet, basis.id[:8]]
    return "_".join(plain(part) for part in parts if part)


def split(originals: Sequence[Member], bag_bytes: int) -> list[Sequence[Member]]:
    """The photos of each bag: all in one where *bag_bytes* is 0, else none in the first and at most so many bytes in each further one.

    A photo that is larger than a bag gets a bag of its own.
    """
    if not bag_bytes:
        return [originals]
    bags: list[list[Member]] = [[]]
    room = 0
    for photo in originals:
        if photo.size > room:
            bags.append([])
            room = max(bag_bytes, photo.size)
        bags[-1].append(photo)
        room -= photo.size
    return [*bags]


def folders(basis: Basis, count: int) -> list[str]:
    """The folder of each of *count* bags."""
    name = bundle_name(basis)
    return [name] if count == 1 else [f"{name}_{number}-of-{count}" for number in range(1, count + 1)]


def at_home(arrangement: Arrangement, names: Sequence[str], bags: Sequence[Sequence[Member]]) -> Arrangement:
    """*arrangement* with the folder of every photo that lies in another bag than the first."""
    return replace(arrangement, homes={_below(photo): name for name, bag in list(zip(names, bags, strict=True))[1:] for photo in bag})


def originals_of(evidence: Evidence, arrangement: Arrangement) -> list[Member]:
    """The original photos in the report's order, as members of a bag; the public variant has none."""
    if evidence.variant is Variant.PUBLIC:
        return []
    return [
        Member(f"data/{arrangement.photos[photo.submission, photo.name]}", photo.size, photo.crc32, photo.sha256)
        for item in evidence.items
        for photo in evidence.photos.get(item.submission, ())
        if photo.is_original and photo.sha256 is not None
    ]


def add_bags(
    spool: Spool, evidence: Evidence, arrangement: Arrangement, names: Sequence[str], bags: Sequence[Sequence[Member]]
) -> list[BagDraft]:
    """Write down in *spool* what every bag holds: its photos, and in the first one everything that has been made."""
    made = list(spool.files)
    drafts = []
    for number, (name, photos) in enumerate(zip(names, bags, strict=True)):
        members = [*photos, *(member_of(one, f"data/{one.name}") for one in (() if number else made))]
        inside = {_below(member) for member in members}
        if evidence.variant is Variant.PUBLIC:
            inside.update(arrangement.photos.values())  # made by workers, later
        listed = spool.add(f"members-{number}", dump(evidence.scope.as_of, members))
        said = spool.add(f"entities-{number}", _lines(crate_entities(evidence, arrangement, inside.__contains__)))
        drafts.append(BagDraft(name, _place(listed), _place(said)))
    return drafts


def labels_of(evidence: Evidence, basis: Basis) -> dict[str, str]:
    """bag-info.txt, but for what a bag says of its own number and size."""
    commune = evidence.commune
    info = {
        "Source-Organization": f"Xã {commune.name}, {commune.province} ({commune.code})",
        "External-Description": description_of(evidence),
        "External-Identifier": f"urn:uuid:{basis.id}",
        "Bagging-Date": basis.scope.as_of.isoformat(),
        "Bag-Software-Agent": "ntm-field-survey",
        LOG_HEAD_LABEL: f"{basis.head[0]} {basis.head[1]}",
    }
    if basis.variant is Variant.PUBLIC:
        info["Variant"] = "public"
    return {**info, "Demonstration": "true"} if commune.demonstration else info


def crate_head(evidence: Evidence, basis: Basis) -> CrateHead:
    """What the crate says of itself."""
    about = description_of(evidence)
    commune = f"Xã {evidence.commune.name}, {evidence.commune.province}"
    name = f"Hồ sơ minh chứng nông thôn mới {evidence.commune.name}"
    return CrateHead(name, about, basis.scope.as_of.isoformat(), f"urn:uuid:{basis.id}", commune, basis.variant)


def description_of(evidence: Evidence) -> str:
    """What the bundle is, in a sentence."""
    mark = "BẢN TRÌNH DIỄN (demonstration, not real data). " if evidence.commune.demonstration else ""
    public = "Bản công khai. " if evidence.variant is Variant.PUBLIC else ""
    return f"{mark}{public}Hồ sơ minh chứng nông thôn mới: {editions_text(evidence)}; {scope_text(evidence)}"


def resolved(members: Iterable[Member], blob: str) -> Iterator[Member]:
    """*members* of a draft, with those that lie in its own blob found there."""
    for member in members:
        at, _, start = member.source.partition(":")
        yield replace(member, source=f"{blob}:{start}") if at == SELF else member


def _place(made: Made) -> tuple[int, int]:
    return made.start, made.size


def _below(member: Member) -> str:
    return member.path.removeprefix("data/")


def _lines(entities: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    return (f"{dumps(entity)}\n".encode() for entity in entities)
