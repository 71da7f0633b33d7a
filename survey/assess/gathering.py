"""What verdicts are made of, as of a moment: editions with what officers entered, register, hamlets, counted answers, statements."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from survey.catalogue.effective import effective_edition
from survey.domain.assessment import Assessment
from survey.domain.conditions import Observation, Subject
from survey.domain.criteria import Edition, Moment, Unit
from survey.domain.places import successor_of
from survey.domain.ports import Reader
from survey.domain.problems import EDITION_NOT_IN_FORCE, EDITION_UNKNOWN, Problem
from survey.domain.times import end_of
from survey.domain.verdicts import Verdict
from survey.store.editions import select_editions
from survey.store.observations import Wanted, select_observations
from survey.store.places import select_hamlets
from survey.store.rule_entries import select_all_entries
from survey.store.settings import select_settings
from survey.store.statements import select_statements

GROUP = "group."
"""The setting `group.<edition>` holds the group of communes that the commune belongs to under that edition."""
SAMPLES = "samples"
"""The setting that demands a visit to every site where it is `off`; else the interval of a sample may decide."""


@dataclass(frozen=True, slots=True)
class Known:
    """The day that is judged, and before which moment facts and rules were known; None is now."""

    on: date
    before: datetime | None = None
    rules_before: datetime | None = None


def known_on(today: date, as_of: date | None, *, todays_rules: bool = False) -> Known:
    """What is known as of an earlier day, at its end in Viet Nam, or now where *as_of* is None; *todays_rules* takes those of now."""
    if as_of is None:
        return Known(today)
    return Known(as_of, end_of(as_of), None if todays_rules else end_of(as_of))


def read_editions(reader: Reader, commune: str, before: datetime | None = None) -> list[Edition]:
    """Every edition of the commune as it read before a moment, with what officers had entered by then; by id."""
    entries = select_all_entries(reader, commune, before)
    return [effective_edition(loaded.document, entries.get(loaded.id, [])) for loaded in select_editions(reader, commune, before)]


def choose_editions(reader: Reader, commune: str, edition: str | None, known: Known, *, history: bool) -> list[Edition]:
    """The editions in force on the day, or the one asked for. Raises EDITION_UNKNOWN, EDITION_NOT_IN_FORCE (unless *history*)."""
    every = read_editions(reader, commune, known.rules_before)
    editions = [one for one in every if edition in (None, one.id)]
    if edition is not None and not editions:
        raise Problem(EDITION_UNKNOWN, edition=edition, known=", ".join(one.id for one in every) or "–")
    valid = [one for one in editions if history or one.is_valid(known.on)]
    if edition is not None and not valid:
        raise Problem(EDITION_NOT_IN_FORCE, edition=edition, on=known.on.isoformat())
    return valid


def judge_commune(reader: Reader, commune: str, editions: Sequence[Edition], known: Known, *, history: bool) -> list[Verdict]:
    """Every verdict of *editions* for the commune and its hamlets, from what was known."""
    every = {hamlet.id: hamlet for hamlet in select_hamlets(reader, commune, known_before=known.before)}
    hamlets = [hamlet.id for hamlet in every.values() if hamlet.is_valid(known.on)]
    became = {hamlet: successor for hamlet in every if (successor := successor_of(hamlet, every, known.on)) is not None}
    groups = select_settings(reader, commune, GROUP, before=known.rules_before)
    rest = select_settings(reader, commune, SAMPLES, before=known.rules_before)
    assessment = Assessment(
        editions, Moment(known.on, history, samples=rest.get(SAMPLES) != "off"),
        statements={edition.id: select_statements(reader, commune, edition.id, known.before) for edition in editions},
        groups={name.removeprefix(GROUP): group for name, group in groups.items()},
    )  # fmt: skip
    for kind in sorted(assessment.kinds):
        for seen in _observe(reader, commune, kind, editions, known.before):
            assessment.count(seen)
    return assessment.verdicts(hamlets, became)


def questions_of(asked: Iterable[Iterable[Subject]]) -> set[tuple[str, str]]:
    """(form, question) of every subject that is not an attribute of the register."""
    return {subject.parts for subjects in asked for subject in subjects if not subject.is_attribute}


def _observe(reader: Reader, commune: str, kind: str, editions: Iterable[Edition], before: datetime | None) -> Iterator[Observation]:
    asked = [indicator.subjects for edition in editions for indicator in edition.indicators if indicator.sites == kind]
    if kind == Unit.HOUSEHOLD:
        asked += [frozenset(edition.takes_part.subjects()) for edition in editions if edition.takes_part is not None]
    return select_observations(reader, commune, Wanted(kind, questions_of(asked), before))
