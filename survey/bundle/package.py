"""A bundle ready to leave: everything made is in the spool, everything else can be read; its content has one hash."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from survey.bundle.answers import add_answers
from survey.bundle.arrange import Arrangement, arrange
from survey.bundle.bag import Original, Preview, bag_chunks
from survey.bundle.foundations import add_foundations
from survey.bundle.names import plain
from survey.bundle.report import add_report, editions_text, scope_text
from survey.bundle.sheets import add_instances, add_log, add_tables
from survey.bundle.spool import Spool
from survey.bundle.verify import LOG_HEAD_LABEL, LOG_PATH
from survey.domain.bundles import PartPlan
from survey.domain.evidence import Basis, Evidence
from survey.domain.ports import Blobs

Maker = Callable[[Spool, Evidence, Arrangement], None]
Planner = Callable[[Evidence, Arrangement], Iterator[PartPlan]]


def _foundations(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    add_foundations(spool, evidence)


def _answers(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    add_answers(spool, evidence)


def _log(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    add_log(spool, evidence, LOG_PATH)


MAKERS: tuple[Maker, ...] = (
    add_tables,
    _foundations,
    _answers,
    add_report,
    add_instances,
    _log,
)
"""What is written of every bundle, in this order: each puts its files into the spool."""

PLANNERS: tuple[Planner, ...] = ()
"""What is left to workers as parts, each a piece by itself."""


@dataclass(frozen=True)
class Package:
    """A prepared bundle: holds a temporary file until `chunks` has ended or `close` is called."""

    evidence: Evidence
    spool: Spool
    originals: tuple[tuple[str, str, int, int], ...]
    previews: Mapping[str, str]

    @property
    def content(self) -> str:
        """SHA-256 over names and hashes of all that is inside: equal for equal content.

        Of a preview the name counts, not its bytes: it is made from its original, which counts.
        """
        lines = [f"{sha256}  {name}" for name, sha256, _, _ in self.originals]
        lines += [f"{made.sha256}  {made.name}" for made in self.spool.files]
        lines += sorted(self.previews.values())
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def files(self) -> int:
        """How many files the payload has."""
        return len(self.originals) + len(self.spool.files) + len(self.previews)

    def chunks(self, basis: Basis, blobs: Blobs) -> Iterator[bytes]:
        """The zip of this package, which is the bundle of *basis*. Raises BLOB_DAMAGED in mid-stream."""
        originals = (Original(name, sha256, crc32, size, partial(blobs.read, sha256)) for name, sha256, crc32, size in self.originals)
        previews = (Preview(name, partial(blobs.read_view, sha256, "thumb")) for sha256, name in self.previews.items())
        return bag_chunks(
            folder_name(basis), basis.scope.as_of, _bag_info(self.evidence, basis), originals=originals, previews=previews, spool=self.spool
        )

    def close(self) -> None:
        """Give the temporary file back."""
        self.spool.close()


def prepare(evidence: Evidence) -> Package:
    """Make everything of a bundle that is not a photo."""
    arrangement = arrange(evidence)
    spool = Spool()
    try:
        for make in MAKERS:
            make(spool, evidence, arrangement)
    except BaseException:
        spool.close()
        raise
    return Package(evidence, spool, _originals(evidence, arrangement), arrangement.previews)


def folder_name(basis: Basis) -> str:
    """The bag's folder and the zip's name: commune, date, scope and the first letters of its id."""
    parts = ["minh-chung", basis.commune, basis.scope.as_of.strftime("%Y%m%d"), basis.scope.criterion, basis.scope.hamlet, basis.id[:8]]
    return "_".join(plain(part) for part in parts if part)


def _originals(evidence: Evidence, arrangement: Arrangement) -> tuple[tuple[str, str, int, int], ...]:
    return tuple(
        (arrangement.photos[photo.submission, photo.name], photo.sha256, photo.crc32, photo.size)
        for item in evidence.items
        for photo in evidence.photos.get(item.submission, ())
        if photo.is_original and photo.sha256 is not None
    )


def _bag_info(evidence: Evidence, basis: Basis) -> dict[str, str]:
    commune = evidence.commune
    mark = "BẢN TRÌNH DIỄN (demonstration, not real data). " if commune.demonstration else ""
    info = {
        "Source-Organization": f"Xã {commune.name}, {commune.province} ({commune.code})",
        "External-Description": f"{mark}Hồ sơ minh chứng nông thôn mới: {editions_text(evidence)}; {scope_text(evidence)}",
        "External-Identifier": f"urn:uuid:{basis.id}",
        "Bagging-Date": basis.scope.as_of.isoformat(),
        "Bag-Software-Agent": "ntm-field-survey",
        LOG_HEAD_LABEL: f"{basis.head[0]} {basis.head[1]}",
    }
    return {**info, "Demonstration": "true"} if commune.demonstration else info
