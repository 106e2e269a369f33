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
from auditlab.priority.examination_sums import Examinations, Sums, day_number, examinations_of, sums_until
from auditlab.statistics.arrays import Floats
from auditlab.statistics.two_level import (
    CEILING,
    GRAND_MEAN_WEIGHT,
    PRIOR_WEIGHT,
    TwoLevel,
    beta_limits,
    column_rates,
    two_level,
)

HALF_LIFE_YEARS = 2.0
"""An examination loses half its weight in this time [years]."""

CELL_WEIGHT = 8.0
"""k: the expectation counts as so many examinations against the own history of the cell."""

SITE_WEIGHT = 8.0
"""alpha: the propensity 1 counts as so many nonconformities against the history of the entity."""

GROUP_WEIGHT = 50.0
"""The rate of a clause over all groups counts as so many examinations of the group."""

MAJOR_WEIGHT = 3.0
"""v: a major counts as so many minors, a decision of policy."""

MAJOR_PULL = 5.0
"""The share of majors over all clauses counts as so many nonconformities of the clause."""

INTERVAL = 0.80
"""Probability covered by ``low`` to ``high``."""


def expected_findings(
    history: pd.DataFrame,
    *,
    as_of: object,
    half_life_years: float = HALF_LIFE_YEARS,
    k: float = CELL_WEIGHT,
    alpha: float = SITE_WEIGHT,
    prior: Mapping[str, float] | None = None,
    group: str | None = None,
    severity: str | None = None,
    major_weight: float = MAJOR_WEIGHT,
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
        ``found`` (at least one counted nonconformity); optionally ``found_share`` [0-1], what a found row
        counts for as ``x`` where the clauses of its finding lie in several cells. Rows that were not
        examined, and rows after `as_of`, list their cell and say nothing else; their date may be missing.
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
    severity : str, optional
        Column of `history` that says whether what was found held a major. It changes no expectation and
        adds three columns.
    major_weight : float
        How many minors a major counts as (v).

    Returns
    -------
    DataFrame
        Every clause of `history` at every entity, by entity and clause as text: ``entity, clause,
        expected, low, high`` (80 % of the Beta distribution) [0-1], ``base`` (mu), ``site`` (what the
        propensity of the entity adds), ``own`` (what the history of the cell adds; the three sum to
        ``expected``), ``propensity`` (theta), ``start`` (m), ``examinations, nonconformities`` [count],
        ``weight_examined`` (W), ``weight_found`` (S), ``alpha, beta`` (of the Beta distribution). With
        `severity` also ``major_share`` (of the nonconformities of the clause, drawn towards the share over all
        clauses with the weight of 5) [0-1], ``severity_factor`` (``1 + (v - 1) major_share``) and ``weighted``
        (``expected`` times the factor) [minors]; missing where nothing was ever found.

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
    _check_numbers(half_life_years=half_life_years, k=k, alpha=alpha, major_weight=major_weight)
    rows = examinations_of(history, also=tuple(name for name in (group, severity) if name))
    today = day_number(as_of)
    end = int(np.searchsorted(rows.day, today, side="right"))
    sums = sums_until(rows, end=end, day=today, half_life_years=half_life_years)
    base = column_rates(sums.examined.sum(axis=0), sums.found.sum(axis=0), outside=_outside(prior, rows))
    if group is not None:
        base = group_rates(base, sums, _groups(history[group], rows))
    cells = two_level(base, trials=sums.weight_examined, hits=sums.weight_found, k=k, alpha=alpha)
    frame = _frame(rows, sums, cells)
    if severity is None:
        return frame
    share = np.tile(major_shares(history[severity], rows, end), len(rows.entities))
    factor = 1 + (major_weight - 1) * share
    return frame.assign(major_share=share, severity_factor=factor, weighted=frame["expected"] * factor)


def _frame(rows: Examinations, sums: Sums, cells: TwoLevel) -> pd.DataFrame:
    low, high = beta_limits(cells.above, cells.below, cover=INTERVAL)
    expected, every = cells.expected, rows.shape
    return pd.DataFrame(
        {
            "entity": np.repeat(rows.entities, every[1]),
            "clause": np.tile(rows.clauses, every[0]),
            "expected": expected.ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "base": cells.base.ravel(),
            "site": (cells.start - cells.base).ravel(),
            "own": (expected - cells.start).ravel(),
            "propensity": np.repeat(cells.propensity, every[1]),
            "start": cells.start.ravel(),
            "examinations": sums.examined.astype("int64").ravel(),
            "nonconformities": sums.times_found.astype("int64").ravel(),
            "weight_examined": sums.weight_examined.ravel(),
            "weight_found": sums.weight_found.ravel(),
            "alpha": cells.above.ravel(),
            "beta": cells.below.ravel(),
        }
    )


def _check_numbers(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (np.isfinite(number) and number > 0):
            raise ArgumentError(f"{name} is {number!r}. Give a number above zero.")


def _outside(prior: Mapping[str, float] | None, rows: Examinations) -> Floats | None:
    for clause, rate in (prior or {}).items():
        if not 0 <= rate <= 1:
            raise ArgumentError(f"The prior rate of {clause} is {rate!r}. Give a share from 0 to 1.")
    return None if not prior else np.array([prior.get(clause, np.nan) for clause in rows.clauses], dtype=float)


def _groups(names: pd.Series, rows: Examinations) -> pd.Series:
    """The group of every entity, in the order of the entities."""
    pairs = pd.DataFrame({"entity": rows.entity, "group": names.astype("str").to_numpy()[rows.row]}).drop_duplicates()
    counted = np.bincount(pairs["entity"], minlength=len(rows.entities))
    if (counted > 1).any():
        several = rows.entities[int(counted.argmax())]
        raise ArgumentError(f"{several} belongs to {counted.max()} groups. Give every entity one group.")
    return pairs.set_index("entity")["group"].sort_index()


def group_rates(base: Floats, sums: Sums, groups: pd.Series) -> Floats:
    """Clause rates of the group of every entity, drawn towards those over all groups.

    Parameters
    ----------
    base : array
        Rates by clause [0-1].
    sums : Sums
        What is known of every cell.
    groups : Series
        Group of every entity, in the order of the rows of `sums`.

    Returns
    -------
    array
        Rates by entity and clause [0-1].
    """
    codes, names = pd.factorize(groups)
    member = np.eye(len(names))[codes]
    examined, found = member.T @ sums.examined, member.T @ sums.found
    return np.asarray(((GROUP_WEIGHT * base + found) / (GROUP_WEIGHT + examined))[codes])


def major_shares(majors: pd.Series, rows: Examinations, end: int) -> Floats:
    """Share of majors among the nonconformities of every clause, ``nan`` where nothing was ever found.

    Parameters
    ----------
    majors : Series of bool
        By row of the history that was handed over.
    rows : Examinations
        The history.
    end : int
        Rows from this position on are not known.
    """
    major = majors.fillna(False).to_numpy(dtype=bool)[rows.row[:end]] & rows.found[:end]
    clauses = len(rows.clauses)
    found = np.bincount(rows.clause[:end], weights=rows.found[:end], minlength=clauses)
    held = np.bincount(rows.clause[:end], weights=major, minlength=clauses)
    overall = held.sum() / found.sum() if found.sum() else np.nan
    return np.asarray((MAJOR_PULL * overall + held) / (MAJOR_PULL + found))


def model_constants(
    *, half_life_years: float = HALF_LIFE_YEARS, k: float = CELL_WEIGHT, alpha: float = SITE_WEIGHT
) -> pd.DataFrame:
    """The constants of the model, so that every score can be recomputed from the page that shows it.

    Returns
    -------
    DataFrame
        ``constant, value, unit, meaning``.
    """
    rows = [
        ("half_life_years", half_life_years, "years", "an examination loses half its weight in this time"),
        ("k", k, "examinations", "weight of the expectation against the own history of a cell"),
        ("alpha", alpha, "nonconformities", "weight of the propensity 1 against the history of a site"),
        ("prior_weight", PRIOR_WEIGHT, "examinations", "weight of an outside rate of a clause, where one is given"),
        ("grand_mean_weight", GRAND_MEAN_WEIGHT, "examinations", "weight of the mean over all clauses without one"),
        ("group_weight", GROUP_WEIGHT, "examinations", "weight of all groups against one, where groups are given"),
        ("ceiling", CEILING, "share", "no cell starts from a higher chance before its own history is read"),
        ("major_weight", MAJOR_WEIGHT, "minors", "a major counts as so many minors in the column 'weighted'"),
        ("major_pull", MAJOR_PULL, "nonconformities", "weight of the share of majors over all clauses against one"),
        ("interval", INTERVAL, "share", "probability between low and high"),
    ]
    frame = pd.DataFrame(rows, columns=["constant", "value", "unit", "meaning"])
    return frame.astype({"constant": "str", "value": "float64", "unit": "str", "meaning": "str"})
