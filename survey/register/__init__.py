"""The register's verbs: load a file of sites, add, edit or close one, add, merge or rename hamlets. Each gathers, decides, writes."""

from survey.register.editing import add_hamlet, add_site, close_site, edit_site
from survey.register.loading import load
from survey.register.merging import Merger, merge_hamlets, preview_merger, rename_hamlet
from survey.register.report import LoadReport
from survey.register.templates import FIELDS, template

__all__ = [
    "FIELDS", "LoadReport", "Merger", "add_hamlet", "add_site", "close_site", "edit_site", "load", "merge_hamlets", "preview_merger",
    "rename_hamlet", "template",
]  # fmt: skip
