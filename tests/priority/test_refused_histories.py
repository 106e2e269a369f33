"""Histories that contradict themselves, and constants that cannot be, are refused with the row and the mend."""

import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.priority import expected_findings


def history(**columns):
    rows = {
        "entity": ["A", "B"], "date": pd.to_datetime(["2023-01-01", "2023-01-01"]), "clause": ["4.1", "4.2"],
        "examined": [True, True], "found": [False, True],
    }  # fmt: skip
    return pd.DataFrame(rows | columns)


@pytest.mark.parametrize(
    ("frame", "asked", "message"),
    [
        (history().drop(columns="found"), {}, "The history has no column found. It needs"),
        (history(entity=["A", None]), {}, "1 of 2 rows name no entity or no clause"),
        (history(examined=[True, False]), {}, "1 of 2 rows hold a nonconformity in a cell that was not examined, first 4.2 at B"),
        (history(date=pd.to_datetime(["2023-01-01", None])), {}, "1 of 2 examined rows have no date, first 4.2 at B"),
        (history(), {"k": 0}, "k is 0. Give a number above zero"),
        (history(), {"half_life_years": -1}, "half_life_years is -1. Give a number above zero"),
        (history(), {"prior": {"4.1": 1.5}}, "The prior rate of 4.1 is 1.5. Give a share from 0 to 1"),
    ],
)  # fmt: skip
def test_a_history_that_contradicts_itself_is_refused(frame, asked, message):
    with pytest.raises(ArgumentError, match=message):
        expected_findings(frame, as_of=pd.Timestamp("2024-03-31"), **asked)
