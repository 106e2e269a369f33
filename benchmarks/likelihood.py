"""Time a large history against a straightforward calculation group by group.

    python benchmarks/likelihood.py [--entities 5000]

The slow version below is what one writes first in pandas; it gives the same numbers and serves as the oracle. It is
run on a part of the entities and its time scaled up, because all of them take minutes (``--whole`` runs them).
Ends with 1 where the shipped version takes more than a tenth of the time, or more than 2 GiB of memory.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import pandas as pd

from auditlab.priority import expected_findings

AS_OF = pd.Timestamp("2024-01-01")
CLAUSES, AUDITS, PART = 60, 10, 10
LEAST_TIMES_FASTER, MOST_BYTES = 10, 2 * 2**30


def synthetic(entities: int, *, seed: int = 1) -> pd.DataFrame:
    """A history with `entities` x 60 clauses x 10 audits of about one a year."""
    generator = np.random.default_rng(seed)
    names = np.array([f"E{number:05}" for number in range(entities)])
    clauses = np.array([f"8.{number // 10 + 1}.{number % 10 + 1}" for number in range(CLAUSES)])
    years = np.arange(AUDITS) * 365 + generator.integers(0, 300, size=(entities, AUDITS))
    days = np.repeat(years[:, :, None], CLAUSES, axis=2).ravel()
    chance = np.tile(generator.beta(1, 12, CLAUSES), entities * AUDITS)
    examined = generator.random(len(days)) < 0.8
    return pd.DataFrame(
        {
            "entity": np.repeat(names, AUDITS * CLAUSES),
            "date": AS_OF - pd.to_timedelta(days, unit="D"),
            "clause": np.tile(clauses, entities * AUDITS),
            "examined": examined,
            "found": examined & (generator.random(len(days)) < chance),
        }
    )


def straightforward(history: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """The same expectation with one `groupby.apply` per level, as one writes it first."""
    rows = history[history["examined"] & (history["date"] <= as_of)].copy()
    rows["w"] = 0.5 ** ((as_of - rows["date"]).dt.days / 365.25 / 2)
    mean = rows["found"].mean()
    rates = rows.groupby("clause")[["found"]].apply(lambda own: (2 * mean + own["found"].sum()) / (2 + len(own)))
    rows["mu"] = rows["clause"].map(rates)

    def propensity(own: pd.DataFrame) -> float:
        return float((8 + (own["w"] * own["found"]).sum()) / (8 + (own["w"] * own["mu"]).sum()))

    theta = rows.groupby("entity")[["w", "found", "mu"]].apply(propensity)

    def cell(own: pd.DataFrame) -> float:
        start = min(own["mu"].iloc[0] * theta[own.name[0]], 0.95)
        return float((8 * start + (own["w"] * own["found"]).sum()) / (8 + own["w"].sum()))

    expected = rows.groupby(["entity", "clause"])[["w", "found", "mu"]].apply(cell)
    return expected.rename("expected").reset_index()


def main() -> int:
    """Time both versions and compare their numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=5000)
    parser.add_argument("--whole", action="store_true", help="run the slow version on all entities")
    given = parser.parse_args()
    history = synthetic(given.entities)
    start = time.perf_counter()
    fast = expected_findings(history, as_of=AS_OF)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    part = history if given.whole else synthetic(max(given.entities // PART, 1))
    start = time.perf_counter()
    slow = straightforward(part, as_of=AS_OF)
    scaled = (time.perf_counter() - start) * len(history) / len(part)
    same = fast if given.whole else expected_findings(part, as_of=AS_OF)
    difference = (slow.merge(same, on=["entity", "clause"]).eval("expected_x - expected_y")).abs().max()
    print(f"{len(history):,} rows: {seconds:.2f} s, {peak / 2**30:.2f} GiB; straightforward {scaled:.0f} s")
    print(f"{scaled / seconds:.0f} times as fast; largest difference {difference:.1e} on {len(slow):,} cells")
    return 0 if scaled / seconds >= LEAST_TIMES_FASTER and peak < MOST_BYTES and difference < 1e-9 else 1


if __name__ == "__main__":
    raise SystemExit(main())
