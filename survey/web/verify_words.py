"""What came of a bundle's check, in the words of the page: one sentence, each fault with what it means and what to do, the facts."""

from contextlib import suppress
from datetime import date

from survey.bundle.faults import Fault
from survey.bundle.trust import Trust
from survey.bundle.verify import Verification
from survey.web import text
from survey.web.text import _

_HARMFUL = frozenset({
    "TOO_MANY_MEMBERS", "TOO_LARGE", "RATIO", "HEADERS_DIFFER", "OVERLAP", "EXTRA_BYTES", "NAME_UNSAFE", "NAME_TOO_LONG", "DUPLICATE",
    "NOT_A_FILE", "ENCRYPTED", "METHOD",
})  # fmt: skip
_BROKEN = frozenset({"UNREADABLE", "NOT_A_ZIP", "DAMAGED"})


def said_of(checked: Verification, *, known_head: bool) -> dict[str, object]:
    """*checked* as the page reads it, in the language of the moment; *known_head* is whether the person gave a head to compare."""
    tone, sentence = _outcome(checked)
    faults = [{"code": fault.code, "place": fault.place, "meaning": _meaning(fault), "advice": _advice(fault)} for fault in checked.faults]
    compared = _("The known head is in its log.") if known_head and not checked.faults else ""
    return {
        "tone": tone, "sentence": " ".join(filter(None, (sentence, compared))),
        "faults": faults,
        "notices": [f"{_meaning(notice)} {notice.place}" for notice in checked.notices], "facts": _facts(checked),
    }  # fmt: skip


def _outcome(checked: Verification) -> tuple[str, str]:
    if checked.faults:
        return "bad", _("Do not rely on this bundle: {n} faults were found.", n=text.format_number(len(checked.faults)))
    if checked.facts.seal.trust is Trust.KNOWN:
        return "good", _("The bundle is whole and unchanged, and signed with the key that you gave.")
    return "open", _("The bundle is whole and unchanged since it was signed. Whose key it is, you have not compared yet.")


def _meaning(fault: Fault) -> str:
    return fault.en if text.locale() == "en" else fault.vi


def _advice(fault: Fault) -> str:
    if fault.code in _HARMFUL:
        return _("Do not unpack it; ask for the bundle again.")
    if fault.code in _BROKEN:
        return _("Probably damaged on its way: copy or download it again.")
    if fault.code.startswith("SIGN"):
        return _("Ask the commune, in person or by phone, for the fingerprint of its key.")
    if fault.code.startswith(("LOG", "NOT_RECEIVED")):
        return _("Compare with the heads on receipts and briefings, and ask the commune to explain.")
    if fault.place.startswith("data/"):
        return _("Do not count this file as evidence; ask for the bundle again.")
    return _("Ask for the bundle again.")


def _day(said: str) -> str:
    """The day that a bundle names, as the reader writes days; what it says word by word where that is no day."""
    with suppress(ValueError):
        return text.format_date(date.fromisoformat(said))
    return said


def _facts(checked: Verification) -> list[list[str]]:
    facts, seal = checked.facts, checked.facts.seal
    files = _("{n} files, {size}", n=text.format_number(facts.files), size=text.format_size(facts.octets)) if facts.files else ""
    rows = (
        (_("Made by the commune"), facts.source), (_("Scope"), facts.description), (_("Date"), _day(facts.date)), (_("Contents"), files),
        (_("Part"), _("{n} of {total}", n=facts.bag[0], total=facts.bag[1]) if facts.bag[1] > 1 else ""),
        (_("Signed with the key"), seal.fingerprint), (_("Head of the log"), facts.head), (_("Number of the bundle"), facts.basis),
    )  # fmt: skip
    return [[label, value] for label, value in rows if value]
