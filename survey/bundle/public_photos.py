"""Photos of the public variant: planned in portions, each of them named with the boxes that cover it at this moment."""

from collections.abc import Iterator

from survey.bundle.arrange import Arrangement
from survey.domain.bundles import PartKind, PartPlan
from survey.domain.evidence import Evidence
from survey.domain.privacy import boxes_to_list

PORTION = 100  # photos of one part: some seconds of work, so that a worker that is stopped loses little


def plan_public_photos(evidence: Evidence, arrangement: Arrangement) -> Iterator[PartPlan]:
    """The photos that leave, in the report's order; none in the full variant.

    The boxes stand in the plan: a photo that is covered anew is another part, and a part made before is not taken for it.
    """
    if evidence.publication is None:
        return
    boxes = evidence.publication.boxes
    named = [
        (arrangement.photos[photo.submission, photo.name], photo.submission, photo.sha256)
        for item in evidence.items
        for photo in evidence.photos.get(item.submission, ())
        if photo.is_original and photo.sha256 is not None
    ]
    for start in range(0, len(named), PORTION):
        portion = named[start : start + PORTION]
        photos = [{"submission": key, "sha256": sha256, "boxes": boxes_to_list(boxes[sha256])} for _, key, sha256 in portion]
        title = f"Ảnh công khai {start + 1}–{start + len(portion)}"
        yield PartPlan(PartKind.PHOTOS, title, tuple(name for name, _, _ in portion), {"photos": photos})
