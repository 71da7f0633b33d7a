"""How sharp a picture is: two measures on its grey copy of 640 pixels (thresholds: `survey.domain.checks`)."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_REACH = 9  # the re-blur averages this many pixels, as in the paper


def blur(grey: Pixels) -> float | None:
    """Crete's re-blur score, 0 sharp to 1 blurred: how little a picture changes when it is blurred once more, on its worse axis.

    F. Crete and others, "The blur effect", SPIE 6492 (2007). It sees motion blur, which the Laplacian misses. None where a picture has no
    edge along one of the axes, or is smaller than the measure.
    """
    scores = [_blur_down(grey), _blur_down(grey.T)]
    known = [score for score in scores if score is not None]
    return max(known) if len(known) == len(scores) else None


def _blur_down(grey: Pixels) -> float | None:
    if grey.shape[0] <= _REACH:
        return None
    signed = grey.astype(np.int16)
    # The difference of two neighbouring averages of nine is a ninth of the difference of the pixels at their ends.
    steps = np.abs(signed[5:-4] - signed[4:-5]) * np.int16(_REACH)
    blurred = np.abs(signed[_REACH:] - signed[:-_REACH])
    total = int(steps.sum(dtype=np.int64))
    lost = int(np.maximum(steps - blurred, 0).sum(dtype=np.int64))
    return 1 - lost / total if total else None


def laplacian(grey: Pixels) -> float | None:
    """The variance of the Laplacian (four neighbours) in grey levels squared; None for fewer than three rows or columns."""
    if min(grey.shape) < 3:  # noqa: PLR2004
        return None
    signed = grey.astype(np.int16)
    centre = signed[1:-1, 1:-1]
    edges = signed[:-2, 1:-1] + signed[2:, 1:-1] + signed[1:-1, :-2] + signed[1:-1, 2:] - 4 * centre
    return float(edges.var(dtype=np.float64))
