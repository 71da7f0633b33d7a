"""Establish: a commune in a deployment, the first or one more, from what schema/ or the operator's own file holds; and its rounds."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from survey.catalogue.editions import question_kinds, read_document, read_edition
from survey.catalogue.findings import read_findings
from survey.catalogue.places import read_place, read_place_file
from survey.catalogue.vocabulary import read_questions
from survey.domain.people import Ability, Actor
from survey.domain.places import Commune
from survey.domain.ports import Row, Survey
from survey.domain.problems import DEPLOYMENT_EXISTS, DEPLOYMENT_MIXED, ROUND_CHANGED, ROUND_UNKNOWN, ROUND_UNUSABLE, Problem
from survey.domain.sites import NAME_LENGTH
from survey.domain.times import to_text
from survey.forms.compile import compile_xlsform
from survey.store.deployment import holds_communes, insert_round, select_rounds, update_round, update_rounds
from survey.store.editions import LoadedEdition, upsert_edition
from survey.store.finding_rules import insert_finding_rules
from survey.store.forms import insert_form
from survey.store.places import insert_commune, insert_hamlet, select_commune
from survey.store.reviews import lock_decisions

_ROUND_ID = re.compile(r"[\w.-]{1,40}")  # as people write it: 2026-1, truoc, sau


def establish(survey: Survey, schema: Path, code: str, *, place_file: Path | None = None, demonstration: bool = False) -> Commune:
    """Put commune *code* with its hamlets, the checklists and the editions of *schema* into a deployment, beside those that are there.

    The commune is described by *place_file*, else by *schema*. Raises COMMUNE_UNKNOWN, BROKEN_CATALOGUE, BROKEN_FORM;
    DEPLOYMENT_EXISTS where the commune is there already, DEPLOYMENT_MIXED where a demonstration and a real one would be side by side.
    """
    place = read_place(schema / "places", code) if place_file is None else read_place_file(place_file, code)
    checklists = [(path, compile_xlsform(path.read_bytes(), path.name)) for path in sorted((schema / "forms").glob("*.xlsx"))]
    questions = {name: known for _, form in checklists for name, known in read_questions(form.form, form.tree).items()}
    documents = [read_document(folder) for folder in _folders(schema / "criteria")]
    editions = [(document, read_edition(document, questions)) for document in documents]
    criteria = {edition.id: {criterion.code for criterion in edition.criteria} for _, edition in editions}
    rules, _ = read_findings(schema / "findings", questions, criteria) if (schema / "findings").is_dir() else (None, None)
    commune = replace(place.commune, demonstration=demonstration)
    now = survey.now()
    with survey.transaction() as tx:
        if select_commune(tx, code) is not None:
            raise Problem(DEPLOYMENT_EXISTS, commune=code)
        if holds_communes(tx, demonstration=not demonstration):
            raise Problem(DEPLOYMENT_MIXED)
        insert_commune(tx, commune, created_at=to_text(now))
        for hamlet in () if demonstration else place.hamlets:
            insert_hamlet(tx, hamlet)
        for path, checklist in checklists:
            insert_form(tx, code, checklist, path.read_bytes(), now)
        for document, edition in editions:
            upsert_edition(tx, code, LoadedEdition(edition.id, document.text(), now), question_kinds(edition, questions))
        if rules is not None:
            insert_finding_rules(tx, code, rules, now)
        tx.log("", "deployment.established", {"commune": code, "demonstration": demonstration})
        tx.log(code, "commune.established", {"demonstration": demonstration})
    return commune


def add_round(survey: Survey, actor: Actor, round_id: str, name: str, starts_on: date, ends_on: date) -> int:
    """Add a survey round, both days included, in Viet Nam; what was captured within it belongs to it from now on (DESIGN 2.2).

    Returns how many submissions received before that were. Raises NOT_ALLOWED, and ROUND_UNUSABLE where the days are the wrong
    way round, the id or name is no use, the id is taken or another round has one of the days.
    """
    actor.require(Ability.MANAGE)
    round_id, name = round_id.strip(), " ".join(name.split())
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known = select_rounds(tx, actor.commune)
        taken = any(row["round"] == round_id for row in known)
        if taken or not _ROUND_ID.fullmatch(round_id) or not _fits(known, name, starts_on, ends_on):
            raise _unusable(round_id, known, starts_on, ends_on)
        insert_round(tx, actor.commune, round_id, name, starts_on, ends_on)
        return update_rounds(tx, actor.commune, round_id, starts_on, ends_on)


def correct_round(
    survey: Survey, actor: Actor, round_id: str, name: str, starts_on: date, ends_on: date, *, seen: Row | None = None
) -> int:
    """Correct the name and days of a round: what was captured within them belongs to it from now on, and nothing else.

    *seen* is the round as the actor saw it. Returns how many submissions came to it. Raises NOT_ALLOWED, ROUND_UNKNOWN,
    ROUND_CHANGED where someone else was faster, and ROUND_UNUSABLE as `add_round`.
    """
    actor.require(Ability.MANAGE)
    name = " ".join(name.split())
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known = {row["round"]: row for row in select_rounds(tx, actor.commune)}
        before = known.pop(round_id, None)
        if before is None:
            raise Problem(ROUND_UNKNOWN, round=round_id[:40])
        if seen is not None and dict(seen) != dict(before):
            raise Problem(ROUND_CHANGED, round=round_id)
        if not _fits(known.values(), name, starts_on, ends_on):
            raise _unusable(round_id, known.values(), starts_on, ends_on)
        update_round(tx, actor.commune, round_id, name, starts_on, ends_on)
        return update_rounds(tx, actor.commune, round_id, starts_on, ends_on)


def _fits(others: Iterable[Row], name: str, starts_on: date, ends_on: date) -> bool:
    free = not any(_overlaps(row, starts_on, ends_on) for row in others)
    return free and starts_on <= ends_on and 0 < len(name) <= NAME_LENGTH


def _unusable(round_id: str, known: Iterable[Row], starts_on: date, ends_on: date) -> Problem:
    others = ", ".join(f"{row['round']} ({row['starts_on']} – {row['ends_on']})" for row in known) or "–"
    return Problem(ROUND_UNUSABLE, round=round_id[:40] or "–", starts_on=starts_on, ends_on=ends_on, others=others)


def _overlaps(known: Row, starts_on: date, ends_on: date) -> bool:
    return bool(known["starts_on"] <= ends_on.isoformat() and starts_on.isoformat() <= known["ends_on"])


def _folders(path: Path) -> Iterator[Path]:
    return (folder for folder in sorted(path.iterdir()) if folder.is_dir())
