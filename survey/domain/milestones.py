"""What a milestone may say, by itself: words, days and dates that can be."""

import re
from dataclasses import replace
from datetime import date

from survey.domain.owners import Milestone
from survey.domain.problems import MILESTONE_UNUSABLE, Problem
from survey.domain.roadmap import LONGEST_DAYS
from survey.domain.times import is_believable

# Both are our own choice: a title fits two lines of a phone, and a roadmap of more steps is not read by anybody.
TITLE_LENGTH = 120
MOST_MILESTONES = 500
_SPACES = re.compile(r"\s+")


def checked_milestone(wanted: Milestone, today: date) -> Milestone:
    """*wanted* with its words cleaned. Raises MILESTONE_UNUSABLE naming what cannot be; of a measured one the reported share is dropped."""
    title = _SPACES.sub(" ", wanted.title).strip()
    cleaned = replace(
        wanted, title=title, needs=tuple(sorted(set(wanted.needs))), done_share=None if wanted.share_key else wanted.done_share
    )
    fault = _fault(cleaned, today)
    if fault is not None:
        raise Problem(MILESTONE_UNUSABLE, title=title or "…", reason_vi=fault[0], reason_en=fault[1])
    return cleaned


def _fault(one: Milestone, today: date) -> tuple[str, str] | None:
    dates = (one.not_before, one.due_on, one.started_on, one.finished_on)
    begun_later = any(day is not None and day > today for day in (one.started_on, one.finished_on))
    backwards = one.started_on is not None and one.finished_on is not None and one.finished_on < one.started_on
    too_soon = one.not_before is not None and one.due_on is not None and one.due_on < one.not_before
    faults = (
        (not one.title, "chưa có tên", "it has no title"),
        (len(one.title) > TITLE_LENGTH, f"tên dài quá {TITLE_LENGTH} ký tự", f"the title is longer than {TITLE_LENGTH} characters"),
        (not 1 <= one.days <= LONGEST_DAYS, f"số ngày phải từ 1 đến {LONGEST_DAYS}", f"the days must be from 1 to {LONGEST_DAYS}"),
        (any(day is not None and not is_believable(day) for day in dates), "có ngày không hợp lý", "a date cannot be meant"),
        (not 0 <= (one.done_share or 0) <= 1, "phần đã làm phải từ 0 đến 100%", "the share done must be from 0 to 100%"),
        (
            one.indicator is not None and (one.edition is None or one.criterion is None),
            "chỉ tiêu phải thuộc một tiêu chí", "an indicator belongs to a criterion",
        ),
        (begun_later, "ngày bắt đầu hoặc ngày xong còn ở tương lai", "it cannot have begun or ended in the future"),
        (backwards, "ngày xong trước ngày bắt đầu", "it ended before it began"),
        (too_soon, "hạn chót trước ngày sớm nhất được bắt đầu", "it is due before it may begin"),
    )  # fmt: skip
    return next(((vi, en) for wrong, vi, en in faults if wrong), None)
