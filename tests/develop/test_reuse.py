"""A photo that is handed in twice, as it is or changed, is found on both submissions; what is rightly shared is not."""

import pytest
from PIL import Image

from survey.develop import develop
from survey.develop.reuse import verified
from survey.domain.looks import PhotoLook
from survey.photos.drawing import Scene
from survey.store.hashes import select_hashes_after
from survey.store.jobs import select_job_counts
from survey.store.likeness import MOST_ALIKE
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.develop.conftest import NEIGHBOUR, as_file, drawn, hand_in, reuse_flags, run_jobs
from tests.develop.edits import EDITS, edited, saved
from tests.receive.conftest import SITE

HOW = {
    "centre crop 10 %": "cropped", "mirrored": "mirrored/", "turned by 90°": "turned", "screenshot with frame": "trimmed",
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.replace(" ", "_").replace("°", ""))
def test_a_changed_copy_for_another_household_is_flagged_on_both(village: Survey, edit: str) -> None:
    """The first was received and examined long before; when the copy comes both visits say so, each once."""
    photo = drawn("courtyard")
    first = hand_in(village, photo)
    run_jobs(village)
    assert reuse_flags(village, first) == {}

    second = hand_in(village, edited(photo, edit), site=NEIGHBOUR)
    run_jobs(village)

    (found,), (told,) = reuse_flags(village, second).values(), reuse_flags(village, first).values()
    assert (found["code"], told["code"]) == ("looks_like", "used_again")
    assert found["figures"]["sites"] == ["HO-0001"]
    assert told["figures"]["sites"] == ["HO-0002"]
    assert found["figures"]["how"].startswith(HOW.get(edit, ""))
    with village.reading() as reader:
        assert select_job_counts(reader) == {}


def test_the_same_bytes_are_flagged_on_both(village: Survey) -> None:
    """Nothing is developed anew, and still the earlier visit learns of the later one."""
    first = hand_in(village, drawn("courtyard"))
    run_jobs(village)
    second = hand_in(village, drawn("courtyard"), site=NEIGHBOUR)
    run_jobs(village)

    assert {code: flag["severity"] for code, flag in reuse_flags(village, second).items()} == {"seen_before": 3}
    assert set(reuse_flags(village, first)) == {"used_again"}


def test_different_pictures_are_not_alike(village: Survey) -> None:
    """A yard, a garden, a road and others for two households say nothing of each other."""
    scenes = (Scene.YARD, Scene.GARDEN, Scene.CONCRETE_ROAD, Scene.HEDGE, Scene.CULTURE_HOUSE, Scene.LATRINE)
    submissions = [hand_in(village, drawn(scene, scene), site=(SITE, NEIGHBOUR)[number % 2]) for number, scene in enumerate(scenes)]
    run_jobs(village)

    assert [reuse_flags(village, submission) for submission in submissions] == [{}] * 6


def test_photos_of_one_visit_are_never_a_reuse(village: Survey) -> None:
    """A burst of one visit is normal, also where its second photo comes after the first was developed."""
    photo = drawn("courtyard")
    both = hand_in(village, photo, edited(photo, "centre crop 5 %"))
    run_jobs(village)

    assert reuse_flags(village, both) == {}
    with village.reading() as reader:
        assert reader.row("SELECT COUNT(*) AS count FROM likeness_pair") == {"count": 0}
        assert len(list(select_hashes_after(reader, COMMUNE, 0))) == 2


def test_a_correction_may_carry_its_photo_and_the_same_house_may_show_it_twice_a_day(village: Survey) -> None:
    """Versions of one checklist, also of another day, and two checklists of a household on one day share photos; other work does not."""
    photo = drawn("courtyard")
    first = hand_in(village, photo)
    second_version = hand_in(village, edited(photo, "quality 60"), replaces=first, day=22)
    third_version = hand_in(village, photo, replaces=second_version, day=23)
    run_jobs(village)
    assert [reuse_flags(village, one) for one in (first, second_version, third_version)] == [{}] * 3

    same_day = hand_in(village, edited(photo, "resize 50 %"))
    run_jobs(village)
    assert reuse_flags(village, first) == {}
    assert set(reuse_flags(village, same_day)) == {"looks_like"}  # like the versions of other days

    later = hand_in(village, photo, day=21)
    run_jobs(village)
    assert set(reuse_flags(village, later)) == {"seen_before", "looks_like"}
    assert set(reuse_flags(village, first)) == {"used_again"}


def test_running_it_again_changes_nothing_and_asks_nobody_for_ever(village: Survey) -> None:
    """Developed again, both submissions keep flags and log as they are, and the job table empties."""
    photo = drawn("courtyard")
    first, second = hand_in(village, photo), hand_in(village, edited(photo, "mirrored"), site=NEIGHBOUR)
    run_jobs(village)

    def state() -> list[object]:
        with village.reading() as reader:
            return [
                reader.rows("SELECT submission, attachment, code, figures, raised_at FROM flag ORDER BY submission, attachment, code"),
                reader.row("SELECT COUNT(*) AS count FROM event"),
                reader.rows("SELECT * FROM likeness ORDER BY seq"),
                reader.rows("SELECT * FROM likeness_pair"),
            ]

    before = state()
    for submission in (first, second, first):
        develop(village, COMMUNE, submission)
        run_jobs(village)

    assert state() == before
    with village.reading() as reader:
        assert select_job_counts(reader) == {}


def test_a_popular_picture_makes_few_pairs(village: Survey) -> None:
    """Of thirty copies the last is compared with the nearest twenty; a plain picture is like nothing."""
    with Image.open(as_file(drawn("courtyard"))) as image:
        copies = [saved(image, 60 + number) for number in range(30)]
    for number, copy in enumerate(copies):
        hand_in(village, copy, site=(SITE, NEIGHBOUR)[number % 2])
    plain = [hand_in(village, saved(Image.new("RGB", (640, 480), (200, 200, 200 + number)))) for number in range(2)]
    run_jobs(village)

    with village.reading() as reader:
        pairs = reader.rows("SELECT sha256, COUNT(*) AS count FROM likeness_pair GROUP BY sha256 ORDER BY count")
    assert len(pairs) == 29
    assert pairs[-1]["count"] == MOST_ALIKE
    assert [reuse_flags(village, one) for one in plain] == [{}, {}]


def test_what_the_index_found_is_looked_up_whatever_it_is_called() -> None:
    """A cropped picture is found by its whole in a part of the older one, under a name that is no probe's; another picture is denied."""
    cropped = PhotoLook(probes=(("whole", 0x1234), ("mirrored/whole", -1)))
    row = {"sha256": "ab", "whole": 0x5555_5555, "centre90": 0x1235, "top80": 0x0F0F_0F0F, "centre80": 0x3333_3333}

    assert verified(row, cropped) == {"other_sha256": "ab", "distance": 1, "how": "cropped"}
    assert verified({**row, "centre90": 0x7777_7777_7777}, cropped) is None
    assert verified(None, cropped) is None
