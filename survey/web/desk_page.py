"""The page where an officer brings in photos: its words and the component that speaks to `/api/desk`.

Files go to our own routes at once: nothing rests in Streamlit's memory, and after a reload everything is still there.
"""

from pathlib import Path

import streamlit as st

from survey.domain.places import Hamlet
from survey.domain.sites import SiteKind
from survey.domain.times import local_date
from survey.store.places import select_hamlets
from survey.web import text
from survey.web.register import kind_name
from survey.web.session import Here
from survey.web.text import _

_TEMPLATES = Path(__file__).parent / "templates"
_SCRIPT = "".join((_TEMPLATES / name).read_text() for name in ("desk_line.mjs", "desk.mjs"))
_DESK = st.components.v2.component(
    "photos_desk", html='<div class="desk"></div>', css=(_TEMPLATES / "desk.css").read_text(), js=_SCRIPT
)  # fmt: skip


def show_desk(here: Here) -> None:
    """Show the person's photos that wait, and the ways to bring more, correct and hand them in."""
    with here.survey.reading() as reader:
        hamlets = select_hamlets(reader, here.actor.commune, local_date(here.survey.now()))
    near = [hamlet for hamlet in hamlets if here.actor.reaches(hamlet.id)]
    _DESK(key="photos_desk", data={"language": text.locale(), "words": _words(), "hamlets": _hamlets(near), "kinds": _kinds()})


def _hamlets(hamlets: list[Hamlet]) -> list[list[str]]:
    return [["", _("All hamlets")], *([hamlet.id, hamlet.name] for hamlet in hamlets)]


def _kinds() -> list[list[str]]:
    return [["", _("All kinds of sites")], *([kind.value, kind_name(kind)] for kind in SiteKind)]


def _words() -> dict[str, str]:
    return {
        "files": _("Choose photos or a ZIP"), "folder": _("Choose a folder"), "drop": _("or drop them here"),
        "sending": _("Sending {name}: {done} of {total}"), "reading": _("Reading the photos in {name}…"),
        "broken": _("The line broke: choose the same file again, and it goes on where it stopped."),
        "taken": _("New: {n}"), "known": _("here before: {n}"), "refused": _("not taken: {n}"),
        "hamlet": _("Propose sites of"), "kind": _("Kind of site"), "none": _("No photos wait. What you bring stays here for a day."),
        "no_site": _("No site yet"), "handed": _("Already handed in with {code}"), "photos": _("{n} photos"),
        "form": _("Checklist"), "make": _("Make submissions ({n} photos)"), "make_one": _("Make this submission"),
        "day": _("Day they were taken"), "day_needed": _("These files do not tell their day: give it."),
        "no_time": _("no time in the file"),
        "chosen": _("chosen by you"), "move": _("Site of the selected photos ({n})"), "search": _("Code or name"),
        "leave": _("Leave out"), "take": _("Take in again"), "remove": _("Remove"), "proposed": _("As proposed"),
        "left": _("left out"), "all": _("Remove all photos that wait"), "sure": _("Really remove {n} photos? They are nowhere else here."),
        "select": _("Select"), "made": _("Submission {code}: {n} photos"), "again": _("{code} had been handed in before; nothing is new"),
        "working": _("Making submissions: {done} of {total}"), "failed": _("That did not work. Try again."),
        "offline": _("The server cannot be reached. Try again."),
        "none_found": _("No site found"), "ready": _("Ready: {n} photos at {sites} sites"), "select_all": _("Select all of this site"),
        "large": _("larger than 25 MB"), "finished": _("Submissions made: {n}. Sites that need you: {troubled}."),
    }  # fmt: skip
