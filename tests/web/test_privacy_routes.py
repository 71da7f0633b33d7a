"""Covered copies and erased photos over HTTP: the same people may see them as the photo, and nobody else learns of them."""

import io

import pytest
from PIL import Image

from survey import privacy
from survey.domain.privacy import Box
from survey.store.attachments import update_developed
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


def test_work_tells_what_the_commune_has_set(client, survey, coordinator):
    """Null where it has not: the phone says so and invents nothing."""
    browser = client("inspector")
    assert browser.get("/api/work").json()["privacy"] == {"retention_years": None, "contact": None}
    privacy.set_retention(survey, coordinator, "7", "Quyết định")
    privacy.set_contact(survey, coordinator, "Văn phòng UBND xã", "Phân công")

    assert browser.get("/api/work").json()["privacy"] == {"retention_years": 7, "contact": "Văn phòng UBND xã"}
