"""The order of Vietnamese words in lists: the letters a ă â b c d đ e ê …, tones after letters, numbers by value.

Letters decide first (`ban` < `băn` < `bân`), then tones in the order of Vietnamese dictionaries: level, huyền, hỏi, ngã, sắc, nặng.
Latin letters that Vietnamese lacks (f, j, w, z) stand where English has them, as names of people and shops need them.
"""

import re
import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(_LETTERS, start=10)}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_VOWEL_MARKS = {"\u0306", "\u0302", "\u031b"}  # breve, circumflex, horn: part of the letter, not a tone
_END, _NEXT_WORD, _NUMBER = "01", "02", "03"  # below every letter's rank: `Bá` before `Bá Hai`, numbers before words
_PIECE = re.compile(r"\d+|[^\W\d_]+")


def sort_key(text: str) -> str:
    """A string of digits that sorts *text* the Vietnamese way; digits alone, so that every database collation agrees on it.

    Numbers compare by value, so that `Thôn 2` comes before `Thôn 10`; case and punctuation do not count.
    """
    pieces = _PIECE.findall(unicodedata.normalize("NFC", text).lower())
    letters, tones = zip(*map(_piece_key, pieces), strict=True) if pieces else ((), ())
    return _NEXT_WORD.join(letters) + _END + "".join(tones)


def _piece_key(piece: str) -> tuple[str, str]:
    if piece.isdecimal():
        digits = str(int(piece))
        return f"{_NUMBER}{len(digits):02d}{digits}", ""
    ranks, tones = [], []
    for letter in piece:
        rank, tone = _letter_key(letter)
        ranks.append(rank)
        tones.append(tone)
    return "".join(ranks), "".join(tones)


def _letter_key(letter: str) -> tuple[str, str]:
    base = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[mark] for mark in base[1:] if mark in _TONES), "0")
    plain = unicodedata.normalize("NFC", base[0] + "".join(mark for mark in base[1:] if mark in _VOWEL_MARKS))
    rank = _RANK.get(plain) or _RANK.get(base[0]) or f"99{ord(base[0]):06x}"
    return rank, tone
