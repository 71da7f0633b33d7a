"""The component that lays two photos beside or over each other: its cards, its dialog with the handle, and the words in both languages.

Pictures come from /photos by the reader's role, where permission is checked at each request; nothing passes through Streamlit.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from survey.web import text
from survey.web.text import _

_FOLDER = Path(__file__).parent / "templates"
_HTML = """
<div class="cards"></div>
<dialog data-mode="over">
<header><span class="title"></span><button type="button" class="close">✕</button></header>
<div class="modes" role="group"><button type="button" class="to-over"></button><button type="button" class="to-beside"></button></div>
<div class="stage">
<div class="frame"><img class="right" draggable="false"><div class="over"><img class="left" draggable="false"></div>
<span class="tag tag-left" aria-hidden="true"></span><span class="tag tag-right" aria-hidden="true"></span>
<div class="line"><div class="handle" role="slider" tabindex="0" aria-orientation="horizontal" aria-valuemin="0" aria-valuemax="100"
aria-valuenow="50"><span aria-hidden="true">⇔</span></div></div></div>
<div class="pair"><figure><img class="left"><figcaption class="caption-left"></figcaption></figure>
<figure><img class="right"><figcaption class="caption-right"></figcaption></figure></div>
</div>
<div class="about"><p class="note" role="status"></p><div class="table"></div><div class="links"></div></div>
</dialog>
"""


@dataclass(frozen=True)
class Side:
    """One of two photos: *picture* is its address without the view, "" where it cannot be shown; then *absent* says why.

    *rows* are (label, value), the same labels in the same order on both sides; the first *brief* values stand on the card.
    *first* says that this one was first, "" on the other. *link* leads to its submission, "" where the reader is there already.
    """

    badge: str
    title: str
    picture: str = ""
    absent: str = ""
    rows: Sequence[tuple[str, str]] = ()
    brief: int = 0
    first: str = ""
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True)
class PairCard:
    """Two photos to compare; *turns* are the turns in degrees by which the right one may lie over the left, None to leave it as it is.

    *about* names the photo where *title* does not; *weight* marks how grave it is (`wrong`, `look` or ""); *more* puts it behind a fold.
    """

    title: str
    left: Side
    right: Side
    lines: Sequence[str] = ()
    about: str = ""
    weight: str = ""
    turns: Sequence[int] | None = None
    mirrored: bool = False
    more: bool = False


def show_pairs(pairs: Sequence[PairCard], *, key: str) -> None:
    """Show *pairs* as cards that open large; *key* is the component's place on the page."""
    folded = sum(pair.more for pair in pairs)
    _COMPARE(key=key, data={"pairs": [asdict(pair) for pair in pairs], "words": _words(folded)})


def _words(folded: int) -> dict[str, str]:
    return {
        "compare": _("Compare"), "close": _("Close the comparison"), "view": _("How to compare"),
        "over": _("One over the other"), "beside": _("Side by side"),
        "handle": _("Border between the two photos; move it to see more of one or the other"),
        "more": text.ngettext("{n} more pair", "{n} more pairs", folded),
        "failed": _("A photo could not be loaded. Close the comparison and open it again."),
        "apart": _("The two photos could not be laid over each other exactly; compare them side by side."),
        "laid": _("To lie over the other one the photo on the right is shown:"),
        "mirrored": _("mirrored"), "turned": _("turned"), "sized": _("enlarged or reduced, since a part was cut off"),
    }  # fmt: skip


_SCRIPT = "\n".join((_FOLDER / name).read_text() for name in ("compare.mjs", "compare_align.mjs"))
_COMPARE = st.components.v2.component(
    "review_compare", html=_HTML, css=(_FOLDER / "compare.css").read_text(), js=_SCRIPT
)
