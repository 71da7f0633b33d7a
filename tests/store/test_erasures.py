"""Erased bytes on both engines and both byte stores: all of them go when the last commune lets go, and going twice is harmless."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from survey.domain.ports import Blobs
from survey.domain.problems import Problem
from survey.store import Store
from survey.store.attachments import insert_blob
from survey.store.erasures import delete_bytes, update_erased
from tests.conftest import COMMUNE, seed

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("quarantine", [False, True])
def test_every_trace_goes(blobs: Blobs, quarantine: bool) -> None:
    """The bytes, in quarantine too, and both views; nothing else in the store."""
    kept, gone = (_keep(blobs, content, quarantine) for content in (b"stays", b"goes"))
    for sha256 in (kept, gone):
        for view in ("preview", "thumb"):
            blobs.save_view(sha256, view, b"\xff\xd8")
    blobs.erase(gone)
    blobs.erase(gone)

    assert (blobs.holds(gone), blobs.holds(kept)) == (False, True)
    assert blobs.read_view(gone, "preview") is None
    assert blobs.size(gone, quarantine=quarantine) is None
    assert blobs.read_view(kept, "thumb") == b"\xff\xd8"
    assert b"".join(blobs.read(kept, quarantine=quarantine)) == b"stays"
    with pytest.raises(Problem, match="FILE_UNKNOWN"):
        blobs.erase("../../etc/passwd")


def test_the_last_commune_takes_the_bytes_along(store: Store, blobs: Blobs, tmp_path: Path) -> None:
    """While one commune has them they stay."""
    seed(store)
    staged = blobs.stage([b"shared"], name="a.jpg", limit=100)
    blobs.keep(staged)
    with store.transaction() as tx:
        for commune in (COMMUNE, "06979"):
            insert_blob(tx, commune, staged, media_type="image/jpeg", quarantine=False, facts="{}", at=NOW)
    outcomes = []
    for commune in (COMMUNE, "06979"):
        with store.transaction() as tx:
            assert update_erased(tx, commune, staged.sha256, person="p", reason="r", at=NOW)
        with store.transaction() as tx:
            outcomes.append((delete_bytes(tx, blobs, staged.sha256), blobs.holds(staged.sha256)))

    assert outcomes == [(False, True), (True, False)]


def _keep(blobs: Blobs, content: bytes, quarantine: bool) -> str:
    staged = blobs.stage([content], name="a.jpg", limit=100)
    blobs.keep(staged, quarantine=quarantine)
    return staged.sha256
