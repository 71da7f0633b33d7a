"""Hamlets that merge while phones send, on both engines: nothing is left behind, nothing is lost, and phones of old hamlets go on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest

from survey import receive, register, review
from survey.domain.people import Actor
from survey.domain.places import Hamlet
from survey.domain.problems import HAMLET_UNKNOWN, HAMLETS_UNCHANGED, NOT_ALLOWED, Problem
from survey.domain.submissions import State
from survey.domain.times import local_date
from survey.store.check import find_faults
from survey.store.people import select_person
from survey.store.places import insert_hamlet, select_hamlet_versions, select_hamlets
from survey.store.queue import select_counts
from survey.store.sites import SiteFilter, select_site, select_site_history, select_sites_page
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.receive.conftest import SITE, fence, new_id

NEW, PAPER = f"{COMMUNE}-h03", "Nghị quyết 12/NQ-HĐND, 20/11/2026"


def today(survey: Survey) -> date:
    """The day in Viet Nam."""
    return local_date(survey.now())


def merge(survey: Survey, actor: Actor, **given: object) -> register.Merger:
    """Both hamlets as one from today on, unless *given* says otherwise."""
    wish: dict[str, object] = {"name": "Thôn Hợp Nhất", "on": today(survey), "decision": PAPER, "hamlets": HAMLETS, **given}
    return register.merge_hamlets(survey, actor, **wish)  # type: ignore[arg-type]


def tally_faults(survey: Survey) -> list[str]:
    """What the check of the store says of counts."""
    with survey.reading() as reader:
        return [str(fault) for fault in find_faults(reader, survey.blobs) if "TALLY" in str(fault)]


def lying(survey: Survey, table: str) -> dict[str, int]:
    """How many rows of *table* lie in each hamlet."""
    with survey.reading() as reader:
        rows = reader.rows(f"SELECT hamlet, COUNT(*) AS n FROM {table} GROUP BY hamlet")
    return {row["hamlet"]: row["n"] for row in rows}


def test_everything_lies_in_the_new_hamlet(stocked: Survey, coordinator: Actor, inspector: Actor) -> None:
    """Site, submissions of every state, what counts, the inspector and the counts of the queue; the log names the decision by hash."""
    accepted, waiting = new_id(), new_id()
    for one in (accepted, waiting):
        receive.submission(stocked, inspector, fence(stocked, one, photos=()), door="field")
    review.decide(stocked, coordinator, accepted, State.ACCEPTED, expected_version=1)
    assert register.preview_merger(stocked, coordinator, HAMLETS).submissions == 2
    merger = merge(stocked, coordinator)

    assert (merger.hamlet.id, merger.ended) == (NEW, HAMLETS)
    assert (merger.moved.sites, merger.moved.submissions, merger.moved.people) == (1, 2, 1)
    assert lying(stocked, "submission") == {NEW: 2}
    assert lying(stocked, "counted") == {NEW: 1}
    assert not tally_faults(stocked)
    with stocked.reading() as reader:
        person = select_person(reader, COMMUNE, "p-inspector")
        assert person is not None
        assert person.hamlets == {NEW}
        counts = select_counts(reader, COMMUNE, hamlet=NEW)
        assert (counts[State.ACCEPTED], counts[State.RECEIVED]) == (1, 1)
        assert [site.id for site in select_sites_page(reader, COMMUNE, SiteFilter(hamlet=NEW, q="hop nhat")).sites] == [SITE]
        event = reader.row("SELECT body FROM event WHERE body LIKE '%hamlets.merged%'")
    assert event is not None
    assert "Nghị quyết" not in event["body"]
    assert '"into":"18844-h03"' in event["body"]


def test_what_was_known_before_stays(stocked: Survey, coordinator: Actor) -> None:
    """The moment before the merger the register knew two hamlets and the site in the first one; today one, with the decision."""
    before = stocked.now()
    merge(stocked, coordinator, on=today(stocked) - timedelta(days=30))

    with stocked.reading() as reader:
        known = select_hamlets(reader, COMMUNE, today(stocked), known_before=before)
        assert [hamlet.id for hamlet in known] == list(HAMLETS)
        assert [hamlet.id for hamlet in select_hamlets(reader, COMMUNE, today(stocked))] == [NEW]
        assert [site.hamlet for site in select_site_history(reader, COMMUNE, SITE)] == [NEW, HAMLETS[0]]
        versions = select_hamlet_versions(reader, COMMUNE)
    assert {(hamlet.id, hamlet.successor) for hamlet, _, paper in versions if paper == PAPER} == {
        (NEW, None), (HAMLETS[0], NEW), (HAMLETS[1], NEW),
    }  # fmt: skip


def test_one_stays(stocked: Survey, coordinator: Actor) -> None:
    """Into a hamlet that stays, under its name or a new one; its own sites are found by the new name."""
    merger = merge(stocked, coordinator, into=HAMLETS[0], name="Thôn Tân Lập")

    assert (merger.hamlet.id, merger.ended, merger.moved.sites) == (HAMLETS[0], (HAMLETS[1],), 0)
    with stocked.reading() as reader:
        assert [hamlet.name for hamlet in select_hamlets(reader, COMMUNE, today(stocked))] == ["Thôn Tân Lập"]
        assert [site.id for site in select_sites_page(reader, COMMUNE, SiteFilter(q="tan lap")).sites] == [SITE]


def test_a_phone_of_an_old_hamlet_goes_on(stocked: Survey, coordinator: Actor, inspector: Actor) -> None:
    """A draft about the site, and one about no site that names the old hamlet, arrive in the new one and within reach."""
    merge(stocked, coordinator)
    about_site, about_none = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, about_site, photos=()), door="field")
    without = fence(stocked, about_none, photos=()).replace(f"<site>{SITE}</site>".encode(), f"<hamlet>{HAMLETS[1]}</hamlet>".encode())
    receive.submission(stocked, inspector, without, door="field")

    with stocked.reading() as reader:
        person = select_person(reader, COMMUNE, "p-inspector")
        for one in (about_site, about_none):
            found = select_submission(reader, COMMUNE, one)
            assert found is not None
            assert found.hamlet == NEW
            assert person is not None
            assert person.actor.reaches(found.hamlet)
    assert not tally_faults(stocked)


def test_what_hangs_on_hamlets_follows(stocked: Survey, coordinator: Actor) -> None:
    """Open tasks, contributions, residents' reports and open visit lists move; a milestone gets a new version; statements stay."""
    rows = (
        ("INSERT INTO task (commune, task, code, origin, title, hamlet, unit, state, version, opened_at, opened_by, note)"
        " VALUES (:c, 't', 'T', 'person', 'x', :h, '', 'open', 1, '', '', '')"),
        "INSERT INTO contribution VALUES (:c, 'g', :h, 'work_days', 2, '2026-11-01', '', NULL, NULL, NULL, 'p', '')",
        "INSERT INTO resident_report VALUES (:c, 'r', 'R', '', :h, NULL, 0, '', '', 'waiting', NULL, NULL, '', NULL, '', NULL)",
        "INSERT INTO visit_list VALUES (:c, 'open', '', '', '', '', '', '', 'p', '', NULL)",
        "INSERT INTO visit_list VALUES (:c, 'shut', '', '', '', '', '', '', 'p', '', 'x')",
        "INSERT INTO visit_list_site VALUES (:c, 'open', 1, 's', :h), (:c, 'shut', 1, 's', :h)",
        "INSERT INTO milestone VALUES (:c, 'm', 1, 'x', NULL, NULL, :h, NULL, 1, NULL, NULL, '[]', NULL, NULL, NULL, NULL, 0, 'p', '')",
        "INSERT INTO statement VALUES (:c, 'e', '1', :h, 'claim', 1, 'met', '', NULL, '2026-11-01', NULL, '', 'p', '')",
    )
    with stocked.transaction() as tx:
        for row in rows:
            names = {"c": COMMUNE, "h": HAMLETS[0]} if ":h" in row else {"c": COMMUNE}
            tx.execute(row, **names)
    merge(stocked, coordinator)

    assert lying(stocked, "task") == lying(stocked, "contribution") == lying(stocked, "resident_report") == {NEW: 1}
    assert lying(stocked, "visit_list_site") == {NEW: 1, HAMLETS[0]: 1}
    assert lying(stocked, "statement") == {HAMLETS[0]: 1}
    with stocked.reading() as reader:
        steps = reader.rows("SELECT number, hamlet, entered_by FROM milestone ORDER BY number")
    assert [(row["number"], row["hamlet"], row["entered_by"]) for row in steps] == [(1, HAMLETS[0], "p"), (2, NEW, coordinator.person)]


def _scoped(actor: Actor) -> Actor:
    return Actor(COMMUNE, actor.person, actor.name, actor.role, frozenset(HAMLETS))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"on": date(2999, 1, 1)}, "lies ahead"),
        ({"hamlets": HAMLETS[:1]}, "at least two"),
        ({"hamlets": HAMLETS[:1], "into": HAMLETS[0]}, "at least two"),
        ({"on": date(2025, 7, 1)}, "only since"),
        ({"decision": "  "}, "decision"),
        ({"name": ""}, "name is empty"),
        ({"name": "x" * 300}, "too long"),
        ({"hamlets": (*HAMLETS[:1], f"{COMMUNE}-h09"), "into": None, "name": "thôn cũ"}, "already"),
    ],
    ids=["ahead", "one", "itself", "too early", "no paper", "no name", "long name", "name taken"],
)
def test_what_cannot_be_merged_is_refused(stocked: Survey, coordinator: Actor, given: dict[str, object], words: str) -> None:
    """The sentence says why; nothing is written."""
    with stocked.transaction() as tx:
        insert_hamlet(tx, Hamlet(COMMUNE, f"{COMMUNE}-h09", "Thôn chín", date(2025, 7, 1)))
        insert_hamlet(tx, Hamlet(COMMUNE, f"{COMMUNE}-h08", "Thôn Cũ", date(2025, 7, 1)))
    with pytest.raises(Problem) as caught:
        merge(stocked, coordinator, **given)
    assert caught.value.kind is HAMLETS_UNCHANGED
    assert words in caught.value.sentence("en")

    with stocked.reading() as reader:
        assert len(select_hamlets(reader, COMMUNE, today(stocked))) == 4


def test_who_may_merge(stocked: Survey, coordinator: Actor, reviewer: Actor) -> None:
    """Who edits the register of the whole commune; an unknown hamlet, and one that has ended, are named."""
    for actor in (reviewer, _scoped(coordinator)):
        with pytest.raises(Problem) as caught:
            merge(stocked, actor)
        assert caught.value.kind is NOT_ALLOWED
    with pytest.raises(Problem) as caught:
        merge(stocked, coordinator, into="18844-h77")
    assert caught.value.kind is HAMLET_UNKNOWN
    merge(stocked, coordinator)
    with pytest.raises(Problem, match="HAMLETS_UNCHANGED"):
        merge(stocked, coordinator)


def test_a_hamlet_gets_another_name(stocked: Survey, coordinator: Actor) -> None:
    """Its sites are found by the new name at once; what it was called is known for earlier days; another's name is refused."""
    before = stocked.now()
    renamed = register.rename_hamlet(stocked, coordinator, HAMLETS[0], " Thôn  Bắc Sơn ", decision=PAPER)
    with pytest.raises(Problem, match="HAMLETS_UNCHANGED"):
        register.rename_hamlet(stocked, coordinator, HAMLETS[1], "thon bac son", decision=PAPER)

    assert renamed.name == "Thôn Bắc Sơn"
    with stocked.reading() as reader:
        assert [site.id for site in select_sites_page(reader, COMMUNE, SiteFilter(q="bac son")).sites] == [SITE]
        names = {hamlet.id: hamlet.name for hamlet in select_hamlets(reader, COMMUNE, known_before=before)}
        assert names[HAMLETS[0]] == "Thôn mẫu 1"
        assert len(select_site_history(reader, COMMUNE, SITE)) == 1


def test_receipts_reviews_and_edits_go_on_meanwhile(stocked: Survey, coordinator: Actor, inspector: Actor) -> None:
    """Phones send, a reviewer accepts, the register is edited and hamlets merge at once: at the end all of it lies in the new hamlet."""
    first = [new_id() for _ in range(12)]
    for one in first:
        receive.submission(stocked, inspector, fence(stocked, one, photos=()), door="field")
    going = Event()

    def send(_: int) -> None:
        receive.submission(stocked, inspector, fence(stocked, new_id(), photos=()), door="field")
        going.set()

    def accept(one: str) -> None:
        review.decide(stocked, coordinator, one, State.ACCEPTED, expected_version=1)

    def unite(_: int) -> None:
        going.wait(20)
        merge(stocked, coordinator)

    works: list[tuple[Callable[..., None], object]] = [(send, number) for number in range(24)]
    works += [(unite, 0), *((accept, one) for one in first)]
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(work, given) for work, given in works]:
            done.result(60)

    assert lying(stocked, "submission") == {NEW: 36}
    assert lying(stocked, "counted") == {NEW: 1}
    assert not tally_faults(stocked)
    with stocked.reading() as reader:
        site = select_site(reader, COMMUNE, SITE)
    assert site is not None
    assert site.hamlet == NEW
