"""The roadmap page: the end in sight, the chart with its titles beside it, what does not fit together, and the list of steps."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from survey import assess, roadmap
from survey.domain.criteria import Edition
from survey.domain.forecast import ShareKey
from survey.domain.owners import Milestone
from survey.domain.people import Ability, Actor, Person
from survey.domain.places import Hamlet
from survey.domain.ports import Survey
from survey.domain.problems import MILESTONE_CHANGED, Problem
from survey.domain.roadmap import Placed
from survey.domain.scoreboard import Goal, read_goal
from survey.store.milestones import select_milestones
from survey.store.people import select_people
from survey.store.places import select_hamlets
from survey.store.settings import select_settings
from survey.web import gantt, text
from survey.web.roadmap_words import dates_words, goal_words, person_names, remark_words, share_words, slack_words
from survey.web.session import Here
from survey.web.text import _, ngettext

STYLE = f"<style>{(Path(__file__).parent / 'templates' / 'roadmap.css').read_text()}</style>"
_ROW, _HEAD = 64, 40  # pixels: two lines of a title and one of dates
_WIDEST, _DAY = 1500, 9
_BACK_DAYS = 7  # of the past on a screen, so that a phone shows today at once; paper shows all of it
_MESSAGE, _GENERATION = "roadmap_message", "roadmap_generation"


@dataclass(frozen=True)
class Board:
    """What every part of the page shows: the roadmap, the names of who and where, the shares measured, and the goal."""

    roadmap: roadmap.Roadmap
    shares: Mapping[ShareKey, float]
    people: Mapping[str, Person]
    hamlets: Mapping[str, Hamlet]
    editions: Sequence[Edition]
    goal: Goal | None

    @property
    def today(self) -> date:
        """As of which day it is laid out."""
        return self.roadmap.plan.today

    @property
    def names(self) -> dict[str, str]:
        """People's names by id."""
        return {id_: person.name for id_, person in self.people.items()}

    @property
    def placed(self) -> list[Placed]:
        """The steps that the person sees, in the order in which they begin."""
        placed = self.roadmap.plan.placed
        return sorted((placed[id_] for id_ in self.roadmap.milestones), key=lambda one: (one.start, one.finish, one.step.title))


def read(survey: Survey, actor: Actor) -> Board:
    """Lay the roadmap out with what the survey measured. Raises NOT_ALLOWED."""
    actor.require(Ability.SEE_PLAN)
    with survey.reading() as reader:
        milestones = select_milestones(reader, actor.commune)
        people = {person.id: person for person in select_people(reader, actor.commune)}
        hamlets = {hamlet.id: hamlet for hamlet in select_hamlets(reader, actor.commune) if actor.reaches(hamlet.id)}
        goal = read_goal(select_settings(reader, actor.commune, "goal").get("goal"))
    editions = assess.list_editions(survey, actor)
    used = assess.editions_of(milestones.values()) & {edition.id for edition in editions}
    shares = assess.shares_now(survey, actor, sorted(used))
    return Board(roadmap.plan_of(survey, actor, shares=shares), shares, people, hamlets, editions, goal)


def goal_line(survey: Survey, actor: Actor, board: Board) -> str:
    """The goal with its forecast, as a sentence; nothing where none was entered."""
    if board.goal is None or board.goal.edition not in {edition.id for edition in board.editions}:
        return ""
    found = assess.outlook(survey, actor, board.goal.edition, board.roadmap.plan, board.roadmap.milestones)
    return goal_words(found.goal, board.goal.criteria, text.format_date(board.goal.by)) if found.goal is not None else ""


def show_head(here: Here, board: Board) -> None:
    """Show when the roadmap ends, what the goal's forecast is, how many steps are late, and the way to the printed page."""
    plan = board.roadmap.plan
    late = sum(one.late_days > 0 and not one.is_finished for one in board.placed)
    open_steps = sum(not one.is_finished for one in board.placed)
    counts = [
        (text.format_date(plan.finish or plan.today), _("end of the roadmap")),
        (str(open_steps), _("open milestones")),
        (str(sum(one.is_critical for one in board.placed)), _("critical")),
        (str(late), _("late")),
    ]
    cells = "".join(f'<div class="count"><b>{escape(value)}</b><span>{escape(name)}</span></div>' for value, name in counts)
    st.html(f'<div class="counts">{cells}</div>')
    with st.spinner(_("Computing the figures …"), show_time=True):
        line = goal_line(here.survey, here.actor, board)
    if line:
        st.info(line, icon=":material/flag:")
    st.html(f'<a class="door" href="/print/roadmap" target="_blank">{escape(_("Print the roadmap (PDF)"))}</a>')


def show_chart(board: Board) -> None:
    """Show the chart; it scrolls sideways under its titles, which stay."""
    placed, plan = board.placed, board.roadmap.plan
    first, last = gantt.frame_of(placed, board.today, [board.goal.by] if board.goal else [], back_days=_BACK_DAYS)
    width = min(_WIDEST, max(600, _DAY * ((last - first).days + 1)))
    frame = gantt.Frame(first, last, width, _ROW, _HEAD)
    drawing = gantt.draw(placed, plan.today, frame, goal=board.goal.by if board.goal else None)
    titles = "".join(f"<li>{_title(one)}</li>" for one in placed)
    st.html(
        f'{STYLE}<div class="gantt" role="region" tabindex="0" aria-label="{escape(_("Chart of the roadmap"))}">'
        f'<ul><li class="head">{escape(_("Milestone"))}</li>{titles}</ul><img src="{_source(drawing)}" alt="{escape(_alt(board))}"></div>'
        f"{legend()}"
    )


def show_remarks(board: Board) -> None:
    """Show what does not fit together."""
    said = [remark_words(one, board.roadmap) for one in board.roadmap.remarks if one.chain[-1] in board.roadmap.milestones]
    if said:
        lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
        st.subheader(_("What does not fit"), anchor=False)
        st.html(f'<ul class="remarks">{lines}</ul>')


def show_list(board: Board) -> None:
    """Show every step as a card that leads to it, the unfinished first."""
    for one in sorted(board.placed, key=lambda one: one.is_finished):
        st.html(_card(board, one))


def say(message: str) -> None:
    """Remember *message* for the next run of the page."""
    st.session_state[_MESSAGE] = message


def show_message() -> None:
    """Show what the run before has to say, once."""
    message = st.session_state.pop(_MESSAGE, None)
    if message:
        st.success(message)


def legend() -> str:
    """What the signs mean, as HTML."""
    signs = "".join(f'<span><img src="{_source(gantt.legend(kind))}" alt="">{escape(said)}</span>' for kind, said in sign_words().items())
    return f'<p class="legend">{signs}<span><b>+5</b> {escape(_("days behind the due date"))}</span></p>'


def sign_words() -> dict[str, str]:
    """What each sign of the chart means."""
    return {
        "critical": _("critical: a day here is a day at the end"), "planned": _("planned"), "done": _("done"),
        "slack": _("may slip so far"), "due": _("due date"), "today": _("today"), "goal": _("goal"),
    }  # fmt: skip


def as_seen(name: str, first_widget: str, milestone: Milestone) -> Milestone:
    """The version of *milestone* that the form *name* was drawn with: a change by another while somebody types must not pass unseen.

    *first_widget* is the key of one of its widgets: Streamlit forgets it when the form is no longer shown.
    """
    if first_widget not in st.session_state:
        st.session_state[name] = milestone
    seen: Milestone = st.session_state.setdefault(name, milestone)
    return seen


def generation() -> int:
    """How many changes were written in this session: part of the keys of forms, so that they begin anew behind a change."""
    return int(st.session_state.get(_GENERATION, 0))


def next_generation() -> None:
    """Let the forms begin anew with what is there now."""
    st.session_state[_GENERATION] = generation() + 1


def offer_new_version(problem: Problem) -> None:
    """Show *problem*; where another was faster, with a way to what is there now."""
    st.error(text.plain(text.problem_text(problem)))
    if problem.kind is MILESTONE_CHANGED:
        st.button(_("Show the new version"), on_click=next_generation, key="show_new_version")


def can_edit(here: Here) -> bool:
    """Whether the person may change the roadmap."""
    return here.actor.may(Ability.MANAGE)


def _title(one: Placed) -> str:
    mark = ' class="late"' if one.late_days and not one.is_finished else ""
    return (
        f'<a href="?milestone={quote(one.step.id)}" target="_self"><span>{escape(one.step.title)}</span>'
        f"<small{mark}>{escape(slack_words(one))}</small></a>"
    )


def _card(board: Board, one: Placed) -> str:
    milestone = board.roadmap.milestones[one.step.id]
    hamlet = board.hamlets.get(milestone.hamlet or "")
    place = hamlet.name if hamlet is not None else ""
    about = " · ".join(part for part in (place, person_names(board.names, milestone), share_words(one, milestone)) if part)
    kind = "finished" if one.is_finished else "late" if one.late_days else "critical" if one.is_critical else "planned"
    return (
        f'<a class="milestone {kind}" href="?milestone={quote(one.step.id)}" target="_self"><b>{escape(one.step.title)}</b>'
        f"<span>{escape(dates_words(one))} · {escape(slack_words(one))}</span><span>{escape(about)}</span></a>"
    )


def _alt(board: Board) -> str:
    count = len(board.placed)
    return ngettext("{n} milestone; the list says the same in words.", "{n} milestones; the list says the same in words.", count)


def _source(drawing: str) -> str:
    # As a picture: `st.html` drops drawings.
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()
