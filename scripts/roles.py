"""docs/roles.md: every page, route and command against every role, from what the code asks for."""

from collections.abc import Iterable

from survey.commands import names
from survey.domain.grants import GRANTS
from survey.domain.people import ABILITIES, Ability, Role
from survey.web.access_pages import page_abilities
from survey.web.access_table import PHONE, ROUTES, Access

_PROSE = """# Roles

Who may do what, and nobody else anything. Written by `scripts/tables.py` from `survey/domain/people.py`, `survey_app.py` and
`survey/web/access_table.py`; `tests/web/test_roles.py` and `tests/pages/test_roles.py` ask every cell.

Every account belongs to one commune and sees nothing of another one. What narrows an allowed answer further:

- **Hamlets.** An inspector reaches the hamlets that were given, and none where none was. Other roles reach the whole commune unless hamlets
  were given.
- **Rounds.** An appraiser reads accepted submissions and photos of the survey rounds that were given, and none where none was; sealed
  bundles only of one of these rounds, since a bundle of all rounds holds those of others too. A proof sheet names records by code, never
  homes. What the appraiser enters (the council's results, defects) bears the appraiser's name; own entries alone are taken back.
- **Criteria.** An owner sees accepted submissions and photos whose form answers one of the criteria that the owner answers for; of other
  homes the code alone.
- **Phones.** An enrolled phone may do what an inspector may, at most, whoever carries it; people who may not capture have none.
- **Last day.** An account with a last day opens nothing from the next day on (days of Viet Nam): session, link, phone and password alike.

Who gives which role is our own choice: the operator at the server gives every role, and alone the province's; a coordinator all others;
an administrator gives inspector, reviewer, owner and appraiser, and acts upon no account that manages people, so that nobody becomes a
coordinator by a link. Nobody changes the own role or scope; who is bound to hamlets gives no more than these. Each grant is an event
of the commune's log (`person_created`, `person_granted`), which the coordinator reads. An administrator who gives a role to an invented
person would be found there: no software can keep whoever makes accounts from making one.
"""
_WHO = {
    "resident": "resident without an account", "phone": "enrolled phone", **{role.value: role.value for role in Role},
}  # fmt: skip
_HEADS = [*_WHO.values()]


def table() -> str:
    """The whole page."""
    return "\n".join([
        _PROSE, "## Abilities", "", *_abilities(), "", "## Who gives which role", "", *_grants(), "", "## Pages", "", *_pages(), "",
        "## Routes", "", *_routes(), "", "## Commands", "", *_commands(),
    ]) + "\n"  # fmt: skip


def _grid(head: str, rows: Iterable[list[str]], heads: list[str]) -> list[str]:
    lines = [f"| {' | '.join([head, *heads])} |", f"|---|{'---|' * len(heads)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _cells(access: Access) -> list[str]:
    known = [access.open, access.lets(PHONE), *(access.lets(ABILITIES[role]) for role in Role)]
    return ["✓" if allowed else "–" for allowed in known]


def _abilities() -> list[str]:
    rows = [[f"`{one}`", *("✓" if one in ABILITIES[role] else "–" for role in Role)] for one in Ability]
    return _grid("ability", rows, [role.value for role in Role])


def _grants() -> list[str]:
    rows = [["operator at the server", *("✓" for _ in Role)]]
    rows += [[by.value, *("✓" if role in given else "–" for role in Role)] for by, given in GRANTS.items()]
    return _grid("who gives", rows, [role.value for role in Role])


def _pages() -> list[str]:
    rows = []
    for name, ability in page_abilities().items():
        needs = Access() if ability is None else Access(frozenset({ability}))
        rows.append([f"`/{name}`", *_cells(needs)])
    return _grid("page", rows, _HEADS)


def _routes() -> list[str]:
    return _grid("route", ([f"`{route}`", *_cells(access), access.limits] for route, access in ROUTES.items()), [*_HEADS, "narrowed to"])


def _commands() -> list[str]:
    said = "Commands are for the operator at the server's own terminal, who needs no account; nobody else can run one."
    return [said, "", *(f"- `{name}`" for name in names())]
