"""How many charts of each kind show a signal although nothing changes: limits frozen on the first twelve months.

Run ``python benchmarks/chart_false_alarms.py``. One line a kind: the share of charts with a signal at 18, 24, 30, 35,
36, 48 and 60 months, seeded; they stand in ``auditlab/signals/headlines.py``. From 36 months on the mean of each
calendar month is taken out first, as the page does. Charts of the days or cases between rare
events have limits from all their points; their shares at 6, 12, 24 and 36 gaps stand in
``auditlab/signals/rare_events.py``.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt

from auditlab.signals.headlines import MONTHS_SIMULATED
from auditlab.signals.periods import BASELINE_MONTHS
from auditlab.signals.rare_events import LENGTHS
from auditlab.statistics.chart_rules import ANHOEJ, LIMITS
from auditlab.statistics.control_charts import control_chart
from auditlab.statistics.seasons import LEAST_YEARS, month_effects

KINDS = ("i", "p", "pp", "u", "up")
GAPS = ("t", "g")


def drawn(rng: np.random.Generator, kind: str, months: int) -> tuple[npt.NDArray[np.float64], float | None]:
    """Steady months of one kind, and their denominator."""
    if kind == "i":
        return rng.normal(size=months), None
    if kind in {"p", "pp"}:
        size = 200 if kind == "p" else 2_000
        return rng.binomial(size, 0.95, months).astype("float64"), float(size)
    if kind in GAPS:
        return (rng.exponential(60, months) if kind == "t" else rng.geometric(0.1, months) - 1.0), None
    return rng.poisson(2.5 if kind == "u" else 20, months).astype("float64"), 1.0


def without_season(values: npt.NDArray[np.float64], size: float | None) -> npt.NDArray[np.float64]:
    """Months less what their calendar month adds, within what a count or a share can be."""
    effects = month_effects(values, calendar_months=np.arange(values.size) % 12 + 1)
    return values - effects if size is None else np.clip(values - effects, 0, np.inf if size == 1 else size)


def share_with_signal(kind: str, *, months: int, runs: int, seed: int) -> float:
    """Share of `runs` steady charts with at least one signal."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(runs):
        values, size = drawn(rng, kind, months)
        sizes = None if size is None else np.full(months, size)
        frozen = None if kind in GAPS else BASELINE_MONTHS
        if kind not in GAPS and months >= LEAST_YEARS * 12:
            values = without_season(values, size)
        chart = control_chart(values, kind=kind, denominators=sizes, baseline=frozen, rules=(LIMITS, ANHOEJ))
        found += bool(chart["signal"].any())
    return found / runs


def main() -> None:
    """Print one line a kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=800)
    asked = parser.parse_args()
    for kind in (*KINDS, *GAPS):
        lengths = LENGTHS if kind in GAPS else MONTHS_SIMULATED
        shares = [share_with_signal(kind, months=length, runs=asked.runs, seed=21) for length in lengths]
        print(kind, " ".join(f"{share:.3f}" for share in shares), flush=True)


if __name__ == "__main__":
    main()
