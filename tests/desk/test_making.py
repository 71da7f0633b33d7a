"""From a ZIP to submissions: brought, proposed, corrected, handed in, and once only; nobody sees another person's photos."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from survey import desk, photos, privacy, receive
from survey.desk import bringing
from survey.desk.reasons import Refusal
from survey.domain.people import Actor
from survey.domain.ports import Staged
from survey.domain.problems import (
    DAY_NEEDED,
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    FORM_LACKS_ROOM,
    PHOTO_BROKEN,
    QUERY_UNUSABLE,
    SITE_OTHER_KIND,
    SITE_UNKNOWN,
    Problem,
)
from survey.domain.proposals import Certainty
from survey.domain.sites import SiteKind
from survey.domain.submissions import FileState, Source
from survey.store.attachments import select_attachments
from survey.store.flags import select_flags
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.desk import zips
from tests.desk.conftest import site_id, taken

Stage = Callable[[str, bytes], Staged]


@pytest.fixture
def brought(survey: Survey, reviewer: Actor, stage: Stage, tmp_path: Path) -> desk.Brought:
    """A ZIP of five photos, one of them twice: two at household 1, one at 2, one without position two minutes later, one without both."""
    first = taken(1, 18.07002, accuracy=8)
    members = [
        ("a.jpg", first), ("twice.jpg", first), ("b.jpg", taken(2, 18.07003, at="2026:11:20 08:03:00", accuracy=8)),
        ("c.jpg", taken(3, 18.0710, at="2026:11:20 09:00:00", accuracy=8)), ("d.jpg", taken(4, at="2026:11:20 09:02:00")),
        ("e.jpg", taken(5, at=None)), ("notes.txt", b"text"), ("Thumbs.db", b"x"),
    ]  # fmt: skip
    return desk.bring(survey, reviewer, "card.zip", stage("card.zip", zips.pack(tmp_path / "card.zip", members).read_bytes()))


def _by_name(survey: Survey, actor: Actor) -> dict[str, desk.Waiting]:
    return {one.picture.label: one for one in desk.waiting(survey, actor)}


def _hand_in(survey: Survey, actor: Actor, site: int, labels: set[str], form: str = desk.SITE_PHOTOS) -> list[receive.Receipt]:
    """What the doors do: make the visits, receive them with their photos, let go of these."""
    hashes = {one.picture.sha256: one.picture.size for one in desk.waiting(survey, actor) if one.picture.label in labels}
    with survey.reading() as reader:
        visits = desk.make_visits(reader, actor, site_id(site), form, desk.pictures(reader, actor, hashes))
    receipts = []
    for visit in visits:
        files = [(name, desk.open_photo(survey, COMMUNE, actor.person, sha, hashes[sha])) for name, sha in visit.files.items()]
        receipts.append(receive.submission(survey, actor, visit.xml, door="desk", expected_id=visit.id, files=files))
        desk.throw_away(survey, actor, visit.files.values())
    return receipts


def test_a_zip_is_read_and_the_same_bytes_count_once(survey: Survey, brought: desk.Brought, reviewer: Actor) -> None:
    """Five photos wait, the text is told, what computers leave behind is not."""
    assert (brought.taken, brought.known) == (5, 1)
    assert brought.refused == (desk.Refusal("notes.txt", "not_a_photo"),)
    assert [one.picture.label for one in desk.waiting(survey, reviewer)] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"]


def test_each_photo_is_proposed_a_site(survey: Survey, brought: desk.Brought, reviewer: Actor) -> None:
    """By position, by the minutes around it, or not at all."""
    found = _by_name(survey, reviewer)

    assert {name: (one.site.code if one.site else None, one.proposal.certainty) for name, one in found.items()} == {
        "a.jpg": ("HO-0001", Certainty.CERTAIN), "b.jpg": ("HO-0001", Certainty.CERTAIN), "c.jpg": ("HO-0002", Certainty.CERTAIN),
        "d.jpg": ("HO-0002", Certainty.BY_TIME), "e.jpg": (None, Certainty.NOWHERE),
    }  # fmt: skip


def test_photos_become_one_submission_of_their_site_and_day(survey: Survey, brought: desk.Brought, reviewer: Actor) -> None:
    """In order of time, from the desk, with the time of the first photo and no fix of a phone."""
    (receipt,) = _hand_in(survey, reviewer, 1, {"b.jpg", "a.jpg"})
    with survey.reading() as reader:
        made, files = select_submission(reader, COMMUNE, receipt.id), select_attachments(reader, COMMUNE, receipt.id)

    assert made is not None
    assert (made.door, made.site, made.person, made.form, made.fix) == ("desk", site_id(1), reviewer.person, "site_photos", None)
    assert made.captured_at == made.started_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert receipt.missing == ()
    stored = [(file.state, file.capture.source, file.repeat) for file in files]
    assert stored == [(FileState.STORED, Source.DESK, "1"), (FileState.STORED, Source.DESK, "2")]
    assert [file.capture.sha256 for file in files] == [file.sha256 for file in files]
    assert {one.picture.label for one in desk.waiting(survey, reviewer)} == {"c.jpg", "d.jpg", "e.jpg"}


def test_the_same_photos_again_make_no_second_submission(survey: Survey, brought: desk.Brought, reviewer: Actor, stage: Stage) -> None:
    """Under other names, too; before that the page says with which code they were handed in."""
    (first,) = _hand_in(survey, reviewer, 1, {"a.jpg", "b.jpg"})
    for number, at in ((1, "2026:11:20 08:00:00"), (2, "2026:11:20 08:03:00")):
        content = taken(number, 18.07002 if number == 1 else 18.07003, at=at, accuracy=8)
        desk.bring(survey, reviewer, f"again{number}.jpg", stage("x", content))

    assert {one.handed_in for name, one in _by_name(survey, reviewer).items() if name.startswith("again")} == {first.code}
    (second,) = _hand_in(survey, reviewer, 1, {"again1.jpg", "again2.jpg"})
    assert (second.id, second.created, first.created) == (first.id, False, True)


def test_photos_of_two_days_are_two_visits(survey: Survey, reviewer: Actor, stage: Stage) -> None:
    """A day in Viet Nam, whatever the server's clock."""
    desk.bring(survey, reviewer, "late.jpg", stage("x", taken(1, 18.07, at="2026:11:20 23:59:00")))
    desk.bring(survey, reviewer, "early.jpg", stage("x", taken(2, 18.07, at="2026:11:21 00:01:00")))

    assert len({receipt.id for receipt in _hand_in(survey, reviewer, 1, {"late.jpg", "early.jpg"})}) == 2


def test_a_photo_without_a_time_needs_a_day_from_a_person(survey: Survey, brought: desk.Brought, reviewer: Actor) -> None:
    """No time is invented: without a day nothing is made, with one the form says the day and no time of day."""
    with pytest.raises(Problem) as refused:
        _hand_in(survey, reviewer, 2, {"e.jpg"})
    assert refused.value.kind is DAY_NEEDED

    sha256 = _by_name(survey, reviewer)["e.jpg"].picture.sha256
    desk.choose(survey, reviewer, {sha256}, desk.Choice(site=site_id(2), day=date(2026, 11, 19)))
    with survey.reading() as reader:
        (visit,) = desk.make_visits(reader, reviewer, site_id(2), desk.SITE_PHOTOS, desk.pictures(reader, reviewer, [sha256]))
    assert b"timeStart>2026-11-19<" in visit.xml
    (receipt,) = _hand_in(survey, reviewer, 2, {"e.jpg"})
    with survey.reading() as reader:
        made = select_submission(reader, COMMUNE, receipt.id)
    assert made is not None
    assert made.captured_at == datetime(2026, 11, 18, 17, 0, tzinfo=UTC)  # the beginning of that day in Viet Nam


def test_what_a_person_decides_stays(survey: Survey, brought: desk.Brought, reviewer: Actor) -> None:
    """A chosen site, what is left out, and back to the proposal."""
    sha256 = _by_name(survey, reviewer)["a.jpg"].picture.sha256
    desk.choose(survey, reviewer, {sha256}, desk.Choice(site=site_id(2), left_out=True))
    decided = _by_name(survey, reviewer)["a.jpg"]
    assert (decided.site and decided.site.code, decided.chosen, decided.left_out) == ("HO-0002", True, True)

    desk.choose(survey, reviewer, {sha256}, desk.Choice(as_proposed=True))
    undone = _by_name(survey, reviewer)["a.jpg"]
    assert (undone.site and undone.site.code, undone.chosen, undone.left_out) == ("HO-0001", False, True)


def test_a_checklist_without_room_is_told_with_the_site(survey: Survey, brought: desk.Brought, reviewer: Actor, stage: Stage) -> None:
    """The fence checklist has two photo questions; unanswered required questions become flags for the reviewer."""
    desk.bring(survey, reviewer, "third.jpg", stage("x", taken(6, 18.07, at="2026:11:20 08:05:00", accuracy=8)))
    with pytest.raises(Problem) as refused:
        _hand_in(survey, reviewer, 1, {"a.jpg", "b.jpg", "third.jpg"}, "household_fence")
    assert refused.value.kind is FORM_LACKS_ROOM
    assert "HO-0001" in refused.value.sentence("vi")

    (receipt,) = _hand_in(survey, reviewer, 1, {"a.jpg", "b.jpg"}, "household_fence")
    with survey.reading() as reader:
        flags = {flag["code"]: flag["figures"] for flag in select_flags(reader, COMMUNE, receipt.id)}
    assert flags["answers_missing"]["questions"] == ["total_m"]


def test_a_checklist_of_another_kind_or_a_site_out_of_reach_is_refused(
    survey: Survey, brought: desk.Brought, reviewer: Actor, inspector: Actor, stage: Stage
) -> None:
    """A road's checklist for a house; a house of a hamlet that is not the inspector's."""
    with pytest.raises(Problem) as other:
        _hand_in(survey, reviewer, 1, {"a.jpg"}, "road_segment")
    desk.bring(survey, inspector, "a.jpg", stage("x", taken(1, 18.09)))
    with pytest.raises(Problem) as outside:
        _hand_in(survey, inspector, 3, {"a.jpg"})

    assert (other.value.kind, outside.value.kind) == (SITE_OTHER_KIND, SITE_UNKNOWN)
    assert _by_name(survey, inspector)["a.jpg"].proposal.certainty is Certainty.FAR  # nobody else's house is named to the inspector


def test_the_default_checklist_takes_any_number_and_phones_do_not_offer_it(survey: Survey) -> None:
    """Photos of a site first, then what has room for a photo of such a site."""
    with survey.reading() as reader:
        listed = [head.form for head in desk.checklists(reader, COMMUNE, SiteKind.HOUSEHOLD)]

    assert listed == ["site_photos", "household_environment", "household_fence", "household_garden"]


def test_nobody_sees_or_takes_another_persons_photos(survey: Survey, brought: desk.Brought, reviewer: Actor, coordinator: Actor) -> None:
    """Not the coordinator either: they are no evidence yet."""
    sha256 = _by_name(survey, reviewer)["a.jpg"].picture.sha256
    desk.make_small(survey, COMMUNE, reviewer.person, sha256)

    assert desk.waiting(survey, coordinator) == []
    assert desk.throw_away(survey, coordinator, {sha256}) == 0
    with pytest.raises(Problem) as unknown, survey.reading() as reader:
        desk.pictures(reader, coordinator, [sha256])
    with pytest.raises(Problem) as unseen:
        desk.read_small(survey, coordinator, sha256)
    assert (unknown.value.kind, unseen.value.kind) == (FILE_UNKNOWN, FILE_UNKNOWN)
    content = desk.read_small(survey, reviewer, sha256)
    assert content is not None
    assert content.startswith(b"\xff\xd8")


def test_a_photo_whose_pixels_are_broken_has_no_small_view(survey: Survey, reviewer: Actor, stage: Stage) -> None:
    """It can be handed in all the same: a reviewer decides."""
    brought = desk.bring(survey, reviewer, "a.jpg", stage("x", taken(1, 18.07)))
    (one,) = desk.waiting(survey, reviewer)

    def dark(*_arguments: object) -> photos.Developed:
        raise Problem(PHOTO_BROKEN, reason="test")

    desk.make_small(survey, COMMUNE, reviewer.person, one.picture.sha256, darkroom=dark)
    assert brought.taken == 1
    assert desk.read_small(survey, reviewer, one.picture.sha256) is None
    assert desk.waiting(survey, reviewer)[0].thumb is False


def test_photos_that_nobody_hands_in_go_after_a_day(survey: Survey, brought: desk.Brought, reviewer: Actor) -> None:
    """Rows and bytes, small views too; a day after the last one was brought, not before."""
    sha256, size = next((one.picture.sha256, one.picture.size) for one in desk.waiting(survey, reviewer))

    assert desk.sweep(_later(survey, 23)) == 0
    assert desk.sweep(_later(survey, 25)) == 5
    with pytest.raises(Problem):
        desk.open_photo(survey, COMMUNE, reviewer.person, sha256, size)
    assert desk.waiting(survey, reviewer) == []


def test_a_copy_at_the_desk_goes_when_the_photo_is_erased(
    survey: Survey, reviewer: Actor, coordinator: Actor, brought: desk.Brought, stage: Stage
) -> None:
    """Bringing something every day keeps no picture that people had erased."""
    _hand_in(survey, reviewer, 1, {"a.jpg"})
    desk.bring(survey, reviewer, "a.jpg", stage("a.jpg", taken(1, 18.07002, accuracy=8)))
    erased = _by_name(survey, reviewer)["a.jpg"].picture
    privacy.erase(survey, coordinator, erased.sha256, "Chủ hộ đề nghị")

    assert desk.sweep(survey) == 1
    assert "a.jpg" not in _by_name(survey, reviewer)
    with pytest.raises(Problem):
        desk.open_photo(survey, COMMUNE, reviewer.person, erased.sha256, erased.size)


def test_archives_that_come_at_once_share_the_room(
    survey: Survey, reviewer: Actor, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty of a thousand photos each do not bring forty thousand."""
    monkeypatch.setattr(bringing, "WAITING", 2)
    look = bringing.look

    def interrupted(name: str, staged: Staged) -> bringing.Found | Refusal:
        if name == "1.jpg":
            for number in (3, 4):
                desk.bring(survey, reviewer, f"{number}.jpg", stage("x", taken(number)))
        return look(name, staged)

    monkeypatch.setattr(bringing, "look", interrupted)
    content = zips.pack(tmp_path / "a.zip", [("1.jpg", taken(1)), ("2.jpg", taken(2))]).read_bytes()
    brought = desk.bring(survey, reviewer, "a.zip", stage("a.zip", content))

    assert (brought.taken, [one.reason for one in brought.refused]) == (0, ["desk_full", "desk_full"])
    assert len(desk.waiting(survey, reviewer)) == 2


class _Later(Survey):
    """The same deployment some hours on."""

    hours = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(hours=self.hours)


def _later(survey: Survey, hours: int) -> Survey:
    later = _Later(survey.settings, survey.store, survey.blobs, survey.made)
    object.__setattr__(later, "hours", hours)
    return later


def test_a_file_comes_in_pieces_and_goes_on_after_a_cut(survey: Survey, reviewer: Actor, coordinator: Actor, tmp_path: Path) -> None:
    """What came before the cut stays; another person under the same id begins at nothing."""
    content = zips.pack(tmp_path / "a.zip", [("a.jpg", taken(1, 18.07))]).read_bytes()
    upload = "0" * 32
    piece = desk.Piece(upload, "a.zip", 0, len(content))

    assert desk.bring_part(survey, reviewer, piece, [content[:1000]]) == 1000
    assert (desk.progress(survey, reviewer, upload), desk.progress(survey, coordinator, upload)) == (1000, 0)
    done = desk.bring_part(survey, reviewer, replace(piece, start=1000), [content[1000:]])
    assert isinstance(done, desk.Brought)
    assert done.taken == 1
    assert desk.progress(survey, reviewer, upload) == 0


def test_an_upload_has_an_id_of_ours_and_a_size(survey: Survey, reviewer: Actor) -> None:
    """No path, and no file larger than two gigabytes."""
    with pytest.raises(Problem) as odd:
        desk.progress(survey, reviewer, "../x")
    with pytest.raises(Problem) as large:
        desk.bring_part(survey, reviewer, desk.Piece("0" * 32, "a.zip", 0, 2_000_000_001), [])

    assert (odd.value.kind, large.value.kind) == (QUERY_UNUSABLE, FILE_TOO_LARGE)
