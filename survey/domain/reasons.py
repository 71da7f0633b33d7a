"""Reasons: what a person writes beside a decision that others will read years later."""

from survey.domain.problems import REASON_TOO_LONG, Problem, ProblemKind

# Our own choice: room for a page; a note on a flag or a threshold is a few sentences.
REASON_LENGTH = 2000
NOTE_LENGTH = 500


def checked_reason(reason: str, *, limit: int = REASON_LENGTH, lacking: ProblemKind | None = None) -> str:
    """*reason* without spaces around it. Raises REASON_TOO_LONG over *limit* letters, *lacking* (where given) for an empty one."""
    reason = reason.strip()
    if not reason and lacking is not None:
        raise Problem(lacking)
    if len(reason) > limit:
        raise Problem(REASON_TOO_LONG, limit=limit)
    return reason
