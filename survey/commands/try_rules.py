"""`try-rules FILE.yaml …`: an officer's cases worked out under the rules, without a database."""

import argparse
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from survey.catalogue.editions import Document, read_document
from survey.catalogue.scenario_run import Difference, try_scenario
from survey.catalogue.scenarios import Scenario, read_scenarios
from survey.catalogue.vocabulary import Question, read_questions
from survey.domain.problems import Problem
from survey.forms.compile import compile_xlsform
from survey.wiring import ROOT, Settings

SUMMARY = "work out scenarios of rules from YAML files, and tell where something else came than was expected"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`FILE …`, and where editions and forms are."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="scenarios; docs/criteria.md lists their keys")
    parser.add_argument(
        "--criteria", type=Path, default=ROOT / "schema" / "criteria", metavar="DIR", help="folder of editions (schema/criteria)"
    )
    parser.add_argument("--forms", type=Path, default=ROOT / "schema" / "forms", metavar="DIR", help="folder of checklists (schema/forms)")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(_settings: Settings, arguments: argparse.Namespace) -> int:
    """Work them out; 1 where something else came than was expected. Raises BROKEN_CATALOGUE for a file that cannot be read."""
    locale = os.environ.get("SURVEY_LOCALE", "vi")
    questions = _questions(arguments.forms)
    report: list[dict[str, Any]] = []
    for path in arguments.files:
        for scenario in read_scenarios(path, questions):
            differences, fault = _tried(scenario, path, arguments.criteria, questions, locale)
            report.append(_line(path, scenario, differences, fault, locale))
            if not arguments.json:
                print("\n".join(_words(report[-1], locale)))
    failed = sum(not line["passed"] for line in report)
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        print(f"{len(report) - failed} / {len(report)} ✓")
    return 1 if failed else 0


def _tried(
    scenario: Scenario, path: Path, criteria: Path, questions: dict[str, Question], locale: str
) -> tuple[list[Difference], str | None]:
    """What came otherwise, or why the case could not be worked out at all: the others of the file still are."""
    try:
        return try_scenario(scenario, _document(scenario, path.parent, criteria), questions), None
    except Problem as problem:
        return [], problem.sentence(locale)


def _document(scenario: Scenario, beside: Path, criteria: Path) -> Document:
    """The edition of the name that the scenario gives: a folder beside its file, else one of *criteria*. Raises BROKEN_CATALOGUE."""
    own = beside / scenario.edition
    return read_document(own if own.is_dir() else criteria / scenario.edition)


def _questions(folder: Path) -> dict[str, Question]:
    found: dict[str, Question] = {}
    for path in sorted(folder.glob("*.xlsx")):
        form = compile_xlsform(path.read_bytes(), path.name)
        found |= read_questions(form.form, form.tree)
    return found


def _line(path: Path, scenario: Scenario, differences: list[Difference], fault: str | None, locale: str) -> dict[str, Any]:
    return {
        "file": path.name, "scenario": scenario.title(locale), "passed": not differences and fault is None, "problem": fault,
        "differences": [{"what": one.what, "expected": one.expected, "found": one.found} for one in differences],
    }  # fmt: skip


def _words(line: dict[str, Any], locale: str) -> Iterator[str]:
    yield f"{'✓' if line['passed'] else '✗'} {line['scenario']}"
    expected, found = ("mong đợi", "kết quả") if locale == "vi" else ("expected", "came")
    for one in line["differences"]:
        yield f"    {one['what']}: {expected} {one['expected']}, {found} {one['found']}"
    if line["problem"] is not None:
        yield f"    {line['problem']}"
