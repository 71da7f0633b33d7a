"""A home erased under real sealed bundles: none that holds it can be fetched, the next is without it, and the figures stay."""

import io
import zipfile

import pytest

from survey import deliver
from survey.assess import assess
from survey.domain.problems import BUNDLE_DROPPED, BUNDLE_OUTDATED, Problem
from survey.domain.verdicts import Verdict
from survey.personal import erasing
from survey.store.sites import select_site
from tests.bundle.world import COMMUNE, COORDINATOR, World

HOME, NAME = "site-0", "Nguyễn Văn Ánh"
WHY = "Đơn ngày 20/11/2026"


def _all_bytes(bag: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bag)) as archive:
        return b"\n".join([*(name.encode() for name in archive.namelist()), *(archive.read(name) for name in archive.namelist())])


def _verdicts(world: World) -> list[Verdict]:
    return list(assess(world.survey, COORDINATOR))


def _visits(world: World) -> set[str]:
    with world.survey.reading() as reader:
        return {str(row["submission"]) for row in reader.rows("SELECT submission FROM submission WHERE site = :site", site=HOME)}


def test_figures_of_the_editions_in_force_stay(world: World) -> None:
    """Each criterion, in each place, by every edition in force: the same verdict on the same numbers and submissions."""
    before = _verdicts(world)
    stood_on = [basis for verdict in before for basis in verdict.basis if _visits(world) & set(basis.submissions)]
    assert any(basis.value is not None and basis.numerator for basis in stood_on)

    done = erasing.erase_home(world.survey, COORDINATOR, HOME, WHY)
    world.work()

    assert done.visits == 1
    assert _verdicts(world) == before


def test_a_sealed_bundle_that_holds_the_home_is_dropped_and_made_anew_without_it(world: World) -> None:
    """Name, photos and words were in the first; of the second nothing names the home, and what was fetched is listed."""
    made = world.make()
    first = _all_bytes(world.read(made.bags[0]))
    with world.survey.reading() as reader:
        rows = reader.rows(
            "SELECT a.sha256 FROM attachment a JOIN submission s ON s.submission = a.submission WHERE s.site = :site", site=HOME
        )
    photos = [world.photos[row["sha256"]] for row in rows]
    assert len(photos) == 2
    assert NAME.encode() in first
    assert all(photo in first for photo in photos)

    done = erasing.erase_home(world.survey, COORDINATOR, HOME, WHY)

    assert done.bundles == (made.id,)
    with pytest.raises(Problem) as raised:
        deliver.read(world.survey, COORDINATOR, made.bags[0], 10)
    assert raised.value.kind in (BUNDLE_OUTDATED, BUNDLE_DROPPED)
    world.work()
    with pytest.raises(Problem) as raised:
        deliver.find_bag(world.survey, COORDINATOR, made.id)
    assert raised.value.kind is BUNDLE_DROPPED
    again = world.make()
    second = _all_bytes(world.read(again.bags[0]))
    assert again.id != made.id
    assert NAME.encode() not in second
    assert b"HO-0000" not in second
    assert not any(photo in second for photo in photos)
    assert done.name.encode() in second
    with world.survey.reading() as reader:
        site = select_site(reader, COMMUNE, HOME)
    assert site is not None
    assert site.name == done.name
