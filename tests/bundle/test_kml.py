"""The KML file: well-formed, ordered as its schema asks, without a way into a network, read with GDAL."""

import re
from pathlib import Path
from xml.etree.ElementTree import Element

import pyogrio
import pytest
from defusedxml.ElementTree import fromstring

from survey.bundle.arrange import Arrangement, arrange
from survey.bundle.kml import KML_PATH, add_kml
from tests.bundle.making import made
from tests.bundle.written import write_evidence

_SPACE = "{http://www.opengis.net/kml/2.2}"
# The order of a feature's elements in OGC 07-147r2, as far as we write them.
_ORDER = ("name", "visibility", "open", "description", "styleUrl", "Style", "Placemark", "Point", "LineString", "MultiGeometry", "Folder")


@pytest.fixture(scope="module")
def content() -> bytes:
    """The file of a hostile commune."""
    return made(add_kml, write_evidence(sites=12, photos=2))[KML_PATH]


def _names(element: Element) -> list[str]:
    return [child.tag.removeprefix(_SPACE) for child in element]


def test_folders_are_hamlets_sites_and_photos(content: bytes) -> None:
    """Hamlet → site with its answers → each original with its place."""
    document = fromstring(content)[0]
    hamlets = document.findall(f"{_SPACE}Folder")
    site = hamlets[0].findall(f"{_SPACE}Folder")[1]
    marks = site.findall(f"{_SPACE}Placemark")

    assert [hamlet.findtext(f"{_SPACE}name") for hamlet in hamlets] == [
        "Thôn Đông Sơn", "../Thôn <2>", "Toàn xã (không thuộc riêng thôn nào)",
    ]  # fmt: skip
    assert len(marks) == 3
    assert "<td>Chiều dài xanh (m)</td><td>61,5</td>" in (marks[0].findtext(f"{_SPACE}description") or "")
    assert marks[1].findtext(f"{_SPACE}Point/{_SPACE}coordinates") == "106.0200000,18.0221000"
    assert '<a href="../anh/thon-dong-son/HO-0002_household-fence' in (marks[1].findtext(f"{_SPACE}description") or "")


def test_elements_stand_in_the_order_of_the_schema(content: bytes) -> None:
    """Readers that validate refuse any other order."""
    for feature in fromstring(content).iter():
        if feature.tag in {f"{_SPACE}Document", f"{_SPACE}Folder", f"{_SPACE}Placemark"}:
            places = [_ORDER.index(name) for name in _names(feature)]

            assert places == sorted(places)


def test_words_of_people_run_nowhere(content: bytes) -> None:
    """A balloon is HTML: what people wrote is text in it, even where it looks like markup; nothing asks a network."""
    balloons = " ".join(element.text or "" for element in fromstring(content).iter(f"{_SPACE}description"))

    assert "&lt;script&gt;alert(1)" in balloons
    assert "<script" not in balloons
    assert re.findall(r'(?:href|src)="(?!\.\./anh/)', content.decode().replace("&#34;", '"')) == []
    assert set(re.findall(r"https?://[a-z.]+", content.decode())) <= {"http://www.opengis.net", "http://x.example"}


def test_links_lead_into_the_bag_of_the_photo() -> None:
    """Where originals lie in another bag, the way goes through the folder around both."""
    evidence = write_evidence(sites=1, photos=1)
    found = arrange(evidence)
    path = next(iter(found.photos.values()))
    parted = Arrangement(found.photos, found.instances, found.pages, found.previews, {path: "ho-so_2-of-2"})

    assert f"../../../ho-so_2-of-2/data/{path}" in made(add_kml, evidence, parted)[KML_PATH].decode()


def test_gdal_reads_every_place(content: bytes, tmp_path: Path) -> None:
    """Each hamlet's sites and photos are features."""
    path = tmp_path / "ho-so.kml"
    path.write_bytes(content)
    counts = [pyogrio.read_info(path, layer=name)["features"] for name, _ in pyogrio.list_layers(path)]

    assert sum(counts) == 1 + 13 + 23


def test_equal_evidence_makes_equal_bytes(content: bytes) -> None:
    """No clock and no chance in the file."""
    assert made(add_kml, write_evidence(sites=12, photos=2))[KML_PATH] == content
