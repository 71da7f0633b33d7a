"""`load-form FILE.xlsx`: a checklist, checked before it is used."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from survey.commands import open_deployment, operator
from survey.domain.people import Ability
from survey.domain.problems import FILE_UNKNOWN, Problem
from survey.forms.compile import compile_xlsform
from survey.store.deployment import select_first_commune
from survey.store.forms import insert_form
from survey.wiring import Settings

SUMMARY = "load XLSForm checklists, checked before they are used; all or nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`FILE …`, and `--check` to compile without loading."""
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE.xlsx", help="XLSForm workbook; docs/forms.md says what it may hold")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--check", action="store_true", help="check and report, write nothing")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Compile every file, then load all. Raises FILE_UNKNOWN, BROKEN_FORM, FORM_VERSION_TAKEN, DEPLOYMENT_EMPTY."""
    contents = [(path, _read(path)) for path in arguments.files]
    compiled = [(compile_xlsform(content, path.name), content) for path, content in contents]
    news: list[bool | None] = [None] * len(compiled)
    if not arguments.check:
        survey = open_deployment(settings)
        with survey.transaction() as tx:
            commune = arguments.commune or select_first_commune(tx)
            operator(commune).require(Ability.MANAGE)
            news = [insert_form(tx, commune, form, content, survey.now()) for form, content in compiled]
    for (form, _), new in zip(compiled, news, strict=True):
        unsupported = list(form.tree.get("unsupported", []))
        report = {"form": form.form, "version": form.version, "site_kind": form.site_kind, "new": new, "unsupported": unsupported}
        print(json.dumps(report, ensure_ascii=False) if arguments.json else _line(report))
    return 0


def _line(report: Mapping[str, object]) -> str:
    state = "checked" if report["new"] is None else "loaded" if report["new"] else "already loaded"
    only = f"; ODK Collect only: {report['unsupported']}" if report["unsupported"] else ""
    return f"{report['form']} {report['version']}: {state}{only}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Problem(FILE_UNKNOWN, name=str(path)) from None
