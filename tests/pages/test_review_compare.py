"""What the review page says of a photo that was used elsewhere, and of the same view in an earlier round."""

import json
from datetime import date

import pytest

from survey.domain.canonical import sha256_hex
from survey.store.deployment import insert_round
from survey.store.likeness import insert_pairs
from survey.web import text
from survey.web.review_compare_cards import picture_of, turns_of
from survey.wiring import Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.made_submissions import START, insert, register, submission

PAGE = "pages/review.py"
OWN = sha256_hex("own")


@pytest.fixture
def reused(survey: Survey) -> Survey:
    """`a` waits; `b`, of another household, came before it with the same photo or one like it, as each test says."""
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0], "s2": HAMLETS[1]})
        tx.execute("UPDATE site SET latitude = 18.07 WHERE site = 's2'")
        insert(tx, submission("a"), submission("b", minutes=-500, site="s2", hamlet=HAMLETS[1]))
        tx.execute("UPDATE submission SET state = 'accepted' WHERE submission = 'uuid:b'")
        photo(tx, "a", OWN)
    return survey


def photo(tx, key: str, sha256: str, *, name: str = "fence_1.jpg", views: str = "ready", facts: str = "{}", commune: str = COMMUNE) -> None:
    """A stored photo of submission *key*, as the worker leaves it."""
    tx.execute(
        "INSERT INTO attachment (commune, submission, name, question, repeat_key, ordinal, state, sha256, capture)"
        " VALUES (:c, :s, :n, 'photo', '', 1, 'stored', :sha256, '{}')", c=commune, s=f"uuid:{key}", n=name, sha256=sha256,
    )  # fmt: skip
    tx.execute(
        "INSERT INTO blob (commune, sha256, size, crc32, media_type, quarantine, facts, views, received_at, erased_at)"
        " VALUES (:c, :sha256, 1, 0, 'image/jpeg', 0, :facts, :views, '2026-01-01T00:00:00.000Z', :erased) ON CONFLICT DO NOTHING",
        c=commune, sha256=sha256, facts=facts, views=views, erased="2026-02-01T00:00:00.000Z" if views == "erased" else None,
    )  # fmt: skip
    tx.execute(
        "INSERT INTO likeness SELECT :c, COUNT(*) + 1, :sha256, 0, 0, 0, 0 FROM likeness WHERE commune = :c ON CONFLICT DO NOTHING",
        c=commune, sha256=sha256,
    )  # fmt: skip


def like(survey: Survey, how: str, distance: int = 4, *, views: str = "ready") -> None:
    """Let `b`'s photo be one that the photo of `a` looks like."""
    with survey.transaction() as tx:
        photo(tx, "b", sha256_hex("other"), views=views)
        pair = {"sha256": OWN, "other_commune": COMMUNE, "other_sha256": sha256_hex("other"), "distance": distance, "how": how}
        insert_pairs(tx, COMMUNE, [pair], START)


def pairs(page, key: str) -> list[dict]:
    """The pairs that the component of *key* was given."""
    for element in page.main:
        found = _find(element, key)
        if found is not None:
            return found
    return []


def _find(element, key: str) -> list[dict] | None:
    if key in str(getattr(getattr(element, "proto", None), "id", "")):
        return json.loads(element.proto.json)["pairs"] if element.proto.json else None
    for child in getattr(element, "children", {}).values():
        if (found := _find(child, key)) is not None:
            return found
    return None


def _open(open_page, survey: Survey, login: str = "reviewer", key: str = "uuid:a"):
    page = open_page(PAGE, login)
    page.query_params["submission"] = key
    page.run()
    assert not page.exception
    return page


def test_the_same_file_for_two_households(open_page, reused):
    """Both sites, dates and inspectors, who came first, the distance, the way there, and a map of both places."""
    with reused.transaction() as tx:
        photo(tx, "b", OWN)
    page = _open(open_page, reused)
    (pair,) = pairs(page, "review_reuse")

    assert pair["title"] == "Cùng một tệp đã dùng hai lần"
    assert pair["weight"] == "wrong"
    assert [dict(pair[side]["rows"])["Đối tượng"] for side in ("left", "right")] == ["HO-0001 · Hộ s1", "HO-0002 · Hộ s2"]
    assert [dict(pair[side]["rows"])["Thôn"] for side in ("left", "right")] == ["Thôn mẫu 1", "Thôn mẫu 2"]
    assert [pair[side]["first"] for side in ("left", "right")] == ["", "có trước"]
    assert dict(pair["right"]["rows"])["Khảo sát viên"] == "inspector"
    assert "Hai đối tượng cách nhau 2,2\N{NO-BREAK SPACE}km." in pair["lines"]
    assert pair["right"]["link"] == "/review?submission=uuid%3Ab"
    assert pair["left"]["picture"] == pair["right"]["picture"] == f"/photos/{OWN}"
    assert pair["turns"] is None
    assert any("18.07" in chart.proto.json and "18.05" in chart.proto.json for chart in page.get("deck_gl_json_chart"))
    assert f"{submission('b').code}: HO-0002" in "".join(element.proto.body for element in page.get("html"))


@pytest.mark.parametrize(
    ("how", "distance", "title", "weight", "turns", "mirrored"),
    [
        ("mirrored/cropped", 4, "Gần như chắc chắn là cùng một ảnh (đã lật gương, đã cắt bớt mép)", "wrong", [0], True),
        ("turned90/whole", 7, "Có thể là cùng một ảnh (đã xoay 90°)", "look", [90, 270], False),
    ],
    ids=["mirrored", "turned"],
)
def test_a_like_picture_lies_as_it_was_found(open_page, reused, how, distance, title, weight, turns, mirrored):
    """The other picture is mirrored or turned where the likeness says so; how sure it is follows from the bits."""
    like(reused, how, distance)
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert (pair["title"], pair["weight"]) == (title, weight)
    assert (pair["turns"], pair["mirrored"]) == (turns, mirrored)
    assert pair["right"]["picture"] == f"/photos/{sha256_hex('other')}"


def test_a_commune_that_is_stricter(open_page, reused):
    """What counts as one picture follows the commune's own threshold."""
    like(reused, "whole", 4)
    with reused.transaction() as tx:
        tx.execute(
            "INSERT INTO setting VALUES (:c, 'check.same_picture_bits', 1, '3', 'x', 'p-coordinator', '2026-01-01T00:00:00.000Z')",
            c=COMMUNE,
        )
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert pair["title"].startswith("Có thể")


def test_the_later_one_of_two_says_that_it_was_first(open_page, reused):
    """Captured first but received later: both are told, since a phone's clock can be set."""
    with reused.transaction() as tx:
        photo(tx, "b", OWN)
        tx.execute("UPDATE submission SET captured_at = '2026-11-21T00:00:00.000Z' WHERE submission = 'uuid:b'")
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert [pair[side]["first"] for side in ("left", "right")] == ["có trước", ""]
    assert any("đồng hồ điện thoại và máy chủ" in line for line in pair["lines"])


@pytest.mark.parametrize("views", ["waiting", "erased", "failed"])
def test_a_picture_that_cannot_be_shown_says_why(open_page, reused, views):
    """Not made yet, erased or broken: a sentence, and no address to ask for."""
    like(reused, "whole", views=views)
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert pair["right"]["picture"] == ""
    assert pair["right"]["absent"] == picture_of(sha256_hex("other"), views)[1] != ""
    assert pair["left"]["picture"]


def test_a_photo_outside_the_reviewers_hamlets(open_page, reused):
    """No picture, site or person of it reaches the page: the code, the date and whom to ask."""
    with reused.transaction() as tx:
        photo(tx, "b", sha256_hex("other"))
        tx.execute("INSERT INTO person_hamlet VALUES (:c, 'p-reviewer', :h)", c=COMMUNE, h=HAMLETS[0])
    like_pair = {"sha256": OWN, "other_commune": COMMUNE, "other_sha256": sha256_hex("other"), "distance": 2, "how": "whole"}
    with reused.transaction() as tx:
        insert_pairs(tx, COMMUNE, [like_pair], START)
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert pair["right"]["picture"] == pair["right"]["link"] == ""
    assert "ngoài phạm vi thôn" in pair["right"]["absent"]
    assert submission("b").code in pair["right"]["badge"]
    assert all(word not in json.dumps(pair, ensure_ascii=False) for word in (sha256_hex("other"), "HO-0002", "Hộ s2", "cách nhau"))


def test_a_photo_of_another_commune(open_page, reused):
    """The commune's name, the code and the date, nothing else; the picture is not asked for."""
    other = sha256_hex("elsewhere")
    with reused.transaction() as tx:
        tx.execute("INSERT INTO commune VALUES ('06979', 'Xã Bạn', '20', '{}', 'test', 0, '2026-01-01T00:00:00.000Z')")
        tx.execute(
            "INSERT INTO person (commune, person, login, name, role, locale, created_at)"
            " VALUES ('06979', 'p-inspector', 'inspector', 'Người xã bạn', 'inspector', 'vi', '2026-01-01T00:00:00.000Z')"
        )
        insert(tx, submission("far", minutes=-50, commune="06979", hamlet=None))
        photo(tx, "far", other, commune="06979")
        insert_pairs(tx, COMMUNE, [{"sha256": OWN, "other_commune": "06979", "other_sha256": other, "distance": 2, "how": "whole"}], START)
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert "Xã Bạn" in pair["right"]["absent"]
    assert pair["right"]["picture"] == pair["right"]["link"] == ""
    assert other not in json.dumps(pair)
    assert "Người xã bạn" not in json.dumps(pair, ensure_ascii=False)


def test_versions_of_one_visit_are_no_reuse(open_page, reused):
    """A correction carries photos forward, and the checklists of one call at one site may show the same photo: nothing is said."""
    with reused.transaction() as tx:
        insert(tx, submission("fixed", minutes=9, replaces="uuid:a", site=None))
        photo(tx, "fixed", OWN)
        insert(tx, submission("again", minutes=10))
        photo(tx, "again", OWN)

    assert pairs(_open(open_page, reused), "review_reuse") == []


def test_the_same_house_on_another_day_is_compared(open_page, reused):
    """The checks flag an old photo of the same house and round that is handed in again another day: what they flag can be looked at."""
    with reused.transaction() as tx:
        insert(tx, submission("again", minutes=-2000))
        photo(tx, "again", OWN)

    (pair,) = pairs(_open(open_page, reused), "review_reuse")
    assert submission("again").code in pair["right"]["badge"]


def test_each_photo_shows_its_nearest_use_first(open_page, reused):
    """Of two uses of one photo the exact one stands in front; the other waits behind the fold."""
    with reused.transaction() as tx:
        photo(tx, "b", OWN)
        insert(tx, submission("c", minutes=-400, site="s2", hamlet=HAMLETS[1]))
        photo(tx, "c", sha256_hex("third"))
        pair = {"sha256": OWN, "other_commune": COMMUNE, "other_sha256": sha256_hex("third"), "distance": 0, "how": "whole"}
        insert_pairs(tx, COMMUNE, [pair], START)
    found = pairs(_open(open_page, reused), "review_reuse")

    assert [(pair["more"], submission(key).code in pair["right"]["badge"]) for pair, key in zip(found, "bc", strict=True)] == [
        (False, True), (True, True),
    ]  # fmt: skip


def test_the_same_photo_for_the_same_site_in_another_round(open_page, reused):
    """One site, two rounds, one file: it is shown, and no distance between the site and itself is told."""
    with reused.transaction() as tx:
        insert(tx, submission("again", minutes=-300_000, round="2026-1"))
        photo(tx, "again", OWN)
    (pair,) = pairs(_open(open_page, reused), "review_reuse")

    assert "Cả hai ảnh đều nộp cho cùng một đối tượng." in pair["lines"]
    assert not any("Hai đối tượng cách nhau" in line for line in pair["lines"])


@pytest.fixture
def rounds(survey: Survey) -> Survey:
    """Three rounds of one household, a photo of the same question in each, `now` waiting in the third."""
    direction = {"now": 100, "mid": 90, "old": 110}
    with survey.transaction() as tx:
        register(tx, {"s1": HAMLETS[0]})
        for number, month in enumerate((3, 6, 11), 1):
            insert_round(tx, COMMUNE, f"2026-{number}", f"Đợt {number}", date(2026, month, 1), date(2026, month, 28))
        insert(
            tx, submission("old", minutes=-380_000, round="2026-1"), submission("mid", minutes=-240_000, round="2026-2"),
            submission("now", round="2026-3"),
        )  # fmt: skip
        for key, degrees in direction.items():
            facts = {"direction_deg": degrees, "latitude": 18.05, "longitude": 106.05, "accuracy_m": 5.0}
            photo(tx, key, sha256_hex(key), facts=json.dumps(facts))
        tx.execute("UPDATE submission SET state = 'accepted' WHERE submission IN ('uuid:old', 'uuid:mid')")
    return survey


def test_before_and_after(open_page, rounds):
    """The newest earlier round stands in front with its name, date, standpoint and direction; the one before it behind the fold."""
    found = pairs(_open(open_page, rounds, key="uuid:now"), "review_rounds")

    assert [(pair["left"]["badge"], pair["more"]) for pair in found] == [("Trước · Đợt 2", False), ("Trước · Đợt 1", True)]
    assert found[0]["right"]["badge"] == "Sau · Đợt 3"
    assert found[0]["lines"] == [
        "Hai chỗ đứng chụp cách nhau 0\N{NO-BREAK SPACE}m, nằm trong sai số của vị trí.", "Hướng chụp lệch nhau 10°.",
    ]  # fmt: skip
    assert found[0]["left"]["link"] == "/review?submission=uuid%3Amid"
    assert found[0]["turns"] is None


def test_the_first_round_has_no_before(open_page, rounds):
    """Of the oldest visit nothing earlier is shown, and nothing later as its before."""
    assert pairs(_open(open_page, rounds, key="uuid:old"), "review_rounds") == []


def test_a_before_outside_the_reviewers_hamlets_is_left_out(open_page, rounds):
    """A household that moved: the visit of its former hamlet is not the reviewer's to see."""
    with rounds.transaction() as tx:
        tx.execute("INSERT INTO person_hamlet VALUES (:c, 'p-reviewer', :h)", c=COMMUNE, h=HAMLETS[0])
        tx.execute("UPDATE submission SET hamlet = :h WHERE submission = 'uuid:mid'", h=HAMLETS[1])
    found = pairs(_open(open_page, rounds, key="uuid:now"), "review_rounds")

    assert [pair["left"]["badge"] for pair in found] == ["Trước · Đợt 1"]


def test_turns_are_read_from_the_likeness():
    """A quarter turn is tried both ways, since either of the two may be the newer one; a part alone is no turn."""
    assert turns_of("whole") == turns_of("") == ((0,), False)
    assert turns_of("mirrored/top80") == ((0,), True)
    assert [turns_of(f"turned{turn}/whole")[0] for turn in (90, 180, 270)] == [(90, 270), (180,), (270, 90)]


def test_english_says_it_too(reused):
    """Both languages name why a picture is missing."""
    text.speak("en")
    try:
        assert "erased" in picture_of(OWN, "erased")[1]
    finally:
        text.speak("vi")
