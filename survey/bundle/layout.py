"""A zip as a pure function of its members: its size, its tag and every byte range of it, without a finished file anywhere.

Each member's size, CRC-32 and SHA-256 are known beforehand, and its bytes are hashed again whenever they pass.
"""

import hashlib
import json
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from survey.bundle.zipstream import directory_entry, end_records, entry_size, local_header, local_size
from survey.domain.problems import BLOB_DAMAGED, FILE_UNKNOWN, Problem

_PORTION = 1 << 16


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip; *source* says where its bytes lie: empty for an original photo, else `<made blob>:<first byte>`."""

    path: str
    size: int
    crc32: int
    sha256: str
    source: str = ""


OpenSource = Callable[[Member], Iterable[bytes]]


class Layout:
    """Where everything lies in a zip of *members* in this order, all of them dated *day*.

    *about* are the hashes of photos that the zip shows without holding them. It holds names, hashes and offsets, about 500 bytes a
    member, never a file's bytes.
    """

    def __init__(self, day: date, members: Sequence[Member], about: Sequence[str] = ()) -> None:
        self.day = day
        self.members = members
        self._about = about
        self._starts = array("Q")
        offset = listed = 0
        for member in members:
            name = member.path.encode()
            self._starts.append(offset)
            listed += entry_size(name, member.size, offset)
            offset += local_size(name, member.size) + member.size
        self._directory = offset
        self._listed = listed
        self._end = end_records(len(members), offset, listed)

    @property
    def size(self) -> int:
        """The zip's length in bytes."""
        return self._directory + self._listed + len(self._end)

    @property
    def photos(self) -> set[str]:
        """The hashes of all original photos that the zip holds or shows in another form."""
        return {member.sha256 for member in self.members if not member.source}.union(self._about)

    def start_of(self, number: int) -> int:
        """The offset of a member's local header."""
        return self._starts[number]

    def read(self, start: int, stop: int, open_source: OpenSource) -> Iterator[bytes]:
        """The bytes from *start* up to *stop* of the zip; *open_source* gives a member's bytes from its beginning.

        A member of which the range holds only a part is read and hashed whole all the same, and its last chunk in the range is held
        back until the hash is right: a resumed download proves as much as one at once. Raises BLOB_DAMAGED, or what *open_source*
        raises, instead of that chunk.
        """
        stop = min(stop, self.size)
        number = max(0, bisect_right(self._starts, start) - 1)
        while number < len(self.members) and self._starts[number] < stop:
            yield from self._member(number, start, stop, open_source)
            number += 1
        if stop > self._directory:
            yield from _window(self._tail(), self._directory, start, stop)

    def _member(self, number: int, start: int, stop: int, open_source: OpenSource) -> Iterator[bytes]:
        member, begin = self.members[number], self._starts[number]
        header = local_header(member.path.encode(), member.size, member.crc32, self.day)
        yield from _window((header,), begin, start, stop)
        content = begin + len(header)
        first, last = max(0, start - content), min(member.size, stop - content)
        if first < last:
            yield from _proven(member, open_source, first, last)

    def _tail(self) -> Iterator[bytes]:
        portion = bytearray()
        for member, start in zip(self.members, self._starts, strict=True):
            portion += directory_entry(member.path.encode(), member.size, member.crc32, start, self.day)
            if len(portion) > _PORTION:
                yield bytes(portion)
                portion.clear()
        yield bytes(portion)
        yield self._end


def dump(day: date, members: Iterable[Member], about: Sequence[str] = ()) -> Iterator[bytes]:
    """The list that `load` reads: a line for the day and *about*, then a line of JSON for each member."""
    yield f"{json.dumps([day.isoformat(), list(about)])}\n".encode()
    for member in members:
        line = [member.path, member.size, member.crc32, member.sha256]
        yield json.dumps([*line, member.source] if member.source else line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(chunks: Iterable[bytes]) -> Layout:
    """The layout behind the bytes of `dump`."""
    rows = lines_of(chunks)
    day, about = json.loads(next(rows))
    return Layout(date.fromisoformat(day), [Member(*json.loads(row)) for row in rows], about)


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines in *chunks* of a blob, without their ends."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _window(chunks: Iterable[bytes], begin: int, start: int, stop: int) -> Iterator[bytes]:
    """What of *chunks*, the first of which lies at *begin*, falls between *start* and *stop*."""
    for chunk in chunks:
        piece = chunk[max(0, start - begin) : max(0, stop - begin)]
        begin += len(chunk)
        if piece:
            yield piece


def _proven(member: Member, open_source: OpenSource, first: int, last: int) -> Iterator[bytes]:
    digest, crc, seen, held = hashlib.sha256(), 0, 0, b""
    try:
        for chunk in open_source(member):
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
            piece = chunk if first <= seen and seen + len(chunk) <= last else chunk[max(0, first - seen) : max(0, last - seen)]
            seen += len(chunk)
            if piece:
                if held:
                    yield held
                held = piece
            if seen > member.size:
                break
    except Problem as problem:
        raise (Problem(BLOB_DAMAGED, sha256=member.sha256) if problem.kind is FILE_UNKNOWN else problem) from problem
    if (seen, crc, digest.hexdigest()) != (member.size, member.crc32, member.sha256):
        raise Problem(BLOB_DAMAGED, sha256=member.sha256)
    yield held
