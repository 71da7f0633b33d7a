"""The RO-Crate in a bundle: a public validator's word, who did what with what, when and where, and every file with its size."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from survey.bundle.arrange import arrange
from survey.bundle.crate import CRATE_PATH, CrateHead, crate_chunks, crate_entities
from survey.deliver import ordering
from survey.domain.canonical import dumps
from survey.domain.evidence import Variant
from survey.wiring import ROOT, Settings, open_survey
from tests.bundle.judged import required_issues
from tests.bundle.world import COORDINATOR, INSPECTOR, World, make_world
from tests.bundle.written import write_evidence

Graph = Mapping[str, Mapping[str, Any]]
Change = Callable[[dict[str, dict[str, Any]]], object]


@pytest.fixture(scope="module")
def payloads(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Path]]:
    """The payload of every bag of a bundle for the council, of a public one, and of one in small bags."""
    folder = tmp_path_factory.mktemp("crates")
    survey = open_survey(Settings(data=folder / "data"))
    world = make_world(survey, ROOT / "schema")
    largest = max(len(photo) for photo in world.photos.values())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "LEAST_BAG", 1)
        wishes = {"full": (Variant.FULL, 0), "public": (Variant.PUBLIC, 0), "split": (Variant.FULL, 3 * largest)}
        made = {name: list(_unpacked(world, folder / name, *wish)) for name, wish in wishes.items()}
    survey.store.close()
    return made


def _unpacked(world: World, folder: Path, variant: Variant, bag_bytes: int) -> Iterator[Path]:
    for bag in world.make(variant=variant, bag_bytes=bag_bytes).bags:
        with zipfile.ZipFile(BytesIO(world.read(bag))) as archive:
            archive.extractall(folder)
        yield folder / bag.name.removesuffix(".zip") / "data"


def _graph(payload: Path) -> Graph:
    entities = json.loads((payload / CRATE_PATH).read_bytes())["@graph"]
    assert len({entity["@id"] for entity in entities}) == len(entities)
    return {entity["@id"]: entity for entity in entities}


def _files(payload: Path) -> dict[str, Path]:
    return {path.relative_to(payload).as_posix(): path for path in payload.rglob("*") if path.is_file()}


def _of(graph: Graph, kind: str) -> list[Mapping[str, Any]]:
    return [entity for entity in graph.values() if entity["@type"] == kind]


def _ids(value: list[Mapping[str, str]]) -> set[str]:
    return {one["@id"] for one in value}


@pytest.mark.parametrize("variant", ["full", "public", "split"])
def test_a_public_validator_requires_nothing_more(payloads: Mapping[str, list[Path]], variant: str) -> None:
    """No REQUIRED issue in any bag; small bags are four."""
    assert len(payloads[variant]) == (4 if variant == "split" else 1)
    assert [required_issues(payload) for payload in payloads[variant]] == [[] for _ in payloads[variant]]


def _without(key: str) -> Change:
    return lambda graph: graph["./"].pop(key)


@pytest.mark.parametrize(
    "change",
    [_without("name"), _without("datePublished"), _without("license"), lambda graph: graph.pop(CRATE_PATH), lambda graph: graph.pop("./")],
    ids=["name", "date", "license", "descriptor", "root"],
)
def test_the_validator_sees_what_is_broken(payloads: Mapping[str, list[Path]], change: Change, tmp_path: Path) -> None:
    """A crate that lacks something is refused: the word of this judge is worth something."""
    _rewritten(payloads["full"][0], tmp_path, change)

    assert required_issues(tmp_path) != []


def test_the_validator_misses_a_file(payloads: Mapping[str, list[Path]], tmp_path: Path) -> None:
    """A file that is described and not there is an issue."""
    _rewritten(payloads["full"][0], tmp_path, lambda _graph: None)
    next((tmp_path / "anh").rglob("*.jpg")).unlink()

    assert required_issues(tmp_path) != []


def _rewritten(payload: Path, target: Path, change: Change) -> None:
    shutil.copytree(payload, target, dirs_exist_ok=True)
    crate = json.loads((target / CRATE_PATH).read_bytes())
    graph = {entity["@id"]: entity for entity in crate["@graph"]}
    change(graph)
    (target / CRATE_PATH).write_text(json.dumps({**crate, "@graph": list(graph.values())}))


@pytest.mark.parametrize("variant", ["full", "public", "split"])
def test_every_file_is_described_with_its_size(payloads: Mapping[str, list[Path]], variant: str) -> None:
    """Each file of a bag stands in hasPart and as an entity, with its true size and a media type; nothing else does."""
    for payload in payloads[variant]:
        graph, files = _graph(payload), _files(payload)
        described = {entity["@id"]: entity for entity in _of(graph, "File")}

        assert _ids(graph["./"]["hasPart"]) == set(described) == set(files) - {CRATE_PATH}
        assert {name: int(entity["contentSize"]) for name, entity in described.items()} == {
            name: path.stat().st_size for name, path in files.items() if name != CRATE_PATH
        }
        assert not [name for name, entity in described.items() if entity["encodingFormat"] == "application/octet-stream"]


def test_who_captured_and_who_accepted(payloads: Mapping[str, list[Path]]) -> None:
    """Each submission has one who captured it, with the software, at a place and a moment, and one who accepted it later."""
    graph = _graph(payloads["full"][0])
    actions, reviews = _of(graph, "CreateAction"), _of(graph, "ReviewAction")

    assert len(actions) == len(reviews) == 4
    for action, review in zip(actions, reviews, strict=True):
        assert graph[action["agent"]["@id"]]["name"] == INSPECTOR.name
        assert graph[review["agent"]["@id"]]["name"] == COORDINATOR.name
        assert graph[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
        assert graph[action["object"]["@id"]]["@type"] == "Place"
        assert action["endTime"].startswith("2026-11-20T03:")
        assert review["endTime"] > action["endTime"]
        assert _ids(action["result"]) == _ids(review["object"]) <= set(_files(payloads["full"][0]))


def test_where_each_photo_was_taken(payloads: Mapping[str, list[Path]]) -> None:
    """Each photo leads to a place with the phone's position, and carries the hash of what was received."""
    graph = _graph(payloads["full"][0])
    photos = [entity for entity in _of(graph, "File") if entity["@id"].startswith("anh/")]

    assert len(photos) == 7
    for photo in photos:
        place = graph[photo["contentLocation"]["@id"]]
        assert (place["@type"], place["latitude"], place["longitude"]) == ("Place", "18.0231", "106.0812")
        assert photo["identifier"].removeprefix("sha256:") != photo["identifier"]


def test_bags_of_photos_say_who_by_themselves(payloads: Mapping[str, list[Path]]) -> None:
    """A bag without forms still says who captured its photos and who accepted them, and names no file of another bag."""
    for payload in payloads["split"][1:]:
        graph = _graph(payload)
        photos = {entity["@id"] for entity in _of(graph, "File")}

        assert all(name.startswith("anh/") for name in photos)
        for kind, side in (("CreateAction", "result"), ("ReviewAction", "object")):
            assert set().union(*(_ids(action[side]) for action in _of(graph, kind))) == photos


def test_the_public_crate_has_roles_for_names(payloads: Mapping[str, list[Path]]) -> None:
    """No person of the deployment is named, and no file of a form is there."""
    graph = _graph(payloads["public"][0])

    assert not {INSPECTOR.name, COORDINATOR.name} & {entity.get("name") for entity in graph.values()}
    assert not [name for name in graph if name.startswith("bai-nop/")]


def test_hostile_words_stay_words() -> None:
    """Whatever people wrote: the document is JSON, every reference of the graph leads to an entity of it, and camera and time are said."""
    evidence = write_evidence(sites=12, photos=2)
    arrangement = arrange(evidence)
    lines = [f"{dumps(entity)}\n".encode() for entity in crate_entities(evidence, arrangement, lambda _path: True)]
    files = [(name, 5) for name in (*arrangement.photos.values(), *arrangement.instances.values())]
    head = CrateHead("<b>", '"\\', "2026-11-23", "urn:uuid:1", "\u202e", Variant.FULL)
    graph = {entity["@id"]: entity for entity in json.loads(b"".join(crate_chunks(head, files, lambda: lines)))["@graph"]}

    assert [name for name in _referred(list(graph.values())) if name not in graph and not name.startswith("https:")] == []
    assert graph["#nguoi-p1"]["name"] == evidence.people["p1"]
    assert {entity["dateCreated"][:10] for entity in graph.values() if "dateCreated" in entity} == {"2026-11-20"}


def _referred(value: object) -> Iterator[str]:
    """Every id that is referred to."""
    if isinstance(value, list):
        for one in value:
            yield from _referred(one)
    elif isinstance(value, dict):
        if set(value) == {"@id"}:
            yield value["@id"]
        for one in value.values():
            yield from _referred(one)
