"""Reading a zip from a stranger: nothing is unpacked, every file is judged by its entry before a byte of it is read.

The limits are ours, chosen so that a bundle of a large commune passes and a bomb does not.
"""

import re
import stat
import unicodedata
import zlib
from collections.abc import Iterator, Sequence

from survey.bundle.container import BrokenZipError, Entry, Source, gap_after, locate, read_directory, read_entries
from survey.bundle.faults import Fault, Found
from survey.bundle.names import is_device

MAX_RATIO = 100
"""How many times its packed size one file may have; text packs some ten times."""
MAX_SWELL = 20
"""How many times the zip's own size all files together may have."""
MAX_COMPONENT = 255  # the longest name that common file systems take
_SMALL = 1 << 20  # a short text may compress beyond the ratio without harm
_SMALL_ALL = 64 << 20
_CHUNK = 1 << 20
_PACKED_CHUNK = 1 << 16
_SHOWN = 120
_MAX_PATH = 1000
_MAX_DEPTH = 20
_ORDINARY = re.compile(r"[A-Za-z0-9_./-]+")
_NO_NAMES = frozenset({"", ".", ".."})
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x2041  # bits 0, 6 and 13 of the flags

READ_ERRORS = (BrokenZipError, zlib.error, OSError)


def read_members(source: Source, found: Found) -> dict[str, Entry]:
    """The files of the zip in *source* that may be read, by name; what may not, and what is wrong with the zip, goes to *found*."""
    try:
        directory = read_directory(source)
    except READ_ERRORS:
        found.add(Fault("NOT_A_ZIP", ""))
        return {}
    for code in sorted(set(directory.flaws)):
        found.add(Fault(code, ""))
    try:
        entries = read_entries(source, directory)
    except READ_ERRORS as error:
        found.add(Fault("TOO_MANY_MEMBERS" if str(error) == "too many" else "HEADERS_DIFFER", ""))
        return {}
    if sum(entry.size for entry in entries) > max(_SMALL_ALL, MAX_SWELL * source.size):
        found.add(Fault("TOO_LARGE", ""))
        return {}
    refused = _misplaced(source, entries, directory.base, directory.start)
    return _safe(entries, refused, found)


def read_member(source: Source, entry: Entry) -> Iterator[bytes]:
    """The file's bytes in chunks, never more than its entry declares. Raises one of READ_ERRORS where they are damaged."""
    chunks = _inflated(source, entry) if entry.method == _DEFLATED else _stored(source, entry)
    seen, crc = 0, 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > entry.size:
            raise BrokenZipError("more than declared")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if seen != entry.size or crc != entry.crc32:
        raise BrokenZipError("not the declared bytes")


def shown(name: str) -> str:
    """*name* fit for a terminal: control characters replaced, cut to one line."""
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in name[:_MAX_PATH])
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _stored(source: Source, entry: Entry) -> Iterator[bytes]:
    if entry.packed != entry.size:
        raise BrokenZipError("stored in another size")
    for at in range(0, entry.size, _CHUNK):
        yield source.read(entry.data + at, min(_CHUNK, entry.size - at))


def _inflated(source: Source, entry: Entry) -> Iterator[bytes]:
    """Each call of the decompressor is bounded in what it takes and gives, so that a stream without an end runs out of input."""
    inflate, at, rest, full = zlib.decompressobj(-zlib.MAX_WBITS), 0, b"", False
    while not inflate.eof:
        if not rest and not full:  # after a full chunk it may hold more without new input
            if at >= entry.packed:
                raise BrokenZipError("the stream has no end")
            rest = source.read(entry.data + at, min(_PACKED_CHUNK, entry.packed - at))
            at += len(rest)
        if chunk := inflate.decompress(rest, _CHUNK):
            yield chunk
        rest, full = inflate.unconsumed_tail, len(chunk) == _CHUNK
    if inflate.unused_data or at != entry.packed:
        raise BrokenZipError("bytes behind the stream")


def _misplaced(source: Source, entries: Sequence[Entry], base: int, stop: int) -> dict[int, str]:
    """What is wrong with the place or the own header of an entry, by its position in *entries*."""
    refused: dict[int, str] = {}
    order = sorted(range(len(entries)), key=lambda number: entries[number].start)
    expected = base
    for place, number in enumerate(order):
        entry = entries[number]
        code = locate(source, entry, base)
        begin = base + entry.start
        after = base + entries[order[place + 1]].start if place + 1 < len(order) else stop
        if place == 0 and begin != expected:
            code = code or "EXTRA_BYTES"
        code = code or gap_after(source, entry, after)
        if code is not None:
            refused[number] = code
        if code == "OVERLAP" and place + 1 < len(order):
            refused[order[place + 1]] = "OVERLAP"
    return refused


def _safe(entries: Sequence[Entry], refused: dict[int, str], found: Found) -> dict[str, Entry]:
    names = [entry.name for entry in entries]
    twice = _colliding(names)
    safe: dict[str, Entry] = {}
    for number, (entry, name) in enumerate(zip(entries, names, strict=True)):
        code = _entry_fault(entry, name) or ("DUPLICATE" if number in twice else None) or refused.get(number)
        if code is not None:
            found.add(Fault(code, shown(name)))
        elif not (name.endswith("/") and entry.size == 0):
            safe[name] = entry
    return safe


def _colliding(names: Sequence[str]) -> set[int]:
    """Positions of names that some file system takes for one another, or for the folder of another."""
    keys = [unicodedata.normalize("NFC", name[:_MAX_PATH]).casefold() for name in names]
    first: dict[str, int] = {}
    found: set[int] = set()
    for number, key in enumerate(keys):
        other = first.setdefault(key.rstrip("/"), number)
        if other != number:
            found |= {number, other}
    files = {key: number for number, key in enumerate(keys) if not key.endswith("/")}
    return found | {files[parent] for key in keys for parent in _parents(key) if parent in files}


def _parents(key: str) -> Iterator[str]:
    at = key.find("/")
    for _ in range(_MAX_DEPTH):
        if at <= 0 or at == len(key) - 1:
            return
        yield key[:at]
        at = key.find("/", at + 1)


def _entry_fault(entry: Entry, name: str) -> str | None:
    found = (
        ("NAME_TOO_LONG", _is_long(name)),
        ("NAME_UNSAFE", is_unsafe(name)),
        ("NOT_A_FILE", stat.S_IFMT(entry.mode) not in {0, stat.S_IFREG, stat.S_IFDIR} or (name.endswith("/") and entry.size > 0)),
        ("ENCRYPTED", bool(entry.flags & _ENCRYPTED)),
        ("METHOD", entry.method not in {_STORED, _DEFLATED}),
        ("RATIO", entry.size > max(_SMALL, MAX_RATIO * entry.packed)),
    )
    return next((code for code, is_so in found if is_so), None)


def _is_long(name: str) -> bool:
    if len(name) > _MAX_PATH or name.count("/") > _MAX_DEPTH:
        return True
    return max(len(part.encode("utf-8", "replace")) for part in name.split("/")) > MAX_COMPONENT


def is_unsafe(name: str) -> bool:
    """Whether a path would leave its folder, hide what it is, or mean something else on Windows."""
    parts = name.removesuffix("/").split("/")
    if _ORDINARY.fullmatch(name):
        return any(part in _NO_NAMES or part[-1] == "." or is_device(part) for part in parts)
    return (
        name.startswith("~")
        or any(letter in '\\:*?"<>|\ufffd' for letter in name)
        or any(part in _NO_NAMES or part[-1] in ". " or is_device(part) for part in parts)
        or any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in name)
    )
