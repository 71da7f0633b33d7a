"""Judgements: who may, what they change at once, that nobody overwrites anybody, and that new figures open a flag again."""

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey.domain.canonical import sha256_hex
from survey.domain.people import Actor, Role
from survey.domain.ports import Row
from survey.domain.problems import (
    FLAG_CHANGED,
    FLAG_JUDGED,
    JUDGEMENT_REASON_NEEDED,
    NOT_ALLOWED,
    REASON_TOO_LONG,
    SUBMISSION_UNKNOWN,
    Problem,
    ProblemKind,
)
from survey.domain.reasons import NOTE_LENGTH
from survey.judging import SeenFlag, judge, judge_flags
from survey.store import Store
from survey.store.blobs import FolderBlobs
from survey.store.events import select_events
from survey.store.flags import select_flag_counts, select_flags, select_flags_of_many, select_waiting_counts, upsert_flags
from survey.store.judgements import select_judgement_counts, select_judgements
from survey.store.queue import QueueFilters, select_next
from survey.wiring import Settings, Survey
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.made_submissions import START, insert, register, submission

SEEN = {"attachment": "a.jpg", "code": "seen_before", "severity": 3, "figures": {"sites": ["HO-0002"], "submissions": ["K7M2-9QXD"]}}
FAR = {"attachment": "", "code": "far_from_site", "severity": 3, "figures": {"distance_m": 412, "accuracy_m": 9}}
NOTES = [{"attachment": f"{n}.jpg", "code": "low_resolution", "severity": 1, "figures": {}} for n in range(3)]


@pytest.fixture
def flagged(store: Store, tmp_path: Path) -> Survey:
    """One submission with five flags, 203 of risk, on each engine."""
    seed(store)
    survey = Survey(Settings(data=tmp_path), store, FolderBlobs(tmp_path), FolderBlobs(tmp_path / "bundles"))
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        insert(tx, submission("a"))
    _raise(survey, SEEN, FAR, *NOTES)
    return survey


def _raise(survey: Survey, *flags: Mapping[str, object]) -> None:
    with survey.transaction() as tx:
        upsert_flags(tx, COMMUNE, "uuid:a", flags, START)


def _flag(survey: Survey, code: str = "far_from_site") -> Row:
    with survey.reading() as reader:
        return next(flag for flag in select_flags(reader, COMMUNE, "uuid:a") if flag["code"] == code)


def _standing(survey: Survey) -> tuple[int, int, int]:
    """Count, worst severity and risk, as the queue has them; the flags' own copy of the risk is the same."""
    with survey.reading() as reader:
        entry = select_next(reader, COMMUNE, QueueFilters())
        assert entry is not None
        copies = {row["risk"] for row in reader.rows("SELECT risk FROM flag")}
    assert copies <= {entry.risk}
    return entry.flag_count, entry.flag_severity, entry.risk


def _refused(kind: ProblemKind, survey: Survey, actor: Actor, flag: SeenFlag, verdict: str = "dismissed", reason: str = "x") -> Problem:
    with pytest.raises(Problem) as caught:
        judge_flags(survey, actor, "uuid:a", [flag], verdict, reason)
    assert caught.value.kind is kind
    return caught.value


def test_a_dismissed_flag_weighs_nothing_until_it_is_taken_back(flagged: Survey, reviewer: Actor) -> None:
    """Dismissed: out of count, severity and risk at once; taken back: in again; both stay in the history with who and why."""
    assert _standing(flagged) == (5, 3, 203)

    judge(flagged, reviewer, "uuid:a", "", "far_from_site", "dismissed", "  Nhà có hai cổng. ")
    after = _flag(flagged)
    judged = _standing(flagged)
    judge(flagged, reviewer, "uuid:a", "", "far_from_site", "taken_back", "")

    assert (after["verdict"], after["verdict_reason"], after["verdict_person"]) == ("dismissed", "Nhà có hai cổng.", "p-reviewer")
    assert judged == (4, 3, 103)
    assert _standing(flagged) == (5, 3, 203)
    assert (_flag(flagged)["verdict"], _flag(flagged)["verdict_before"]) == (None, None)
    with flagged.reading() as reader:
        history = select_judgements(reader, COMMUNE, "uuid:a")
    assert [(row["number"], row["verdict"]) for row in history] == [(2, "taken_back"), (1, "dismissed")]


def test_a_confirmed_flag_stays_open(flagged: Survey, reviewer: Actor) -> None:
    """Confirming adds no weight and takes none away."""
    judge(flagged, reviewer, "uuid:a", "a.jpg", "seen_before", "confirmed", "Cùng một tấm ảnh.")

    assert _standing(flagged) == (5, 3, 203)
    assert _flag(flagged, "seen_before")["verdict"] == "confirmed"


def test_several_flags_are_judged_together_or_not_at_all(flagged: Survey, reviewer: Actor) -> None:
    """Three notes with one reason; with one that is gone among them none is written."""
    notes = [SeenFlag(note["attachment"], "low_resolution", {}, 0) for note in NOTES]
    with pytest.raises(Problem):
        judge_flags(flagged, reviewer, "uuid:a", [*notes, SeenFlag("9.jpg", "low_resolution", {}, 0)], "dismissed", "Vẫn thấy rõ.")
    assert _standing(flagged) == (5, 3, 203)

    judge_flags(flagged, reviewer, "uuid:a", notes, "dismissed", "Vẫn thấy rõ.")

    assert _standing(flagged) == (2, 3, 200)


def test_the_log_holds_no_words(flagged: Survey, reviewer: Actor) -> None:
    """Ids and hashes only: neither the reason, nor the figures, nor the name that a phone gave a file."""
    judge(flagged, reviewer, "uuid:a", "a.jpg", "seen_before", "confirmed", "Ảnh của nhà ông Đức.")
    with flagged.reading() as reader:
        (event,) = select_events(reader, COMMUNE)
    body = json.loads(event["body"])

    assert (body["kind"], body["code"], body["verdict"], body["person"]) == ("flag.judged", "seen_before", "confirmed", "p-reviewer")
    assert body["reason_sha256"] == sha256_hex("Ảnh của nhà ông Đức.")
    assert not [word for word in ("Đức", "a.jpg", "HO-0002") if word in event["body"]]


def test_who_may_not_judge(flagged: Survey, reviewer: Actor, inspector: Actor) -> None:
    """Inspectors, reviewers of other hamlets, strangers to the commune; without a reason nobody, nor with an endless one."""
    far = SeenFlag("", "far_from_site")
    elsewhere = Actor(COMMUNE, "p-reviewer", "r", Role.REVIEWER, frozenset({HAMLETS[1]}))
    _refused(NOT_ALLOWED, flagged, inspector, far)
    _refused(SUBMISSION_UNKNOWN, flagged, elsewhere, far)
    _refused(SUBMISSION_UNKNOWN, flagged, Actor("06979", "p-reviewer", "r", Role.REVIEWER), far)
    for verdict in ("confirmed", "dismissed"):
        _refused(JUDGEMENT_REASON_NEEDED, flagged, reviewer, far, verdict, "  ")
    _refused(REASON_TOO_LONG, flagged, reviewer, far, reason="x" * (NOTE_LENGTH + 1))

    assert _standing(flagged) == (5, 3, 203)


def test_what_was_seen_must_be_what_is_there(flagged: Survey, reviewer: Actor) -> None:
    """Other figures, a flag that is gone, nothing to take back."""
    seen = _flag(flagged)
    _raise(flagged, {**FAR, "figures": {"distance_m": 415, "accuracy_m": 9}})
    _refused(FLAG_CHANGED, flagged, reviewer, SeenFlag("", "far_from_site", seen["figures"], 0))
    _refused(FLAG_CHANGED, flagged, reviewer, SeenFlag("a.jpg", "seen_before"))
    _refused(FLAG_CHANGED, flagged, reviewer, SeenFlag("", "far_from_site"), "taken_back", "")

    assert _flag(flagged)["verdict"] is None


def test_a_judgement_holds_while_the_figures_do(flagged: Survey, reviewer: Actor) -> None:
    """Examined again with the same outcome: it stays. Other figures: the flag is open again, and says what was said before.

    The former figures once more: the judgement holds again; so it does after the flag was gone for a while.
    """
    judge(flagged, reviewer, "uuid:a", "", "far_from_site", "dismissed", "Nhà có hai cổng.")
    _raise(flagged, SEEN, FAR)
    assert (_flag(flagged)["verdict"], _standing(flagged)) == ("dismissed", (1, 3, 100))

    _raise(flagged, SEEN, {**FAR, "figures": {"distance_m": 415, "accuracy_m": 9}})
    changed = _flag(flagged)
    assert (changed["verdict"], changed["verdict_before"], changed["verdict_person"]) == (None, "dismissed", "p-reviewer")
    assert _standing(flagged) == (2, 3, 200)

    _raise(flagged, SEEN)
    _raise(flagged, SEEN, FAR)
    assert (_flag(flagged)["verdict"], _standing(flagged)) == ("dismissed", (1, 3, 100))


def test_the_second_of_two_reviewers_hears_of_the_first(flagged: Survey, reviewer: Actor, coordinator: Actor) -> None:
    """Both saw an unjudged flag: the first one's word stands, and the second is told who said it."""
    seen = SeenFlag("", "far_from_site", FAR["figures"], 0)  # type: ignore[arg-type]
    judge_flags(flagged, reviewer, "uuid:a", [seen], "confirmed", "Xa thật.")

    problem = _refused(FLAG_JUDGED, flagged, coordinator, seen)

    assert problem.details["person"] == "reviewer"
    assert _flag(flagged)["verdict"] == "confirmed"


def test_ten_reviewers_at_the_same_moment(flagged: Survey, reviewer: Actor) -> None:
    """One of ten writes, while the checks run over the same submission; the sums are those of what stands, on both engines."""
    ready = threading.Barrier(12)

    def say(number: int) -> ProblemKind | None:
        ready.wait(20)
        seen = SeenFlag("", "far_from_site", FAR["figures"], 0)  # type: ignore[arg-type]
        try:
            judge_flags(flagged, reviewer, "uuid:a", [seen], "dismissed", f"lần {number}")
        except Problem as problem:
            return problem.kind
        return None

    def examine(number: int) -> None:
        ready.wait(20)
        _raise(flagged, SEEN, FAR, *NOTES[number:])

    with ThreadPoolExecutor(12) as pool:
        outcomes = [*pool.map(lambda number: say(number) if number < 10 else examine(number - 10), range(12))]

    assert sorted(kind.code for kind in outcomes[:10] if kind) == ["FLAG_JUDGED"] * 9
    with flagged.reading() as reader:
        flags = select_flags(reader, COMMUNE, "uuid:a")
        assert select_flag_counts(reader, COMMUNE)["low_resolution"] == sum(flag["code"] == "low_resolution" for flag in flags)
    assert _standing(flagged) == (len(flags) - 1, 3, 100 + len(flags) - 2)


def test_the_counts_of_the_checks(flagged: Survey, reviewer: Actor) -> None:
    """Standing, waiting and judged flags by check; a flag that is gone leaves the first two, and its judgement in the last."""
    judge(flagged, reviewer, "uuid:a", "0.jpg", "low_resolution", "dismissed", "Vẫn thấy rõ.")
    judge(flagged, reviewer, "uuid:a", "1.jpg", "low_resolution", "confirmed", "Không thấy gì.")
    judge(flagged, reviewer, "uuid:a", "1.jpg", "low_resolution", "dismissed", "Nhìn kỹ thì thấy.")
    judge(flagged, reviewer, "uuid:a", "", "far_from_site", "confirmed", "Xa thật.")
    with flagged.reading() as reader:
        assert select_flag_counts(reader, COMMUNE) == {"seen_before": 1, "far_from_site": 1, "low_resolution": 3}
        assert select_waiting_counts(reader, COMMUNE) == {"seen_before": 1, "far_from_site": 1, "low_resolution": 1}
    _raise(flagged, SEEN)

    with flagged.reading() as reader:
        assert select_flag_counts(reader, COMMUNE) == {"seen_before": 1}
        assert select_judgement_counts(reader, COMMUNE) == {("low_resolution", "dismissed"): 2, ("far_from_site", "confirmed"): 1}
        many = select_flags_of_many(reader, COMMUNE, ["uuid:a", "uuid:none"])
        assert many == {"uuid:a": select_flags(reader, COMMUNE, "uuid:a")}
