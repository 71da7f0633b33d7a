"""The HTML report: every way in it leads somewhere, everything said by others is escaped, and what is not there is said."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import html

from survey.bundle.arrange import REPORT, Arrangement, arrange
from survey.bundle.report import add_report
from survey.bundle.spool import Spool
from survey.domain.evidence import Evidence, Variant
from survey.domain.outcomes import Outcome
from survey.domain.statements import Aspect, Statement
from survey.domain.submissions import FileState
from tests.bundle.written import HOSTILE, write_evidence

Pages = dict[str, bytes]


def _tree(content: bytes) -> Any:
    return html.fromstring(content.decode())


def _pages(evidence: Evidence, arrangement: Arrangement | None = None, *, portion: int = 120, parts: tuple[str, ...] = ()) -> Pages:
    """The report of *evidence*, by file name; two other files are in the bundle already."""
    spool = Spool()
    spool.add("ket-qua/ket-qua.csv", [b"x"])
    spool.add("ho-so/ho-so.xlsx", [b"x"])
    add_report(spool, evidence, arrangement or arrange(evidence), portion=portion, parts=parts)
    made = {one.name.removeprefix(f"{REPORT}/"): b"".join(spool.read(one)) for one in spool.files if one.name.startswith(REPORT)}
    spool.close()
    return made


def _with_verdicts(evidence: Evidence) -> Evidence:
    """*evidence* with its verdict standing on every record, and what commune and council say of it."""
    keys = tuple(sorted(item.submission for item in evidence.items))
    verdicts = [replace(one, basis=(replace(one.basis[0], submissions=keys, submission_count=len(keys)),)) for one in evidence.verdicts]
    first = verdicts[0]
    told = [
        Statement(
            first.edition, first.criterion, None, aspect, 1, outcome, "", 0.8, date(2026, 11, 2), "ef" * 32, "To trinh <so 5>.pdf",
            "ghi chú", "p2", datetime(2026, 11, 3, tzinfo=UTC),
        )
        for aspect, outcome in ((Aspect.CLAIM, Outcome.MET), (Aspect.APPRAISAL, Outcome.NOT_MET))
    ]  # fmt: skip
    edition = next(iter(evidence.editions), None)
    return replace(evidence, verdicts=verdicts, statements=told, editions=[edition] if edition else [])


def _targets(pages: Pages) -> Iterator[tuple[str, str, str]]:
    """Every link and picture: the page it is on, the file it leads to, its fragment."""
    for name, content in pages.items():
        if name.endswith(".html"):
            for address in _tree(content).xpath("//a/@href | //img/@src | //link/@href | //script/@src"):
                path, _, fragment = address.partition("#")
                yield name, unquote(path), unquote(fragment)


@pytest.mark.parametrize("portion", [120, 4, 1])
def test_every_way_leads_somewhere(portion: int) -> None:
    """No link to a page, fragment, photo, preview or record is dead, whatever the size of pages."""
    evidence = write_evidence(sites=14, photos=3)
    arrangement = arrange(evidence)
    pages = _pages(evidence, arrangement, portion=portion)
    inside = {*arrangement.photos.values(), *arrangement.instances.values(), *arrangement.previews.values()}
    inside |= {"ket-qua/ket-qua.csv", "ho-so/ho-so.xlsx"}
    anchors = {name: set(_tree(content).xpath("//@id")) for name, content in pages.items() if name.endswith(".html")}
    dead = []
    for page, path, fragment in _targets(pages):
        if path.startswith(("../", "anh/")):
            found = (path.removeprefix("../") if path.startswith("../") else f"{REPORT}/{path}") in inside
        else:
            found = (path or page) in pages and (not fragment or fragment in anchors[path or page])
        dead += [] if found else [(page, path, fragment)]

    assert dead == []
    for content in pages.values():
        ids = Counter(_tree(content).xpath("//@id")) if b"<html" in content else Counter[str]()
        assert not ids or max(ids.values()) == 1


def test_every_photo_is_shown_once_with_its_hash_and_a_stable_address() -> None:
    """A photo's fragment is its file's name, on whatever page it stands; its SHA-256 and path stand beside it."""
    evidence = write_evidence(sites=9, photos=4)
    arrangement = arrange(evidence)
    for portion in (120, 5):
        shown = [
            (found.get("id"), found.text_content())
            for content in _pages(evidence, arrangement, portion=portion).values()
            if b"<html" in content
            for found in _tree(content).xpath("//ul[@class='photos']/li[@id]")
        ]
        expected = {path.rpartition("/")[2].rpartition(".")[0]: path for path in arrangement.photos.values()}

        assert sorted(anchor for anchor, _ in shown) == sorted(expected)
        assert all(expected[anchor] in text for anchor, text in shown)
        assert all(re.search("SHA-256 [0-9a-f]{64}", text) for _, text in shown)


def test_a_tick_leads_to_photos_in_two_presses_and_back() -> None:
    """Commune's tick → its part of the page → the hamlet's part with photos; the record names the criterion and leads back."""
    evidence = _with_verdicts(write_evidence(sites=40, photos=3, hostile=False))
    pages = _pages(evidence)
    assert {"thon-dong-son.html", "thon-dong-son_01.html"} <= set(pages) or "thon-dong-son.html" in pages
    hamlet = _tree(pages["thon-dong-son.html"])
    (part,) = hamlet.xpath("//*[@id='tieu-chi-1']/..")
    pictures = part.xpath(".//ul[@class='strip']//a")

    assert part.tag == "details"
    assert len(pictures) == 6
    page, _, fragment = pictures[0].get("href").partition("#")
    target = _tree(pages[page]).xpath(f"//*[@id='{fragment}']")
    assert len(target) == 1
    back = target[0].xpath("ancestor::section[@class='submission']//a[@class='back']/@href")
    assert back == ["thon-dong-son.html#tieu-chi-1"]
    assert len(part.xpath(".//p[@class='behind']/a")) == 20


def test_words_of_others_stay_words() -> None:
    """Names, answers and remarks that look like markup are text: no script of theirs, no handler, no style."""
    for name, content in _pages(write_evidence(sites=len(HOSTILE), photos=2)).items():
        if name.endswith(".html"):
            page = _tree(content)
            assert all(script.get("src") and not script.text for script in page.xpath("//script")), name
            assert page.xpath("//@style | //style") == []
            assert not [key for element in page.iter() if isinstance(element.tag, str) for key in element.attrib if key.startswith("on")]
            assert page.xpath("//meta[@http-equiv='Content-Security-Policy']")


def test_index_holds_everything_as_plain_json() -> None:
    """Each call's argument is JSON, and sites, records and photos are all in it once."""
    evidence = write_evidence(sites=30, photos=3)
    text = b"".join(content for name, content in sorted(_pages(evidence, portion=10).items()) if name.startswith("chi-muc")).decode()
    calls = [line for line in text.split(";\n") if line]
    found = [json.loads(call.removeprefix("ntmFind(").removesuffix(")")) for call in calls if call.startswith("ntmFind(")]
    sites = [site for _, _, group in found for site in group]

    assert len(calls) == len(found) + 1
    assert sorted(site[1] for site in sites) == sorted(evidence.sites[item.site].code for item in evidence.items)
    assert sum(len(record[6]) for site in sites for record in site[4]) == 90
    assert all(len(photo[2]) == 16 for site in sites for record in site[4] for photo in record[6] if photo[0])


def test_what_is_missing_is_said() -> None:
    """A file that never came shows in its place and in the list; sites without evidence are named; left-out submissions are counted."""
    evidence = write_evidence(sites=6, photos=2, hostile=False)
    pages = _pages(evidence)
    front = _tree(pages["index.html"])
    (wanting,) = front.xpath("//ul[@class='wanting']/li")

    assert "p1.jpg – chưa nhận được" in wanting.text_content()
    assert "Đường trục" in _tree(pages["toan-xa.html"]).xpath("//details[@class='unseen']")[0].text_content()
    assert "=1+1" in front.xpath("//section[@id='khong-tinh']//table")[0].text_content()


def test_a_long_list_of_missing_files_has_a_page_of_its_own() -> None:
    """The front page names the first two hundred and leads to all."""
    evidence = write_evidence(sites=5, photos=60, hostile=False)
    gone = {}
    for key, group in evidence.photos.items():
        gone[key] = [replace(photo, state=FileState.MISSING, sha256=None, has_preview=False) for photo in group]
    pages = _pages(replace(evidence, photos=gone))

    assert len(_tree(pages["index.html"]).xpath("//ul[@class='wanting']/li")) == 200
    assert len(_tree(pages["con-thieu.html"]).xpath("//tbody/tr")) == 300


def test_every_page_says_what_it_belongs_to() -> None:
    """Demonstration, scope of a partial bundle, head of the log and date are on each page and in the head of each printed sheet."""
    evidence = write_evidence(sites=8, photos=2)
    pages = _pages(replace(evidence, scope=replace(evidence.scope, hamlet="h0", criterion="17.3")), portion=4)
    for name, content in pages.items():
        if name.endswith(".html"):
            assert "BẢN TRÌNH DIỄN" in content.decode(), name
            assert "Hồ sơ một phần" in content.decode(), name
            assert "tiêu chí 17.3, Thôn Đông Sơn" in content.decode(), name
            assert "ab" * 32 in content.decode(), name
    assert "counter(pages)" in pages["bao-cao.css"].decode()
    assert "Hồ sơ một phần" not in _pages(evidence)["index.html"].decode()


def test_public_variant_says_so_and_shows_its_own_pictures() -> None:
    """Without previews the public photos themselves are shown; nothing leads to instances, no distance is told."""
    evidence = replace(write_evidence(sites=4, photos=2, hostile=False), variant=Variant.PUBLIC, thumb=lambda _sha256: None)
    plain = {key: [replace(photo, has_preview=False) for photo in group] for key, group in evidence.photos.items()}
    evidence = replace(evidence, photos=plain)
    pages = _pages(evidence)
    text = "".join(content.decode() for name, content in pages.items() if name.endswith(".html"))

    assert all("Bản công khai." in content.decode() for name, content in pages.items() if name.endswith(".html"))
    assert re.search(r'<img src="\.\./anh-cong-khai/[^"]+\.jpg"', text)
    assert ".xml" not in text
    assert "cách điểm trong sổ bộ" not in text


def test_claim_and_appraisal_stand_apart_with_their_papers() -> None:
    """The three columns are beside each other, with paper, hash and day; a hamlet does not borrow what was said of the commune."""
    pages = _pages(_with_verdicts(write_evidence(sites=4, hostile=False)))
    columns = _tree(pages["index.html"]).xpath("//dl[@class='columns']/div")

    assert [column.findtext("dt") for column in columns] == ["Xã tự đánh giá", "Khảo sát đo được", "Hội đồng thẩm định"]
    claim, measured, appraisal = (" ".join(column.text_content().split()) for column in columns)
    assert "✓ Đạt" in claim
    assert "✗ Chưa đạt" in appraisal
    assert all("To trinh <so 5>.pdf" in said and "ef" * 32 in said for said in (claim, appraisal))
    assert "85,5%" in measured
    assert "ef" * 32 not in pages["thon-dong-son.html"].decode()


def test_files_of_the_bundle_are_found_not_assumed() -> None:
    """The last section names what is in the bundle, prints that will come included, and nothing else."""
    front = _tree(_pages(write_evidence(sites=2), parts=("bao-cao/in/phan-01.pdf",))["index.html"])

    assert front.xpath("//ul[@class='files']/li/a/@href") == ["../ket-qua/ket-qua.csv", "../ho-so/ho-so.xlsx", "in/phan-01.pdf"]


def test_same_evidence_same_bytes() -> None:
    """Two reports of one evidence are equal, byte by byte."""
    assert _pages(write_evidence(sites=9)) == _pages(write_evidence(sites=9))


def test_photos_of_another_bag_are_reached_through_the_folder_around(tmp_path: Path) -> None:
    """Where photos lie in a second bag, links lead there, and previews stay here."""
    evidence = write_evidence(sites=2, hostile=False)
    arrangement = arrange(evidence)
    apart = replace(arrangement, homes=dict.fromkeys(arrangement.photos.values(), "ho-so_2-of-2"))
    (page,) = [content for name, content in _pages(evidence, apart).items() if name == "thon-dong-son.html"]
    (link, *_) = _tree(page).xpath("//a[@class='shot']/@href")
    here = tmp_path / "ho-so_1-of-2" / "data" / REPORT

    assert (here / unquote(link)).resolve() == tmp_path.resolve() / "ho-so_2-of-2" / "data" / next(iter(arrangement.photos.values()))
