"""`load-form FILE.xlsx`: a checklist, checked before it is used."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from survey.commands import open_deployment, operator
from survey.domain.forms import CompiledForm
from survey.domain.people import Ability
from survey.domain.problems import FILE_UNKNOWN, Problem
from survey.forms.compile import compile_xlsform
from survey.forms.odk_validate import passes_odk_validate
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
    validated = [passes_odk_validate(form.xform, path.name) for (form, _), (path, _) in zip(compiled, contents, strict=True)]
    news: list[bool | None] = [None] * len(compiled)
    if not arguments.check:
        survey = open_deployment(settings)
        with survey.transaction() as tx:
            commune = arguments.commune or select_first_commune(tx)
            operator(commune).require(Ability.MANAGE)
            news = [insert_form(tx, commune, form, content, survey.now()) for form, content in compiled]
    locale = settings.locale if settings.locale in ("vi", "en") else "en"
    for (form, _), new, is_valid in zip(compiled, news, validated, strict=True):
        report = _report(form, new, is_valid, locale)
        print(json.dumps(report, ensure_ascii=False) if arguments.json else "\n".join(_lines(report, locale)))
    return 0


def _report(form: CompiledForm, new: bool | None, is_valid: bool, locale: str) -> dict[str, Any]:
    unsupported = [{"question": one["question"], "path": one["path"], "asks": one[locale]} for one in form.tree.get("unsupported", [])]
    head = {"form": form.form, "version": form.version, "site_kind": form.site_kind, "languages": form.tree["languages"], "new": new}
    remarks = [*form.remarks.get(locale, ()), *([] if is_valid else [_WORDS[locale]["unasked"]])]
    return head | {"odk_validate": is_valid, "unsupported": unsupported, "remarks": remarks}


def _lines(report: Mapping[str, Any], locale: str) -> Iterator[str]:
    words = _WORDS[locale]
    kind = report["site_kind"] or words["any"]
    yield f"{report['form']} {report['version']}: {words[report['new']]}, {kind}"
    yield from (f"  {words['collect']}: {one['question']}: {one['asks']}" for one in report["unsupported"])
    yield from (f"  {remark}" for remark in report["remarks"])


_WORDS: dict[str, dict[object, str]] = {
    "vi": {
        None: "hợp lệ", True: "đã nạp", False: "đã có từ trước", "any": "cho mọi loại đối tượng", "collect": "chỉ có trong ODK Collect",
        "unasked": "chưa kiểm tra được bằng ODK Validate: máy chủ cần cài Java (apt-get install default-jre-headless)",
    },
    "en": {
        None: "checked", True: "loaded", False: "already loaded", "any": "for every kind of place", "collect": "only in ODK Collect",
        "unasked": "not checked by ODK Validate, which needs Java on the server (apt-get install default-jre-headless)",
    },
}  # fmt: skip


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Problem(FILE_UNKNOWN, name=str(path)) from None
