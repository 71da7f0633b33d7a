"""Reuse: whether this picture was handed in for something else, as it is or changed."""

from collections.abc import Iterator, Sequence

from survey.domain.checks.findings import Figure, Finding, found
from survey.domain.checks.thresholds import Thresholds
from survey.domain.checks.visit import Picture, Use, Visit
from survey.domain.times import local_date


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
    same_day = visit.ended_at is not None and local_date(use.captured_at) == local_date(visit.ended_at)
    return use.site is None or use.site != visit.site or use.round != visit.round or not same_day


def _code(use: Use, limits: Thresholds) -> str:
    if use.distance <= limits.same_picture_bits:
        return "used_again" if not use.earlier else "seen_before" if use.exact else "looks_like"
    return "may_look_like" if use.distance <= limits.alike_picture_bits else ""


def _figures(code: str, uses: Sequence[Use]) -> dict[str, Figure]:
    sites = sorted({_site(use) for use in uses})
    figures: dict[str, Figure] = {"submissions": sorted({use.code for use in uses}), "sites": sites}
    if code in ("looks_like", "may_look_like"):
        nearest = min(uses, key=lambda use: (use.distance, use.how, use.code))
        figures |= {"distance": nearest.distance, "how": nearest.how}
    return figures


def _site(use: Use) -> str:
    return (use.site_code or "?") + (f" ({use.commune})" if use.commune else "")
