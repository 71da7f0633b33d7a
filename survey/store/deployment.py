"""Which communes this deployment holds."""

from survey.domain.ports import Reader
from survey.domain.problems import DEPLOYMENT_EMPTY, Problem


def select_only_commune(reader: Reader) -> str:
    """The code of the deployment's first commune, for doors that serve one. Raises DEPLOYMENT_EMPTY."""
    row = reader.row("SELECT commune FROM commune ORDER BY created_at, commune LIMIT 1")
    if row is None:
        raise Problem(DEPLOYMENT_EMPTY)
    return str(row["commune"])


def is_demonstration(reader: Reader) -> bool:
    """Whether any commune of the deployment is a demonstration: it must never be mixed with a real one."""
    return reader.row("SELECT 1 AS found FROM commune WHERE demonstration = 1 LIMIT 1") is not None
