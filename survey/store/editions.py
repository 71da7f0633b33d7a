"""Loaded editions of criteria: their documents, and the questions that receipt writes measures for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.domain.ports import Reader, Transaction
from survey.domain.problems import EDITION_UNKNOWN, Problem
from survey.domain.times import from_text, to_text

_LOADED_BEFORE = """
SELECT v.edition, v.document, v.loaded_at FROM edition_version v WHERE v.commune = :commune AND v.number = COALESCE(
  (SELECT MAX(x.number) FROM edition_version x WHERE x.commune = v.commune AND x.edition = v.edition AND x.loaded_at < :before),
  (SELECT 1 FROM edition e WHERE e.commune = v.commune AND e.edition = v.edition)) AND v.document <> ''
ORDER BY v.edition"""


@dataclass(frozen=True)
class LoadedEdition:
    """An edition as it was loaded: *document* is the JSON text of its files."""

    id: str
    document: str
    loaded_at: datetime


def select_editions(reader: Reader, commune: str, before: datetime | None = None) -> list[LoadedEdition]:
    """Every loaded edition, by id: as it is now, or as it had been loaded *before* a moment.

    Before its first loading an edition is what it was then: rules are older than the day on which somebody loaded them. One that was
    entered by mistake is there on the days on which it stood, up to its empty version.
    """
    if before is None:
        statement, moment = "SELECT edition, document, loaded_at FROM edition WHERE commune = :commune ORDER BY edition", {}
    else:
        statement, moment = _LOADED_BEFORE, {"before": to_text(before)}
    rows = reader.rows(statement, commune=commune, **moment)
    return [LoadedEdition(row["edition"], row["document"], from_text(row["loaded_at"])) for row in rows]


def select_edition(reader: Reader, commune: str, edition: str) -> LoadedEdition:
    """The edition with that id as it is loaded now. Raises EDITION_UNKNOWN naming those that are."""
    every = {one.id: one for one in select_editions(reader, commune)}
    if edition not in every:
        raise Problem(EDITION_UNKNOWN, edition=edition, known=", ".join(every) or "–")
    return every[edition]


def upsert_edition(tx: Transaction, commune: str, edition: LoadedEdition, questions: Mapping[tuple[str, str], str]) -> None:
    """Load *edition*, or put it in the place of the one with its id; *questions* are what it uses: (form, question) to kind.

    A kind is `number`, `code` or `answered`. Figures kept of the edition are dropped, its earlier documents and what they asked stay:
    earlier days are judged by them.
    """
    tx.execute(
        "INSERT INTO edition (commune, edition, document, loaded_at) VALUES (:commune, :edition, :document, :at)"
        " ON CONFLICT (commune, edition) DO UPDATE SET document = excluded.document, loaded_at = excluded.loaded_at",
        commune=commune, edition=edition.id, document=edition.document, at=to_text(edition.loaded_at),
    )  # fmt: skip
    _insert_version(tx, commune, edition)
    tx.execute("DELETE FROM figure WHERE commune = :commune AND edition = :edition", commune=commune, edition=edition.id)
    upsert_questions(tx, commune, edition.id, questions)
    tx.log(commune, "edition.loaded", {"edition": edition.id, "questions": len(questions)})


def _insert_version(tx: Transaction, commune: str, edition: LoadedEdition) -> None:
    known = tx.row(
        "SELECT number, document FROM edition_version WHERE commune = :commune AND edition = :edition ORDER BY number DESC LIMIT 1",
        commune=commune, edition=edition.id,
    )  # fmt: skip
    if known is not None and known["document"] == edition.document:
        return
    tx.execute(
        "INSERT INTO edition_version (commune, edition, number, document, loaded_at)"
        " VALUES (:commune, :edition, :number, :document, :at)",
        commune=commune, edition=edition.id, number=1 if known is None else known["number"] + 1, document=edition.document,
        at=to_text(edition.loaded_at),
    )  # fmt: skip


def upsert_questions(tx: Transaction, commune: str, edition: str, questions: Mapping[tuple[str, str], str]) -> None:
    """Let receipt write measures for *questions* of an edition too: (form, question) to kind; what it asked before stays."""
    tx.execute_many(
        "INSERT INTO edition_question (commune, edition, form, question, kind) VALUES (:commune, :edition, :form, :question, :kind)"
        " ON CONFLICT (commune, edition, form, question) DO UPDATE SET kind = excluded.kind",
        [
            {"commune": commune, "edition": edition, "form": form, "question": question, "kind": kind}
            for (form, question), kind in sorted(questions.items())
        ],
    )


def select_present_trees(reader: Reader, commune: str) -> dict[str, dict[str, Any]]:
    """The JSON tree of each form's newest version: what an edition's questions are checked against."""
    rows = reader.rows("SELECT form, tree FROM form WHERE commune = :commune ORDER BY form, loaded_at, version", commune=commune)
    return {row["form"]: json.loads(row["tree"]) for row in rows}


def select_question_kinds(reader: Reader, commune: str, form: str) -> dict[str, str]:
    """The used questions of *form* with their kinds."""
    rows = reader.rows(
        "SELECT DISTINCT question, kind FROM edition_question WHERE commune = :commune AND form = :form", commune=commune, form=form
    )
    return {row["question"]: row["kind"] for row in rows}
