"""Everything of a photo's erasure but its bytes: the tombstone, its likenesses and covers, the event, the worker's job."""

from datetime import datetime

from survey.domain.canonical import sha256_hex
from survey.domain.ports import Transaction
from survey.store.covers import delete_covers
from survey.store.erasures import delete_likeness_of, update_erased
from survey.store.jobs import upsert_job


def update_buried(tx: Transaction, commune: str, sha256: str, *, person: str, reason: str, at: datetime) -> bool:
    """Make the photo's row a tombstone and leave its bytes to a worker; False where that was done before."""
    if not update_erased(tx, commune, sha256, person=person, reason=reason, at=at):
        return False
    delete_likeness_of(tx, commune, sha256)
    delete_covers(tx, commune, sha256)
    tx.log(commune, "photo.erased", {"sha256": sha256, "reason_sha256": sha256_hex(reason), "person": person})
    upsert_job(tx, commune, "erase", sha256, {"sha256": sha256}, at)
    return True
