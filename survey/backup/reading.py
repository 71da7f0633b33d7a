"""Reading a backup through without restoring it: what it holds, and every fault."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from survey.backup import blocks, sealing
from survey.backup.contents import Header, Totals
from survey.domain.problems import BACKUP_DAMAGED, Problem

_FAULTS_TOLD = 100


@dataclass(frozen=True)
class Read:
    """A backup that was read through; *faults* are members that are not as they were written (the first hundred of *fault_count*)."""

    header: Header
    totals: Totals
    size: int
    faults: list[str]
    fault_count: int


def read(path: Path, opener: sealing.Opener) -> Read:
    """Read *path* from its beginning to its end.

    Raises BACKUP_DAMAGED where it is no backup or ends too early, BACKUP_LOCKED, BACKUP_NEWER.
    """
    label, faults, size = path.name, _Faults(), 0
    header: Header | None = None
    totals: Totals | None = None
    with sealing.opened(path, opener) as (source, _encrypted):
        for member in blocks.read_members(source, label, faults):
            size += member.size
            if member.section == "header":
                header = Header.read(b"".join(member.chunks), label)
            elif header is None:
                raise Problem(BACKUP_DAMAGED, name=label, found="backup.json is not its first file")
            elif member.section == "totals":
                totals = Totals.read(b"".join(member.chunks), label)
    if header is None or totals is None:
        raise Problem(BACKUP_DAMAGED, name=label, found="it holds nothing")
    return Read(header, totals, size, list(faults), faults.total)


class _Faults(list[str]):
    """The first faults, and how many there are: a large backup of which everything is wrong fills no memory."""

    total = 0

    def append(self, fault: str) -> None:
        """One more."""
        self.total += 1
        if len(self) < _FAULTS_TOLD:
            super().append(fault)

    def extend(self, faults: Iterable[str]) -> None:
        """Each of them."""
        for fault in faults:
            self.append(fault)
