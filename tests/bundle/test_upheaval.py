"""What happens around bundles while they are made, kept and fetched: lost and damaged files, sweeps at the wrong moment, odd clocks."""

import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from survey import deliver, privacy, signing
from survey.commands.work import Worker
from survey.deliver import handing, ordering, sweeping
from survey.domain.evidence import Scope
from survey.domain.problems import BUNDLE_DROPPED, BUNDLE_OUTDATED, Problem
from tests.bundle.world import COORDINATOR, World


def _is_here(world: World, bundle: str) -> bool:
    return deliver.find_bundle(world.survey, COORDINATOR, bundle).is_here


def test_a_lost_layout_stops_no_worker(world: World) -> None:
    """After a move without the made files workers start all the same; the bundle is dropped, and made again it is the same."""
    made = world.make()
    content = world.read(made.bags[0])
    world.survey.made.erase(made.bags[0].layout)

    with pytest.raises(Problem) as problem:
        world.read(made.bags[0])
    assert problem.value.kind is BUNDLE_DROPPED
    Worker(world.survey).work(once=True)
    assert not _is_here(world, made.id)
    again = world.make()
    assert (again.same, world.read(again.bags[0])) == (True, content)


def test_a_lost_draft_stops_no_worker(world: World) -> None:
    """A request under way whose draft is gone is no reason for a sweep to fail."""
    asked = deliver.order(world.survey, COORDINATOR, world.scope())
    with world.survey.transaction() as tx:
        tx.execute("UPDATE bundle_request SET state = 'making', draft = :draft WHERE request = :request", draft="a" * 64, request=asked.id)

    assert deliver.sweep(world.survey) == 0


def _lose(world: World) -> None:
    shutil.rmtree(world.survey.settings.data / "bundles" / "blobs")


def _damage(world: World) -> None:
    for path in (world.survey.settings.data / "bundles" / "blobs").glob("*/*/*"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.chmod(0o640)
        path.write_bytes(content)


@pytest.mark.parametrize("harm", [_lose, _damage], ids=["lost", "damaged"])
def test_made_files_are_made_again(world: World, harm: Callable[[World], None]) -> None:
    """Whatever happened to made files, an order makes them anew, printed parts too, which a row says are there."""
    made = world.make()
    content = world.read(made.bags[0])
    harm(world)
    again = world.make()

    assert again.id == made.id
    assert world.read(again.bags[0]) == content


def test_a_download_that_begins_while_a_sweep_looks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle that a sweep saw idle, and that is fetched before the sweep drops it, keeps its files."""
    made = world.make()
    monkeypatch.setattr(sweeping, "select_idle", lambda _reader, _before: [(made.basis.commune, made.id)])
    chunks = deliver.read(world.survey, COORDINATOR, made.bags[0])
    deliver.sweep(world.survey)

    assert _is_here(world, made.id)
    assert sum(map(len, chunks)) == made.bags[0].size


def test_a_sweep_between_the_question_and_the_first_byte(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropped just before the download is written down: it is refused at once, not torn in the middle."""
    made = world.make()
    monkeypatch.setattr(sweeping, "UNUSED_KEPT", timedelta(seconds=-1))

    def swept(*_arguments: object) -> None:
        deliver.sweep(world.survey)

    monkeypatch.setattr(handing, "why_outdated", swept)
    with pytest.raises(Problem) as problem:
        deliver.read(world.survey, COORDINATOR, made.bags[0])
    assert problem.value.kind is BUNDLE_DROPPED


def test_going_on_keeps_the_files(world: World) -> None:
    """Who resumes a download a month after its beginning still finds all of it, and the log names one download."""
    made = world.make()
    bag = made.bags[0]
    with world.survey.transaction() as tx:
        long_ago = "2026-01-01T00:00:00.000Z"
        tx.execute("UPDATE bundle SET created_at = :at, downloaded_at = :at", at=long_ago)
    chunks = deliver.read(world.survey, COORDINATOR, bag, bag.size // 2)
    deliver.sweep(world.survey)

    assert sum(map(len, chunks)) == bag.size - bag.size // 2
    with world.survey.reading() as reader:
        assert len([row for row in reader.rows("SELECT body FROM event") if "bundle.downloaded" in row["body"]]) == 1


def test_a_new_key_does_not_tear_a_download(world: World) -> None:
    """The bundle is made anew under another key while somebody fetches it: the former one's files stay until that has ended."""
    made = world.make()
    chunks = deliver.read(world.survey, COORDINATOR, made.bags[0])
    begun = len(next(chunks))
    signing.rotate(world.survey, "thử")
    again = world.make()
    deliver.sweep(world.survey)

    assert (again.id, again.same) == (made.id, False)
    assert begun + sum(map(len, chunks)) == made.bags[0].size
    assert again.bags[0].layout != made.bags[0].layout


def test_a_clock_set_back_hides_no_erasure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Erased at a time before the bundle was read, says the clock: even the bag with its small views alone is not handed out."""
    monkeypatch.setattr(ordering, "LEAST_BAG", 1)
    made = world.make(bag_bytes=1000)
    sha256 = next(iter(world.photos))
    privacy.erase(world.survey, COORDINATOR, sha256, "Người dân yêu cầu")
    with world.survey.transaction() as tx:
        tx.execute("UPDATE blob SET erased_at = '2026-01-01T00:00:00.000Z' WHERE sha256 = :sha256", sha256=sha256)

    with pytest.raises(Problem) as problem:
        deliver.read(world.survey, COORDINATOR, made.bags[0])
    assert problem.value.kind is BUNDLE_OUTDATED


def test_a_day_before_zips_were_invented(world: World) -> None:
    """Nothing was known then: the bundle says so, dated with the first day that a zip can name."""
    content = world.export(Scope(date(1975, 4, 30), history=True))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.date_time[:3] for member in archive.infolist()} == {(1980, 1, 1)}
        assert archive.testzip() is None
