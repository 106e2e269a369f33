"""How often charts and families of tests give an alarm when nothing has changed, and when something has.

    python benchmarks/false_alarms.py [--quick]

Prints the rates of false alarms of the rules of control charts, the share of false discoveries and the
power of a family of 100 series, and how soon a drift is found. The functions take seeds and can be
imported: give `false_discoveries` your own function from series to p-values.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from auditlab.statistics.change_points import change_point, pettitt_p, pettitt_statistics
from auditlab.statistics.chart_kinds import ChartKind, Convention, Phase
from auditlab.statistics.chart_limits import phase_lines
from auditlab.statistics.chart_rules import flagged, named_rules
from auditlab.statistics.false_discovery import q_values

Series = npt.NDArray[np.float64]

RULE_SETS = {
    "limits": ("limits",),
    "limits + anhoej": ("limits", "anhoej"),
    "mdc": ("mdc",),
    "western_electric": ("western_electric",),
    "nelson": ("nelson",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Discoveries:
    """Flags of many families of tests."""

    families: int
    false_share: float  # mean over families of false flags among the flags; 0 in a family without flags
    power: float  # share of the changed series that are flagged; nan where none changed
    false_alarms: float  # mean number of false flags in a family


def in_control(name: str, *, series: int, months: int, seed: int) -> Series:
    """Independent series in which nothing changes, of one law.

    Parameters
    ----------
    name : str
        ``normal``, ``gamma`` (skewness 1), ``poisson`` (mean 5), ``ar`` (autocorrelation 0.3) or
        ``binomial`` (98 % of 200 cases).
    series, months : int
        Size [count].
    seed : int
        Seed of the draw.

    Returns
    -------
    array of float
        One series a row.
    """
    rng, size = np.random.default_rng(seed), (series, months)
    if name == "ar":
        noise = rng.normal(size=size)
        for month in range(1, months):
            noise[:, month] = 0.3 * noise[:, month - 1] + np.sqrt(1 - 0.3**2) * noise[:, month]
        return noise
    draws: dict[str, Callable[[], Series]] = {
        "normal": lambda: rng.normal(size=size),
        "gamma": lambda: rng.gamma(4.0, size=size),
        "poisson": lambda: rng.poisson(5, size=size).astype("float64"),
        "binomial": lambda: rng.binomial(200, 0.98, size=size) / 200,
    }
    return draws[name]()


def chart_false_alarms(values: Series, *, rules: Sequence[str], baseline: int | None = None) -> float:
    """Share of series with at least one signal on an individuals chart.

    Parameters
    ----------
    values : array of float
        One series a row.
    rules : sequence of str
        Names as `control_chart` takes them.
    baseline : int, optional
        Points that the limits are frozen after.

    Returns
    -------
    float
        Share [0-1].
    """
    names, convention = named_rules(rules), Convention()
    months = values.shape[1]
    used, included = np.arange(months) < (baseline or months), np.ones(months, dtype=bool)
    ones, none = np.ones(months), np.full(months, np.nan)
    alarms = 0
    for row in values:
        phase = Phase(value=row, n=ones, used=used, spread=none)
        lines = phase_lines(phase, kind=ChartKind.INDIVIDUALS, convention=convention)
        alarms += any(flagged(lines, value=row, included=included, rule=name, sigmas=3.0).any() for name in names)
    return alarms / len(values)


def pettitt_values(series: Series) -> Series:
    """p-values of Pettitt's test, one a row."""
    return pettitt_p(pettitt_statistics(series)[1], size=series.shape[1])


def permutation_values(series: Series, *, draws: int = 999, seed: int = 0) -> Series:
    """p-values of the largest cumulative sum by permutation, one a row."""
    rng = np.random.default_rng(seed)

    def largest(rows: Series) -> Series:
        sums: Series = np.abs(np.cumsum(rows - rows.mean(axis=-1, keepdims=True), axis=-1)).max(axis=-1)
        return sums

    observed = largest(series)
    as_large = np.ones(len(series))
    for _ in range(draws):
        as_large += largest(rng.permuted(series, axis=1)) >= observed - 1e-12
    return as_large / (draws + 1)


def false_discoveries(
    p_values: Callable[[Series], Series],
    *,
    families: int,
    series: int,
    months: int = 36,
    changed: int = 0,
    step: float = 1.5,
    law: str = "normal",
    rate: float = 0.10,
    seed: int = 0,
) -> Discoveries:
    """Flag families of series by q-values, and count what was flagged rightly and wrongly.

    Parameters
    ----------
    p_values : callable
        From series (one a row) to one p-value each.
    families, series, months : int
        Engagements, series of each, and points of each [count].
    changed : int
        Series of each family with a step at the middle [count].
    step : float
        Size of the step [standard deviations].
    law : str
        As `in_control`.
    rate : float
        Declared rate of false discoveries [0-1].
    seed : int
        Seed of the draw.

    Returns
    -------
    Discoveries
        What happened on average.
    """
    values = in_control(law, series=families * series, months=months, seed=seed)
    spread = np.sqrt(values.var(axis=1, ddof=1).mean())
    moved = np.tile(np.arange(series) < changed, families)
    values[np.ix_(moved, np.arange(months) >= months // 2)] += step * spread
    flags = np.concatenate(
        [np.array(q_values(part.tolist())) <= rate for part in np.split(p_values(values), families)]
    ).reshape(families, series)
    wrong = flags[:, changed:].sum(axis=1)
    return Discoveries(
        families=families,
        false_share=float((wrong / np.maximum(flags.sum(axis=1), 1)).mean()),
        power=float(flags[:, :changed].mean()) if changed else float("nan"),
        false_alarms=float(wrong.mean()),
    )


def drift_found(*, runs: int, months: int = 18, start: int = 14, seed: int = 0) -> tuple[float, float]:
    """How often a drift of one point a month is found, and how often its onset within two months.

    Parameters
    ----------
    runs : int
        Simulated services at 98 % of 200 cases a month [count].
    months : int
        Months seen.
    start : int
        First month below 98 %.
    seed : int
        Seed of the draw.

    Returns
    -------
    tuple of float
        Share found, and share of those with the onset within two months [0-1].
    """
    rng, month = np.random.default_rng(seed), np.arange(1, months + 1)
    shares = 0.98 - 0.01 * np.maximum(0, month - start + 1)
    found = [
        change_point(rng.binomial(200, shares), denominators=np.full(months, 200), kind="auto", draws=1)
        for _ in range(runs)
    ]
    onsets = [each.onset for each in found if each.onset is not None]
    return len(onsets) / runs, float(np.mean([abs(onset - start) <= 2 for onset in onsets]))


def change_false_alarms(*, runs: int, months: int, kind: str, seed: int = 0) -> float:
    """Share of normal series in which a change is found that is none."""
    values = in_control("normal", series=runs, months=months, seed=seed)
    return float(np.mean([change_point(row, kind=kind, draws=1).onset is not None for row in values]))


CELLS = (
    ("normal", 24, None),
    ("normal", 36, None),
    ("normal", 60, None),
    ("gamma", 36, None),
    ("poisson", 36, None),
    ("ar", 36, None),
    ("normal", 36, 18),
)


def main() -> None:
    """Print all rates as tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the series")
    share = 10 if parser.parse_args().quick else 1
    print("| law, months | " + " | ".join(RULE_SETS) + " |\n|---|" + "---|" * len(RULE_SETS))
    for law, months, baseline in CELLS:
        values = in_control(law, series=20_000 // share, months=months, seed=months)
        rates = [chart_false_alarms(values, rules=rules, baseline=baseline) for rules in RULE_SETS.values()]
        label = f"{law} {months}" + (f", frozen at {baseline}" if baseline else "")
        print(f"| {label} | " + " | ".join(f"{rate:.3f}" for rate in rates) + " |", flush=True)
    print("\n| family | false share | power | false alarms |\n|---|---|---|---|")
    for name, p_values in (("Pettitt", pettitt_values), ("permutation", permutation_values)):
        for law, series, changed, families in (
            ("normal", 40, 0, 2000), ("binomial", 40, 0, 2000), ("normal", 100, 10, 500),
        ):  # fmt: skip
            found = false_discoveries(
                p_values, families=families // share, series=series, changed=changed, law=law, seed=1
            )
            print(
                f"| {name} + BH 0.10, {families // share} families of {series} {law}, {changed} changed | "
                f"{found.false_share:.3f} | {found.power:.3f} | {found.false_alarms:.2f} |",
                flush=True,
            )
    shown, near = drift_found(runs=2000 // share)
    print(f"\nDrift from month 14 on, seen at month 18: found {shown:.3f}, onset within 2 months {near:.3f}")
    for months in (24, 36, 60):
        rates = [
            change_false_alarms(runs=2000 // share, months=months, kind=kind) for kind in ("drift", "step", "auto")
        ]
        print(f"False changes in {months} months (drift, step, auto): " + ", ".join(f"{rate:.3f}" for rate in rates))


if __name__ == "__main__":
    main()
