"""Rows as lines of JSON, an object each with the columns' names: bytes as base64, numbers and texts as they are.

Any engine's rows are written, and read into any engine; a person reads them with `less`.
"""

import base64
import binascii
import json
from collections.abc import Collection, Iterable, Iterator

from survey.domain.ports import Row
from survey.domain.problems import BACKUP_DAMAGED, Problem

_PART_BYTES = 4 << 20
_LINE_BYTES = 128 << 20
_BASE64 = "base64"
_INTEGERS = range(-(1 << 63), 1 << 63)


def to_parts(rows: Iterable[Row]) -> Iterator[tuple[bytes, int]]:
    """Portions of some 4 MiB of lines, each with its number of rows."""
    lines: list[bytes] = []
    size = 0
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_encoded).encode() + b"\n"
        lines.append(line)
        size += len(line)
        if size >= _PART_BYTES:
            yield b"".join(lines), len(lines)
            lines, size = [], 0
    if lines:
        yield b"".join(lines), len(lines)


def from_part(name: str, chunks: Iterable[bytes], columns: Collection[str]) -> Iterator[dict[str, object]]:
    """The rows of one portion. Raises BACKUP_DAMAGED, naming *name*, where a line is not an object with exactly *columns*."""
    wanted = set(columns)
    for number, line in enumerate(_lines(name, chunks), 1):
        try:
            row = _row(json.loads(line), wanted)
        except (ValueError, RecursionError) as error:
            raise Problem(BACKUP_DAMAGED, name=name, found=f"{name}:{number}") from error
        yield row


def _row(said: object, columns: set[str]) -> dict[str, object]:
    if not isinstance(said, dict) or said.keys() != columns:
        raise ValueError("not a row of these columns")
    return {column: _decoded(value) for column, value in said.items()}


def _lines(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest: list[bytes] = []
    waiting = 0
    for chunk in chunks:
        *whole, last = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*rest, line])
            rest, waiting = [], 0
        rest.append(last)
        waiting += len(last)
        if waiting > _LINE_BYTES:
            raise Problem(BACKUP_DAMAGED, name=name, found=f"{name}: a row of more than {_LINE_BYTES} bytes")
    if waiting:
        yield b"".join(rest)


def _encoded(value: object) -> dict[str, str]:
    if not isinstance(value, bytes | memoryview):
        raise TypeError(f"a column holds {type(value).__name__}")
    return {_BASE64: base64.b64encode(value).decode()}


def _decoded(value: object) -> object:
    if isinstance(value, dict):
        if value.keys() != {_BASE64}:
            raise ValueError("not bytes")
        try:
            return base64.b64decode(value[_BASE64], validate=True)
        except (TypeError, binascii.Error) as error:
            raise ValueError("not base64") from error
    if isinstance(value, bool) or (isinstance(value, int) and value not in _INTEGERS) or not isinstance(value, str | int | float | None):
        raise ValueError("no value of a column")
    return value
