"""Which clients differ from the others by more than chance and more than clients usually differ.

A league table punishes the small and praises the lucky. Here each client is compared with all others at the same
mix of audits, its rate is drawn towards theirs, and the family of all tests is corrected.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.poisson_rates import poisson_limits
from auditlab.statistics.relative_rates import leave_one_out, others, variance_between
from auditlab.statistics.shrunken_rates import shrunken_rates

OUTLIER_COLUMNS = (
    "client", "nonconformities", "auditor_days", "rate", "low", "high", "expected", "mix_expected", "ratio", "shrunken",
    "shrunken_low", "shrunken_high", "top_quarter_chance", "direction", "p", "q", "p_widened",
    "q_widened", "flagged", "note",
)  # fmt: skip
LEAST_CLIENTS = 4
"""Below this number there is no portfolio to compare with."""
SPARED = "spared by variance between clients"
"""The note where ``q`` is at most the declared rate and ``q_widened`` is not."""


def outliers(
    rates: pd.DataFrame,
    *,
    client: str = "client",
    count: str = "nonconformities",
    exposure: str = "auditor_days",
    strata: Sequence[str] = (),
    false_discovery_rate: float = 0.10,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Clients against all others, with shrunken rates and control of false discoveries.

    Parameters
    ----------
    rates : DataFrame
        One row a client, or one a client and stratum.
    client, count, exposure : str
        Columns: who, events [count], and what they were found in, such as auditor-days.
    strata : sequence of str
        Columns with what rates depend on for ordinary reasons (type of audit, edition, sector). What is expected of
        a client is then the sum over its strata of exposure times the rate of all others there.
    false_discovery_rate : float
        Declared share of false flags among all flags [0-1].
    confidence : float
        Two-sided confidence of the intervals [0-1].

    Returns
    -------
    DataFrame
        One row a client, by client: ``nonconformities`` [count], ``auditor_days``, ``rate, low, high`` (exact
        Poisson) [per unit of exposure], ``expected`` (at the rates of all others) and
        ``mix_expected`` (at the rates of all) [count], ``ratio`` (observed to the latter), ``shrunken,
        shrunken_low, shrunken_high`` (posterior mean under the likeliest gamma law, and interval of the true rate with
        that law uncertain, see `statistics.shrunken_rates`), ``top_quarter_chance`` (that the true ratio lies in the
        highest quarter of that law; missing where its variance is 0) [0-1],
        ``direction`` (more, fewer), ``p, q`` (leave-one-out, chance alone; Benjamini-Hochberg over all clients),
        ``p_widened, q_widened`` (with the variance between ordinary clients), ``flagged`` (both q at most the declared
        rate), ``note`` (why there is no test, or which of both q spares the client). ``attrs`` holds
        ``between``, ``tests``, ``shape`` of the gamma law and ``rate`` of all.
        A client without exposure, or alone in all its strata, has no test and no flag.

    Raises
    ------
    ArgumentError
        If a column is missing, or a count or exposure is missing or negative.
    """
    if rates.empty:
        return _untested(pd.DataFrame({"client": pd.Series(dtype="str")}))
    counts, sizes, names = _matrices(rates, client=client, count=count, exposure=exposure, strata=strata)
    found, size = counts.sum(axis=1), sizes.sum(axis=1)
    compared_counts, compared = _with_company(counts, sizes)
    kept, kept_size = compared_counts.sum(axis=1), compared.sum(axis=1)
    usable = kept_size > 0
    table = pd.DataFrame({"client": names, "nonconformities": found.astype("int64"), "auditor_days": size})
    table["rate"] = np.where(size > 0, found / np.where(size > 0, size, 1), np.nan)
    low, high = poisson_limits(found, confidence=confidence)
    over = np.where(size > 0, size, np.nan)
    table["low"], table["high"] = low / over, high / over
    table["note"] = np.where(size <= 0, "no rate: no auditor-days", np.where(usable, "", "nothing to compare with"))
    few = usable.sum() < LEAST_CLIENTS
    if few or not kept.sum():
        why = f"fewer than {LEAST_CLIENTS} clients have audits to compare" if few else "no nonconformity at any client"
        table.loc[usable, "note"] = f"not compared: {why}"
        return _untested(table)
    return _compared(
        table,
        kept=kept,
        sizes=compared,
        counts=compared_counts,
        usable=usable,
        levels=(false_discovery_rate, confidence),
    )


def _compared(
    table: pd.DataFrame,
    *,
    kept: np.ndarray,
    sizes: np.ndarray,
    counts: np.ndarray,
    usable: np.ndarray,
    levels: tuple[float, float],
) -> pd.DataFrame:
    """The table with its tests, shrunken rates and flags."""
    common = counts.sum(axis=0) / np.where(sizes.sum(axis=0) > 0, sizes.sum(axis=0), 1)
    expected = (sizes * common).sum(axis=1)
    usable = usable & (expected > 0)
    overall = float(kept.sum() / sizes.sum())
    rest = others(counts[usable], exposures=sizes[usable])
    between = variance_between(kept[usable], expected=expected[usable]).between
    drawn = shrunken_rates(kept[usable], expected=expected[usable], confidence=levels[1])
    tested = table.loc[usable].copy()
    tested["expected"] = rest.expected
    tested["mix_expected"] = expected[usable]
    tested["ratio"] = kept[usable] / expected[usable]
    tested["direction"] = np.where(kept[usable] > rest.expected, "more", "fewer")
    for name, variance in (("", 0.0), ("_widened", between)):
        tested[f"p{name}"] = leave_one_out(kept[usable], rest=rest, between=variance)
        tested[f"q{name}"] = q_values(tested[f"p{name}"].tolist())
    tested["flagged"] = (tested["q"] <= levels[0]) & (tested["q_widened"] <= levels[0])
    spared = (tested["q"] <= levels[0]) & ~tested["flagged"]
    table.loc[spared.index[spared], "note"] = SPARED
    for name, values in (("", drawn.rate), ("_low", drawn.low), ("_high", drawn.high)):
        tested[f"shrunken{name}"] = values * overall
    tested["top_quarter_chance"] = _top_quarter(kept[usable], expected[usable], shape=drawn.shape)
    columns = [*tested.columns.difference(table.columns, sort=False)]
    full = table.join(tested[columns]).astype({"flagged": "boolean"})[list(OUTLIER_COLUMNS)]
    full.attrs = {
        "between": between, "tests": int(usable.sum()), "shape": drawn.shape, "rate": overall,
    }  # fmt: skip
    return full


def _top_quarter(kept: np.ndarray, expected: np.ndarray, *, shape: float) -> np.ndarray:
    """Chance that the true relative rate lies in the highest quarter of the gamma law of mean 1."""
    if math.isinf(shape):
        return np.full(kept.shape, np.nan)
    quarter = float(special.gammaincinv(shape, 0.75)) / shape
    chance: np.ndarray = special.gammaincc(kept + shape, (expected + shape) * quarter)
    return chance


def _matrices(
    rates: pd.DataFrame, *, client: str, count: str, exposure: str, strata: Sequence[str]
) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Counts and exposures, clients in rows and strata in columns."""
    missing = [column for column in (client, count, exposure, *strata) if column not in rates]
    if missing:
        raise ArgumentError(f"There is no column {', '.join(missing)}. Found: {', '.join(map(str, rates.columns))}.")
    values = rates[[count, exposure]].astype("float64")
    if values.isna().any(axis=None) or (values < 0).any(axis=None):
        who = rates.loc[(values.isna() | (values < 0)).any(axis=1), client].iloc[0]
        raise ArgumentError(f"Client {who}: {count} or {exposure} is missing or negative. Leave it out or mend it.")
    keyed = rates.assign(_stratum=_stratum(rates, strata))
    shaped = keyed.pivot_table(index=client, columns="_stratum", values=[count, exposure], aggfunc="sum", fill_value=0)
    return (
        shaped[count].to_numpy(dtype="float64"),
        shaped[exposure].to_numpy(dtype="float64"),
        shaped.index.rename("client"),
    )


def _stratum(rates: pd.DataFrame, strata: Sequence[str]) -> pd.Series:
    if not strata:
        return pd.Series(0, index=rates.index)
    return rates.groupby(list(strata), dropna=False, sort=True).ngroup()


def _with_company(counts: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts and exposures without the strata in which a client is alone."""
    alone = (sizes > 0) & (sizes.sum(axis=0) - sizes <= 0)
    return np.where(alone, 0.0, counts), np.where(alone, 0.0, sizes)


def _untested(table: pd.DataFrame) -> pd.DataFrame:
    full = table.reindex(columns=list(OUTLIER_COLUMNS)).astype(
        {"flagged": "boolean", "direction": "str", "note": "str"}
    )
    full.attrs = {"between": 0.0, "tests": 0, "shape": math.nan, "rate": math.nan}
    return full
