"""What a reader needs to recompute a score by hand: the terms of every cell, and one cell worked out."""

from __future__ import annotations

import pandas as pd

from auditlab.statistics.two_level import CEILING, GRAND_MEAN_WEIGHT

TERMS = (
    "rank", "clause", "site", "clause_examinations", "clause_found", "base", "propensity", "weight_examined",
    "weight_found", "expected", "contribution", "score",
)  # fmt: skip


def score_terms(ranked: pd.DataFrame) -> pd.DataFrame:
    """The numbers that the score of each cell is made of, by rank; columns as in `priorities`."""
    return ranked[list(TERMS)]


def worked_example(ranked: pd.DataFrame, *, k: float) -> str:
    """The score of the first cell, step by step, from the numbers of `score_terms`.

    Parameters
    ----------
    ranked : DataFrame
        Result of `priorities`.
    k : float
        Weight of the expectation against the own history of a cell [examinations].
    """
    if ranked.empty:
        return ""
    clauses = ranked.drop_duplicates("clause")
    found, examined = clauses["clause_found"].sum(), clauses["clause_examinations"].sum()
    mean = found / examined if examined else 0.5
    row = ranked.iloc[0]
    start = min(CEILING, row["base"] * row["propensity"])
    base, expected, added, m0 = row["base"], row["expected"], row["contribution"], GRAND_MEAN_WEIGHT
    return (
        f"By hand, for {row['clause']} at {row['site']}. "
        f"Mean over all cells: {found} of {examined} = {mean:.4f}. "
        f"Base: ({m0:g} × {mean:.4f} + {row['clause_found']}) / ({m0:g} + {row['clause_examinations']}) = {base:.4f}. "
        f"Start: base × propensity = {base:.4f} × {row['propensity']:.4f} = {start:.4f}, {CEILING:g} at most. "
        f"Expected: ({k:g} × {start:.4f} + {row['weight_found']:.4f}) / ({k:g} + {row['weight_examined']:.4f}) "
        f"= {expected:.4f}. "
        f"Score: ln({expected:.4f} / {1 - expected:.4f}) + {added:.1f} = {row['score'] - added:.3f} + {added:.1f} "
        f"= {row['score']:.3f}."
    )
