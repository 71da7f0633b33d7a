"""Establish: an empty deployment for one commune, from what schema/ holds."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from survey.catalogue.editions import question_kinds, read_document, read_edition
from survey.catalogue.places import read_place
from survey.catalogue.vocabulary import read_questions
from survey.domain.places import Commune
from survey.domain.ports import Survey
from survey.domain.problems import DEPLOYMENT_EXISTS, Problem
from survey.domain.times import to_text
from survey.forms.compile import compile_xlsform
from survey.store.deployment import is_demonstration
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.forms import insert_form
from survey.store.places import insert_commune, insert_hamlet, select_commune


def establish(survey: Survey, schema: Path, code: str, *, demonstration: bool = False) -> Commune:
    """Put commune *code* with its hamlets, the checklists and the editions of *schema* into an empty deployment.

    Raises COMMUNE_UNKNOWN, BROKEN_CATALOGUE, BROKEN_FORM; DEPLOYMENT_EXISTS where the commune is there already, or where a
    demonstration and a real commune would share one deployment.
    """
    place = read_place(schema / "places", code)
    checklists = [(path, compile_xlsform(path.read_bytes(), path.name)) for path in sorted((schema / "forms").glob("*.xlsx"))]
    questions = {name: known for _, form in checklists for name, known in read_questions(form.form, form.tree).items()}
    documents = [read_document(folder) for folder in _folders(schema / "criteria")]
    editions = [(document, read_edition(document, questions)) for document in documents]
    commune = replace(place.commune, demonstration=demonstration)
    now = survey.now()
    with survey.transaction() as tx:
        if select_commune(tx, code) is not None or is_demonstration(tx):
            raise Problem(DEPLOYMENT_EXISTS, commune=code)
        insert_commune(tx, commune, created_at=to_text(now))
        for hamlet in () if demonstration else place.hamlets:
            insert_hamlet(tx, hamlet)
        for path, checklist in checklists:
            insert_form(tx, code, checklist, path.read_bytes(), now)
        for document, edition in editions:
            upsert_edition(tx, code, LoadedEdition(edition.id, document.text(), now), question_kinds(edition, questions))
        tx.log("", "deployment.established", {"commune": code, "demonstration": demonstration})
        tx.log(code, "commune.established", {"demonstration": demonstration})
    return commune


def _folders(path: Path) -> Iterator[Path]:
    return (folder for folder in sorted(path.iterdir()) if folder.is_dir())
