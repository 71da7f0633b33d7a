"""A commune's present figures: kept until something that they are made of changes."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.domain.canonical import dumps
from survey.domain.ports import Reader, Transaction
from survey.domain.times import from_text, to_text


@dataclass(frozen=True)
class KeptFigures:
    """The verdicts of one edition as plain JSON values, when they were computed, and at which count of changes."""

    edition: str
    verdicts: list[dict[str, Any]]
    computed_at: datetime
    changes: int


def mark_figures_stale(tx: Transaction, commune: str) -> None:
    """Say that something counted has changed, so that the commune's figures are computed anew when next asked for."""
    tx.execute(
        "INSERT INTO figure_change (commune, changes) VALUES (:commune, 1)"
        " ON CONFLICT (commune) DO UPDATE SET changes = figure_change.changes + 1",
        commune=commune,
    )


def select_changes(reader: Reader, commune: str) -> int:
    """How often the commune's figures became stale: those computed at this count are the present ones."""
    row = reader.row("SELECT changes FROM figure_change WHERE commune = :commune", commune=commune)
    return 0 if row is None else int(row["changes"])


def select_figures(reader: Reader, commune: str, edition: str) -> KeptFigures | None:
    """The kept figures of an edition, stale or not; None where none were computed."""
    row = reader.row(
        "SELECT document, computed_at, changes FROM figure WHERE commune = :commune AND edition = :edition",
        commune=commune, edition=edition,
    )  # fmt: skip
    return None if row is None else KeptFigures(edition, json.loads(row["document"]), from_text(row["computed_at"]), row["changes"])


def upsert_figures(tx: Transaction, commune: str, figures: KeptFigures) -> None:
    """Keep *figures*, unless newer ones are there already."""
    tx.execute(
        "INSERT INTO figure (commune, edition, document, computed_at, changes) VALUES (:commune, :edition, :document, :at, :changes)"
        " ON CONFLICT (commune, edition) DO UPDATE SET document = excluded.document, computed_at = excluded.computed_at,"
        " changes = excluded.changes WHERE figure.changes <= excluded.changes",
        commune=commune, edition=figures.edition, document=dumps(figures.verdicts), at=to_text(figures.computed_at),
        changes=figures.changes,
    )  # fmt: skip
