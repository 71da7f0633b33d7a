"""The page that takes a bundle to check: its words and the component that sends it to `/api/verify`."""

from pathlib import Path

import streamlit as st

from survey.store.signing_keys import select_current_key
from survey.web import text
from survey.web.session import Here
from survey.web.text import _

_TEMPLATES = Path(__file__).parent / "templates"
_CHECK = st.components.v2.component(
    "bundle_check", html='<div class="check"></div>',
    css=(_TEMPLATES / "verify.css").read_text(), js=(_TEMPLATES / "verify.mjs").read_text(),
)  # fmt: skip


def show_check(here: Here) -> None:
    """Show where a bundle is chosen, what the person knows of its signer and log, and what came of the check."""
    with here.survey.reading() as reader:
        key = select_current_key(reader)
    _CHECK(key="bundle_check", data={"language": text.locale(), "words": _words(), "fingerprint": key.fingerprint if key else ""})


def _words() -> dict[str, str]:
    return {
        "choose": _("Choose the bundle (ZIP)"), "drop": _("or drop it here"), "start": _("Check"), "again": _("Check another bundle"),
        "print": _("Fingerprint of the key, as on paper"),
        "print_help": _("Filled in with this server's own key. Leave empty if you have none."),
        "head": _("Known head of the log (number and hash, or the hash alone)"),
        "head_help": _("On receipts and briefings. May stay empty."),
        "sending": _("Sending: {share} %"), "checking": _("Checking: {share} %"), "sent": _("Checking…"), "stop": _("Stop"),
        "offline": _("The server cannot be reached. Try again."), "failed": _("That did not work. Try again."),
        "stopped": _("Stopped."), "faults": _("Faults"), "facts": _("What the bundle says of itself"),
    }  # fmt: skip
