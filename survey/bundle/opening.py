"""Openings: salts and values that prove what a public bundle left out, checked against its commitments by anybody."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey.bundle.public import COMMITMENTS, read_commitments
from survey.bundle.verify import LOG_PATH
from survey.domain.canonical import dumps, sha256_hex
from survey.domain.commitments import LOG, commitment
from survey.domain.problems import NOT_PUBLIC, OPENING_UNREADABLE, Problem

PROVED, DIFFERS, UNKNOWN = "proved", "differs", "unknown"
MEANINGS = {
    PROVED: ("đúng là giá trị đã để lại", "this is the value that was left out"),
    DIFFERS: ("KHÔNG khớp với cam kết", "does NOT match the commitment"),
    UNKNOWN: ("hồ sơ không có cam kết nào ở đường dẫn này", "the bundle has no commitment at this path"),
}
_SALT, _LOG_SALT = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{32}")
_LONGEST = 1 << 24  # letters of a line: an event's body or an answer, never a file


@dataclass(frozen=True, slots=True)
class Opening:
    """The *value* at *path* with its *salt* in hexadecimal; of a log line the body as text."""

    path: str
    salt: str
    value: Any

    def line(self) -> str:
        """The opening as a line of the file."""
        return dumps({"path": self.path, "salt": self.salt, "value": self.value})


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an opening: one of `MEANINGS`."""

    path: str
    value: Any
    verdict: str


def check_openings(bundle: Path, file: Path) -> list[Result]:
    """Hold each opening in *file* against the public *bundle* (a zip), which should have been verified before.

    Raises NOT_PUBLIC, OPENING_UNREADABLE.
    """
    openings = list(read_openings(file))
    values = _values(bundle, {opening.path for opening in openings if not opening.path.startswith(LOG)})
    events = _events(bundle, {opening.path for opening in openings if opening.path.startswith(LOG)})
    return [Result(opening.path, opening.value, _verdict(opening, {**values, **events})) for opening in openings]


def read_openings(file: Path) -> Iterator[Opening]:
    """The openings in *file*. Raises OPENING_UNREADABLE."""
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(_LONGEST), ""), 1):
                yield _read(line, number)
    except OSError as error:
        raise Problem(OPENING_UNREADABLE, line=0) from error


def commitments_in(bundle: Path, wanted: frozenset[str] | set[str] | None = None) -> dict[str, str]:
    """Commitments by path in the public *bundle*, of the *wanted* paths where they are given. Raises NOT_PUBLIC."""
    return _values(bundle, wanted)


def matches(opening: Opening, committed: str) -> bool:
    """Whether *opening* is what was *committed*.

    A salt has its one length: of a longer one the end could have been the beginning of another value.
    """
    if opening.path.startswith(LOG):
        is_salt = _LOG_SALT.fullmatch(opening.salt) is not None and isinstance(opening.value, str)
        return is_salt and sha256_hex(f"{opening.salt}\n{opening.value}") == committed
    return _SALT.fullmatch(opening.salt) is not None and commitment(bytes.fromhex(opening.salt), opening.value) == committed


def _verdict(opening: Opening, committed: dict[str, str]) -> str:
    if opening.path not in committed:
        return UNKNOWN
    return PROVED if matches(opening, committed[opening.path]) else DIFFERS


def _read(line: str, number: int) -> Opening:
    try:
        fields = json.loads(line)
        opening = Opening(fields["path"], fields["salt"], fields["value"])
        opening.line().encode()
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Problem(OPENING_UNREADABLE, line=number) from error
    if not (isinstance(opening.path, str) and isinstance(opening.salt, str)):
        raise Problem(OPENING_UNREADABLE, line=number)
    return opening


def _values(bundle: Path, wanted: frozenset[str] | set[str] | None) -> dict[str, str]:
    pairs = read_commitments(_lines(bundle, COMMITMENTS))
    return {path: value for path, value in pairs if wanted is None or path in wanted}


def _events(bundle: Path, wanted: set[str]) -> dict[str, str]:
    if not wanted:
        return {}
    events = (json.loads(line) for line in _lines(bundle, LOG_PATH))
    inner = ((f"{LOG}{event['seq']}", event.get("inner")) for event in events)
    return {path: text for path, text in inner if path in wanted and isinstance(text, str)}


def _lines(bundle: Path, name: str) -> Iterable[str]:
    try:
        with zipfile.ZipFile(bundle) as archive:
            found = [member for member in archive.namelist() if member.partition("/")[2] == f"data/{name}"]
            if len(found) != 1:
                raise Problem(NOT_PUBLIC, name=bundle.name)
            with archive.open(found[0]) as stream:
                yield from io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    except (OSError, zipfile.BadZipFile) as error:
        raise Problem(NOT_PUBLIC, name=bundle.name) from error
