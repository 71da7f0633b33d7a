"""Words of personal data: purposes, requests and the fields of a report, in the reader's language."""

from typing import Any

from survey.domain.personal import Purpose, RequestKind, RequestState
from survey.domain.times import from_text
from survey.web import text
from survey.web.text import _


def purpose_title(purpose: Purpose) -> str:
    """What a purpose is called."""
    return {
        Purpose.REGISTER: _("Register of homes: name, code, place"), Purpose.VISITS: _("Visits and answers"),
        Purpose.PHOTOS: _("Photos of homes"), Purpose.POSITIONS: _("Positions of phones"),
        Purpose.PUBLISHING: _("Publishing photos"), Purpose.RESIDENTS: _("Residents' reports"),
        Purpose.ACCOUNTS: _("Accounts of officers"), Purpose.LOGS: _("Logs of who did and saw what"),
    }[purpose]  # fmt: skip


def kind_title(kind: RequestKind) -> str:
    """What a person asks for."""
    return {
        RequestKind.ACCESS: _("See what is held"), RequestKind.CORRECTION: _("Correct something"),
        RequestKind.ERASURE: _("Erase"), RequestKind.OBJECTION: _("Withdraw consent, object"), RequestKind.COMPLAINT: _("Complain"),
    }[kind]  # fmt: skip


def state_title(state: RequestState) -> str:
    """What became of a request."""
    return {RequestState.OPEN: _("Open"), RequestState.DONE: _("Done"), RequestState.REFUSED: _("Refused")}[state]


def part_title(name: str) -> str:
    """The title of a part of a report."""
    return {
        "register": _("In the register"), "visits": _("Visits"), "decisions": _("Decisions on visits"),
        "said_at_office": _("What you said at the office"), "tasks": _("Tasks"), "residents_reports": _("Residents' reports"),
        "looks": _("Who looked at it"), "bundles": _("Evidence bundles that may hold it"), "requests": _("What you asked for"),
        "sessions": _("Times signed in"), "phones": _("Phones"), "hamlets": _("Hamlets"), "identities": _("Identities"),
        "submissions": _("What you handed in"), "duties": _("Duties"), "waiting_photos": _("Photos that wait at the desk"),
        "log": _("What you changed"),
    }.get(name, name)  # fmt: skip


def say_field(name: str) -> str:
    """The name of a field of a report."""
    return {
        "name": _("Name"), "code": _("Code"), "hamlet": _("Hamlet"), "id": "ID", "made_at": _("Made"), "commune": _("Commune"),
        "known_from": _("Known from"), "latitude": _("Latitude"), "longitude": _("Longitude"), "attributes": _("Details"),
        "captured_at": _("Captured"), "received_at": _("Received"), "state": _("State"), "consent": _("Said to photos"),
        "form": _("Checklist"),
        "files": _("File"), "notes": _("Note"), "reason": _("Reason"), "at": _("When"), "role": _("Role"), "act": _("What was done"),
        "first_at": _("First"), "last_at": _("Last"), "times": _("How often"), "words": _("Words"), "outcome": _("Outcome"),
        "received_on": _("Received"), "due_on": _("Due"), "visited_by": _("Visited by"), "decided_by": _("Decided by"),
    }.get(name, name.replace("_", " "))  # fmt: skip


def say_value(name: str, value: Any) -> str:
    """A value of a report; moments in Viet Nam's time."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return " · ".join(f"{key}: {one}" for key, one in value.items()) or "–"
    if name.endswith("_at") or name in ("at", "known_from"):
        return text.format_datetime(from_text(str(value)))
    return str(value)
