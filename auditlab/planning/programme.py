"""The audit programme of a cycle: which clauses are examined at which sites in which year.

A mixed-integer programme. Rules of the scheme yield only where they cannot all be kept, each at its price, so that
hours that do not suffice give a plan and the names of the rules that clash, not the word "infeasible".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.planning.linear import TIE_BREAK, Programme
from auditlab.planning.programme_slacks import CLASH_DTYPES, PRICE, Slacks

GAP = 0.005
"""Relative gap at which the solver stops."""

VISIT_COST = 0.1
"""What a visit to a site costs, in expected nonconformities."""

DISCOUNT = 0.9
"""What an examination is worth a year later; risks are looked at early."""

EXAMINED_DTYPES = {
    "site": "str", "clause": "str", "year": "int64", "minutes": "int64", "mandatory": "bool", "random": "bool",
}  # fmt: skip
VISIT_DTYPES = {"site": "str", "year": "int64", "minutes": "int64"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleRules:
    """What a programme has to keep."""

    years: int
    sites_a_year: tuple[tuple[int, int], ...]  # least and most sites of each year, the central function included
    minutes_a_visit: int  # at one site [minutes]
    mandatory: tuple[str, ...] = ()  # clauses of every visit
    central: tuple[str, ...] = ()  # sites visited every year
    random_share: float = 0.0  # of all minutes, for cells drawn at random [0-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CyclePlan:
    """A programme.

    Attributes
    ----------
    examined : DataFrame
        ``site, clause, year, minutes, mandatory, random``.
    visits : DataFrame
        ``site, year, minutes``.
    clashes : DataFrame
        Rules that could not be kept: ``rule, site, clause, year, short, unit`` (minutes, sites, examinations),
        ``sentence``.
    objective : float
        Expected nonconformities met, later years discounted, less the cost of visits.
    """

    examined: pd.DataFrame
    visits: pd.DataFrame
    clashes: pd.DataFrame
    objective: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grid:
    """Risk and minutes by site and clause, in fixed order."""

    sites: tuple[str, ...]
    clauses: tuple[str, ...]
    risk: np.ndarray  # site x clause; 0 where the clause does not apply
    minutes: np.ndarray  # by clause [minutes]
    applies: np.ndarray  # site x clause
    random: np.ndarray  # site x clause


def cycle_programme(
    cells: pd.DataFrame,
    *,
    rules: CycleRules,
    minutes: Mapping[str, int],
    random_cells: Collection[tuple[str, str]] = (),
    visit_cost: float = VISIT_COST,
    discount: float = DISCOUNT,
) -> CyclePlan:
    """The programme that meets most risk within the rules.

    Parameters
    ----------
    cells : DataFrame
        ``site, clause, risk``, one row per applicable clause and site; the risk is a chance times a severity.
    rules : CycleRules
        What has to be kept.
    minutes : mapping
        Clause to the time that its examination takes [minutes].
    random_cells : collection of pairs
        Site and clause of the cells that chance picked.
    visit_cost : float
        What a visit costs [expected nonconformities].
    discount : float
        Worth of an examination against one a year earlier [0-1].

    Raises
    ------
    ArgumentError
        If the rules do not fit the years or the cells, or a clause has no time.

    References
    ----------
    .. [1] scipy.optimize.milp (HiGHS); the solver stops on the gap, never on time.
    """
    check_programme(cells, rules, minutes)
    grid = _grid(cells, minutes, random_cells)
    model = Programme()
    held = _variables(model, grid, rules, visit_cost=visit_cost, discount=discount)
    slacks = Slacks(model)
    _hours_and_looks(model, slacks, grid, rules, held=held)
    _duties(model, slacks, grid, rules, held=held)
    values = model.solve(gap=GAP)
    looks = _looks(grid, values, held)
    visits = np.asarray(values[held.visits])
    worth = discount ** np.arange(rules.years)
    objective = float((grid.risk[:, :, None] * worth * looks).sum() - visit_cost * visits.sum())
    return CyclePlan(
        examined=_examined(grid, looks, rules),
        visits=_visits(grid, looks, visits),
        clashes=slacks.table(values),
        objective=round(objective, 6),
    )


def no_programme() -> CyclePlan:
    """A programme without a year."""
    examined, visits, clashes = (
        pd.DataFrame(columns=list(dtypes)).astype(dtypes) for dtypes in (EXAMINED_DTYPES, VISIT_DTYPES, CLASH_DTYPES)
    )
    return CyclePlan(examined=examined, visits=visits, clashes=clashes, objective=0.0)


def check_programme(cells: pd.DataFrame, rules: CycleRules, minutes: Mapping[str, int]) -> None:
    """Refuse cells, rules and minutes that do not fit each other; raises as `cycle_programme`."""
    if cells.duplicated(["site", "clause"]).any():
        twice = cells.loc[cells.duplicated(["site", "clause"]), ["site", "clause"]].iloc[0]
        raise ArgumentError(
            f"{twice['clause']} at {twice['site']} stands twice among the cells. Give one row for each."
        )
    if rules.years < 1 or len(rules.sites_a_year) != rules.years:
        raise ArgumentError(
            f"The rules name {len(rules.sites_a_year)} years of sites for a cycle of {rules.years}. "
            "Give one pair a year."
        )
    turned = [year for year, (least, most) in enumerate(rules.sites_a_year, start=1) if not 0 <= least <= most]
    if turned:
        least, most = rules.sites_a_year[turned[0] - 1]
        raise ArgumentError(
            f"The sites of year {turned[0]} are {least} at least and {most} at most. Give the smaller number first, "
            "0 or more."
        )
    untimed = sorted(set(cells["clause"]) - set(minutes))
    if untimed:
        raise ArgumentError(f"No time is given for the clause {', '.join(untimed)}. Give its minutes.")
    strange = sorted(set(rules.central) - set(cells["site"]))
    if strange:
        raise ArgumentError(f"The central function {', '.join(strange)} has no cell. Name the site as the cells do.")


def _grid(cells: pd.DataFrame, minutes: Mapping[str, int], random_cells: Collection[tuple[str, str]]) -> _Grid:
    sites = tuple(dict.fromkeys(cells["site"].astype("str")))
    clauses = tuple(dict.fromkeys(cells["clause"].astype("str")))
    table = cells.pivot_table(index="site", columns="clause", values="risk", aggfunc="first")
    table = table.reindex(index=list(sites), columns=list(clauses))
    drawn = set(random_cells)
    return _Grid(
        sites=sites,
        clauses=clauses,
        risk=table.fillna(0.0).to_numpy(float),
        minutes=np.array([minutes[clause] for clause in clauses], dtype=float),
        applies=table.notna().to_numpy(),
        random=np.array([[(site, clause) in drawn for clause in clauses] for site in sites], dtype=bool),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variables:
    """Places of the variables.

    A mandatory clause is looked at wherever there is a visit, so it needs no variable of its own: only the slack of
    its absence, which takes a third of the whole numbers out of the problem.
    """

    looks: np.ndarray  # site x free clause x year
    free: np.ndarray  # places of the clauses that are not mandatory
    forced: np.ndarray  # places of the mandatory ones
    visits: np.ndarray  # site x year
    missing: np.ndarray  # site x mandatory clause x year


def _variables(model: Programme, grid: _Grid, rules: CycleRules, *, visit_cost: float, discount: float) -> _Variables:
    mandatory = np.isin(grid.clauses, rules.mandatory)
    free, forced = np.flatnonzero(~mandatory), np.flatnonzero(mandatory)
    worth = discount ** np.arange(rules.years)
    sites = len(grid.sites)
    size = (sites, len(free), rules.years)
    count = sites * len(free) * rules.years
    tie = TIE_BREAK * np.arange(count).reshape(size) / max(count, 1)
    gain = grid.risk[:, free, None] * worth - tie
    high = np.broadcast_to(grid.applies[:, free, None], size).astype(float)
    looks = model.variables(high.ravel(), gain=gain.ravel()).reshape(size)
    by_visit = grid.risk[:, forced].sum(axis=1)[:, None] * worth - visit_cost
    visits = model.variables(np.ones(sites * rules.years), gain=by_visit.ravel()).reshape(sites, rules.years)
    size = (sites, len(forced), rules.years)
    high = np.broadcast_to(grid.applies[:, forced, None], size).astype(float)
    lost = -(PRICE + grid.risk[:, forced, None] * worth)
    missing = model.variables(high.ravel(), gain=lost.ravel(), yields=True).reshape(size)
    return _Variables(looks=looks, free=free, forced=forced, visits=visits, missing=missing)


def _looks(grid: _Grid, values: np.ndarray, held: _Variables) -> np.ndarray:
    """Whether each clause is examined at each site in each year."""
    looks = np.zeros((len(grid.sites), len(grid.clauses), held.visits.shape[1]), dtype=int)
    looks[:, held.free, :] = values[held.looks]
    there = values[held.visits][:, None, :] * grid.applies[:, held.forced, None]
    looks[:, held.forced, :] = there - values[held.missing]
    return looks


def _hours_and_looks(model: Programme, slacks: Slacks, grid: _Grid, rules: CycleRules, *, held: _Variables) -> None:
    """Hours of a visit, one look at most unless mandatory, and the number of sites a year."""
    free, forced = grid.minutes[held.free], grid.minutes[held.forced]
    everything = float(grid.minutes.sum())
    for place, site in enumerate(grid.sites):
        duties = float(forced[grid.applies[place, held.forced]].sum())
        for year in range(rules.years):
            visit = int(held.visits[place, year])
            over = slacks.of("hours", most=everything, unit="minutes", site=site, year=year + 1, price=PRICE / 30)
            model.row(
                (held.looks[place, :, year], free), (held.missing[place, :, year], -forced),
                (visit, duties - rules.minutes_a_visit), (over, -1.0), most=0.0,
            )  # fmt: skip
            # Without a visit there is no hour to run over, and no duty to miss.
            model.row((over, 1.0), (visit, -everything), most=0.0)
            model.row((held.missing[place, :, year], 1.0), (visit, -float(len(forced))), most=0.0)
        for clause in np.flatnonzero(grid.applies[place, held.free]):
            model.row((held.looks[place, clause], 1.0), most=1.0)
    for year, (least, most) in enumerate(rules.sites_a_year):
        few = slacks.of("sites", most=float(len(grid.sites)), unit="sites", year=year + 1)
        many = slacks.of("sites", most=float(len(grid.sites)), unit="sites", year=year + 1)
        model.row((held.visits[:, year], 1.0), (few, 1.0), (many, -1.0), least=float(least), most=float(most))


def _duties(model: Programme, slacks: Slacks, grid: _Grid, rules: CycleRules, *, held: _Variables) -> None:
    """Every clause once, the central function every year, random cells; mandatory clauses are named if missed."""
    for place, clause in enumerate(held.free):
        missing = slacks.of("coverage", most=1.0, unit="examinations", clause=grid.clauses[clause])
        model.row((held.looks[:, place, :].ravel(), 1.0), (missing, 1.0), least=1.0)
    for place, clause in enumerate(held.forced):
        missing = slacks.of("coverage", most=1.0, unit="examinations", clause=grid.clauses[clause])
        there = held.visits[grid.applies[:, clause]].ravel()
        model.row((there, 1.0), (held.missing[:, place, :].ravel(), -1.0), (missing, 1.0), least=1.0)
        for site in np.flatnonzero(grid.applies[:, clause]):
            for year in range(rules.years):
                where = (grid.sites[int(site)], grid.clauses[clause], year + 1)
                slacks.name(int(held.missing[site, place, year]), "mandatory", *where, unit="examinations")
    for site in np.flatnonzero(np.isin(grid.sites, rules.central)):
        for year in range(rules.years):
            missing = slacks.of("central", most=1.0, unit="visits", site=grid.sites[int(site)], year=year + 1)
            model.row((int(held.visits[site, year]), 1.0), (missing, 1.0), least=1.0)
    random = grid.random[:, held.free]
    if rules.random_share and random.any():
        minutes = np.broadcast_to(grid.minutes[held.free][None, :], random.shape)[random]
        asked = rules.random_share * rules.minutes_a_visit * sum(least for least, _ in rules.sites_a_year)
        missing = slacks.of("exploration", most=asked, unit="minutes", price=PRICE / 60)
        model.row((held.looks[random].ravel(), np.repeat(minutes, rules.years)), (missing, 1.0), least=asked)


def _examined(grid: _Grid, looks: np.ndarray, rules: CycleRules) -> pd.DataFrame:
    rows = [
        (
            grid.sites[site], grid.clauses[clause], int(year) + 1, int(grid.minutes[clause]),
            grid.clauses[clause] in rules.mandatory, bool(grid.random[site, clause]),
        )
        for site, clause, year in np.argwhere(looks > 0)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(EXAMINED_DTYPES)).astype(EXAMINED_DTYPES)
    return frame.sort_values(["year"], kind="stable").reset_index(drop=True)


def _visits(grid: _Grid, looks: np.ndarray, visits: np.ndarray) -> pd.DataFrame:
    spent = np.einsum("scy,c->sy", looks, grid.minutes)
    rows = [(grid.sites[site], int(year) + 1, int(spent[site, year])) for site, year in np.argwhere(visits > 0)]
    frame = pd.DataFrame(rows, columns=list(VISIT_DTYPES)).astype(VISIT_DTYPES)
    return frame.sort_values("year", kind="stable").reset_index(drop=True)
