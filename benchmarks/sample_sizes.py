"""How long sample sizes take, against counting up in the same process.

python benchmarks/sample_sizes.py
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from scipy import stats

from auditlab.sampling import sample_size

POPULATIONS = (20, 50, 100, 171, 180, 240, 300, 400, 500, 600, 700, 800, 900, 1000, 1500, 2000, 3000, 5000, 8000, 10000)
RATES = ((0.02, 0), (0.05, 0), (0.1, 0), (0.2, 0), (0.05, 0.01), (0.1, 0.01), (0.1, 0.02), (0.1, 0.05), (0.15, 0.05),
         (0.2, 0.05), (0.2, 0.1), (0.3, 0.1))  # fmt: skip
CONFIDENCES = (0.9, 0.95, 0.99)
MILLIONS = ((0.05, 0.0), (0.05, 0.01), (0.05, 0.045), (0.02, 0.015), (0.01, 0.009))


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock time of the work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def table() -> None:
    """Every cell of the size table, where there is a size."""
    for population in POPULATIONS:
        for tolerable, expected in RATES:
            for confidence in CONFIDENCES:
                _size(tolerable, expected, confidence, population)


def _size(tolerable: float, expected: float, confidence: float, population: int) -> int | None:
    try:
        return sample_size(tolerable=tolerable, expected=expected, confidence=confidence, population=population).n
    except ValueError:
        return None


def counted_up(tolerable: float, expected: float, confidence: float, population: int) -> int:
    """The size by trying 1, 2, 3, ... with the library function that is at hand."""
    deviating = -int(-tolerable * population // 1)
    for n in range(1, population + 1):
        found = -int(-expected * n // 1)
        if stats.hypergeom.cdf(found, population, deviating, n) <= 1 - confidence:
            return n
    raise ValueError


def main() -> None:
    """Print the times."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    table()  # the first call pays for imports
    print(f"size table, {len(POPULATIONS)} x {len(RATES)} x {len(CONFIDENCES)}: {seconds(table):.2f} s")
    for tolerable, expected in MILLIONS:
        taken = seconds(lambda t=tolerable, e=expected: sample_size(tolerable=t, expected=e, population=10_000_000))
        print(f"10 million, tolerable {tolerable}, expected {expected}: {1000 * taken:.1f} ms")
    asked = (0.05, 0.03, 0.95, 10_000)
    ours, naive = seconds(lambda: _size(*asked)), seconds(lambda: counted_up(*asked))
    if _size(*asked) != counted_up(*asked):
        raise SystemExit("the two sizes differ")
    times = f"{1000 * ours:.1f} ms and {1000 * naive:.0f} ms"
    print(f"against counting up {asked}: {times}, {naive / ours:.0f} times faster")


if __name__ == "__main__":
    main()
