"""Do auditors grade alike? Codes only, and no answer where an auditor cannot be told from his clients or his years.

A high finder is not a worse auditor. The comparison says who differs on the same clients, never who is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from auditlab.portfolio.comparison import compared_audits
from auditlab.portfolio.store import Store
from auditlab.statistics.crossed_groups import CrossedGroups, crossed_groups
from auditlab.statistics.false_discovery import q_values

CALIBRATION_DTYPES = {
    "measure": "str", "auditor": "str", "audits": "Int64", "clients": "Int64", "shared_clients": "Int64",
    "own_share": "Float64", "effect": "Float64", "low": "Float64", "high": "Float64", "p": "Float64", "q": "Float64",
    "flagged": "boolean", "identifiable": "boolean", "note": "str",
}  # fmt: skip

MEASURES = {
    "rate": "square root of nonconformities per auditor-day",
    "grading": "log odds of a nonconformity against an improvement",
}
"""What is compared: how much is found, and how it is graded."""

LEAST_OWN = 0.05
_ROUNDING = 1e-9
_TOO_FEW = "refused: fewer than two lead auditors are named"

MEASURE_DTYPES = {
    "measure": "str", "definition": "str", "auditors": "Int64", "comparable": "Int64", "between": "Float64",
    "within": "Float64", "icc": "Float64", "median_odds_ratio": "Float64", "method": "str", "note": "str",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Auditors compared on common clients: one row an auditor and measure, and one a measure."""

    auditors: pd.DataFrame
    measures: pd.DataFrame


def auditor_calibration(store: Store) -> Calibration:
    """Auditors against those who audited the same clients, with clients and years taken out.

    Returns
    -------
    Calibration
        ``auditors``: ``measure`` (rate, grading), ``auditor`` (code), ``audits, clients, shared_clients`` (that another
        auditor audited too) [count], ``own_share`` (part of the audits that tells the auditor from clients and years)
        [0-1], ``effect, low, high`` (shrunken difference), ``p, q`` (Benjamini-Hochberg by measure), ``flagged,
        identifiable, note``. ``measures``: ``measure, definition, auditors, comparable, between, within, icc``
        (variance between auditors and its share), ``median_odds_ratio`` (grading only), ``method, note`` (why a
        measure is refused). Where the variance between auditors is estimated as 0 there is no effect but only the
        test: that they do not differ at all is more than such data can tell.
        Auditors are numbered in the order of a hash of their names, so that a number tells nothing; no key is written.
        Estimates need ``method.least_audits`` audits.

    References
    ----------
    .. [1] Larsen and Merlo (2005), American Journal of Epidemiology 161:81-88, for the median odds ratio.
    """
    audits = store.ask(
        "select md5(lead) as lead, client, year(start) as year, type, edition, cast(days as double) as days, "
        f"cast(nc as double) as nc, cast(ofi as double) as ofi from facts where {compared_audits(store)} "
        "and coalesce(trim(lead), '') <> '' order by md5(lead), client, start, audit_id"
    )
    codes = {lead: f"auditor {place}" for place, lead in enumerate(sorted(audits["lead"].unique()), start=1)}
    audits["auditor"] = audits["lead"].map(codes)
    tables, measures = [], []
    for measure in MEASURES:
        own = _measured(audits, measure)
        found = _crossed(own)
        tables.append(_by_auditor(own, found, measure=measure, store=store))
        least = store.settings.method.least_audits
        why = _refusal(own, found, tables[-1], least=least) if len(codes) > 1 else _TOO_FEW
        if why:
            tables[-1] = _without_estimates(tables[-1], why)
        measures.append(_summary(tables[-1], found, measure=measure, why=why))
    return Calibration(
        auditors=pd.concat(tables, ignore_index=True).astype(CALIBRATION_DTYPES),
        measures=pd.DataFrame(measures, columns=list(MEASURE_DTYPES)).astype(MEASURE_DTYPES),
    )


def _refusal(own: pd.DataFrame, found: CrossedGroups | None, table: pd.DataFrame, *, least: int) -> str:
    """Why a measure compares nobody; empty where it compares some."""
    if not own["varies"].any():
        return "refused: no variation, every audit shows the same"
    known = table["identifiable"].fillna(False).astype(bool)
    if found is None or known.sum() < 2:
        return "refused: fewer than two auditors can be told from their clients and years"
    if np.isnan(found.between):
        return "refused: no variation is left once clients and years are taken out"
    if table["p"].notna().sum() < 2:
        return f"refused: fewer than two auditors have {least} audits that can be compared"
    return ""


def _without_estimates(table: pd.DataFrame, why: str) -> pd.DataFrame:
    """The table of a measure that is refused: counts and reasons only."""
    gone = table.assign(**dict.fromkeys(("effect", "low", "high", "p", "q"), np.nan))
    return gone.assign(
        flagged=pd.array([None] * len(gone), dtype="boolean"),
        note=gone["note"].replace("", f"no estimate: {why.removeprefix('refused: ')}"),
    )


def _measured(audits: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The value and the weight of every audit, with the mean of its type and edition taken off."""
    if measure == "rate":
        # The square root of a Poisson count has the same variance at every rate (Anscombe 1948).
        own = audits.assign(value=np.sqrt((audits["nc"] + 3 / 8) / audits["days"]), weight=audits["days"])
    else:
        graded = audits[audits["nc"] + audits["ofi"] > 0]
        above, below = graded["nc"] + 0.5, graded["ofi"] + 0.5
        own = graded.assign(value=np.log(above / below), weight=1 / (1 / above + 1 / below))
    own = own.reset_index(drop=True)
    own["varies"] = _vary(own, measure)
    product = (own["value"] * own["weight"]).groupby([own["type"], own["edition"]]).transform("sum")
    left = own["value"] - product / own.groupby(["type", "edition"])["weight"].transform("sum")
    return own.assign(value=left.mask(left.abs() <= _ROUNDING * own["value"].abs().max(), 0.0))


def _vary(own: pd.DataFrame, measure: str) -> bool:
    """Whether audits show different things; findings that are all of one kind tell nothing about grading."""
    if measure == "grading":
        return bool(own["nc"].sum() and own["ofi"].sum())
    return bool(len(own)) and bool(np.ptp(own["value"]) > _ROUNDING * own["value"].abs().max())


def _crossed(own: pd.DataFrame) -> CrossedGroups | None:
    groups = pd.factorize(own["auditor"], sort=True)[0].astype("int64")
    if len(own) == 0 or groups.max() < 1:
        return None
    return crossed_groups(
        own["value"].to_numpy(), groups=groups, objects=pd.factorize(own["client"])[0].astype("int64"),
        periods=pd.factorize(own["year"], sort=True)[0].astype("int64"), weights=own["weight"].to_numpy(),
        least_own=LEAST_OWN,
    )  # fmt: skip


def _by_auditor(own: pd.DataFrame, found: CrossedGroups | None, *, measure: str, store: Store) -> pd.DataFrame:
    method = store.settings.method
    others = own.groupby("client")["auditor"].nunique()
    shared = own["client"].where(own["client"].map(others) > 1)
    table = own.assign(shared=shared).groupby("auditor", sort=True).agg(
        audits=("client", "size"), clients=("client", "nunique"), shared_clients=("shared", "nunique")
    )  # fmt: skip
    table = table.reset_index().assign(measure=measure)
    if found is None:
        return table.assign(identifiable=False, note="not compared: no other auditor").reindex(
            columns=list(CALIBRATION_DTYPES)
        )
    table["own_share"], table["p"] = found.own, found.p
    half = float(special.ndtri((1 + method.confidence) / 2)) * found.spread
    table["effect"], table["low"], table["high"] = found.effect, found.effect - half, found.effect + half
    table["identifiable"] = found.part >= 0
    few = table["audits"] < method.least_audits
    if not found.between > 0:
        table[["effect", "low", "high"]] = np.nan
    largest = np.bincount(found.part[found.part >= 0]).argmax() if (found.part >= 0).any() else -1
    table["note"] = np.select(
        [~table["identifiable"] & (table["shared_clients"] == 0), ~table["identifiable"], few, found.part != largest],
        ["no estimate: nobody else audited the same clients",
         "no estimate: cannot be told from clients and years",
         f"no estimate: fewer than {method.least_audits} audits",
         "compared only with the few auditors of the same clients"],
        default="" if found.between > 0 else "no size: the variance between auditors is estimated as 0, which cannot "
        "tell how far this one may differ",
    )  # fmt: skip
    left_out = few | ~table["identifiable"]
    table.loc[left_out, ["effect", "low", "high", "p"]] = np.nan
    table["q"] = q_values(table["p"].tolist())
    table["flagged"] = (table["q"] <= method.false_discovery_rate).astype("boolean").mask(table["p"].isna())
    return table[list(CALIBRATION_DTYPES)]


def _summary(table: pd.DataFrame, found: CrossedGroups | None, *, measure: str, why: str) -> dict[str, object]:
    row: dict[str, object] = {
        "measure": measure, "definition": MEASURES[measure], "auditors": len(table),
        "comparable": int(table["p"].notna().sum()), "note": why,
        "method": "random effect of auditors, fixed effects of clients and years, restricted maximum likelihood",
    }  # fmt: skip
    if why or found is None:
        return row
    row |= {"between": found.between, "within": found.within, "icc": found.icc}
    if measure == "grading":
        row["median_odds_ratio"] = float(np.exp(np.sqrt(2 * found.between) * special.ndtri(0.75)))
    if not found.between > 0:
        row["note"] = "no variance between auditors is seen; whether there is none cannot be told from so many audits"
    return row
