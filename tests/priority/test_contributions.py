"""Declared contributions: which facts count, where they belong, and that each counts once."""

import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.history.change_pressure import CHANGE_DTYPES
from auditlab.history.corrective_actions import STATUS_DTYPES
from auditlab.priority import Weights, contributions

SERVICES = pd.DataFrame(
    {"service": ["S1", "S3"], "sites": ["A", "B, C"], "criticality": ["low", "high"], "regulated": [False, False]}
)
NO_ACTIONS = pd.DataFrame(columns=list(STATUS_DTYPES)).astype(STATUS_DTYPES)
SITES = ["A", "B", "C"]


def actions(*rows):
    return pd.DataFrame(list(rows), columns=list(STATUS_DTYPES)).astype(STATUS_DTYPES)


def verified(finding, date, outcome, repeat=None):
    return {
        "days_to_repeat": None,
        "finding_id": finding,
        "site": "A",
        "clause": "9.2",
        "status": "verified",
        "verified": pd.Timestamp(date),
        "effectiveness": outcome,
        "repeat_finding": repeat,
    }


def overdue(finding, days):
    return {"finding_id": finding, "site": "A", "clause": "9.2", "status": "open overdue", "days_overdue": days}


def added(status=NO_ACTIONS, signals=None, changes=None, **options):
    return contributions(status, signals, changes, sites=SITES, services=SERVICES, **options)


def test_overdue_actions_count_once_and_the_longest_is_named_first():
    result = added(actions(overdue("F2", 10), overdue("F10", 400)))
    assert result["text"].tolist() == ["overdue action F10, 400 days and 1 more, counted once (+1.0)"]
    assert result["facts"].tolist() == ["F10 F2"]


def test_a_repeat_that_a_later_verified_action_answered_does_not_count():
    first, last = verified("F1", "2021-01-01", "repeat", "F2"), verified("F2", "2022-01-01", "effective")
    assert added(actions(first, last)).empty
    assert added(actions(first | {"days_to_repeat": 40}))["text"].tolist() == [
        "repeat F2 after verified action F1 (+0.7)"
    ]


def test_a_repeat_counts_though_its_action_was_ticked_later_and_the_words_say_so():
    late = verified("F1", "2021-06-01", "repeat", "F2")
    assert added(actions(late))["text"].tolist() == ["repeat F2 after action F1, verified on that day or later (+0.7)"]


def test_only_flagged_signals_count_and_their_leaf_is_rolled_up():
    signals = pd.DataFrame(
        {"clause": ["8.5.1.3", "8.6.1"], "site": ["B", "B"], "flagged": [True, False], "series": ["late", "majors"]}
    )
    result = added(signals=signals)
    assert result[["site", "clause", "weight", "text"]].to_numpy().tolist() == [
        ["B", "8.5.1", 1.0, "signal: late (+1.0)"]
    ]


def test_two_signals_of_one_cell_are_counted_once():
    signals = pd.DataFrame(
        {"clause": ["8.5.1.3", "8.5.1.2"], "site": ["B", "B"], "flagged": True, "series": ["x", "y"]}
    )
    result = added(signals=signals)
    assert result["text"].tolist() == ["signal: x and 1 more, counted once (+1.0)"]


def test_a_signal_may_name_two_clauses():
    signals = pd.DataFrame({"clause": ["8.3.4.1; 8.3.3"], "site": ["A"], "flagged": [True]})
    assert added(signals=signals)["clause"].tolist() == ["8.3.3", "8.3.4"]


@pytest.mark.parametrize(
    ("service", "status", "sites"),
    [
        ("S3", NO_ACTIONS, ["B", "C"]),  # delivered there
        ("S3", actions(verified("F1", "2021-01-01", "effective") | {"service": "S3", "clause": "8.3.4"}), ["A"]),
        (None, NO_ACTIONS, ["A", "B", "C"]),
    ],
)
def test_a_signal_without_a_site_goes_where_its_service_is_concerned(service, status, sites):
    signals = pd.DataFrame({"clause": ["8.3.4.1"], "service": [service], "flagged": [True]})
    assert added(status, signals)["site"].tolist() == sites


def test_a_change_without_a_clause_reaches_no_cell():
    rows = [{"what": "move", "site": "A"}, {"what": "shift plan", "site": "C", "clause": "8.6.1"}]
    changes = pd.DataFrame(rows, columns=list(CHANGE_DTYPES)).astype(CHANGE_DTYPES)
    assert added(changes=changes)["text"].tolist() == ["change since the last visit: shift plan (+0.5)"]


def test_a_weight_of_zero_switches_a_kind_off():
    assert added(actions(overdue("F2", 10)), weights=Weights(overdue=0)).empty


def test_a_weight_below_zero_is_refused():
    with pytest.raises(ArgumentError, match="weight of 'signal' is -1"):
        Weights(signal=-1)


def test_signals_without_the_needed_columns_are_refused():
    with pytest.raises(ArgumentError, match="no column flagged"):
        added(signals=pd.DataFrame({"clause": ["9.2"]}))
