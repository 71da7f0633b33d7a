"""Submissions for tests of review and queue: real rows, written by the store's own statements."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from survey.domain.canonical import sha256_hex
from survey.domain.ports import Transaction
from survey.domain.sites import Site, SiteKind
from survey.domain.submissions import Fix, State, Submission, short_code
from survey.store.sites import insert_site
from survey.store.submissions import insert_submission
from tests.conftest import COMMUNE, HAMLETS

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
_FIRST = Submission(
    commune=COMMUNE, id="uuid:1", code="", form="household_fence", form_version="1", site="s1", hamlet=HAMLETS[0], round=None,
    person="p-inspector", device=None, door="field", captured_at=START, received_at=START, state=State.RECEIVED, state_version=0,
    replaces=None, missing_files=0, flag_count=0, flag_severity=0, fix=Fix(18.05, 106.05, 8.0), answers={}, instance_sha256="0" * 64,
)  # fmt: skip


def submission(name: str, *, minutes: int = 0, captured: int | None = None, **given: object) -> Submission:
    """A submission *name*, received *minutes* after the start and captured then too unless *captured* says otherwise."""
    received_at = START + timedelta(minutes=minutes)
    captured_at = START + timedelta(minutes=minutes if captured is None else captured)
    return replace(
        _FIRST, id=f"uuid:{name}", code=short_code(f"uuid:{name}"), received_at=received_at, captured_at=captured_at,
        instance_sha256=sha256_hex(name), **given,  # type: ignore[arg-type]
    )  # fmt: skip


def insert(tx: Transaction, *submissions: Submission) -> None:
    """Put *submissions* into the store as received."""
    for one in submissions:
        assert insert_submission(tx, one, b"<data/>")


def register(tx: Transaction, sites: Mapping[str, str | None], *, commune: str = COMMUNE) -> None:
    """Put households (id → hamlet) into the register."""
    for number, (site, hamlet) in enumerate(sites.items(), 1):
        made = Site(commune, site, SiteKind.HOUSEHOLD, f"HO-{number:04d}", f"Hộ {site}", hamlet, 18.05, 106.05)
        insert_site(tx, made, at=START)
