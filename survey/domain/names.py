"""Names that clients give: labels for people to read, never paths."""

import unicodedata

_LONGEST = 120
# Cc controls, Cf formatting (bidi marks, zero-width), Co private use, Cs surrogates, Cn unassigned, Zl and Zp separators.
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def clean_file_name(name: str) -> str:
    """*name* as a label: NFC, its last path part, without control and bidi characters, at most 120 characters.

    The ending is kept where a name is cut. The result may be empty: then there is no name.
    """
    composed = unicodedata.normalize("NFC", name)
    kept = "".join(letter for letter in composed if unicodedata.category(letter) not in _DROPPED)
    last = kept.replace("\\", "/").rpartition("/")[2].strip()
    if last in (".", ".."):
        return ""
    if len(last) <= _LONGEST:
        return last
    stem, dot, ending = last.rpartition(".")
    tail = dot + ending if stem and len(ending) <= 10 else ""  # noqa: PLR2004 - no ending of a photo is longer
    return last[: _LONGEST - len(tail)] + tail
