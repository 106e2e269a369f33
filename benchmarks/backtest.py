"""Show on real inspection histories whether the shipped order of priority beats the simpler ones.

    python benchmarks/backtest.py --data FOLDER

Prints a table per history and writes ``results_backtest.md`` beside this file; ends with 1 where the history of
Chicago does not reach what is asked of the shipped model.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import pandas as pd
from histories import chicago, staten_island

from auditlab.priority import Metric, Model, backtest

SEED = 20_000
SHOWN = list(Metric)
LEAST_PRECISION, LEAST_TIMES_LAST, SLOPES = 0.497, 2.0, (0.85, 1.2)


def main() -> int:
    """Run both histories and write what came out, good or bad."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data sets")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results_backtest.md"))
    given = parser.parse_args()
    parts, results = [OPENING], {}
    for name, adapter in {"Chicago": chicago, "Staten Island": staten_island}.items():
        history = adapter(given.data)
        start = time.perf_counter()
        results[name] = backtest(history, seed=SEED)
        seconds = time.perf_counter() - start
        parts.append(section(name, results[name], seconds))
    text = "\n".join(parts)
    print(text)
    given.output.write_text(text, encoding="utf-8")
    return 0 if reached(results["Chicago"]) else 1


OPENING = """# The order of priority against simpler ones

Written by `python benchmarks/backtest.py --data FOLDER`. Rolling quarterly origin; every model sees only what came
before the origin; visits of sites without an earlier visit are left out. In brackets 95 % intervals from drawing sites
again. What counts is the gain in average precision over the **clause base rate**, not over chance. An order that a
person declared (contributions) cannot be tested here: these histories hold no corrective actions.
"""


def section(name: str, result: pd.DataFrame, seconds: float) -> str:
    """One history as a Markdown table."""
    facts = result.iloc[0]
    counted = (
        f"{facts['n']:,} cells of {facts['visits']:,} visits at {facts['entities']:,} sites, {facts['positives']:,} "
        f"with a violation, {facts['origins']} origins; {facts['method']}; {seconds:.0f} s.\n"
    )
    lines = [
        f"## {name}\n",
        counted,
        "| | " + " | ".join(str(model) for model in dict.fromkeys(result["model"])) + " |",
        "|---|" + "---|" * result["model"].nunique(),
    ]
    table = result.set_index(["metric", "model"])
    for metric in SHOWN:
        cells = [written(table, str(metric), model) for model in dict.fromkeys(result["model"])]
        lines.append(f"| {metric} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def written(table: pd.DataFrame, metric: str, model: str) -> str:
    """One value with its interval, or a dash."""
    if (metric, model) not in table.index or pd.isna(table.loc[(metric, model), "value"]):
        return "–"
    row = table.loc[(metric, model)]
    return f"{row['value']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def reached(result: pd.DataFrame) -> bool:
    """Whether the shipped model reaches on this history what is asked of it."""
    own = result[result["model"] == str(Model.SHIPPED)].set_index("metric")
    return bool(
        own.loc[str(Metric.AVERAGE_PRECISION), "value"] >= LEAST_PRECISION
        and own.loc[str(Metric.GAIN), "low"] > 0
        and own.loc[str(Metric.TIMES_LAST), "value"] >= LEAST_TIMES_LAST
        and SLOPES[0] <= own.loc[str(Metric.CALIBRATION_SLOPE), "value"] <= SLOPES[1]
    )


if __name__ == "__main__":
    raise SystemExit(main())
