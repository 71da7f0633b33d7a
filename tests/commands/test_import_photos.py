"""`import-photos`: proposals per photo, what is certain handed in, the rest left or assigned by a person; twice is once."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey.commands import main
from survey.domain.sites import Site, SiteKind
from survey.forms.compile import compile_xlsform
from survey.store.forms import insert_form
from survey.store.sites import insert_site
from survey.wiring import ROOT, Survey
from tests.conftest import COMMUNE, HAMLETS
from tests.desk import zips
from tests.desk.conftest import site_id, taken


@pytest.fixture
def folder(survey: Survey, tmp_path: Path) -> Path:
    """A camera's folder; two houses 110 m apart in the register, a third 8 m beside the second."""
    content = (ROOT / "schema" / "forms" / "site_photos.xlsx").read_bytes()
    now = datetime.now(UTC)
    with survey.transaction() as tx:
        insert_form(tx, COMMUNE, compile_xlsform(content, "site_photos.xlsx"), content, now)
        for number, (latitude, hamlet) in {1: (18.0700, HAMLETS[0]), 2: (18.0710, HAMLETS[0]), 3: (18.07107, HAMLETS[1])}.items():
            site = Site(COMMUNE, site_id(number), SiteKind.HOUSEHOLD, f"HO-{number:04d}", f"Hộ {number}", hamlet, latitude, 106.11)
            insert_site(tx, site, at=now)
    photos = tmp_path / "DCIM"
    photos.mkdir()
    (photos / "at one.jpg").write_bytes(taken(1, 18.07001, accuracy=5))
    (photos / "between.jpg").write_bytes(taken(2, 18.07104, accuracy=10))
    (photos / "minutes later.jpg").write_bytes(taken(3, at="2026:11:20 08:01:00"))
    (photos / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (photos / "Thumbs.db").write_bytes(b"x")
    (photos / "link.jpg").symlink_to("/etc/passwd")
    zips.pack(photos / "more.zip", [("copy.jpg", taken(1, 18.07001, accuracy=5)), ("../x.jpg", taken(9, 18.07))])
    return photos


def _run(survey: Survey, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict[str, object]]:
    assert main(["import-photos", "--data", str(survey.settings.data), "--json", *arguments]) == 0
    return {line["file"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}


def _submissions(survey: Survey) -> list[tuple[str, str, str]]:
    with survey.reading() as reader:
        return [(row["site"], row["door"], row["person"]) for row in reader.rows("SELECT site, door, person FROM submission ORDER BY site")]


def test_a_dry_run_proposes_and_writes_nothing(survey: Survey, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each photo once with its certainty; what is no photo with its reason; the copy in the ZIP is the same photo."""
    told = _run(survey, capsys, str(folder), "--dry-run")

    assert {name: line.get("certainty", line.get("refused")) for name, line in told.items()} == {
        "at one.jpg": "certain", "between.jpg": "close", "minutes later.jpg": "by_time", "film.mp4": "not_a_photo", "x.jpg": "name_unsafe",
    }  # fmt: skip
    assert (told["between.jpg"]["nearest"], told["between.jpg"]["second"]) == ("HO-0003", "HO-0002")
    assert _submissions(survey) == []


def test_what_is_certain_is_handed_in_and_a_persons_word_counts(survey: Survey, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word the unclear ones are left; with `--assign` they go where a person says; again nothing is made."""
    first = _run(survey, capsys, str(folder), "--as", "reviewer")
    assert {name: line["left"] for name, line in first.items() if "left" in line} == {
        "at one.jpg": None, "between.jpg": "close", "minutes later.jpg": "by_time"}  # fmt: skip
    assert _submissions(survey) == [(site_id(1), "desk", "p-reviewer")]

    words = folder.parent / "words.csv"
    words.write_text("name;site code\nbetween.jpg;HO-0002\n".partition("\n")[2], encoding="utf-8-sig")
    second = _run(survey, capsys, str(folder), "--as", "reviewer", "--assign", str(words))
    assert second["at one.jpg"]["left"] == f"handed_in {first['at one.jpg']['submission']}"
    assert second["between.jpg"]["submission"] is not None
    assert [site for site, _, _ in _submissions(survey)] == [site_id(1), site_id(2)]
    _run(survey, capsys, str(folder), "--as", "reviewer", "--assign", str(words))
    assert len(_submissions(survey)) == 2
    assert list((survey.settings.data / "incoming").glob("*[0-9a-f]")) == []  # no staged file stays behind


def test_hamlet_and_round_narrow_it(survey: Survey, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the other hamlet's houses out of the way the photo between two is certain; outside the round it is left."""
    with survey.transaction() as tx:
        tx.execute("INSERT INTO survey_round VALUES (:c, 'r1', 'Đợt 1', '2026-01-01', '2026-02-01')", c=COMMUNE)
    told = _run(survey, capsys, str(folder), "--dry-run", "--hamlet", "thôn mẫu 1", "--round", "r1")

    between = told["between.jpg"]
    assert (between["certainty"], between["site"], between["left"]) == ("certain", "HO-0002", "outside_round")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere"], "FILE_UNKNOWN"),
        (["--hamlet", "x"], "HAMLET_UNKNOWN"),
        (["--round", "x"], "QUERY_UNUSABLE"),
        (["--as", "x"], "PERSON_UNKNOWN"),
    ],
    ids=["path", "hamlet", "round", "person"],
)
def test_what_is_unknown_is_told(survey: Survey, folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str) -> None:
    """One line on stderr, and nothing is written."""
    wanted = arguments if arguments[0] == "nowhere" else [str(folder), *arguments]

    assert main(["import-photos", "--data", str(survey.settings.data), *wanted]) == 1
    assert code in capsys.readouterr().err
    assert _submissions(survey) == []
