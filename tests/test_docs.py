"""Documentation that can be wrong is tested: commands, settings, problems, words, links."""

import importlib.util
import re
from pathlib import Path

import pytest

from survey.commands import names
from survey.commands.work import KINDS
from survey.openrosa import app as openrosa
from survey.web import app, middleware, session
from survey.wiring import ROOT

_spec = importlib.util.spec_from_file_location("tables", ROOT / "scripts" / "tables.py")
assert _spec is not None
assert _spec.loader is not None
_tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tables)

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
HTTP = (ROOT / "docs" / "http.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", names())
def test_every_command_is_documented(name: str) -> None:
    """docs/operations.md names each command."""
    assert f"| `{name}" in OPERATIONS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_job_is_documented(kind: str) -> None:
    """docs/operations.md says what each kind of job does and who asks for it."""
    assert f"| `{kind}` |" in OPERATIONS


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py")))
def test_every_benchmark_is_documented(name: str) -> None:
    """docs/operations.md says what each benchmark is held against."""
    assert f"{name}.py`" in OPERATIONS


def test_every_setting_is_documented() -> None:
    """docs/operations.md names each variable that wiring reads, and no other."""
    read = set(re.findall(r'"(SURVEY_[A-Z_]+)"', (ROOT / "survey" / "wiring.py").read_text()))

    assert set(re.findall(r"\| `(SURVEY_[A-Z_]+)`", OPERATIONS)) == read


@pytest.mark.parametrize("name", list(_tables.TABLES))
def test_a_generated_table_is_current(name: str) -> None:
    """`python scripts/tables.py` would change nothing."""
    assert (ROOT / name).read_text() == _tables.TABLES[name]()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link and picture of a page exists."""
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text())]
    broken = [target for target in targets if target and "://" not in target and not (page.parent / target).exists()]

    assert broken == []


def test_every_route_is_documented() -> None:
    """docs/http.md names each path that answers, and no other."""
    catch_all = {*middleware.OWN_PREFIXES, *(f"{prefix}/{{rest:path}}" for prefix in middleware.OWN_PREFIXES)}
    ours = {route.path for route in app.routes(openrosa.routes(session.open, session.acting))}
    first_cells = "".join(line.split(" | ")[0] for line in HTTP.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`(?:[A-Z]+ )?(/[^`\s]*)`", first_cells))

    whole = {"/healthz", "/metrics", "/sign-in", "/sign-out", "/field", "/documents", "/second-step", "/identity"}
    assert named == (ours - catch_all) | whole


def test_every_trap_is_held_by_a_test_that_exists() -> None:
    """docs/traps.md names tests; each of them is there."""
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "traps.md").read_text()))

    assert named
    assert {name for name in named if f"def {name}(" not in tests} == set()
