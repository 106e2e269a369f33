"""How likely the next examination of a clause finds a nonconformity, from what examinations found before.

Two levels of empirical Bayes: a rate of the clause over all entities, a propensity of the entity over
all clauses, and the own history of the cell, each pulling on the next with a fixed weight. An
examination loses half its weight every `half_life_years`; what was not examined says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError

PRIOR_WEIGHT = 10.0
"""An outside rate of a clause counts as so many examinations."""

GRAND_MEAN_WEIGHT = 2.0
"""Without an outside rate the mean over all clauses counts as so many examinations."""

GROUP_WEIGHT = 50.0
"""The rate of a clause over all groups counts as so many examinations of the group."""

CEILING = 0.95
"""No cell is expected to show a nonconformity more surely than this before its own history is read."""

INTERVAL = 0.80
"""Probability covered by ``low`` to ``high``."""

DAYS_PER_YEAR = 365.25

_COLUMNS = ("entity", "date", "clause", "examined", "found")


def expected_findings(
    history: pd.DataFrame,
    *,
    as_of: object,
    half_life_years: float = 2,
    k: float = 8,
    alpha: float = 8,
    prior: Mapping[str, float] | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    """Chance that an examination of each clause at each entity on `as_of` finds a nonconformity.

    With weights ``w = 0.5 ** (years before as_of / half_life_years)``, examinations ``a`` and
    nonconformities ``x``: the clause has the rate ``mu = (m0 pi + sum x) / (m0 + sum a)``, not decayed,
    where ``pi`` is the prior rate (``m0 = 10``) or the mean over all clauses (``m0 = 2``); the entity has
    the propensity ``theta = (alpha + sum w x) / (alpha + sum w a mu)``; the cell starts from
    ``m = min(mu theta, 0.95)`` and ends at ``(k m + S) / (k + W)`` with its own ``S = sum w x`` and
    ``W = sum w a``.

    Parameters
    ----------
    history : DataFrame
        One row per cell and audit: ``entity`` (site or client), ``date``, ``clause``, ``examined`` and
        ``found`` (at least one counted nonconformity). Rows that were not examined, and rows after
        `as_of`, list their cell and say nothing else; their date may be missing.
    as_of : date-like
        Day of the evaluation.
    half_life_years : float
        Time in which an examination loses half its weight [years].
    k, alpha : float
        Weight of the expectation against the history of the cell [examinations], and of the
        propensity 1 against the history of the entity [nonconformities].
    prior : mapping, optional
        Rates of clauses from outside [0-1], such as other clients; clauses it lacks start from the mean.
    group : str, optional
        Column of `history` that holds the sector, scheme or region of the entity; clause rates are then
        those of the group, drawn towards the rate over all groups (weight 50).

    Returns
    -------
    DataFrame
        Every clause of `history` at every entity, by entity and clause as text: ``entity, clause,
        expected, low, high`` (80 % of the Beta distribution) [0-1], ``base`` (mu), ``site`` (what the
        propensity of the entity adds), ``own`` (what the history of the cell adds; the three sum to
        ``expected``), ``propensity`` (theta), ``start`` (m), ``examinations, nonconformities`` [count],
        ``weight_examined`` (W), ``weight_found`` (S), ``alpha, beta`` (of the Beta distribution).

    Raises
    ------
    ArgumentError
        If a column is missing, a row names no cell, a cell was found against without being examined, an
        examined row has no date, an entity has two groups, a parameter is not positive, or a prior rate
        lies outside 0 to 1.

    References
    ----------
    .. [1] Marshall (1991), Applied Statistics 40:283-294, for the shrinkage towards local means.
    .. [2] Clayton and Kaldor (1987), Biometrics 43:671-681.
    """
    _check_numbers(half_life_years=half_life_years, k=k, alpha=alpha)
    rows = _weighted_rows(history, pd.Timestamp(as_of), half_life_years, group)  # type: ignore[arg-type]  # date-like
    cells = _cells(rows)
    cells = cells.assign(base=_base_rates(rows, cells, prior, group))
    expected_found = (cells["W"] * cells["base"]).groupby(cells["entity"]).transform("sum")
    found = cells["S"].groupby(cells["entity"]).transform("sum")
    theta = (alpha + found) / (alpha + expected_found)
    start = (cells["base"] * theta).clip(upper=CEILING)
    above, below = k * start + cells["S"], k * (1 - start) + cells["W"] - cells["S"]
    expected = above / (k + cells["W"])
    low, high = _beta_limits(above.to_numpy(float), below.to_numpy(float))
    return pd.DataFrame(
        {
            "entity": cells["entity"],
            "clause": cells["clause"],
            "expected": expected,
            "low": low,
            "high": high,
            "base": cells["base"],
            "site": start - cells["base"],
            "own": expected - start,
            "propensity": theta,
            "start": start,
            "examinations": cells["a"].astype("int64"),
            "nonconformities": cells["x"].astype("int64"),
            "weight_examined": cells["W"],
            "weight_found": cells["S"],
            "alpha": above,
            "beta": below,
        }
    )


def _check_numbers(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (np.isfinite(number) and number > 0):
            raise ArgumentError(f"{name} is {number!r}. Give a number above zero.")


def _weighted_rows(history: pd.DataFrame, as_of: pd.Timestamp, half_life: float, group: str | None) -> pd.DataFrame:
    """The rows of `history` with ``a, x`` (0 or 1) and their decayed ``W, S``, in an order of their own."""
    needed = [*_COLUMNS, *([group] if group else [])]
    missing = [name for name in needed if name not in history]
    if missing:
        raise ArgumentError(f"The history has no column {', '.join(missing)}. It needs {', '.join(needed)}.")
    examined = history["examined"].fillna(False).astype(bool)
    found = history["found"].fillna(False).astype(bool)
    _check_rows(history, examined, found)
    days = (as_of - pd.to_datetime(history["date"])).dt.days
    known = examined & (days >= 0)
    weight = (0.5 ** (days / DAYS_PER_YEAR / half_life)).where(known, 0.0)
    rows = pd.DataFrame(
        {
            "entity": history["entity"].astype("str"),
            "clause": history["clause"].astype("str"),
            "a": known.astype(float),
            "x": (known & found).astype(float),
            "W": weight,
            "S": weight.where(found, 0.0),
        }
    )
    if group:
        rows["group"] = history[group].astype("str")
    # Sums of floating numbers depend on their order: a fixed order makes equal results byte-identical.
    return rows.sort_values(["entity", "clause", "W", "S"], kind="stable").reset_index(drop=True)


def _check_rows(history: pd.DataFrame, examined: pd.Series, found: pd.Series) -> None:
    nameless = int((history["entity"].isna() | history["clause"].isna()).sum())
    if nameless:
        raise ArgumentError(
            f"{nameless} of {len(history)} rows name no entity or no clause. Complete them or leave them out."
        )
    unseen = history[found & ~examined]
    if len(unseen):
        first = unseen.iloc[0]
        raise ArgumentError(
            f"{len(unseen)} of {len(history)} rows hold a nonconformity in a cell that was not examined, first "
            f"{first['clause']} at {first['entity']}. Mark those cells as examined."
        )
    undated = history[examined & history["date"].isna()]
    if len(undated):
        first = undated.iloc[0]
        raise ArgumentError(
            f"{len(undated)} of {len(history)} examined rows have no date, first {first['clause']} at "
            f"{first['entity']}. Give the date of the audit or leave the row out."
        )


def _cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums of every clause at every entity, zero where a clause was never examined."""
    every = pd.MultiIndex.from_product(
        [np.sort(rows["entity"].unique()), np.sort(rows["clause"].unique())], names=["entity", "clause"]
    )
    sums = rows.groupby(["entity", "clause"])[["a", "x", "W", "S"]].sum()
    return sums.reindex(every, fill_value=0.0).reset_index()


def _base_rates(
    rows: pd.DataFrame, cells: pd.DataFrame, prior: Mapping[str, float] | None, group: str | None
) -> pd.Series:
    sums = rows.groupby("clause")[["a", "x"]].sum()
    examined = rows["a"].sum()
    # Nothing examined at all: a half is the mean that claims least.
    mean = rows["x"].sum() / examined if examined else 0.5
    pi = pd.Series(mean, index=sums.index, dtype=float)
    m0 = pd.Series(GRAND_MEAN_WEIGHT, index=sums.index)
    for clause, rate in (prior or {}).items():
        if not 0 <= rate <= 1:
            raise ArgumentError(f"The prior rate of {clause} is {rate!r}. Give a share from 0 to 1.")
        if clause in pi.index:
            pi[clause], m0[clause] = rate, PRIOR_WEIGHT
    mu = (m0 * pi + sums["x"]) / (m0 + sums["a"])
    base = cells["clause"].map(mu).astype(float)
    if group is None:
        return base
    return _group_rates(rows, cells, base)


def _group_rates(rows: pd.DataFrame, cells: pd.DataFrame, base: pd.Series) -> pd.Series:
    members = rows.groupby("entity")["group"]
    split = members.nunique()
    if (split > 1).any():
        raise ArgumentError(f"{split.idxmax()} belongs to {split.max()} groups. Give every entity one group.")
    sums = rows.groupby(["group", "clause"])[["a", "x"]].sum()
    places = pd.MultiIndex.from_arrays([cells["entity"].map(members.first()), cells["clause"]])
    own = sums.reindex(places, fill_value=0.0)
    rate = (GROUP_WEIGHT * base.to_numpy() + own["x"].to_numpy()) / (GROUP_WEIGHT + own["a"].to_numpy())
    return pd.Series(rate, index=cells.index)


def _beta_limits(above: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The central 80 % of each Beta distribution."""
    from scipy.special import betaincinv  # noqa: PLC0415  # scipy is loaded where it is needed

    tail = (1 - INTERVAL) / 2
    # A clause without any nonconformity anywhere has no mass above zero.
    safe_above, safe_below = np.maximum(above, np.finfo(float).tiny), np.maximum(below, np.finfo(float).tiny)
    return betaincinv(safe_above, safe_below, tail), betaincinv(safe_above, safe_below, 1 - tail)
