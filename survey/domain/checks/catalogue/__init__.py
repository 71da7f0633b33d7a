"""The catalogue of checks: every code with its severity, sentence, rule and source; what a reviewer reads and a commune may tune."""

from survey.domain.checks.catalogue.pictures import PICTURES
from survey.domain.checks.catalogue.where_when import WHERE_WHEN
from survey.domain.checks.catalogue.work import WORK
from survey.domain.checks.kinds import CheckKind

CHECKS: dict[str, CheckKind] = {**WHERE_WHEN, **PICTURES, **WORK}

# A photo that was used elsewhere says more than all else together; the same file more than a picture like it.
_FIRST = ("seen_before", "looks_like", "used_again", "may_look_like")


def rank(code: str) -> tuple[int, str]:
    """Where the check *code* stands among equally grave ones."""
    return _FIRST.index(code) if code in _FIRST else len(_FIRST), code
