"""Parts of the printed report, made by workers one by one: photos come from their previews, made small, one after the other."""

from collections.abc import Iterable, Iterator

from survey.domain.bundles import PartPlan
from survey.domain.ports import Survey
from survey.domain.problems import PREVIEW_MISSING, Problem
from survey.paper.evidence import make_printed
from survey.photos.printing import print_copy


def make_pdf(survey: Survey, _commune: str, plan: PartPlan) -> Iterator[Iterable[bytes]]:
    """The one file of a PDF *plan*. A photo whose view is gone is a box with its name. Raises PRINT_UNFINISHED: it is tried again."""
    yield [make_printed(plan.data, lambda sha256: _small(survey, sha256))]


def _small(survey: Survey, sha256: str) -> bytes | None:
    preview = survey.blobs.read_view(sha256, "preview")
    if preview is None:
        return None
    try:
        return print_copy(preview)
    except Problem as problem:
        if problem.kind is PREVIEW_MISSING:
            return None
        raise
