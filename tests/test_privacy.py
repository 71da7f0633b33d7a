"""Privacy: a person's photo can be erased and covered, by whom, and nothing brings it back; the log, counts and checks stand."""

import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from survey import photos, privacy, receive
from survey.bundle import words
from survey.commands.work import Worker
from survey.develop import develop
from survey.domain.people import Actor, Role
from survey.domain.ports import PartKey, Row
from survey.domain.privacy import Box, Retention, boxes_of
from survey.domain.problems import STORAGE_UNUSABLE, Problem
from survey.domain.submissions import Consent
from survey.domain.times import to_text
from survey.store.attachments import select_attachments, select_blob
from survey.store.blobs import FolderBlobs
from survey.store.bundles import select_photos
from survey.store.check import find_faults
from survey.store.covers import select_cover
from survey.store.flags import select_flags
from survey.store.settings import select_setting_history, select_settings
from survey.store.submissions import select_submission
from survey.wiring import Settings, Survey, open_survey
from tests.browser.visits import hand_in
from tests.conftest import COMMUNE, HAMLETS, seed
from tests.receive.conftest import SITE, fence, jpeg, new_id, stage, stocked  # noqa: F401 - a fixture among them

OTHER = "06979"
WHY = "Chủ hộ yêu cầu, đơn ngày 20/11/2026"


@pytest.fixture(params=["sqlite", "postgres"])
def survey(request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path) -> Iterator[Survey]:
    """The small deployment on each engine."""
    database = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres_url")()
    if request.param == "sqlite":
        (tmp_path / "survey.db").write_bytes(migrated_sqlite.read_bytes())
    opened = open_survey(Settings(data=tmp_path, database=database))
    seed(opened.store)
    yield opened
    opened.store.close()


@pytest.fixture
def handed_in(stocked: Survey, inspector: Actor) -> tuple[str, str]:  # noqa: F811
    """A fence with one photo, its views made; its id and the photo's hash."""
    return _hand_in(stocked, inspector)


def _hand_in(survey: Survey, actor: Actor, content: bytes | None = None) -> tuple[str, str]:
    submission = new_id()
    staged = stage(survey, content or jpeg("olive"))
    receive.submission(survey, actor, fence(survey, submission), door="field", files=[("a.jpg", staged)])
    develop(survey, actor.commune, submission)
    return submission, staged.sha256


def _blob(survey: Survey, sha256: str, commune: str = COMMUNE) -> Row:
    with survey.reading() as reader:
        found = select_blob(reader, commune, sha256)
    assert found is not None
    return found


def _faults(survey: Survey) -> list[str]:
    with survey.reading() as reader:
        return [fault.code for fault in find_faults(reader, survey.blobs)]


def _events(survey: Survey, kind: str) -> list[dict[str, object]]:
    with survey.reading() as reader:
        bodies = [json.loads(row["body"]) for row in reader.rows("SELECT body FROM event ORDER BY commune, seq")]
    return [body for body in bodies if body["kind"] == kind]


def _second_commune(survey: Survey) -> Actor:
    """The inspector of another commune of the same deployment, with the same checklists."""
    with survey.transaction() as tx:
        for table, columns in {
            "commune": "name, province, border, source, demonstration, created_at",
            "form": "form, version, title, site_kind, xlsform, xform, xform_md5, tree, loaded_at, retired_at",
        }.items():
            tx.execute(f"INSERT INTO {table} (commune, {columns}) SELECT '{OTHER}', {columns} FROM {table} WHERE commune = '{COMMUNE}'")
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at) SELECT :other, 'p-theirs', login, name, role,"
            " locale, created_at FROM person WHERE person = 'p-coordinator'",
            other=OTHER,
        )
    return Actor(OTHER, "p-theirs", "theirs", Role.COORDINATOR)


# --- erasing ---------------------------------------------------------------------------------------


def test_an_erased_photo_leaves_its_hash_and_nothing_else(
    stocked: Survey, coordinator: Actor, inspector: Actor, handed_in: tuple[str, str]  # noqa: F811
) -> None:
    """Bytes, views, facts, likenesses, covers and parts go; hash, size, attachment, events and a whole chain stay."""
    submission, sha256 = handed_in
    privacy.cover(stocked, coordinator, sha256, [Box(0.1, 0.1, 0.2, 0.2)])
    key = PartKey.of(COMMUNE, inspector.person, submission, "a.jpg")
    stocked.blobs.write_part(key, 0, [b"half of it"], 100)
    with stocked.transaction() as tx:
        tx.execute(
            "INSERT INTO likeness_pair VALUES (:commune, :other, :commune, :sha256, 3, 'whole', '2026-11-23T00:00:00.000Z')",
            commune=COMMUNE, other="f" * 64, sha256=sha256,
        )  # fmt: skip
    size = _blob(stocked, sha256)["size"]

    assert privacy.erase(stocked, coordinator, sha256, WHY) == privacy.Erasure(1, 1)

    blob = _blob(stocked, sha256)
    assert not stocked.blobs.holds(sha256)
    assert stocked.blobs.part_offset(key) == 0
    assert (blob["views"], blob["facts"], blob["look"], blob["size"], blob["erased_by"]) == ("erased", "{}", None, size, "p-coordinator")
    with stocked.reading() as reader:
        left = [reader.row(f"SELECT COUNT(*) AS n FROM {table}") for table in ("likeness", "likeness_pair", "cover")]
        (attachment,) = [one for one in select_attachments(reader, COMMUNE, submission) if one.sha256]
    assert [row["n"] for row in left if row] == [0, 0, 0]
    assert (attachment.sha256, attachment.state.value) == (sha256, "stored")
    (event,) = _events(stocked, "photo.erased")
    assert event["sha256"] == sha256
    assert "Chủ hộ" not in json.dumps(event, ensure_ascii=False)
    assert _faults(stocked) == []


def test_only_who_manages_erases_and_only_within_reach(
    stocked: Survey, coordinator: Actor, reviewer: Actor, inspector: Actor, handed_in: tuple[str, str]  # noqa: F811
) -> None:
    """Inspectors and reviewers cannot; a coordinator of other hamlets hears of no such photo; nobody without a reason."""
    _, sha256 = handed_in
    for actor in (inspector, reviewer):
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            privacy.erase(stocked, actor, sha256, WHY)
    elsewhere = replace(coordinator, hamlets=frozenset({HAMLETS[1]}))
    for actor, hash_ in ((elsewhere, sha256), (coordinator, "0" * 64)):
        with pytest.raises(Problem, match="FILE_UNKNOWN"):
            privacy.erase(stocked, actor, hash_, WHY)
    for reason, code in (("  ", "SOURCE_NEEDED"), ("a" * 2001, "REASON_TOO_LONG")):
        with pytest.raises(Problem, match=code):
            privacy.erase(stocked, coordinator, sha256, reason)

    assert stocked.blobs.holds(sha256)
    assert _blob(stocked, sha256)["erased_at"] is None
    privacy.erase(stocked, coordinator, sha256, WHY)
    with pytest.raises(Problem, match="PHOTO_ERASED"):
        privacy.erase(stocked, coordinator, sha256, WHY)
    assert len(_events(stocked, "photo.erased")) == 1


def test_the_same_bytes_again_are_received_and_not_kept(
    stocked: Survey, coordinator: Actor, inspector: Actor, handed_in: tuple[str, str]  # noqa: F811
) -> None:
    """A phone that sends it again, whole, in parts or with another visit, is told that it was received, and nothing is on disk."""
    submission, sha256 = handed_in
    privacy.erase(stocked, coordinator, sha256, WHY)
    content = jpeg("olive")

    again = receive.photo(stocked, inspector, submission, "a.jpg", stage(stocked, content))
    parts = receive.part(stocked, inspector, submission, "a.jpg", receive.Part(0, len(content), sha256), [content])
    told = receive.progress(stocked, inspector, submission, "a.jpg", sha256)
    new = new_id()
    receive.submission(stocked, inspector, fence(stocked, new), door="field", files=[("a.jpg", stage(stocked, content))])
    resumed = receive.part(stocked, inspector, new, "b.jpg", receive.Part(0, len(content), sha256), [content])
    Worker(stocked).work(once=True)

    assert (again.accepted, again.sha256, again.missing) == (True, sha256, ())
    assert isinstance(parts, receive.PhotoReceipt)
    assert isinstance(resumed, receive.PhotoReceipt)
    assert (told.offset, told.sha256) == (len(content), sha256)
    assert not stocked.blobs.holds(sha256)
    assert _blob(stocked, sha256)["facts"] == "{}"
    assert _faults(stocked) == []


def test_another_commune_keeps_its_own(stocked: Survey, coordinator: Actor, inspector: Actor) -> None:  # noqa: F811
    """The bytes stay while another commune has them; with the last one they go; coming again they are whole there."""
    theirs = _second_commune(stocked)
    _, sha256 = _hand_in(stocked, inspector)
    _hand_in(stocked, theirs)

    assert privacy.erase(stocked, coordinator, sha256, WHY) == privacy.Erasure(1, 0)
    assert stocked.blobs.read_view(sha256, "preview")
    assert _blob(stocked, sha256)["views"] == "erased"
    assert _blob(stocked, sha256, OTHER)["views"] == "ready"
    with pytest.raises(Problem, match="PHOTO_ERASED"), stocked.reading() as reader:
        privacy.visible_photo(reader, coordinator, sha256)
    assert _faults(stocked) == []

    privacy.erase(stocked, theirs, sha256, WHY)
    assert not stocked.blobs.holds(sha256)
    assert _faults(stocked) == []


def test_bytes_that_another_commune_is_receiving_are_not_lost(stocked: Survey, coordinator: Actor, inspector: Actor) -> None:  # noqa: F811
    """Erased between the moment the other commune found them on disk and its row: it says that nothing was received."""
    theirs = _second_commune(stocked)
    _, sha256 = _hand_in(stocked, inspector)

    class Erasing(FolderBlobs):
        def keep(self, staged, *, quarantine=False):
            super().keep(staged, quarantine=quarantine)
            privacy.erase(stocked, coordinator, sha256, WHY)

    unlucky = replace(stocked, blobs=Erasing(stocked.settings.data))
    submission = new_id()
    with pytest.raises(Problem, match="BYTES_GOING"):
        receive.photo(unlucky, theirs, submission, "a.jpg", stage(stocked, jpeg("olive")))
    receipt = receive.photo(stocked, theirs, submission, "a.jpg", stage(stocked, jpeg("olive")))

    assert receipt.accepted
    assert stocked.blobs.size(sha256)
    assert _blob(stocked, sha256)["erased_at"]
    assert _blob(stocked, sha256, OTHER)["erased_at"] is None
    assert _faults(stocked) == []


def test_a_crash_before_the_bytes_is_finished_by_the_worker(
    stocked: Survey, coordinator: Actor, handed_in: tuple[str, str]  # noqa: F811
) -> None:
    """Rows first: what a crash or an absent object store leaves is named by the check, and removed with the next job."""
    _, sha256 = handed_in

    class Away(FolderBlobs):
        def erase(self, sha256):  # noqa: ARG002
            raise Problem(STORAGE_UNUSABLE, reason="S3")

    assert privacy.erase(replace(stocked, blobs=Away(stocked.settings.data)), coordinator, sha256, WHY) == privacy.Erasure(1, 0)
    assert stocked.blobs.holds(sha256)
    assert _faults(stocked) == ["ERASED_BYTES_LEFT"]

    Worker(stocked).work(once=True)
    assert not stocked.blobs.holds(sha256)
    assert _faults(stocked) == []


def test_a_worker_in_the_middle_of_the_photo_does_not_bring_it_back(
    stocked: Survey, coordinator: Actor, inspector: Actor  # noqa: F811
) -> None:
    """Erased while its views are being made: these go as soon as the worker writes its row; so does what it wrote after a crash there."""
    submission = new_id()
    staged = stage(stocked, jpeg("navy"))
    receive.submission(stocked, inspector, fence(stocked, submission), door="field", files=[("a.jpg", staged)])

    def slow(file, facts):
        made = photos.develop(file, facts)
        privacy.erase(stocked, coordinator, staged.sha256, WHY)
        return made

    develop(stocked, COMMUNE, submission, darkroom=slow)
    assert (_blob(stocked, staged.sha256)["views"], stocked.blobs.holds(staged.sha256)) == ("erased", False)

    stocked.blobs.save_view(staged.sha256, "preview", b"\xff\xd8 a worker that died before its transaction")
    assert _faults(stocked) == ["ERASED_BYTES_LEFT"]
    assert privacy.sweep(stocked) == 1
    assert not stocked.blobs.holds(staged.sha256)
    assert privacy.sweep(stocked) == 0


def test_two_who_erase_at_once_leave_one_event(stocked: Survey, coordinator: Actor, handed_in: tuple[str, str]) -> None:  # noqa: F811
    """The second hears that it is erased."""
    _, sha256 = handed_in
    outcomes: list[str] = []

    def press() -> None:
        try:
            privacy.erase(stocked, coordinator, sha256, WHY)
            outcomes.append("erased")
        except Problem as problem:
            outcomes.append(problem.kind.code)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["PHOTO_ERASED"] * 3 + ["erased"]
    assert len(_events(stocked, "photo.erased")) == 1
    assert _faults(stocked) == []


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE blob SET look = '{}' WHERE erased_at IS NOT NULL", "ERASED_FACTS_LEFT"),
        ("UPDATE blob SET erased_at = NULL", "ERASURE_TAKEN_BACK"),
        ("UPDATE blob SET erased_at = received_at, facts = '{}', look = NULL WHERE erased_at IS NULL", "ERASURE_NOT_LOGGED"),
    ],
)
def test_a_tombstone_that_does_not_agree_with_the_log_is_named(
    stocked: Survey, coordinator: Actor, inspector: Actor, handed_in: tuple[str, str], statement: str, code: str  # noqa: F811
) -> None:
    """Erased behind the log's back, taken back, or not wholly erased."""
    _hand_in(stocked, inspector, jpeg("red"))
    privacy.erase(stocked, coordinator, handed_in[1], WHY)
    with stocked.transaction() as tx:
        tx.execute(statement)

    assert code in _faults(stocked)


def test_a_bundle_names_the_erased_photo_without_its_file(
    stocked: Survey, coordinator: Actor, handed_in: tuple[str, str]  # noqa: F811
) -> None:
    """It has no original any more, its hash and the day are told."""
    submission, sha256 = handed_in
    privacy.erase(stocked, coordinator, sha256, WHY)
    with stocked.reading() as reader:
        (photo, *_) = select_photos(reader, COMMUNE, [submission])[submission]

    assert (photo.sha256, photo.is_original, photo.has_preview) == (sha256, False, False)
    assert words.file_state(photo).startswith("đã xóa ngày")


# --- covering --------------------------------------------------------------------------------------


def test_a_reviewer_covers_and_the_public_copy_is_covered_from_then_on(
    stocked: Survey, reviewer: Actor, inspector: Actor  # noqa: F811
) -> None:
    """Numbered sets, the newest counts; the public copy has no metadata and one colour inside the boxes; the preview stays."""
    _, sha256 = _hand_in(stocked, inspector, _with_face())
    preview = stocked.blobs.read_view(sha256, "preview")
    assert _pixel(privacy.public_view(stocked, sha256), 0.5, 0.5)[0] > 200

    assert privacy.cover(stocked, reviewer, sha256, [Box(0.4, 0.4, 0.2, 0.2)]) == 1
    public = privacy.public_view(stocked, sha256)

    assert max(_pixel(public, 0.5, 0.5)) < 40
    assert _pixel(public, 0.1, 0.1)[1] > 90
    assert Image.open(io.BytesIO(public)).getexif() == {}
    assert stocked.blobs.read_view(sha256, "preview") == preview
    assert privacy.cover(stocked, reviewer, sha256, []) == 2
    assert _pixel(privacy.public_view(stocked, sha256), 0.5, 0.5)[0] > 200
    with stocked.reading() as reader:
        newest = select_cover(reader, COMMUNE, sha256)
    assert newest is not None
    assert (newest.number, newest.boxes, newest.person) == (2, (), "p-reviewer")
    assert [(event["number"], event["sha256"]) for event in _events(stocked, "photo.covered")] == [(1, sha256), (2, sha256)]


def test_what_one_commune_covered_stays_covered_for_all(stocked: Survey, coordinator: Actor, inspector: Actor) -> None:  # noqa: F811
    """The same bytes in two communes: the public copy covers what either of them covered."""
    theirs = _second_commune(stocked)
    _, sha256 = _hand_in(stocked, inspector, _with_face())
    _hand_in(stocked, theirs, _with_face())
    privacy.cover(stocked, theirs, sha256, [Box(0.4, 0.4, 0.2, 0.2)])
    privacy.cover(stocked, coordinator, sha256, [])

    assert max(_pixel(privacy.public_view(stocked, sha256), 0.5, 0.5)) < 40


def test_who_may_cover(stocked: Survey, reviewer: Actor, inspector: Actor, coordinator: Actor, handed_in: tuple[str, str]) -> None:  # noqa: F811
    """Not inspectors, nobody beyond the own hamlets, not a photo without preview or an erased one."""
    _, sha256 = handed_in
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        privacy.cover(stocked, inspector, sha256, [])
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        privacy.cover(stocked, replace(reviewer, hamlets=frozenset({HAMLETS[1]})), sha256, [])
    waiting = stage(stocked, jpeg("pink"))
    receive.photo(stocked, inspector, new_id(), "a.jpg", waiting)
    with pytest.raises(Problem, match="PREVIEW_MISSING"):
        privacy.cover(stocked, reviewer, waiting.sha256, [])
    privacy.erase(stocked, coordinator, sha256, WHY)
    with pytest.raises(Problem, match="PHOTO_ERASED"):
        privacy.cover(stocked, reviewer, sha256, [])
    with pytest.raises(Problem, match="PREVIEW_MISSING"):
        privacy.public_view(stocked, sha256)


@pytest.mark.parametrize(
    "document", [{}, "x", [[0, 0, 1]], [["0", 0, 1, 1]], [[float("nan"), 0, 1, 1]], [[0, 0, True, 1]], [[0, 0, 9, 1]], [[0, 0, 1, 1]] * 61]
)
def test_boxes_of_strangers_are_refused(document: object) -> None:
    """What a page of ours never sends."""
    with pytest.raises(Problem, match="COVER_UNUSABLE"):
        boxes_of(document)


def test_boxes_end_at_the_edges_and_slips_are_left_out() -> None:
    """A box drawn over the edge is cut there; a tap is no box."""
    assert boxes_of([[-0.1, 0.9, 0.3, 0.3], [0.5, 0.5, 0.001, 0.2]]) == (Box(0.0, 0.9, 0.2, 0.1),)


def _with_face() -> bytes:
    image = Image.new("RGB", (640, 480), (20, 120, 20))
    image.paste((250, 220, 200), (256, 192, 384, 288))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def _pixel(content: bytes, x: float, y: float) -> tuple[int, int, int]:
    image = Image.open(io.BytesIO(content)).convert("RGB")
    found = image.getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


# --- how long photos are kept ----------------------------------------------------------------------


def test_nothing_is_past_its_time_unless_the_commune_has_set_one(
    stocked: Survey, coordinator: Actor, handed_in: tuple[str, str]  # noqa: F811
) -> None:
    """No number stands in for the commune's own; setting one is logged without its words, and erases nothing."""
    _age(stocked, handed_in[1], 400)
    assert privacy.past_retention(stocked, coordinator) == []
    assert privacy.erase_past(stocked, coordinator, "", WHY) == privacy.Erasure(0, 0)

    privacy.set_retention(stocked, coordinator, " 1 ", "Quyết định số 12 của xã")
    assert [(due.round, due.photos) for due in privacy.past_retention(stocked, coordinator)] == [("", 1)]
    assert stocked.blobs.holds(handed_in[1])
    privacy.set_retention(stocked, coordinator, "", "Ghi nhầm")
    assert privacy.past_retention(stocked, coordinator) == []
    with stocked.reading() as reader:
        assert [row["value"] for row in select_setting_history(reader, COMMUNE, "retention_years")] == ["", "1"]
    assert len(_events(stocked, "privacy.set")) == 2
    assert "Quyết định" not in json.dumps(_events(stocked, "privacy.set"), ensure_ascii=False)


def test_old_photos_go_by_round_in_portions_when_a_person_says_so(
    stocked: Survey, coordinator: Actor, inspector: Actor, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:
    """The oldest first, so many at a press; a photo that came again lately stays; another round stays."""
    made = [_hand_in(stocked, inspector, jpeg(colour)) for colour in ("red", "blue", "yellow", "black", "white")]
    for days, (_, sha256) in enumerate(made[:4]):
        _age(stocked, sha256, 800 - days)
    with stocked.transaction() as tx:
        tx.execute("UPDATE submission SET round = '2024-1' WHERE submission IN (:a, :b, :c)", a=made[0][0], b=made[1][0], c=made[2][0])
    again = new_id()
    receive.submission(stocked, inspector, fence(stocked, again), door="field", files=[("a.jpg", stage(stocked, jpeg("yellow")))])
    privacy.set_retention(stocked, coordinator, "2", "Quy chế của xã")
    monkeypatch.setattr(privacy, "PORTION", 1)

    assert [(due.round, due.photos) for due in privacy.past_retention(stocked, coordinator)] == [("", 1), ("2024-1", 2)]
    assert privacy.erase_past(stocked, coordinator, "2024-1", WHY) == privacy.Erasure(1, 1)
    assert [stocked.blobs.holds(sha256) for _, sha256 in made] == [False, True, True, True, True]
    assert privacy.erase_past(stocked, coordinator, "2024-1", WHY).photos == 1
    assert privacy.erase_past(stocked, coordinator, "2024-1", WHY).photos == 0
    assert [(due.round, due.photos) for due in privacy.past_retention(stocked, coordinator)] == [("", 1)]
    assert _faults(stocked) == []


def test_settings_are_the_coordinators(stocked: Survey, coordinator: Actor, reviewer: Actor) -> None:  # noqa: F811
    """Only who manages sets them, with a reason; who reaches some hamlets does not erase by age."""
    for act in (privacy.set_retention, privacy.set_contact):
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            act(stocked, reviewer, "5", WHY)
        with pytest.raises(Problem, match="SOURCE_NEEDED"):
            act(stocked, coordinator, "5", " ")
    for years in ("0", "101", "-1", "2.5", "năm", "١", "9" * 400):
        with pytest.raises(Problem, match="RETENTION_UNUSABLE"):
            privacy.set_retention(stocked, coordinator, years, WHY)
    with pytest.raises(Problem, match="CONTACT_UNUSABLE"):
        privacy.set_contact(stocked, coordinator, "a" * 301, WHY)
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        privacy.past_retention(stocked, replace(coordinator, hamlets=frozenset({HAMLETS[0]})))
    privacy.set_contact(stocked, coordinator, " Văn phòng\n UBND xã, 0239 000 000 ", WHY)

    with stocked.reading() as reader:
        assert Retention.of(select_settings(reader, COMMUNE)) == Retention(None, "Văn phòng UBND xã, 0239 000 000")


def test_a_year_ends_on_its_day_in_leap_years_too() -> None:
    """Kept for two years: what came before this day two years ago is past."""
    kept = Retention(2, None)

    assert kept.oldest_kept(datetime(2028, 2, 28, 20, tzinfo=UTC)) == datetime(2026, 2, 27, 20, tzinfo=UTC)
    assert Retention(None, None).oldest_kept(datetime(2028, 1, 1, tzinfo=UTC)) is None
    assert kept.kept_until(datetime(2028, 2, 28, 20, tzinfo=UTC)) == datetime(2030, 2, 27, 20, tzinfo=UTC)
    assert Retention(None, None).kept_until(datetime(2028, 1, 1, tzinfo=UTC)) is None


def _age(survey: Survey, sha256: str, days: int) -> None:
    at = to_text(datetime.now(UTC) - timedelta(days=days))
    with survey.transaction() as tx:
        tx.execute("UPDATE blob SET received_at = :at WHERE sha256 = :sha256", at=at, sha256=sha256)
        tx.execute("UPDATE attachment SET received_at = :at WHERE sha256 = :sha256", at=at, sha256=sha256)


# --- consent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "kept"), [("given", Consent.GIVEN), ("refused", Consent.REFUSED), ("absent", Consent.ABSENT), ("yes", None), (None, None)]
)
def test_what_the_people_of_the_place_said_is_kept(
    stocked: Survey, inspector: Actor, said: str | None, kept: Consent | None  # noqa: F811
) -> None:
    """The capture block's word goes into the submission; no word, and words that we do not know, are no consent."""
    submission = new_id()
    xml = fence(stocked, submission)
    if said:
        xml = xml.replace(b"</site>", f"</site><consent>{said}</consent>".encode())
    receive.submission(stocked, inspector, xml, door="field")
    with stocked.reading() as reader:
        found = select_submission(reader, COMMUNE, submission)

    assert found is not None
    assert found.consent is kept


def test_an_erased_photo_raises_no_flag_of_its_own(stocked: Survey, coordinator: Actor) -> None:  # noqa: F811
    """Examined again, the visit is not blamed for what the photo can no longer say; flags on the answers stay as they were."""
    submission = hand_in(stocked, SITE)  # with all that a phone writes into its files

    def flags() -> set[tuple[str, str]]:
        with stocked.reading() as reader:
            return {(row["attachment"], row["code"]) for row in select_flags(reader, COMMUNE, submission)}

    before = flags()
    with stocked.reading() as reader:
        photos_of_it = [one.sha256 for one in select_attachments(reader, COMMUNE, submission) if one.sha256]
    for sha256 in photos_of_it:
        privacy.erase(stocked, coordinator, sha256, WHY)
    develop(stocked, COMMUNE, submission)

    assert len(photos_of_it) == 2
    assert flags() - before == set()
    assert {code for name, code in flags() if not name} == {code for name, code in before if not name}
