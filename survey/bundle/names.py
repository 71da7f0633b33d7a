"""Names of files in a bundle: plain ASCII that a person can read, and no two alike on any file system."""

import re

from survey.domain.fold import fold

_OTHER = re.compile(r"[^a-z0-9]+")
_OTHER_KEEPING_CASE = re.compile(r"[^A-Za-z0-9]+")
# Names that Windows keeps for devices, whatever their extension.
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))})
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
}


def plain(text: str, *, limit: int = 40) -> str:
    """*text* in lower-case ASCII letters, digits and single hyphens, at most *limit* long; `x` where nothing is left."""
    word = _OTHER.sub("-", fold(text)).strip("-")[:limit].strip("-")
    return f"{word}-x" if word in _RESERVED else word or "x"


def plain_code(code: str, *, limit: int = 40) -> str:
    """Like `plain`, keeping the letters' case where they are ASCII already: codes such as `HO-0012` stay as printed."""
    if not code.isascii():
        return plain(code, limit=limit)
    word = _OTHER_KEEPING_CASE.sub("-", code).strip("-")[:limit].strip("-")
    return f"{word}-x" if word.lower() in _RESERVED else word or "x"


def is_device(part: str) -> bool:
    """Whether Windows keeps the file name *part* for a device, whatever its extension."""
    return part.split(".", 1)[0].rstrip(" ").lower() in _RESERVED


def extension(media_type: str) -> str:
    """The usual file extension of an image's *media_type*; `bin` for any other."""
    return _EXTENSIONS.get(media_type, "bin")


class Names:
    """Gives out names once: a name that is taken, in any case of letters, gets the next free number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def once(self, stem: str, suffix: str = "") -> str:
        """*stem* with *suffix*, as it is the first time, then with `-2`, `-3` and so on."""
        name = stem + suffix
        key = name.lower()
        while name.lower() in self._taken:
            number = self._next[key] = self._next.get(key, 1) + 1
            name = f"{stem}-{number}{suffix}"
        self._taken.add(name.lower())
        return name

    def numbered(self, stem: str, suffix: str = "") -> str:
        """*stem* with the next two-digit number of its own and *suffix*: `…_01.jpg`, `…_02.jpg`."""
        key = stem.lower() + "_"
        while True:
            number = self._next[key] = self._next.get(key, 0) + 1
            name = f"{stem}_{number:02d}{suffix}"
            if name.lower() not in self._taken:
                self._taken.add(name.lower())
                return name
