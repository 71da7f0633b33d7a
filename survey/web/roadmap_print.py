"""GET /print/roadmap: the roadmap on A4 sheets, for people of the commune who may see its figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from survey.domain.roadmap import Placed
from survey.paper import typeset
from survey.store.people import select_commune_sign
from survey.web import gantt, session, text
from survey.web.pdf import pdf_response
from survey.web.roadmap import Board, goal_line, read, sign_words
from survey.web.roadmap_words import dates_words, person_names, remark_words, share_words, slack_words
from survey.web.text import _

# A sheet in quarter millimetres: a drawing of 560 is 140 mm wide, its rows 9 mm high; the template knows the same sizes.
_WIDTH, _ROW, _HEAD = 560, 36, 36
_ROWS = 15  # of a sheet
_FONT = "Libertinus Serif"  # comes with Typst
_REMARKS = 12


def routes() -> list[BaseRoute]:
    """Return the routes of this module."""
    return [Route("/print/roadmap", print_roadmap, methods=["GET"])]


def print_roadmap(request: Request) -> Response:
    """Answer the roadmap as PDF in the reader's language. Raises SIGN_IN_NEEDED, NOT_ALLOWED."""
    actor, survey = session.actor_of(request), session.open()
    board = read(survey, actor)
    with survey.reading() as reader:
        commune, demonstration = select_commune_sign(reader, actor.commune)
    data = printable(board, goal_line(survey, actor, board)) | {"commune": commune, "demonstration": demonstration}
    return pdf_response(typeset("roadmap", data, drawings(board)), f"lo-trinh-{actor.commune}-{board.today:%Y-%m-%d}")


def printable(board: Board, goal: str) -> dict[str, Any]:
    """What the template `roadmap` reads: a row for each milestone, cut into sheets, the goal, and what does not fit together."""
    sheets = _sheets(board)
    remarks = [remark_words(one, board.roadmap) for one in board.roadmap.remarks if one.chain[-1] in board.roadmap.milestones]
    return {
        "locale": text.locale(), "sheets": [[_row(board, one) for one in sheet] for sheet in sheets], "goal": goal,
        "remarks": remarks[:_REMARKS], "more": max(0, len(remarks) - _REMARKS), "signs": list(sign_words().items()),
        "words": {
            "title": _("Roadmap"), "as_of": _("As of {day}", day=text.format_date(board.today)), "milestone": _("Milestone"),
            "dates": _("Dates and who"), "standing": _("State"), "late": _("days behind the due date"), "remarks": _("What does not fit"),
            "demonstration": _("Demonstration: people, places and figures are made up."), "empty": _("The roadmap is empty."),
            "more": _("and {n} more, in the application", n=max(0, len(remarks) - _REMARKS)),
        },
    }  # fmt: skip


def drawings(board: Board) -> Mapping[str, bytes]:
    """The chart of each sheet over the same days, and the signs, by file name."""
    goal = board.goal.by if board.goal else None
    first, last = gantt.frame_of(board.placed, board.today, [goal] if goal else [])
    frame = gantt.Frame(first, last, _WIDTH, _ROW, _HEAD, _FONT)
    charts = {
        f"chart-{number}.svg": gantt.draw(sheet, board.today, frame, goal=goal).encode() for number, sheet in enumerate(_sheets(board))
    }
    return charts | {f"sign-{kind}.svg": gantt.legend(kind).encode() for kind in sign_words()}


def _sheets(board: Board) -> Sequence[Sequence[Placed]]:
    placed = board.placed
    return [placed[start : start + _ROWS] for start in range(0, len(placed), _ROWS)]


def _row(board: Board, one: Placed) -> dict[str, Any]:
    milestone = board.roadmap.milestones[one.step.id]
    hamlet = board.hamlets.get(milestone.hamlet or "")
    about = (person_names(board.names, milestone), hamlet.name if hamlet else "", share_words(one, milestone))
    return {
        "title": one.step.title, "about": " · ".join(part for part in about if part), "dates": dates_words(one),
        "standing": slack_words(one), "strong": one.is_critical or (one.late_days > 0 and not one.is_finished),
    }  # fmt: skip
