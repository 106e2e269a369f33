"""Do auditors grade alike? Codes only, and no answer where an auditor cannot be told from what he audited.

Clients, years and the type and edition of the audits are fixed effects: an auditor who does all recertifications and
nothing else differs from the others by what they find, and nobody can tell which of the two it is.

A high finder is not a worse auditor. The comparison says who differs on the same clients, never who is right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from auditlab.portfolio.comparison import compared_audits
from auditlab.portfolio.store import Store
from auditlab.statistics.crossed_groups import CrossedGroups, crossed_groups
from auditlab.statistics.false_discovery import q_values

CALIBRATION_DTYPES = {
    "measure": "str", "auditor": "str", "audits": "Int64", "clients": "Int64", "shared_clients": "Int64",
    "own_share": "Float64", "difference": "Float64", "difference_low": "Float64", "difference_high": "Float64",
    "effect": "Float64", "low": "Float64", "high": "Float64", "p": "Float64", "q": "Float64", "flagged": "boolean",
    "identifiable": "boolean", "note": "str",
}  # fmt: skip

MEASURES = {
    "rate": "square root of nonconformities per auditor-day",
    "grading": "log odds of a nonconformity against an improvement",
}
"""What is compared: how much is found, and how it is graded."""

LEAST_OWN = 0.05
_OF_TEST = ["difference", "difference_low", "difference_high", "p"]
_DRAWN = ["effect", "low", "high"]
_CANNOT = "no estimate: cannot be told from "
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
    """Auditors against those who audited the same clients, with clients, years, types and editions taken out.

    Returns
    -------
    Calibration
        ``auditors``: ``measure`` (rate, grading), ``auditor`` (code), ``audits, clients, shared_clients`` (that another
        auditor audited too) [count], ``own_share`` (part of the audits that tells the auditor from clients, years,
        types and editions) [0-1], ``difference, difference_low, difference_high`` (from the mean of the auditors that
        this one can be compared with, as estimated), ``effect, low, high`` (the same drawn towards zero), ``p`` (of
        ``difference`` against none), ``q`` (Benjamini-Hochberg by measure), ``flagged`` (``q`` at most the declared
        rate), ``identifiable, note``. ``measures``: ``measure, definition, auditors, comparable, between, within, icc``
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
    # Rows come in the order of the hashes, which is that of the numbers.
    places, leads = pd.factorize(audits["lead"])
    audits["place"], audits["auditor"] = places, [f"auditor {place + 1}" for place in places]
    tables, measures = [], []
    for measure in MEASURES:
        own = _measured(audits, measure)
        found = _crossed(own)
        tables.append(_by_auditor(own, found, measure=measure, store=store))
        least = store.settings.method.least_audits
        why = _refusal(own, found, tables[-1], least=least) if len(leads) > 1 else _TOO_FEW
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
        return "refused: fewer than two auditors can be told from their clients, years, types and editions of audits"
    if np.isnan(found.between):
        return "refused: no variation is left once clients, years, types and editions are taken out"
    if table["p"].notna().sum() < 2:
        return f"refused: fewer than two auditors have {least} audits that can be compared"
    return ""


def _without_estimates(table: pd.DataFrame, why: str) -> pd.DataFrame:
    """The table of a measure that is refused: counts and reasons only."""
    gone = table.assign(**dict.fromkeys((*_OF_TEST, *_DRAWN, "q"), np.nan))
    return gone.assign(
        flagged=pd.array([None] * len(gone), dtype="boolean"),
        note=gone["note"].replace("", f"no estimate: {why.removeprefix('refused: ')}"),
    )


def _measured(audits: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The value and the weight of every audit."""
    if measure == "rate":
        # The square root of a Poisson count has the same variance at every rate (Anscombe 1948).
        own = audits.assign(value=np.sqrt((audits["nc"] + 3 / 8) / audits["days"]), weight=audits["days"])
    else:
        graded = audits[audits["nc"] + audits["ofi"] > 0]
        above, below = graded["nc"] + 0.5, graded["ofi"] + 0.5
        own = graded.assign(value=np.log(above / below), weight=1 / (1 / above + 1 / below))
    own = own.reset_index(drop=True)
    return own.assign(varies=_vary(own, measure), kind=own["type"] + ", " + own["edition"].fillna("edition not known"))


def _vary(own: pd.DataFrame, measure: str) -> bool:
    """Whether audits show different things; findings that are all of one kind tell nothing about grading."""
    if measure == "grading":
        return bool(own["nc"].sum() and own["ofi"].sum())
    return bool(len(own)) and bool(np.ptp(own["value"]) > _ROUNDING * own["value"].abs().max())


def _crossed(own: pd.DataFrame) -> CrossedGroups | None:
    if own["place"].nunique() < 2:
        return None
    groups, objects, years, kinds = (
        pd.factorize(own[name], sort=True)[0].astype("int64") for name in ("place", "client", "year", "kind")
    )
    return crossed_groups(
        own["value"].to_numpy(), groups=groups, objects=objects, beside=(years, kinds),
        weights=own["weight"].to_numpy(), least_own=LEAST_OWN,
    )  # fmt: skip


def _by_auditor(own: pd.DataFrame, found: CrossedGroups | None, *, measure: str, store: Store) -> pd.DataFrame:
    method = store.settings.method
    others = own.groupby("client")["auditor"].nunique()
    shared = own["client"].where(own["client"].map(others) > 1)
    table = own.assign(shared=shared).groupby(["place", "auditor"], as_index=False).agg(
        audits=("client", "size"), clients=("client", "nunique"), shared_clients=("shared", "nunique"),
        kinds=("kind", "nunique"), kind=("kind", "first"),
    ).assign(measure=measure)  # fmt: skip
    if found is None:
        return table.assign(identifiable=False, note="not compared: no other auditor").reindex(
            columns=list(CALIBRATION_DTYPES)
        )
    half = float(special.ndtri((1 + method.confidence) / 2))
    table["own_share"], table["p"], table["difference"] = found.own, found.p, found.difference
    table["difference_low"] = found.difference - half * found.error
    table["difference_high"] = found.difference + half * found.error
    table["effect"] = found.effect
    table["low"], table["high"] = found.effect - half * found.spread, found.effect + half * found.spread
    table["identifiable"] = found.part >= 0
    few = table["audits"] < method.least_audits
    if not found.between > 0:
        table[_DRAWN] = np.nan
    left_out = few | ~table["identifiable"]
    table.loc[left_out, [*_OF_TEST, *_DRAWN]] = np.nan
    table["q"] = q_values(table["p"].tolist())
    table["flagged"] = (table["q"] <= method.false_discovery_rate).astype("boolean").mask(table["p"].isna())
    table["note"] = _notes(table, found, few=few, least=method.least_audits)
    return table[list(CALIBRATION_DTYPES)]


def _notes(table: pd.DataFrame, found: CrossedGroups, *, few: pd.Series, least: int) -> npt.NDArray[np.str_]:
    """Why an auditor has no estimate, or what the estimate is not."""
    lost = ~table["identifiable"]
    by_clients, by_years, by_kinds = (after < LEAST_OWN for after in found.own_after)
    one_kind = "no estimate: all audits are " + table["kind"] + "; the auditor cannot be told from that"
    company = table["identifiable"].groupby(found.part).transform("sum") - 1
    smaller = table["identifiable"] & (company < company.where(table["identifiable"]).max())
    apart = (
        "compared with only "
        + company.astype("str")
        + " of the other auditors: what was audited parts them from the rest"
    )
    holds_zero = table["flagged"].fillna(False).astype(bool) & (table["low"] * table["high"] <= 0)
    return np.select(
        [lost & (table["shared_clients"] == 0), lost & by_clients, lost & by_years,
         lost & by_kinds & (table["kinds"] == 1), lost & by_kinds, lost, few, smaller, holds_zero],
        ["no estimate: nobody else audited the same clients", f"{_CANNOT}clients", f"{_CANNOT}clients and years",
         one_kind, f"{_CANNOT}clients, years, types and editions of audits",
         "no estimate: no difference from another auditor follows from these audits",
         f"no estimate: fewer than {least} audits", apart,
         "flagged by the test of the difference; drawn towards zero, its interval holds 0"],
        default="" if found.between > 0 else "no size: the variance between auditors is estimated as 0, which cannot "
        "tell how far this one may differ",
    )  # fmt: skip


def _summary(table: pd.DataFrame, found: CrossedGroups | None, *, measure: str, why: str) -> dict[str, object]:
    row: dict[str, object] = {
        "measure": measure, "definition": MEASURES[measure], "auditors": len(table),
        "comparable": int(table["p"].notna().sum()), "note": why,
        "method": "random effect of auditors, fixed effects of clients, years, types and editions, restricted maximum "
        "likelihood",
    }  # fmt: skip
    if why or found is None:
        return row
    row |= {"between": found.between, "within": found.within, "icc": found.icc}
    if measure == "grading":
        row["median_odds_ratio"] = float(np.exp(np.sqrt(2 * found.between) * special.ndtri(0.75)))
    if not found.between > 0:
        row["note"] = "no variance between auditors is seen; whether there is none cannot be told from so many audits"
    return row
