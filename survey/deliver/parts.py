"""The pieces of a bundle that workers make one by one: which function makes which kind."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from survey.deliver.printing import make_pdf
from survey.deliver.public import make_photos
from survey.domain.bundles import PartKind, PartPlan
from survey.domain.ports import Survey

PartMaker = Callable[[Survey, str, PartPlan], Iterator[Iterable[bytes]]]

PART_MAKERS: Mapping[PartKind, PartMaker] = {PartKind.PDF: make_pdf, PartKind.PHOTOS: make_photos}
"""For each kind of part the function that makes it: the bytes of each file that its plan names, in that order."""


def make_part(survey: Survey, commune: str, plan: PartPlan) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files of one part, each as its name below `data/` and its bytes; equal plans give equal bytes."""
    return zip(plan.names, PART_MAKERS[plan.kind](survey, commune, plan), strict=True)
