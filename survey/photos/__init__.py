"""Photo bytes to facts, views and findings; the only importer of Pillow."""

from survey.photos.darkroom import Darkroom
from survey.photos.intake import inspect
from survey.photos.views import Developed, develop

__all__ = ["Darkroom", "Developed", "develop", "inspect"]
