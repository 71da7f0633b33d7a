"""Languages of a form and its texts: `label::Tiếng Việt (vi)` is language `vi`; a text with `${question}` becomes a list of parts."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from survey.forms.markup import plain_text

_CODE = re.compile(r"\(([A-Za-z]{2,3}(?:-\w+)*)\)\s*$")
_NAMES = {
    "tiếng việt": "vi", "vietnamese": "vi", "english": "en", "tiếng anh": "en", "français": "fr", "french": "fr", "español": "es",
    "spanish": "es", "português": "pt", "portuguese": "pt", "lao": "lo", "khmer": "km", "arabic": "ar", "swahili": "sw", "kiswahili": "sw",
}  # fmt: skip
_REFERENCE = re.compile(r"\$\{\s*([^\s}]+)\s*\}")
_UNNAMED = "default"  # pyxform's word for texts in a column without a language
UNDETERMINED = "und"  # BCP 47's word for the same

# pyxform's English words for `or_other`, and ours for forms in other languages.
OTHER_ASKED = {
    "default": "Specify other.",
    "en": "Specify other.",
    "vi": "Ghi rõ",
    "fr": "Précisez",
    "es": "Especifique",
    "pt": "Especifique",
}
OTHER_CHOICE = {"vi": "Khác", "fr": "Autre", "es": "Otro", "pt": "Outro"}

Part = str | dict[str, Any]


def code(language: str) -> str:
    """The short code of an XLSForm language name; a name that gives none stays as it is, no name at all is `und`."""
    match = _CODE.search(language)
    if match:
        return match[1].lower()
    return UNDETERMINED if language == _UNNAMED else _NAMES.get(language.strip().lower(), language.strip())


@dataclass(frozen=True)
class Languages:
    """The languages of one form: *codes*, its default first."""

    codes: tuple[str, ...]

    @property
    def default(self) -> str:
        """The language that stands in where another lacks a text."""
        return self.codes[0]

    def texts(self, given: object) -> dict[str, str]:
        """A text of pyxform's (plain, or by language name) by language code, without markup; empty ones left out."""
        named = given if isinstance(given, Mapping) else {_UNNAMED: given}
        found = {self._code(str(language)): plain_text(str(value)) for language, value in named.items() if value not in (None, "", "-")}
        return {language: text for language, text in found.items() if text and (given is not OTHER_ASKED or language in self.codes)}

    def missing(self, texts: Mapping[str, str]) -> list[str]:
        """The languages of the form in which *texts*, not empty, lacks one."""
        return [language for language in self.codes if language not in texts] if texts else []

    def completed(self, texts: dict[str, str]) -> dict[str, str]:
        """*texts* in every language of the form: the default's, else any, where one is missing."""
        if not texts:
            return {}
        instead = texts.get(self.default) or next(iter(texts.values()))
        return {language: texts.get(language, instead) for language in self.codes}

    def _code(self, language: str) -> str:
        return self.default if language == _UNNAMED else code(language)


def languages_of(form: Mapping[str, Any]) -> Languages:
    """Every language that *form* (pyxform's reading) has labels or hints in, in the order of its columns, its default first."""
    texts = [text for text in _texts(form) if not _is_other(text)]
    names = {str(name) for text in texts for name in (text if isinstance(text, Mapping) else [_UNNAMED] if text else [])}
    ordered = [name for text in texts if isinstance(text, Mapping) for name in map(str, text)]
    default = code(str(form.get("default_language") or _UNNAMED))
    found = list(dict.fromkeys(code(name) for name in ordered if name != _UNNAMED))
    if default == UNDETERMINED and _UNNAMED not in names and found:
        default = found[0]
    if default not in (UNDETERMINED, *found) and _UNNAMED not in names:
        default = found[0] if found else UNDETERMINED  # the settings name a language that no text is in
    return Languages((default, *(language for language in found if language != default)))


def _is_other(text: object) -> bool:
    """Whether pyxform put *text* there for `or_other`: then it says nothing about the form's languages."""
    return text == OTHER_ASKED["default"] or (isinstance(text, Mapping) and set(text.values()) == {"Other"})


def _texts(element: Mapping[str, Any]) -> Iterator[object]:
    for key in ("label", "hint"):
        if element.get(key):
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
