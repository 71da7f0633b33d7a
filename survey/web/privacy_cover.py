"""The component that draws boxes over a photo: its words in both languages, and what a person saved with it.

The picture comes from /photos by the reader's role; the boxes come back as shares of the upright picture and are checked as strangers' are.
"""

from pathlib import Path

import streamlit as st

from survey.domain.privacy import Box, Cover, boxes_of, boxes_to_list
from survey.web.text import _

_FOLDER = Path(__file__).parent / "templates"
_HTML = """
<div class="cover"><p class="state" role="status"></p>
<div class="frame"><img alt="" draggable="false"><div class="layer" role="group"></div></div>
<div class="tools"><button type="button" class="add"></button><button type="button" class="undo"></button>
<button type="button" class="remove"></button><button type="button" class="save"></button></div></div>
"""
_COVER = st.components.v2.component(
    "privacy_cover", html=_HTML, css=(_FOLDER / "cover.css").read_text("utf-8"), js=(_FOLDER / "cover.mjs").read_text("utf-8")
)


def draw_boxes(sha256: str, cover: Cover | None) -> tuple[Box, ...] | None:
    """Let a person draw on the photo, from the boxes of *cover* on; the boxes where they were saved just now. Raises COVER_UNUSABLE."""
    number = 0 if cover is None else cover.number
    words = {
        "add": _("Add a box"), "undo": _("Undo"), "remove": _("Remove the box"), "save": _("Save"), "box": _("Covered part"),
        "photo": _("The photo to cover"), "count": _("{n} covered parts.", n="{n}"), "unsaved": _("Not saved yet."),
        "failed": _("The preview cannot be loaded."),
    }  # fmt: skip
    data = {"photo": sha256, "address": f"/photos/{sha256}/preview", "boxes": boxes_to_list(cover.boxes if cover else ()), "words": words}
    saved = _COVER(key=f"cover_{sha256[:16]}_{number}", data=data, on_saved_change=lambda: None).saved
    if not saved or saved.get("photo") != sha256:
        return None
    return boxes_of(saved.get("boxes"))
