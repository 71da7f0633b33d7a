"""Establish: an empty deployment for one commune, from what schema/ holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from survey.catalogue.editions import question_kinds, read_document, read_edition
from survey.catalogue.places import read_place
from survey.catalogue.vocabulary import read_questions
from survey.domain.people import Ability, Actor
from survey.domain.places import Commune
from survey.domain.ports import Row, Survey
from survey.domain.problems import DEPLOYMENT_EXISTS, ROUND_UNUSABLE, Problem
from survey.domain.times import to_text
from survey.forms.compile import compile_xlsform
from survey.store.deployment import insert_round, is_demonstration, select_rounds, update_rounds
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


def add_round(survey: Survey, actor: Actor, round_id: str, name: str, starts_on: date, ends_on: date) -> int:
    """Add a survey round, both days included, in Viet Nam; what was captured within it belongs to it from now on (DESIGN 2.2).

    Returns how many submissions received before that were. Raises NOT_ALLOWED, and ROUND_UNUSABLE where the days are the wrong
    way round, the id is taken or another round has one of the days.
    """
    actor.require(Ability.MANAGE)
    with survey.transaction() as tx:
        known = select_rounds(tx, actor.commune)
        others = [row for row in known if row["round"] == round_id or _overlaps(row, starts_on, ends_on)]
        if starts_on > ends_on or others:
            shown = ", ".join(f"{row['round']} ({row['starts_on']} – {row['ends_on']})" for row in known) or "–"
            raise Problem(ROUND_UNUSABLE, round=round_id, starts_on=starts_on, ends_on=ends_on, others=shown)
        insert_round(tx, actor.commune, round_id, name, starts_on, ends_on)
        return update_rounds(tx, actor.commune, round_id, starts_on, ends_on)


def _overlaps(known: Row, starts_on: date, ends_on: date) -> bool:
    return bool(known["starts_on"] <= ends_on.isoformat() and starts_on.isoformat() <= known["ends_on"])


def _folders(path: Path) -> Iterator[Path]:
    return (folder for folder in sorted(path.iterdir()) if folder.is_dir())
