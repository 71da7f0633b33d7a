"""Writes the tables of docs/ that come from the code: `python scripts/tables.py` (part of `make docs`)."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import dependencies, roles  # noqa: E402 - the path comes first
from survey.domain.checks import CHECKS, GROUPS, THRESHOLDS  # noqa: E402 - the path comes first
from survey.domain.photos import REFUSALS  # noqa: E402
from survey.domain.problems import CATALOGUE  # noqa: E402


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


def checks() -> str:
    """docs/checks.md: its own prose with the tables of findings, thresholds and refusals between its marks."""
    text = (ROOT / "docs/checks.md").read_text()
    for name, table in (("findings", _findings()), ("thresholds", _thresholds()), ("refusals", _refusals())):
        before, begins, rest = text.partition(f"<!-- {name} -->\n")
        _, ends, after = rest.partition(f"<!-- /{name} -->")
        if not (begins and ends):
            raise SystemExit(f"docs/checks.md needs the marks <!-- {name} --> and <!-- /{name} -->")
        text = before + begins + table + ends + after
    return text


def _findings() -> str:
    """One table a group: the sentence, and the rule with the default thresholds."""
    lines = []
    for group, (vi, en) in GROUPS.items():
        lines += ["", f"### {en} ({vi})", "", "| code | severity | Tiếng Việt | English | threshold |", "|---|--:|---|---|---|"]
        for code, kind in CHECKS.items():
            if kind.group == group:
                own = [name for name in kind.thresholds if THRESHOLDS[name].source.startswith("our own")]
                source = kind.source + (f"; our own choice: {', '.join(own)}" if own and kind.source.startswith("measured") else "")
                texts = f"{kind.vi}<br>*{kind.rule('vi')}* | {kind.en}<br>*{kind.rule('en')}*"
                lines.append(f"| `{code}` | {kind.severity} | {texts} | {source} |")
    return "\n".join([*lines, "", ""])


def _thresholds() -> str:
    lines = ["", "| name | default | may be set to | Tiếng Việt | English | source |", "|---|--:|--:|---|---|---|"]
    for name, kind in THRESHOLDS.items():
        bounds = f"{kind.least:g} – {kind.most:g}"
        lines.append(f"| `{name}` | {kind.default:g} {kind.unit} | {bounds} | {kind.vi} | {kind.en} | {kind.source} |")
    return "\n".join([*lines, "", ""])


def _refusals() -> str:
    lines = ["", "| code | Tiếng Việt | English |", "|---|---|---|"]
    lines += [f"| `{code}` | {refusal.vi} | {refusal.en} |" for code, refusal in REFUSALS.items()]
    return "\n".join([*lines, "", ""])


TABLES = {"docs/problems.md": problems, "docs/checks.md": checks, "docs/dependencies.md": dependencies.table, "docs/roles.md": roles.table}

if __name__ == "__main__":
    for name, render in TABLES.items():
        (ROOT / name).write_text(render())
