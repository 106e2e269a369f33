"""How many charts of each kind show a signal although nothing changes: limits frozen on the first twelve months.

Run ``python benchmarks/chart_false_alarms.py``. One line a kind: the share of charts with a signal at 18, 24, 30, 36,
48 and 60 months, seeded; they stand in ``auditlab/signals/headlines.py``.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt

from auditlab.signals.headlines import MONTHS_SIMULATED
from auditlab.signals.periods import BASELINE_MONTHS
from auditlab.statistics.chart_rules import ANHOEJ, LIMITS
from auditlab.statistics.control_charts import control_chart

KINDS = ("i", "p", "pp", "u", "up")


def drawn(rng: np.random.Generator, kind: str, months: int) -> tuple[npt.NDArray[np.float64], float | None]:
    """Steady months of one kind, and their denominator."""
    if kind == "i":
        return rng.normal(size=months), None
    if kind in {"p", "pp"}:
        size = 200 if kind == "p" else 2_000
        return rng.binomial(size, 0.95, months).astype("float64"), float(size)
    return rng.poisson(2.5 if kind == "u" else 20, months).astype("float64"), 1.0


def share_with_signal(kind: str, *, months: int, runs: int, seed: int) -> float:
    """Share of `runs` steady charts with at least one signal."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(runs):
        values, size = drawn(rng, kind, months)
        sizes = None if size is None else np.full(months, size)
        chart = control_chart(values, kind=kind, denominators=sizes, baseline=BASELINE_MONTHS, rules=(LIMITS, ANHOEJ))
        found += bool(chart["signal"].any())
    return found / runs


def main() -> None:
    """Print one line a kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=800)
    asked = parser.parse_args()
    for kind in KINDS:
        shares = [share_with_signal(kind, months=months, runs=asked.runs, seed=21) for months in MONTHS_SIMULATED]
        print(kind, " ".join(f"{share:.3f}" for share in shares), flush=True)


if __name__ == "__main__":
    main()
