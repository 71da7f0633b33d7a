"""Handing in as ODK Collect does: HEAD, then the same XML in every post with a share of the photos; repeated, cut off, corrected."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from survey.store.attachments import select_attachments
from survey.store.check import find_faults, select_unreferenced
from survey.store.submissions import select_submission
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.openrosa.collect import Collect, body, message
from tests.openrosa.conftest import NEAR
from tests.openrosa.filled import PHOTOS, fence, jpeg, new_id

Count = Callable[..., int]
FILES = {PHOTOS[0]: jpeg("green"), PHOTOS[1]: jpeg("darkgreen")}


@pytest.fixture(autouse=True)
def sound(stocked: Survey) -> Iterator[None]:
    """After every test of this file the store agrees with itself, and no byte lies about that no row names."""
    yield
    with stocked.reading() as reader:
        assert list(find_faults(reader, stocked.blobs)) == []
        assert select_unreferenced(reader, stocked.blobs) == []


def _states(survey: Survey, key: str) -> dict[str, str]:
    with survey.reading() as reader:
        return {one.name: one.state.value for one in select_attachments(reader, COMMUNE, key)}


def test_a_submission_in_one_post(stocked: Survey, collect: Collect) -> None:
    """201, in Vietnamese; the site that was chosen from the list is the register's, its hamlet too."""
    key = new_id()
    [answer] = collect.send(fence(stocked, key, site=NEAR), FILES)
    with stocked.reading() as reader:
        kept = select_submission(reader, COMMUNE, key)

    assert answer.status_code == 201
    assert kept is not None
    assert message(answer) == ("submit_success", f"Đã nhận bài nộp {kept.code}.")
    assert (kept.site, kept.hamlet, kept.door, kept.missing_files) == (NEAR, HAMLETS[0], "openrosa", 0)
    assert kept.device == "collect:k7m29qxdAAAAAAAA"
    assert _states(stocked, key) == dict.fromkeys(PHOTOS, "stored")


def test_a_submission_over_several_posts(stocked: Survey, collect: Collect, count: Count) -> None:
    """One photo a post, `*isIncomplete*` in all but the last; told how many are to come; then once more, all of it: nothing changes."""
    key, xml = new_id(), fence(stocked, new_id())
    xml = fence(stocked, key)
    answers = collect.send(xml, FILES, limit=len(xml) + len(FILES[PHOTOS[0]]) + 1)
    events = count("event")

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [" Còn chờ 1 tệp." in message(answer)[1] for answer in answers] == [True, False]
    assert _states(stocked, key) == dict.fromkeys(PHOTOS, "stored")
    assert [answer.status_code for answer in collect.send(xml, FILES)] == [201]
    assert (count("submission"), count("attachment"), count("event")) == (1, 2, events)


def test_posts_in_any_order_with_any_overlap(stocked: Survey, collect: Collect, count: Count) -> None:
    """The last photo first, the first twice."""
    key = new_id()
    xml = fence(stocked, key)
    parts = [{PHOTOS[1]: FILES[PHOTOS[1]]}, {PHOTOS[0]: FILES[PHOTOS[0]]}, {PHOTOS[0]: FILES[PHOTOS[0]]}, {}]

    assert [collect.post(xml, part, incomplete=True).status_code for part in parts] == [201] * 4
    assert _states(stocked, key) == dict.fromkeys(PHOTOS, "stored")
    assert count("submission") == 1


def test_twenty_identical_posts_at_once_are_one_row(stocked: Survey, collect: Collect, count: Count) -> None:
    """Each is answered 201; bytes are there once."""
    xml = fence(stocked, new_id())
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _number: collect.post(xml, FILES).status_code, range(20)))

    assert answers == [201] * 20
    assert (count("submission"), count("attachment"), count("blob"), count("instance_conflict")) == (1, 2, 2, 0)


def test_other_content_under_the_same_id_is_kept_aside_with_its_files(stocked: Survey, collect: Collect, count: Count) -> None:
    """409, said in the envelope; the first stays as it was; the newcomer's XML and photo have rows, once however often it comes."""
    key = new_id()
    first = fence(stocked, key)
    collect.send(first, FILES)
    other = fence(stocked, key, green=3)
    answers = [collect.post(other, {PHOTOS[0]: jpeg("red")}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert message(answers[0])[0] == "error"
    assert (count("instance_conflict", "reason = 'SUBMISSION_CONFLICT'"), count("conflict_file"), count("blob")) == (1, 1, 3)
    assert _states(stocked, key) == dict.fromkeys(PHOTOS, "stored")
    assert collect.send(first, {})[0].status_code == 201
    assert count("event", "body LIKE '%submission.conflict%'") == 1


def test_a_file_that_the_form_does_not_name_is_kept_and_marked(stocked: Survey, collect: Collect) -> None:
    """An old client's leftover is evidence too."""
    key = new_id()

    assert collect.post(fence(stocked, key), FILES | {"extra.jpg": jpeg("blue")}).status_code == 201
    assert _states(stocked, key) == dict.fromkeys(PHOTOS, "stored") | {"extra.jpg": "unreferenced"}


def test_a_file_that_is_no_photo_does_not_make_the_phone_wait_for_ever(stocked: Survey, collect: Collect) -> None:
    """201; it is in quarantine and shown as refused."""
    key = new_id()

    assert collect.post(fence(stocked, key), FILES | {PHOTOS[0]: b"<html>not a photo</html>"}).status_code == 201
    assert _states(stocked, key) == {PHOTOS[0]: "refused", PHOTOS[1]: "stored"}


def test_vietnamese_file_names_arrive_as_raw_utf8(stocked: Survey, collect: Collect) -> None:
    """As OkHttp writes them into the header; composed or not, they are the name that the form has."""
    key = new_id()
    decomposed = "hàng rào.jpg"

    assert (
        collect.post(
            fence(stocked, key, photos=("vườn Ất.jpg", "hàng rào.jpg")), {"vườn Ất.jpg": jpeg(), decomposed: jpeg("red")}
        ).status_code
        == 201
    )
    assert _states(stocked, key) == {"vườn Ất.jpg": "stored", "hàng rào.jpg": "stored"}


def test_more_than_a_hundred_files(stocked: Survey, collect: Collect) -> None:
    """Collect sends a hundred in one post and the rest in the next; a client that sends them at once is served as well."""
    key, other = new_id(), new_id()
    files = {f"{number:03}.jpg": jpeg() + bytes([number % 256, number // 256]) for number in range(130)}

    assert [answer.status_code for answer in collect.send(fence(stocked, key), files)] == [201, 201]
    assert collect.post(fence(stocked, other), files).status_code == 201
    assert [sum(name in files for name in _states(stocked, one)) for one in (key, other)] == [130, 130]


def test_a_body_in_chunks_and_a_plain_field_are_taken(stocked: Survey, collect: Collect) -> None:
    """As KoboCollect's relatives and scripts send: no length told; the XML without a file name; field names that mean nothing here."""
    key = new_id()
    xml = fence(stocked, key, photos=PHOTOS[:1])
    content = body("b", xml, {PHOTOS[0]: jpeg()}, incomplete=False)
    kind = {"Content-Type": "multipart/form-data; boundary=b; charset=UTF-8"}
    chunked = collect.http.request(
        "POST", f"{collect.address}/submission", headers=kind, content=(content[at : at + 700] for at in range(0, len(content), 700))
    )
    plain = collect.http.request(
        "POST", f"{collect.address}/submission", files={"assetUID": (None, "a1")}, data={"xml_submission_file": xml.decode()}
    )

    assert (chunked.status_code, plain.status_code) == (201, 201)
    assert _states(stocked, key) == {PHOTOS[0]: "stored"}


def test_an_unknown_form_is_not_found_and_its_instance_is_kept(stocked: Survey, collect: Collect, count: Count) -> None:
    """404, so that the phone keeps it; the XML lies in quarantine."""
    xml = fence(stocked, new_id()).replace(b'version="2026', b'version="1999')
    answer = collect.post(xml, FILES)

    assert answer.status_code == 404
    assert "household_fence" in message(answer)[1]
    assert (count("submission"), count("blob", "quarantine = 1 AND media_type = 'text/xml'")) == (0, 1)


def test_a_correction_replaces_and_carries_its_photos_forward(stocked: Survey, collect: Collect) -> None:
    """A new instanceID that names the old one; photos that it still names need not be sent again; sent twice it is one."""
    first, second = new_id(), new_id()
    collect.send(fence(stocked, first, site=NEAR), FILES)
    xml = fence(stocked, second, site=NEAR, green=18, corrects=first, photos=(PHOTOS[0], "new.jpg"))
    answers = [*collect.send(xml, {"new.jpg": jpeg("olive")}), *collect.send(xml, {})]
    with stocked.reading() as reader:
        kept = select_submission(reader, COMMUNE, second)

    assert [answer.status_code for answer in answers] == [201, 201]
    assert kept is not None
    assert (kept.replaces, kept.missing_files) == (first, 0)
    assert _states(stocked, second) == {PHOTOS[0]: "stored", "new.jpg": "stored"}


def test_a_correction_of_nothing_waits_for_its_original(stocked: Survey, collect: Collect, count: Count) -> None:
    """404, kept aside with its photo; once the original is here it is taken."""
    first, second = new_id(), new_id()
    xml = fence(stocked, second, corrects=first)

    assert collect.post(xml, FILES).status_code == 404
    assert (count("submission"), count("instance_conflict", "reason = 'EDIT_WITHOUT_ORIGINAL'"), count("conflict_file")) == (0, 1, 2)
    assert collect.post(fence(stocked, first), FILES).status_code == 201
    assert collect.post(xml, FILES).status_code == 201


def test_a_second_correction_of_the_same_is_kept_aside(stocked: Survey, collect: Collect, count: Count) -> None:
    """409: it must name the newest version; then it is taken."""
    first, second, third = new_id(), new_id(), new_id()
    for key, corrects in ((first, ""), (second, first)):
        assert collect.post(fence(stocked, key, corrects=corrects), FILES).status_code == 201
    late = collect.post(fence(stocked, third, corrects=first), FILES)

    assert late.status_code == 409
    assert "bản sửa" in message(late)[1]
    assert (count("submission"), count("instance_conflict", "reason = 'EDIT_TOO_LATE'")) == (2, 1)
    assert collect.post(fence(stocked, third, corrects=second), {}).status_code == 201


def test_two_corrections_at_once_leave_one_successor(stocked: Survey, collect: Collect, count: Count) -> None:
    """Ten at once, all different: one is taken."""
    first = new_id()
    collect.post(fence(stocked, first), FILES)
    edits = [fence(stocked, new_id(), corrects=first, green=number) for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda xml: collect.post(xml, {}).status_code, edits))

    assert sorted(answers) == [201] + [409] * 9
    assert (count("submission"), count("instance_conflict")) == (2, 9)


def test_nobody_corrects_or_adds_to_what_another_person_handed_in(
    stocked: Survey, collect: Collect, other_collect: Collect, count: Count
) -> None:
    """To the other phone there is no such submission; its id is taken; nothing of the stranger's is kept under it."""
    key = new_id()
    collect.post(fence(stocked, key), FILES)

    assert other_collect.post(fence(stocked, key), {"x.jpg": jpeg("red")}).status_code == 403
    assert count("blob") == 2
    assert other_collect.post(fence(stocked, new_id(), corrects=key), {}).status_code == 404
    assert count("submission") == 1


def _multipart(*parts: tuple[str, bytes]) -> bytes:
    return (
        b"".join(f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
        + b"--b--\r\n"
    )


XML_PART = 'name="xml_submission_file"; filename="a.xml"'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    b'<data id="household_fence" version="2026112302">&c;</data>'
)


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("multipart/form-data; boundary=b", _multipart((XML_PART, b"<data")), 400),
        ("multipart/form-data; boundary=b", _multipart((XML_PART, LAUGHS)), 400),
        ("multipart/form-data; boundary=b", _multipart((XML_PART, b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>')), 400),
        ("multipart/form-data; boundary=b", _multipart((XML_PART, "<data>ệ</data>".encode("utf-16"))), 400),
        ("multipart/form-data; boundary=b", _multipart((XML_PART, b"<data id='household_fence'/>")), 400),
        ("multipart/form-data; boundary=b", _multipart((XML_PART, b"")), 400),
        ("multipart/form-data; boundary=b", _multipart(('name="other"; filename="a.xml"', b"<data/>")), 400),
        ("multipart/form-data; boundary=other", _multipart((XML_PART, b"<data/>")), 400),
        ("multipart/form-data", _multipart((XML_PART, b"<data/>")), 400),
        ("text/xml", b"<data/>", 400),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=", 400),
        ("multipart/form-data; boundary=b", _multipart(*((f'name="f{number}"', b"x") for number in range(101))), 400),
        ("multipart/form-data; boundary=b", _multipart((XML_PART, b"x" * 10_000_001)), 400),
    ],
    ids=[
        "cut", "laughs", "outside", "utf16", "no-id", "empty", "no-part", "other-boundary", "no-boundary", "no-multipart", "half-head",
        "many-fields", "huge-xml",
    ],
)  # fmt: skip
def test_hostile_bodies_are_refused_in_the_envelope(collect: Collect, count: Count, kind: str, content: bytes, status: int) -> None:
    """400 with a sentence; nothing is kept."""
    answer = collect.http.request("POST", f"{collect.address}/submission", headers={"Content-Type": kind}, content=content)

    assert answer.status_code == status
    assert message(answer)[0] == "error"
    assert (count("submission"), count("blob")) == (0, 0)


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a" * 5000 + ".jpg", "..", "a\\b.jpg", "x%22y.jpg", "\x7f\x01.jpg"],
    ids=["path", "long", "dots", "windows", "quote", "control"],
)
def test_hostile_names_stay_labels(stocked: Survey, collect: Collect, tmp_path: Path, name: str) -> None:
    """The photo is kept under a harmless label, or the name is refused as malformed; no file appears outside the blobs."""
    key = new_id()
    answer = collect.post(fence(stocked, key, photos=()), {name: jpeg()})
    names: Any = list(_states(stocked, key))

    assert answer.status_code in {201, 400}
    assert all("/" not in one and "\\" not in one and 0 < len(one) <= 120 for one in names)
    assert len(names) == (answer.status_code == 201)
    assert not (tmp_path / "etc").exists()
