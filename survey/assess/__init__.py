"""Assess: what the counted submissions mean for the criteria, with the basis of every verdict (DESIGN 2.6, 2.7, 2.13)."""

from survey.assess.asking import ContributionsPage, assess, find_sites, list_editions, load_edition, verdicts_of
from survey.assess.foreseeing import Outlook, editions_of, foresee, outlook, renew_figures, shares_now
from survey.assess.keeping import FORECAST_JOB, JOB, Figures, figures_on, present_figures, scoreboard, sweep
from survey.domain.scoreboard import Goal, Scoreboard, ScoreRow

__all__ = [
    "FORECAST_JOB", "JOB", "ContributionsPage", "Figures", "Goal", "Outlook", "ScoreRow", "Scoreboard", "assess", "editions_of",
    "figures_on", "find_sites", "foresee", "list_editions", "load_edition", "outlook", "present_figures", "renew_figures", "scoreboard",
    "shares_now", "sweep", "verdicts_of",
]  # fmt: skip
