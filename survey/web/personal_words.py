"""Words of personal data: purposes, requests and the fields of a report, in the reader's language."""

from survey.domain.personal import Purpose, RequestKind, RequestState
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
        "notices": _("What the phone told you before the first photo"),
        "brought_in": _("What you handed in for others"),
        "log": _("What you changed"),
    }.get(name, name)  # fmt: skip
