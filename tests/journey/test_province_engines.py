"""The same product on a province's engines, PostgreSQL and S3: the journey, the commands and the pages that people open."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from survey.commands import main
from survey.commands.work import Worker
from survey.store.jobs import select_job_counts
from survey.wiring import ROOT, Settings, open_survey
from tests.journey.test_photo_to_bundle import commune, walk
from tests.journey.test_resume import Uploader, check_arrived
from tests.line import Line
from tests.live import LiveServer
from tests.live_page import visit

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
REGISTER = "code,kind,name,hamlet,latitude,longitude\nHO-1,household,Hộ thử một,{hamlet},18.05,106.10\n"


@pytest.fixture
def settings(tmp_path: Path, postgres_url: Callable[[], str], s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty deployment on both engines; servers and commands find it in the environment, as an operator's do."""
    environment = {
        "SURVEY_DATA": str(tmp_path / "data"),
        "SURVEY_DATABASE": postgres_url(),
        "SURVEY_BLOBS": f"s3://survey/{tmp_path.name.replace('_', '-')}",
        "AWS_ENDPOINT_URL": s3_endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test-secret",
        "AWS_REGION": "us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings.from_env()


def test_photo_to_bundle_on_a_provinces_engines(settings: Settings, tmp_path: Path) -> None:
    """From the photo over HTTP to the bag that strangers accept; no photo stays on the app's own disk."""
    walk(settings, tmp_path)

    assert main(["check-store"]) == 0
    assert not (settings.data / "survey.db").exists()
    assert not (settings.data / "blobs").exists()
    assert [path for path in (settings.data / "incoming").iterdir() if path.is_file()] == []


def test_a_photo_in_pieces_to_two_machines(settings: Settings, tmp_path: Path) -> None:
    """Two app processes without a common disk take the pieces in turn: what one of them got, the other goes on from."""
    survey = commune(settings)
    with (
        LiveServer(settings.data) as one,
        LiveServer(tmp_path / "other", environment={"SURVEY_DATA": str(tmp_path / "other")}) as two,
        Line(one.port, bytes_per_s=8_000_000, drop_every=500_000) as first,
        Line(two.port, bytes_per_s=8_000_000, drop_every=300_000) as second,
    ):
        phone = Uploader([first.url, second.url], one.cookie("inspector"))
        phone.send(piece=700_000)

    check_arrived(survey, phone)
    assert phone.cuts >= 8
    assert [path for path in (tmp_path / "other" / "incoming").rglob("*") if path.is_file()] == []


def test_commands_and_pages_on_a_provinces_engines(settings: Settings, tmp_path: Path) -> None:
    """A demonstration commune is made, worked off, judged and shown page by page, and exported."""
    assert main(["demo", "--households", "20", "--submissions", "20"]) == 0
    survey = open_survey(settings)
    Worker(survey).work(once=True)
    with survey.reading() as reader:
        assert select_job_counts(reader) == {}
        hamlet = reader.row("SELECT hamlet FROM hamlet ORDER BY hamlet")
    assert hamlet is not None
    (tmp_path / "more.csv").write_text(REGISTER.format(hamlet=hamlet["hamlet"]))
    assert main(["load-register", str(tmp_path / "more.csv")]) == 0
    assert main(["load-edition", str(ROOT / "schema" / "criteria" / "qd-318-2022")]) == 0
    assert main(["assess", "--json"]) == 0
    assert main(["export", "--out", str(tmp_path / "bundle.zip")]) == 0
    assert main(["verify", str(tmp_path / "bundle.zip")]) == 0
    assert main(["check-store"]) == 0

    with LiveServer(settings.data) as server:
        cookie = server.cookie("coordinator")
        for page in PAGES:
            shown = visit(server, f"/{page}", cookie)
            assert "Kỳ Thượng" in shown
            assert not re.search(r"exception \{|type: \"error\"", shown), page
        assert "defect" not in server.log.read_text()
