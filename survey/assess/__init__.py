"""Assess: what the counted submissions mean for the criteria, with the basis of every verdict (DESIGN 2.6, 2.7, 2.13)."""

from survey.assess.asking import ContributionsPage, assess, find_sites, list_editions, load_edition
from survey.assess.keeping import JOB, Figures, figures_on, present_figures, renew_figures, scoreboard, sweep
from survey.domain.scoreboard import Goal, Scoreboard, ScoreRow

__all__ = [
    "JOB", "ContributionsPage", "Figures", "Goal", "ScoreRow", "Scoreboard", "assess", "figures_on", "find_sites", "list_editions",
    "load_edition", "present_figures", "renew_figures", "scoreboard", "sweep",
]  # fmt: skip
