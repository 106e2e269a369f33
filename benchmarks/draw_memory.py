"""Memory of a draw from ten million records, against that of the identifiers (Linux).

python benchmarks/draw_memory.py [--records N]
"""

from __future__ import annotations

import argparse
import ctypes
import resource
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from auditlab.sampling import draw


def resident() -> float:
    """Memory of this process [MB]."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Print the memory of the column and what the draw added at its highest."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--records", type=int, default=10_000_000)
    records = reader.parse_args().records
    draw(pd.DataFrame({"id": ["a", "b"]}), id="id", n=1, seed=1)
    numbers = pd.Series(np.random.default_rng(1).permutation(records)).astype("str").str.zfill(10)
    frame = pd.DataFrame({"id": "CHG-" + numbers})
    del numbers
    column = frame["id"].memory_usage(index=False, deep=True) / 2**20
    # What the making of the column left in the allocators would hide what the draw takes.
    pa.default_memory_pool().release_unused()
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    seen, done = [resident()], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            seen.append(resident())

    watcher = threading.Thread(target=watch)
    start = time.perf_counter()
    watcher.start()
    draw(frame, id="id", n=min(1000, records), seed=1)
    done.set()
    watcher.join()
    taken, added = time.perf_counter() - start, max(seen) - seen[0]
    said = f"the draw added {added:.0f} MB at its highest ({added / column:.1f} times)"
    print(f"column {column:.0f} MB; {said}, {taken:.1f} s")


if __name__ == "__main__":
    main()
