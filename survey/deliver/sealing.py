"""The second half of making a bundle: every bag is closed with crate, manifests and signature, from the draft and its parts alone."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from survey.bundle.bag import SELF, ClosedBag, Sealing, close_bag, member_of, placed
from survey.bundle.crate import CRATE_PATH, crate_chunks
from survey.bundle.draft import BagDraft, Draft, resolved
from survey.bundle.layout import Layout, Member, dump, lines_of, load
from survey.bundle.seal import SealAbout, tag_files
from survey.bundle.spool import Spool
from survey.deliver.drafting import kept_draft
from survey.deliver.keeping import keep, require_kept
from survey.deliver.public import planned_photos, require_unchanged
from survey.domain.bundles import Bag, Progress, Request
from survey.domain.evidence import Variant
from survey.domain.ports import Survey
from survey.domain.problems import BUNDLE_OUTDATED, Problem
from survey.domain.signing import SigningKey
from survey.store.bundle_requests import lock_made, lock_request, select_parts, update_sealed
from survey.store.bundles import EXPORTED
from survey.store.made_bundles import select_all_erased, upsert_bundle


class Sealer(Protocol):
    """What puts the deployment's name under a bag."""

    @property
    def keys(self) -> tuple[SigningKey, ...]:
        """The key in use, and those before it, the newest first."""

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key in use."""

    def sign(self, message: bytes) -> str:
        """The armoured signature of *message*."""


@dataclass(frozen=True)
class _Closed:
    """All bags of a bundle, and the blob in which what the seal added lies."""

    bags: Sequence[ClosedBag]
    blob: str


def seal(survey: Survey, request: Request, sealer: Sealer) -> None:
    """Close and sign the bags of *request*, whose parts are all made, and log the export. Raises BUNDLE_OUTDATED, PUBLIC_PHOTO_CHANGED."""
    drafted = kept_draft(survey, request.draft or "")
    closed = _close(survey, request, drafted, sealer)
    bags = [_bag(survey, drafted, number, closed) for number in range(1, len(drafted.bags) + 1)]
    basis, now = drafted.basis, survey.now()
    shown = planned_photos(survey, drafted.parts) if basis.variant is Variant.PUBLIC else []
    with survey.transaction() as tx:
        lock_made(tx)
        current = lock_request(tx, request.commune, request.id)
        if current is None or current.state is not Progress.MAKING or current.draft != request.draft:
            return  # withdrawn meanwhile, or another worker was faster
        require_kept(survey, [closed.blob, *_sources(closed), *(bag.layout for bag in bags)])
        if select_all_erased(tx, request.commune) & _photos(closed, drafted):
            raise Problem(BUNDLE_OUTDATED)
        require_unchanged(tx, request.commune, shown)
        upsert_bundle(tx, basis, bags, contents=drafted.contents, signer=sealer.fingerprint, person=request.person, at=now)
        update_sealed(tx, request.commune, request.id, basis.id, now)
        said = {"bundle": basis.id, "head": basis.head[1], "person": request.person, "bags": [bag.tag_manifest for bag in bags]}
        tx.log(request.commune, EXPORTED, said)


def _close(survey: Survey, request: Request, drafted: Draft, sealer: Sealer) -> _Closed:
    with closing(Spool()) as spool:
        bags = [_close_one(survey, request, drafted, number, spool, sealer) for number in range(1, len(drafted.bags) + 1)]
        return _Closed(bags, keep(survey, spool.everything()))


def _close_one(survey: Survey, request: Request, drafted: Draft, number: int, spool: Spool, sealer: Sealer) -> ClosedBag:
    bag, basis = drafted.bags[number - 1], drafted.basis
    listed = load(_piece(survey, drafted, bag.members)).members
    payload = [*resolved(listed, drafted.blob), *(_parts(survey, request, drafted) if number == 1 else ())]
    files = [(member.path.removeprefix("data/"), member.size) for member in payload]
    crate = spool.add(CRATE_PATH, crate_chunks(drafted.crate, files, lambda: _entities(survey, drafted, bag)))
    payload.append(member_of(crate, f"data/{CRATE_PATH}"))
    labels, count = dict(drafted.labels), len(drafted.bags)
    if count > 1:
        labels |= {"Bag-Group-Identifier": f"urn:uuid:{basis.id}", "Bag-Count": f"{number} of {count}"}
    demonstration = labels.get("Demonstration") == "true"
    about = SealAbout(basis.commune, drafted.commune_name, bag.folder, number, count, basis.head, demonstration)
    return close_bag(spool, payload, Sealing(labels, tag_files(sealer.keys, about), sealer.sign))


def _parts(survey: Survey, request: Request, drafted: Draft) -> list[Member]:
    with survey.reading() as reader:
        rows = {row.part: row for row in select_parts(reader, request.commune, request.id)}
    return [
        Member(f"data/{one.name}", one.size, one.crc32, one.sha256, f"{one.blob}:{one.start}")
        for part in dict.fromkeys(drafted.parts)
        for one in rows[part].files
    ]


def _bag(survey: Survey, drafted: Draft, number: int, closed: _Closed) -> Bag:
    bag, basis = closed.bags[number - 1], drafted.basis
    folder, count = drafted.bags[number - 1].folder, len(drafted.bags)
    layout = Layout(basis.scope.as_of, list(placed(bag.members, folder, closed.blob)))
    kept = keep(survey, dump(layout.day, layout.members, drafted.about if number == 1 else ()))
    files = sum(member.path.startswith("data/") for member in bag.members)
    return Bag(basis.commune, basis.id, number, count, f"{folder}.zip", layout.size, files, kept, bag.tag_manifest)


def _sources(closed: _Closed) -> list[str]:
    """The made files in which the bags' members lie, but for that of the seal."""
    sources = {member.source.partition(":")[0] for bag in closed.bags for member in bag.members if member.source}
    return sorted(sources - {SELF})


def _photos(closed: _Closed, drafted: Draft) -> set[str]:
    held = {member.sha256 for bag in closed.bags for member in bag.members if not member.source}
    return held.union(drafted.about)


def _piece(survey: Survey, drafted: Draft, place: tuple[int, int]) -> Iterator[bytes]:
    start, size = place
    return survey.made.read(drafted.blob, start=start, length=size)


def _entities(survey: Survey, drafted: Draft, bag: BagDraft) -> Iterable[bytes]:
    return lines_of(_piece(survey, drafted, bag.entities))
