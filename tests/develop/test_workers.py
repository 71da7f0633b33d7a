"""Several workers at once, erased photos and other databases: no pair is missed, none is made up."""

import random
import threading
from collections.abc import Callable
from itertools import combinations
from typing import BinaryIO

import pytest

from survey import photos
from survey.develop import Memory, develop
from survey.develop.reuse import caught_up
from survey.domain.looks import REGIONS
from survey.domain.photos import PhotoFacts
from survey.store.hashes import insert_hashes, upsert_numbers
from survey.wiring import Survey, open_survey
from tests.conftest import COMMUNE
from tests.develop.conftest import NEIGHBOUR, drawn, edited_copies, hand_in, reuse_flags, run_jobs
from tests.receive.conftest import SITE

WORKERS = 4


def at_once(tasks: list[Callable[[], None]]) -> None:
    """Run *tasks* in threads of their own and raise what any of them raised."""
    raised: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - the main thread raises it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if raised:
        raise raised[0]


def test_workers_that_develop_copies_at_once_find_every_pair(village: Survey) -> None:
    """Four workers with stores and memories of their own finish decoding at the same moment, three times over: 12 copies, 66 pairs."""
    copies = edited_copies(drawn("courtyard"), 12)
    submissions = [hand_in(village, copy, site=(SITE, NEIGHBOUR)[number % 2]) for number, copy in enumerate(copies)]
    surveys = [open_survey(village.settings) for _ in range(WORKERS)]
    memories = [Memory() for _ in range(WORKERS)]
    together = threading.Barrier(WORKERS, timeout=30)

    def darkroom(file: BinaryIO, facts: PhotoFacts) -> photos.Developed:
        developed = photos.develop(file, facts)
        together.wait()
        return developed

    def work(number: int) -> None:
        for submission in submissions[number::WORKERS]:
            develop(surveys[number], COMMUNE, submission, darkroom=darkroom, memory=memories[number])

    at_once([lambda number=number: work(number) for number in range(WORKERS)])  # type: ignore[misc]
    run_jobs(village)
    for survey in surveys:
        survey.store.close()

    with village.reading() as reader:
        pairs = {frozenset((row["sha256"], row["other_sha256"])) for row in reader.rows("SELECT sha256, other_sha256 FROM likeness_pair")}
        photographs = [row["sha256"] for row in reader.rows("SELECT sha256 FROM likeness ORDER BY seq")]
    assert len(photographs) == 12
    assert pairs == {frozenset(pair) for pair in combinations(photographs, 2)}
    assert all(reuse_flags(village, submission) for submission in submissions)


def test_two_workers_may_develop_the_same_bytes_at_once(village: Survey) -> None:
    """One photo, two submissions, two workers: its hashes are kept once, and both submissions are flagged."""
    first, second = hand_in(village, drawn("courtyard")), hand_in(village, drawn("courtyard"), site=NEIGHBOUR)
    together = threading.Barrier(2, timeout=30)

    def darkroom(file: BinaryIO, facts: PhotoFacts) -> photos.Developed:
        developed = photos.develop(file, facts)
        together.wait()
        return developed

    at_once([lambda one=one: develop(village, COMMUNE, one, darkroom=darkroom) for one in (first, second)])  # type: ignore[misc]
    run_jobs(village)

    with village.reading() as reader:
        assert reader.row("SELECT COUNT(*) AS count FROM likeness") == {"count": 1}
        assert reader.row("SELECT COUNT(*) AS count FROM likeness_pair") == {"count": 0}
    assert (set(reuse_flags(village, first)), set(reuse_flags(village, second))) == ({"used_again"}, {"seen_before"})


def number(survey: Survey, count: int, seed: str) -> None:
    """Number *count* photos with hashes at random, which *seed* decides."""
    chance = random.Random(seed)  # noqa: S311 - hashes for a test guard no secret
    made = {f"{seed}{place}": [chance.randint(-(2**63), 2**63 - 1) for _ in REGIONS] for place in range(count)}
    with survey.transaction() as tx:
        insert_hashes(tx, COMMUNE, upsert_numbers(tx, COMMUNE, count) - count + 1, made)


def known(survey: Survey, memory: Memory) -> tuple[int, int]:
    """How many photos the memory has after it caught up, and the last number."""
    with survey.reading() as reader:
        index = caught_up(reader, COMMUNE, memory)
    return len(index), index.last


def test_the_memory_reads_what_is_new_and_only_that(village: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five photos, then two more: the second time two rows are read."""
    memory = Memory()
    number(village, 5, "a")
    assert known(village, memory) == (5, 5)
    number(village, 2, "b")

    read: list[int] = []
    from survey.develop import reuse

    asked = reuse.select_hashes_after
    monkeypatch.setattr(reuse, "select_hashes_after", lambda *given: (read.append(row["seq"]) or row for row in asked(*given)))

    assert known(village, memory) == (7, 7)
    assert read == [6, 7]


@pytest.mark.parametrize("last", [True, False], ids=["last", "another"])
def test_the_memory_survives_erased_photos(village: Survey, *, last: bool) -> None:
    """A photo that was erased is named to nobody, whether it was the last one or not; what comes next is found."""
    photo = drawn("courtyard")
    copies = edited_copies(photo, 3)
    erased, kept = hand_in(village, copies[0]), hand_in(village, drawn("other"))
    memory = Memory()
    for submission in (kept, erased) if last else (erased, kept):
        develop(village, COMMUNE, submission, memory=memory)
    assert known(village, memory) == (2, 2)
    with village.transaction() as tx:
        tx.execute("DELETE FROM likeness WHERE seq = :seq", seq=2 if last else 1)

    second, third = hand_in(village, copies[1], site=NEIGHBOUR), hand_in(village, copies[2])
    develop(village, COMMUNE, second, memory=memory)
    develop(village, COMMUNE, third, memory=memory)
    run_jobs(village)

    assert reuse_flags(village, erased) == {}
    assert (set(reuse_flags(village, second)), set(reuse_flags(village, third))) == ({"used_again"}, {"looks_like"})


def test_the_memory_notices_another_database_behind_the_same_worker(village: Survey) -> None:
    """Restored from a backup: fewer photos, or as many but others under the numbers: everything is read anew."""
    memory = Memory()
    number(village, 9, "before")
    assert known(village, memory) == (9, 9)
    for count in (4, 9, 30):
        with village.transaction() as tx:
            tx.execute("DELETE FROM likeness")
            tx.execute("DELETE FROM likeness_count")
        number(village, count, f"restored {count}")

        assert known(village, memory) == (count, count)
