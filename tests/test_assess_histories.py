"""Kept figures are what a full recomputation gives, and a past day stays what it was at its end: over random histories.

Officers and inspectors do what they do, in any order, while the clock runs over many days; a plain commune in memory follows them
(tests/plain_commune.py), and is the judge of every present figure. What was present at the end of a day is what is asked for later.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from survey import assess, register, rules, standing
from survey.domain.criteria import BY_HAMLET
from survey.domain.outcomes import Outcome
from survey.domain.people import Actor, Role
from survey.domain.places import Hamlet
from survey.domain.rules import EntryKind
from survey.domain.sites import SiteKind
from survey.domain.statements import Aspect, Wish
from survey.domain.submissions import State
from survey.domain.times import end_of, local_date
from survey.domain.verdicts import Verdict
from survey.forms.compile import compile_xlsform
from survey.register.merging import merge_hamlets
from survey.review import decide
from survey.store.counted import update_counted_on_receipt
from survey.store.forms import insert_form
from survey.store.measures import insert_measures
from survey.store.places import select_hamlets
from survey.store.settings import insert_setting
from survey.store.sites import select_site
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import insert, submission
from tests.plain_commune import BY_GROUP, Number, PlainCommune, Visit

EDITION = "thu"
ACTOR = Actor(COMMUNE, "p-coordinator", "p", Role.COORDINATOR)
BEGIN = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
_SOURCE = {"s": {"text": "Quyết định thử", "decision": "QĐ 1"}}
_NEXT = {
    "received": ["accepted", "accepted", "returned", "rejected"], "accepted": ["received"], "returned": ["received"],
    "rejected": ["received"],
}  # fmt: skip


class History:
    """One deployment, the plain commune beside it, and a clock that both follow."""

    def __init__(self, survey: Survey, chance: random.Random, folder: Path) -> None:
        self.survey, self.chance, self.folder = survey, chance, folder
        self.now = BEGIN
        self.plain = PlainCommune(list(HAMLETS))
        self.days: dict[date, tuple[Verdict, ...]] = {}
        self.paper = ""
        self.steps: list[Callable[[], None]] = [
            *[self.receive] * 6, *[self.review] * 9, self.add_house, self.move_house, self.close_house,
            self.enter_number, self.withdraw_number, self.make_statement, self.take_back_statement, self.choose_group,
            self.reload, self.merge, self.add_hamlet,
        ]  # fmt: skip

    def begin(self) -> None:
        """Hamlets, the checklist, the edition, a paper and a few houses."""
        seed(self.survey.store)
        path = ROOT / "schema" / "forms" / "household_fence.xlsx"
        with self.survey.transaction() as tx:
            insert_form(tx, COMMUNE, compile_xlsform(path.read_bytes(), path.name), path.read_bytes(), self.now)
            insert_setting(tx, COMMUNE, "samples", "off", reason="t", person="p", at=self.now)
        self.load(0.6)
        self.paper = standing.keep_document(self.survey, ACTOR, "qd.pdf", [b"%PDF-1.7"])
        for _ in range(4):
            self.add_house()

    def load(self, base: float) -> None:
        """Load the edition with its own number for criterion 1."""
        number = {"status": "read", "sources": ["s"]}
        hedge = {"question": "household_fence.kind", "is": "hedge"}
        sums = {"numerator": "green_m", "denominator": "total_m"}
        metres: dict[str, object] = {name: {"question": f"household_fence.{question}"} for name, question in sums.items()}
        text = {"vi": "x", "en": "x"}
        grouped = [{"at_least": limit, "group": group, **number} for group, limit in BY_GROUP.items()]
        metres |= {"threshold": {"at_least": base, **number}}
        groups = [{"code": code, "title": text} for code in BY_GROUP]
        head: dict[str, object] = {"edition": EDITION, "title": text, "unit": "commune", "sources": _SOURCE, "groups": groups}
        head["criteria"] = [
            {"code": "1", "title": text, "indicators": [
                {"code": "1-m", "title": text, "kind": "ratio_of_sums", "sites": "household", **metres},
            ]},
            {"code": "2", "title": text, "roll_up": {"all_hamlets": {"required": True, **number}}, "indicators": [
                {"code": "2-h", "title": text, "kind": "share_of_sites", "sites": "household", "holds": hedge, "thresholds": grouped},
            ]},
            {"code": "3", "title": text, "open": ["set_by_person"]},
        ]  # fmt: skip
        (self.folder / "edition.yaml").write_text(json.dumps(head))
        assess.load_edition(self.survey, ACTOR, self.folder)
        self.plain.base = base

    def run(self, steps: int) -> None:
        """So many steps, each followed by the comparison now and then."""
        for step in range(steps):
            self.pass_time()
            self.chance.choice(self.steps)()
            if step % 3 == 0:
                self.compare()
            if step % 10 == 0 and self.days:
                self.compare_day(self.chance.choice(list(self.days)))
        self.compare()
        self.pass_time(days=1)
        for day in self.days:
            self.compare_day(day)

    def pass_time(self, days: int = 0) -> None:
        """Let hours go by; what is present at the end of each day is written down."""
        until = self.now + timedelta(days=days, minutes=self.chance.choice([1, 7, 60, 500, 1500]))
        while local_date(self.now) < local_date(until):
            self.now = end_of(local_date(self.now)) - timedelta(seconds=1)
            self.days[local_date(self.now)] = assess.present_figures(self.survey, ACTOR, EDITION).verdicts
            self.now += timedelta(seconds=2)
        self.now = max(until, self.now)

    def compare(self) -> None:
        """The present figures are those of the plain commune, and those of a recomputation that keeps nothing."""
        if self.chance.random() < 0.3:
            assess.renew_figures(self.survey, COMMUNE)
        kept = assess.present_figures(self.survey, ACTOR, EDITION).verdicts
        anew = assess.assess(self.survey, ACTOR, edition=EDITION)

        assert {(verdict.criterion, verdict.hamlet): _said(verdict) for verdict in kept} == self.plain.figures(local_date(self.now))
        assert list(kept) == [verdict.without_submissions() for verdict in anew]

    def compare_day(self, day: date) -> None:
        """What was present at the end of that day is what is found now."""
        assert assess.figures_on(self.survey, ACTOR, EDITION, day).verdicts == self.days[day]
        assert assess.figures_on(self.survey, ACTOR, EDITION, day).verdicts == self.days[day]

    def receive(self) -> None:
        """A visit comes in, captured up to weeks before, or by a clock that runs ahead; some correct an earlier one."""
        if not self.plain.houses:
            return
        site = self.chance.choice(list(self.plain.houses))
        earlier = [visit.id for visit in self.plain.visits.values() if visit.site == site][-3:]  # so that corrections are corrected
        total = self.chance.choice([0, 10, 40, 70])
        captured = self.now + timedelta(minutes=self.chance.choice([-50_000, -20_000, -30, 0, 2000]))
        visit = Visit(
            f"uuid:{len(self.plain.visits):04d}", site, captured, self.now,
            self.chance.randint(0, 80), total, self.chance.random() < 0.7, self.chance.choice([None, *earlier]),
        )  # fmt: skip
        answers = {"/data/green_m": visit.green, "/data/total_m": total, "/data/kind": "hedge" if visit.hedge else "wall"}
        name, hamlet = visit.id.removeprefix("uuid:"), self.plain.houses[site]
        made = submission(name, site=site, hamlet=hamlet, replaces=visit.replaces, answers=answers)
        made = replace(made, captured_at=visit.captured, received_at=visit.received)
        with self.survey.transaction() as tx:
            insert(tx, made)
            insert_measures(tx, made)
            update_counted_on_receipt(tx, COMMUNE, made.id, locked=True)
        self.plain.visits[visit.id] = visit

    def review(self) -> None:
        """A reviewer accepts, returns, rejects, or takes back."""
        if not self.plain.visits:
            return
        visit = self.chance.choice(list(self.plain.visits.values()))
        to = self.chance.choice(_NEXT[visit.state])
        after = decide(self.survey, ACTOR, visit.id, State(to), reason="r", expected_version=visit.version)
        visit.state, visit.version = to, after.state_version

    def add_house(self) -> None:
        """A house is registered, while there are few: so each is visited more often."""
        if len(self.plain.houses) > 5:
            return
        hamlet = self.chance.choice([*self.plain.hamlets, None])
        before = set(self.plain.houses)
        values = {"name": f"Hộ {len(before)}-{self.now}", "hamlet": self.named(hamlet)}
        report = register.add_site(self.survey, ACTOR, SiteKind.HOUSEHOLD, values)
        assert report.written, report
        with self.survey.reading() as reader:
            rows = reader.rows("SELECT site FROM site WHERE known_to IS NULL AND closed = 0")
        new, = {row["site"] for row in rows} - before
        self.plain.houses[new] = hamlet

    def named(self, hamlet: str | None) -> str:
        """The hamlet's name, as an officer types it."""
        with self.survey.reading() as reader:
            return {one.id: one.name for one in select_hamlets(reader, COMMUNE)}.get(hamlet or "", "")

    def move_house(self) -> None:
        """A house is put into another hamlet."""
        if self.plain.houses:
            site, hamlet = self.chance.choice(list(self.plain.houses)), self.chance.choice(self.plain.hamlets)
            with self.survey.reading() as reader:
                seen = select_site(reader, COMMUNE, site)
            assert seen is not None
            values = {"name": seen.name, "code": seen.code, "hamlet": self.named(hamlet)}
            register.edit_site(self.survey, ACTOR, site, values, seen=seen.known_from)
            self.plain.houses[site] = hamlet

    def close_house(self) -> None:
        """A house is gone."""
        if len(self.plain.houses) > 3:
            site = self.chance.choice(list(self.plain.houses))
            with self.survey.reading() as reader:
                seen = select_site(reader, COMMUNE, site)
            assert seen is not None
            register.close_site(self.survey, ACTOR, site, reason="r", seen=seen.known_from)
            del self.plain.houses[site]

    def enter_number(self) -> None:
        """An officer enters a number for some days, past or to come."""
        today = local_date(self.now)
        first, last = self.chance.choice([(None, None), (-3, None), (0, 4), (-9, -2), (2, 6), (None, 3)])
        days = {"valid_from": first, "valid_to": last}
        told = {name: today + timedelta(days=day) for name, day in days.items() if day is not None}
        limit = self.chance.choice([0.1, 0.4, 0.5, 0.75, 1.0])
        content = {"at_least": limit, **{name: day.isoformat() for name, day in told.items()}}
        entry = rules.enter(self.survey, ACTOR, EDITION, rules.Draft(EntryKind.THRESHOLD, content, "QĐ", "r", "1", "1-m"))
        self.plain.numbers.append(Number(entry.number, limit, told.get("valid_from"), told.get("valid_to")))

    def withdraw_number(self) -> None:
        """An officer takes a number back."""
        standing_ones = [one for one in self.plain.numbers if not one.withdrawn]
        if standing_ones:
            one = self.chance.choice(standing_ones)
            rules.withdraw(self.survey, ACTOR, EDITION, one.number, "r")
            one.withdrawn = True

    def make_statement(self) -> None:
        """Somebody states how criterion 3 is, with or without a paper, or what the commune claims."""
        place, outcome = self.chance.choice([None, *self.plain.hamlets]), self.chance.choice([Outcome.MET, Outcome.MET, Outcome.NOT_MET])
        aspect, document = self.chance.choice([*[Aspect.STATE] * 3, Aspect.CLAIM]), self.chance.choice([None, self.paper])
        standing.state(self.survey, ACTOR, Wish(EDITION, "3", place, aspect, outcome, date(2026, 5, 30), document=document))
        if aspect is Aspect.STATE:
            self.plain.stated[place] = outcome.value, document is not None

    def take_back_statement(self) -> None:
        """What was stated does not stand any more."""
        present = [place for place in self.plain.stated if place in (None, *self.plain.hamlets)]
        if present:
            place = self.chance.choice(present)
            standing.withdraw(self.survey, ACTOR, EDITION, "3", place, Aspect.STATE, reason="r")
            del self.plain.stated[place]

    def choose_group(self) -> None:
        """The commune's group under the edition."""
        self.plain.group = self.chance.choice(["", *BY_GROUP])
        standing.set_group(self.survey, ACTOR, EDITION, self.plain.group, source="QĐ")

    def reload(self) -> None:
        """The edition is loaded anew with another number."""
        self.load(self.chance.choice([0.3, 0.6, 0.8]))

    def merge(self) -> None:
        """Two hamlets become one of them."""
        if len(self.plain.hamlets) > 1 and self.chance.random() < 0.4:
            ended, into = self.chance.sample(self.plain.hamlets, 2)
            with self.survey.reading() as reader:
                began = max(one.valid_from for one in select_hamlets(reader, COMMUNE) if one.id in (ended, into))
            possible = [day for back in range(4) if (day := local_date(self.now) - timedelta(days=back)) > began]
            merge_hamlets(self.survey, ACTOR, [ended], into=into, on=self.chance.choice(possible), decision="NQ")
            self.plain.hamlets.remove(ended)
            self.plain.houses = {house: into if hamlet == ended else hamlet for house, hamlet in self.plain.houses.items()}

    def add_hamlet(self) -> None:
        """A hamlet is new."""
        if len(self.plain.hamlets) < 4:
            since = self.chance.choice([date(2026, 5, 1), local_date(self.now) - timedelta(days=2)])
            made: Hamlet = register.add_hamlet(self.survey, ACTOR, f"Thôn {self.now:%d%H%M%S}", valid_from=since)
            self.plain.hamlets.append(made.id)


def _said(verdict: Verdict) -> tuple[object, ...]:
    basis = next((basis for basis in verdict.basis if basis.indicator != BY_HAMLET), None)
    if basis is None:
        return (verdict.outcome.value,)
    return (
        verdict.outcome.value, basis.numerator, basis.denominator, basis.registered, basis.visited, basis.known, basis.left_out,
        basis.submission_count, basis.submissions_sha256, basis.oldest, basis.newest,
    )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def begun(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], History]]:
    """A function that begins the history of a seed."""
    opened: list[Survey] = []

    def begin(number: int) -> History:
        database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
        data = tmp_path / str(number)
        (data / EDITION).mkdir(parents=True)
        survey = open_survey(Settings(data=data, database=database))
        opened.append(survey)
        history = History(survey, random.Random(number), data / EDITION)  # noqa: S311 - a history, no secret
        monkeypatch.setattr(Survey, "now", lambda _self: history.now)
        history.begin()
        return history

    yield begin
    for survey in opened:
        survey.store.close()


@pytest.mark.parametrize("number", range(4))
def test_figures_follow_every_history(begun: Callable[[int], History], number: int) -> None:
    """Whatever people do in whatever order, on either engine."""
    history = begun(number)
    history.run(120)

    assert len(history.days) > 10


def test_a_kept_day_is_a_recomputation_after_the_clock_was_set_back(begun: Callable[[int], History]) -> None:
    """Days kept by a clock that ran ahead know what was done in them later; those before stay as they were."""
    history = begun(101)
    history.run(40)
    kept = list(history.days)
    history.now -= timedelta(days=5)
    first = local_date(history.now)
    for _ in range(25):
        history.now += timedelta(minutes=history.chance.choice([5, 90, 200]))
        history.chance.choice([history.review, history.receive, history.enter_number, history.choose_group, history.make_statement])()
    history.now += timedelta(days=12)

    assert kept[0] < first < kept[-1]
    for day in kept:
        anew = assess.assess(history.survey, ACTOR, edition=EDITION, as_of=day)
        found = assess.figures_on(history.survey, ACTOR, EDITION, day).verdicts
        assert list(found) == [verdict.without_submissions() for verdict in anew]
        assert day >= first or found == history.days[day]
    assert any(assess.figures_on(history.survey, ACTOR, EDITION, day).verdicts != history.days[day] for day in kept if day >= first)
