"""Papers over HTTP: who may bring and fetch them, what is taken, and what strangers' files and names come to."""

import hashlib
import io
import zipfile
from urllib.parse import quote

import pytest

from survey.domain import documents
from survey.store.check import find_faults, select_unreferenced
from tests.conftest import COMMUNE
from tests.receive.conftest import jpeg

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


def office(*parts: str) -> bytes:
    """An office file with these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return content.getvalue()


def bring(browser, content=PDF, name="Quyết định 12.pdf"):
    """Send a paper."""
    return browser.post("/documents", content=content, headers={"file-name": quote(name), "accept-language": "en"})


@pytest.mark.parametrize(
    ("login", "status"), [("coordinator", 201), ("reviewer", 201), ("inspector", 403), (None, 401)]
)
def test_who_may_bring_a_paper(client, login, status):
    """Who reports or manages; an inspector's phone does not."""
    answer = bring(client(login))

    assert answer.status_code == status


def test_a_paper_comes_back_as_it_was(client, survey):
    """Unchanged, as a download under its label; the check of the store knows row, bytes and log."""
    browser = client("coordinator")
    told = bring(browser).json()
    again = bring(browser, name="khác.pdf").json()
    answer = browser.get(f"/documents/{told['sha256']}")

    assert (told["sha256"], told["name"]) == (hashlib.sha256(PDF).hexdigest(), "Quyết định 12.pdf")
    assert (told["size"], told["media_type"]) == (len(PDF), "application/pdf")
    assert again == told
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert quote("Quyết định 12.pdf", "") in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    with survey.reading() as reader:
        assert list(find_faults(reader, survey.blobs)) == []
        assert select_unreferenced(reader, survey.blobs) == []


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"), (jpeg("red"), "image/jpeg"), (office("word/document.xml"), ".document"),
        (office("xl/workbook.xml"), ".sheet"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"), (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"), (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
    ],
    ids=["pdf", "jpeg", "docx", "xlsx", "png", "webp", "heic"],
)  # fmt: skip
def test_papers_are_told_by_their_bytes(client, content, media_type):
    """Whatever their name says."""
    answer = bring(client("coordinator"), content, "scan.bin")

    assert answer.status_code == 201
    assert answer.json()["media_type"].endswith(media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<html><script>alert(1)</script>", b"MZ\x90\0", b"<svg xmlns='http://www.w3.org/2000/svg'/>", office("readme.txt"),
        office("word/document.xml", "word/vbaProject.bin"), office("word/document.xml", "xl/workbook.xml"), b" %PDF-1.7",
    ],
    ids=["empty", "html", "program", "svg", "zip", "macros", "two", "shifted"],
)  # fmt: skip
def test_what_is_no_paper_is_not_taken(client, survey, content):
    """A PDF's name does not make a paper; nothing is left behind."""
    answer = bring(client("coordinator"), content, "qd.pdf")

    assert (answer.status_code, answer.json()["code"]) == (415, "DOCUMENT_UNUSABLE")
    assert list(survey.blobs.hashes()) == []


def test_a_paper_that_is_too_large(client, survey, monkeypatch):
    """The limit holds while the bytes come in."""
    monkeypatch.setattr("survey.standing.LIMIT", 1000)
    answer = bring(client("coordinator"), PDF + b"x" * 1000)

    assert (answer.status_code, answer.json()["code"]) == (413, "DOCUMENT_TOO_LARGE")
    assert list(survey.blobs.hashes()) == []
    assert documents.LIMIT == 20_000_000


def test_a_name_is_a_label(client):
    """Paths, line ends and turned letters do not come through."""
    hostile = '../../etc/\r\nSet-Cookie: a=b\u202e"qd.pdf'
    told = bring(client("coordinator"), name=hostile).json()
    disposition = client("coordinator").get(f"/documents/{told['sha256']}").headers["content-disposition"]

    assert told["name"] == 'Set-Cookie: a=b"qd.pdf'
    assert "\n" not in disposition
    assert disposition.count('"') == 2
    assert bring(client("coordinator"), name="../..").status_code == 415


def test_nobody_else_fetches_it(client, survey):
    """An inspector, a stranger, another commune's hash, a word that is no hash."""
    told = bring(client("coordinator")).json()
    address = f"/documents/{told['sha256']}"

    assert client("inspector").get(address).status_code == 403
    assert client().get(address).status_code == 303
    assert client("coordinator").get("/documents/" + "0" * 64).status_code == 404
    assert client("coordinator").get("/documents/..%2f..").status_code == 404
    with survey.transaction() as tx:
        tx.execute("UPDATE document SET commune = '06979' WHERE commune = :commune", commune=COMMUNE)
    assert client("coordinator").get(address).status_code == 404


def test_another_site_cannot_bring_one(client):
    """A page of somebody else's has no say in our cookie."""
    assert bring(client("coordinator", origin="https://evil.example")).status_code == 403


def test_damage_is_named(client, survey):
    """A paper that was changed on disk, one that the log does not know, one that is gone."""
    told = bring(client("coordinator")).json()
    with survey.transaction() as tx:
        tx.execute("UPDATE document SET size = size + 1")
        tx.execute("INSERT INTO document SELECT commune, :other, name, media_type, size, person, received_at FROM document", other="0" * 64)
    with survey.reading() as reader:
        codes = {(fault.code, fault.subject[:4]) for fault in find_faults(reader, survey.blobs)}
    with survey.transaction() as tx:
        tx.execute("DELETE FROM document WHERE sha256 = :sha256", sha256=told["sha256"])
    with survey.reading() as reader:
        gone = {fault.code for fault in find_faults(reader, survey.blobs)}

    assert codes == {("DOCUMENT_CHANGED", told["sha256"][:4]), ("DOCUMENT_NOT_LOGGED", "0000"), ("DOCUMENT_MISSING", "0000")}
    assert "DOCUMENT_GONE" in gone
