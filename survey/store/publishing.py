"""What people decided about publishing: covers of photos, and what the people of a place said to being photographed."""

import json
from collections.abc import Sequence

from survey.domain.ports import Reader
from survey.domain.privacy import Box, boxes_of
from survey.domain.submissions import Consent

_PORTION = 400  # keys in one question: well below any engine's limit of parameters


def select_public_boxes(reader: Reader, commune: str, photos: Sequence[str]) -> dict[str, tuple[Box, ...]]:
    """The boxes of those of *photos* (hashes) at which somebody of *commune* has looked and that are not erased.

    Of other communes with the same bytes the boxes count too: what one of them covered is covered.
    """
    looked: dict[str, bool] = {}
    boxes: dict[str, tuple[Box, ...]] = {}
    for start in range(0, len(photos), _PORTION):
        names = {f"key{number}": sha256 for number, sha256 in enumerate(photos[start : start + _PORTION])}
        for row in reader.rows(
            "SELECT c.commune, c.sha256, c.boxes FROM cover c JOIN blob b ON b.commune = :commune AND b.sha256 = c.sha256"
            " AND b.erased_at IS NULL AND b.views = 'ready' WHERE c.number = (SELECT MAX(x.number) FROM cover x"
            " WHERE x.commune = c.commune AND x.sha256 = c.sha256)"
            f" AND c.sha256 IN ({', '.join(f':{name}' for name in names)}) ORDER BY c.sha256, c.commune",
            commune=commune,
            **names,
        ):
            boxes[row["sha256"]] = (*boxes.get(row["sha256"], ()), *boxes_of(json.loads(row["boxes"])))
            looked[row["sha256"]] = looked.get(row["sha256"], False) or row["commune"] == commune
    return {sha256: found for sha256, found in boxes.items() if looked[sha256]}


def select_consents(reader: Reader, commune: str) -> tuple[dict[str, Consent], frozenset[str]]:
    """What was said, by submission, and the sites whose newest answer, whatever became of the submission, is a refusal."""
    said: dict[str, Consent] = {}
    newest: dict[str, Consent] = {}
    for row in reader.stream(
        "SELECT submission, site, consent FROM submission WHERE commune = :commune AND consent IS NOT NULL"
        " ORDER BY captured_at, received_at, submission",
        commune=commune,
    ):
        said[row["submission"]] = Consent(row["consent"])
        if row["site"] is not None and row["consent"] != Consent.ABSENT:
            newest[row["site"]] = Consent(row["consent"])
    return said, frozenset(site for site, consent in newest.items() if consent is Consent.REFUSED)
