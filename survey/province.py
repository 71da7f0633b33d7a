"""Province: the communes of the deployment side by side, from the one line that each keeps of its figures.

Who sees this sees sums of other communes and nothing else: no person, site, position or photo is read here, and no submission is
counted. The operator alone gives it, at the server's terminal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from threading import Lock

from survey.catalogue.effective import effective_edition
from survey.domain.criteria import Edition
from survey.domain.fold import fold
from survey.domain.forecast import Forecast
from survey.domain.people import Ability, Actor
from survey.domain.places import Line
from survey.domain.ports import Reader, Survey
from survey.domain.problems import EDITION_UNKNOWN, Problem
from survey.domain.scoreboard import Goal, read_goal
from survey.store.editions import select_editions
from survey.store.figures import Summary, select_summaries
from survey.store.people import update_person_province
from survey.store.province import select_borders, select_commune_names, select_settings_of_all, select_summarized_editions
from survey.store.rule_entries import select_entries

_outlines: dict[tuple[str, str], "Outline"] = {}  # by code and moment of entry: a commune's border is never changed
_drawing = Lock()


class Order(StrEnum):
    """What the communes are sorted by."""

    SCORE = "score"
    NAME = "name"
    CLAIMED = "claimed"
    APPRAISED = "appraised"
    COVERAGE = "coverage"
    AGE = "age"
    GOAL = "goal"
    FORECAST = "forecast"


@dataclass(frozen=True)
class Standing:
    """One commune: its line (None: not computed yet), its goal for this edition and its group under it."""

    code: str
    name: str
    group: str | None
    goal: Goal | None
    summary: Summary | None

    @property
    def coverage(self) -> float | None:
        """Which share of the registered sites has evidence that counts; None where nothing is registered."""
        return self.summary.visited / self.summary.registered if self.summary and self.summary.registered else None

    @property
    def forecast(self) -> Forecast | None:
        """When the goal will be reached, as a worker has foreseen it for this very goal; None where none has yet."""
        line = self.summary
        return line.forecast if line and self.goal and line.forecast_criteria == self.goal.criteria else None

    @property
    def late_days(self) -> int:
        """By how many days the likely day lies behind the goal's; 0 where it does not, or nothing is foreseen."""
        likely = self.forecast.likely if self.forecast else None
        return 0 if likely is None or self.goal is None else max(0, (likely - self.goal.by).days)


@dataclass(frozen=True)
class Totals:
    """What the communes add up to; *computed* of them have a line, *reached* have met their goal's number of criteria."""

    communes: int
    computed: int
    reached: int
    goals: int
    registered: int
    visited: int


@dataclass(frozen=True)
class Outline:
    """A commune on a small map: the edge of its largest part, simplified, and a point inside; (longitude, latitude)."""

    ring: Line
    middle: tuple[float, float]


@dataclass(frozen=True)
class Comparison:
    """The communes for one edition: its id, the definition where the actor's own commune has it, and the moment."""

    edition: str
    definition: Edition | None
    rows: tuple[Standing, ...]
    at: datetime


def known_editions(survey: Survey, actor: Actor) -> dict[str, Edition | None]:
    """Every edition that some commune has figures of, with its definition where the actor's commune has loaded it. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_PROVINCE)
    with survey.reading() as reader:
        return _definitions(reader, actor.commune)


def compare(survey: Survey, actor: Actor, edition: str) -> Comparison:
    """Every commune of the deployment with what it keeps of *edition*. Raises NOT_ALLOWED, EDITION_UNKNOWN."""
    actor.require(Ability.SEE_PROVINCE)
    group = f"group.{edition}"
    with survey.reading() as reader:
        definitions = _definitions(reader, actor.commune)
        if edition not in definitions:
            raise Problem(EDITION_UNKNOWN, edition=edition[:80], known=", ".join(definitions) or "–")
        lines = {line.commune: line for line in select_summaries(reader, edition)}
        settings = select_settings_of_all(reader, ["goal", group])
        communes = select_commune_names(reader)
    rows = []
    for code, name, _ in communes:
        goal = read_goal(settings.get((code, "goal")))
        rows.append(Standing(code, name, settings.get((code, group)), goal if goal and goal.edition == edition else None, lines.get(code)))
    return Comparison(edition, definitions[edition], tuple(rows), survey.now())


def arrange(
    rows: Sequence[Standing], order: Order, *, downwards: bool = False, group: str | None = None, words: str = ""
) -> list[Standing]:
    """The rows of one *group* (None: all) whose name or code holds *words*, in *order*; those without the figure come last."""
    wanted = fold(words)
    chosen = [row for row in rows if group in (None, row.group) and (wanted in fold(row.name) or wanted in row.code)]
    named = sorted(chosen, key=lambda row: (fold(row.name), row.code))
    keyed = [(key, row) for row in named if (key := _key(row, order)) is not None]
    keyed.sort(key=lambda pair: pair[0], reverse=downwards)
    return [row for _, row in keyed] + [row for row in named if _key(row, order) is None]


def add_up(rows: Sequence[Standing]) -> Totals:
    """What *rows* come to."""
    lines = [row.summary for row in rows if row.summary is not None]
    reached = sum(row.goal is not None and row.summary is not None and row.summary.met >= row.goal.criteria for row in rows)
    goals = sum(row.goal is not None for row in rows)
    return Totals(len(rows), len(lines), reached, goals, sum(line.registered for line in lines), sum(line.visited for line in lines))


def outlines(survey: Survey, actor: Actor) -> Mapping[str, Outline]:
    """How each commune is drawn, by code; a border is read and simplified once in a process. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_PROVINCE)
    with survey.reading() as reader, _drawing:
        keys = {code: (code, entered) for code, _, entered in select_commune_names(reader)}
        unknown = [code for code, key in keys.items() if key not in _outlines]
        for code, border in select_borders(reader, unknown).items():
            _outlines[keys[code]] = Outline(border.outline, border.center)
        return {code: _outlines[key] for code, key in keys.items()}


def set_access(survey: Survey, commune: str, person: str, *, allowed: bool) -> bool:
    """Let an account see all communes side by side, or no longer, by the operator's word alone; false where there is no such account."""
    with survey.transaction() as tx:
        known = update_person_province(tx, commune, person, allowed=allowed)
        if known:
            tx.log(commune, "person.province", {"person": person, "allowed": allowed, "by": "operator"})
    return known


def _definitions(reader: Reader, commune: str) -> dict[str, Edition | None]:
    own: dict[str, Edition | None] = {
        loaded.id: effective_edition(loaded.document, select_entries(reader, commune, loaded.id))
        for loaded in select_editions(reader, commune)
    }
    return dict.fromkeys(select_summarized_editions(reader)) | own


def _key(row: Standing, order: Order) -> float | str | None:
    line = row.summary
    if order is Order.NAME:
        return fold(row.name)
    if order in (Order.GOAL, Order.FORECAST):
        day = (row.goal and row.goal.by) if order is Order.GOAL else (row.forecast and row.forecast.likely)
        return day.isoformat() if day else None
    if line is None:
        return None
    if order is Order.AGE:
        return None if line.oldest is None else line.oldest.isoformat()
    if order is Order.COVERAGE:
        return row.coverage
    return {Order.SCORE: line.met, Order.CLAIMED: line.claimed, Order.APPRAISED: line.appraised}[order]
