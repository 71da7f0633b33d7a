"""The printed report: what is planned for it, in which parts, and that each of them can be set and searched."""

import json
from dataclasses import replace

import pytest

from survey.bundle.arrange import arrange
from survey.bundle.printed import FOLDER, FRONT, MOST, Portion, plan_printed, portions_of
from survey.domain.bundles import PartPlan
from survey.domain.evidence import Evidence, Variant
from survey.paper.evidence import make_printed
from survey.photos.printing import print_copy
from tests.bundle.written import thumb_of, write_evidence
from tests.pdfs import page_count, text_of


def test_the_report_comes_first_and_lists_the_other_parts() -> None:
    """One part a hamlet and checklist; names say which, and all lie in one folder."""
    front, *others = _plans(write_evidence(sites=12, photos=2))

    assert front.names == (FRONT,)
    assert [f"{FOLDER}/{part['file']}" for part in front.data["parts"]] == [name for part in others for name in part.names]
    assert len(others) == 2
    assert sum(part["photos"] for part in front.data["parts"]) == 24


@pytest.mark.parametrize("photos", [1, 7, 50])
def test_a_part_is_never_too_large_and_no_site_is_torn_apart(photos: int) -> None:
    """Every file stands in exactly one part, in the report's order."""
    evidence = write_evidence(sites=40, photos=photos, hamlets=1)
    portions = list(portions_of(evidence, arrange(evidence)))
    shots = [(item.submission, photo.name) for portion in portions for item, photo in portion.shots]

    assert max(len(portion.shots) for portion in portions) <= MOST
    assert shots == [(item.submission, photo.name) for item in evidence.items for photo in evidence.photos[item.submission]]
    assert sum(len(_sites(portion)) for portion in portions) == 40
    assert len({portion.name for portion in portions}) == len(portions)


def test_a_site_with_more_photos_than_a_part_is_cut() -> None:
    """Nothing else would keep the limit."""
    evidence = write_evidence(sites=1, photos=MOST + 10, hamlets=1)

    assert [len(portion.shots) for portion in portions_of(evidence, arrange(evidence))] == [MOST, 10]


def test_plans_are_plain_and_the_same_each_time() -> None:
    """What a worker reads back from JSON is what was planned; equal evidence gives equal plans."""
    first, second = (_plans(write_evidence()) for _ in range(2))

    assert [json.loads(json.dumps(plan.data)) for plan in first] == [json.loads(json.dumps(plan.data)) for plan in second]


def test_a_photo_has_its_stamp_and_a_missing_one_its_box() -> None:
    """Place, time, code and the start of its hash stand beside each; what never came is said, not left out."""
    plan = _plans(write_evidence(sites=1, photos=2, hamlets=1, hostile=False))[1]
    text = text_of(make_printed(plan.data, lambda _: print_copy(thumb_of(1))))
    photo = plan.data["photos"][0]
    sha256 = photo["sha256"]

    assert "HO-0000 · Nguyễn Văn 0" in text
    assert photo["code"] in text
    assert "10:00 20/11/2026 theo máy ảnh" in text
    assert "cách 11 m" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert " ".join(sha256[start : start + 4] for start in range(0, 16, 4)) in text
    assert "Ảnh chưa nhận được" in text
    assert "ab" * 32 in text  # the log's head, on each page


def test_a_view_that_is_gone_is_a_box() -> None:
    """The part is made all the same."""
    plan = _plans(write_evidence(sites=1, photos=1, hamlets=1))[1]

    assert "Ảnh gốc có trong hồ sơ" in text_of(make_printed(plan.data, lambda _: None))


def test_every_page_of_the_report_can_be_set_whatever_the_words() -> None:
    """Hostile names, a verdict with its number and source, what was not counted, and the way to check."""
    evidence = write_evidence()
    text = text_of(make_printed(_plans(evidence)[0].data, lambda _: None))

    for words in ("17.3 · Môi trường", "85,5%", "Quyết định thử", "đã đọc tại nguồn", "=1+1", "BẢN TRÌNH DIỄN", "ssh-keygen -Y verify"):
        assert words in text


def test_twelve_photos_stand_on_a_page() -> None:
    """Thirty-six and a short list of contents: four pages at most, the last row not alone on a fifth."""
    plan = _plans(write_evidence(sites=12, photos=3, hamlets=1, hostile=False))[1]

    assert page_count(make_printed(plan.data, lambda _: print_copy(thumb_of(2)))) <= 4


def test_a_public_bundle_prints_nothing() -> None:
    """Pages are set from previews, which nobody has covered: its photos lie in the bundle, covered, and not in a PDF."""
    assert _plans(write_evidence())
    assert _plans(replace(write_evidence(), variant=Variant.PUBLIC)) == []


def _plans(evidence: Evidence) -> list[PartPlan]:
    return list(plan_printed(evidence, arrange(evidence)))


def _sites(portion: Portion) -> set[str]:
    return {item.site for item, _ in portion.shots}
