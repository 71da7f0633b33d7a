"""The roadmap as a picture: bars over days, in black on white, so that it says the same on a phone, in the sun and on paper.

Hatched is critical, dark is done, a dashed outline is slack, a diamond is a due date, thin lines lead from a step to what needs it.
Pure: a plan and a frame give the text of an SVG without anything from outside; every text in it is escaped. Titles stand beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from survey.domain.roadmap import Placed

_DAY = timedelta(days=1)
_MONTHS = 12
_LABEL_PX = 58.0  # a month's label with room around it
_WEEKS_FROM_PX = 4.0  # of a day: below, lines for weeks would be a grey area
_INK, _PALE, _LINE = "#111", "#8a8a8a", "#bdbdbd"
_HATCH = (
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="6" height="6" fill="#fff"/><rect width="2.4" height="6" fill="{_INK}"/></pattern>'
)


@dataclass(frozen=True)
class Frame:
    """The days from *first* to *last* on a drawing of *width*; *row* and *head* are heights, *font* the family of its letters."""

    first: date
    last: date
    width: float
    row: float = 56
    head: float = 40
    font: str = "sans-serif"

    @property
    def day(self) -> float:
        """The width of a day."""
        return self.width / ((self.last - self.first).days + 1)

    def x(self, day: date) -> float:
        """Where *day* begins; what lies outside of the frame is at its edge."""
        return round(min(max(0, (day - self.first).days), (self.last - self.first).days + 1) * self.day, 2)


def frame_of(placed: Sequence[Placed], today: date, marked: Sequence[date] = (), *, back_days: int | None = None) -> tuple[date, date]:
    """First and last day to show: every step, due date, *today* and what is *marked*; of the past no more than *back_days*."""
    starts = [one.start for one in placed] + [today]
    ends = [day for one in placed for day in (one.finish, one.latest_finish, one.step.due_on) if day is not None]
    first = min(starts) if back_days is None else max(min(starts), today - _DAY * back_days)
    return first - _DAY * 3, max([*ends, *marked, today]) + _DAY * 10


def draw(placed: Sequence[Placed], today: date, frame: Frame, *, goal: date | None = None) -> str:
    """The SVG of *placed*, one row each in that order, with *today* and the *goal* as lines across."""
    height = frame.head + frame.row * len(placed)
    rows = {one.step.id: number for number, one in enumerate(placed)}
    by_id = {one.step.id: one for one in placed}
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width:g}" height="{height:g}" viewBox="0 0 {frame.width:g} {height:g}"'
        f' font-family="{escape(frame.font)}" font-size="12" fill="{_INK}"><defs>{_HATCH}</defs>'
    )
    parts = [
        opening,
        f'<rect width="{frame.width:g}" height="{height:g}" fill="#fff"/>',
        *_days(frame, height),
        *(_band(number, frame) for number in range(1, len(placed), 2)),
        *(_link(by_id[need], one, rows, frame) for one in placed for need in one.step.needs if need in by_id),
        *(_step(one, number, frame) for number, one in enumerate(placed)),
        _across(today, frame, height, "5 3", 2),
        "" if goal is None else _across(goal, frame, height, "1 3", 3),
        "</svg>",
    ]
    return "".join(parts)


def legend(kind: str) -> str:
    """A small drawing of one sign: `critical planned done slack due today goal`."""
    box = 'x="1" y="3" width="32" height="12"'
    signs: Mapping[str, str] = {
        "critical": f'<rect {box} fill="url(#hatch)" stroke="{_INK}" stroke-width="1.5"/>',
        "planned": f'<rect {box} fill="#fff" stroke="{_INK}" stroke-width="1.5"/>',
        "done": f'<rect {box} fill="{_INK}" stroke="{_INK}" stroke-width="1.5"/>',
        "slack": f'<rect {box} fill="none" stroke="{_PALE}" stroke-width="1.5" stroke-dasharray="3 2"/>',
        "due": _diamond(17, 9),
        "today": f'<line x1="17" y1="0" x2="17" y2="18" stroke="{_INK}" stroke-width="2" stroke-dasharray="5 3"/>',
        "goal": f'<line x1="17" y1="0" x2="17" y2="18" stroke="{_INK}" stroke-width="3" stroke-dasharray="1 3"/>',
    }
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="34" height="18" viewBox="0 0 34 18">'
        f'<defs>{_HATCH}</defs><rect width="34" height="18" fill="#fff"/>{signs[kind]}</svg>'
    )


def _days(frame: Frame, height: float) -> Iterator[str]:
    """Lines at the months, with their names, and at the Mondays where there is room."""
    every = max(1, min(_MONTHS, -(-int(_LABEL_PX) // max(1, int(frame.day * 30)))))
    month = frame.first.replace(day=1)
    count = 0
    while month <= frame.last:
        x = frame.x(month)
        yield f'<line x1="{x}" y1="0" x2="{x}" y2="{height:g}" stroke="{_LINE}"/>'
        following = (month + _DAY * 32).replace(day=1)
        room = frame.x(following) - x
        if count % every == 0 and (every > 1 or room >= _LABEL_PX):
            yield f'<text x="{x + 4:g}" y="14" font-weight="bold">{month:%m/%Y}</text>'
        month, count = following, count + 1
    if frame.day >= _WEEKS_FROM_PX:
        yield from _weeks(frame, height)


def _weeks(frame: Frame, height: float) -> Iterator[str]:
    monday = frame.first + _DAY * (-frame.first.weekday() % 7)
    while monday <= frame.last:
        x = frame.x(monday)
        yield f'<line x1="{x}" y1="20" x2="{x}" y2="{height:g}" stroke="{_LINE}" stroke-width=".6"/>'
        if frame.last - monday >= _DAY * 3:
            yield f'<text x="{x + 2:g}" y="{frame.head - 6:g}" font-size="11">{monday:%d}</text>'
        monday += _DAY * 7


def _band(number: int, frame: Frame) -> str:
    y = frame.head + frame.row * number
    return f'<rect x="0" y="{y:g}" width="{frame.width:g}" height="{frame.row:g}" fill="#000" fill-opacity=".045"/>'


def _step(one: Placed, number: int, frame: Frame) -> str:
    tall = min(24.0, frame.row * 0.5)
    middle = frame.head + frame.row * (number + 0.5)
    top, x, end = middle - tall / 2, frame.x(one.start), frame.x(one.finish + _DAY)
    parts = []
    if one.slack > 0:
        width = frame.x(one.latest_finish + _DAY) - end
        parts.append(_rect(end, top + tall * 0.2, width, tall * 0.6, f'fill="none" stroke="{_PALE}" stroke-dasharray="3 2"'))
    fill = _INK if one.is_finished else "url(#hatch)" if one.is_critical else "#fff"
    parts.append(_rect(x, top, max(2, end - x), tall, f'fill="{fill}" stroke="{_INK}" stroke-width="1.5"'))
    share = 0.0 if one.is_finished else one.step.done_share or 0.0
    if share > 0:
        parts.append(_rect(x, top + tall * 0.3, max(2, (end - x) * share), tall * 0.4, f'fill="{_INK}" stroke="#fff" stroke-width="1"'))
    if one.step.due_on is not None and frame.first <= one.step.due_on <= frame.last:
        parts.append(_diamond(frame.x(one.step.due_on + _DAY), middle))
    if one.late_days and not one.is_finished:
        beside = min(frame.width - 34, end + 10)
        parts.append(f'<text x="{beside:g}" y="{top - 2:g}" font-weight="bold">+{one.late_days}</text>')
    return "".join(parts)


def _link(need: Placed, one: Placed, rows: Mapping[str, int], frame: Frame) -> str:
    """An elbow from the end of what is needed to the beginning of what needs it."""
    x, to = frame.x(need.finish + _DAY), frame.x(one.start)
    y, target = (frame.head + frame.row * (rows[placed.step.id] + 0.5) for placed in (need, one))
    turn = max(x + 4, to - 5) if to > x else x + 5
    into = f"H{to:g}" if to > x else f"H{turn:g}V{target - frame.row * 0.38:g}H{to - 5:g}V{target:g}H{to:g}"
    path = f"M{x:g} {y:g}H{turn:g}V{target:g}{into}" if to > x else f"M{x:g} {y:g}{into}"
    tip = f'<path d="M{to:g} {target:g}l-5 -3v6z" fill="{_INK}"/>'
    return f'<path d="{path}" fill="none" stroke="{_INK}" stroke-width=".8"/>{tip}'


def _across(day: date, frame: Frame, height: float, dashes: str, width: float) -> str:
    if not frame.first <= day <= frame.last:
        return ""
    x = frame.x(day) + frame.day / 2
    return f'<line x1="{x:g}" y1="18" x2="{x:g}" y2="{height:g}" stroke="{_INK}" stroke-width="{width:g}" stroke-dasharray="{dashes}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x:g} {y - 8:g}l7 8l-7 8l-7 -8z" fill="#fff" stroke="{_INK}" stroke-width="2"/>'


def _rect(x: float, y: float, width: float, height: float, how: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{max(0, width):g}" height="{height:g}" {how}/>'
