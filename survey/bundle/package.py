"""What a bundle is made of: the makers, each of which writes some of its files, and the planners of what is left to workers."""

from collections.abc import Callable, Iterator

from survey.bundle.answers import add_answers
from survey.bundle.arrange import Arrangement
from survey.bundle.dossier_files import add_dossier
from survey.bundle.foundations import add_foundations
from survey.bundle.geopackage import add_geopackage
from survey.bundle.index import add_index
from survey.bundle.kml import add_kml
from survey.bundle.printed import plan_printed
from survey.bundle.public import add_public
from survey.bundle.public_photos import plan_public_photos
from survey.bundle.report import add_report
from survey.bundle.sheets import add_instances, add_log, add_tables
from survey.bundle.spool import Spool
from survey.bundle.verify import LOG_PATH
from survey.bundle.workbook import add_workbook
from survey.domain.bundles import PartKind, PartPlan
from survey.domain.evidence import Evidence

Maker = Callable[[Spool, Evidence, Arrangement], None]
Planner = Callable[[Evidence, Arrangement], Iterator[PartPlan]]


def _foundations(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    add_foundations(spool, evidence)


def _answers(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    add_answers(spool, evidence)


def _previews(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    for sha256, name in arrangement.previews.items():
        content = evidence.thumb(sha256)
        if content is not None:
            spool.add(name, [content])


def _report(spool: Spool, evidence: Evidence, arrangement: Arrangement) -> None:
    """The pages, after everything else, since the first of them names it all; what workers print later is known by its plan."""
    printed = [name for plan in plans(evidence, arrangement) if plan.kind is PartKind.PDF for name in plan.names]
    add_report(spool, evidence, arrangement, parts=printed)


def _log(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    add_log(spool, evidence, LOG_PATH)


MAKERS: tuple[Maker, ...] = (
    add_tables,
    _foundations,
    _answers,
    _previews,
    add_instances,
    add_index,
    add_workbook,
    add_geopackage,
    add_kml,
    _log,
    add_dossier,
    add_public,
    _report,
)
"""What is written of every bundle, in this order: each puts its files into the spool."""

PLANNERS: tuple[Planner, ...] = (plan_printed, plan_public_photos)
"""What is left to workers as parts, each a piece by itself."""


def plans(evidence: Evidence, arrangement: Arrangement) -> list[PartPlan]:
    """Every piece that is left to workers, in order."""
    return [plan for planner in PLANNERS for plan in planner(evidence, arrangement)]
