"""What people decided about publishing: covers of photos, and what the people of a place said to being photographed."""

import json
from collections.abc import Sequence
from datetime import datetime

from survey.domain.ports import Reader
from survey.domain.privacy import Box, boxes_of
from survey.domain.submissions import Consent
from survey.domain.times import to_text

_PORTION = 400  # keys in one question: well below any engine's limit of parameters


_OFFICE = (
    "SELECT c.site, c.said, c.at FROM consent_record c WHERE c.commune = :commune AND c.number ="
    " (SELECT MAX(n.number) FROM consent_record n"
    " WHERE n.commune = c.commune AND n.site = c.site)"
)


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
    """What was said, by submission, and the sites whose newest answer, at a visit or later at the office, is a refusal.

    A visit comes after what was said at the office only where it was both captured and received after it: no phone's clock undoes that.
    """
    said: dict[str, Consent] = {}
    newest: dict[str, Consent] = {}
    office = {row["site"]: row for row in reader.rows(_OFFICE, commune=commune)}
    for row in reader.stream(
        "SELECT submission, site, consent, captured_at, received_at FROM submission WHERE commune = :commune AND consent IS NOT NULL"
        " ORDER BY captured_at, received_at, submission",
        commune=commune,
    ):
        said[row["submission"]] = Consent(row["consent"])
        if row["site"] is not None and row["consent"] != Consent.ABSENT:
            said_there = office.get(row["site"])
            if said_there is None or min(row["captured_at"], row["received_at"]) > said_there["at"]:
                newest[row["site"]] = Consent(row["consent"])
    for site, row in office.items():
        newest.setdefault(site, Consent.REFUSED if row["said"] == "withdrawn" else Consent.GIVEN)
    return said, frozenset(site for site, consent in newest.items() if consent is Consent.REFUSED)


def select_submissions_of(reader: Reader, commune: str, sites: Sequence[str]) -> set[str]:
    """The ids of every submission about one of *sites*."""
    found: set[str] = set()
    for start in range(0, len(sites), _PORTION):
        names = {f"key{number}": site for number, site in enumerate(sites[start : start + _PORTION])}
        keys = ", ".join(f":{name}" for name in names)
        rows = reader.rows(f"SELECT submission FROM submission WHERE commune = :commune AND site IN ({keys})", commune=commune, **names)
        found |= {row["submission"] for row in rows}
    return found


def select_unpublishable_since(reader: Reader, commune: str, moment: datetime) -> set[str]:
    """The photos of which somebody decided since *moment* what is covered, or whose site has refused since."""
    covered = reader.rows("SELECT DISTINCT sha256 FROM cover WHERE at >= :moment", moment=to_text(moment))
    refused = reader.rows(
        "SELECT DISTINCT a.sha256 FROM submission r JOIN submission s ON s.commune = r.commune AND s.site = r.site"
        " JOIN attachment a ON a.commune = s.commune AND a.submission = s.submission WHERE r.commune = :commune"
        " AND r.consent = 'refused' AND r.received_at >= :moment AND a.sha256 IS NOT NULL",
        commune=commune, moment=to_text(moment),
    )  # fmt: skip
    withdrawn = reader.rows(
        "SELECT DISTINCT a.sha256 FROM consent_record r JOIN submission s ON s.commune = r.commune AND s.site = r.site"
        " JOIN attachment a ON a.commune = s.commune AND a.submission = s.submission WHERE r.commune = :commune"
        " AND r.said = 'withdrawn' AND r.at >= :moment AND a.sha256 IS NOT NULL",
        commune=commune, moment=to_text(moment),
    )  # fmt: skip
    return {row["sha256"] for row in (*covered, *refused, *withdrawn)}
