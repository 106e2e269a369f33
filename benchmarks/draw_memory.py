"""Memory of a draw from ten million records, against that of the identifiers.

python benchmarks/draw_memory.py
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd

from auditlab.sampling import draw

RECORDS = 10_000_000


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux


def main() -> None:
    """Print the memory of the column and what the draw added to the peak."""
    draw(pd.DataFrame({"id": ["a", "b"]}), id="id", n=1, seed=1)
    ids = pd.Series(np.arange(RECORDS), name="id").astype("str")
    frame = pd.DataFrame({"id": "CHG-" + ids.str.zfill(10)})
    del ids
    column = frame["id"].memory_usage(index=False, deep=True) / 2**20
    # A block as large as the peak so far makes later growth visible.
    before = _current()
    block = np.ones(int((_peak() - before) * 2**20 // 8)) if _peak() > before else np.ones(1)
    start = time.perf_counter()
    used = _peak()
    draw(frame, id="id", n=1000, seed=1)
    taken = time.perf_counter() - start
    print(f"column {column:.0f} MB; the draw added {_peak() - used:.0f} MB in {taken:.1f} s; held {block.size} floats")


def _current() -> float:
    with open("/proc/self/statm", encoding="ascii") as source:  # noqa: PTH123  # a file of the kernel
        return int(source.read().split()[1]) * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
