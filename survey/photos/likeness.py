"""Likeness: which of many photos look like one, by an exact search over their hashes in memory."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from survey.domain.looks import REGIONS, how_found

# Measured: no false match in 1,054,976 pairs of different scenes at 8 bits or fewer; docs/checks.md.
ALIKE_BITS: Final = 8
# Our own choice: hashes compared at a time; they and what is worked out of them stay in a core's cache, twice as fast as all at once.
_BLOCK: Final = 32_768
# Our own choice: photos whose hashes a worker holds, 36 bytes each; seven communes of 150,000 photos take 38 MB.
_MOST_HELD: Final = 1_050_000

# Photos that are held as Python's numbers, many times as large, on their way in.
_PORTION: Final = 10_000

_NONE: Final[NDArray[np.int64]] = np.empty(0, np.int64)

Hashes = Sequence[int]


class Found(NamedTuple):
    """A photo of the index that looks like the one asked about: its number, the bits that differ, and how it is found (`how_found`)."""

    seq: int
    distance: int
    how: str


class Index:
    """The hashes of photos by their numbers: `REGIONS` a photo, added in the order of the numbers."""

    def __init__(self) -> None:
        self._hashes: NDArray[np.int64] = np.empty((0, len(REGIONS)), np.int64)
        self._seqs: NDArray[np.int32] = np.empty(0, np.int32)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def last(self) -> int:
        """The number of the photo that was added last; 0 where there is none."""
        return int(self._seqs[self._length - 1]) if self._length else 0

    def extend(self, photos: Iterable[tuple[int, Hashes]]) -> None:
        """Add *photos* as (number, hashes of `REGIONS`)."""
        coming = iter(photos)
        while added := list(islice(coming, _PORTION)):
            self._make_room(len(added))
            end = self._length + len(added)
            self._seqs[self._length : end] = [seq for seq, _ in added]
            self._hashes[self._length : end] = [hashes for _, hashes in added]
            self._length = end

    def nearest(self, probes: Sequence[tuple[str, int]], most: int) -> list[Found]:
        """The photos that a probe (name, hash) comes within `ALIKE_BITS` of, the nearest *most* of them, each once, nearest first."""
        near: dict[int, Found] = {}
        for hash_place, distance, probe in zip(*self._hits(np.array([value for _, value in probes], np.int64)), strict=True):
            if len(near) == most:
                break
            place, region = divmod(hash_place, len(REGIONS))
            near.setdefault(place, Found(int(self._seqs[place]), distance, how_found(probes[probe][0], REGIONS[region])))
        return list(near.values())

    def _hits(self, probes: NDArray[np.int64]) -> tuple[list[int], list[int], list[int]]:
        """Of every hit the hash's place, the distance and the probe's place: nearest first, then the oldest photo and the first probe."""
        # Without a sign: of a signed number numpy counts the bits of its absolute value.
        hashes, probes = self._hashes[: self._length].reshape(-1).view(np.uint64), probes.view(np.uint64)
        differing, counts = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint8)
        places, distances, names = [_NONE], [_NONE.astype(np.uint8)], [_NONE]
        for start in range(0, len(hashes), _BLOCK):
            block = hashes[start : start + _BLOCK]
            bits = counts[: len(block)]
            for number, probe in enumerate(probes):
                np.bitwise_count(np.bitwise_xor(block, probe, out=differing[: len(block)]), out=bits)
                # Hardly ever anything is near: the least count alone says so, in half the time of listing.
                if bits.min() <= ALIKE_BITS:
                    near = np.flatnonzero(bits <= ALIKE_BITS)
                    places.append(near + start)
                    distances.append(bits[near])
                    names.append(np.full(len(near), number))
        place, distance, name = np.concatenate(places), np.concatenate(distances), np.concatenate(names)
        order = np.lexsort((place, name, place // len(REGIONS), distance))
        return place[order].tolist(), distance[order].tolist(), name[order].tolist()

    def _make_room(self, more: int) -> None:
        """Grow by half when full: adding one photo at a time copies each hash a few times at most."""
        if self._length + more > len(self._seqs):
            size = max(self._length + more, self._length * 3 // 2)
            seqs, hashes = np.empty(size, np.int32), np.empty((size, len(REGIONS)), np.int64)
            seqs[: self._length], hashes[: self._length] = self._seqs[: self._length], self._hashes[: self._length]
            self._seqs, self._hashes = seqs, hashes


@dataclass(frozen=True)
class Held:
    """A commune's index and the SHA-256 of the photo that was added last, by which another database is told from the same one grown."""

    index: Index
    last_sha256: str


class Memory:
    """The indexes that a worker holds, by commune; those that were used longest ago make room. For one thread."""

    def __init__(self, most: int = _MOST_HELD) -> None:
        self._most = most
        self._held: OrderedDict[str, Held] = OrderedDict()

    def held(self, commune: str) -> Held:
        """What is held of a commune; an empty index where nothing is."""
        return self._held.get(commune, Held(Index(), ""))

    def hold(self, commune: str, held: Held) -> None:
        """Hold *held*, and let go of other communes until all that is held is at most the *most* photos, or it alone."""
        self._held[commune] = held
        self._held.move_to_end(commune)
        while len(self._held) > 1 and sum(len(each.index) for each in self._held.values()) > self._most:
            self._held.popitem(last=False)
