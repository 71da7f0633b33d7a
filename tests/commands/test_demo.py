"""The demonstration: the same seed gives the same commune, it is marked, and its flaws are found."""

import hashlib
import json
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from survey.catalogue.places import read_place
from survey.commands import main
from survey.demonstration.calls import Flaw, plan_calls
from survey.demonstration.ground import lay_out
from survey.demonstration.parcels import Kit, pack
from survey.domain.entries import Entry, check_site
from survey.domain.sites import SiteKind
from survey.forms.check import check_answers
from survey.forms.compile import compile_xlsform
from survey.forms.instance import canonical_answers, read_instance
from survey.wiring import ROOT

TODAY = date(2026, 11, 23)
COMMUNE = read_place(ROOT / "schema" / "places", "18844").commune


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory) -> Path:
    """A small demonstration that has every flaw, shared by the tests of this module, which only read it."""
    folder = tmp_path_factory.mktemp("demonstration")
    assert _demo(folder, households=60, submissions=46) == 0
    return folder


def _demo(folder: Path, *, households: int, submissions: int, more: tuple[str, ...] = ()) -> int:
    size = ["--households", str(households), "--submissions", str(submissions)]
    return main(["demo", "--data", str(folder), "--today", TODAY.isoformat(), *size, *more])


def _rows(folder: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(folder / "survey.db") as connection:
        return connection.execute(sql).fetchall()


def _everything(folder: Path) -> dict[str, object]:
    """All that a seed decides: rows without salts and hashes of the log, and every file."""
    tables = (
        "commune", "hamlet", "site", "survey_round", "submission", "instance", "attachment", "blob", "flag", "review", "measure",
        "counted", "person", "person_hamlet",
    )  # fmt: skip
    rows = {table: sorted(map(repr, _rows(folder, f"SELECT * FROM {table}"))) for table in tables}
    files = sorted(path for part in ("blobs", "quarantine", "views") for path in (folder / part).rglob("*") if path.is_file())
    hashes = {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return {**rows, "files": hashes}


def test_the_same_seed_gives_the_same_data(tmp_path):
    """10 households and 12 submissions, twice, compared to the last byte; another seed differs."""
    for name, more in (("one", ()), ("two", ()), ("other", ("--seed", "7"))):
        assert _demo(tmp_path / name, households=10, submissions=12, more=more) == 0
    one, two, other = (_everything(tmp_path / name) for name in ("one", "two", "other"))

    assert one == two
    assert len(one["submission"]) == 12
    assert not set(one["files"]) & set(other["files"])


def test_it_is_marked_and_named_as_invented(demonstration):
    assert _rows(demonstration, "SELECT demonstration FROM commune") == [(1,)]
    assert {name for (name,) in _rows(demonstration, "SELECT name FROM hamlet")} == {f"Thôn mẫu {n}" for n in range(1, 7)}
    assert all("mẫu" in name for (name,) in _rows(demonstration, "SELECT name FROM site UNION SELECT name FROM person"))


def test_it_never_mixes_with_what_is_there(demonstration, capsys):
    assert _demo(demonstration, households=10, submissions=12) == 1
    assert capsys.readouterr().err.startswith("DEPLOYMENT_EXISTS")


def test_store_and_log_are_whole(demonstration):
    assert main(["check-store", "--data", str(demonstration)]) == 0


def test_every_flaw_is_there_to_be_found(demonstration):
    flags = {code for (code,) in _rows(demonstration, "SELECT DISTINCT code FROM flag")}
    states = dict(_rows(demonstration, "SELECT state, COUNT(*) FROM submission GROUP BY state"))

    expected = {"far_from_site", "seen_before", "file_refused", "taken_outside_visit", "position_vague", "camera_clock_off"}
    assert expected | {"looks_like", "blurred", "not_daylight", "phone_clock_off", "two_at_once", "used_again"} <= flags
    assert _rows(demonstration, "SELECT COUNT(*) FROM submission WHERE missing_files > 0") == [(1,)]
    assert states["returned"] == 1
    assert _rows(demonstration, "SELECT COUNT(*) FROM submission WHERE replaces IS NOT NULL AND state = 'accepted'") == [(1,)]
    assert states["accepted"] > 25
    assert states["received"] >= 6


def test_what_has_no_flaw_has_no_flag(demonstration):
    """A flag on a good visit would teach reviewers to look away.

    Two flaws raise none, a missing photo and a correction; three show on the other visit too: the photos used again, the two at once.
    """
    flagged = _rows(demonstration, "SELECT COUNT(*) FROM submission WHERE flag_count > 0")

    assert flagged[0][0] <= len(Flaw) - 2 + 3


def test_every_photo_has_its_views_and_no_job_is_left(demonstration):
    views = dict(_rows(demonstration, "SELECT views, COUNT(*) FROM blob GROUP BY views"))

    assert set(views) == {"ready", "none"}
    assert views["none"] == 1
    assert _rows(demonstration, "SELECT COUNT(*) FROM job") == [(0,)]


def test_it_runs_on_postgresql_too(tmp_path, monkeypatch, postgres_url, capsys):
    monkeypatch.setenv("SURVEY_DATABASE", postgres_url())

    assert _demo(tmp_path, households=10, submissions=12) == 0
    assert main(["check-store", "--data", str(tmp_path)]) == 0


def test_everyone_gets_a_sign_in_link(tmp_path, capsys):
    assert _demo(tmp_path, households=6, submissions=1, more=("--json",)) == 0
    links = json.loads(capsys.readouterr().out)["sign_in"]

    assert set(links) == {"coordinator", "reviewer", "owner1", "owner2", "inspector1", "inspector2", "inspector3"}


def test_real_photos_are_handed_in_unchanged(tmp_path):
    photos = ROOT.parent / "shared" / "photos" / "jpg" / "gps"
    if not photos.is_dir():
        pytest.skip("no photos in ../shared/photos")
    assert _demo(tmp_path / "data", households=6, submissions=3, more=("--photos-from", str(photos))) == 0
    originals = {hashlib.sha256(path.read_bytes()).hexdigest() for path in photos.glob("*.jpg")}

    assert {sha256 for (sha256,) in _rows(tmp_path / "data", "SELECT sha256 FROM blob")} <= originals


def test_a_folder_without_photos_is_refused_before_anything_is_made(tmp_path, capsys):
    (tmp_path / "empty").mkdir()

    assert _demo(tmp_path / "data", households=6, submissions=3, more=("--photos-from", str(tmp_path / "empty"))) == 1
    assert capsys.readouterr().err.startswith("FILE_UNKNOWN")
    assert _rows(tmp_path / "data", "SELECT COUNT(*) FROM commune") == [(0,)]


@pytest.mark.parametrize("seed", range(5))
def test_the_land_lies_in_the_commune_and_passes_the_registers_checks(seed):
    land = lay_out(COMMUNE, seed, households=300, since=date(2025, 7, 1))
    kinds = [sum(site.kind is kind for site in land.sites) for kind in (SiteKind.HOUSEHOLD, SiteKind.ROAD_SEGMENT, SiteKind.PUBLIC_PLACE)]
    spots = [(site.latitude, site.longitude) for site in land.sites] + [(y, x) for site in land.sites for x, y in site.line or ()]

    assert kinds == [300, 60, 24]
    assert all(COMMUNE.border.contains(latitude, longitude) for latitude, longitude in spots)
    assert [remark for site in land.sites for remark in check_site(site, Entry(1, {}, {}))] == []


def test_every_visit_fits_its_form():
    """Two hundred visits of every checklist: nothing required is missing, nothing breaks a condition."""
    trees = {form.form: form.tree for form in _forms()}
    land = lay_out(COMMUNE, 3, households=120, since=date(2025, 7, 1))
    inspectors = {hamlet.id: 0 for hamlet in land.hamlets} | {None: 0}
    calls = plan_calls(land.sites, inspectors, count=200, seed=3, today=TODAY)
    real = ROOT.parent / "shared" / "photos"
    kit = Kit(3, trees, tuple(real.rglob("*.jpg"))[:1])

    assert len(calls) == 200
    assert {call.form for call in calls} == set(trees) - {"site_photos"}  # which is for photos brought to a desk
    for call in calls:
        instance = read_instance(pack(kit, call).xml, trees[call.form])
        assert check_answers(trees[call.form], canonical_answers(instance), TODAY) == []
        assert instance.site == call.site.id


def _forms() -> list:
    return [compile_xlsform(path.read_bytes(), path.name) for path in sorted((ROOT / "schema" / "forms").glob("*.xlsx"))]
