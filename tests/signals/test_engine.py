"""The one pass over the incidents, against counting by hand and against its own rules."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.signals.engine import COUNTS, durations, monthly_counts, timed_cases
from auditlab.tables import as_canonical

CUT_OFF = pd.Timestamp("2024-02-01")


def incidents(*rows):
    named = [{"incident_id": f"I{number}", "service": "S1", "priority": "P2"} | row for number, row in enumerate(rows)]
    return as_canonical("incidents", pd.DataFrame(named))


def row(opened, resolved=None, **more):
    return {"opened": pd.Timestamp(opened), "resolved": pd.Timestamp(resolved) if resolved else pd.NaT} | more


def test_met_late_breached_and_not_due_are_told_apart():
    table = incidents(
        row("2024-01-31 08:00", "2024-01-31 09:00", sla_target_minutes=60.0),  # met to the minute
        row("2024-01-31 08:00", "2024-01-31 09:01", sla_target_minutes=60.0),  # a minute late
        row("2024-01-31 08:00", "2024-01-31 09:01", sla_target_minutes=60.0, paused_minutes=1.0),  # met by the pause
        row("2024-01-31 08:00", sla_target_minutes=60.0),  # open past its deadline
        row("2024-01-31 23:30", sla_target_minutes=60.0),  # open, deadline to come
        row("2024-01-31 08:00", "2024-01-31 08:01"),  # no target
    )
    found = monthly_counts(table, cut_off=CUT_OFF).iloc[0]
    assert [int(found[name]) for name in ("opened", "targeted", "met", "late", "breached_open", "not_due")] == [
        6, 5, 2, 1, 1, 1
    ]  # fmt: skip
    assert (found["settled"], found["settled_met"], found["settled_gross"], found["settled_paused"]) == (4, 2, 1, 1)


def test_what_came_after_the_cut_off_is_not_known():
    table = incidents(row("2024-01-31 08:00", "2024-02-02"), row("2024-02-01 00:00"))
    found = monthly_counts(table, cut_off=CUT_OFF)
    assert (found["opened"].sum(), found["resolved"].sum()) == (1, 0)


def test_a_restoration_before_the_opening_gives_no_duration():
    table = incidents(row("2024-01-10", "2024-01-09", sla_target_minutes=60.0), row("2024-01-10", "2024-01-11"))
    found = monthly_counts(table, cut_off=CUT_OFF).iloc[0]
    assert (found["timed"], found["met"], found["late"], found["resolved_hours"]) == (1, 0, 0, 24)
    counted = durations(table, cut_off=CUT_OFF, first=pd.Timestamp("2024-01-01"), after=CUT_OFF)
    cases, untimed = timed_cases(counted)
    assert (cases["hours"].tolist(), untimed) == ([24.0], 1)


def test_a_restoration_before_the_opening_is_no_miss_of_its_target_but_counted_apart():
    inside = row("2024-01-10 08:00", "2024-01-10 08:30", sla_target_minutes=60.0, sla_met=True, paused_minutes=0.0)
    turned = row("2024-01-10 08:00", "2024-01-10 07:00", sla_target_minutes=60.0, sla_met=False, paused_minutes=5.0)
    found = monthly_counts(incidents(inside, turned), cut_off=CUT_OFF).iloc[0]
    settled = ("settled", "settled_met", "settled_gross", "settled_paused", "settled_pause_known", "reported")
    assert [int(found[name]) for name in settled] == [1, 1, 1, 0, 1, 1]
    assert [int(found[name]) for name in ("targeted", "met", "late", "breached_open", "not_due")] == [1, 1, 0, 0, 0]
    assert (found["resolved"], found["impossible"]) == (2, 1)


def test_a_response_before_the_opening_shortens_no_mean():
    table = incidents(
        row("2024-01-10 08:00", first_response=pd.Timestamp("2024-01-10 08:10")),
        row("2024-01-10 08:00", first_response=pd.Timestamp("2024-01-10 07:00")),
    )
    found = monthly_counts(table, cut_off=CUT_OFF).iloc[0]
    assert (found["responded"], found["response_minutes"], found["response_impossible"]) == (1, 10.0, 1)


def test_open_incidents_last_until_the_cut_off():
    table = incidents(row("2024-01-30 00:00"), row("2024-01-30 00:00", "2024-01-30 12:00"))
    found = durations(table, cut_off=CUT_OFF, first=pd.Timestamp("2024-01-01"), after=CUT_OFF)
    assert found[["hours", "observed", "n"]].to_numpy().tolist() == [[12.0, True, 1], [48.0, False, 1]]


def test_without_incidents_there_is_an_empty_frame_with_all_columns():
    found = monthly_counts(as_canonical("incidents", pd.DataFrame()), cut_off=CUT_OFF)
    assert list(found) == ["month", "service", "priority", *COUNTS]
    assert found.empty


def test_a_missing_column_is_named():
    with pytest.raises(ArgumentError, match="no column resolved, first_response"):
        monthly_counts(pd.DataFrame({"opened": []}), cut_off=CUT_OFF)


def test_an_unknown_group_is_refused():
    with pytest.raises(ArgumentError, match="not grouped by colour"):
        durations(incidents(row("2024-01-01")), cut_off=CUT_OFF, first=CUT_OFF, after=CUT_OFF, by=["colour"])


def test_a_parquet_file_gives_what_the_frame_gives(tmp_path):
    table = incidents(
        row("2024-01-05", "2024-01-06", site="A", major=True, reopens=1, sla_met=True, sla_target_minutes=30.0),
        row("2023-12-05", site="B", reassignments=3, problem_id="P1"),
    )
    table.to_parquet(tmp_path / "incidents.parquet")
    of_frame = monthly_counts(table, cut_off=CUT_OFF)
    pd.testing.assert_frame_equal(monthly_counts(tmp_path / "incidents.parquet", cut_off=CUT_OFF), of_frame)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 60 * 24 * 60),
            st.one_of(st.none(), st.integers(0, 60 * 24 * 20)),
            st.sampled_from(["S1", "S2", None]),
            st.one_of(st.none(), st.sampled_from([60.0, 480.0])),
        ),
        min_size=1,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_counts_add_up_and_do_not_depend_on_the_order_of_rows(drawn, random):
    rows = [
        {
            "opened": pd.Timestamp("2023-12-01") + pd.Timedelta(minutes=start),
            "resolved": pd.NaT if length is None else pd.Timestamp("2023-12-01") + pd.Timedelta(minutes=start + length),
            "service": service,
            "sla_target_minutes": target,
        }
        for start, length, service, target in drawn
    ]
    table = incidents(*rows)
    counts = monthly_counts(table, cut_off=CUT_OFF)
    order = list(range(len(table)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(monthly_counts(table.iloc[order], cut_off=CUT_OFF), counts)
    known = table[table["opened"] < CUT_OFF]
    assert counts["opened"].sum() == len(known)
    assert (counts["met"] + counts["late"] + counts["breached_open"] + counts["not_due"] == counts["targeted"]).all()
    assert counts["resolved"].sum() == (known["resolved"] < CUT_OFF).sum()
