"""Which accepted version counts for a site: kept up to date in the transaction of every decision (DESIGN 2.2)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from survey.domain.counting import Version, counting_versions, repeat_keys, successors
from survey.domain.ports import Reader, Row, Transaction
from survey.domain.submissions import State
from survey.domain.times import from_text, to_text

_VERSION = """
SELECT submission, form, site, hamlet, captured_at, received_at, state, replaces, replaced_by, answers
FROM submission WHERE commune = :commune AND """


@dataclass(frozen=True)
class SiteVersion:
    """One submission about a site, as the list of its versions shows it; *counts* while it stands for the site."""

    submission: str
    code: str
    captured_at: datetime
    received_at: datetime
    person_name: str | None
    state: State
    replaced_by: str | None
    counts: bool


def select_site_versions(reader: Reader, commune: str, form: str, site: str, *, limit: int = 50) -> list[SiteVersion]:
    """The newest *limit* submissions of *form* about *site*, newest capture first."""
    rows = reader.rows(
        "SELECT s.submission, s.code, s.captured_at, s.received_at, s.state, s.replaced_by,"
        " (SELECT p.name FROM person AS p WHERE p.commune = s.commune AND p.person = s.person) AS person_name,"
        " EXISTS (SELECT 1 FROM counted AS c WHERE c.commune = s.commune AND c.submission = s.submission) AS counts"
        " FROM submission AS s WHERE s.commune = :commune AND s.site = :site AND s.form = :form"
        " ORDER BY s.captured_at DESC LIMIT :limit",
        commune=commune, form=form, site=site, limit=limit,
    )  # fmt: skip
    return [_site_version(row) for row in rows]


def update_counted(tx: Transaction, commune: str, submission: str, *, former_site: str | None = None) -> list[str]:
    """Bring `replaced_by` and `counted` up to date after *submission* changed its state or left *former_site*; returns the sites concerned.

    Costs a few lookups by key: the submission's corrections and the accepted versions of the sites they concern.
    """
    family = _select_family(tx, commune, submission)
    versions = {key: _version(row) for key, row in family.items()}
    changed = {submission} | _update_successors(tx, commune, family, successors(versions))
    concerned = {(versions[key].form, versions[key].site) for key in changed}
    concerned.add((versions[submission].form, former_site))
    known = sorted((form, site) for form, site in concerned if site is not None)
    for form, site in known:
        _update_site(tx, commune, form, site)
    return sorted({site for _form, site in known})


class CorrectedMeanwhile(Exception):
    """A correction of what is being received was written after this transaction had looked for one."""


def has_corrections(reader: Reader, commune: str, submission: str) -> bool:
    """Whether anything that has come in says that it corrects *submission*."""
    return bool(_select_corrections(reader, commune, submission))


def update_counted_on_receipt(tx: Transaction, commune: str, submission: str, *, locked: bool) -> None:
    """`update_counted` for a submission that has just come in, where its correction came first; else nothing has changed.

    Raises CorrectedMeanwhile where there is one and `lock_decisions` was not taken (*locked*): who holds counts by now must not wait
    for a decision, which waits for counts.
    """
    if has_corrections(tx, commune, submission):
        if not locked:
            raise CorrectedMeanwhile
        update_counted(tx, commune, submission)


def _select_family(reader: Reader, commune: str, submission: str) -> dict[str, Row]:
    """*submission* with everything it corrects and everything that corrects those."""
    found: dict[str, Row] = {}
    waiting = [submission]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        row = reader.row(f"{_VERSION} submission = :key", commune=commune, key=key)
        if row is None:
            continue
        found[key] = row
        waiting += [] if row["replaces"] is None else [row["replaces"]]
        waiting += _select_corrections(reader, commune, key)
    return found


def _select_corrections(reader: Reader, commune: str, key: str) -> list[str]:
    rows = reader.rows("SELECT submission FROM submission WHERE commune = :commune AND replaces = :key", commune=commune, key=key)
    return [row["submission"] for row in rows]


def _update_successors(tx: Transaction, commune: str, family: Mapping[str, Row], stands_for: Mapping[str, str]) -> set[str]:
    changed = {key for key, row in family.items() if row["replaced_by"] != stands_for.get(key)}
    tx.execute_many(
        "UPDATE submission SET replaced_by = :successor WHERE commune = :commune AND submission = :key",
        [{"commune": commune, "key": key, "successor": stands_for.get(key)} for key in sorted(changed)],
    )
    return changed


def _update_site(tx: Transaction, commune: str, form: str, site: str) -> None:
    accepted = tx.rows(
        f"{_VERSION} site = :site AND form = :form AND state = 'accepted' AND replaced_by IS NULL", commune=commune, form=form, site=site
    )
    tx.execute("DELETE FROM counted WHERE commune = :commune AND form = :form AND site = :site", commune=commune, form=form, site=site)
    tx.execute_many(
        "INSERT INTO counted (commune, form, site, repeat_key, submission, hamlet, captured_at)"
        " VALUES (:commune, :form, :site, :repeat_key, :submission, :hamlet, :captured_at)",
        list(_counted_rows(commune, [_version(row) for row in accepted])),
    )


def _counted_rows(commune: str, versions: Iterable[Version]) -> Iterable[dict[str, object]]:
    for (form, site, repeat), version in sorted(counting_versions(versions).items()):
        yield {
            "commune": commune, "form": form, "site": site, "repeat_key": repeat, "submission": version.submission,
            "hamlet": version.hamlet, "captured_at": to_text(version.captured_at),
        }  # fmt: skip


def _site_version(row: Row) -> SiteVersion:
    moments = {name: from_text(row[name]) for name in ("captured_at", "received_at")}
    return SiteVersion(**{**row, **moments, "state": State(row["state"]), "counts": bool(row["counts"])})


def _version(row: Row) -> Version:
    return Version(
        submission=row["submission"], form=row["form"], site=row["site"], hamlet=row["hamlet"],
        captured_at=from_text(row["captured_at"]), received_at=from_text(row["received_at"]),
        accepted=row["state"] == State.ACCEPTED, replaces=row["replaces"], repeats=repeat_keys(json.loads(row["answers"])),
    )  # fmt: skip
