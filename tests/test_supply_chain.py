"""What is installed is what was locked, with a reason for each package; what nobody audited is not called clean."""

import importlib.util
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import ModuleType

import pytest

from survey.wiring import ROOT


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


dependencies, audit = _script("dependencies"), _script("audit")
ASKED, LOCKED = dependencies.asked(), dependencies.locked()
# Streamlit's own sign-in imports it; the standard library reads it.
NOT_IMPORTED_BY_US = {"authlib", "tzdata"}


@pytest.mark.parametrize("wanted", ASKED, ids=lambda one: one.name)
def test_what_we_ask_for_is_locked_and_used(wanted) -> None:
    """Each line of requirements.txt is locked in its version, and some module of the application imports it."""
    assert LOCKED[wanted.name].version == wanted.version
    if wanted.name not in NOT_IMPORTED_BY_US:
        modules = {name for name, owners in packages_distributions().items() if wanted.name in map(dependencies.normal, owners)}
        assert modules & _imported(), f"nothing imports {wanted.name}: leave it out"


def test_nothing_is_imported_that_is_not_asked_for() -> None:
    """What comes along with another package may leave with its next release: what we import is named in requirements.txt."""
    owners = packages_distributions()
    asked = {one.name for one in ASKED} | {"psycopg-pool"}  # an extra of psycopg's
    foreign = _imported() - set(sys.stdlib_module_names) - {"survey"}

    assert {name for name in foreign if name in owners and not asked & set(map(dependencies.normal, owners[name]))} == set()


def _imported() -> set[str]:
    files = [*(ROOT / "survey").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "survey_app.py"]
    return {name for path in files for name in re.findall(r"^\s*(?:from|import) ([A-Za-z_0-9]+)", path.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-judges.lock"])
def test_everything_locked_has_its_hashes(lock: str) -> None:
    """No package may be installed whose bytes nobody has named; no address of an index stands in a lock."""
    found = dependencies.locked(lock)

    assert found
    assert [name for name, one in found.items() if not one.hashes] == []
    assert "://" not in (ROOT / lock).read_text()


def test_tests_run_on_what_a_deployment_installs() -> None:
    """Both locks name one version of each package, and it is the one that is installed here."""
    tested = dependencies.locked("requirements-dev.lock")

    assert {name: one.version for name, one in LOCKED.items()} == {name: tested[name].version for name in LOCKED}
    assert {name: version(name) for name in LOCKED if name != "pip"} == {name: one.version for name, one in LOCKED.items() if name != "pip"}


def test_make_installs_nothing_that_is_not_locked() -> None:
    """Every installation of the Makefile demands hashes."""
    lines = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line or "/pip" in line]

    assert lines
    assert all("--require-hashes" in line for line in lines)


def test_the_bill_of_materials_names_every_package(tmp_path: Path) -> None:
    """The SBOM has each locked package with its version and hashes."""
    out = tmp_path / "sbom.json"
    command = [Path(sys.executable).parent / "cyclonedx-py", "requirements", ROOT / "requirements.lock", "--output-reproducible", "-o", out]
    subprocess.run(command, check=True, capture_output=True)
    components = {dependencies.normal(one["name"]): one for one in json.loads(out.read_text())["components"]}

    assert {name: one["version"] for name, one in components.items()} == {name: one.version for name, one in LOCKED.items()}
    told = {mark["content"] for place in components["streamlit"]["externalReferences"] for mark in place.get("hashes", ())}
    assert told == set(LOCKED["streamlit"].hashes)


@pytest.mark.parametrize(
    ("answer", "good", "said"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], True, "1 packages audited, 0 known holes"),
        ([{"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]}], False, "CVE-1, mended in 2"),
        ([{"name": "a", "skip_reason": "not found"}], True, "NOT AUDITED"),
        ([{"name": "a", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}], True, "not audited: a"),
        (None, True, "NOT AUDITED"),
    ],
    ids=["clean", "a hole", "nothing known", "some known", "no answer"],
)
def test_an_audit_says_what_it_did_not_see(answer, good: bool, said: str, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """A service that knows none of the packages finds no hole either."""
    text = "" if answer is None else json.dumps({"dependencies": answer})
    monkeypatch.setattr(audit.subprocess, "run", lambda *_a, **_k: subprocess.CompletedProcess([], 0, text, ""))

    assert audit.audit("requirements.lock") is good
    printed = capsys.readouterr()
    assert said in printed.out + printed.err
