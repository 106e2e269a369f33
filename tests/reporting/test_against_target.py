"""Missed and reached are said where the words of an objective tell which way is better, and nowhere else."""

import pandas as pd
import pytest

from auditlab.reporting.against_target import MISSED, NOT_SAID, REACHED, against_target
from auditlab.reporting.scorecard import objective_scorecard


@pytest.mark.parametrize(
    ("measure", "target", "actual", "said"),
    [
        ("Median time to restore, priority 2", "4 h", "5.1 h", MISSED),
        ("Median time to restore, priority 2", "4 h", "4 h", REACHED),
        ("Faults repaired within 4 h", "99 %", "98.5 %", MISSED),
        ("Availability", "99,5 %", "99.7 %", REACHED),
        ("Anything", ">= 90 %", "91 %", REACHED),
        ("Anything", "at most 3", "4", MISSED),
        ("Anything", "< 3", "3", MISSED),
        ("Share of changes without approval", "3 %", "4 %", NOT_SAID),
        ("Not met within 4 h", "3 %", "4 %", NOT_SAID),
        ("Availability", "99 %", "5 h", ""),
        ("Availability", "high", "99 %", ""),
        ("Availability", "99 %", "", ""),
    ],
)
def test_an_objective_is_compared_by_its_own_words(measure, target, actual, said):
    assert against_target(measure, target, actual) == said


def test_the_scorecard_carries_it():
    objectives = pd.DataFrame(
        {"objective": ["Quick"], "clause": ["8.6.1"], "service": ["S1"], "measure": ["Median time to restore"],
         "target": ["4 h"], "actual": ["5.1 h"], "measured": [pd.Timestamp("2024-03-31")]}
    )  # fmt: skip
    card = objective_scorecard(objectives, pd.DataFrame({"service": ["S1"]}), as_of=pd.Timestamp("2024-04-30"))
    assert card["against_target"].tolist() == ["missed"]
