"""Runs of bytes: any cuts, orders and overlaps give the file back, or say how far it has come."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from survey.domain.runs import Piece, Run, cover, reach

CONTENT = bytes(range(200))


def _joined(runs: list[Run], total: int | None = None) -> bytes:
    """What a reader of the pieces gets, each run holding the file's own bytes."""
    read = b""
    for piece in cover(runs, total):
        held = CONTENT[piece.run.start : piece.run.end]
        read += held[piece.skip : piece.skip + piece.length]
    return read


def test_pieces_leave_out_what_an_earlier_run_holds() -> None:
    """Of overlapping runs the farthest-reaching is read, without the bytes that are there already."""
    runs = [Run(0, 10), Run(5, 3), Run(4, 16), Run(8, 4)]

    assert cover(runs) == [Piece(Run(0, 10), 0, 10), Piece(Run(4, 16), 6, 10)]


def test_a_gap_ends_what_is_here() -> None:
    """Bytes behind a gap do not count, nor does a file whose beginning is missing."""
    assert reach([Run(0, 10), Run(11, 5)]) == 10
    assert reach([Run(1, 10)]) == 0
    assert reach([]) == 0
    assert reach([Run(0, 0)]) == 0


@given(st.lists(st.tuples(st.integers(0, 199), st.integers(0, 80)), max_size=30), st.one_of(st.none(), st.integers(0, 220)))
def test_any_cuts_in_any_order_give_the_bytes_as_far_as_they_reach(spans: list[tuple[int, int]], total: int | None) -> None:
    """Against the slow way of counting: each byte from the first on that some run holds."""
    runs = [Run(start, min(length, 200 - start)) for start, length in spans]
    held = {place for run in runs for place in range(run.start, run.end)}
    far = next(place for place in range(201) if place not in held)
    far = far if total is None else min(far, total)

    assert _joined(runs, total) == CONTENT[:far]
    assert reach(runs) >= far


@given(st.lists(st.integers(1, 199), unique=True), st.randoms(use_true_random=False))
def test_a_file_cut_anywhere_comes_back_whole(cuts: list[int], shuffled: object) -> None:
    """Every run between two cuts, sent again in any order, is needed and is enough."""
    places = [0, *sorted(cuts), 200]
    runs = [Run(start, end - start) for start, end in pairwise(places)]
    shuffled.shuffle(runs)  # type: ignore[attr-defined]

    assert _joined(runs) == CONTENT
    for missing in runs:
        assert reach([run for run in runs if run != missing]) == missing.start
