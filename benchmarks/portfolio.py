"""A portfolio of 5,000 clients over ten years: time and memory against plain pandas, growth, workers, false flags.

``python benchmarks/portfolio.py time --clients 5000`` measures each way of working, from Parquet to the
finished page, in a process of its own; the first line of auditlab warms the bytecode;
``python benchmarks/portfolio.py false-flags`` simulates portfolios; ``... workers`` reads client folders. Results stand
in ``results_portfolio.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from threading import Timer

import numpy as np
import pandas as pd
from synthetic_portfolio import make_portfolio

from auditlab.portfolio import outliers
from auditlab.portfolio.fan_out import Workers, dask_workers, fan_out, local_workers
from auditlab.portfolio.parts import merge_parts
from auditlab.portfolio.sources import find_sources
from auditlab.publish.files import sha256_of
from auditlab.publish.portfolio_run import ClientJob, run_portfolio

AS_OF = "2025-01-31"
BYTECODE = Path(gettempdir()) / "auditlab-benchmark-bytecode"


def measured(engine: str, folder: Path) -> dict[str, float]:
    """Seconds, CPU seconds and peak memory of one way of working, in a process of its own."""
    command = [sys.executable, __file__, "one", "--engine", engine, "--folder", str(folder)]
    # Installed packages have their bytecode; where a setting forbids to write it, imports would count instead.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=kept)  # noqa: S603  # our own command
    return dict(json.loads(done.stdout.splitlines()[-1]))


def one(engine: str, folder: Path) -> None:
    """Work once and print what it took as JSON."""
    with TemporaryDirectory() as private:
        begun = time.perf_counter()
        if engine == "auditlab":
            run = run_portfolio(folder, workers=local_workers(1), as_of=AS_OF, output=private)
            if run.failure is not None:
                raise SystemExit(run.failure.words)
        else:
            for name, table in plain_pandas(folder).items():
                table.to_csv(Path(private) / f"{name}.csv")
        seconds = time.perf_counter() - begun
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = sum(used.ru_utime + used.ru_stime for used in (own, others))
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mib": (own.ru_maxrss + others.ru_maxrss) / 1024}))


def plain_pandas(folder: Path) -> dict[str, pd.DataFrame]:
    """The same questions as an analyst writes them with pandas: whole tables in memory, client by client for rules.

    It asks less than the review: no identity of clients, no account of rows, no suppression, no calibration.
    """
    held = {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}
    as_of = pd.Timestamp(AS_OF)
    audits = held["audits"].merge(held["clients"], on="client", how="left")
    counts = pd.crosstab(held["findings"]["audit_id"], held["findings"]["grade"])
    facts = audits.merge(counts, left_on="audit_id", right_index=True, how="left").fillna(
        {"major": 0, "minor": 0, "ofi": 0}
    )
    facts["nc"] = facts["major"] + facts["minor"]
    return {
        "rates": _plain_rates(facts[facts["start"] > as_of - pd.DateOffset(years=3)]),
        "rules": _plain_rules(held, facts, as_of),
        "clauses": _plain_clauses(held, facts),
        "risk": _plain_risk(held, as_of),
    }


def _plain_rates(recent: pd.DataFrame) -> pd.DataFrame:
    from scipy import stats  # noqa: PLC0415

    stratum = ["type", "edition", "sector"]
    recent = recent.join(recent.groupby(stratum)[["nc", "auditor_days"]].transform("sum"), suffixes=("", "_all"))
    recent["expected"] = recent["auditor_days"] * recent["nc_all"] / recent["auditor_days_all"]
    rows = []
    for client, own in recent.groupby("client"):
        found, expected, total = own["nc"].sum(), own["expected"].sum(), recent["nc"].sum()
        share = expected / total
        p = min(1, 2 * min(stats.binom.sf(found - 1, total, share), stats.binom.cdf(found, total, share)))
        low, high = stats.chi2.ppf(0.025, 2 * found) / 2, stats.chi2.ppf(0.975, 2 * found + 2) / 2
        rows.append((client, found, own["auditor_days"].sum(), found / expected, low / expected, high / expected, p))
    return pd.DataFrame(rows, columns=["client", "n", "days", "ratio", "low", "high", "p"])


def _plain_rules(held: dict[str, pd.DataFrame], facts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    items = {"9.2", "9.3", "10.1", "8.3.2", "9.1", "10.2", "8.1"}
    seen = held["coverage"][held["coverage"]["examined"]].groupby("audit_id")["clause"].agg(set)
    certificates = dict(list(held["certificates"].groupby("client")))
    rows = []
    for client, own in facts.groupby("client"):
        surveillance = own[own["type"] == "surveillance"].sort_values("start")
        decisions = certificates[client].sort_values("decision_date")
        for decided, expiry, following in zip(
            decisions["decision_date"], decisions["expiry"], [*decisions["decision_date"][1:], as_of], strict=True
        ):
            inside = surveillance[surveillance["start"].between(decided, following)]
            first = inside["start"].min()
            rows.append((client, "first", pd.isna(first) or first > decided + pd.DateOffset(months=12)))
            rows.append((client, "expiry", following > expiry))
            years = set(inside["start"].dt.year)
            rows += [(client, "yearly", year not in years) for year in range(decided.year + 1, following.year)]
        for audit in surveillance["audit_id"]:
            rows.append((client, "must cover", not items <= seen.get(audit, set())))
    return pd.DataFrame(rows, columns=["client", "rule", "broken"])


def _plain_clauses(held: dict[str, pd.DataFrame], facts: pd.DataFrame) -> pd.DataFrame:
    coverage = held["coverage"].merge(facts[["audit_id", "auditor_days", "sector"]], on="audit_id")
    coverage["key"] = coverage["clause"].map(_plain_key)
    days = coverage.drop_duplicates(["audit_id", "key"]).groupby(["key", "sector"])["auditor_days"].sum()
    found = held["findings"].merge(facts[["audit_id", "sector"]], on="audit_id")
    found["key"] = found["clause"].map(_plain_key)
    nc = found[found["grade"].isin(["major", "minor"])].groupby(["key", "sector"]).size()
    return (10 * nc / days).reset_index()


def _plain_key(clause: str) -> str:
    return ".".join(clause.split(".")[: 3 if clause.startswith("8") else 2])


def _plain_risk(held: dict[str, pd.DataFrame], as_of: pd.Timestamp) -> pd.DataFrame:
    actions = held["corrective_actions"].merge(held["findings"], on=["finding_id", "client"])
    late = actions[actions["completed"].isna() & (actions["due_original"] < as_of)]
    overdue = late.groupby("client").size()
    majors = actions[(actions["grade"] == "major") & actions["verified"].isna()].groupby("client").size()
    current = held["certificates"].sort_values("decision_date").groupby("client").last()
    nc = actions[actions["grade"].isin(["major", "minor"])]
    cells = nc.merge(held["audits"][["audit_id", "start"]], on="audit_id")
    cells["key"] = cells["clause"].map(_plain_key)
    repeats = cells.groupby(["client", "site", "key"])["start"].nunique().gt(1).groupby("client").sum()
    return current.assign(overdue=overdue, majors=majors, repeats=repeats).sort_values("expiry")


def false_flags(portfolios: int) -> None:
    """Share of false flags and power over simulated portfolios, beside a raw league table of as many names."""
    for spread in (0.0, 0.2, 0.3):
        random, rows = np.random.default_rng(20251123), []
        for _ in range(portfolios):
            clients, planted = 400, 8
            days = random.choice([3.0, 5.0, 8.0, 12.0, 20.0], clients)
            rate = 1.3 * np.exp(random.normal(-(spread**2) / 2, spread, clients))
            rate[:planted] = 1.3 * 2.5
            found = random.poisson(rate * days)
            table = pd.DataFrame({"client": range(clients), "nonconformities": found, "auditor_days": days})
            flagged = np.flatnonzero(
                outliers(table).sort_values("client")["flagged"].fillna(False).to_numpy(dtype=bool)
            )
            league = np.argsort(-found / days, kind="stable")[:planted]
            rows.append((
                (flagged >= planted).mean() if flagged.size else 0.0, (flagged < planted).sum() / planted,
                (league >= planted).mean(), (league < planted).sum() / planted,
            ))  # fmt: skip
        false, power, league_false, league_power = np.array(rows).mean(axis=0)
        print(f"| {spread} | {false:.3f} | {power:.2f} | {league_false:.3f} | {league_power:.2f} |", flush=True)


def workers(folders: int, notebook: str | None) -> None:
    """Client folders of workbooks through intake and one notebook each: one worker, two, Dask, and one killed."""
    with TemporaryDirectory() as private:
        clients = Path(private) / "clients"
        _client_folders(clients, folders)
        first: dict[str, str] | None = None
        ways = {"1": local_workers(1), "2": local_workers(2), "dask 2": dask_workers(None, count=2)}
        for name, who in (ways | {"2, one killed": _one_killed()}).items():
            seconds, tables = _timed(clients, Path(private) / name.replace(" ", ""), who, notebook=notebook)
            first = first or tables
            print(f"| {name} | {seconds:.1f} | {'same' if tables == first else 'different'} |", flush=True)


def _client_folders(into: Path, count: int) -> None:
    """Clients of a workbook for every table, each with names of its own."""
    sample = Path(__file__).resolve().parent.parent / "data" / "portfolio" / "K03"
    tables = {path.stem: pd.read_csv(path, dtype="str", keep_default_na=False) for path in sorted(sample.glob("*.csv"))}
    for number in range(count):
        folder = into / f"C{number:03}"
        folder.mkdir(parents=True)
        for name, table in tables.items():
            table.replace("K03", folder.name, regex=True).to_excel(folder / f"{name}.xlsx", index=False)
        for path in sample.glob("*.toml"):
            folder.joinpath(path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def _one_killed() -> Workers:
    """Two workers, of which the first is killed after a few seconds of work, once."""
    killed: list[int] = []

    @contextmanager
    def start(wanted: int) -> Iterator[Executor]:
        with local_workers(wanted).start(wanted) as pool:
            if not killed:
                killed.append(pool.submit(os.getpid).result())
                Timer(8.0, os.kill, (killed[0], signal.SIGKILL)).start()
            yield pool

    return Workers(count=2, start=start)


def _timed(clients: Path, into: Path, who: Workers, *, notebook: str | None) -> tuple[float, dict[str, str]]:
    """Seconds, and the hash of every merged table of the clients."""
    job = ClientJob(
        parts=into / "parts", clients=into / "clients", as_of=pd.Timestamp(AS_OF).date(),
        notebooks=(notebook,) if notebook else (),
    )  # fmt: skip
    sources, begun = find_sources(clients), time.perf_counter()
    done = list(fan_out(sources, work=job, workers=who))
    seconds = time.perf_counter() - begun
    lost = [outcome.reason for outcome in done if outcome.result is None or not outcome.result.done]
    if lost:
        raise SystemExit(f"{len(lost)} clients were not read: {lost[0]}")
    parts = sorted((outcome.result for outcome in done if outcome.result), key=lambda part: part.source)
    merged = merge_parts([part.folder for part in parts], into=into / "store")
    return seconds, {table: sha256_of(Path(files[0])) for table, files in merged.items()}


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure the portfolio.")
    parser.add_argument("what", choices=["time", "one", "make", "false-flags", "workers"])
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--engine", default="both", choices=["both", "auditlab", "pandas"])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--portfolios", type=int, default=200)
    parser.add_argument("--folders", type=int, default=200)
    parser.add_argument("--notebook", default="history_review")
    chosen = parser.parse_args()
    if chosen.what == "one":
        one(chosen.engine, chosen.folder)
    elif chosen.what == "make":
        make_portfolio(chosen.folder, clients=chosen.clients)
    elif chosen.what == "false-flags":
        false_flags(chosen.portfolios)
    elif chosen.what == "workers":
        workers(chosen.folders, chosen.notebook)
    else:
        with TemporaryDirectory() as private:
            # In a process of its own: a child inherits the peak memory of the one that started it.
            maker = [sys.executable, __file__, "make", "--clients", str(chosen.clients), "--folder", private]
            subprocess.run(maker, check=True)  # noqa: S603  # our own command
            for engine in ("auditlab", "auditlab", "pandas") if chosen.engine == "both" else [chosen.engine] * 2:
                found = measured(engine, Path(private))
                cells = " | ".join(f"{found[name]:.1f}" for name in ("seconds", "cpu", "mib"))
                print(f"| {chosen.clients} | {engine} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
