"""Tasks: what accepted visits and people find to be put right, until a later visit or a person shows it done."""

from survey.tasks.deciding import Closing, change, close, drop, reopen
from survey.tasks.entering import Entry, enter, enter_list, preview
from survey.tasks.following import follow_portion, follow_site, load_findings
from survey.tasks.listing import about_site, filters_for, present_findings, select_page, todo_for_phone

__all__ = [
    "Closing", "Entry", "about_site", "change", "close", "drop", "enter", "enter_list", "filters_for", "follow_portion", "follow_site",
    "load_findings", "present_findings", "preview", "reopen", "select_page",
    "todo_for_phone",
]  # fmt: skip
