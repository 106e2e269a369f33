"""False flags and power of the declared tests: whole engagements and single series, simulated and seeded.

Run ``python benchmarks/signal_false_alarms.py``. Every part prints what it simulated, how often, and the number that
the house asks for.
"""

from __future__ import annotations

import argparse

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import onset
from auditlab.signals.windows import window_change
from auditlab.statistics.false_discovery import q_values

RATE = 0.10


def series_of(k: npt.NDArray[np.float64], *, n: int | None = None, measure: Measure, family: str) -> Series:
    """A monthly series of invented numbers."""
    months = pd.DataFrame({"month": pd.date_range("2021-01-01", periods=k.size, freq="MS")})
    if measure is Measure.VALUE:
        months = months.assign(k=pd.NA, n=pd.NA, value=k).astype({"k": "Int64", "n": "Int64"})
    else:
        months = months.assign(k=k.astype("int64"), n=n or 1, value=k / (n or 1))
    return Series(family=family, measure=measure, months=months)


def engagement(rng: np.random.Generator, *, dispersed: bool) -> list[list[Series]]:
    """Families of one engagement in which nothing changes: 24 to 48 months, small and large numbers."""
    months = int(rng.integers(24, 49))
    wild = 0.02 if dispersed else 0.0

    def shares(family: str, count: int) -> list[Series]:
        found = []
        for _ in range(count):
            n, level = int(rng.integers(20, 400)), rng.uniform(0.8, 0.98)
            levels = np.clip(level + wild * rng.normal(size=months), 0.01, 0.999)
            found.append(series_of(rng.binomial(n, levels), n=n, measure=Measure.SHARE, family=family))
        return found

    def counts(family: str, count: int, low: float, high: float) -> list[Series]:
        means = rng.uniform(low, high, count)
        noise = np.exp(wild * 5 * rng.normal(size=(count, months)))
        return [
            series_of(rng.poisson(mean * row), measure=Measure.COUNT, family=family)
            for mean, row in zip(means, noise, strict=True)
        ]

    values = [
        series_of(1 - rng.gamma(2, 0.0005, months), measure=Measure.VALUE, family="availability_agreed")
        for _ in range(5)
    ]
    return [
        shares("supplier_attainment", 2), shares("sla_attainment", 4), shares("csat_top2", 3),
        counts("major_incident_rate", 8, 0.05, 0.5), counts("incident_volume", 8, 6, 90), values,
    ]  # fmt: skip


def flags(families: list[list[Series]]) -> list[bool]:
    """The flags as the package sets them: in the family and on the whole page."""
    p = [[window_change(one).p for one in members] for members in families]
    own = [value for family in p for value in q_values(family)]
    page = q_values([value for family in p for value in family])
    return [first <= RATE and second <= RATE for first, second in zip(own, page, strict=True)]


def in_control(runs: int, *, dispersed: bool) -> float:
    """Share of engagements without any change that have a flag: their false-discovery proportion."""
    rng = np.random.default_rng(11)
    return float(np.mean([any(flags(engagement(rng, dispersed=dispersed))) for _ in range(runs)]))


def planted(runs: int, *, at: int, measure: Measure) -> tuple[float, float]:
    """Power and false-discovery proportion with 1.5-sigma steps at month `at` in 10 of 100 series of 36 months."""
    rng = np.random.default_rng(12)
    found, false = [], []
    for _ in range(runs):
        step = np.zeros((100, 36))
        step[:10, at:] = 1.5
        if measure is Measure.VALUE:
            rows = rng.normal(size=(100, 36)) + step
            members = [series_of(row, measure=measure, family="availability_agreed") for row in rows]
        else:
            n, level = 400, 0.9
            levels = level - step * np.sqrt(level * (1 - level) / n)
            members = [series_of(rng.binomial(n, row), n=n, measure=measure, family="sla_attainment") for row in levels]
        flagged = np.array(flags([members]))
        found.append(flagged[:10].mean())
        false.append(flagged[10:].sum() / max(flagged.sum(), 1))
    return float(np.mean(found)), float(np.mean(false))


def drift(runs: int) -> tuple[float, float]:
    """Share of drifts of a point a month from month 14 that are flagged by month 18, and dated within two months."""
    rng = np.random.default_rng(13)
    found = dated = 0
    for _ in range(runs):
        level = 0.98 - 0.01 * np.clip(np.arange(1, 19) - 13, 0, None)
        one = series_of(rng.binomial(200, level), n=200, measure=Measure.SHARE, family="supplier_attainment")
        if window_change(one).p <= RATE:
            found += 1
            month = onset(one, seed=1).found.onset
            dated += month is not None and abs(month - 14) <= 2
    return found / runs, dated / max(found, 1)


def main() -> None:
    """Print all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engagements", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=200)
    asked = parser.parse_args()
    for dispersed in (False, True):
        share = in_control(asked.engagements, dispersed=dispersed)
        words = "months vary more than chance" if dispersed else "chance alone"
        print(
            f"{asked.engagements} engagements in control ({words}): {share:.3f} with a flag (at most {RATE})",
            flush=True,
        )
    for measure, at in ((Measure.VALUE, 18), (Measure.SHARE, 30), (Measure.SHARE, 18)):
        power, false = planted(asked.runs, at=at, measure=measure)
        print(
            f"{measure}, 1.5-sigma step after month {at}: power {power:.2f} (at least 0.75), false {false:.3f}",
            flush=True,
        )
    found, dated = drift(asked.runs)
    print(f"drift from month 14: flagged by month 18 in {found:.2f}, onset within 2 months in {dated:.2f} of those")


if __name__ == "__main__":
    main()
