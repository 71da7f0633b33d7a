"""The house style as a test: sizes, docstrings, no broad except outside the doors, no SQL outside store/."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey.wiring import ROOT

SOURCES = sorted([*(ROOT / "survey").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "survey_app.py"])
FUNCTION_LINES = 40
FILE_LINES = 300
PAGE_LINES = 80
_SQL = re.compile(r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s", re.DOTALL)
# st.image, download_button, audio and video are served under /media to anyone; camera_input redraws a photo without EXIF; st.map asks
# the internet for tiles; a cached resource is shared by threads that must not share a SQLite connection (docs/traps.md).
_TRAPS = re.compile(r"\bst\.(image|audio|video|download_button|camera_input|map|cache_resource)\b")
# An empty template of the register is nobody's secret.
_TRAPS_ALLOWED = {"survey/web/register_load.py": {"download_button"}}
# A GeoPackage is a SQLite file by its standard: the SQL there writes a file format and nothing of the commune's store.
SQL_OUTSIDE_STORE = {"survey/bundle/geopackage.py"}
# Doors answer for a whole request: there a defect becomes an answer and a log line.
BROAD_EXCEPT_IN = ("survey/web/", "survey/openrosa/", "survey/commands/work/")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_keeps_the_house_style(path: Path) -> None:
    """One file against the house style; the message lists every fault in it."""
    name = path.relative_to(ROOT).as_posix()
    source = path.read_text()
    tree = ast.parse(source)

    assert list(_faults(name, source, tree)) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_uses_what_streamlit_would_leak_or_break(path: Path) -> None:
    """None of the elements that lose evidence, show it to strangers or ask the internet."""
    used = set(_TRAPS.findall(path.read_text()))

    assert used - _TRAPS_ALLOWED.get(path.relative_to(ROOT).as_posix(), set()) == set()


def _faults(name: str, source: str, tree: ast.Module) -> Iterator[str]:
    limit = PAGE_LINES if name.startswith("pages/") else FILE_LINES
    if source.count("\n") > limit:
        yield f"{source.count(chr(10))} lines, at most {limit}"
    if not ast.get_docstring(tree):
        yield "no module docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES:
            yield f"line {node.lineno}: {node.name} is longer than {FUNCTION_LINES} lines"
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not name.startswith(BROAD_EXCEPT_IN):
            yield f"line {node.lineno}: broad except"
        is_store = name.startswith("survey/store/") or name in SQL_OUTSIDE_STORE
        if not is_store and isinstance(node, ast.Constant) and _SQL.match(str(node.value)):
            yield f"line {node.lineno}: SQL outside survey/store"


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    named = handler.type.id if isinstance(handler.type, ast.Name) else ""
    return named in {"Exception", "BaseException"} and not _reraises(handler)


def _reraises(handler: ast.ExceptHandler) -> bool:
    return isinstance(handler.body[-1], ast.Raise)
