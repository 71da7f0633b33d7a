"""Develop: what a worker does after the answer: views and looks of new photos, and the checks whose findings a reviewer sees."""

from survey.develop.giving_up import give_up
from survey.develop.pipeline import Darkroom, develop

__all__ = ["Darkroom", "develop", "give_up"]
