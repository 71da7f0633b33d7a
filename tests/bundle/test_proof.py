"""The proof sheet: one page whatever there is to say, with the records, photos and people behind a verdict."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from survey import assess
from survey.deliver.proof import PHOTOS, choose_photos, gather_proof
from survey.domain.people import Actor
from survey.domain.submissions import State
from survey.paper.evidence import make_proof
from survey.photos.printing import print_copy
from tests.bundle.world import COORDINATOR, HAMLETS, World
from tests.bundle.written import thumb_of, write_evidence
from tests.pdfs import page_count, text_of


def test_a_sheet_names_verdict_law_records_and_who_accepted(world: World) -> None:
    """Value, number with its status, record codes, hashes, the reviewer, the log's head; households by code alone."""
    data = _data(world)
    text = text_of(make_proof(data, lambda sha256: print_copy(world.survey.blobs.read_view(sha256, "preview") or b"")))

    assert data["record_count"] == len(data["records"]) > 0
    for record in data["records"]:
        assert record["code"] in text
    for said in ("Điều phối", data["head_hash"], "đã đọc tại nguồn", "70%", "HO-0000", "những gì người duyệt đã che"):
        assert said in text
    assert "Nguyễn Văn Ánh" not in text
    for photo in data["photos"]:
        assert photo["sha256"][:4] in text


def test_records_of_hamlets_out_of_reach_are_only_counted(world: World) -> None:
    """On the commune's sheet, too: neither record nor photo of them is shown, and the number behind the verdict stays true."""
    narrow = replace(COORDINATOR, hamlets=frozenset({HAMLETS[1]}))
    whole, part = (_data(world, actor, hamlet=None) for actor in (COORDINATOR, narrow))
    own = {record["code"] for record in _data(world, COORDINATOR, hamlet=HAMLETS[1])["records"]}

    assert part["record_count"] == whole["record_count"] == len(whole["records"])
    assert {record["code"] for record in part["records"]} == own
    assert {photo["code"] for photo in part["photos"]} <= own
    assert len(own) < len(whole["records"])


def test_only_what_counts_now_is_on_the_sheet(world: World) -> None:
    """A submission whose acceptance is taken back is gone from it at once."""
    before = [record["code"] for record in _data(world)["records"]]
    world.decide(world.submissions[0], State.RECEIVED, "xem lại")
    after = [record["code"] for record in _data(world)["records"]]

    assert len(after) == len(before) - 1
    assert set(after) < set(before)


@pytest.mark.parametrize("much", [0, 1, 9, 60])
def test_it_is_one_page_whatever_there_is_to_say(world: World, much: int) -> None:
    """Long words and long lists give way; what is left out is told as a number."""
    data = _data(world)
    record, photo, basis = data["records"][0], data["photos"][0], data["basis"][0]
    long = "Tiêu chí có tên rất dài về môi trường và cảnh quan nông thôn " * 6
    figures = [{**basis, "title": long, "reason": long, "sources": [long] * 3}] * min(much, 4)
    told = {**data, "criterion": long, "place": long, "reasons": [long] * min(much, 5), "basis": figures}
    told |= {"photos": [photo] * min(much, PHOTOS), "records": [record] * much, "record_count": much + 7}
    pdf = make_proof(told, lambda _: print_copy(thumb_of(3)))

    assert page_count(pdf) == 1
    assert "bài khác" in text_of(pdf)


def test_a_photo_without_a_picture_is_left_out(world: World) -> None:
    """Erased, or of a place that one may not see: the sheet says that there is none to print."""
    text = text_of(make_proof(_data(world), lambda _: None))

    assert "Không có ảnh để in ở đây" in text


def test_photos_are_spread_over_the_sites_newest_first() -> None:
    """One of each site before a second of any."""
    evidence = write_evidence(sites=3, photos=4, hamlets=1)
    items = [replace(item) for item in evidence.items]
    chosen = choose_photos(items, evidence.photos, 5)

    assert [item.site for item, _ in chosen] == [items[0].site, items[1].site, items[2].site, items[1].site, items[2].site]
    assert len({photo.sha256 for _, photo in chosen}) == 5


def _data(world: World, actor: Actor = COORDINATOR, hamlet: str | None = HAMLETS[0]) -> Mapping[str, Any]:
    """The sheet of the green fences of a place."""
    editions = {edition.id: edition for edition in assess.list_editions(world.survey, actor)}
    verdicts = assess.assess(world.survey, actor, edition="ha-tinh-kdc-kieu-mau", history=True)
    verdict = next(one for one in verdicts if (one.criterion, one.hamlet) == ("3", hamlet))
    return gather_proof(world.survey, actor, editions[verdict.edition], verdict).data
