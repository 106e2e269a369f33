"""Whoever doubts a score can recompute it from the terms beside it."""

import math

import pandas as pd
import pytest

from auditlab import priority

K, ALPHA, MEAN_WEIGHT = 8.0, 8.0, 2.0


@pytest.fixture(scope="module")
def ranked(halden):
    import auditlab

    return priority.priorities(auditlab.open_engagement(halden), draws=20)


def test_every_score_follows_from_its_terms_by_the_printed_formula(ranked):
    terms = priority.score_terms(ranked)
    clauses = terms.drop_duplicates("clause")
    mean = clauses["clause_found"].sum() / clauses["clause_examinations"].sum()
    base = (MEAN_WEIGHT * mean + terms["clause_found"]) / (MEAN_WEIGHT + terms["clause_examinations"])
    own = pd.DataFrame({"site": terms["site"], "S": terms["weight_found"], "WB": terms["weight_examined"] * base})
    sums = own.groupby("site").sum()
    propensity = terms["site"].map((ALPHA + sums["S"]) / (ALPHA + sums["WB"]))
    start = (base * propensity).clip(upper=0.95)
    expected = (K * start + terms["weight_found"]) / (K + terms["weight_examined"])
    score = (expected / (1 - expected)).map(math.log) + terms["contribution"]
    pd.testing.assert_series_equal(score, terms["score"], check_names=False, rtol=1e-9)


def test_the_worked_example_is_the_first_cell_and_its_numbers_agree(ranked):
    told = priority.worked_example(ranked, k=K)
    first = ranked.iloc[0]
    assert told.startswith(
        f"By hand, for {first['clause']} at {first['site']}. Mean over all cells: 34 of 357 = 0.0952."
    )
    assert told.endswith(f"= {first['score']:.3f}.")
    assert f"= {first['base']:.4f}. Start" in told
    assert f"= {first['expected']:.4f}. Score" in told


def test_without_cells_nothing_is_worked_out(ranked):
    assert priority.worked_example(ranked.head(0), k=K) == ""
