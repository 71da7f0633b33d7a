"""Forms: each loaded version of each checklist, with the file it came from; older versions stay usable for what was captured with them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from survey.domain.canonical import dumps, sha256_hex
from survey.domain.forms import CompiledForm, FormHead
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.problems import FORM_UNKNOWN, FORM_VERSION_TAKEN, Problem
from survey.domain.times import to_text


def insert_form(tx: Transaction, commune: str, compiled: CompiledForm, content: bytes, at: datetime) -> bool:
    """Keep a compiled form with the file it came from; it becomes the present version of its form. Returns whether it is new.

    Loading the same content again changes nothing, except that a retired version is in use again. Raises FORM_VERSION_TAKEN where
    the version exists with other content.
    """
    known = tx.row(
        "SELECT xlsform, retired_at FROM form WHERE commune = :commune AND form = :form AND version = :version",
        commune=commune, form=compiled.form, version=compiled.version,
    )  # fmt: skip
    if known is not None and bytes(known["xlsform"]) != content:
        raise Problem(FORM_VERSION_TAKEN, form=compiled.form, version=compiled.version)
    if known is not None and known["retired_at"] is None:
        return False
    if known is None:
        _insert(tx, commune, compiled, content, at)
    else:
        _update_retired(tx, commune, compiled.form, compiled.version, None)
    body = {"form": compiled.form, "version": compiled.version, "sha256": sha256_hex(content), "xform_md5": compiled.xform_md5}
    tx.log(commune, "form.loaded", body)
    return known is None


def _insert(tx: Transaction, commune: str, compiled: CompiledForm, content: bytes, at: datetime) -> None:
    tx.execute(
        "INSERT INTO form (commune, form, version, title, site_kind, desk_only, xlsform, xform, xform_md5, tree, loaded_at)"
        " VALUES (:commune, :form, :version, :title, :site_kind, :desk_only, :xlsform, :xform, :xform_md5, :tree, :loaded_at)",
        commune=commune, form=compiled.form, version=compiled.version, title=dumps(compiled.title), site_kind=compiled.site_kind,
        desk_only=int(compiled.desk_only), xlsform=content, xform=compiled.xform, xform_md5=compiled.xform_md5,
        tree=dumps(compiled.tree), loaded_at=to_text(at),
    )  # fmt: skip


def update_retired(tx: Transaction, commune: str, form: str, version: str, at: datetime) -> None:
    """Take a version out of use: it is offered no more, and what was captured with it is still read. Raises FORM_UNKNOWN."""
    if not _update_retired(tx, commune, form, version, to_text(at)):
        raise Problem(FORM_UNKNOWN, form=form, version=version)
    tx.log(commune, "form.retired", {"form": form, "version": version})


def _update_retired(tx: Transaction, commune: str, form: str, version: str, at: str | None) -> int:
    return tx.execute(
        "UPDATE form SET retired_at = :at WHERE commune = :commune AND form = :form AND version = :version",
        commune=commune, form=form, version=version, at=at,
    )  # fmt: skip


def select_forms(reader: Reader, commune: str) -> list[FormHead]:
    """The present version of each form: the one loaded last that is not retired."""
    rows = reader.rows(
        "SELECT form, version, title, site_kind, desk_only, xform_md5, loaded_at FROM form"
        " WHERE commune = :commune AND retired_at IS NULL ORDER BY form, loaded_at, version",
        commune=commune,
    )
    return list({row["form"]: _head(row) for row in rows}.values())


def select_xforms(reader: Reader, commune: str, *, form: str | None = None, all_versions: bool = False) -> list[tuple[FormHead, str]]:
    """The forms that phones may fill in, with their XForms: the present version of each, or all not retired; only *form* where given."""
    rows = reader.rows(
        "SELECT form, version, title, site_kind, desk_only, xform_md5, xform FROM form"
        " WHERE commune = :commune AND retired_at IS NULL AND desk_only = 0"
        + (" AND form = :form" if form is not None else "") + " ORDER BY form, loaded_at, version",
        commune=commune, **({} if form is None else {"form": form}),
    )  # fmt: skip
    found = rows if all_versions else list({row["form"]: row for row in rows}.values())
    return [(_head(row), row["xform"]) for row in found]


def select_form(reader: Reader, commune: str, form: str, version: str) -> CompiledForm | None:
    """One version of a form, retired or not; None where there is none."""
    row = reader.row(
        "SELECT form, version, title, site_kind, desk_only, xform, xform_md5, tree FROM form"
        " WHERE commune = :commune AND form = :form AND version = :version",
        commune=commune, form=form, version=version,
    )  # fmt: skip
    if row is None:
        return None
    title, tree = json.loads(row["title"]), json.loads(row["tree"])
    return CompiledForm(row["form"], row["version"], title, row["site_kind"], row["xform"], row["xform_md5"], tree, bool(row["desk_only"]))


def select_tree(reader: Reader, commune: str, form: str, version: str) -> Mapping[str, Any] | None:
    """The tree of one version, retired or not; None where there is none."""
    row = reader.row(
        "SELECT tree FROM form WHERE commune = :commune AND form = :form AND version = :version",
        commune=commune, form=form, version=version,
    )  # fmt: skip
    if row is None:
        return None
    tree: Mapping[str, Any] = json.loads(row["tree"])
    return tree


def _head(row: Row) -> FormHead:
    return FormHead(row["form"], row["version"], json.loads(row["title"]), row["site_kind"], row["xform_md5"], bool(row["desk_only"]))
