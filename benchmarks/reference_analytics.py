"""Compare the statistics with reference numbers of other software, case by case.

    python benchmarks/reference_analytics.py --data FOLDER

The folder holds the reference tables as CSV (``cases.csv``, ``points.csv`` and others). They are not
part of this project: several come from packages under the GPL. The comparison prints, for every case,
how many numbers agree, and for every number that does not agree, why.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.statistics.assurance import capability, variation
from auditlab.statistics.change_points import change_point, pettitt
from auditlab.statistics.chart_constants import chart_constants
from auditlab.statistics.chart_rules import anhoej_false_alarm, anhoej_limits, anhoej_runs
from auditlab.statistics.control_charts import control_chart
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.funnels import funnel_limits
from auditlab.statistics.gamma_mixture import GammaMixture, gps
from auditlab.statistics.group_odds import group_odds
from auditlab.statistics.run_lengths import cusum_run_length, ewma_run_length, shewhart_run_length
from auditlab.statistics.shrinkage import Gamma, beta_binomial, fit_gamma, gamma_poisson, james_stein, marshall
from auditlab.statistics.survival import log_rank, survival

RELATIVE = 1e-6

# Differences that are understood: (pattern of the case and quantity, why).
CAUSES = (
    (r"mr_.* ucl95", "the reference takes two thirds of the upper limit, here the mean plus two standard deviations"),
    (r"funnel_PR.*low", "the reference rounds the normal quantile to six digits, which shows where a limit is near 0"),
    (r"funnel_SR.* value", "the reference divides by expected counts that the table gives rounded to two decimals"),
    (r"gps (low|high)", "the reference ends its bisection within 0.005 and then rounds to two decimals"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One quantity of one case, compared."""

    table: str
    case: str
    quantity: str
    compared: int  # numbers [count]
    differing: int
    largest: float  # largest relative difference
    cause: str  # empty where all agree, or where the cause is unknown

    def __str__(self) -> str:
        """One line for a person."""
        why = self.cause or "no known cause"
        return f"{self.case}, {self.quantity}: {self.differing} of {self.compared} differ, by {self.largest:.2g}: {why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One reference file: numbers compared, that agree, that differ for a known cause, and the rest."""

    file: str
    rows: int
    agree: int
    explained: int
    differences: tuple[str, ...]
    cause: str = ""


def compare(folder: Path) -> list[Comparison]:
    """Compare every table of a folder, and sum up by table for ``compare_reference.py``.

    Parameters
    ----------
    folder : Path
        The reference tables, or the folder above them.

    Returns
    -------
    list of Comparison
        One entry a table; empty where the folder holds none of the tables.
    """
    if not (_place(folder) / "points.csv").is_file():
        return []
    tables: dict[str, list[Agreement]] = {}
    for each in agreements(folder):
        tables.setdefault(each.table, []).append(each)
    return [_summed(table, found) for table, found in tables.items()]


def _summed(table: str, found: list[Agreement]) -> Comparison:
    rows, differing = sum(each.compared for each in found), sum(each.differing for each in found)
    explained = sum(each.differing for each in found if each.cause)
    return Comparison(
        file=f"{table}.csv",
        rows=rows,
        agree=rows - differing,
        explained=explained,
        differences=tuple(str(each) for each in found if each.differing and not each.cause),
        cause="; ".join(dict.fromkeys(each.cause for each in found if each.cause)),
    )


def _place(folder: Path) -> Path:
    return folder / "analytics" if (folder / "analytics").is_dir() else folder


def agreements(folder: Path) -> list[Agreement]:
    """Compare every table of a folder with what auditlab computes.

    Parameters
    ----------
    folder : Path
        The reference tables, or the folder above them.

    Returns
    -------
    list of Agreement
        One entry a quantity of a case.
    """
    return [found for table in TABLES for found in table(_place(folder))]


def _agreement(
    table: str, case: str, quantity: str, ours: npt.ArrayLike, *, theirs: npt.ArrayLike, absolute: float = 1e-12
) -> Agreement:
    here, there = np.asarray(ours, dtype="float64"), np.asarray(theirs, dtype="float64")
    both_missing = np.isnan(here) & np.isnan(there)
    gap = np.where(both_missing, 0.0, np.abs(here - there))
    with np.errstate(divide="ignore", invalid="ignore"):
        differs = ~(gap <= np.maximum(RELATIVE * np.abs(there), absolute)) & ~(here == there) & ~both_missing
        largest = float(np.nanmax(np.where(differs, gap / np.abs(there), 0.0), initial=0.0))
    name = f"{case} {quantity}"
    cause = next((why for pattern, why in CAUSES if re.match(pattern, name)), "") if differs.any() else ""
    return Agreement(
        table=table,
        case=case,
        quantity=quantity,
        compared=int(np.size(there)),
        differing=int(np.sum(differs)),
        largest=largest,
        cause=cause,
    )


def charts(place: Path) -> Iterator[Agreement]:
    """Control charts: values, centre, limits, signals and runs of every case."""
    cases, points = pd.read_csv(place / "cases.csv"), pd.read_csv(place / "points.csv")
    raw = pd.read_csv(place / "raw_pistonrings.csv")
    for case in cases.itertuples():
        here = points[points["case_id"] == case.case_id].reset_index(drop=True)
        chart = _chart(case.chart, case.options, here, raw=raw[raw["trial"]])
        pairs = {name: (chart[name], here[theirs]) for name, theirs in _columns(case.chart).items()}
        if case.chart == "cusum":
            larger = np.where(here["cusum_pos"] >= -here["cusum_neg"], here["cusum_pos"], here["cusum_neg"])
            pairs = {"value": (chart["value"], larger), "signal": (chart["signal"], here["signal_pos"])}
        elif here["lcl95"].notna().any():
            two = _chart(case.chart, case.options, here, raw=raw, sigmas=2.0)
            pairs |= {"lcl95": (two["lower"], here["lcl95"]), "ucl95": (two["upper"], here["ucl95"])}
        pairs |= _signals(case.chart, chart, here)
        for quantity, (ours, theirs) in pairs.items():
            if pd.Series(theirs).notna().any():
                yield _agreement("points", case.case_id, quantity, ours, theirs=theirs)


def _columns(kind: str) -> dict[str, str]:
    return {"value": "ewma" if kind == "ewma" else "y_plot", "center": "cl", "lower": "lcl", "upper": "ucl"}


def _chart(kind: str, options: str, here: pd.DataFrame, *, raw: pd.DataFrame, sigmas: float = 3.0) -> pd.DataFrame:
    """The chart of a case under the convention that the case states."""
    phases = here["part"].to_numpy() if here["part"].max() > 1 else None
    if kind in {"xbar", "s"}:
        return control_chart(raw["diameter"], kind=kind, subgroups=raw["sample"], sigmas=sigmas)
    if kind == "xmr_mdc":
        screened = "screen_outliers=TRUE" in options
        return control_chart(here["y_plot"], kind="i", d2="2.66", phases=phases, rules=["mdc"], mr_screening=screened)
    if kind == "rules":
        known = {"center": 0.0, "sd": 1.0} if "center=0" in options else {}
        return control_chart(here["y_plot"], kind="i", rules=["nelson", "western_electric"], **known)
    if kind in {"ewma", "cusum"}:
        return control_chart(here["y_plot"], kind=kind, center=50.0, sd=2.0539, weight=0.3)
    freeze, multiply = re.search(r"freeze=(\d+)", options), re.search(r"multiply=(\d+)", options)
    return control_chart(
        here["num"],
        kind=kind,
        denominators=here["den"] if here["den"].notna().any() else None,
        phases=phases,
        baseline=int(freeze[1]) if freeze else None,
        multiply=float(multiply[1]) if multiply else 1.0,
        mr_screening="screenedmr=TRUE" in options,
        sigmas=sigmas,
    )


def _signals(kind: str, chart: pd.DataFrame, here: pd.DataFrame) -> dict[str, tuple[npt.ArrayLike, npt.ArrayLike]]:
    """Flags of a case and those of the reference, rule by rule."""
    pairs: dict[str, tuple[npt.ArrayLike, npt.ArrayLike]] = {}
    if kind != "cusum":
        pairs["outside"] = (chart["outside"], here["sigma_signal"].fillna(here["outside_limits"]))
    if kind == "rules":
        for name, size in (("nelson", 8), ("western_electric", 4)):
            short = "we" if name == "western_electric" else name
            for number in range(1, size + 1):
                flags = chart["rule"].str.split("; ").map(lambda rules, rule=f"{name}{number}": rule in rules)
                pairs[f"{name}{number}"] = (flags, here[f"{short}{number}"])
    if kind == "xmr_mdc":
        pairs["signal"] = (chart["signal"], here["special_cause_type"] != "Common Cause")
    if here["runs_signal"].notna().any():
        present = chart["value"].notna()
        pairs["anhoej"] = (chart["rule"].str.contains("anhoej")[present], here.loc[present, "runs_signal"])
        pairs |= _runs(chart, here)
    return pairs


def _runs(chart: pd.DataFrame, here: pd.DataFrame) -> dict[str, tuple[npt.ArrayLike, npt.ArrayLike]]:
    """Useful points, longest run and crossings of every phase."""
    found = [anhoej_runs(part["value"], center=part["center"]) for _, part in chart.groupby("phase")]
    first = here.drop_duplicates("part").reset_index(drop=True)
    ours = {
        "n_useful": [runs.useful for runs in found],
        "longest_run": [runs.longest_run for runs in found],
        "longest_run_max": [runs.longest_run_limit for runs in found],
        "n_crossings": [runs.crossings for runs in found],
        "n_crossings_min": [runs.crossings_limit for runs in found],
    }
    # A series without useful points has no runs to compare.
    return {name: (numbers, first[name]) for name, numbers in ours.items() if first[name].notna().all()}


def icons(place: Path) -> Iterator[Agreement]:
    """Variation of the last point, of every point, and assurance."""
    cases, points = pd.read_csv(place / "cases.csv"), pd.read_csv(place / "points.csv")
    raw = pd.DataFrame()
    for icon in pd.read_csv(place / "mdc_icons.csv").itertuples():
        case = cases[cases["case_id"] == icon.case_id].iloc[0]
        here = points[points["case_id"] == icon.case_id].reset_index(drop=True)
        chart = _chart(case["chart"], case["options"], here, raw=raw)
        kinds = variation(chart, improvement=icon.improvement_direction)
        yield _agreement("mdc_icons", icon.case_id, "variation", kinds == here["point_type"], theirs=kinds.notna())
        yield _agreement("mdc_icons", icon.case_id, "last variation", kinds.iloc[-1] == icon.variation, theirs=True)
        if not pd.isna(icon.target):
            ours = capability(chart, target=icon.target, improvement=icon.improvement_direction).assurance
            yield _agreement("mdc_icons", icon.case_id, "assurance", ours == icon.assurance, theirs=True)


def constants(place: Path) -> Iterator[Agreement]:
    """Constants of control charts."""
    table = pd.read_csv(place / "constants.csv")
    found = [chart_constants(int(n)) for n in table["n"]]
    names = {
        "d2": "d2", "d3": "d3", "c4": "c4", "E2": "individual", "D4": "upper_range", "D3": "lower_range",
        "A2": "mean_by_range", "A3": "mean_by_sd", "B3": "lower_sd", "B4": "upper_sd",
    }  # fmt: skip
    for theirs, ours in names.items():
        numbers = [getattr(each, ours) for each in found]
        yield _agreement("constants", "constants", theirs, numbers, theirs=table[theirs])


def runs_rules(place: Path) -> Iterator[Agreement]:
    """Limits of the Anhøj rules and their exact false-alarm rate."""
    table = pd.read_csv(place / "anhoej_exact.csv")
    limits = np.array([anhoej_limits(int(n)) for n in table["n_useful"]])
    chances = [anhoej_false_alarm(int(n)) for n in table["n_useful"]]
    yield _agreement("anhoej_exact", "anhoej", "longest run", limits[:, 0], theirs=table["longest_run_max"])
    yield _agreement("anhoej_exact", "anhoej", "fewest crossings", limits[:, 1], theirs=table["n_crossings_min"])
    yield _agreement("anhoej_exact", "anhoej", "false alarm", chances, theirs=table["p_signal_either"])


def run_lengths(place: Path) -> Iterator[Agreement]:
    """Average run lengths; the EWMA rows are for L = 2.859, which their label rounds to 2.86."""
    functions: dict[str, Callable[[float], float]] = {
        "Shewhart": lambda shift: shewhart_run_length(shift=shift),
        "EWMA": lambda shift: ewma_run_length(shift=shift, sigmas=2.859),
        "CUSUM": lambda shift: cusum_run_length(shift=shift),
    }
    for row in pd.read_csv(place / "arl.csv").itertuples():
        name = row.chart.split()[0]
        yield _agreement("arl", name, f"shift {row.delta:g}", functions[name](row.delta), theirs=row.ARL)


def changes(place: Path) -> Iterator[Agreement]:
    """Pettitt's test, and the one break that the criteria agree on."""
    points = pd.read_csv(place / "points.csv")
    series = {"Nile": "i_nile", "discoveries": "c_discoveries"}
    for row in pd.read_csv(place / "changepoint.csv").itertuples():
        values = points.loc[points["case_id"] == series[row.series], "num"]
        test = pettitt(values)
        yield _agreement("changepoint", row.series, "Pettitt place", test.last_before, theirs=row.pettitt_k)
        yield _agreement("changepoint", row.series, "Pettitt K", test.statistic, theirs=row.pettitt_K)
        yield _agreement("changepoint", row.series, "Pettitt p", test.p, theirs=row.pettitt_p_approx)
        yield _agreement("changepoint", row.series, "supF", _largest_f(values), theirs=row.supF)
        if "/" not in str(row.bic_breaks):
            onset = change_point(values, kind="step", draws=99).onset
            yield _agreement("changepoint", row.series, "break", (onset or 0) - 1, theirs=float(row.bic_breaks))


def _largest_f(values: pd.Series) -> float:
    """Largest F of one change of the mean, 15 % of the points kept clear at each end."""
    y = values.to_numpy(dtype="float64")
    clear = int(0.15 * y.size)
    whole = ((y - y.mean()) ** 2).sum()
    rest = [
        sum(((part - part.mean()) ** 2).sum() for part in np.split(y, [k])) for k in range(clear, y.size - clear + 1)
    ]
    return float(max((whole - split) / (split / (y.size - 2)) for split in rest))


def families(place: Path) -> Iterator[Agreement]:
    """Benjamini-Hochberg and Benjamini-Yekutieli."""
    table = pd.read_csv(place / "bh.csv")
    for method in ("bh", "by"):
        yield _agreement("bh", method, "q", q_values(table["p"].tolist(), method=method), theirs=table[method])


def durations(place: Path) -> Iterator[Agreement]:
    """Kaplan-Meier curves, quantiles and the log-rank test."""
    raw = pd.read_csv(place / "km_raw.csv").astype({"group": "str"})
    quantiles = pd.read_csv(place / "km_quantiles.csv").astype({"group": "str"})
    for (case, group, scale), curve in pd.read_csv(place / "km_curve.csv").groupby(["case_id", "group", "conf_type"]):
        cases = raw[(raw["case_id"] == case) & ((raw["group"] == str(group)) | (group == "all"))]
        found = survival(cases["time"], cases["status"] == 1, interval_scale=scale)
        columns = {
            "time": "time", "at_risk": "n_risk", "events": "n_event", "censored": "n_censor",
            "survival": "surv", "se": "std_err_greenwood", "low": "lower", "high": "upper",
        }  # fmt: skip
        name = f"{case} {group} {scale}"
        for ours, theirs in columns.items():
            yield _agreement("km_curve", name, ours, found.table[ours], theirs=curve[theirs])
        rows = quantiles.query("case_id == @case and group == @group and conf_type == @scale")
        ours_at = [found.quantile(share) for share in rows["prob"]]
        for side, theirs in (("estimate", "quantile"), ("low", "lower"), ("high", "upper")):
            yield _agreement("km_quantiles", name, side, [getattr(q, side) for q in ours_at], theirs=rows[theirs])
    for row in pd.read_csv(place / "km_logrank.csv").itertuples():
        cases = raw[raw["case_id"] == row.case_id]
        test = log_rank(cases["time"], cases["status"] == 1, groups=cases["group"])
        yield _agreement("km_logrank", row.case_id, "chi-square", test.statistic, theirs=row.chisq)
        yield _agreement("km_logrank", row.case_id, "p", test.p, theirs=row.p)


def funnels(place: Path) -> Iterator[Agreement]:
    """Funnel limits, exact and with over-dispersion."""
    kinds = {
        "PR": {"kind": "proportion", "unadjusted": "transformed"},
        "RC": {"kind": "ratio_of_counts", "unadjusted": "transformed"},
        "SR": {"kind": "standardised", "unadjusted": "garwood", "trimming": "drop"},
    }
    limits = [
        (f"{side}_{level}", f"{short}{level}")
        for side, short in (("low", "ll"), ("high", "ul"))
        for level in ("95", "998")
    ]
    for case, rows in pd.read_csv(place / "funnel.csv").groupby("case_id"):
        found = funnel_limits(rows["numerator"], rows["denominator"], **kinds[rows["data_type"].iloc[0]])
        spread = found.attrs["overdispersion"]
        for name, theirs in (("phi", "phi"), ("between", "tau2"), ("groups", "n_used")):
            yield _agreement("funnel", case, name, spread[name], theirs=rows[theirs].iloc[0])
        pairs = [("value", "rr"), ("target", "target"), ("z", "Uzscore"), ("z_trimmed", "Wuzscore"), *limits]
        pairs += [(f"adjusted_{ours}", f"od{theirs}") for ours, theirs in limits]
        for ours, theirs in pairs:
            yield _agreement("funnel", case, ours, found[ours], theirs=rows[theirs])
        yield _agreement("funnel", case, "outside", found["outside"], theirs=rows["outlier_998_adj"])
    for case, rows in pd.read_csv(place / "funnel_exact.csv").groupby("case_id"):
        kind = "proportion" if rows["dist"].iloc[0] == "binomial" else "rate"
        found = funnel_limits(rows["num"], rows["den"], kind=kind, target=rows["theta0"].iloc[0])
        for ours, theirs in limits:
            yield _agreement("funnel_exact", case, ours, found[ours], theirs=rows[theirs])


def shrunken(place: Path) -> Iterator[Agreement]:
    """Empirical Bayes estimates."""
    rates = pd.read_csv(place / "eb_rates.csv")
    for case, rows in rates.groupby("case_id"):
        found = marshall(rows["count"], exposures=rows["exposure"])
        yield _agreement("eb_rates", case, "Marshall", found["shrunken"], theirs=rows["eb_marshall"])
        law = fit_gamma(rows["count"], expected=rows["E"], tolerance=1e-4)  # as the reference ends its steps
        yield _agreement(
            "eb_rates", case, "gamma law", [law.shape, law.rate], theirs=rows[["gp_nu", "gp_alpha"]].iloc[0]
        )
        relative = gamma_poisson(rows["count"], expected=rows["E"], prior=law)
        yield _agreement("eb_rates", case, "gamma-Poisson", relative, theirs=rows["rr_gamma_poisson_ml"])
    players = pd.read_csv(place / "eb_baseball.csv")
    share = players["hits"] / players["ab"]
    error = share.mean() * (1 - share.mean()) / players["ab"].iloc[0]
    yield _agreement("eb_baseball", "batting", "James-Stein", james_stein(share, variance=error), theirs=players["js"])
    posterior = beta_binomial(players["hits"], n=players["ab"])
    yield _agreement("eb_baseball", "batting", "beta-binomial", posterior, theirs=players["bb_ml"])
    drugs = pd.read_csv(place / "gps_ebgm.csv")
    one = drugs.iloc[0]
    law_one, law_two = (Gamma(shape=one[f"alpha{k}"], rate=one[f"beta{k}"]) for k in (1, 2))
    prior = GammaMixture(first=law_one, second=law_two, share=one["P"])
    found = gps(drugs["N"], expected=drugs["E"], prior=prior)
    for ours, theirs in (("ebgm", "EBGM"), ("low", "EB05"), ("high", "EB95")):
        # The reference gives two decimals.
        yield _agreement("gps_ebgm", "gps", ours, found[ours], theirs=drugs[theirs], absolute=0.005)
    inspectors = pd.read_csv(place / "inspector_counts.csv")
    ratio = round(group_odds(inspectors["crit"], n=inspectors["n"]).median_odds_ratio, 1)
    yield _agreement("inspector_counts", "inspectors", "median odds ratio", ratio, theirs=2.8)


TABLES = (
    charts, icons, constants, runs_rules, run_lengths, changes, families, durations, funnels, shrunken,
)  # fmt: skip


def report(found: list[Agreement]) -> int:
    """Print a line a table and a line a difference; the number of differences without a known cause."""
    tables = dict.fromkeys(each.table for each in found)
    for table in tables:
        here = [each for each in found if each.table == table]
        rows, differing = sum(each.compared for each in here), sum(each.differing for each in here)
        print(f"{table}: {len({each.case for each in here})} cases, {rows - differing} of {rows} numbers agree")
    different = [each for each in found if each.differing]
    for each in different:
        print(f"  {each}")
    unknown = sum(not each.cause for each in different)
    print(
        f"{sum(each.compared for each in found)} numbers, {sum(each.differing for each in different)} differ, "
        f"{unknown} quantities without a known cause"
    )
    return unknown


def main() -> int:
    """Read the folder from the command line; 1 where a difference has no known cause."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the reference tables")
    return 1 if report(agreements(parser.parse_args().data)) else 0


if __name__ == "__main__":
    sys.exit(main())
