"""Covered copies and erased photos over HTTP: the same people may see them as the photo, and nobody else learns of them."""

import io
from datetime import UTC, date, datetime

import pytest
from PIL import Image

from survey import briefing, privacy
from survey.domain.briefing import Briefing, PhotoPair
from survey.domain.privacy import Box
from survey.domain.thresholds import Text
from survey.paper import typeset
from survey.store.attachments import update_developed
from survey.web import briefing_print
from tests.conftest import COMMUNE, HAMLETS
from tests.receive.conftest import jpeg
from tests.web.test_photos import other_inspector, put  # noqa: F401 - a fixture among them


@pytest.fixture
def photo(survey):
    """A photo of the inspector's whose views are made; its hash."""
    sha256 = put(survey, content=jpeg("red"))
    survey.blobs.save_view(sha256, "preview", jpeg("red"))
    with survey.transaction() as tx:
        update_developed(tx, COMMUNE, sha256, "ready", None)
    return sha256


@pytest.mark.parametrize(("login", "status"), [("inspector", 200), ("other", 404), ("reviewer", 200), ("coordinator", 200), (None, 303)])
def test_who_may_see_the_covered_copy(client, survey, other_inspector, reviewer, photo, login, status):  # noqa: F811
    """As the preview; covered, and never kept by the browser."""
    privacy.cover(survey, reviewer, photo, [Box(0, 0, 1, 1)])
    answer = client(login).get(f"/photos/{photo}/public")

    assert answer.status_code == status
    if status == 200:
        assert max(Image.open(io.BytesIO(answer.content)).convert("RGB").getpixel((100, 100))) < 40
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("login", "status"), [("inspector", 410), ("other", 404), ("reviewer", 410), ("coordinator", 410), (None, 303)])
@pytest.mark.parametrize("view", ["original", "preview", "thumb", "public"])
def test_an_erased_photo_is_told_to_who_might_see_it(client, survey, other_inspector, coordinator, photo, view, login, status):  # noqa: F811
    """Gone, with the day; strangers hear what they hear of any hash."""
    privacy.erase(survey, coordinator, photo, "Chủ hộ đề nghị")
    answer = client(login).get(f"/photos/{photo}/{view}", headers={"if-none-match": f'"{photo}"'})

    assert answer.status_code == status
    assert "Chủ hộ" not in answer.text


def test_a_reviewer_of_other_hamlets_hears_nothing(client, survey, coordinator, photo):
    """Out of reach is unknown, before and after erasing."""
    with survey.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-reviewer', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[1])
    before = client("reviewer").get(f"/photos/{photo}/public")
    privacy.erase(survey, coordinator, photo, "Chủ hộ đề nghị")
    after = client("reviewer").get(f"/photos/{photo}/public")

    assert (before.status_code, after.status_code) == (404, 404)
    assert before.text == after.text


@pytest.fixture
def printed(survey, coordinator, photo, monkeypatch):
    """The address of a briefing with *photo* on both sides, and the pictures that were last set into a page."""
    text, day, pictures = Text("x", "x"), date(2026, 11, 23), {}
    pair = PhotoPair(photo, photo, text, "Thôn", day, day)
    said = Briefing("Kỳ Thượng", False, "e", text, day, 1, 2, photos=(pair,), made_at=datetime(2026, 11, 23, tzinfo=UTC))

    def spying(template, data, shown):
        pictures.clear()
        pictures.update(shown)
        return typeset(template, data, shown)

    monkeypatch.setattr(briefing_print, "typeset", spying)
    return f"/print/briefing/{briefing.hold(survey, coordinator, said).id}", pictures


def test_a_printed_briefing_shows_photos_covered(client, survey, reviewer, photo, printed):
    """Paper leaves the office: what was covered is covered there too."""
    path, pictures = printed
    assert client("reviewer").get(path).status_code == 200
    assert max(Image.open(io.BytesIO(pictures["photo-0-before.jpg"])).convert("RGB").getpixel((100, 100))) > 40
    privacy.cover(survey, reviewer, photo, [Box(0, 0, 1, 1)])

    assert client("reviewer").get(path).status_code == 200
    assert max(Image.open(io.BytesIO(pictures["photo-0-before.jpg"])).convert("RGB").getpixel((100, 100))) < 40


def test_a_printed_briefing_shows_no_photo_of_other_hamlets(client, survey, photo, printed):
    """The words are the commune's; a photo is for those who may see it."""
    path, pictures = printed
    with survey.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:commune, 'p-reviewer', :hamlet)", commune=COMMUNE, hamlet=HAMLETS[1])
    assert client("reviewer").get(path).status_code == 200
    assert pictures == {}
    assert client("coordinator").get(path).status_code == 200
    assert set(pictures) == {"photo-0-before.jpg", "photo-0-after.jpg"}


def test_work_tells_what_the_commune_has_set(client, survey, coordinator):
    """Null where it has not: the phone says so and invents nothing."""
    browser = client("inspector")
    assert browser.get("/api/work").json()["privacy"] == {"retention_years": None, "contact": None}
    privacy.set_retention(survey, coordinator, "7", "Quyết định")
    privacy.set_contact(survey, coordinator, "Văn phòng UBND xã", "Phân công")

    assert browser.get("/api/work").json()["privacy"] == {"retention_years": 7, "contact": "Văn phòng UBND xã"}
