"""Heads: what binds the server's owner to the past is made known outside: the log's head day by day, and seals to a time authority."""

from survey.heads.posting import POST_JOB, ask_to_post, post_waiting, posted
from survey.heads.stamping import STAMP_JOB, ask_to_stamp, stamp_waiting

__all__ = ["POST_JOB", "STAMP_JOB", "ask_to_post", "ask_to_stamp", "post_waiting", "posted", "stamp_waiting"]
