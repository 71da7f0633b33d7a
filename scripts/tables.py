"""Writes the tables of docs/ that come from the code: `python scripts/tables.py` (part of `make docs`)."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from survey.domain.problems import CATALOGUE  # noqa: E402 - the path comes first


def problems() -> str:
    """docs/problems.md: every expected error with its HTTP status and what it says."""
    lines = [
        "# Problems",
        "",
        "Every expected error: what a person did that can be mended; anything else that goes wrong is a defect.",
        "Written by `scripts/tables.py` from `survey/domain/problems/`.",
        "",
        "| code | HTTP | Tiếng Việt | English |",
        "|---|--:|---|---|",
    ]
    for code, kind in sorted(CATALOGUE.items()):
        lines.append(f"| `{code}` | {kind.status} | {kind.vi} {kind.remedy_vi} | {kind.en} {kind.remedy_en} |".replace("\n", " "))
    return "\n".join(lines) + "\n"


TABLES = {"docs/problems.md": problems}

if __name__ == "__main__":
    for name, render in TABLES.items():
        (ROOT / name).write_text(render())
