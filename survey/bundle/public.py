"""What only the public variant holds: the commitments to everything that was left out, and a page that says what that is."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from survey.bundle.arrange import Arrangement
from survey.bundle.spool import Spool
from survey.bundle.tables import csv_chunks
from survey.domain.evidence import Evidence, Publication
from survey.domain.publishing import REASONS_KEPT

COMMITMENTS, NOTICE = "cam-ket.csv", "doc-truoc.txt"
_COLUMNS = ("Giá trị để lại", "Cam kết (SHA-256)")
_TEXT = Path(__file__).parent / "templates" / "doc-truoc.txt"


def add_public(spool: Spool, evidence: Evidence, _arrangement: Arrangement) -> None:
    """Put the commitments and the page into *spool*; nothing in the full variant."""
    if evidence.publication is None:
        return
    rows = (dict(zip(_COLUMNS, pair, strict=True)) for pair in evidence.publication.commitments())
    spool.add(COMMITMENTS, csv_chunks(_COLUMNS, rows))
    spool.add(NOTICE, [_notice(evidence.publication).encode()])


def read_commitments(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Path and commitment of each value in the *lines* of a bundle's table of commitments, ends of lines included."""
    rows = csv.reader(lines)
    next(rows, None)
    return ((row[0], row[1]) for row in rows if len(row) == len(_COLUMNS))


def _notice(publication: Publication) -> str:
    kept = [(vi, en, publication.kept_back[reason]) for reason, (vi, en) in REASONS_KEPT.items() if reason in publication.kept_back]
    return _TEXT.read_text(encoding="utf-8").format(
        photos=len(publication.boxes), kept=sum(many for _, _, many in kept),
        reasons_vi="\n".join(f"- {vi}: {many}" for vi, _, many in kept), reasons_en="\n".join(f"- {en}: {many}" for _, en, many in kept),
    )  # fmt: skip
