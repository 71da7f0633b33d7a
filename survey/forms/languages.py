"""Languages of a form and its texts: `label::Tiếng Việt (vi)` is language `vi`; a text with `${question}` becomes a list of parts."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-\w+)*)\)\s*$")
_NAMES = {"tiếng việt": "vi", "vietnamese": "vi", "english": "en", "tiếng anh": "en"}
_REFERENCE = re.compile(r"\$\{\s*([^\s}]+)\s*\}")
DEFAULT = "vi"

Part = str | dict[str, Any]


def code(language: str) -> str:
    """The short code of an XLSForm language name; `default`, for texts without a language, is Vietnamese."""
    match = _CODE.search(language)
    return match[1] if match else _NAMES.get(language.strip().lower(), DEFAULT if language == "default" else language.strip())


def by_code(text: object) -> dict[str, str]:
    """A text of pyxform's (plain, or by language name) by language code; empty ones left out."""
    given = text if isinstance(text, Mapping) else {"default": text}
    return {code(str(language)): str(value) for language, value in given.items() if value not in (None, "", "-")}


def all_codes(form: Mapping[str, Any]) -> list[str]:
    """Every language of *form*, its default first."""
    found = {language: None for text in _texts(form) for language in by_code(text)}
    default = code(str(form.get("default_language", "default")))
    return sorted(found or {DEFAULT: None}, key=lambda language: (language != default, language))


def _texts(element: Mapping[str, Any]) -> Iterator[object]:
    for key in ("label", "hint"):
        if key in element:
            yield element[key]
    for child in element.get("children", ()):
        yield from _texts(child)
    for choices in element.get("choices", {}).values() if isinstance(element.get("choices"), Mapping) else ():
        for choice in choices:
            yield choice.get("label")


def parts(text: str, path_of: Callable[[str], dict[str, Any]]) -> list[Part]:
    """*text* cut at each `${question}`, which becomes `{"expr": …}`."""
    pieces = _REFERENCE.split(text)
    cut: list[Part] = [piece if place % 2 == 0 else {"expr": path_of(piece)} for place, piece in enumerate(pieces)]
    return [part for part in cut if part != ""]
