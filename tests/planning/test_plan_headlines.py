"""The first screen says what cannot be kept and what has no place, and not only that all is well."""

from types import SimpleNamespace

import pandas as pd

from auditlab.planning.headlines import headlines


def made(*, minutes=60, lost=0, clashes=()):
    sessions = pd.DataFrame({"site": ["B", "A"], "date": ["2024-06-12", "2024-06-11"]})
    cells = pd.DataFrame(
        {"budget_share": [1.0, 0.8], "site": "A", "clause": "9.2", "rank": 1, "minutes": [minutes, minutes // 2]}
    )
    leaves = pd.DataFrame({"clause": ["9.2.1", "9.2.1", "9.3"], "minutes": [0, minutes, 0]})
    return SimpleNamespace(
        budget_minutes=480,
        timetable=SimpleNamespace(sessions=sessions, clashes=pd.DataFrame({"minutes": [lost] if lost else []})),
        team=SimpleNamespace(members=("P",)),
        minutes=SimpleNamespace(cells=cells, clashes=pd.DataFrame({"budget_share": list(clashes)}, dtype="float64")),
        leaves=leaves,
    )


def test_the_sentences_of_a_plan_where_nothing_fits_say_so():
    said = headlines(made(lost=25, clashes=[0.8, 0.8, 1.0]))["sentence"].tolist()
    assert said == [
        "Auditor P (leader) at A, B from 2024-06-11 to 2024-06-12: 480 minutes of audit time.",
        "Most time goes to 9.2 at A (60 minutes).",
        (
            "At 100 % of the time 1 rule cannot be kept; at 80 % of the time 2 rules cannot be kept; "
            "the timetable does not hold all of these minutes."
        ),
        "1 of 2 clauses get time at one site at least.",
        "1 examination found no place in the timetable for 25 minutes.",
    ]


def test_a_plan_without_time_says_that_nothing_is_examined():
    told = headlines(made(minutes=0))
    assert told.loc[1, "sentence"] == "No examination gets time."
    assert pd.isna(told.loc[1, "value"])
    assert told["low"].isna().all()
