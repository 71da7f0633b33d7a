"""Runs of bytes that arrived of one file, in any order, with cuts and overlaps: how far they reach without a gap, and by which pieces."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Run:
    """*length* bytes of a file from byte *start* on."""

    start: int
    length: int

    @property
    def end(self) -> int:
        """The first byte behind the run."""
        return self.start + self.length


@dataclass(frozen=True)
class Piece:
    """What is read of a run: *length* bytes, leaving out its first *skip*."""

    run: Run
    skip: int
    length: int


def cover(runs: Iterable[Run], total: int | None = None) -> list[Piece]:
    """The pieces that, one behind the other, are the file from its first byte as far as *runs* reach without a gap.

    At most *total* bytes where it is given. Where runs overlap the one that reaches farthest is read: the fewest pieces.
    """
    pieces: list[Piece] = []
    reached, best = 0, Run(0, 0)
    for run in [*sorted(runs), None]:
        if run is None or run.start > reached:
            # Nothing that is left begins early enough to go on from here, unless one that was passed reaches farther.
            if best.end <= reached:
                break
            pieces.append(Piece(best, reached - best.start, best.end - reached))
            reached = best.end
            if run is None or run.start > reached:
                break
        if run.end > best.end:
            best = run
    return _cut(pieces, total)


def reach(runs: Iterable[Run]) -> int:
    """How many bytes *runs* give from the file's first byte on, without a gap."""
    return sum(piece.length for piece in cover(runs))


def _cut(pieces: list[Piece], total: int | None) -> list[Piece]:
    kept, left = [], total
    for piece in pieces:
        length = piece.length if left is None else min(piece.length, left)
        if length:
            kept.append(Piece(piece.run, piece.skip, length))
        left = None if left is None else left - length
    return kept
