"""`load-register FILE`: households, road segments or public places from CSV, XLSX or GeoJSON; all or nothing."""

import argparse
import json
import os
from pathlib import Path

from survey import register
from survey.commands import open_deployment, operator
from survey.domain.problems import FILE_UNKNOWN, REGISTER_REFUSED, Problem
from survey.domain.remarks import Remark
from survey.domain.sites import SiteKind
from survey.register import LoadReport
from survey.store.deployment import select_first_commune
from survey.wiring import Settings

SUMMARY = "load sites from CSV, XLSX or GeoJSON; prints a row-by-row report, all or nothing"
_HEADINGS = {"vi": ("dòng", "cột", "giá trị"), "en": ("row", "column", "value")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`FILE`, the kind of rows that do not name theirs, and a dry run."""
    parser.add_argument("file", type=Path, help="CSV, XLSX or GeoJSON; docs/register.md lists the columns")
    parser.add_argument("--kind", choices=[kind.value for kind in SiteKind], help="the kind of rows that do not name theirs")
    parser.add_argument("--commune", help="official code (default: the deployment's first)")
    parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """Load the file. Raises REGISTER_REFUSED where an error kept it out, FILE_UNKNOWN and what `register.load` raises."""
    survey = open_deployment(settings)
    with survey.reading() as reader:
        commune = arguments.commune or select_first_commune(reader)
    try:
        content = arguments.file.read_bytes()
    except OSError:
        raise Problem(FILE_UNKNOWN, name=str(arguments.file)) from None
    kind = SiteKind(arguments.kind) if arguments.kind else None
    report = register.load(survey, operator(commune), content, arguments.file.name, kind=kind, dry_run=arguments.dry_run)
    locale = "en" if os.environ.get("SURVEY_LOCALE") == "en" else "vi"
    print(json.dumps(report.as_json(locale), ensure_ascii=False) if arguments.json else render_report(report, locale))
    if not report.ok:
        raise Problem(REGISTER_REFUSED, name=report.name, count=report.errors)
    return 0


def render_report(report: LoadReport, locale: str) -> str:
    """*report* as lines for a terminal: one for each remark, then what was done."""
    return "\n".join([*(_line(remark, locale) for remark in report.remarks), _summary(report, locale)])


def _line(remark: Remark, locale: str) -> str:
    row, column, value = _HEADINGS[locale]
    cell = f"{row} {remark.row}" + (f", {column} “{remark.column}”" if remark.column else "")
    given = f", {value} “{remark.value}”" if remark.value else ""
    return f"{remark.severity.value}: {cell}{given}: {remark.message(locale)} {remark.remedy(locale)}"


def _summary(report: LoadReport, locale: str) -> str:
    counts = (report.rows, report.added, report.updated, report.unchanged, report.errors, report.warnings)
    if locale == "en":
        done = "written" if report.written else "nothing written"
        texts = ("rows", "new", "changed", "unchanged", "errors", "warnings")
    else:
        done = "đã ghi" if report.written else "chưa ghi gì"
        texts = ("dòng", "thêm mới", "sửa", "giữ nguyên", "lỗi", "cảnh báo")
    return f"{report.name}: {done}; " + ", ".join(f"{count} {text}" for count, text in zip(counts, texts, strict=True))
