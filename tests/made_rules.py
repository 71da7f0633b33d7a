"""The bundled checklists and editions in a test's deployment: checklists are compiled once in a process."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from survey.catalogue.editions import read_document
from survey.forms.compile import CompiledForm, compile_xlsform
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.forms import insert_form
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE

KDC, NATIONAL = "ha-tinh-kdc-kieu-mau", "qd-51-2025"
BEGAN = datetime(2026, 3, 1, 3, tzinfo=UTC)


@cache
def checklists() -> list[tuple[Path, CompiledForm]]:
    """Every bundled checklist with its file."""
    return [(path, compile_xlsform(path.read_bytes(), path.name)) for path in sorted((ROOT / "schema/forms").glob("*.xlsx"))]


def load_rules(survey: Survey, *editions: str, at: datetime = BEGAN) -> None:
    """Put the checklists and *editions* into the test's commune, known from *at* on."""
    with survey.transaction() as tx:
        tx.execute("DELETE FROM form WHERE commune = :commune", commune=COMMUNE)
        for path, checklist in checklists():
            insert_form(tx, COMMUNE, checklist, path.read_bytes(), at)
        for edition in editions:
            document = read_document(ROOT / "schema/criteria" / edition)
            upsert_edition(tx, COMMUNE, LoadedEdition(edition, document.text(), at), {})
