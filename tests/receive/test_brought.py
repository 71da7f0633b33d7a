"""Work of another person, brought in from a saved outbox; and what else the capture block tells of who and where."""

import json
from dataclasses import replace

import pytest
from lxml import etree

from survey import receive
from survey.domain.people import Actor
from survey.domain.submissions import Fix
from survey.forms.capture_block import CaptureBlock, read_block, write_block
from survey.store.attachments import capture_from_json, capture_to_json, select_attachments
from survey.store.check import find_faults
from survey.store.submissions import select_own, select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE
from tests.receive.conftest import fence, jpeg, new_id, stage


def _by(survey: Survey, key: str, person: str) -> bytes:
    return fence(survey, key).replace(b"</site>", f"</site><by>{person}</by>".encode())


def _kept(survey: Survey, key: str) -> tuple[str, str | None]:
    with survey.reading() as reader:
        found = select_submission(reader, COMMUNE, key)
    assert found is not None
    return found.person, found.brought_by


def _received(survey: Survey) -> list[dict[str, object]]:
    with survey.reading() as reader:
        bodies = [json.loads(row["body"]) for row in reader.rows("SELECT body FROM event ORDER BY seq")]
    return [body for body in bodies if body["kind"] == "submission.received"]


def test_a_saved_outbox_is_its_persons_work(stocked: Survey, reviewer: Actor, inspector: Actor) -> None:
    """Who sees all work brings it in: it is the inspector's, found among the inspector's own, and the log names the bearer."""
    key = new_id()
    receive.submission(stocked, reviewer, _by(stocked, key, inspector.person), door="desk")
    receive.photo(stocked, reviewer, key, "a.jpg", stage(stocked, jpeg()))

    assert _kept(stocked, key) == (inspector.person, reviewer.person)
    assert [body["brought_by"] for body in _received(stocked)] == [reviewer.person]
    with stocked.reading() as reader:
        assert [one.id for one in select_own(reader, COMMUNE, inspector.person, limit=5)] == [key]
        assert list(find_faults(reader, stocked.blobs)) == []


def test_the_phone_comes_back_and_sends_the_same(stocked: Survey, reviewer: Actor, inspector: Actor) -> None:
    """The outbox was brought in already: the inspector's phone hears that it is here, and goes on with its photos."""
    key = new_id()
    xml = _by(stocked, key, inspector.person)
    receive.submission(stocked, reviewer, xml, door="desk")
    again = receive.submission(stocked, inspector, xml, door="field")
    receive.photo(stocked, inspector, key, "a.jpg", stage(stocked, jpeg()))

    assert not again.created
    assert len(_received(stocked)) == 1
    assert _kept(stocked, key) == (inspector.person, reviewer.person)


def test_photos_that_the_phone_sent_first_do_not_shut_the_desk_out(stocked: Survey, reviewer: Actor, inspector: Actor) -> None:
    """One photo came from the phone before it broke; the desk brings the others in before the form."""
    key = new_id()
    receive.photo(stocked, inspector, key, "a.jpg", stage(stocked, jpeg("green")))
    receive.photo(stocked, reviewer, key, "b.jpg", stage(stocked, jpeg("olive")))
    receive.submission(stocked, reviewer, _by(stocked, key, inspector.person), door="desk")

    with stocked.reading() as reader:
        assert {file.name for file in select_attachments(reader, COMMUNE, key)} == {"a.jpg", "b.jpg"}
    assert _kept(stocked, key) == (inspector.person, reviewer.person)


@pytest.mark.parametrize("person", ["p-nobody", "", "<b>", "p-reviewer"])
def test_a_name_of_nobody_is_the_senders_own(stocked: Survey, reviewer: Actor, person: str) -> None:
    """Who is not of the commune, or is the sender, leaves the submission with the sender."""
    key = new_id()
    receive.submission(stocked, reviewer, _by(stocked, key, person.replace("<", "&lt;")), door="desk")

    assert _kept(stocked, key) == (reviewer.person, None)


def test_an_inspector_cannot_speak_for_another(stocked: Survey, inspector: Actor, coordinator: Actor) -> None:
    """Nor can a coordinator's lost phone: behind a device everybody is an inspector."""
    for actor in (inspector, replace(coordinator, role=inspector.role, device="d")):
        key = new_id()
        receive.submission(stocked, actor, _by(stocked, key, "p-reviewer"), door="field")
        assert _kept(stocked, key) == (actor.person, None)


def test_a_position_by_hand_is_kept_as_such(stocked: Survey, inspector: Actor) -> None:
    """On the visit and on a photo: what no phone measured is never taken for a measurement."""
    key = new_id()
    photo = b'<photo name="a.jpg" source="picked"><after latitude="18.05" longitude="106.05" placed="hand"/></photo>'
    xml = fence(stocked, key).replace(b'accuracy="8" at="2026-11-20T01:01:00Z"/>', b'placed="hand"/>' + photo)
    receive.submission(stocked, inspector, xml, door="field")

    with stocked.reading() as reader:
        kept = select_submission(reader, COMMUNE, key)
        (file,) = select_attachments(reader, COMMUNE, key)
    by_hand = Fix(18.05, 106.05, by_hand=True)
    assert kept is not None
    assert (kept.fix, file.capture.after) == (by_hand, by_hand)


def test_the_block_is_written_as_it_is_read() -> None:
    """Who, and which positions were entered by hand, go into the XML and come back."""
    block = CaptureBlock(site="s", by="p-1", fix=Fix(18.05, 106.05, by_hand=True))
    root = etree.Element("data")
    write_block(root, block)

    assert read_block(root) == block
    assert read_block(etree.fromstring('<data><survey xmlns="urn:ntm-survey:capture:1"/></data>')).by is None


def test_a_capture_of_before_is_read_as_measured() -> None:
    """Rows that were written without the mark mean a phone's own position."""
    old = {"source": "system", "after": [18.05, 106.05, 8.0, None, None]}

    read = capture_from_json("a.jpg", old)
    assert read.after == Fix(18.05, 106.05, 8.0)
    assert capture_to_json(read)["after"] == old["after"]
