"""How long the programmes of planning take, and what they gain over a plan by hand.

python benchmarks/planning.py [--small]
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np
import pandas as pd

from auditlab.planning.programme import CycleRules, cycle_programme
from auditlab.planning.programme_by_hand import greedy_programme
from auditlab.planning.visits import Auditor, Visit, greedy_schedule, visit_schedule

CLAUSES, YEARS = 30, 3
SITE_COUNTS = (10, 25, 50)
SCHEDULES = ((15, 5, 26), (30, 8, 40), (50, 10, 46))


def cycle_problem(
    sites: int, *, seed: int = 7
) -> tuple[pd.DataFrame, CycleRules, dict[str, int], set[tuple[str, str]]]:
    """Cells, rules, minutes and random cells of an invented client."""
    rng = np.random.default_rng(seed)
    names = [f"site {number:02}" for number in range(sites)]
    clauses = [f"clause {number:02}" for number in range(CLAUSES)]
    risks = rng.beta(1, 6, (sites, CLAUSES)) * rng.choice([1.0, 3.0], CLAUSES, p=[0.8, 0.2])
    applies = rng.random((sites, CLAUSES)) < 0.9
    applies[0] = True
    rows = [
        (name, clause, float(risks[at, number]))
        for at, name in enumerate(names)
        for number, clause in enumerate(clauses)
        if applies[at, number]
    ]
    minutes = {clause: int(length) for clause, length in zip(clauses, rng.choice([30, 45, 60], CLAUSES), strict=True)}
    others = int(np.ceil(0.6 * np.sqrt(sites - 1)))
    rules = CycleRules(
        years=YEARS,
        sites_a_year=((1 + others, 3 + others), (1 + others, 3 + others), (2 + others, 4 + others)),
        minutes_a_visit=480,
        mandatory=tuple(clauses[:5]),
        central=(names[0],),
        random_share=0.1,
    )
    cells = pd.DataFrame(rows, columns=["site", "clause", "risk"])
    drawn = cells.sample(frac=0.2, random_state=seed)
    return cells, rules, minutes, set(zip(drawn["site"], drawn["clause"], strict=True))


def schedule_problem(visits: int, auditors: int, weeks: int, *, seed: int = 7) -> tuple[list[Visit], list[Auditor]]:
    """Visits and a pool of an invented certification body."""
    rng = np.random.default_rng(seed)
    skills = ("ITSM", "cloud", "security", "payments")
    planned = []
    for number in range(visits):
        first = int(rng.integers(1, weeks - 7))
        planned.append(
            Visit(
                name=f"visit {number:02}",
                site=f"site {number:02}",
                days=float(rng.choice([1.0, 2.0, 3.0])),
                weeks=(first, first + 7),
                needs=frozenset({"ITSM", str(rng.choice(skills))}),
            )
        )
    pool = [
        Auditor(
            code=f"auditor {number:02}",
            leads=number % 2 == 0,
            competences=frozenset({"ITSM", *rng.choice(skills, 2)}),
            away=frozenset(int(week) for week in rng.choice(np.arange(1, weeks + 1), 6, replace=False)),
            barred=frozenset(visit.site for visit in planned if rng.random() < 0.08),
            most_days=40.0,
            travel={visit.site: float(rng.choice([0.0, 0.5, 1.0, 2.0])) for visit in planned},
        )
        for number in range(auditors)
    ]
    return planned, pool


def programme_row(sites: int, *, minutes_a_visit: int) -> str:
    """One programme, by the solver and by hand, as a row of the table of results."""
    cells, rules, minutes, drawn = cycle_problem(sites)
    rules = replace(rules, minutes_a_visit=minutes_a_visit)
    start, before = time.perf_counter(), time.process_time()
    plan = cycle_programme(cells, rules=rules, minutes=minutes, random_cells=drawn)
    taken, busy = time.perf_counter() - start, time.process_time() - before
    by_hand, worth = greedy_programme(cells, rules=rules, minutes=minutes)
    missed = CLAUSES - by_hand["clause"].nunique()
    return (
        f"| {CLAUSES} clauses x {sites} sites x {YEARS} years, {minutes_a_visit} minutes a visit | {taken:.1f} | "
        f"{busy:.1f} | {plan.objective:.3f} | {len(plan.clashes)} rules yield | {worth:.3f} | "
        f"{missed} clauses never examined |"
    )


def schedule_row(visits: int, auditors: int, weeks: int) -> str:
    """One schedule, by the solver and by hand, as a row of the table of results."""
    planned, pool = schedule_problem(visits, auditors, weeks)
    start, before = time.perf_counter(), time.process_time()
    schedule = visit_schedule(planned, pool)
    taken, busy = time.perf_counter() - start, time.process_time() - before
    _, cost, homeless = greedy_schedule(planned, pool)
    return (
        f"| {visits} visits x {auditors} auditors x {weeks} weeks | {taken:.1f} | {busy:.1f} | "
        f"{schedule.objective:g} days | {len(schedule.clashes)} rules yield | {cost:g} days | "
        f"{len(homeless)} visits without a place |"
    )


def main() -> None:
    """Print times and both objective values as a table."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--small", action="store_true", help="only the smallest problem of each kind")
    small = reader.parse_args().small
    print("| problem | seconds | of these at work | worth, cost | | by hand | |")
    print("|---|---|---|---|---|---|---|")
    for sites in SITE_COUNTS[:1] if small else SITE_COUNTS:
        print(programme_row(sites, minutes_a_visit=480), flush=True)
    # Less than the mandatory clauses take: the programme has to find the rules that clash.
    if not small:
        print(programme_row(SITE_COUNTS[-1], minutes_a_visit=200), flush=True)
    for size in SCHEDULES[:1] if small else SCHEDULES:
        print(schedule_row(*size), flush=True)


if __name__ == "__main__":
    main()
