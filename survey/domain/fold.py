"""Folding text for search: what a person types without Vietnamese marks finds what is written with them.

The same rule runs in the browser; `tests/vectors/fold.json` holds the cases that both must pass.
"""

import unicodedata


def fold(text: str) -> str:
    """*text* in lower case without diacritics, đ as d, runs of white space as one space, none at the ends."""
    bare = "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
    return " ".join(bare.lower().replace("đ", "d").split())
