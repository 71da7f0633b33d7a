"""The verb: what becomes evidence, what is refused, and that the same evidence gives the same file."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import bagit
from lxml import html

from survey import rules, standing
from survey.bundle.verify import verify
from survey.domain.evidence import Scope
from survey.domain.outcomes import Outcome
from survey.domain.rules import EntryKind
from survey.domain.statements import Aspect, Wish
from survey.domain.submissions import State
from survey.judging import judge
from survey.rules import Draft
from survey.store.flags import upsert_flags
from survey.wiring import ROOT, Settings, open_survey
from tests.bundle.world import COMMUNE, COORDINATOR, HAMLETS, World, make_world


def _export(world: World, scope: Scope | None = None) -> bytes:
    return world.export(scope)


def _open(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.split("/", 1)[1]: archive.read(name) for name in archive.namelist()}


def _table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_strangers_tools_accept_the_bundle(world: World, tmp_path: Path) -> None:
    """bagit, unzip and our own check find nothing wrong."""
    path = tmp_path / "bundle.zip"
    path.write_bytes(_export(world))
    subprocess.run(["unzip", "-q", path, "-d", tmp_path / "out"], check=True)
    bag = bagit.Bag(str(next((tmp_path / "out").iterdir())))

    bag.validate()
    assert verify(path).faults == ()
    assert bag.info["Demonstration"] == "true"
    assert "BẢN TRÌNH DIỄN" in bag.info["External-Description"]


def test_originals_are_unchanged_and_found_by_the_index(world: World) -> None:
    """Every photo of an accepted submission is there byte by byte, under a name that the index explains."""
    members = _open(_export(world))
    index = [row for row in _table(members["data/ho-so/anh.csv"]) if row["Tệp"]]

    assert len(index) == 7
    for row in index:
        content = members[f"data/{row['Tệp']}"]
        assert hashlib.sha256(content).hexdigest() == row["SHA-256"]
        assert world.photos[row["SHA-256"]] == content
        assert row["Mã đối tượng"] in row["Tệp"]
    assert all(name.isascii() for name in members)


def test_only_what_counts_is_evidence(world: World) -> None:
    """Returned and rejected submissions are counted with their reasons, and nothing else of them is inside."""
    members = _open(_export(world))

    assert len(_table(members["data/ho-so/bai-nop.csv"])) == 4
    assert len([name for name in members if name.startswith("data/bai-nop/")]) == 4
    reasons = {(row["Lý do"], row["Số bài nộp"]) for row in _table(members["data/ho-so/khong-tinh.csv"])}
    assert reasons == {("Chụp nhầm hộ", "1"), ("Ảnh mờ, chụp lại <b>gần hơn</b>", "1")}
    rejected = world.submissions[-1]
    assert not any(rejected.encode() in content for name, content in members.items() if "nhat-ky" not in name)


def test_missing_photos_are_listed(world: World) -> None:
    """A photo that never came is a row without a file, and the report says so."""
    members = _open(_export(world))
    missing = [row for row in _table(members["data/ho-so/anh.csv"]) if not row["Tệp"]]

    assert [(row["Tên gốc"], row["Trạng thái"]) for row in missing] == [("fence_2.jpg", "chưa nhận được")]
    assert "1 ảnh được khai trong phiếu nhưng chưa nhận được" in members["data/bao-cao/index.html"].decode()
    assert "chưa nhận được" in members["data/bao-cao/thon-mau-2.html"].decode()
    (listed,) = html.fromstring(members["data/bao-cao/index.html"].decode()).xpath("//ul[@class='wanting']/li")
    assert "fence_2.jpg – chưa nhận được" in listed.text_content()
    assert listed.find("a").get("href").startswith("thon-mau-2.html#b-")


def test_verdicts_carry_their_submissions(world: World) -> None:
    """The JSON names the submissions behind each figure; all of them are in the bundle."""
    members = _open(_export(world))
    inside = {row["instanceID"] for row in _table(members["data/ho-so/bai-nop.csv"])}
    bases = [basis for verdict in json.loads(members["data/ket-qua/ket-qua.json"]) for basis in verdict["basis"]]
    behind = {key for basis in bases for key in basis["submissions"]}

    assert behind
    assert behind <= inside


def test_same_basis_same_bytes(world: World) -> None:
    """Two exports of unchanged evidence are one and the same file, though the first is in the log meanwhile."""
    assert _export(world) == _export(world)


def test_the_log_binds_the_bundle(world: World) -> None:
    """Export and download are events of the commune's chain; the bundle's own log ends before them, and they make no other bundle."""
    made = world.make()
    log = [json.loads(line) for line in _open(world.read(made.bags[0]))["data/nhat-ky/log.jsonl"].splitlines()]
    with world.survey.reading() as reader:
        rows = reader.rows("SELECT body FROM event WHERE commune = :commune AND seq > :seq ORDER BY seq", commune=COMMUNE, seq=len(log))
    bodies = [json.loads(row["body"]) for row in rows]

    assert [body["kind"] for body in bodies] == ["bundle.exported", "bundle.downloaded"]
    assert bodies[0]["bags"] == [made.bags[0].tag_manifest]
    assert [event["seq"] for event in log] == list(range(1, len(log) + 1))
    assert (len(log), log[-1]["hash"]) == made.basis.head
    assert "photo.received" in {json.loads(event["body"])["kind"] for event in log}
    assert world.make().id == made.id


def test_hamlet_and_criterion_narrow_the_bundle(world: World) -> None:
    """One criterion of one hamlet holds that hamlet's sites and the submissions behind the criterion."""
    members = _open(_export(world, world.scope(edition="ha-tinh-kdc-kieu-mau", criterion="3", hamlet=HAMLETS[0])))

    assert {row["Thôn"] for row in _table(members["data/ho-so/doi-tuong.csv"])} == {"Thôn mẫu 1"}
    assert len(_table(members["data/ho-so/bai-nop.csv"])) == 2
    assert {verdict["criterion"] for verdict in json.loads(members["data/ket-qua/ket-qua.json"])} == {"3"}


def test_report_escapes_what_people_typed(world: World) -> None:
    """Names, reasons and answers are text in the report, never markup; nothing is fetched from anywhere."""
    pages = {name: content.decode() for name, content in _open(_export(world)).items() if name.endswith(".html")}

    assert len(pages) == 5
    for page in pages.values():
        tree = html.fromstring(page)
        assert all(script.get("src") and not script.text for script in tree.iter("script"))
        assert "<b>gần" not in page
        assert not [link for _, _, link, _ in tree.iterlinks() if "//" in link]
        assert "BẢN TRÌNH DIỄN" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["data/bao-cao/thon-mau-2.html"]


def test_report_links_lead_somewhere(world: World) -> None:
    """Every relative link and picture of the report is a file of the bundle, every fragment a place in its page."""
    members = _open(_export(world))

    for name in [name for name in members if name.endswith(".html")]:
        for _, _, link, _ in html.fromstring(members[name]).iterlinks():
            target, _, fragment = link.partition("#")
            path = f"data/{target.removeprefix('../')}" if target.startswith("../") else f"data/bao-cao/{target}" if target else name
            assert path in members, (name, link)
            assert not fragment or html.fromstring(members[path]).get_element_by_id(fragment, None) is not None, (name, link)


def test_every_figure_of_a_hamlet_leads_to_its_photos(world: World) -> None:
    """A council member goes from a verdict to each site behind it; a link to a verdict opens what is folded."""
    page = html.fromstring(_open(_export(world))["data/bao-cao/thon-mau-1.html"].decode())
    standing = [basis for basis in page.find_class("basis") if int(basis.xpath("string(.//dt[.='Bài nộp được tính']/../dd)")) > 0]

    assert standing
    for basis in standing:
        assert basis.xpath(".//p[@class='behind']/a/@href") or "như ở chỉ tiêu trên" in basis.text_content()
    assert all(one.getparent().get("class") == "criterion" for one in page.find_class("arrive"))


def test_tables_are_inert(world: World) -> None:
    """A name that looks like a formula stays a name."""
    tables = [content.decode() for name, content in _open(_export(world)).items() if name.endswith(".csv")]

    cells = [cell for table in tables for row in csv.reader(io.StringIO(table.lstrip("\ufeff"))) for cell in row]
    assert cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]


def test_empty_commune_still_gives_a_true_bundle(world: World, tmp_path: Path) -> None:
    """With nothing accepted the bundle says so instead of failing."""
    for key in world.submissions[:4]:
        world.decide(key, State.RECEIVED, "xem lại")
    path = tmp_path / "empty.zip"
    path.write_bytes(_export(world))

    assert verify(path).faults == ()
    assert not [name for name in _open(path.read_bytes()) if name.startswith("data/anh/")]


def test_postgres_delivers_too(tmp_path: Path, postgres_url: Callable[[], str]) -> None:
    """On the second engine the same work gives a bundle that checks."""
    survey = open_survey(Settings(data=tmp_path / "data", database=postgres_url()))
    content = _export(make_world(survey, ROOT / "schema"))
    survey.store.close()
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)

    assert verify(path).faults == ()
    assert len(_table(_open(content)["data/ho-so/bai-nop.csv"])) == 4


def test_flags_carry_what_was_said_of_them(world: World) -> None:
    """Verdict, reason, who and when while the figures are those that were judged; taken back: nothing; the reason cannot run."""
    world.work()  # the checks that are still due would take the flags away
    with world.survey.transaction() as tx:
        note = {"code": "low_resolution", "severity": 1}
        flags = [{**note, "attachment": f"fence_{number}.jpg", "figures": {"n": number}} for number in range(1, 4)]
        upsert_flags(tx, COMMUNE, world.submissions[0], flags, world.survey.now())
    for number, verdict in ((1, "dismissed"), (2, "confirmed"), (3, "confirmed"), (3, "taken_back")):
        judge(world.survey, COORDINATOR, world.submissions[0], f"fence_{number}.jpg", "low_resolution", verdict, "=1+1")
    with world.survey.transaction() as tx:
        flags[1] = {**flags[1], "figures": {"n": 9}}
        upsert_flags(tx, COMMUNE, world.submissions[0], flags, world.survey.now())
    table = _table(_open(_export(world))["data/ho-so/canh-bao.csv"])
    rows = {row["Tệp"]: row for row in table if row["Mã cảnh báo"] == "low_resolution" and row["Tệp"].startswith("fence_")}

    told = rows["fence_1.jpg"]
    assert (told["Đánh giá"], told["Lý do đánh giá"], told["Người đánh giá"]) == ("bỏ qua", "'=1+1", COORDINATOR.name)
    assert told["Đánh giá lúc"]
    assert told["Nội dung cảnh báo"] == "Ảnh nhỏ, khó thấy chi tiết."
    assert [rows[f"fence_{number}.jpg"]["Đánh giá"] for number in (2, 3)] == ["", ""]


def test_what_people_entered_and_stated_is_inside(world: World, tmp_path: Path) -> None:
    """Entered rules with author, source and reason; statements with the hash of their paper; on the report's page, too."""
    edition = "qd-318-2022"
    number = Draft(EntryKind.THRESHOLD, {"at_least": 0.6}, "=QĐ 9 của tỉnh", "Đọc bản có dấu", "2", "2.2", "https://example.org/qd")
    entry = rules.enter(world.survey, COORDINATOR, edition, number)
    mistaken = rules.enter(world.survey, COORDINATOR, edition, replace(number, content={"at_least": 0.1}))
    rules.withdraw(world.survey, COORDINATOR, edition, mistaken.number, "Nhầm.")
    paper = standing.keep_document(world.survey, COORDINATOR, "quy hoạch <b>.pdf", [b"%PDF-1.7"])
    wish = Wish(edition, "1", None, Aspect.STATE, Outcome.MET, date(2026, 11, 1), document=paper, note="=Đồ án")
    standing.state(world.survey, COORDINATOR, wish)
    standing.state(world.survey, COORDINATOR, replace(wish, criterion="19", aspect=Aspect.CLAIM))
    path = tmp_path / "bundle.zip"
    path.write_bytes(_export(world, world.scope(edition=edition, history=True)))
    members = _open(path.read_bytes())
    entries, statements = (_table(members[f"data/ket-qua/{name}.csv"]) for name in ("quy-dinh-da-nhap", "xac-nhan"))
    page = html.fromstring(members["data/bao-cao/index.html"]).text_content()
    narrow = _open(_export(world, world.scope(edition=edition, history=True, criterion="1")))

    assert verify(path).faults == ()
    assert [(row["Số"], row["Nguồn"], row["Người nhập"], row["Lý do"]) for row in entries] == [
        (str(entry.number), "'=QĐ 9 của tỉnh", COORDINATOR.name, "Đọc bản có dấu")
    ]
    assert {(row["Tiêu chí"], row["Loại"], row["SHA-256 của văn bản"], row["Ghi chú"]) for row in statements} == {
        ("1", "xác nhận hiện trạng", paper, "'=Đồ án"), ("19", "xã tự đánh giá", paper, "'=Đồ án"),
    }  # fmt: skip
    said = " ".join(page.split())
    assert "Xác nhận hiện trạng: ✓ Đạt" in said
    assert f"ngày 01/11/2026; văn bản quy hoạch <b>.pdf; {COORDINATOR.name} nhập lúc" in said
    assert f"SHA-256 của văn bản: {paper}" in said
    assert [row["Tiêu chí"] for row in _table(narrow["data/ket-qua/xac-nhan.csv"])] == ["1"]


def test_the_interval_of_a_sample_is_told(tmp_path: Path) -> None:
    """Of sites drawn by chance the report and the table say between which limits the figure lies, and how surely."""
    survey = open_survey(Settings(data=tmp_path))
    world = make_world(survey, ROOT / "schema", households=12)
    scope = world.scope(edition="ha-tinh-kdc-kieu-mau", criterion="3")
    members = _open(_export(world, scope))
    survey.store.close()
    basis = next(one for verdict in world.verdicts(scope) if verdict.criterion == "3" for one in verdict.basis if one.interval)
    rows = _table(members["data/ket-qua/ket-qua.csv"])
    row = next(row for row in rows if row["Chỉ tiêu"] == basis.title.vi and row["Khoảng tin cậy của mẫu: từ"])

    assert basis.interval is not None
    assert (float(row["Khoảng tin cậy của mẫu: từ"]), float(row["đến"])) == (basis.interval.lowest, basis.interval.highest)
    assert row["Mức tin cậy"] == "0.95"
    assert row["Chụp sớm nhất"] == "2026-11-20"
    assert "(mức tin cậy 95%)" in html.fromstring(members["data/bao-cao/index.html"]).text_content()
