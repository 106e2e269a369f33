"""Hits in chosen and random cells."""

import json

import pandas as pd
import pytest

from auditlab.errors import EngagementError
from auditlab.priority import hits_by_part
from auditlab.publish.earlier_plan import earlier_plan, no_plan

DAY = pd.Timestamp("2024-03-31")


def planned(part, number, *, minutes=15, share=1.0):
    return {
        "budget_share": share, "site": "A", "clause": f"8.{number}.1", "rank": number, "part": part, "minutes": minutes,
        "random_minutes": 15 if part == "random" else 0, "floor": 0, "reason": "",
    }  # fmt: skip


def seen(number, found, *, day="2024-06-11"):
    return {"entity": "A", "clause": f"8.{number}.1", "date": pd.Timestamp(day), "examined": True, "found": found}


PLAN = pd.DataFrame(
    [planned("priority", number) for number in range(1, 6)]
    + [planned("random", number) for number in range(6, 11)]
    + [planned("none", 11, minutes=0), planned("random", 1, share=0.8)]
)
HISTORY = pd.DataFrame(
    [seen(number, number <= 4) for number in range(1, 6)]
    + [seen(number, number == 6) for number in range(6, 10)]
    + [seen(10, found=True, day="2023-06-13"), seen(11, found=True)]
)


def test_hits_of_chosen_and_random_cells_are_counted_apart():
    """4 of 5 against 1 of 4; Fisher's two-sided p of this table is 26/126 by enumeration."""
    hits = hits_by_part(PLAN, HISTORY, since=DAY).set_index("part")
    assert hits.loc["priority", ["planned", "n", "k"]].tolist() == [5, 5, 4]
    assert hits.loc["random", ["planned", "n", "k"]].tolist() == [5, 4, 1]
    assert hits.loc["priority", "p"] == pytest.approx(26 / 126)
    assert hits.loc["priority", "odds_low"] < 1 < hits.loc["priority", "odds_ratio"]
    assert pd.isna(hits.loc["random", "odds_ratio"])
    assert hits.loc["priority", "low"] == pytest.approx(0.2836, abs=1e-4)  # Clopper-Pearson 4 of 5, 95 %


def test_a_planned_cell_that_was_not_examined_is_no_miss_and_nothing_examined_is_missing():
    hits = hits_by_part(PLAN, HISTORY.head(0), since=DAY).set_index("part")
    assert hits["n"].sum() == 0
    assert hits["value"].isna().all()
    assert hits.loc["mandatory", "planned"] == 0


def test_without_a_plan_nothing_is_compared():
    plan, day = no_plan()
    assert hits_by_part(plan, HISTORY, since=day).empty


def test_the_plan_of_a_run_is_read_back(tmp_path):
    (tmp_path / "tables").mkdir()
    PLAN.to_csv(tmp_path / "tables" / "allocation.csv", index=False)
    (tmp_path / "manifest.json").write_text(json.dumps({"as_of": "2024-03-31"}), encoding="utf-8")
    plan, day = earlier_plan(tmp_path)
    assert day == DAY
    pd.testing.assert_frame_equal(hits_by_part(plan, HISTORY, since=day), hits_by_part(PLAN, HISTORY, since=DAY))


def test_a_folder_without_a_plan_is_refused(tmp_path):
    with pytest.raises(EngagementError, match=r"holds no plan of time.*run of priority_plan"):
        earlier_plan(tmp_path)
