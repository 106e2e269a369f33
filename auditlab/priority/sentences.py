"""The order of priority in sentences, for the first screen."""

from __future__ import annotations

import pandas as pd

HEADLINE_DTYPES = {
    "order": "int64", "sentence": "str", "value": "Float64", "n": "Int64", "low": "Float64", "high": "Float64",
    "table": "str",
}  # fmt: skip
STABLE = 0.95
TOP = 5


def headlines(ranked: pd.DataFrame, *, draws: int) -> pd.DataFrame:
    """What the order says and how far it can be trusted.

    Parameters
    ----------
    ranked : DataFrame
        Result of `priorities`.
    draws : int
        Draws of the stability check [count].

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``.
    """
    sentences = [_nothing()] if ranked.empty else [_first(ranked, draws), _stable(ranked, draws), *_uncertain(ranked)]
    rows = [{"order": place, "table": "priorities"} | row for place, row in enumerate(sentences, start=1)]
    return pd.DataFrame(rows, columns=list(HEADLINE_DTYPES)).astype(HEADLINE_DTYPES)


def _nothing() -> dict[str, object]:
    return {
        "sentence": "Where to look first is not known: neither coverage nor dated audits with findings are on record."
    }


def _first(ranked: pd.DataFrame, draws: int) -> dict[str, object]:
    row = ranked.iloc[0]
    low, high = row["rank_low"], row["rank_high"]
    ranks = f"rank {low} in 90 % of them" if low == high else f"ranks {low} to {high} in 90 % of them"
    return {
        "sentence": (
            f"First: {row['clause']} at {row['site']}. {row['reason']}. Among the first {TOP} in "
            f"{_share(row['top5_share'])} of {draws} draws; {ranks}."
        ),
        "value": row["expected"],
        "low": row["low"],
        "high": row["high"],
        "n": row["examinations"],
    }


def _share(share: float) -> str:
    """A share of draws; whole percentages never tell more than the draws do."""
    return "all" if share == 1 else f"{100 * share:.1f} %" if share > 0.99 else f"{100 * share:.0f} %"


def _stable(ranked: pd.DataFrame, draws: int) -> dict[str, object]:
    sure = ranked[ranked["top5_share"] >= STABLE]
    names = ", ".join(f"{clause} at {site}" for clause, site in zip(sure["clause"], sure["site"], strict=True))
    told = names or "no cell"
    return {
        "sentence": (
            f"Stable among the first {TOP} in at least {100 * STABLE:.0f} % of {draws} draws: {told}. "
            "The order of the others is an interval, not a place."
        ),
        "value": len(sure),
        "n": len(ranked),
    }


def _uncertain(ranked: pd.DataFrame) -> list[dict[str, object]]:
    """Cells that nobody examined in this cycle: a low place there is no good news."""
    untouched = int((ranked["untouched_leaves"] == ranked["leaves"]).sum())
    partly = int((ranked["untouched_leaves"] > 0).sum()) - untouched
    if not untouched + partly:
        return []
    in_part = f", {partly} more only in part" if partly else ""
    sentence = (
        f"{untouched} of {len(ranked)} cells (a clause as it is planned, at a site) were not examined in this "
        f"cycle{in_part}; a low place there may only mean that nobody has looked."
    )
    if untouched == len(ranked):
        sentence = f"None of {untouched} cells has been examined in this cycle yet: the order rests on earlier ones."
    return [{"sentence": sentence, "value": untouched, "n": len(ranked)}]
