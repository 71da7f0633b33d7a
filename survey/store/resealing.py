"""A byte store's files rewritten under another key, from plain or to plain, while the deployment runs: each is replaced as a whole.

What was rewritten is passed over the next time, so that a run that was cut short goes on where it was.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from survey.domain.problems import BLOB_DAMAGED, BLOB_LOCKED, FILE_UNKNOWN, Problem
from survey.store import age_format as age
from survey.store.blobs import VIEWS
from survey.store.sealed_blobs import SealedBlobs
from survey.store.unseen import SealedStaged

Alone = Callable[[], AbstractContextManager[object]]
"""A block during which nothing is erased: a file must not come back by being replaced."""


@dataclass
class Rewritten:
    """How many files were rewritten and how many needed it not; *failed* are left as they were, each with its problem's code."""

    done: int = 0
    already: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


def reseal(blobs: SealedBlobs, alone: Alone, tell: Callable[[str], None]) -> Rewritten:
    """Bring every blob, quarantine too, and all their views under the writer of *blobs*, or into the clear where it has none."""
    found = Rewritten()
    for name, rewrite in _works(blobs, alone):
        try:
            if rewrite():
                found.done += 1
            else:
                found.already += 1
        except Problem as problem:
            if problem.kind is FILE_UNKNOWN:
                continue  # erased meanwhile
            if problem.kind not in (BLOB_DAMAGED, BLOB_LOCKED):
                raise
            found.failed.append((name, problem.kind.code))
        tell(f"{found.done + found.already:,}")
    return found


def _works(blobs: SealedBlobs, alone: Alone) -> Iterator[tuple[str, Callable[[], bool]]]:
    for aside in (False, True):
        for sha256 in list(blobs.hashes(quarantine=aside)):  # listed first: a folder that is written to may name a file twice
            yield sha256, lambda sha256=sha256, aside=aside: _blob(blobs, alone, sha256, quarantine=aside)  # type: ignore[misc]
            for view in VIEWS:
                yield f"{sha256}.{view}", lambda sha256=sha256, view=view: _view(blobs, alone, sha256, view)  # type: ignore[misc]


def _wanted(blobs: SealedBlobs) -> str:
    return blobs.keys.writer.recipient if blobs.keys.writer else ""


def _blob(blobs: SealedBlobs, alone: Alone, sha256: str, *, quarantine: bool) -> bool:
    if blobs.owner(sha256, quarantine=quarantine) == _wanted(blobs):
        return False
    staged = blobs.stage(blobs.read(sha256, quarantine=quarantine), name=sha256, limit=1 << 44)
    try:
        if staged.sha256 != sha256:
            raise Problem(BLOB_DAMAGED, sha256=sha256)
        lying = staged.sealed if isinstance(staged, SealedStaged) else staged
        blobs.inner.replace(lying, quarantine=quarantine, alone=alone())
    finally:
        blobs.discard(staged)
    return True


def _view(blobs: SealedBlobs, alone: Alone, sha256: str, view: str) -> bool:
    stored = blobs.inner.read_view(sha256, view)
    if stored is None or _view_owner(blobs, sha256, view, stored) == _wanted(blobs):
        return False
    content = blobs.read_view(sha256, view)
    if content is None:
        return False
    staged = blobs.inner.stage([blobs.seal_view(sha256, view, content)], name=view, limit=1 << 44)
    try:
        blobs.inner.replace(replace(staged, sha256=sha256), view=view, alone=alone())
    finally:
        blobs.inner.discard(staged)
    return True


def _view_owner(blobs: SealedBlobs, sha256: str, view: str, stored: bytes) -> str:
    """The public key under which a view lies, empty for one in the clear, `?` where no key at hand opens it."""
    if not stored.startswith(age.MAGIC):
        return ""
    try:
        return age.open_header(stored[: age.START], blobs.keys.readers, f"{sha256}.{view}").recipient
    except (age.NotOursError, age.OtherKeyError, age.ChangedError):
        return "?"
