"""The index of hashes: exact at any size, nearest first, each photo once, bounded in memory."""

import random

import pytest

from survey.domain.looks import REGIONS, bits_apart, how_found
from survey.photos.likeness import ALIKE_BITS, Found, Held, Index, Memory


def hashes(chance: random.Random) -> tuple[int, ...]:
    """Four hashes at random."""
    return tuple(chance.randint(-(2**63), 2**63 - 1) for _ in REGIONS)


def flipped(value: int, bits: int) -> int:
    """*value* with its lowest *bits* bits and, first of all, the sign bit turned over."""
    turned = (value ^ (((1 << (bits - 1)) - 1) | 1 << 63 if bits else 0)) & (1 << 64) - 1
    return turned - (1 << 64) if turned >= 1 << 63 else turned


def index_of(photos: list[tuple[int, tuple[int, ...]]]) -> Index:
    """An index of *photos*, added in portions of unequal size."""
    index, start = Index(), 0
    for size in (1, 2, 0, 5, 8000, len(photos)):
        index.extend(photos[start : start + size])
        start += size
    return index


def slowly(photos: list[tuple[int, tuple[int, ...]]], probes: list[tuple[str, int]], most: int) -> list[Found]:
    """The same answer, worked out one pair at a time."""
    best = [
        min(
            (bits_apart(value, stored), number, region)
            for number, (_, value) in enumerate(probes)
            for region, stored in enumerate(regions)
        )
        for _, regions in photos
    ]
    near = sorted((distance, place, probe, region) for place, (distance, probe, region) in enumerate(best) if distance <= ALIKE_BITS)
    return [
        Found(photos[place][0], distance, how_found(probes[probe][0], REGIONS[region])) for distance, place, probe, region in near[:most]
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_search_finds_what_a_look_at_every_pair_finds(seed: int) -> None:
    """20,000 photos, more than a block; copies at every distance up to 12 bits, two regions of one photo near at once."""
    chance = random.Random(seed)  # noqa: S311 - hashes for a test guard no secret
    photos = [(3 * number + 1, hashes(chance)) for number in range(20_000)]
    probes = [(name, value) for name, value in zip(("whole", "top80", "mirrored/whole"), hashes(chance), strict=False)]
    for distance in range(13):
        for _ in range(3):
            place, regions = chance.randrange(len(photos)), list(hashes(chance))
            regions[chance.randrange(4)] = flipped(chance.choice(probes)[1], distance)
            regions[chance.randrange(4)] = flipped(chance.choice(probes)[1], min(12, distance + 1))
            photos[place] = (photos[place][0], tuple(regions))

    index = index_of(photos)

    assert (len(index), index.last) == (20_000, 59_998)
    for most in (5, 20, 1000):
        assert index.nearest(probes, most) == slowly(photos, probes, most)
    assert len(index.nearest(probes, 1000)) > 15


def test_exactly_eight_bits_are_alike_and_nine_are_not() -> None:
    """The threshold itself, on values with and without the sign bit."""
    for value in (0, -1, 2**63 - 1, -(2**63), 0x123456789ABCDEF):
        index = Index()
        far = flipped(value, 30)
        index.extend([(1, (flipped(value, 8), far, far, far)), (2, (flipped(value, 9), far, far, far)), (3, (far, far, far, value))])

        assert index.nearest([("whole", value)], 9) == [Found(3, 0, "cropped"), Found(1, 8, "whole")]


def test_an_empty_index_and_a_plain_picture_find_nothing() -> None:
    """Nothing is like nothing."""
    index = Index()

    assert (len(index), index.last, index.nearest([("whole", 0)], 20)) == (0, 0, [])
    index.extend([(7, (0, 0, 0, 0))])
    assert index.nearest([], 20) == []
    assert index.last == 7


def test_a_thousand_copies_give_the_nearest_few() -> None:
    """The oldest of equally near ones come first."""
    index = Index()
    index.extend([(number, (flipped(5, number % 7), 1 << 40, -1, 7 << 50)) for number in range(1, 1001)])

    found = index.nearest([("whole", 5)], 20)

    assert [each.seq for each in found] == [7 * number for number in range(1, 21)]


def test_the_memory_lets_go_of_what_was_used_longest_ago() -> None:
    """Three communes of four photos where ten may be held: the one that nobody asked for goes; one alone may be larger."""
    memory = Memory(most=10)
    for commune in "abc":
        index = Index()
        index.extend([(number, (0, 0, 0, 0)) for number in range(1, 5)])
        memory.hold(commune, Held(index, commune))
        if commune == "b":
            memory.hold("a", memory.held("a"))

    assert [len(memory.held(commune).index) for commune in "abc"] == [4, 0, 4]

    large = Index()
    large.extend([(number, (0, 0, 0, 0)) for number in range(1, 100)])
    memory.hold("d", Held(large, "d"))
    assert [len(memory.held(commune).index) for commune in "abcd"] == [0, 0, 0, 99]
