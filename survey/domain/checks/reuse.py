"""Reuse: whether this picture was handed in for something else, as it is or changed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from survey.domain.checks.findings import Figure, Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture, Use, Visit
from survey.domain.times import local_date


class Work(NamedTuple):
    """What a submission was made for: its site, its round and when."""

    site: str | None
    round: str | None
    captured_at: datetime


def is_one_call(work: Work, other: Work) -> bool:
    """Whether two submissions are checklists of one site on one day of one round, which may share photos."""
    same_site = work.site is not None and (work.site, work.round) == (other.site, other.round)
    return same_site and local_date(work.captured_at) == local_date(other.captured_at)


def on_picture(visit: Visit, picture: Picture, limits: Thresholds) -> Iterator[Finding]:
    """At most one finding of each code; a submission is named by the gravest alone."""
    named: set[str] = set()
    others = [use for use in picture.uses if _is_other_work(visit, use)]
    for code in ("seen_before", "looks_like", "used_again", "may_look_like"):
        uses = [use for use in others if _code(use, limits) == code and use.submission not in named]
        named |= {use.submission for use in uses}
        if uses:
            yield found(code, picture.name, **_figures(code, uses))


def _is_other_work(visit: Visit, use: Use) -> bool:
    """Photos of one visit, versions of one submission and the same site's other checklists of the day share photos rightly."""
    if use.submission == visit.submission or use.linked:
        return False
    own = None if visit.ended_at is None else Work(visit.site, visit.round, visit.ended_at)
    return own is None or not is_one_call(own, Work(use.site, use.round, use.captured_at))


def _code(use: Use, limits: Thresholds) -> str:
    if use.distance <= limits.same_picture_bits:
        return "used_again" if not use.earlier else "seen_before" if use.exact else "looks_like"
    return "may_look_like" if use.distance <= limits.alike_picture_bits else ""


def _figures(code: str, uses: Sequence[Use]) -> dict[str, Figure]:
    sites = sorted({_site(use) for use in uses})
    figures: dict[str, Figure] = {"submissions": sorted({use.code for use in uses}), "sites": sites}
    if code in ("looks_like", "may_look_like"):
        # Of equally near ones the plainest word for what was done to it: a mirrored copy of a stamped copy is a mirrored one.
        nearest = min(uses, key=lambda use: (use.distance, not use.how.endswith("whole"), use.how, use.code))
        figures |= {"distance": nearest.distance, "how": nearest.how}
    return figures


def _site(use: Use) -> str:
    return (use.site_code or "?") + (f" ({use.commune})" if use.commune else "")
