"""Wall time of the incident tables: the engine of the package against a plain pandas version of the same counts.

Run ``python benchmarks/kpi_tables.py --rows 5000000``. Both versions start from one Parquet file, run in a process of
their own and must give the same counts; peak memory is that of the process.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from auditlab.signals.engine import COUNTS, durations, monthly_counts

CUT_OFF = pd.Timestamp("2024-04-01")
MONTHS, SERVICES = 60, 200
CHECKED = ("opened", "met", "late", "not_due", "settled", "settled_met", "settled_gross", "reopened", "major")


def invented(rows: int, path: Path, *, seed: int = 1) -> None:
    """A Parquet file of invented incidents: 200 services, 60 months, one in fifty open."""
    rng = np.random.default_rng(seed)
    opened = CUT_OFF - pd.to_timedelta(rng.integers(0, MONTHS * 30 * 24 * 60, rows), unit="min")
    worked = pd.to_timedelta(np.round(rng.lognormal(6, 1.2, rows)), unit="min")
    resolved = pd.Series(opened + worked)
    resolved[(resolved >= CUT_OFF) | (rng.random(rows) < 0.02)] = pd.NaT
    services = np.array([f"S{number:03}" for number in range(SERVICES)])
    frame = pd.DataFrame(
        {
            "incident_id": np.arange(rows),
            "opened": opened.astype("datetime64[us]"),
            "first_response": (opened + worked / 10).astype("datetime64[us]"),
            "resolved": resolved.astype("datetime64[us]"),
            "priority": np.array(["P1", "P2", "P3", "P4"])[rng.choice(4, rows, p=[0.02, 0.18, 0.4, 0.4])],
            "service": services[rng.integers(0, SERVICES, rows)],
            "site": np.array(["A", "B", "C"])[rng.integers(0, 3, rows)],
            "supplier": np.array(["X", "Y"])[rng.integers(0, 2, rows)],
            "ci": rng.integers(0, 50_000, rows).astype("U6"),
            "major": rng.random(rows) < 0.001,
            "reassignments": rng.poisson(0.7, rows),
            "reopens": (rng.random(rows) < 0.03).astype("int64"),
            "paused_minutes": np.where(rng.random(rows) < 0.2, 60.0, 0.0),
            "sla_target_minutes": rng.choice([240.0, 480.0, 2880.0], rows),
            "sla_met": rng.random(rows) < 0.9,
            "caused_by_change": np.where(rng.random(rows) < 0.01, "C1", None),
            "problem_id": np.where(rng.random(rows) < 0.01, "P1", None),
        }
    )
    frame.to_parquet(path, index=False)


def with_engine(path: Path) -> dict[str, int]:
    """The counts of all months and the durations of the last quarter, as the package makes them."""
    counts = monthly_counts(path, cut_off=CUT_OFF)
    lasted = durations(path, cut_off=CUT_OFF, first=CUT_OFF - pd.DateOffset(months=3), after=CUT_OFF)
    return {name: int(counts[name].sum()) for name in CHECKED} | {"durations": int(lasted["n"].sum())}


def with_pandas(path: Path) -> dict[str, int]:
    """The same tables by a plain ``groupby`` over the same columns, as one would write it."""
    table = pd.read_parquet(path)
    table = table[table["opened"] < CUT_OFF]
    table["month"] = table["opened"].dt.to_period("M").dt.to_timestamp()
    elapsed = (table["resolved"] - table["opened"]).dt.total_seconds() / 60
    pause = table["paused_minutes"].fillna(0)
    target = table["sla_target_minutes"]
    due = table["opened"] + pd.to_timedelta(target + pause, unit="min")
    settled, met = due <= CUT_OFF, (elapsed - pause) <= target
    done = table["resolved"].notna()
    marks = pd.DataFrame(
        {
            "impossible": table["resolved"] < table["opened"],
            "response_impossible": table["first_response"] < table["opened"], "opened": 1, "resolved": done,
            "timed": elapsed.notna(), "resolved_hours": elapsed / 60,
            "responded": table["first_response"].notna(),
            "response_minutes": (table["first_response"] - table["opened"]).dt.total_seconds() / 60,
            "major": table["major"], "major_known": table["major"].notna(),
            "reopened": (table["reopens"] > 0) & done, "reopen_known": table["reopens"].notna() & done,
            "reassignments": table["reassignments"], "reassignment_known": table["reassignments"].notna(),
            "with_problem": table["problem_id"].notna(), "with_change": table["caused_by_change"].notna(),
            "with_ci": table["ci"].notna(), "targeted": target.notna(), "met": met,
            "late": (elapsed - pause) > target, "breached_open": ~done & settled, "not_due": ~done & (due > CUT_OFF),
            "settled": settled, "settled_met": settled & met, "settled_gross": settled & (elapsed <= target),
            "settled_paused": settled & (pause > 0), "settled_pause_known": settled & table["paused_minutes"].notna(),
            "reported": settled & table["sla_met"].notna(), "reported_met": settled & table["sla_met"],
        },
        index=table.index,
    )  # fmt: skip
    keys = [table["month"], *(table[name] for name in ("service", "priority"))]
    counts = marks.groupby(keys, dropna=False)[list(COUNTS)].sum()
    quarter = table["opened"] >= CUT_OFF - pd.DateOffset(months=3)
    lasted = (table["resolved"].fillna(CUT_OFF) - table["opened"]).dt.total_seconds().div(60).round()[quarter]
    by = [table["service"][quarter], table["priority"][quarter], lasted, done[quarter]]
    grouped = lasted.groupby(by, dropna=False).size()
    return {name: int(counts[name].sum()) for name in CHECKED} | {"durations": int(grouped.sum())}


def measured(way: Callable[[Path], dict[str, int]], path: Path) -> tuple[float, float, dict[str, int]]:
    """Wall time [s], peak memory [GiB] and result of `way` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measured, (way, path))


def _measured(way: Callable[[Path], dict[str, int]], path: Path) -> tuple[float, float, dict[str, int]]:
    begun = time.perf_counter()
    result = way(path)
    took = time.perf_counter() - begun
    return took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, result


def main() -> None:
    """Print both times, their ratio and the peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "incidents.parquet"
        invented(rows, path)
        quick, quick_memory, quick_result = measured(with_engine, path)
        plain, plain_memory, plain_result = measured(with_pandas, path)
    if quick_result != plain_result:
        raise SystemExit(f"The two versions differ: {quick_result} and {plain_result}.")
    print(f"{rows:,} incidents, {SERVICES} services, {MONTHS} months; counts agree: {quick_result}")
    print(f"engine {quick:.2f} s, {quick_memory:.2f} GiB; pandas {plain:.2f} s, {plain_memory:.2f} GiB")
    print(f"ratio {quick / plain:.3f} (at most 0.200)")


if __name__ == "__main__":
    main()
