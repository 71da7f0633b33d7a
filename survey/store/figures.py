"""A commune's present figures: kept until a decision makes them stale."""

from survey.domain.ports import Transaction


def mark_figures_stale(tx: Transaction, commune: str) -> None:
    """Say that something counted has changed, so that the commune's figures are computed anew when next asked for."""
    tx.execute("UPDATE figure SET stale = 1 WHERE commune = :commune AND stale = 0", commune=commune)
