"""Rules entered in the app: what is taken and refused, what is law when, what was known when, and the log of it; on each engine."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from survey import assess, rules
from survey.catalogue.editions import Document, read_document
from survey.catalogue.effective import effective_edition
from survey.catalogue.entry_checks import read_pasted
from survey.domain.criteria import Edition, Rule
from survey.domain.people import Actor, Role
from survey.domain.ports import Row
from survey.domain.problems import (
    EDITION_EXISTS,
    EDITION_ID_UNUSABLE,
    EDITION_UNKNOWN,
    NOT_ALLOWED,
    RULE_ADDRESS_UNUSABLE,
    RULE_CONTENT_TOO_LARGE,
    RULE_ENTRY_UNKNOWN,
    RULE_REASON_NEEDED,
    RULE_REFUSED,
    RULE_SOURCE_NEEDED,
    RULE_TARGET_UNKNOWN,
    Problem,
    ProblemKind,
)
from survey.domain.rules import EntryKind
from survey.domain.thresholds import Status, threshold_on
from survey.establish import establish
from survey.rules import Draft
from survey.store import Store
from survey.store.blobs import FolderBlobs
from survey.store.editions import LoadedEdition, select_editions, select_question_kinds, upsert_edition
from survey.store.events import select_events
from survey.store.rule_entries import select_entries, select_entry_history
from survey.wiring import ROOT, Settings, Survey, open_survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import insert, register, submission

KDC, NATIONAL = "ha-tinh-kdc-kieu-mau", "qd-51-2025"
SOURCE, WHY = "QĐ thử nghiệm của kiểm thử", "Kiểm thử: nhập từ văn bản."
LATRINES = {
    "code": "4.1", "title": "Hộ có nhà tiêu hợp vệ sinh", "kind": "share_of_sites", "sites": "household",
    "holds": {"question": "household_environment.latrine", "is": "sanitary"}, "threshold": {"at_least": 0.7},
}  # fmt: skip


class _Clock:
    """A survey whose clock the test moves."""

    def __init__(self, settings: Settings, store: Store, path: Path) -> None:
        self.moment = datetime(2026, 3, 1, 3, tzinfo=UTC)
        clock = self

        class Clocked(Survey):
            def now(self) -> datetime:
                return clock.moment

        self.survey = Clocked(settings, store, FolderBlobs(path), FolderBlobs(path / "bundles"))


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """The bundled checklists as they are stored, compiled once."""
    survey = open_survey(Settings(data=tmp_path_factory.mktemp("forms")))
    establish(survey, survey.settings.schema, COMMUNE)
    with survey.reading() as reader:
        rows = reader.rows("SELECT * FROM form WHERE commune = :commune", commune=COMMUNE)
    survey.store.close()
    return rows


@pytest.fixture
def clock(store: Store, tmp_path: Path, coordinator: Actor, forms: list[Row]) -> _Clock:
    """A deployment with the bundled checklists and two editions loaded on 1 March 2026, and a clock to move."""
    seed(store)
    made = _Clock(Settings(data=tmp_path), store, tmp_path)
    with made.survey.transaction() as tx:
        tx.execute("DELETE FROM form WHERE commune = :commune", commune=COMMUNE)
        tx.execute_many(f"INSERT INTO form ({', '.join(forms[0])}) VALUES ({', '.join(':' + name for name in forms[0])})", forms)
        for edition in (KDC, NATIONAL):
            document = read_document(ROOT / "schema/criteria" / edition)
            upsert_edition(tx, COMMUNE, LoadedEdition(edition, document.text(), made.moment), {})
    made.moment += timedelta(hours=1)
    return made


def _enter(clock: _Clock, actor: Actor, draft: Draft, edition: str = NATIONAL, *, after: timedelta = timedelta(hours=1)) -> int:
    number = rules.enter(clock.survey, actor, edition, draft).number
    clock.moment += after
    return number


def _edition(survey: Survey, edition: str, before: datetime | None = None) -> Edition | None:
    """The edition as it reads, from what was known before a moment."""
    with survey.reading() as reader:
        loaded = next((one for one in select_editions(reader, COMMUNE, before) if one.id == edition), None)
        return None if loaded is None else effective_edition(loaded.document, select_entries(reader, COMMUNE, edition, before))


def _latrines(survey: Survey, on: date, before: datetime | None = None) -> float | None:
    """The number of the entered indicator on a day, from what was known before a moment."""
    edition = _edition(survey, NATIONAL, before)
    assert edition is not None
    found = [one for one in edition.indicators if one.code == "4.1"]
    number = threshold_on(found[0].thresholds, on) if found else None
    return None if number is None else number.at_least


def _threshold(at_least: float, first: str, last: str | None = None) -> Draft:
    days = {"valid_from": first} | ({"valid_to": last} if last else {})
    return Draft(EntryKind.THRESHOLD, {"at_least": at_least, **days}, SOURCE, WHY, "4", "4.1")


INDICATOR = Draft(EntryKind.INDICATOR, LATRINES, SOURCE, WHY, "4", "4.1", "https://example.org/qd")


def test_days_of_law_and_days_of_knowledge(clock: _Clock, coordinator: Actor) -> None:
    """A number counts for the days it names, and from the moment it was known: back and forth in both."""
    _enter(clock, coordinator, INDICATOR, after=timedelta(days=10))
    first = clock.moment
    _enter(clock, coordinator, _threshold(0.8, "2026-06-01"), after=timedelta(days=10))
    second = clock.moment
    _enter(clock, coordinator, _threshold(0.9, "2026-07-01", "2026-07-31"), after=timedelta(days=10))
    third = clock.moment
    number = _enter(clock, coordinator, _threshold(0.1, "2000-01-01"))
    rules.withdraw(clock.survey, coordinator, NATIONAL, number, "Nhầm.")
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 15), date(2026, 8, 1)]

    for before, expected in (
        (None, [0.7, 0.8, 0.9, 0.8]), (first, [0.7, 0.7, 0.7, 0.7]), (second, [0.7, 0.8, 0.8, 0.8]),
        (third, [0.7, 0.8, 0.9, 0.8]), (clock.moment, [0.1] * 4), (first - timedelta(days=10), [None] * 4), (None, [0.7, 0.8, 0.9, 0.8]),
    ):  # fmt: skip
        assert [_latrines(clock.survey, day, before) for day in days] == expected


def test_an_entry_is_numbered_sourced_and_logged_without_words(clock: _Clock, coordinator: Actor) -> None:
    """The history has who, when, why; the log has ids and hashes."""
    _enter(clock, coordinator, INDICATOR)
    rules.withdraw(clock.survey, coordinator, NATIONAL, 1, "Sai nguồn.")
    lines = rules.history(clock.survey, coordinator, NATIONAL)
    with clock.survey.reading() as reader:
        bodies = [json.loads(event["body"]) for event in select_events(reader, COMMUNE)]

    assert [(line.entry.number, line.entry.kind, line.entry.reason, line.person_name) for line in lines] == [
        (2, EntryKind.WITHDRAWAL, "Sai nguồn.", "coordinator"), (1, EntryKind.INDICATOR, WHY, "coordinator"),
    ]  # fmt: skip
    assert [line.withdrawn_by.number if line.withdrawn_by else None for line in lines] == [None, 2]
    assert [line.applies for line in lines] == [False, False]
    assert [body["kind"] for body in bodies if body["kind"].startswith("rule.")] == ["rule.entered", "rule.withdrawn"]
    told = json.dumps([body for body in bodies if body["kind"].startswith("rule.")], ensure_ascii=False)
    assert all(word not in told for word in (SOURCE, WHY, "Sai nguồn", "nhà tiêu"))


def test_answers_received_before_are_counted_for_a_new_question(clock: _Clock, coordinator: Actor) -> None:
    """Nobody asked for the latrine; once an indicator does, what was received has its measure, and receipt writes it."""
    answers = {"/data/latrine": "sanitary"}
    with clock.survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        tx.execute("DELETE FROM edition_question")
        insert(tx, submission("a", form="household_environment", answers=answers))
    rules.enter(clock.survey, coordinator, NATIONAL, INDICATOR)

    with clock.survey.reading() as reader:
        assert select_question_kinds(reader, COMMUNE, "household_environment")["latrine"] == "code"
        measures = reader.rows("SELECT submission, question, code FROM measure WHERE commune = :c", c=COMMUNE)
    assert [(row["submission"], row["question"], row["code"]) for row in measures] == [("uuid:a", "latrine", "sanitary")]


NEW = {
    "unit": "commune", "title": "Bộ tiêu chí nhập tay", "valid_from": "2026-01-01",
    "groups": [{"code": "1", "title": "Nhóm 1"}, {"code": "2", "title": "Nhóm 2"}],
    "criteria": [
        {"code": "1", "title": "Quy hoạch", "open": ["set_by_person"]},
        {"code": "2", "title": "Môi trường", "open": ["indicators_missing"]},
    ],
}  # fmt: skip


def test_a_whole_edition_by_hand(clock: _Clock, coordinator: Actor) -> None:
    """Head and names of criteria from a decision's text, then an indicator, numbers by group, its completion; then as of before."""
    survey, made = clock.survey, "qd-thu-2026"
    _enter(clock, coordinator, Draft(EntryKind.EDITION, NEW, SOURCE, WHY), made)
    begun = clock.moment
    latrines = {**LATRINES, "code": "2.1", "complete": "true"} | {"threshold": None, "thresholds": [{"at_least": 0.7}]}
    _enter(clock, coordinator, Draft(EntryKind.INDICATOR, latrines, SOURCE, WHY, "2", "2.1"), made)
    _enter(clock, coordinator, Draft(EntryKind.THRESHOLD, {"at_least": 0.6, "group": "2"}, SOURCE, WHY, "2", "2.1"), made)
    edition, before = _edition(survey, made), _edition(survey, made, begun)

    assert edition is not None
    assert before is not None
    assert [(one.code, one.open_reasons, len(one.indicators)) for one in edition.criteria] == [("1", ("set_by_person",), 0), ("2", (), 1)]
    assert [(one.code, one.open_reasons, len(one.indicators)) for one in before.criteria][1] == ("2", ("indicators_missing",), 0)
    numbers = edition.indicators[0].thresholds
    assert [threshold_on(numbers, date(2026, 11, 23), group=group).at_least for group in ("1", "2")] == [0.7, 0.6]  # type: ignore[union-attr]
    assert {number.status for number in numbers} == {Status.ENTERED}
    assert edition.title.vi == edition.title.en == "Bộ tiêu chí nhập tay"


def test_an_edition_entered_by_mistake_is_retired_and_restored(clock: _Clock, coordinator: Actor) -> None:
    """It is gone from now on, was there on its days, cannot be doubled, and comes back when the withdrawal is taken back."""
    survey, made = clock.survey, "qd-nham"
    _enter(clock, coordinator, Draft(EntryKind.EDITION, NEW, SOURCE, WHY), made, after=timedelta(days=3))
    stood = clock.moment
    withdrawal = rules.withdraw(survey, coordinator, made, 1, "Nhập nhầm.")
    clock.moment += timedelta(days=3)
    gone = clock.moment

    assert _edition(survey, made) is None
    assert _edition(survey, made, stood) is not None
    assert _edition(survey, made, gone) is None
    rules.withdraw(survey, coordinator, made, withdrawal.number, "Vẫn cần.")
    clock.moment += timedelta(days=1)
    assert _edition(survey, made) is not None
    assert _edition(survey, made, gone) is None
    rules.withdraw(survey, coordinator, made, 1, "Nhập nhầm.")
    _enter(clock, coordinator, Draft(EntryKind.EDITION, {**NEW, "title": "Lần hai"}, SOURCE, WHY), made)
    again = _edition(survey, made)
    assert again is not None
    assert again.title.vi == "Lần hai"


def test_a_loaded_edition_gets_its_last_day(clock: _Clock, coordinator: Actor) -> None:
    """Not withdrawn: law that ended."""
    rules.enter(clock.survey, coordinator, KDC, Draft(EntryKind.EDITION, {"valid_to": "2026-06-30"}, SOURCE, WHY))
    edition = _edition(clock.survey, KDC)

    assert edition is not None
    assert [edition.is_valid(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [True, False]
    with pytest.raises(Problem) as caught:
        rules.withdraw(clock.survey, coordinator, KDC, 2, WHY)
    assert caught.value.kind is RULE_ENTRY_UNKNOWN


def test_two_coordinators_at_once(clock: _Clock, coordinator: Actor) -> None:
    """Each gets a number of its own, none is lost."""
    _enter(clock, coordinator, INDICATOR)
    threads = [
        Thread(target=rules.enter, args=(clock.survey, coordinator, NATIONAL, _threshold(0.5 + step / 100, f"2026-0{step + 1}-01")))
        for step in range(6)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with clock.survey.reading() as reader:
        entries = select_entry_history(reader, COMMUNE, NATIONAL)

    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6, 7]
    assert {entry.content["at_least"] for entry in entries[1:]} == {0.5 + step / 100 for step in range(6)}


def _deep(levels: int) -> dict[str, object]:
    inner: dict[str, object] = {"question": "household_environment.latrine", "is": "sanitary"}
    for _ in range(levels):
        inner = {"all_of": [inner]}
    return inner


def _draft(content: dict[str, object], *, source: str = SOURCE, reason: str = WHY, address: str = "", criterion: str = "4") -> Draft:
    return Draft(EntryKind.INDICATOR, content, source, reason, criterion, "4.1", address)


@pytest.mark.parametrize(
    ("draft", "kind", "key"),
    [
        (_draft({**LATRINES, "holds": {"question": "household_environment.toilet", "is": "sanitary"}}), RULE_REFUSED, "holds.question"),
        (_draft({**LATRINES, "holds": {"question": "household_environment.latrine", "is": "golden"}}), RULE_REFUSED, "holds.is"),
        (_draft({**LATRINES, "threshold": {"at_least": 70}}), RULE_REFUSED, "threshold.at_least"),
        (_draft({**LATRINES, "threshold": {"at_least": 0.7, "valid_from": "1/1/2026"}}), RULE_REFUSED, "valid_from"),
        (_draft({**LATRINES, "threshold": {"at_least": 0.7, "group": "9"}}), RULE_REFUSED, "group"),
        (_draft({**LATRINES, "threshold": {"at_least": 0.7, "status": "read"}}), RULE_REFUSED, "status"),
        (_draft({**LATRINES, "threshold": 0.7}), RULE_REFUSED, "threshold"),
        (_draft({**LATRINES, "kind": "stated_by_me"}), RULE_REFUSED, "kind"),
        (_draft({**LATRINES, "code": "9.9"}), RULE_REFUSED, "code"),
        (_draft({**LATRINES, "title": ""}), RULE_REFUSED, "title"),
        (_draft({**LATRINES, "holds": _deep(30)}), RULE_CONTENT_TOO_LARGE, ""),
        (_draft({**LATRINES, "note": "x" * 300_000}), RULE_CONTENT_TOO_LARGE, ""),
        (_draft(LATRINES, criterion="99"), RULE_TARGET_UNKNOWN, ""),
        (_draft(LATRINES, source=" "), RULE_SOURCE_NEEDED, ""),
        (_draft(LATRINES, reason=" "), RULE_REASON_NEEDED, ""),
        (_draft(LATRINES, address="javascript:alert(1)"), RULE_ADDRESS_UNUSABLE, ""),
        (_draft(LATRINES, address="http://[x"), RULE_ADDRESS_UNUSABLE, ""),
        (Draft(EntryKind.THRESHOLD, {"at_least": 0.7}, SOURCE, WHY, "4", "4.7"), RULE_TARGET_UNKNOWN, ""),
        (Draft(EntryKind.EDITION, {"valid_to": "2020-01-01"}, SOURCE, WHY), RULE_REFUSED, "valid_to"),
        (Draft(EntryKind.EDITION, NEW, SOURCE, WHY), EDITION_EXISTS, ""),
        (Draft(EntryKind.CRITERION, {"title": "Mới"}, SOURCE, WHY, "11"), RULE_REFUSED, "criteria[11]"),
        (Draft(EntryKind.CRITERION, {"open": ["none"]}, SOURCE, WHY, "4"), RULE_REFUSED, "open"),
    ],
    ids=[
        "question", "choice", "70 for 70 %", "date", "group", "status", "no mapping", "kind", "code", "title", "deep", "long", "criterion",
        "source", "reason", "script", "broken address", "indicator", "dates", "exists", "empty criterion", "open",
    ],
)  # fmt: skip
def test_what_is_refused_names_the_key_and_writes_nothing(
    clock: _Clock, coordinator: Actor, draft: Draft, kind: ProblemKind, key: str
) -> None:
    """The same reader and the same messages as for an edition's files; trying it out says the same."""
    for call in (rules.try_out, rules.enter):
        with pytest.raises(Problem) as caught:
            call(clock.survey, coordinator, NATIONAL, draft)
        assert caught.value.kind is kind
        assert key in str(caught.value.details.get("key", ""))
    with clock.survey.reading() as reader:
        assert select_entry_history(reader, COMMUNE, NATIONAL) == []


def test_who_may_and_where(clock: _Clock, coordinator: Actor, reviewer: Actor, inspector: Actor) -> None:
    """Reviewers read, inspectors do not; what another commune entered is not there."""
    other = Actor("18845", "p-other", "Xã khác", Role.COORDINATOR)
    rules.enter(clock.survey, coordinator, NATIONAL, INDICATOR)
    assert rules.history(clock.survey, reviewer, NATIONAL) != []
    assert rules.history(clock.survey, other, NATIONAL) == []
    for call, kind in (
        (lambda: rules.enter(clock.survey, reviewer, NATIONAL, INDICATOR), NOT_ALLOWED),
        (lambda: rules.withdraw(clock.survey, inspector, NATIONAL, 1, WHY), NOT_ALLOWED),
        (lambda: rules.history(clock.survey, inspector, NATIONAL), NOT_ALLOWED),
        (lambda: rules.try_out(clock.survey, reviewer, NATIONAL, INDICATOR), NOT_ALLOWED),
        (lambda: rules.enter(clock.survey, other, NATIONAL, INDICATOR), EDITION_UNKNOWN),
        (lambda: rules.withdraw(clock.survey, other, NATIONAL, 1, WHY), RULE_ENTRY_UNKNOWN),
        (lambda: rules.withdraw(clock.survey, coordinator, NATIONAL, 9, WHY), RULE_ENTRY_UNKNOWN),
        (lambda: rules.withdraw(clock.survey, coordinator, NATIONAL, 1, " "), RULE_REASON_NEEDED),
        (lambda: rules.enter(clock.survey, coordinator, "../etc", Draft(EntryKind.EDITION, NEW, SOURCE, WHY)), EDITION_ID_UNUSABLE),
    ):
        with pytest.raises(Problem) as caught:
            call()
        assert caught.value.kind is kind


def test_what_is_withdrawn_is_not_withdrawn_twice(clock: _Clock, coordinator: Actor) -> None:
    """The second one hears that it is gone."""
    rules.enter(clock.survey, coordinator, NATIONAL, INDICATOR)
    rules.withdraw(clock.survey, coordinator, NATIONAL, 1, WHY)
    with pytest.raises(Problem) as caught:
        rules.withdraw(clock.survey, coordinator, NATIONAL, 1, WHY)

    assert caught.value.kind is RULE_ENTRY_UNKNOWN


def test_an_edition_loaded_anew_keeps_its_entries(clock: _Clock, coordinator: Actor) -> None:
    """What still finds its place stands; what does not is said, and crashes nothing."""
    rules.enter(clock.survey, coordinator, KDC, Draft(EntryKind.THRESHOLD, {"at_least": 0.8}, SOURCE, WHY, "3", "3-met"))
    rules.enter(clock.survey, coordinator, KDC, Draft(EntryKind.THRESHOLD, {"at_least": 0.5}, SOURCE, WHY, "2", "2a"))
    document = read_document(ROOT / "schema/criteria" / KDC)
    files = json.loads(json.dumps(document.files))
    files["criteria.yaml"]["criteria"] = [one for one in files["criteria.yaml"]["criteria"] if one["code"] not in ("2", "all")]
    with clock.survey.transaction() as tx:
        upsert_edition(tx, COMMUNE, LoadedEdition(KDC, Document(KDC, files).text(), clock.moment), {})

    assert [line.applies for line in rules.history(clock.survey, coordinator, KDC)] == [False, True]
    edition = _edition(clock.survey, KDC)
    assert edition is not None
    assert next(one for one in edition.indicators if one.code == "3-met").thresholds[0].at_least == 0.8


@pytest.mark.parametrize(
    "pasted",
    [
        "a: &x [1]\nb: *x", "a: 1\na: 2", "- list", "a: [" * 500, "x" * 1_000_000, "a: !!python/object:os.system {}", "\x00", "a: \ud800",
        "a: 1e999",
    ],
    ids=["alias", "twice", "list", "deep", "long", "object", "control", "surrogate", "infinite"],
)
def test_hostile_yaml(pasted: str) -> None:
    """Refused with a word, at once."""
    with pytest.raises(Problem) as caught:
        read_pasted(pasted)

    assert caught.value.kind in (RULE_REFUSED, RULE_CONTENT_TOO_LARGE)


def test_verdicts_rest_on_what_was_entered(clock: _Clock, coordinator: Actor) -> None:
    """From the entry on by the new number; as of the day before by the one that stood; after the withdrawal by that one again."""
    clock.moment += timedelta(days=2)
    number = rules.enter(clock.survey, coordinator, KDC, Draft(EntryKind.THRESHOLD, {"at_least": 0.8}, SOURCE, WHY, "3", "3-met")).number

    assert (_deciding(clock, coordinator, None), _deciding(clock, coordinator, date(2026, 3, 2))) == (0.8, 0.7)
    clock.moment += timedelta(days=2)
    rules.withdraw(clock.survey, coordinator, KDC, number, WHY)
    found = [_deciding(clock, coordinator, day) for day in (None, date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 5))]
    assert found == [0.7, 0.7, 0.8, 0.8, 0.7]


def _deciding(clock: _Clock, actor: Actor, as_of: date | None) -> float | None:
    verdicts = assess.assess(clock.survey, actor, edition=KDC, as_of=as_of)
    fences = next(verdict for verdict in verdicts if verdict.criterion == "3" and verdict.hamlet is not None)
    threshold = next(basis for basis in fences.basis if basis.indicator == "3-met").threshold
    return None if threshold is None else threshold.at_least


def test_a_criterion_of_two_readings_gets_another_name(clock: _Clock, coordinator: Actor) -> None:
    """Its readings stand where they stood; two are needed only where `agree` is what is entered."""
    survey = clock.survey
    wish = Draft(EntryKind.CRITERION, {"title": "Hàng rào mới"}, SOURCE, WHY, "3")
    rules.enter(survey, coordinator, KDC, wish)
    criterion = next(one for one in rules.list_effective(survey, coordinator)[KDC].edition.criteria if one.code == "3")
    assert (criterion.title.vi, criterion.rule) == ("Hàng rào mới", Rule.AGREE)

    with pytest.raises(Problem) as refused:
        rules.enter(survey, coordinator, KDC, Draft(EntryKind.CRITERION, {"rule": "agree"}, SOURCE, WHY, "5"))
    assert refused.value.kind is RULE_REFUSED
