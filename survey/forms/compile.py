"""XLSForm in, compiled form out: pyxform makes the XForm for ODK Collect, and from its reading of the sheets comes our tree.

A broken form is refused with sheet, row and remedy. One that is right, but asks for more than our renderer can do, is taken: ODK Collect
can fill it, and its tree lists under `unsupported` what is in the way.
"""

import hashlib
import io
import re
import zipfile
from typing import Any

from openpyxl.utils.exceptions import InvalidFileException
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform
from pyxform.xls2xform import convert

from survey.domain.forms import SITE_KINDS, CompiledForm
from survey.forms.faults import broken, column_of, translate
from survey.forms.sheets import Sheets
from survey.forms.tree import Draft, build_tree

_LARGEST_FILE = 5_000_000
_LARGEST_UNPACKED = 50_000_000
_FORM_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def compile_xlsform(content: bytes, name: str) -> CompiledForm:
    """The form in *content*: an .xlsx workbook, or a Markdown table of its sheets; *name* is the file's name, for messages.

    Raises BROKEN_FORM with sheet, row and remedy.
    """
    kind = _file_type(content, name)
    try:
        read = get_xlsform(content, file_type=kind)
    except PyXFormError as error:
        raise translate(name, str(error), "", lambda _code, _name: None) from error
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError) as error:
        # What openpyxl says of a file that is not a workbook; TypeError is pyxform's for a sheet that it does not know.
        raise broken(name, "file", sheet="–") from error
    sheets = Sheets(read.survey or (), read.choices or ())
    try:
        result = convert(xlsform=content, validate=False, file_type=kind)
    except PyXFormError as error:
        raise translate(name, str(error), column_of(error.context), sheets.of_fault) from error
    form = result._pyxform or {}  # noqa: SLF001 - pyxform offers its reading of the sheets under this name only
    _check_settings(form, name)
    draft = Draft(str(form["id_string"]), form, sheets)
    return _compiled(form, build_tree(draft), result.xform)


def _file_type(content: bytes, name: str) -> str:
    if len(content) > _LARGEST_FILE:
        raise broken(name, "file", sheet="–")
    if not content.startswith(b"PK"):
        return ".md"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise broken(name, "file", sheet="–") from error
    if unpacked > _LARGEST_UNPACKED:
        raise broken(name, "file", sheet="–")
    return ".xlsx"


def _check_settings(form: dict[str, Any], name: str) -> None:
    identifier, version, kind = str(form.get("id_string", "")), str(form.get("version", "")), str(form.get("site_kind", ""))
    if not _FORM_ID.fullmatch(identifier):
        raise broken(name, "form_id", sheet="settings", row=2, name=identifier)
    if not _VERSION.fullmatch(version):
        raise broken(identifier, "version", sheet="settings", row=2, name=version)
    if kind not in SITE_KINDS:
        raise broken(identifier, "site_kind", sheet="settings", row=2, name=kind)


def _compiled(form: dict[str, Any], tree: dict[str, Any], xform: str) -> CompiledForm:
    return CompiledForm(
        form=tree["form"],
        version=tree["version"],
        title=tree["title"],
        site_kind=str(form["site_kind"]),
        xform=xform,
        xform_md5="md5:" + hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
        tree=tree,
    )
