"""The programme of a cycle as one would make it by hand: it explains the other one and shows what that one gains."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from auditlab.planning.programme import DISCOUNT, VISIT_COST, CycleRules, check_programme


def greedy_programme(
    cells: pd.DataFrame, *, rules: CycleRules, minutes: Mapping[str, int], visit_cost: float = VISIT_COST,
    discount: float = DISCOUNT,
) -> tuple[pd.DataFrame, float]:  # fmt: skip
    """A programme by hand: the riskiest sites each year, their mandatory clauses, then risk by minute.

    It explains the other one and stands in for it; it does not promise that every clause is covered.
    Parameters as `cycle_programme`.

    Returns
    -------
    DataFrame and float
        ``site, clause, year``, and the objective as `CyclePlan` counts it.
    """
    check_programme(cells, rules, minutes)
    left = {
        str(site): dict(zip(own["clause"].astype("str"), own["risk"], strict=True))
        for site, own in cells.groupby("site", sort=False)
    }
    applies = {site: set(clauses) for site, clauses in left.items()}
    rows: list[tuple[str, str, int]] = []
    objective = 0.0
    risks = {
        (site, clause): risk for site, clause, risk in zip(cells["site"], cells["clause"], cells["risk"], strict=True)
    }
    for year, (_, most) in enumerate(rules.sites_a_year):
        order = sorted(left, key=lambda site: (site not in rules.central, -sum(left[site].values()), site))
        for site in order[:most]:
            chosen = _by_hand(left[site], applies[site], rules, minutes)
            objective += sum(risks[site, clause] for clause in chosen) * discount**year - visit_cost
            rows += [(site, clause, year + 1) for clause in chosen]
            left[site] = {clause: risk for clause, risk in left[site].items() if clause not in chosen}
    return pd.DataFrame(rows, columns=["site", "clause", "year"]), round(float(objective), 6)


def _by_hand(
    left: Mapping[str, float], applies: Collection[str], rules: CycleRules, minutes: Mapping[str, int]
) -> list[str]:
    chosen = [clause for clause in rules.mandatory if clause in applies]
    spent = sum(minutes[clause] for clause in chosen)
    for clause in sorted(left, key=lambda name: (-left[name] / minutes[name], name)):
        if clause not in chosen and spent + minutes[clause] <= rules.minutes_a_visit:
            chosen.append(clause)
            spent += minutes[clause]
    return chosen
