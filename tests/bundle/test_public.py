"""The public variant: nothing private is in any byte of it, what was left out can be proved, and people's decisions are followed."""

import gzip
import io
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from survey import deliver, privacy, receive, review, signing
from survey.bundle.opening import DIFFERS, PROVED, UNKNOWN, check_openings, commitments_in
from survey.bundle.verify import verify
from survey.commands import main
from survey.develop import develop
from survey.domain.bundles import Progress, Request
from survey.domain.evidence import Variant
from survey.domain.privacy import Box
from survey.domain.problems import Problem
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import State
from survey.store.bundle_requests import select_parts
from survey.store.people import insert_person
from survey.store.sites import insert_site
from survey.wiring import ROOT, Settings, open_survey
from tests.bundle.judged import required_issues
from tests.bundle.world import COMMUNE, COORDINATOR, HAMLETS, INSPECTOR, World, make_world

# Each private value carries a mark that stands nowhere else.
MARKS = {
    "household's name": "Mxnamehouse", "road's name": "Mxnameroad", "code that is a name": "Mxcodename", "attribute": "Mxaddress",
    "remark": "Mxremark", "reason": "Mxreasonaccept", "reason of a return": "Mxreasonreturn", "file of a phone": "Mxphonefile",
    "device": "Mxdevice", "inspector": "Mxinspector", "reviewer": "Mxreviewer", "owner in EXIF": "Mxexifowner",
    "camera": "Mxcamera", "person's id": "p-mxid", "latitude of a house": "18.0214747", "longitude of a house": "106.0834747",
    "latitude of a phone": "18.0236767", "longitude of a phone": "106.0816767", "clock time": "03:17:47", "clock time here": "10:17:47",
    "EXIF time": "10:27:57", "moment here": "10:17 20", "JSON time": "T03:17",
}  # fmt: skip
_INSPECTOR = replace(INSPECTOR, person="p-mxid1", name="Mxinspector")
_REVIEWER = replace(COORDINATOR, person="p-mxid2", name="Mxreviewer")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployment whose every private value is marked, with `full.zip` and `public.zip`."""
    folder = tmp_path_factory.mktemp("public")
    survey = open_survey(Settings(data=folder))
    world = make_world(survey, ROOT / "schema", households=2, demonstration=False)
    _mark(world)
    survey.store.close()
    for name, option in (("full.zip", []), ("public.zip", ["--public"])):
        assert main(["--data", str(folder), "export", *option, "--out", str(folder / name)]) == 0
    return folder


def _mark(world: World) -> None:
    """Three households of one name, one with a name for a code; of one submission nobody covered the photos, one place refused."""
    _insert_marked(world)
    visits = (("site-mx1", "given", "accept"), ("site-mx2", "given", "accept"), ("site-mx3", "refused", "accept"))
    for number, (site, consent, to) in enumerate((*visits, ("site-mx1", "given", "return"))):
        key = f"uuid:00000000-0000-4000-8000-00000000000{number}"
        _hand_in(world, key, number, site, consent)
        _decide(world, key, State.ACCEPTED if to == "accept" else State.RETURNED, f"Mxreason{to}")
        if number != 1:
            for sha256 in _hashes(world, key):
                privacy.cover(world.survey, _REVIEWER, sha256, [Box(0.25, 0.25, 0.25, 0.25)])


def _insert_marked(world: World) -> None:
    with world.survey.transaction() as tx:
        for actor in (_INSPECTOR, _REVIEWER):
            insert_person(
                tx, COMMUNE, actor.person, login=actor.person, name=actor.name, role=actor.role, locale="vi", password_hash=None,
                at=world.survey.now(),
            )  # fmt: skip
        about = {"members": 4, "address": "Mxaddress", "garden_registered": True}
        for key, code in (("site-mx1", "HO-9001"), ("site-mx2", "Mxcodename-1"), ("site-mx3", "HO-9003")):
            site = Site(COMMUNE, key, SiteKind.HOUSEHOLD, code, "Mxnamehouse", HAMLETS[0], 18.0214747, 106.0834747, None, about)
            insert_site(tx, site, at=world.survey.now())
        line = ((106.081, 18.031), (106.091, 18.036))
        about = {"class": "xa", "length_m": 900, "start": "Mxaddress"}
        road = Site(COMMUNE, "road-mx", SiteKind.ROAD_SEGMENT, "DU-9001", "Mxnameroad", None, 18.031, 106.081, line, about)
        insert_site(tx, road, at=world.survey.now())


def _hand_in(world: World, key: str, number: int, site: str, consent: str) -> None:
    named = {f"Mxphonefile_{number}_{view}.jpg": _photo(10 * view + number) for view in (1, 2)}
    receive.submission(world.survey, _INSPECTOR, _instance(world.version, key, site, list(named), consent), door="command")
    for name, content in named.items():
        receive.photo(world.survey, _INSPECTOR, key, name, world.survey.blobs.stage([content], name=name, limit=len(content)))
    develop(world.survey, COMMUNE, key)


def _decide(world: World, key: str, to: State, reason: str) -> None:
    with world.survey.reading() as reader:
        row = reader.row("SELECT state_version FROM submission WHERE submission = :key", key=key)
    assert row is not None
    review.decide(world.survey, _REVIEWER, key, to, reason=reason, expected_version=row["state_version"])


def _hashes(world: World, key: str) -> list[str]:
    with world.survey.reading() as reader:
        return [row["sha256"] for row in reader.rows("SELECT sha256 FROM attachment WHERE submission = :key", key=key)]


def _photo(number: int) -> bytes:
    """A photo whose file says who, where, with what and when; in the part that will be covered it is bright red."""
    image = Image.effect_noise((800, 600), 60 + number).convert("RGB")
    ImageDraw.Draw(image).rectangle((200, 150, 400, 300), fill=(250, 0, 0))
    exif = Image.Exif()
    exif[0x013B] = "Mxexifowner"
    exif[0x0110] = "Mxcamera"
    exif[0x010F] = "Mxcamera"
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 10:27:57"
    exif.get_ifd(0x8769)[0xA431] = "Mxexifowner"
    exif.get_ifd(0x8825).update({1: "N", 2: (18.0, 1.0, 25.2), 3: "E", 4: (106.0, 4.0, 54.0)})
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"Mxexifowner", icc_profile=b"Mxexifowner" * 20)
    return out.getvalue()


def _instance(version: str, key: str, site: str, names: list[str], consent: str) -> bytes:
    start, end = "2026-11-20T03:13:47.000+00:00", "2026-11-20T03:17:47.000+00:00"
    spot = f'latitude="18.0236767" longitude="106.0816767" accuracy="6" at="{start}"'
    captures = "".join(f'<photo name="{name}" source="system"><after {spot}/></photo>' for name in names)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<data id="household_fence" version="{version}"><start>{start}</start><end>{end}</end><deviceid>Mxdevice</deviceid><site>{site}</site>
<fence><photo_1>{names[0]}</photo_1><photo_2>{names[1]}</photo_2><total_m>100</total_m><green_m>77.5</green_m><kind>hedge</kind></fence>
<more><trimmed>yes</trimmed><what_changed>Mxremark</what_changed><remark>Mxremark</remark></more>
<meta xmlns="http://openrosa.org/xforms"><instanceID>{key}</instanceID><timeStart>{start}</timeStart><timeEnd>{end}</timeEnd></meta>
<survey xmlns="urn:ntm-survey:capture:1"><site>{site}</site><consent>{consent}</consent><fix {spot}/>
{captures}</survey></data>""".encode()


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every member of the zip at *path* as stored, and, of what holds something packed, that too."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            yield name, name.encode()
            yield name, content
            yield from ((f"{name}:{inner}", text) for inner, text in _inside(name, content))


def _inside(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if name.endswith((".xlsx", ".docx", ".kmz")):
        with zipfile.ZipFile(io.BytesIO(content)) as office:
            for inner in office.namelist():
                yield inner, office.read(inner)
    elif name.endswith(".pdf"):
        yield "text", subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
    elif name.endswith(".gz"):
        yield "unpacked", gzip.decompress(content)
    elif name.endswith(".gpkg"):
        base = sqlite3.connect(":memory:")
        base.deserialize(content)
        for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            yield table, repr(base.execute(f'SELECT * FROM "{table}"').fetchall()).encode()


def _found(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, content in _contents(path):
        for what, mark in MARKS.items():
            for encoded in {mark.encode(), mark.lower().encode(), mark.encode("utf-16-le")}:
                if encoded in content:
                    found.setdefault(what, set()).add(name)
    return found


def test_no_private_value_is_in_any_byte_of_the_public_variant(exported: Path) -> None:
    """Each mark is in the full variant, so that the search can find it, and none is in the public one."""
    assert MARKS.keys() - _found(exported / "full.zip").keys() == set()
    assert _found(exported / "public.zip") == {}


def test_the_public_variant_is_a_whole_bundle(exported: Path) -> None:
    """It has the same verdicts, verifies, and says what it is."""
    assert not verify(exported / "public.zip").faults
    assert b"Variant: public" in _one(exported / "public.zip", "bag-info.txt")
    full, public = (json.loads(_one(exported / name, "data/ket-qua/ket-qua.json")) for name in ("full.zip", "public.zip"))
    assert public == full


def test_the_public_crate_is_valid_and_says_who_by_role(exported: Path, tmp_path: Path) -> None:
    """A public validator requires nothing more; each photo that leaves has one who took it and one who accepted it, as numbers."""
    shutil.unpack_archive(exported / "public.zip", tmp_path)
    payload = next(tmp_path.iterdir()) / "data"
    graph = {one["@id"]: one for one in json.loads((payload / "ro-crate-metadata.json").read_bytes())["@graph"]}
    photos = {name for name in graph if name.startswith("anh-cong-khai/")}

    assert required_issues(payload) == []
    assert photos
    assert not [one for one in graph.values() if one["@type"] == "IndividualProduct"]
    full = json.loads(_one(exported / "full.zip", "data/ro-crate-metadata.json"))["@graph"]
    assert "Mxcamera" in {one["name"] for one in full if one["@type"] == "IndividualProduct"}
    for kind, side, role in (("CreateAction", "result", "Người khảo sát"), ("ReviewAction", "object", "Người duyệt")):
        actions = [one for one in graph.values() if one["@type"] == kind]
        assert {file["@id"] for action in actions for file in action[side]} == photos
        assert all(graph[action["agent"]["@id"]]["name"].startswith(role) for action in actions)


def test_only_photos_that_people_cleared_leave(exported: Path) -> None:
    """Given and looked at: two; given but not looked at, and refused: none, counted by reason; no original is inside."""
    photos = _photos(exported / "public.zip")
    originals = {content for name, content in _contents(exported / "full.zip") if "/data/anh/" in name}

    assert len([name for name in photos if "/anh-cong-khai/" in name]) == 2
    assert not originals & set(photos.values())
    assert all(re.search(r"/HO-9001_household-fence_photo-[12]_20261120_01\.jpg$", name) for name in photos if "/anh-cong-khai/" in name)
    notice = _one(exported / "public.zip", "data/doc-truoc.txt").decode()
    assert "Ảnh công khai: 2. Ảnh để lại: 4." in notice
    assert "từ chối: 2" in notice
    assert "che mặt, biển số: 2" in notice


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool (libimage-exiftool-perl) is not installed")
def test_public_photos_say_nothing_but_their_pixels(exported: Path, tmp_path: Path) -> None:
    """A second reader finds no metadata in any picture of the bundle; in a marked original it does."""
    (tmp_path / "original.jpg").write_bytes(_photo(1))
    for number, content in enumerate(_photos(exported / "public.zip").values()):
        (tmp_path / f"public-{number}.jpg").write_bytes(content)
    said = subprocess.run(["exiftool", "-j", "-G1", "-a", "-u", str(tmp_path)], capture_output=True, check=True).stdout
    groups = {Path(one["SourceFile"]).name: {key.partition(":")[0] for key in one if ":" in key} for one in json.loads(said)}
    comments = {Path(one["SourceFile"]).name: one.get("File:Comment") for one in json.loads(said)}

    assert {"IFD0", "ExifIFD"} <= groups.pop("original.jpg")
    assert comments.pop("original.jpg") == "Mxexifowner"
    assert len(groups) == 4
    assert all(found <= {"ExifTool", "System", "File", "JFIF", "Composite"} for found in groups.values())
    assert set(comments.values()) == {None}


def test_what_reviewers_covered_is_gone_from_photo_and_small_view(exported: Path) -> None:
    """The red that lay under the box is in no picture; in the original it is."""
    assert _red(_photo(1)) > 10_000
    assert [_red(content) for content in _photos(exported / "public.zip").values()] == [0, 0, 0, 0]


def test_a_household_that_refused_is_only_counted(exported: Path) -> None:
    """Its code, and that a submission counts; no position, answer or photo. A name is never a code."""
    sites = json.loads(_one(exported / "public.zip", "data/ho-so/doi-tuong.geojson"))["features"]
    spots = {feature["properties"]["code"]: feature["geometry"]["coordinates"] for feature in sites}
    answers = _one(exported / "public.zip", "data/ho-so/phieu-household-fence.csv").decode()

    assert spots["HO-9001"] == [106.083, 18.021]
    assert "HO-9003" not in spots
    assert [code for code in spots if code.startswith("HO-K")]
    assert re.search(r",HO-9003,Hộ,Thôn mẫu 1,+\r\n", answers)
    assert re.search(r",HO-9001,Hộ,Thôn mẫu 1,.*77\.5", answers)


def test_every_value_that_was_left_out_can_be_proved(exported: Path, tmp_path: Path) -> None:
    """Openings made now prove every commitment and every log line; the file is private."""
    file = _open(exported, tmp_path)
    results = check_openings(exported / "public.zip", file)
    values = {str(result.value) for result in results}

    assert {result.verdict for result in results} == {PROVED}
    assert commitments_in(exported / "public.zip").keys() <= {result.path for result in results}
    assert {"Mxnamehouse", "Mxremark", "Mxreasonaccept", "Mxdevice", "Mxinspector", "Mxphonefile_0_1.jpg"} <= values
    assert file.stat().st_mode & 0o077 == 0
    assert main(["verify", str(exported / "public.zip"), "--opening", str(file)]) == 0


def test_no_other_value_salt_or_path_is_proved(exported: Path, tmp_path: Path) -> None:
    """A changed value, a changed salt, another path, and a salt that swallows the beginning of a value."""
    lines = [json.loads(line) for line in _open(exported, tmp_path, "HO-9001").read_text().splitlines()]
    name = next(line for line in lines if line["path"] == "doi-tuong/HO-9001/name")
    members = next(line for line in lines if line["path"] == "doi-tuong/HO-9001/attributes/members")
    longer = {**name, "salt": name["salt"] + b'"Mxname'.hex(), "value": "house"}
    tried = (
        {**name, "value": "Mxnamehouse2"}, {**name, "salt": members["salt"]}, {**name, "path": members["path"]}, longer,
        {**name, "path": "doi-tuong/HO-9009/name"}, name,
    )  # fmt: skip
    file = tmp_path / "tried.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in tried))

    assert [result.verdict for result in check_openings(exported / "public.zip", file)] == [DIFFERS] * 4 + [UNKNOWN, PROVED]
    assert main(["verify", str(exported / "public.zip"), "--opening", str(file)]) == 1


def test_equal_values_have_unlike_commitments(exported: Path) -> None:
    """Three households have one name: nobody sees that from outside."""
    names = [value for path, value in commitments_in(exported / "public.zip").items() if re.fullmatch(r"doi-tuong/HO-(9|K)\d+/name", path)]

    assert len(names) == 3
    assert len(set(names)) == 3


def _open(exported: Path, tmp_path: Path, record: str = "") -> Path:
    bundle = re.search(r"urn:uuid:(\S+)", _one(exported / "public.zip", "bag-info.txt").decode())
    assert bundle is not None
    file = tmp_path / "mo-cam-ket.jsonl"
    given = ["--record", record] if record else []
    assert main(["--data", str(exported), "opening", "--bundle", bundle[1], *given, "--out", str(file)]) == 0
    return file


def _one(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(member for member in archive.namelist() if member.partition("/")[2] == name))


def _photos(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith(".jpg")}


def _red(content: bytes) -> int:
    pixels = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    return int(((pixels[..., 0] > 170) & (pixels[..., 1] < 60) & (pixels[..., 2] < 60)).sum())


def _order(world: World) -> Request:
    with world.survey.transaction() as tx:
        tx.execute("UPDATE submission SET consent = 'given' WHERE commune = :commune", commune=COMMUNE)
    for sha256 in world.photos:
        privacy.cover(world.survey, COORDINATOR, sha256, [])
    return deliver.order(world.survey, COORDINATOR, world.scope(), variant=Variant.PUBLIC)


def _draft(world: World, request: Request) -> None:
    deliver.advance(world.survey, COMMUNE, request.id, world.verdicts, lambda: signing.sealer(world.survey))


def _parts(world: World, request: Request) -> list[str]:
    with world.survey.reading() as reader:
        return [part.part for part in select_parts(reader, COMMUNE, request.id) if part.made is None]


def _finish(world: World, request: Request) -> Request:
    for part in _parts(world, request):
        deliver.make(world.survey, COMMUNE, request.id, part)
    _draft(world, request)
    return deliver.find_request(world.survey, COORDINATOR, request.id)


def test_a_cover_between_draft_and_photo_begins_the_bundle_again(world: World) -> None:
    """The newest cover is in the bundle, never the one before."""
    request = _order(world)
    _draft(world, request)
    before = _parts(world, request)
    privacy.cover(world.survey, COORDINATOR, next(iter(world.photos)), [Box(0.1, 0.1, 0.5, 0.5)])
    deliver.make(world.survey, COMMUNE, request.id, before[0])
    again = deliver.find_request(world.survey, COORDINATOR, request.id)
    _draft(world, request)

    assert (again.state, again.draft) == (Progress.WAITING, None)
    assert _parts(world, request) != before
    assert _finish(world, request).state is Progress.SEALED


def test_a_refusal_before_the_seal_begins_the_bundle_again(world: World) -> None:
    """Photos were made already; before the seal everything is asked once more."""
    request = _order(world)
    _draft(world, request)
    for part in _parts(world, request):
        deliver.make(world.survey, COMMUNE, request.id, part)
    _refuse(world)
    _draft(world, request)
    again = deliver.find_request(world.survey, COORDINATOR, request.id)
    _draft(world, request)

    assert (again.state, again.draft) == (Progress.WAITING, None)
    assert _finish(world, request).state is Progress.SEALED


def test_a_public_bundle_is_not_handed_out_once_a_photo_is_covered_anew(world: World) -> None:
    """Whoever downloads from now on makes it again; before that decision it was handed out."""
    request = _order(world)
    _draft(world, request)
    made = _finish(world, request).bundle or ""
    bag = deliver.find_bag(world.survey, COORDINATOR, made)
    size = sum(len(chunk) for chunk in deliver.read(world.survey, COORDINATOR, bag))
    privacy.cover(world.survey, COORDINATOR, next(iter(world.photos)), [Box(0.1, 0.1, 0.5, 0.5)])

    assert size == bag.size
    with pytest.raises(Problem, match="PUBLIC_PHOTO_OUTDATED"):
        next(iter(deliver.read(world.survey, COORDINATOR, bag)))


def _refuse(world: World) -> None:
    """A later visit to the first household at which the people refused."""
    with world.survey.transaction() as tx:
        tx.execute("UPDATE submission SET consent = 'refused' WHERE submission = :key", key=world.submissions[0])
