"""Which ability each page needs, read from the launcher's own list: it cannot be imported outside a server."""

import ast

from survey.domain.people import Ability
from survey.wiring import ROOT

_PARTS = 4  # ability, file, title, icon


def page_abilities() -> dict[str, Ability | None]:
    """The pages of `survey_app.py` in their order, each with the ability that it needs, None where anybody signed in may see it."""
    found: dict[str, Ability | None] = {}
    for node in ast.walk(ast.parse((ROOT / "survey_app.py").read_text())):
        if isinstance(node, ast.Tuple) and len(node.elts) == _PARTS and isinstance(node.elts[1], ast.Constant):
            needs, name = node.elts[0], node.elts[1].value
            found[str(name)] = Ability[needs.attr] if isinstance(needs, ast.Attribute) else None
    return found


def guards() -> dict[str, Ability | None]:
    """What each file of pages/ itself asks for in `session.enter(…)`."""
    found: dict[str, Ability | None] = {}
    for path in sorted((ROOT / "pages").glob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        entered = next(call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "enter")
        needs = entered.args[0] if entered.args else None
        found[path.stem] = Ability[needs.attr] if isinstance(needs, ast.Attribute) else None
    return found
