"""Documentation that can be wrong is tested: commands, settings, problems, words, links."""

import importlib.util
import re
from pathlib import Path

import pytest

from survey.commands import names
from survey.wiring import ROOT

_spec = importlib.util.spec_from_file_location("tables", ROOT / "scripts" / "tables.py")
assert _spec is not None
assert _spec.loader is not None
_tables = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tables)

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", names())
def test_every_command_is_documented(name: str) -> None:
    """docs/operations.md names each command."""
    assert f"| `{name}" in OPERATIONS


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
