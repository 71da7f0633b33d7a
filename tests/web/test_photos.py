"""Photos are served to those who may see them, whole or in parts, and look like nothing to everybody else."""

import hashlib
from datetime import UTC, datetime

import pytest

from survey.domain.submissions import Instance, NamedFile
from survey.store.attachments import insert_blob, insert_named, update_developed, upsert_arrived
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import insert, submission

BYTES = bytes(range(256)) * 8
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def put(survey, *, name="uuid:a", content=BYTES, person="p-inspector", hamlet=HAMLETS[0], with_form=True, quarantine=False):
    """A photo in the store as receipt leaves it; returns its hash."""
    staged = survey.blobs.stage([content], name="a.jpg", limit=10**6)
    survey.blobs.keep(staged, quarantine=quarantine)
    with survey.transaction() as tx:
        if with_form:
            insert(tx, submission(name.removeprefix("uuid:"), person=person, hamlet=hamlet))
            insert_named(tx, COMMUNE, Instance(name, "household_fence", "1", (), (NamedFile("a.jpg", "photo"),)))
        reason = "not_a_photo" if quarantine else None
        insert_blob(tx, COMMUNE, staged, media_type="image/jpeg", quarantine=quarantine, facts="{}", at=NOW)
        upsert_arrived(tx, COMMUNE, name, "a.jpg", staged=staged, reason=reason, person=person, at=NOW)
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def other_inspector(survey):
    """A second inspector of the same hamlet."""
    with survey.transaction() as tx:
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
            " SELECT commune, 'p-other', 'other', name, role, locale, created_at FROM person WHERE person = 'p-inspector'"
        )
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-other', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[0])


@pytest.mark.parametrize("view", ["original", "preview", "thumb"])
@pytest.mark.parametrize(("login", "status"), [("inspector", 200), ("other", 404), ("reviewer", 200), ("coordinator", 200), (None, 303)])
def test_who_may_see_a_photo(client, survey, other_inspector, view, login, status):
    """The desk sees the commune's photos, an inspector the own ones, nobody signed out any."""
    sha256 = put(survey)
    for made in ("preview", "thumb"):
        survey.blobs.save_view(sha256, made, b"\xff\xd8view")

    assert client(login).get(f"/photos/{sha256}/{view}").status_code == status


def test_early_photo_belongs_to_its_sender(client, survey, other_inspector):
    """A photo that came before its form is seen by who sent it and by the desk."""
    sha256 = put(survey, with_form=False)

    assert client("inspector").get(f"/photos/{sha256}/original").status_code == 200
    assert client("reviewer").get(f"/photos/{sha256}/original").status_code == 200
    assert client("other").get(f"/photos/{sha256}/original").status_code == 404


def test_a_reviewer_of_some_hamlets_sees_those_only(client, survey):
    """A desk role with a scope reaches photos of its hamlets."""
    sha256 = put(survey, hamlet=HAMLETS[1])
    with survey.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-reviewer', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[0])

    assert client("reviewer").get(f"/photos/{sha256}/thumb").status_code == 404
    assert client("coordinator").get(f"/photos/{sha256}/thumb").status_code == 202


def test_quarantine_unknown_and_forbidden_look_alike(client, survey, other_inspector):
    """The answer does not say whether a hash exists."""
    kept_away = put(survey, name="uuid:q", content=b"MZ not a photo", quarantine=True)
    forbidden = put(survey)
    answers = [
        client("reviewer").get(f"/photos/{kept_away}/original"),
        client("reviewer").get(f"/photos/{'0' * 64}/original"),
        client("reviewer").get("/photos/..%2f..%2fsurvey.db/original"),
        client("other").get(f"/photos/{forbidden}/original"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answers[0].text, answers[1].text, answers[3].text}) == 1


def test_original_is_the_received_bytes_as_a_download(client, survey):
    """Nothing is changed, guessed or cached for others."""
    sha256 = put(survey)
    answer = client("reviewer").get(f"/photos/{sha256}/original")

    assert hashlib.sha256(answer.content).hexdigest() == sha256
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-length"] == str(len(BYTES))
    assert answer.headers["content-disposition"] == f'attachment; filename="{sha256[:12]}.jpg"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"].startswith("private")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-9", 206, BYTES[:10], "bytes 0-9/2048"),
        ("bytes=2040-", 206, BYTES[2040:], "bytes 2040-2047/2048"),
        ("bytes=-8", 206, BYTES[-8:], "bytes 2040-2047/2048"),
        ("bytes=100-99999", 206, BYTES[100:], "bytes 100-2047/2048"),
        ("bytes=0-2047", 200, BYTES, None),
        ("bytes=0-1,5-6", 200, BYTES, None),
        ("lines=1-2", 200, BYTES, None),
        ("bytes=9-3", 416, b"", "bytes */2048"),
        ("bytes=2048-", 416, b"", "bytes */2048"),
        ("bytes=-0", 416, b"", "bytes */2048"),
        ("bytes=" + "9" * 5000 + "-", 200, BYTES, None),
        ("bytes=0-" + "9" * 5000, 200, BYTES, None),
    ],
)
def test_ranges(client, survey, asked, status, part, told):
    """A download that was cut goes on where it stopped (RFC 9110, section 14)."""
    sha256 = put(survey)
    answer = client("reviewer").get(f"/photos/{sha256}/original", headers={"range": asked})

    assert (answer.status_code, answer.content, answer.headers.get("content-range")) == (status, part, told)


def test_a_known_picture_is_not_sent_again(client, survey):
    """304 by its tag, but only to who may see it now."""
    sha256 = put(survey)
    survey.blobs.save_view(sha256, "thumb", b"\xff\xd8view")
    browser = client("inspector")
    first = browser.get(f"/photos/{sha256}/thumb")
    again = {"if-none-match": first.headers["etag"]}

    assert (first.status_code, first.content, first.headers["content-type"]) == (200, b"\xff\xd8view", "image/jpeg")
    assert browser.get(f"/photos/{sha256}/thumb", headers=again).status_code == 304
    assert client().get(f"/photos/{sha256}/thumb", headers=again).status_code == 303


def test_a_view_that_is_not_made_yet_is_drawn(client, survey):
    """While the worker is busy the page shows why; what cannot be decoded says so for good."""
    sha256 = put(survey)
    browser = client("reviewer")
    waiting = browser.get(f"/photos/{sha256}/preview")
    with survey.transaction() as tx:
        update_developed(tx, COMMUNE, sha256, "failed", None)
    failed = browser.get(f"/photos/{sha256}/preview")

    assert (waiting.status_code, waiting.headers["retry-after"], waiting.headers["content-type"]) == (202, "2", "image/svg+xml")
    assert "Đang chuẩn bị ảnh" in waiting.text
    assert failed.status_code == 200
    assert "hãy tải ảnh gốc" in failed.text
    assert {waiting.headers["cache-control"], failed.headers["cache-control"]} == {"no-store"}


def test_programs_hear_json(client, survey):
    """Without a browser's Accept the refusal is `{code, message, remedy}`."""
    answer = client().get(f"/photos/{'0' * 64}/thumb", headers={"accept": "*/*"})

    assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_NEEDED")
