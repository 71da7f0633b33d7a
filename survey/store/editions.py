"""Loaded editions of criteria: their documents, and the questions that receipt writes measures for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from survey.domain.ports import Reader, Transaction
from survey.domain.times import from_text, to_text


@dataclass(frozen=True)
class LoadedEdition:
    """An edition as it was loaded: *document* is the JSON text of its files."""

    id: str
    document: str
    loaded_at: datetime


def select_editions(reader: Reader, commune: str) -> list[LoadedEdition]:
    """Every loaded edition, by id."""
    rows = reader.rows("SELECT edition, document, loaded_at FROM edition WHERE commune = :commune ORDER BY edition", commune=commune)
    return [LoadedEdition(row["edition"], row["document"], from_text(row["loaded_at"])) for row in rows]


def upsert_edition(tx: Transaction, commune: str, edition: LoadedEdition, questions: Mapping[tuple[str, str], str]) -> None:
    """Load *edition*, or put it in the place of the one with its id; *questions* are what it uses: (form, question) to kind.

    A kind is `number`, `code` or `answered`. Figures kept of the edition are dropped.
    """
    tx.execute(
        "INSERT INTO edition (commune, edition, document, loaded_at) VALUES (:commune, :edition, :document, :at)"
        " ON CONFLICT (commune, edition) DO UPDATE SET document = excluded.document, loaded_at = excluded.loaded_at",
        commune=commune, edition=edition.id, document=edition.document, at=to_text(edition.loaded_at),
    )  # fmt: skip
    for table in ("edition_question", "figure"):
        tx.execute(f"DELETE FROM {table} WHERE commune = :commune AND edition = :edition", commune=commune, edition=edition.id)
    tx.execute_many(
        "INSERT INTO edition_question (commune, edition, form, question, kind) VALUES (:commune, :edition, :form, :question, :kind)",
        [
            {"commune": commune, "edition": edition.id, "form": form, "question": question, "kind": kind}
            for (form, question), kind in sorted(questions.items())
        ],
    )
    tx.log(commune, "edition.loaded", {"edition": edition.id, "questions": len(questions)})


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
