"""The public variant on its way: evidence is published, its photos are rebuilt, and what was left out can be proved later."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from survey.domain.bundles import PartKind, PartPlan
from survey.domain.commitments import bundle_secret
from survey.domain.evidence import Evidence
from survey.domain.ports import Reader, Survey
from survey.domain.privacy import Box
from survey.domain.problems import PREVIEW_MISSING, PUBLIC_PHOTO_CHANGED, Problem
from survey.domain.publishing import Permissions, publish
from survey.photos.covering import cover
from survey.store.bundle_requests import read_plan
from survey.store.publishing import select_consents, select_public_boxes, select_submissions_of
from survey.store.secrets import shared_secret

_KEY = "commitments"


def secret_of(survey: Survey, bundle: str) -> bytes:
    """What the salts of *bundle* are made from; the deployment's own key is made when it is needed first."""
    return bundle_secret(shared_secret(survey, _KEY), bundle)


def permissions_of(reader: Reader, evidence: Evidence) -> Permissions:
    """What people have decided about publishing *evidence*, at the reader's moment, whatever day the evidence is of."""
    commune = evidence.commune.code
    hashes = {photo.sha256 for group in evidence.photos.values() for photo in group if photo.is_original and photo.sha256 is not None}
    consents, refused = select_consents(reader, commune)
    return Permissions(select_public_boxes(reader, commune, sorted(hashes)), consents, refused)


def published(survey: Survey, reader: Reader, evidence: Evidence, secret: bytes) -> Evidence:
    """The public variant of *evidence*, which *reader* gave; *secret* is that of the bundle it becomes (`secret_of`)."""
    permissions = permissions_of(reader, evidence)
    return publish(evidence, secret, permissions, lambda sha256: _small(survey, sha256, permissions.covers[sha256]))


def make_photos(survey: Survey, commune: str, plan: PartPlan) -> Iterator[Iterable[bytes]]:
    """The files of a PHOTOS *plan* in the order of its names: each photo anew from its preview's pixels, covered.

    Raises PUBLIC_PHOTO_CHANGED where a person has decided otherwise since it was planned: what is more covered wins, and the bundle
    is begun again.
    """
    photos = plan.data["photos"]
    with survey.reading() as reader:
        _require_covers(reader, commune, photos)
    for photo in photos:
        preview = survey.blobs.read_view(photo["sha256"], "preview")
        if preview is None:
            raise Problem(PUBLIC_PHOTO_CHANGED)
        yield [cover(preview, _boxes(photo))]


def planned_photos(survey: Survey, specifications: Iterable[str]) -> list[Mapping[str, Any]]:
    """The photos of all parts that were made from the blobs *specifications* of a public bundle."""
    plans = (read_plan(json.loads(b"".join(survey.made.read(blob)))) for blob in specifications)
    return [photo for plan in plans if plan.kind is PartKind.PHOTOS for photo in plan.data["photos"]]


def require_unchanged(reader: Reader, commune: str, photos: Sequence[Mapping[str, Any]]) -> None:
    """Raise PUBLIC_PHOTO_CHANGED unless every one of the planned *photos* may leave just as it was planned.

    Asked before the seal: what is covered, erased or refused while photos are made must not be in a bundle that anybody gets.
    """
    _require_covers(reader, commune, photos)
    _consents, refused = select_consents(reader, commune)
    if refused and select_submissions_of(reader, commune, sorted(refused)) & {photo["submission"] for photo in photos}:
        raise Problem(PUBLIC_PHOTO_CHANGED)


def _require_covers(reader: Reader, commune: str, photos: Sequence[Mapping[str, Any]]) -> None:
    now = select_public_boxes(reader, commune, sorted({photo["sha256"] for photo in photos}))
    if any(now.get(photo["sha256"]) != _boxes(photo) for photo in photos):
        raise Problem(PUBLIC_PHOTO_CHANGED)


def _boxes(photo: Mapping[str, Any]) -> tuple[Box, ...]:
    return tuple(Box(*box) for box in photo["boxes"])


def _small(survey: Survey, sha256: str, boxes: tuple[Box, ...]) -> bytes | None:
    """The small view, covered: the margin around each box is wider than what making a picture small spreads."""
    thumb = survey.blobs.read_view(sha256, "thumb")
    if thumb is None:
        return None
    try:
        return cover(thumb, boxes)
    except Problem as problem:
        if problem.kind is PREVIEW_MISSING:
            return None
        raise
