"""Whether a password would be guessed: estimated by zxcvbn over its lists of leaked passwords and names, and over our own list of habits.

Refused is what a guesser finds within a hundred million tries: zxcvbn's scores 0 to 2.
The words in `habits.txt` are our own list of what people in Vietnam type first; nobody published it. A person's own name and login, the
commune's name and code are tried before all else.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from survey.domain.fold import fold

_LOOKED_AT = 72  # characters: the time grows faster than the length, and what is weak within 72 is weak by pattern
_ENOUGH = 10**8
_SHORTEST_WORD = 3


class Weakness(NamedTuple):
    """Why a password is guessable, in both languages."""

    vi: str
    en: str


_PERSONAL = Weakness("nó dựa trên tên, tên đăng nhập hoặc tên xã", "it is built on your name, your login or the commune's name")
_HABIT = Weakness("nó dựa trên cụm từ mà nhiều người dùng làm mật khẩu", "it is built on words that many people choose")
_LEAKED = Weakness("nó giống mật khẩu trong danh sách đã bị lộ", "it is like one in the lists of leaked passwords")
_PATTERNS = {
    "spatial": Weakness("nó là các phím nằm cạnh nhau", "it is a row of neighbouring keys"),
    "repeat": Weakness("nó lặp đi lặp lại", "it repeats itself"),
    "sequence": Weakness("nó là một dãy liên tiếp như 123456", "it is a sequence such as 123456"),
    "date": Weakness("nó là một ngày hoặc một năm", "it is a date or a year"),
    "regex": Weakness("nó là một ngày hoặc một năm", "it is a date or a year"),
}


def find_weakness(password: str, personal: Iterable[str]) -> Weakness | None:
    """Why *password* would be guessed, None where it would not; *personal* are names and words about the person."""
    own = _words(personal)
    habits = [word for word in _habits() if word not in own]
    written = password[:_LOOKED_AT]
    # Marks and spaces hide a word from the lists, not from a guesser.
    bare = fold(written).replace(" ", "")
    for form in dict.fromkeys((written, bare)):
        found = _estimate(form, [*own, *habits])
        if found["guesses"] < _ENOUGH:
            return _reason(found["sequence"], own)
    return None


def _reason(sequence: list[Mapping[str, Any]], own: list[str]) -> Weakness:
    """The longest part that follows a pattern says why."""
    told = [part for part in sequence if part["pattern"] != "bruteforce"]
    if not told:
        return _LEAKED
    longest = max(told, key=lambda part: len(part["token"]))
    if longest["pattern"] == "dictionary":
        if longest["dictionary_name"] != "user_inputs":
            return _LEAKED
        return _PERSONAL if longest["matched_word"] in own else _HABIT
    return _PATTERNS[longest["pattern"]]


def _words(personal: Iterable[str]) -> list[str]:
    """Each of *personal* whole, without spaces and dots, and each of its words, as they stand and folded."""
    found: list[str] = []
    for text in personal:
        for form in (text.lower(), fold(text)):
            parts = re.split(r"[^\w]+", form)
            found += [form, "".join(parts), *parts]
    return [word for word in dict.fromkeys(found) if len(word) >= _SHORTEST_WORD]


@cache
def _habits() -> list[str]:
    lines = (Path(__file__).parent / "habits.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _estimate(password: str, words: list[str]) -> Mapping[str, Any]:
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # late: its lists are megabytes, and workers never look at a password

    result: Mapping[str, Any] = zxcvbn(password, user_inputs=words)
    return result
