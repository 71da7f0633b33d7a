"""Intervals of samples: how often they hold the truth in made-up communes, and how wide they are beside the exact hypergeometric ones.

    python benchmarks/intervals.py [--runs 2000] [--seed 1]

Each line draws so many samples, a new population for every fortieth. *width* is on average; *exact* divides it by the width of the
exact limits of the same sample, where the ratio is a share (fences of equal length, all or nothing). A nominal 95 % is claimed.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from survey.domain.sampling import Sums, exact_limits, ratio_limits
from tests.domain.test_sampling import LENGTHS, population, sums_of

SIZES = [(30, 5), (30, 20), (30, 28), (75, 8), (75, 15), (75, 40), (75, 73), (300, 30), (300, 150), (1500, 60), (1500, 300)]
SORTS = ["all or nothing", "long ones less", "partly"]
LIKELY = [0.5, 0.8, 0.95, 0.99]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    numbers = random.Random(arguments.seed)
    print(f"{'sites':>5} {'visited':>7} {'length':>10} {'green':>15} {'covers: mean':>12} {'least':>6} {'width':>6} {'exact':>6}")
    means, leasts = [], []
    for sites, drawn in SIZES:
        for length in LENGTHS:
            for sort in SORTS:
                cells = [cell(numbers, sites, drawn, length, sort, likely, arguments.runs) for likely in LIKELY]
                means.append(statistics.mean(one[0] for one in cells))
                leasts.append(min(one[0] for one in cells))
                width, beside = (statistics.mean(one[place] for one in cells) for place in (1, 2))
                shown = f"{beside:6.2f}" if (length, sort) == ("equal", "all or nothing") else f"{'':6}"
                print(f"{sites:5} {drawn:7} {length:>10} {sort:>15} {means[-1]:12.4f} {leasts[-1]:6.4f} {width:6.3f} {shown}")
    print(f"\nratio: mean {statistics.mean(means):.4f}, least line {min(means):.4f}, least of {4 * len(means)} cells {min(leasts):.4f}")
    by_hamlet(numbers, arguments.runs)
    speed()


def cell(numbers: random.Random, sites: int, drawn: int, length: str, sort: str, likely: float, runs: int) -> tuple[float, float, float]:
    """How often the truth is held, the mean width, and the width over that of the exact limits."""
    covered, widths, exact = 0, [], []
    for lowest, highest, truth, least, most in samples(numbers, sites, drawn, (length, sort, likely), runs):
        covered += lowest - 1e-9 <= truth <= highest + 1e-9
        widths.append(highest - lowest)
        exact.append(most - least)
    return covered / runs, statistics.mean(widths), statistics.mean(widths) / statistics.mean(exact)


def samples(
    numbers: random.Random, sites: int, drawn: int, kind: tuple[str, str, float], runs: int
) -> Iterator[tuple[float, float, float, float, float]]:
    """Limits, truth and exact limits of one sample after another."""
    for run in range(runs):
        if run % 40 == 0:
            whole, part = population(numbers, sites, *kind)
        sums = sums_of(whole, part, numbers.sample(range(sites), drawn))
        least, most = exact_limits(sites, drawn, round(drawn * sums.part / sums.whole))
        yield *ratio_limits([sums]), sum(part) / sum(whole), least / sites, most / sites


def by_hamlet(numbers: random.Random, runs: int) -> None:
    """Hamlets of 75 houses that were visited unequally: how often the commune's share is held."""
    print(f"\n{'visited of 75 in each hamlet':>34} {'green':>6} {'covers':>7} {'width':>6} {'exact':>6}")
    for drawn in ([5, 8, 11, 14, 17, 20], [2, 22] * 10, [10, 20, 30, 40, 50, 60], [5, 25]):
        for likely in LIKELY[:3]:
            covered, widths, exact = 0, [], []
            for _ in range(runs):
                green = [round(75 * min(1.0, max(0.0, likely + numbers.uniform(-0.15, 0.15)))) for _ in drawn]
                found = [sum(site < good for site in numbers.sample(range(75), n)) for n, good in zip(drawn, green, strict=True)]
                lowest, highest = ratio_limits([Sums(n, 75 - n, n, x, n, x, x) for n, x in zip(drawn, found, strict=True)])
                least, most = exact_limits(75 * len(drawn), sum(drawn), sum(found))
                covered += lowest - 1e-9 <= sum(green) / (75 * len(drawn)) <= highest + 1e-9
                widths.append(highest - lowest)
                exact.append((most - least) / (75 * len(drawn)))
            beside = statistics.mean(widths) / statistics.mean(exact)
            print(f"{drawn[:6]!s:>34} {likely:6} {covered / runs:7.4f} {statistics.mean(widths):6.3f} {beside:6.2f}")


def speed() -> None:
    """What one interval costs."""
    began = time.perf_counter()
    for good in range(300):
        exact_limits(1500, 301, good)
    exact = (time.perf_counter() - began) / 300
    began = time.perf_counter()
    for _ in range(1000):
        ratio_limits([Sums(30, 45, 600.0, 500.0, 15000.0, 12000.0, 11000.0)])
    print(f"\none exact interval (1,500 sites, 301 visited) {exact * 1e6:.0f} µs, of a ratio {(time.perf_counter() - began) * 1e3:.0f} µs")


if __name__ == "__main__":
    main()
