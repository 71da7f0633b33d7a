"""A photo in pieces, on both engines: the hash decides, one row comes of any number of tries, other people's uploads are closed."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from survey import receive
from survey.domain.people import Actor, Role
from survey.domain.problems import Problem
from survey.domain.submissions import FileState
from survey.receive import parts
from survey.store.attachments import select_attachments
from survey.store.check import find_faults
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.receive.conftest import fence, jpeg, new_id, stage

PHOTO = jpeg("green") + bytes(range(256)) * 400
SHA256 = hashlib.sha256(PHOTO).hexdigest()


class _LineBrokeError(Exception):
    pass


def _send(survey: Survey, actor: Actor, key: str, start: int, end: int | None = None, name: str = "a.jpg") -> receive.PhotoReceipt | int:
    piece = receive.Part(start, len(PHOTO), SHA256)
    return receive.part(survey, actor, key, name, piece, [PHOTO[start:end]])


def _files(survey: Survey, key: str) -> list[tuple[str, FileState, str | None]]:
    with survey.reading() as reader:
        assert list(find_faults(reader, survey.blobs)) == []
        return [(file.name, file.state, file.sha256) for file in select_attachments(reader, COMMUNE, key)]


def _unfinished(survey: Survey) -> list[Path]:
    incoming: Path = survey.settings.data / "incoming"
    return [path for path in incoming.rglob("*") if path.is_file()]


@pytest.fixture
def key(stocked: Survey, inspector: Actor) -> str:
    """A submission of the inspector that waits for `a.jpg`."""
    instance_id = new_id()
    receive.submission(stocked, inspector, fence(stocked, instance_id), door="field")
    return instance_id


def test_pieces_become_the_photo(stocked: Survey, inspector: Actor, key: str) -> None:
    """Each piece moves the offset on; with the last one the photo is stored, and nothing unfinished stays."""
    assert receive.progress(stocked, inspector, key, "a.jpg") == receive.Progress(0)
    assert _send(stocked, inspector, key, 0, 40_000) == 40_000
    assert receive.progress(stocked, inspector, key, "a.jpg") == receive.Progress(40_000)
    receipt = _send(stocked, inspector, key, 40_000)

    assert receipt == receive.PhotoReceipt("a.jpg", SHA256, len(PHOTO), accepted=True, reason=None, missing=())
    assert receive.progress(stocked, inspector, key, "a.jpg") == receive.Progress(len(PHOTO), SHA256)
    assert _files(stocked, key) == [("a.jpg", FileState.STORED, SHA256)]
    assert _unfinished(stocked) == []


def test_what_came_before_a_cut_stays(stocked: Survey, inspector: Actor) -> None:
    """The line breaks in the middle of a piece, before the form has come, too."""
    key = new_id()

    def cut() -> Iterator[bytes]:
        yield PHOTO[:30_000]
        raise _LineBrokeError

    with pytest.raises(_LineBrokeError):
        receive.part(stocked, inspector, key, "a.jpg", receive.Part(0, len(PHOTO), SHA256), cut())

    assert receive.progress(stocked, inspector, key, "a.jpg").offset == 30_000
    assert isinstance(_send(stocked, inspector, key, 30_000), receive.PhotoReceipt)
    assert _files(stocked, key) == [("a.jpg", FileState.UNREFERENCED, SHA256)]


def test_other_bytes_than_the_first_try_do_not_jam(stocked: Survey, inspector: Actor, key: str) -> None:
    """The photo was taken again between two tries: the mixture is thrown away, and the next try begins anew."""
    receive.part(stocked, inspector, key, "a.jpg", receive.Part(0, 5_000_000), [b"\0" * 70_000])
    with pytest.raises(Problem, match="BYTES_DIFFER"):
        _send(stocked, inspector, key, 70_000)

    assert receive.progress(stocked, inspector, key, "a.jpg") == receive.Progress(0)
    assert isinstance(_send(stocked, inspector, key, 0), receive.PhotoReceipt)
    assert _files(stocked, key) == [("a.jpg", FileState.STORED, SHA256)]


def test_the_last_piece_without_a_hash_is_asked_for_one(stocked: Survey, inspector: Actor, key: str) -> None:
    """Nothing is lost: an empty piece with the hash ends the upload."""
    with pytest.raises(Problem, match="DIGEST_NEEDED"):
        receive.part(stocked, inspector, key, "a.jpg", receive.Part(0, len(PHOTO)), [PHOTO])

    assert isinstance(_send(stocked, inspector, key, len(PHOTO)), receive.PhotoReceipt)


def test_the_same_piece_twenty_times_at_once_is_one_row(stocked: Survey, inspector: Actor, key: str) -> None:
    """Every one of them hears that the photo is here; one row, one event, one blob."""
    ready = threading.Barrier(20)

    def send(_: int) -> receive.PhotoReceipt | int:
        ready.wait()
        return _send(stocked, inspector, key, 0)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert {answer.sha256 for answer in answers if isinstance(answer, receive.PhotoReceipt)} == {SHA256}
    assert all(isinstance(answer, receive.PhotoReceipt) for answer in answers)
    assert _files(stocked, key) == [("a.jpg", FileState.STORED, SHA256)]
    with stocked.reading() as reader:
        events = reader.row("SELECT COUNT(*) AS count FROM event WHERE body LIKE '%photo.received%'")
    assert events is not None
    assert events["count"] == 1
    # A request that came late may have begun the upload anew before it saw the photo stored; the week's sweep takes that.
    assert len(_unfinished(stocked)) <= 1


def test_a_photo_that_is_stored_is_not_sent_again(stocked: Survey, inspector: Actor, key: str) -> None:
    """The same hash under the same name is answered at once, wherever the piece begins and without reading it."""
    receive.photo(stocked, inspector, key, "a.jpg", stage(stocked, PHOTO))

    def unread() -> Iterator[bytes]:
        raise AssertionError
        yield b""

    again = receive.part(stocked, inspector, key, "a.jpg", receive.Part(5, len(PHOTO), SHA256), unread())

    assert again == receive.PhotoReceipt("a.jpg", SHA256, len(PHOTO), accepted=True, reason=None, missing=())
    assert _unfinished(stocked) == []


def test_other_bytes_under_a_stored_name_are_told_apart(stocked: Survey, inspector: Actor, key: str) -> None:
    """Asked for by their hash, the second bytes of a name have an offset of their own, and are kept beside the first."""
    receive.photo(stocked, inspector, key, "a.jpg", stage(stocked, jpeg("red")))
    _send(stocked, inspector, key, 0, 40_000)

    assert receive.progress(stocked, inspector, key, "a.jpg").sha256 == hashlib.sha256(jpeg("red")).hexdigest()
    assert receive.progress(stocked, inspector, key, "a.jpg", SHA256) == receive.Progress(40_000)
    assert isinstance(_send(stocked, inspector, key, 40_000), receive.PhotoReceipt)
    assert receive.progress(stocked, inspector, key, "a.jpg", SHA256) == receive.Progress(len(PHOTO), SHA256)
    assert len(_files(stocked, key)) == 2


def test_other_people_neither_see_nor_move_an_upload(stocked: Survey, inspector: Actor, key: str) -> None:
    """To a colleague with the same hamlet nothing is here; adding is refused before the first byte."""
    other = Actor(COMMUNE, "p-other", "Other", Role.INSPECTOR, frozenset({HAMLETS[0]}))
    _send(stocked, inspector, key, 0, 40_000)

    assert receive.progress(stocked, other, key, "a.jpg") == receive.Progress(0)
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        _send(stocked, other, key, 0)
    _send(stocked, inspector, key, 40_000)
    assert receive.progress(stocked, other, key, "a.jpg") == receive.Progress(0)
    with pytest.raises(Problem, match="NOT_ALLOWED"):
        _send(stocked, other, key, 0)


def test_too_large_a_photo_is_refused_before_its_first_byte(stocked: Survey, inspector: Actor, key: str) -> None:
    """The announced length is enough to refuse."""

    def unread() -> Iterator[bytes]:
        raise AssertionError
        yield b""

    with pytest.raises(Problem, match="FILE_TOO_LARGE"):
        receive.part(stocked, inspector, key, "a.jpg", receive.Part(0, receive.PHOTO_LIMIT + 1, SHA256), unread())


def test_a_person_has_so_many_unfinished_uploads(stocked: Survey, inspector: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more, and the one left alone longest begins anew: the disk is bounded, and nothing ever jams."""
    monkeypatch.setattr(parts, "UNFINISHED_LIMIT", 3)
    keys = [new_id() for _ in range(4)]
    for instance_id in keys:
        _send(stocked, inspector, instance_id, 0, 1000)

    assert [receive.progress(stocked, inspector, instance_id, "a.jpg").offset for instance_id in keys] == [0, 1000, 1000, 1000]
    assert isinstance(_send(stocked, inspector, keys[0], 0), receive.PhotoReceipt)


def test_a_file_without_bytes_is_taken(stocked: Survey, inspector: Actor, key: str) -> None:
    """A camera that wrote nothing must not keep its form waiting for ever (DESIGN 2.5)."""
    taken = receive.part(stocked, inspector, key, "a.jpg", receive.Part(0, 0, hashlib.sha256(b"").hexdigest()), [])

    assert isinstance(taken, receive.PhotoReceipt)
    assert not taken.accepted
