"""Heads: what binds the server's owner to the past is made known outside: the log's head day by day, and seals to a time authority."""

from survey.domain.ports import Survey
from survey.heads.posting import POST_JOB, ask_to_post, post_waiting, posted
from survey.heads.stamping import STAMP_JOB, ask_to_stamp, stamp_waiting

__all__ = ["POST_JOB", "STAMP_JOB", "ask", "ask_to_post", "ask_to_stamp", "post_waiting", "posted", "stamp_waiting"]


def ask(survey: Survey, post_to: str | None, stamped_by: str | None) -> None:
    """Leave jobs for what waits to be made known, where the operator set an address for it."""
    if post_to is not None:
        ask_to_post(survey)
    if stamped_by is not None:
        ask_to_stamp(survey)
