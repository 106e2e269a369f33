"""False flags and power of the declared tests: whole engagements and single series, simulated and seeded.

Run ``python benchmarks/signal_false_alarms.py``. Every part prints what it simulated, how often, the number that the
house asks for and its Monte-Carlo standard error. The p-values are worked out for many series at once, by the same
rules as the package; the first engagements are also put through the package itself and both are compared.
"""

from __future__ import annotations

import argparse
import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from auditlab.signals.levels import level_change
from auditlab.signals.periods import WINDOW_MONTHS
from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import onset
from auditlab.signals.windows import ENOUGH_PER_MONTH, window_change
from auditlab.statistics.change_points import pettitt_p, pettitt_statistics
from auditlab.statistics.exact_tests import compare_proportions, rate_ratio
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.rank_permutations import SHORT

RATE = 0.10
ORDERS = 1_999
"""Orders drawn for each test of levels; the package draws 9,999 [count]."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Series of one measure: one row a series, one column a month."""

    measure: Measure
    k: Floats  # events, successes, or the values themselves
    n: Floats  # denominators of shares by series; 1 otherwise


def engagement(rng: np.random.Generator, *, dispersed: bool) -> list[Family]:
    """Families of one engagement in which nothing changes: 24 to 48 months, small and large numbers."""
    months = int(rng.integers(24, 49))
    wild = 0.02 if dispersed else 0.0

    def shares(count: int) -> Family:
        n = rng.integers(20, 400, count)[:, None]
        level = rng.uniform(0.8, 0.98, count)[:, None]
        levels = np.clip(level + wild * rng.normal(size=(count, months)), 0.01, 0.999)
        return Family(measure=Measure.SHARE, k=rng.binomial(n, levels).astype(float), n=n.astype(float))

    def counts(count: int, low: float, high: float) -> Family:
        means = rng.uniform(low, high, count)[:, None]
        noise = np.exp(wild * 5 * rng.normal(size=(count, months)))
        return Family(measure=Measure.COUNT, k=rng.poisson(means * noise).astype(float), n=np.ones((count, 1)))

    values = Family(measure=Measure.VALUE, k=1 - rng.gamma(2, 0.0005, (5, months)), n=np.ones((5, 1)))
    return [shares(2), shares(4), shares(3), counts(8, 0.05, 0.5), counts(8, 6, 90), values]


def window_p(family: Family) -> Floats:
    """p-values of the declared window of every series."""
    recent, earlier = family.k[:, -WINDOW_MONTHS:], family.k[:, :-WINDOW_MONTHS]
    if family.measure is Measure.VALUE:
        return np.asarray(stats.mannwhitneyu(recent, earlier, axis=1).pvalue)
    months, share = family.k.shape[1], family.measure is Measure.SHARE
    center = family.k.mean(axis=1, keepdims=True) / family.n
    chance = center * (1 - center) / family.n if share else center
    moves = np.abs(np.diff(family.k / family.n, axis=1)) / np.sqrt(np.where(chance > 0, chance, 1))
    enough = np.minimum(center, 1 - center) * family.n if share else center
    phi = np.where(enough[:, 0] >= ENOUGH_PER_MONTH, np.maximum(1, (moves.mean(axis=1) / 1.128379167) ** 2), 1.0)
    k_1, k_2 = recent.sum(axis=1), earlier.sum(axis=1)
    n_1, n_2 = family.n[:, 0] * WINDOW_MONTHS, family.n[:, 0] * (months - WINDOW_MONTHS)
    if share:
        cells = np.array([k_1, n_1 - k_1, k_2, n_2 - k_2]) + 0.5
        effect, error = np.log(cells[0] * cells[3] / cells[1] / cells[2]), np.sqrt((1 / cells).sum(axis=0))
    else:
        effect = np.log((k_1 + 0.5) / n_1) - np.log((k_2 + 0.5) / n_2)
        error = np.sqrt(1 / (k_1 + 0.5) + 1 / (k_2 + 0.5))
    p = 2 * stats.t.sf(np.abs(effect) / error / np.sqrt(phi), 0.605 * (months - 1))
    exact = compare_proportions if share else rate_ratio
    for row in np.flatnonzero(phi == 1):
        p[row] = exact(int(k_1[row]), int(n_1[row]), int(k_2[row]), int(n_2[row])).p
    return np.asarray(p)


def level_p(family: Family, rng: np.random.Generator) -> Floats:
    """p-values of a change of level of every series; the same orders serve all of them."""
    _, seen = pettitt_statistics(family.k)
    months = family.k.shape[1]
    formula = np.where(seen > 0, pettitt_p(seen, size=months), 1.0)
    if months >= SHORT:
        return formula
    orders = rng.permuted(np.tile(np.arange(months), (ORDERS, 1)), axis=1)
    away = stats.rankdata(family.k, axis=1) - (months + 1) / 2
    larger = [
        (2 * np.abs(np.cumsum(row[orders], axis=1)).max(axis=1) >= one * (1 - 1e-12)).sum()
        for row, one in zip(away, seen, strict=True)
    ]
    return np.minimum(formula, (1 + np.array(larger)) / (1 + ORDERS))


def flags(families: list[Family], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which series are flagged: by window or level, in the family of the test and on the whole page."""
    tests = [window_p(family) for family in families] + [level_p(family, rng) for family in families]
    own = np.concatenate([q_values(list(family)) for family in tests])
    page = np.array(q_values(list(np.concatenate(tests))))
    stands = (own <= RATE) & (page <= RATE)
    return np.asarray(stands.reshape(2, -1).any(axis=0))


def series_of(family: Family, row: int) -> Series:
    """One series as the package takes it."""
    k, n = family.k[row], float(family.n[row, 0])
    months = pd.DataFrame({"month": pd.date_range("2021-01-01", periods=k.size, freq="MS")})
    if family.measure is Measure.VALUE:
        months = months.assign(k=pd.NA, n=pd.NA, value=k).astype({"k": "Int64", "n": "Int64"})
    else:
        months = months.assign(k=k.astype("int64"), n=int(n), value=k / n)
    return Series(family="availability_agreed", measure=family.measure, months=months)


def compared(runs: int) -> tuple[float, float]:
    """Largest distance between the p-values here and those of the package, for windows and levels."""
    rng = np.random.default_rng(10)
    windows, levels = [], []
    for number in range(runs):
        for family in engagement(rng, dispersed=number % 2 == 1):
            one = [series_of(family, row) for row in range(len(family.k))]
            windows += list(np.abs(window_p(family) - [window_change(each).p for each in one]))
            levels += list(np.abs(level_p(family, rng) - [level_change(each).change.p for each in one]))
    return float(np.max(windows)), float(np.max(levels))


def in_control(runs: int, *, dispersed: bool) -> tuple[float, float]:
    """Share of engagements without any change that have a flag, their false-discovery proportion, and its error."""
    rng = np.random.default_rng(11)
    share = float(np.mean([flags(engagement(rng, dispersed=dispersed), rng).any() for _ in range(runs)]))
    return share, math.sqrt(share * (1 - share) / runs)


def planted(runs: int, *, at: int, measure: Measure) -> dict[str, tuple[float, float]]:
    """Power and false-discovery proportion with 1.5-sigma steps after month `at` in 10 of 100 series of 36 months."""
    rng = np.random.default_rng(12)
    step = np.zeros((100, 36))
    step[:10, at:] = 1.5
    size, level, mean = 400, 0.9, 25.0
    found, false = [], []
    for _ in range(runs):
        drawn = {
            Measure.VALUE: lambda: rng.normal(size=step.shape) + step,
            Measure.SHARE: lambda: rng.binomial(size, level - step * math.sqrt(level * (1 - level) / size)),
            Measure.COUNT: lambda: rng.poisson(mean + step * math.sqrt(mean)),
        }[measure]()
        n = np.full((100, 1), float(size if measure is Measure.SHARE else 1))
        flagged = flags([Family(measure=measure, k=drawn.astype(float), n=n)], rng)
        found.append(flagged[:10].mean())
        false.append(flagged[10:].sum() / max(flagged.sum(), 1))
    return {
        name: (float(np.mean(every)), float(np.std(every) / math.sqrt(runs)))
        for name, every in (("power", found), ("false", false))
    }


def drift(runs: int) -> tuple[float, float]:
    """Share of drifts of a point a month from month 14 that are flagged by month 18, and dated within two months."""
    rng = np.random.default_rng(13)
    found = dated = 0
    for _ in range(runs):
        level = 0.98 - 0.01 * np.clip(np.arange(1, 19) - 13, 0, None)
        drawn = rng.binomial(200, level).astype(float)[None]
        one = series_of(Family(measure=Measure.SHARE, k=drawn, n=np.full((1, 1), 200.0)), 0)
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
    windows, levels = compared(8)
    print(f"p-values here and in the package differ by at most {windows:.1e} (windows), {levels:.3f} (levels, drawn)")
    for dispersed in (False, True):
        share, error = in_control(asked.engagements, dispersed=dispersed)
        words = "months vary more than chance" if dispersed else "chance alone"
        print(
            f"{asked.engagements} engagements in control ({words}): {share:.4f} (error {error:.4f}) with a flag, "
            f"at most {RATE}",
            flush=True,
        )
    for at, measure in itertools.product((18, 30), Measure):
        told = planted(asked.runs, at=at, measure=measure)
        words = ", ".join(f"{name} {value:.3f} (error {error:.3f})" for name, (value, error) in told.items())
        print(f"{asked.runs} runs, {measure}, 1.5-sigma step after month {at}: {words}", flush=True)
    found, dated = drift(asked.runs)
    print(f"drift from month 14: flagged by month 18 in {found:.2f}, onset within 2 months in {dated:.2f} of those")


if __name__ == "__main__":
    main()
