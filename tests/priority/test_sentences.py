"""The order of priority in sentences."""

import pandas as pd

from auditlab.priority import headlines

RANKED = pd.DataFrame(
    {
        "clause": ["8.5.1", "9.2"], "site": ["B", "A"], "reason": ["3 of 3 examinations", "quiet"],
        "top5_share": [0.97, 0.5], "rank_low": [1, 1], "rank_high": [4, 9], "expected": [0.4, 0.1],
        "low": [0.2, 0.0], "high": [0.6, 0.3], "examinations": [3, 2], "untouched_leaves": [0, 2],
        "leaves": [3, 2],
    }
)  # fmt: skip


def test_the_first_cell_comes_with_its_reason_and_its_range():
    told = headlines(RANKED, draws=1000)
    assert told["sentence"].iloc[0] == (
        "First: 8.5.1 at B. 3 of 3 examinations. Among the first 5 in 97 % of 1000 draws; ranks 1 to 4 in 90 % of them."
    )
    assert told["n"].iloc[0] == 3


def test_only_stable_cells_are_named_and_untouched_ones_are_counted():
    sentences = headlines(RANKED, draws=1000)["sentence"]
    assert "8.5.1 at B. The order" in sentences.iloc[1]
    assert sentences.iloc[2].startswith(
        "1 of 2 cells (a clause as it is planned, at a site) were not examined in this cycle; a low place"
    )


def test_in_a_new_cycle_the_order_rests_on_earlier_ones():
    sentences = headlines(RANKED.assign(untouched_leaves=RANKED["leaves"]), draws=1000)["sentence"]
    assert sentences.iloc[2] == (
        "None of 2 cells has been examined in this cycle yet: the order rests on earlier ones."
    )


def test_without_cells_nothing_is_ranked():
    told = headlines(RANKED.head(0), draws=1000)
    assert told["sentence"].tolist() == [
        "Where to look first is not known: neither coverage nor dated audits with findings are on record."
    ]


def test_a_share_just_below_all_is_not_called_all():
    near = RANKED.assign(top5_share=[0.996, 0.5], rank_high=[1, 9])
    assert "in 99.6 % of 1000 draws; rank 1 in 90 % of them." in headlines(near, draws=1000)["sentence"].iloc[0]
    assert "in all of 1000 draws" in headlines(RANKED.assign(top5_share=1.0), draws=1000)["sentence"].iloc[0]
