"""XLSForm in, compiled form out: pyxform makes the XForm for ODK Collect, and from its reading of the sheets comes our tree.

A broken form is refused with sheet, row and remedy. One that is right, but asks for more than our renderer can do, is taken: ODK Collect
can fill it, and its tree lists under `unsupported` what is in the way. A form without id or version gets them here, since both are the key
under which answers arrive: the id from the file's name, the version from the file's bytes.
"""

import hashlib
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import fields
from pathlib import PurePath
from typing import Any

from openpyxl.utils.exceptions import InvalidFileException
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform
from pyxform.xls2xform import convert
from xlrd.biffh import XLRDError  # type: ignore[import-untyped]  # pyxform's reader of .xls has no types
from xlrd.compdoc import CompDocError  # type: ignore[import-untyped]

from survey.domain.forms import SITE_KINDS, CompiledForm
from survey.forms.draft import Draft
from survey.forms.faults import broken, column_of, translate
from survey.forms.foreign import Remark
from survey.forms.sheets import Sheets
from survey.forms.tree import build_tree

_LARGEST_FILE = 5_000_000
_LARGEST_UNPACKED = 50_000_000
_FORM_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.: -]{0,126}[A-Za-z0-9_-]|[A-Za-z0-9_]")
_VERSION = re.compile(r"[A-Za-z0-9][\w .:(),+-]{0,63}", re.ASCII)
_DIVERTED = {
    "submission_url": (
        "submission_url bị bỏ qua: bài nộp của phiếu chỉ gửi về máy chủ này",
        "submission_url is passed over: what is filled in comes to this server",
    ),
    "public_key": (
        "public_key bị bỏ qua: máy chủ này không đọc được bài nộp mã hóa",
        "public_key is passed over: encrypted work could not be read here",
    ),
}
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NOT_A_WORKBOOK = (
    # What openpyxl and xlrd say of bytes that are not a workbook; TypeError is pyxform's for a sheet that it does not know.
    zipfile.BadZipFile, InvalidFileException, XLRDError, CompDocError, struct.error, AssertionError, LookupError, ValueError, TypeError,
    OSError, OverflowError, SyntaxError,  # the last one is what parsers of XML raise
    zlib.error, EOFError, RuntimeError,  # of members that are damaged, cut, encrypted or packed in ways that Python does not know
)  # fmt: skip


def compile_xlsform(content: bytes, name: str) -> CompiledForm:
    """The form in *content*: an .xlsx or .xls workbook, or a Markdown table of its sheets; *name* is the file's name.

    Raises BROKEN_FORM with sheet, row and remedy.
    """
    read = _read(content, name)
    remarks = _keep_here(read)
    sheets = Sheets(read.survey or (), read.choices or (), _setting(read, "name") or "data")
    try:
        result = convert(xlsform={field.name: getattr(read, field.name) for field in fields(read)}, validate=False)
    except PyXFormError as error:
        raise translate(name, str(error), column_of(error.context), sheets.of_fault) from error
    except RecursionError as error:
        raise broken(name, "other", detail="groups within groups too deep") from error
    form = result._pyxform or {}  # noqa: SLF001 - pyxform offers its reading of the sheets under this name only
    _check_settings(form, name)
    draft = Draft(str(form["id_string"]), form, sheets, remarks=remarks)
    return _compiled(draft, build_tree(draft), result.xform)


def _read(content: bytes, name: str) -> DefinitionData:
    kind = _file_type(content, name)
    try:
        read = get_xlsform(content, file_type=kind)
    except PyXFormError as error:
        raise translate(name, str(error), "", lambda _code, _name: None) from error
    except _NOT_A_WORKBOOK as error:
        raise broken(name, "file", sheet="–") from error
    read.fallback_form_name = _form_id_of(name)
    if not _setting(read, "version"):
        row = {**(read.settings[0] if read.settings else {}), "version": f"sha-{hashlib.sha256(content).hexdigest()[:12]}"}
        read.settings, read.settings_header = [row], [dict.fromkeys(row)]
        read.sheet_names = [*dict.fromkeys((*(read.sheet_names or ()), "settings"))]
    return read


def _keep_here(read: DefinitionData) -> list[Remark]:
    """Take out of the settings what makes ODK Collect send elsewhere, or send what cannot be read here; returns what was taken out."""
    row = read.settings[0] if read.settings else {}
    gone = {key: _DIVERTED[name] for key in row if (name := _heading(key)) in _DIVERTED}
    if gone:
        read.settings = [{key: value for key, value in row.items() if key not in gone}]
        read.settings_header = [dict.fromkeys(read.settings[0])]
    return [Remark(vi, en, "settings", 2) for vi, en in gone.values()]


def _heading(key: object) -> str:
    return str(key).strip().lower().replace(" ", "_")


def _setting(read: DefinitionData, name: str) -> str:
    """A cell of the settings sheet by its heading, however that is written."""
    row = read.settings[0] if read.settings else {}
    return next((str(value or "") for key, value in row.items() if _heading(key) == name), "")


def _form_id_of(name: str) -> str:
    stem = unicodedata.normalize("NFD", PurePath(name).stem.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(letter for letter in stem if not unicodedata.combining(letter))
    return re.sub(r"[^A-Za-z0-9_-]+", "_", bare).strip("_")[:64] or "form"


def _file_type(content: bytes, name: str) -> str:
    if len(content) > _LARGEST_FILE:
        raise broken(name, "file", sheet="–")
    if content.startswith(_OLD_EXCEL):
        return ".xls"
    if not content.startswith(b"PK"):
        return ".md"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except _NOT_A_WORKBOOK as error:
        raise broken(name, "file", sheet="–") from error
    if unpacked > _LARGEST_UNPACKED:
        raise broken(name, "file", sheet="–")
    return ".xlsx"


def _check_settings(form: dict[str, Any], name: str) -> None:
    identifier, version, kind = str(form.get("id_string", "")), str(form.get("version", "")), str(form.get("site_kind") or "")
    if not _FORM_ID.fullmatch(identifier):
        raise broken(name, "form_id", sheet="settings", row=2, name=identifier)
    if not _VERSION.fullmatch(version):
        raise broken(identifier, "version", sheet="settings", row=2, name=version)
    if kind and kind not in SITE_KINDS:
        raise broken(identifier, "site_kind", sheet="settings", row=2, name=kind)


def _compiled(draft: Draft, tree: dict[str, Any], xform: str) -> CompiledForm:
    return CompiledForm(
        form=tree["form"],
        version=tree["version"],
        title=tree["title"],
        site_kind=tree["site_kind"],
        xform=xform,
        xform_md5="md5:" + hashlib.md5(xform.encode(), usedforsecurity=False).hexdigest(),
        tree=tree,
        desk_only=str(draft.source.get("desk_only") or "").strip().lower() == "yes",
        remarks={language: tuple(remark.say(language) for remark in draft.remarks) for language in ("vi", "en")},
    )
