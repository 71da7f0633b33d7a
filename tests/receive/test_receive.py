"""Receive: one row an id, files in any order, other people's submissions closed, nothing refused for being imperfect."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from survey import receive
from survey.domain.people import Actor, Role
from survey.domain.problems import Problem
from survey.domain.submissions import FileState, State
from survey.store.attachments import select_attachments, select_blob
from survey.store.check import find_faults
from survey.store.figures import select_changes
from survey.store.flags import select_flags
from survey.store.submissions import select_instance, select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.receive.conftest import SITE, Work, fence, jpeg, new_id, real_photo, stage


def _count(survey: Survey, table: str, where: str = "1 = 1") -> int:
    with survey.reading() as reader:
        row = reader.row(f"SELECT COUNT(*) AS count FROM {table} WHERE {where}")
    assert row is not None
    return int(row["count"])


def test_a_submission_is_kept_as_received(stocked: Survey, inspector: Actor) -> None:
    """Answers, site, hamlet and times come from the instance; its bytes stay as they came."""
    instance_id = new_id()
    xml = fence(stocked, instance_id)

    receipt = receive.submission(stocked, inspector, xml, door="field", expected_id=instance_id)

    with stocked.reading() as reader:
        kept = select_submission(reader, COMMUNE, instance_id)
        assert select_instance(reader, COMMUNE, instance_id) == xml
        assert list(find_faults(reader, stocked.blobs)) == []
    assert kept is not None
    assert (kept.site, kept.hamlet, kept.person, kept.state) == (SITE, "18844-h01", inspector.person, State.RECEIVED)
    assert kept.captured_at.isoformat() == "2026-11-20T01:05:00+00:00"
    assert {path.rsplit("/", 1)[-1]: value for path, value in kept.answers.items()}["green_m"] == 15
    assert kept.fix is not None
    assert kept.fix.accuracy_m == 8
    assert receipt.missing == ("a.jpg",)
    assert len(receipt.head) == 64


def test_the_same_submission_twenty_times_at_once_is_one_row(stocked: Survey, inspector: Actor) -> None:
    """Twenty identical posts at once: one row, one log event, twenty receipts."""
    instance_id = new_id()
    xml = fence(stocked, instance_id)
    ready = threading.Barrier(20)

    def send(_: int) -> receive.Receipt:
        ready.wait()
        return receive.submission(stocked, inspector, xml, door="field")

    with ThreadPoolExecutor(20) as pool:
        receipts = list(pool.map(send, range(20)))

    assert sum(receipt.created for receipt in receipts) == 1
    assert {receipt.code for receipt in receipts} == {receipts[0].code}
    assert _count(stocked, "submission") == 1
    assert _count(stocked, "event", "body LIKE '%submission.%'") == 1


@pytest.mark.parametrize("photo_first", [True, False])
def test_a_photo_may_come_before_or_after_its_form(stocked: Survey, inspector: Actor, *, photo_first: bool) -> None:
    """Either way the attachment ends as stored under the form's question, and nothing is missing."""
    instance_id, content = new_id(), jpeg()
    xml = fence(stocked, instance_id)
    if photo_first:
        early = receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, content))
        receive.submission(stocked, inspector, xml, door="field")
        assert early.missing == ()
    else:
        receive.submission(stocked, inspector, xml, door="field")
        receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, content))

    with stocked.reading() as reader:
        (attachment,) = select_attachments(reader, COMMUNE, instance_id)
        kept = select_submission(reader, COMMUNE, instance_id)
        assert list(find_faults(reader, stocked.blobs)) == []
    assert (attachment.state, attachment.question, attachment.sha256) == (FileState.STORED, "photo_1", hashlib.sha256(content).hexdigest())
    assert kept is not None
    assert kept.missing_files == 0
    assert b"".join(stocked.blobs.read(attachment.sha256 or "")) == content


def test_other_content_under_a_known_id_is_kept_aside(stocked: Survey, inspector: Actor) -> None:
    """409 for the sender; the first stays, the newcomer waits for a person, both are in the log."""
    instance_id = new_id()
    first = fence(stocked, instance_id)
    receive.submission(stocked, inspector, first, door="field")

    with pytest.raises(Problem, match="SUBMISSION_CONFLICT"):
        receive.submission(stocked, inspector, fence(stocked, instance_id, green=3), door="field")

    with stocked.reading() as reader:
        assert select_instance(reader, COMMUNE, instance_id) == first
    assert _count(stocked, "instance_conflict") == 1
    assert _count(stocked, "event", "body LIKE '%submission.%'") == 2


def test_an_unknown_form_is_refused_but_its_bytes_are_kept(stocked: Survey, inspector: Actor) -> None:
    """404 for the sender; the instance lies in quarantine."""
    xml = fence(stocked, new_id()).replace(b'version="20', b'version="19')

    with pytest.raises(Problem, match="FORM_UNKNOWN"):
        receive.submission(stocked, inspector, xml, door="field")

    assert b"".join(stocked.blobs.read(hashlib.sha256(xml).hexdigest(), quarantine=True)) == xml


def test_what_is_not_a_photo_is_kept_in_quarantine_and_said_so(stocked: Survey, inspector: Actor, work: Work) -> None:
    """A web page named .jpg is taken up, never decoded or served, and the attachment shows as refused."""
    instance_id, content = new_id(), b"<html><script>alert(1)</script></html>"
    receive.submission(stocked, inspector, fence(stocked, instance_id), door="field")

    receipt = receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, content))
    work()

    assert (receipt.accepted, receipt.reason, receipt.missing) == (False, "not_a_photo", ())
    assert stocked.blobs.size(receipt.sha256) is None
    assert stocked.blobs.size(receipt.sha256, quarantine=True) == len(content)
    with stocked.reading() as reader:
        (attachment,) = select_attachments(reader, COMMUNE, instance_id)
        flags = {flag["code"] for flag in select_flags(reader, COMMUNE, instance_id)}
    assert attachment.state is FileState.REFUSED
    assert "file_refused" in flags


def test_the_worker_makes_views_and_flags(stocked: Survey, inspector: Actor, work: Work) -> None:
    """After the worker a photo has an upright preview and thumb without metadata, and a reused one is flagged."""
    content = real_photo("jpg/orientation/portrait_6.jpg").read_bytes()
    ids = [new_id(), new_id()]
    for number, instance_id in enumerate(ids):
        site = SITE if number == 0 else ""
        receive.submission(stocked, inspector, fence(stocked, instance_id, site=site), door="field")
        receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, content))
    work()

    sha256 = hashlib.sha256(content).hexdigest()
    with stocked.reading() as reader:
        blob = select_blob(reader, COMMUNE, sha256)
        flags = {flag["code"] for flag in select_flags(reader, COMMUNE, ids[1])}
        jobs = reader.row("SELECT COUNT(*) AS count FROM job")
        assert list(find_faults(reader, stocked.blobs)) == []
    assert blob is not None
    assert blob["views"] == "ready"
    thumb = stocked.blobs.read_view(sha256, "thumb")
    assert thumb is not None
    assert b"Exif" not in thumb
    assert "seen_before" in flags
    assert jobs == {"count": 0}


def test_another_person_cannot_add_files(stocked: Survey, inspector: Actor) -> None:
    """Neither to a submission of someone else nor to an id under which someone else has sent files already."""
    other = Actor(COMMUNE, "p-other", "Người khác", Role.INSPECTOR, frozenset())
    known, early = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, known), door="field")
    receive.photo(stocked, inspector, early, "a.jpg", stage(stocked, jpeg()))

    for instance_id in (known, early):
        with pytest.raises(Problem, match="NOT_ALLOWED"):
            receive.photo(stocked, other, instance_id, "b.jpg", stage(stocked, jpeg("red")))
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        receive.submission(stocked, other, fence(stocked, known), door="field")


def test_naming_a_strangers_submission_as_predecessor_opens_nothing(stocked: Survey, inspector: Actor) -> None:
    """Files are carried forward from one's own predecessor only."""
    other = Actor(COMMUNE, "p-reviewer", "Người khác", Role.INSPECTOR, frozenset())
    first, own, forged = new_id(), new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, first), door="field", files=[("a.jpg", stage(stocked, jpeg()))])

    corrected = receive.submission(stocked, inspector, fence(stocked, own, replaces=first), door="field")
    stolen = receive.submission(stocked, other, fence(stocked, forged, replaces=first), door="field")

    assert corrected.missing == ()
    assert stolen.missing == ("a.jpg",)


def test_an_original_behind_its_correction_makes_figures_stale(stocked: Survey, inspector: Actor) -> None:
    """Which of a chain counts may change with it; a submission that joins nothing changes no figure."""
    original, correction = new_id(), new_id()
    receive.submission(stocked, inspector, fence(stocked, correction, photos=(), replaces=original), door="field")
    with stocked.reading() as reader:
        alone = select_changes(reader, COMMUNE)
    receive.submission(stocked, inspector, fence(stocked, original, photos=()), door="field")
    with stocked.reading() as reader:
        joined = select_changes(reader, COMMUNE)
    receive.submission(stocked, inspector, fence(stocked, new_id(), photos=()), door="field")
    with stocked.reading() as reader:
        assert (joined, select_changes(reader, COMMUNE)) == (alone + 1, alone + 1)


def test_files_without_a_form_end_somewhere(stocked: Survey, inspector: Actor) -> None:
    """A flood of files under an id whose form never comes is cut off."""
    instance_id = new_id()
    for number in range(receive.UNNAMED_LIMIT):
        receive.photo(stocked, inspector, instance_id, f"{number}.jpg", stage(stocked, jpeg()))

    with pytest.raises(Problem, match="TOO_MANY_FILES"):
        receive.photo(stocked, inspector, instance_id, "more.jpg", stage(stocked, jpeg()))


def test_other_bytes_under_a_taken_name_are_kept_beside_it(stocked: Survey, inspector: Actor) -> None:
    """The first bytes of a name stay; the later ones are evidence too and do not vanish."""
    instance_id = new_id()
    receive.submission(stocked, inspector, fence(stocked, instance_id), door="field")
    receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, jpeg("green")))
    receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, jpeg("green")))
    receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, jpeg("red")))

    with stocked.reading() as reader:
        states = [attachment.state for attachment in select_attachments(reader, COMMUNE, instance_id)]
    assert sorted(states) == [FileState.STORED, FileState.UNREFERENCED]


@pytest.mark.parametrize("instance_id", ["uuid:../../x", "1", "uuid:" + "0" * 36, "UUID:715309CC-D32A-4097-989A-3CB31279C927"])
def test_an_id_that_is_no_uuid_is_refused(stocked: Survey, inspector: Actor, instance_id: str) -> None:
    """An instanceID is a UUID made on the phone; anything else is a malformed request."""
    with pytest.raises(Problem, match="INSTANCE_WITHOUT_ID"):
        receive.photo(stocked, inspector, instance_id, "a.jpg", stage(stocked, jpeg()))


def test_an_answer_against_the_forms_rules_is_flagged_not_refused(stocked: Survey, inspector: Actor, work: Work) -> None:
    """More green metres than metres of fence: kept as said, and flagged."""
    instance_id = new_id()
    receive.submission(stocked, inspector, fence(stocked, instance_id, green=99), door="field")
    work()

    with stocked.reading() as reader:
        flags = {flag["code"]: flag["figures"] for flag in select_flags(reader, COMMUNE, instance_id)}
    assert "green_m" in flags["answers_impossible"]["questions"]


@pytest.mark.parametrize("name", ["heic/IMG_5195.HEIC", "heic/mobile/HMD_Nokia_8.3_5G.heif"])
def test_heic_photos_of_phones_work(stocked: Survey, inspector: Actor, work: Work, name: str) -> None:
    """HEIC and HEIF come in unchanged and get views."""
    content = real_photo(name).read_bytes()
    instance_id = new_id()
    receipt = receive.photo(stocked, inspector, instance_id, "a.heic", stage(stocked, content))
    work()

    assert receipt.accepted
    assert stocked.blobs.read_view(receipt.sha256, "preview")
