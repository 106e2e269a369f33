"""Objectives with orphans first, months within target, speed beside target, readiness, awareness and decisions."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reported_engagement import small_lab, small_tables

from auditlab import reporting, signals
from auditlab.errors import ArgumentError
from auditlab.plan_settings import TeamConflict
from auditlab.report_settings import AwarenessCheck, Decision
from auditlab.reporting.flow import NONE_TIMED
from auditlab.signals.series import Measure, Series

DAY = pd.Timestamp("2024-09-30")


def scorecard(*rows):
    columns = ["objective", "service", "clause", "measure", "target", "actual", "measured"]
    frame = pd.DataFrame(rows, columns=columns)
    tables = small_tables(objectives=frame)
    return reporting.objective_scorecard(tables.objectives, tables.services, as_of=DAY)


def test_an_objective_without_a_measure_stands_first_and_a_service_without_an_objective_is_an_orphan():
    table = scorecard(
        ("fast", "S1", "8.6.1", "hours", "4 h", "5 h", "2024-09-01"), ("loved", "S1", None, None, "much", None, None),
        ("old", "S1", None, "m", "t", "a", "2023-01-01"), ("when", "S1", None, "m", "t", "a", None),
        ("free", None, None, "m", "t", "a", "2024-09-01"), ("aim", "S1", None, "m", None, "a", None),
        ("new", "S1", None, "m", "t", None, None),
    )  # fmt: skip
    assert list(table["state"]) == [
        "no measure", "no target", "never measured", "measured, day unknown", "not traced to a service or clause",
        "service without an objective", "measured more than a year ago", "measured",
    ]  # fmt: skip
    assert list(table.loc[table["orphan"], "objective"]) == ["loved", "aim", "new", "when", "free", ""]
    assert table.loc[table["state"] == "service without an objective", "service"].tolist() == ["S2"]


def test_target_and_actual_stand_side_by_side_without_a_verdict():
    row = scorecard(("fast", "S1", "8.6.1", "hours", "4 h", "5 h", "2024-09-01")).set_index("objective").loc["fast"]
    assert (row["target"], row["actual"], row["state"]) == ("4 h", "5 h", "measured")


def test_without_objectives_the_scorecard_is_empty_and_no_service_is_blamed():
    assert scorecard().empty


def monthly(counts, *, n=100, target=0.9):
    months = pd.date_range("2024-01-01", periods=len(counts), freq="MS")
    frame = pd.DataFrame({"month": months, "k": counts, "n": n}).astype({"k": "Int64", "n": "Int64"})
    value = (frame["k"].astype("Float64") / n).astype("float64")
    return Series(family="sla_attainment", measure=Measure.SHARE, months=frame.assign(value=value), cut={"service": "S1"},
                  target=target)  # fmt: skip


def test_an_average_above_target_with_failing_months_shows_the_failing_months():
    row = reporting.capability_statement([monthly([99, 99, 99, 89, 89, 99])]).iloc[0]
    assert row["average"] == pytest.approx(574 / 600)
    assert (row["months_met"], row["months"], row["last_three_met"]) == (4, 6, 1)
    assert row["low"] == pytest.approx(0.3000, abs=1e-4)  # Wilson, 4 of 6
    assert "met in 4 of 6 months, in 1 of the last 3; 95.7 % over all records" in row["statement"]


def test_a_month_without_data_is_no_month_and_a_series_without_target_has_no_statement():
    row = reporting.capability_statement([monthly([95, None, 95])]).iloc[0]
    assert row["months"] == 2
    assert reporting.capability_statement([monthly([95], target=None)]).empty


def incidents(n, *, hours, open_ones=0, paused=0, response=10, target=6000, apart="1min", longer="0min"):
    """One incident after the other, `apart`, each `longer` than the one before it."""
    rows = []
    for place in range(n):
        opened = pd.Timestamp("2024-08-01 08:00") + place * pd.Timedelta(apart)
        rows.append(
            {"incident_id": f"I{place}", "opened": opened, "service": "S1", "priority": "P2",
             "first_response": opened + pd.Timedelta(minutes=response) if response is not None else None,
             "resolved": opened + pd.Timedelta(hours=hours) + place * pd.Timedelta(longer) if place >= open_ones else None,
             "paused_minutes": paused, "sla_target_minutes": target}
        )  # fmt: skip
    return small_tables(incidents=pd.DataFrame(rows))


def test_the_median_of_the_restored_stands_beside_the_median_that_counts_the_open_ones():
    lens = reporting.efficiency_lens(incidents(40, hours=4, open_ones=22), as_of=DAY)
    row = lens[lens["period"] == "2023-10/2024-09"].iloc[0]
    assert row["median_resolved_hours"] == 4
    assert pd.isna(row["median_hours"])  # 22 of 40 are open: not reached
    assert row["open"] == 22
    assert row["within_target"] == pytest.approx(18 / 40)  # a share of all that were due, open or not


def test_few_incidents_have_no_quantiles():
    row = reporting.efficiency_lens(incidents(5, hours=4), as_of=DAY).iloc[0]
    assert pd.isna(row["median_hours"])
    assert "fewer than 20" in row["note"]


def test_the_bottleneck_is_the_stage_with_the_most_time():
    row = reporting.stage_shares(incidents(10, hours=10, paused=360, response=60), as_of=DAY).iloc[0]
    assert row["bottleneck"] == "paused"
    parts = [row[name] for name in ("waiting", "paused", "in_hand")]
    assert parts == [pytest.approx(part) for part in (0.1, 0.6, 0.3)]
    assert pd.isna(row["handed_on"])  # no record tells whether hands changed
    assert "not recorded: handed on" in row["note"]


def handed(tables, *hands):
    """The incidents with so many changes of hands, in turn."""
    own = tables.incidents
    turns = [hands[place % len(hands)] for place in range(len(own))]
    return small_tables(incidents=own.assign(reassignments=turns))


def test_the_rest_of_incidents_that_changed_hands_is_a_stage_of_its_own():
    table = reporting.stage_shares(handed(incidents(10, hours=10, paused=360, response=60), 0, 1, 2, 1, 0), as_of=DAY)
    row = table.iloc[0]
    assert (row["handed_on"], row["in_hand"]) == (pytest.approx(0.18), pytest.approx(0.12))
    assert row[["waiting", "paused", "handed_on", "in_hand"]].sum() == pytest.approx(1)


def test_what_has_no_time_on_record_is_no_bottleneck():
    tables = handed(incidents(10, hours=10, paused=60, response=60), 1)
    row = reporting.stage_shares(tables, as_of=DAY).iloc[0]
    assert row["handed_on"] == pytest.approx(0.8)
    assert row["bottleneck"] == NONE_TIMED
    assert reporting.stage_shares(handed(tables, 0), as_of=DAY)["bottleneck"].tolist() == [NONE_TIMED]


def test_a_pause_within_the_wait_is_no_second_time():
    """10 h in all, 8 h until the response, 6 h paused: at most 2 of them can lie after the response."""
    row = reporting.stage_shares(handed(incidents(10, hours=10, paused=360, response=480), 0), as_of=DAY).iloc[0]
    stages = row[["waiting", "paused", "handed_on", "in_hand"]].astype(float)
    assert stages.tolist() == [pytest.approx(part) for part in (0.8, 0.2, 0, 0)]
    assert "in 10 of 10 the pause reaches into the wait for a response" in row["note"]


def test_an_empty_pause_is_none_and_counted_and_a_missing_response_is_left_out_with_its_reason():
    own = incidents(10, hours=10, paused=360, response=60).incidents
    own.loc[own.index[:4], "paused_minutes"] = None
    own.loc[own.index[9:], "first_response"] = None
    row = reporting.stage_shares(small_tables(incidents=own), as_of=DAY).iloc[0]
    assert (row["n"], row["left_out"]) == (9, 1)
    assert row["paused"] == pytest.approx(5 * 6 / 90)
    assert "4 of 9 without an entry for pauses: taken as none" in row["note"]
    assert "1 left out: no first response" in row["note"]


@given(
    st.lists(
        st.tuples(st.integers(1, 500), st.none() | st.integers(-5, 500), st.none() | st.integers(0, 500), st.none() | st.integers(0, 3)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_the_stages_share_the_whole_time_and_no_row_is_lost(rows):
    opened = pd.Timestamp("2024-08-01 08:00")
    own = pd.DataFrame(
        {"incident_id": [f"I{place}" for place in range(len(rows))], "opened": opened, "service": "S1", "priority": "P2",
         "resolved": [opened + pd.Timedelta(minutes=row[0]) for row in rows],
         "first_response": [None if row[1] is None else opened + pd.Timedelta(minutes=row[1]) for row in rows],
         "paused_minutes": [row[2] for row in rows], "reassignments": [row[3] for row in rows]}
    )  # fmt: skip
    found = reporting.stage_shares(small_tables(incidents=own), as_of=DAY).iloc[0]
    assert found["n"] + found["left_out"] == len(rows)
    if found["n"]:
        shares = found[["waiting", "paused", "handed_on", "in_hand"]].dropna().astype(float)
        assert (shares >= 0).all()
        assert shares.sum() == pytest.approx(1)


def flow(tables):
    found = signals.service_signals(tables, as_of=DAY)
    return reporting.flow_view(tables, found.kpis, reporting.stage_shares(tables, as_of=DAY), as_of=DAY).iloc[0]


def test_reported_stands_beside_gross_attainment_and_the_backlog_with_its_age():
    # 4 h, of them 3 h paused, against a target of 2 h: within it only because of the pause.
    late = incidents(60, hours=4, open_ones=6, paused=180, target=120, apart="1D")
    row = flow(handed(late, 0, 1))
    assert (row["within_target"], row["gross"]) == (pytest.approx(54 / 60), 0)
    assert pd.isna(row["reported"])  # no tool said whether it was met
    assert (row["pause_share"], row["reassigned"]) == (1, 0.5)
    assert row["backlog"] == 6
    assert row["period"] == "2024-08/2024-09"  # what the records hold of the last year
    assert pd.isna(row["opened_less_restored"])
    assert "90.0 % within target with pauses deducted, 0.0 % without" in row["said"]
    assert "half of the open ones are older than" in row["said"]


def test_what_the_records_do_not_hold_is_missing_in_the_flow():
    row = flow(incidents(60, hours=4, response=None, target=None, apart="1D"))
    assert pd.isna(row["within_target"])
    assert pd.isna(row["reassigned"])
    assert row["said"] == ""


def test_as_much_within_target_and_slower_is_told_only_beyond_both_intervals():
    def two_years(now, then=4):
        recent, old = (incidents(60, hours=hours, longer="1min").incidents for hours in (now, then))
        earlier = old.assign(incident_id="O" + old["incident_id"])
        for name in ("opened", "first_response", "resolved"):
            earlier[name] = earlier[name] - pd.DateOffset(years=1)
        return small_tables(incidents=pd.concat([earlier, recent]))

    lens = reporting.efficiency_lens(two_years(20), as_of=DAY).set_index("period")
    said = lens.loc["2023-10/2024-09", "said"]
    assert (
        said
        == "as much within target, and slower: median 20.5 h after 4.49 h the year before, slowest tenth 20.9 h after 4.89 h the year before"
    )
    assert lens.loc["2022-10/2023-09", "said"] == ""
    assert (reporting.efficiency_lens(two_years(4), as_of=DAY)["said"] == "").all()
    late = reporting.efficiency_lens(two_years(150), as_of=DAY).set_index("period")
    assert late.loc["2023-10/2024-09", "said"].startswith("slower, and less within target")


def test_the_restored_alone_that_look_faster_are_told():
    lens = reporting.efficiency_lens(incidents(40, hours=4, open_ones=19, longer="6min"), as_of=DAY).set_index("period")
    said = lens.loc["2023-10/2024-09", "said"]
    assert said == "the restored alone have a median of 6.9 h; with the open ones it is 7.85 h"


def test_a_stage_that_is_not_recorded_is_missing_and_impossible_times_are_left_out():
    row = reporting.stage_shares(incidents(10, hours=10, response=None), as_of=DAY).iloc[0]
    assert pd.isna(row["waiting"])
    assert "not recorded: waiting" in row["note"]
    wrong = reporting.stage_shares(incidents(10, hours=1, paused=600), as_of=DAY).iloc[0]
    assert (wrong["n"], wrong["left_out"]) == (0, 10)


def test_gaps_come_first_on_the_readiness_list_and_a_document_past_its_review_says_so():
    documents = pd.DataFrame(
        {
            "document": ["Policy", "Plan"],
            "version": ["3", None],
            "clause": ["5.2.1", "6.3"],
            "review_due": ["2024-01-01", None],
        }
    )
    table = reporting.readiness_list(small_lab(documents=documents)).set_index("item")
    assert table.loc["Service management policy", "state"] == "past its review"
    assert table.loc["Service management policy", "what_is_known"] == "Policy 3, review due 2024-01-01"
    assert table.loc["Service management plan", "what_is_known"] == "Plan, no review date"
    assert table.loc["Management review", "state"] == "nothing on record"
    assert table["state"].iloc[0] == "nothing on record"
    assert table.loc["Audit team", "state"] == "open"
    assert table.loc["Corrective actions", "what_is_known"] == "5 rows loaded"


def checked(**other):
    return AwarenessCheck(**({"topic": "policy", "group": "desk", "asked": 12, "aware": 8} | other))


def test_only_people_drawn_at_random_speak_for_their_group():
    table = reporting.awareness([checked(how="random", persons=60), checked(), checked(asked=0, aware=0)])
    drawn = table[table["how"] == "random"].iloc[0]
    assert (drawn["low"], drawn["high"]) == (pytest.approx(0.3489, abs=1e-4), pytest.approx(0.9008, abs=1e-4))
    chosen = table[(table["how"] == "judgement") & (table["asked"] == 12)].iloc[0]
    assert pd.isna(chosen["low"])
    assert chosen["said"] == "8 of 12 asked; chosen by judgement, so it speaks for them alone"
    assert table["said"].iloc[-1] == "nobody was asked"
    assert pd.isna(table["share"].iloc[-1])


@pytest.mark.parametrize("wrong", [{"aware": 13}, {"persons": 11}])
def test_more_aware_than_asked_or_more_asked_than_there_are_is_refused(wrong):
    with pytest.raises(ArgumentError, match=r"12 asked.*Mend the numbers"):
        reporting.awareness([checked(**wrong)])


def test_the_log_of_decisions_is_in_order_of_days():
    log = reporting.decision_log([
        Decision(kind="override", on=dt.date(2024, 5, 2), by="lead", what="rank", before="9", after="1", reason="moved"),
        Decision(kind="impartiality", on=dt.date(2024, 1, 2), by="lead", what="auditor", reason="own work"),
    ])  # fmt: skip
    assert list(log["kind"]) == ["impartiality", "override"]
    assert log["after"].tolist() == ["", "1"]


def test_the_log_names_whom_a_conflict_keeps_from_what():
    conflict = TeamConflict(auditor="Q", kind="own_work", reason="wrote the procedure", site="B", clause="8.5.1")
    row = reporting.decision_log([], [conflict]).iloc[0]
    assert row["what"] == "auditor Q does not examine 8.5.1 at B"
    assert row["reason"] == "own work: wrote the procedure"
    assert pd.isna(row["on"])
