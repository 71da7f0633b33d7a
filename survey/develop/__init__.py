"""Develop: what a worker does after the answer: views and looks of new photos, and the checks whose findings a reviewer sees."""

from survey.develop.across import compare_communes
from survey.develop.giving_up import give_up, say_unexamined
from survey.develop.pipeline import Darkroom, develop, examine_again
from survey.photos.likeness import Memory

__all__ = ["Darkroom", "Memory", "compare_communes", "develop", "examine_again", "give_up", "say_unexamined"]
