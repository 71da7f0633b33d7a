"""The catalogue of checks: every code with its severity, sentence, rule and source; what a reviewer reads and a commune may tune."""

from survey.domain.checks.catalogue.pictures import PICTURES
from survey.domain.checks.catalogue.where_when import WHERE_WHEN
from survey.domain.checks.catalogue.work import WORK
from survey.domain.checks.kinds import CheckKind

CHECKS: dict[str, CheckKind] = {**WHERE_WHEN, **PICTURES, **WORK}


def rank(code: str) -> tuple[bool, str]:
    """Where the check *code* stands among equally grave ones: a photo that was used elsewhere first, it says more than the rest."""
    return code not in CHECKS or CHECKS[code].group != "reuse", code
