"""Which bundles hold a home's data and to whom they went; and which bytes any row still names."""

import json
from datetime import datetime

from survey.domain.ports import Reader, Row, Transaction
from survey.domain.sites import Site
from survey.store.jobs import upsert_job

_BUNDLES = "SELECT bundle, basis, variant, created_at FROM bundle WHERE commune = :commune ORDER BY created_at, bundle"
_NAMED = (
    "SELECT 1 AS one FROM (SELECT sha256 FROM blob WHERE sha256 = :sha256 AND erased_at IS NULL UNION ALL SELECT sha256 FROM document"
    " WHERE sha256 = :sha256 UNION ALL SELECT sha256 FROM resident_report WHERE sha256 = :sha256) named LIMIT 1"
)


def select_bundles_with(reader: Reader, commune: str, site: Site) -> list[str]:
    """The ids of the bundles that may name the home: full ones made since the register knows it, of the commune or of its hamlet."""
    first = reader.row("SELECT MIN(known_from) AS at FROM site WHERE commune = :commune AND site = :site", commune=commune, site=site.id)
    since = first["at"] if first and first["at"] else "9"
    return [
        row["bundle"] for row in reader.rows(_BUNDLES, commune=commune)
        if row["variant"] == "full" and row["created_at"] >= since and _includes(row, site.hamlet)
    ]  # fmt: skip


def select_takers(reader: Reader, commune: str, bundle: str) -> list[Row]:
    """Who fetched a bundle: person, role, name, begun_at; the first download first."""
    return reader.rows(
        "SELECT d.person, p.role, p.name, MIN(d.begun_at) AS begun_at FROM bundle_download d LEFT JOIN person p ON p.commune = d.commune"
        " AND p.person = d.person WHERE d.commune = :commune AND d.bundle = :bundle GROUP BY d.person, p.role, p.name ORDER BY 4, 1",
        commune=commune, bundle=bundle,
    )  # fmt: skip


def update_bundles_dropped(tx: Transaction, commune: str, hamlet: str | None, now: datetime) -> None:
    """No made bundle that may name a home of *hamlet* can be fetched any more; those under way are made anew."""
    key = {"commune": commune}
    for row in tx.rows(_BUNDLES, **key):
        if row["variant"] == "full" and _includes(row, hamlet):
            tx.execute("UPDATE bundle_bag SET layout = '' WHERE commune = :commune AND bundle = :bundle", bundle=row["bundle"], **key)
    tx.execute("DELETE FROM bundle_part WHERE commune = :commune", **key)
    waiting = tx.rows("SELECT request FROM bundle_request WHERE commune = :commune AND state IN ('waiting', 'gathering', 'making')", **key)
    for row in waiting:
        upsert_job(tx, commune, "bundle", row["request"], {"request": row["request"]}, now)
    tx.execute(
        "UPDATE bundle_request SET state = 'waiting', draft = NULL, done = 0, total = 0 WHERE commune = :commune"
        " AND state IN ('waiting', 'gathering', 'making')",
        **key,
    )


def select_is_named(reader: Reader, sha256: str) -> bool:
    """Whether any commune has the bytes as evidence, as a paper or in a resident's report."""
    return reader.row(_NAMED, sha256=sha256) is not None


def _includes(bundle: Row, hamlet: str | None) -> bool:
    basis = json.loads(bundle["basis"])
    scope = basis.get("scope", basis)
    chosen = scope.get("hamlet") if isinstance(scope, dict) else None
    return chosen is None or hamlet is None or chosen == hamlet
