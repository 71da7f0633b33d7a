"""What people take away: the list of bundles, their zips, and any byte range of one."""

from collections.abc import Iterator
from datetime import timedelta

from survey.bundle.layout import Layout, Member, load
from survey.deliver.asking import reads
from survey.deliver.keeping import is_whole
from survey.domain.bundles import Bag
from survey.domain.evidence import Variant
from survey.domain.people import Ability, Actor
from survey.domain.ports import Survey
from survey.domain.problems import (
    BUNDLE_DROPPED,
    BUNDLE_OUTDATED,
    BUNDLE_UNKNOWN,
    FILE_UNKNOWN,
    NOT_ALLOWED,
    PUBLIC_PHOTO_OUTDATED,
    Problem,
    ProblemKind,
)
from survey.store.bundles import DOWNLOADED
from survey.store.erasures import select_erased
from survey.store.made_bundles import (
    MadeBundle,
    select_all_erased,
    select_bundle,
    select_bundles,
    select_download,
    update_downloaded,
    upsert_download,
)
from survey.store.publishing import select_unpublishable_since

_SAME = timedelta(hours=1)  # our own choice: a cut download is taken up again within it; whoever comes later may be another visit


def bundles(survey: Survey, actor: Actor, limit: int = 20) -> list[MadeBundle]:
    """The bundles that *actor* may have, of the newest *limit*; those of an older release or without files too. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_EVIDENCE)
    with survey.reading() as reader:
        newest = select_bundles(reader, actor.commune, limit=limit)
    return [made for made in newest if reads(actor, made.basis.scope)]


def find_bundle(survey: Survey, actor: Actor, bundle: str) -> MadeBundle:
    """One bundle. Raises NOT_ALLOWED, BUNDLE_UNKNOWN."""
    actor.require(Ability.SEE_EVIDENCE)
    with survey.reading() as reader:
        made = select_bundle(reader, actor.commune, bundle)
    if made is None:
        raise Problem(BUNDLE_UNKNOWN, id=bundle)
    if not reads(actor, made.basis.scope):
        raise Problem(NOT_ALLOWED, ability=Ability.SEE_EVIDENCE.value)
    return made


def find_bag(survey: Survey, actor: Actor, bundle: str, number: int = 1) -> Bag:
    """One zip of a bundle. Raises NOT_ALLOWED, BUNDLE_UNKNOWN, and BUNDLE_DROPPED where its files are no longer here."""
    made = find_bundle(survey, actor, bundle)
    if not made.is_here:
        raise Problem(BUNDLE_DROPPED, id=bundle)
    found = next((bag for bag in made.bags if bag.number == number), None)
    if found is None:
        raise Problem(BUNDLE_UNKNOWN, id=f"{bundle}/{number}")
    return found


def read(survey: Survey, actor: Actor, bag: Bag, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """The bytes of a zip from *start* up to *stop*, the end where None; every file is hashed again as it passes.

    A download is logged once: what the same person asks for of the same zip within `_SAME` goes on with it. At once it raises NOT_ALLOWED,
    BUNDLE_UNKNOWN, BUNDLE_DROPPED, BUNDLE_OUTDATED where a photo was erased since, PUBLIC_PHOTO_OUTDATED where one was covered anew;
    BLOB_DAMAGED and BUNDLE_OUTDATED while chunks are taken.
    """
    made = find_bundle(survey, actor, bag.bundle)
    layout = kept_layout(survey, bag)
    outdated = why_outdated(survey, made, layout)
    if outdated is not None:
        raise Problem(outdated)
    with survey.reading() as reader:
        begun = select_download(reader, bag, actor.person)
    if begun is None or not timedelta() <= survey.now() - begun < _SAME:
        _begin(survey, actor, bag)
    return layout.read(start, layout.size if stop is None else stop, lambda member: _source(survey, bag, member))


def _begin(survey: Survey, actor: Actor, bag: Bag) -> None:
    with survey.transaction() as tx:
        if not update_downloaded(tx, bag, survey.now()):
            raise Problem(BUNDLE_DROPPED, id=bag.bundle)
        upsert_download(tx, bag, actor.person, survey.now())
        tx.log(bag.commune, DOWNLOADED, {"bundle": bag.bundle, "bag": bag.number, "person": actor.person})


def kept_layout(survey: Survey, bag: Bag) -> Layout:
    """Where everything lies in a zip. Raises BUNDLE_DROPPED."""
    if not is_whole(survey, bag.layout):
        raise Problem(BUNDLE_DROPPED, id=bag.bundle)
    return load(survey.made.read(bag.layout))


def _source(survey: Survey, bag: Bag, member: Member) -> Iterator[bytes]:
    if member.source:
        blob, _, start = member.source.partition(":")
        yield from survey.made.read(blob, start=int(start), length=member.size)
        return
    try:
        yield from survey.blobs.read(member.sha256)
    except Problem as problem:
        if problem.kind is FILE_UNKNOWN and _is_erased(survey, bag, member.sha256):
            raise Problem(BUNDLE_OUTDATED) from problem
        raise


def _is_erased(survey: Survey, bag: Bag, sha256: str) -> bool:
    with survey.reading() as reader:
        return select_erased(reader, bag.commune, sha256) is not None


def why_outdated(survey: Survey, made: MadeBundle, layout: Layout) -> ProblemKind | None:
    """Why nobody may have the zip any more, None where nothing speaks against it.

    BUNDLE_OUTDATED where a photo that it holds or shows was erased since; in a public one PUBLIC_PHOTO_OUTDATED where a photo may no
    longer leave as it does here.
    """
    commune = made.basis.commune
    is_public = made.basis.variant is Variant.PUBLIC
    with survey.reading() as reader:
        erased = select_all_erased(reader, commune)
        decided = select_unpublishable_since(reader, commune, made.read_at) if is_public else set()
    if erased and erased & layout.photos:
        return BUNDLE_OUTDATED
    return PUBLIC_PHOTO_OUTDATED if decided and decided & layout.photos else None
