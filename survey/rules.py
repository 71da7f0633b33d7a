"""Rules: officers enter and correct what an edition says; every entry is dated, sourced, and withdrawn by another (DESIGN 2.6)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from survey.catalogue.effective import Effective, effective
from survey.catalogue.entered import founding_document
from survey.catalogue.entry_checks import check_entry, tidy_content
from survey.catalogue.vocabulary import Question, read_questions
from survey.domain.canonical import dumps, sha256_hex
from survey.domain.people import Ability, Actor
from survey.domain.ports import Reader, Survey, Transaction
from survey.domain.problems import (
    EDITION_EXISTS,
    EDITION_ID_UNUSABLE,
    EDITION_UNKNOWN,
    RULE_ADDRESS_UNUSABLE,
    RULE_ENTRY_UNKNOWN,
    RULE_REASON_NEEDED,
    RULE_SOURCE_NEEDED,
    Problem,
)
from survey.domain.reasons import NOTE_LENGTH, checked_reason
from survey.domain.rules import FOUNDS, TAKES_BACK, EntryKind, RuleEntry, surviving
from survey.domain.times import from_text, to_text
from survey.store.editions import (
    LoadedEdition,
    select_edition,
    select_editions,
    select_present_trees,
    select_question_kinds,
    upsert_edition,
    upsert_questions,
)
from survey.store.figures import mark_figures_stale
from survey.store.measures import refill_measures
from survey.store.reviews import lock_decisions, select_person_names
from survey.store.rule_entries import delete_edition, insert_entry, select_entries, select_entry_history, select_next_number

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


@dataclass(frozen=True)
class Draft:
    """What somebody is about to enter: in the words of schema/criteria, with where it was read and why it is entered."""

    kind: EntryKind
    content: Mapping[str, Any]
    source: str
    reason: str
    criterion: str | None = None
    indicator: str | None = None
    address: str = ""


@dataclass(frozen=True)
class EntryLine:
    """An entry in an edition's history: who made it, which entry took it back, and whether it is part of the edition now."""

    entry: RuleEntry
    person_name: str
    withdrawn_by: RuleEntry | None
    applies: bool


def try_out(survey: Survey, actor: Actor, edition: str, draft: Draft) -> Effective:
    """The edition as it would read with *draft*; nothing is written. Raises what `enter` raises."""
    actor.require(Ability.MANAGE)
    with survey.reading() as reader:
        return _checked(survey, reader, actor, edition, draft)[1]


def enter(survey: Survey, actor: Actor, edition: str, draft: Draft) -> RuleEntry:
    """Enter *draft* into an edition, or begin a new one with a draft of kind `edition` that says what it judges.

    It counts from now on, and for the days that it names. Answers received so far are counted for questions that no edition asked.
    Raises NOT_ALLOWED, RULE_REFUSED naming the key, RULE_TARGET_UNKNOWN, RULE_SOURCE_NEEDED, RULE_REASON_NEEDED, REASON_TOO_LONG,
    RULE_ADDRESS_UNUSABLE, RULE_CONTENT_TOO_LARGE, EDITION_UNKNOWN, EDITION_EXISTS, EDITION_ID_UNUSABLE.
    """
    actor.require(Ability.MANAGE)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)  # two coordinators at once write one number each
        entry, read = _checked(survey, tx, actor, edition, draft)
        insert_entry(tx, actor.commune, edition, entry)
        _settle(tx, actor.commune, edition, entry)
        _use_questions(tx, actor.commune, edition, read)
        _finish(tx, actor, edition, entry)
    return entry


def withdraw(survey: Survey, actor: Actor, edition: str, number: int, reason: str) -> RuleEntry:
    """Take back entry *number*: it does not count from now on, and stays in the history; a withdrawal taken back restores its entry.

    Raises NOT_ALLOWED, RULE_ENTRY_UNKNOWN, RULE_REASON_NEEDED, REASON_TOO_LONG.
    """
    actor.require(Ability.MANAGE)
    reason = checked_reason(reason, limit=NOTE_LENGTH, lacking=RULE_REASON_NEEDED)
    with survey.transaction() as tx:
        lock_decisions(tx, actor.commune)
        known = select_entry_history(tx, actor.commune, edition)
        taken = next((entry for entry in known if entry.number == number), None)
        if taken is None or number in _withdrawals(known):
            raise Problem(RULE_ENTRY_UNKNOWN, number=number)
        entry = RuleEntry(
            known[-1].number + 1, EntryKind.WITHDRAWAL, taken.criterion, taken.indicator, {TAKES_BACK: number}, "", "", reason,
            actor.person, from_text(to_text(survey.now())),
        )  # fmt: skip
        insert_entry(tx, actor.commune, edition, entry)
        _settle(tx, actor.commune, edition, entry)
        if any(one.id == edition for one in select_editions(tx, actor.commune)):
            _use_questions(tx, actor.commune, edition, _standing(tx, actor.commune, edition))
        _finish(tx, actor, edition, entry)
    return entry


def history(survey: Survey, actor: Actor, edition: str) -> list[EntryLine]:
    """Every entry of an edition, newest first. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        known = select_entry_history(reader, actor.commune, edition)
        people = select_person_names(reader, actor.commune, [entry.person for entry in known])
        loaded = next((one for one in select_editions(reader, actor.commune) if one.id == edition), None)
    applied = frozenset[int]() if loaded is None else effective(loaded.document, known).applied
    taken = _withdrawals(known)
    return [
        EntryLine(entry, people.get(entry.person, entry.person), taken.get(entry.number), entry.number in applied)
        for entry in reversed(known)
    ]  # fmt: skip


def read_effective(survey: Survey, actor: Actor, edition: str) -> Effective:
    """An edition as it reads today, with its document. Raises NOT_ALLOWED, EDITION_UNKNOWN."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        return _standing(reader, actor.commune, edition)


def list_effective(survey: Survey, actor: Actor) -> dict[str, Effective]:
    """Every loaded or entered edition as it reads today, by id. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_FIGURES)
    with survey.reading() as reader:
        loaded = select_editions(reader, actor.commune)
        return {one.id: effective(one.document, select_entries(reader, actor.commune, one.id)) for one in loaded}


def select_known_questions(reader: Reader, commune: str) -> dict[str, Question]:
    """Every question of the newest version of each form, by `form.question`: what an entry may ask."""
    trees = select_present_trees(reader, commune)
    return {name: known for form, tree in trees.items() for name, known in read_questions(form, tree).items()}


def _checked(survey: Survey, reader: Reader, actor: Actor, edition: str, draft: Draft) -> tuple[RuleEntry, Effective]:
    """The entry that *draft* becomes, and the edition with it."""
    source = checked_reason(draft.source, limit=NOTE_LENGTH, lacking=RULE_SOURCE_NEEDED)
    reason = checked_reason(draft.reason, limit=NOTE_LENGTH, lacking=RULE_REASON_NEEDED)
    content = tidy_content(draft.content)
    known = next((one for one in select_editions(reader, actor.commune) if one.id == edition), None)
    _check_edition(edition, draft.kind is EntryKind.EDITION and FOUNDS in content, is_known=known is not None)
    entry = RuleEntry(
        select_next_number(reader, actor.commune, edition), draft.kind, draft.criterion, draft.indicator, content, source,
        _checked_address(draft.address), reason, actor.person, from_text(to_text(survey.now())),
    )  # fmt: skip
    standing = None if known is None else effective(known.document, select_entries(reader, actor.commune, edition))
    return entry, check_entry(edition, standing, entry, select_known_questions(reader, actor.commune))


def _check_edition(edition: str, founds: bool, *, is_known: bool) -> None:
    if founds and is_known:
        raise Problem(EDITION_EXISTS, edition=edition)
    if founds and not _ID.fullmatch(edition):
        raise Problem(EDITION_ID_UNUSABLE, edition=edition)
    if not founds and not is_known:
        raise Problem(EDITION_UNKNOWN, edition=edition, known="–")


def _checked_address(address: str) -> str:
    address = checked_reason(address, limit=NOTE_LENGTH)
    try:
        parts = urlsplit(address)
    except ValueError:
        raise Problem(RULE_ADDRESS_UNUSABLE, address=address) from None
    if address and (parts.scheme not in ("http", "https") or not parts.hostname or any(letter.isspace() for letter in address)):
        raise Problem(RULE_ADDRESS_UNUSABLE, address=address)
    return address


def _withdrawals(entries: Sequence[RuleEntry]) -> dict[int, RuleEntry]:
    """The entries that were taken back and stay so, each with its withdrawal."""
    taken: dict[int, RuleEntry] = {}
    for entry in sorted(entries, key=lambda one: one.number, reverse=True):
        if entry.takes_back is not None and entry.number not in taken:
            taken[entry.takes_back] = entry
    return taken


def _standing(reader: Reader, commune: str, edition: str) -> Effective:
    return effective(select_edition(reader, commune, edition).document, select_entries(reader, commune, edition))


def _settle(tx: Transaction, commune: str, edition: str, entry: RuleEntry) -> None:
    """Let the document of an edition that was entered by hand follow its first entry: there, withdrawn, or restored."""
    known = select_entry_history(tx, commune, edition)
    began = next((one for one in surviving(known) if one.founds), None)
    document = None if began is None else founding_document(edition, began).text()
    loaded = next((one.document for one in select_editions(tx, commune) if one.id == edition), None)
    if document is not None and loaded is None:
        upsert_edition(tx, commune, LoadedEdition(edition, document, entry.at), {})
    elif document is None and loaded in {founding_document(edition, one).text() for one in known if one.founds}:
        delete_edition(tx, commune, edition, entry.at)


def _use_questions(tx: Transaction, commune: str, edition: str, read: Effective) -> None:
    """Write the measures of every submission for questions that nobody asked before."""
    questions = select_known_questions(tx, commune)
    subjects = [subject for subject in read.edition.subjects if subject.name in questions]
    asked = {subject.parts: questions[subject.name].measured for subject in subjects if not subject.is_attribute}
    used = {form: select_question_kinds(tx, commune, form) for form, _question in asked}
    upsert_questions(tx, commune, edition, asked)
    for form in sorted({form for form, question in asked if question not in used[form]}):
        refill_measures(tx, commune, form)


def _finish(tx: Transaction, actor: Actor, edition: str, entry: RuleEntry) -> None:
    mark_figures_stale(tx, actor.commune, entry.at)
    body: dict[str, object] = {
        "edition": edition, "number": entry.number, "entry": entry.kind.value, "criterion": entry.criterion, "indicator": entry.indicator,
        "takes_back": entry.takes_back, "person": entry.person, "content_sha256": sha256_hex(dumps(entry.content)),
        "source_sha256": sha256_hex(entry.source), "reason_sha256": sha256_hex(entry.reason),
    }  # fmt: skip
    tx.log(actor.commune, "rule.entered" if entry.takes_back is None else "rule.withdrawn", body)
