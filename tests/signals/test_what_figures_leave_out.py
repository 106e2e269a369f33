"""What a figure cannot use is left out with its number, never counted as a miss and never dropped without a word."""

import pandas as pd
import pytest

from auditlab.reporting.efficiency import efficiency_lens
from auditlab.signals import service_signals, signal_headlines
from auditlab.signals.availability import availability_figures
from auditlab.signals.engine import monthly_counts
from auditlab.signals.incident_figures import incident_figures
from auditlab.signals.periods import cut_off, recorded_months
from auditlab.signals.restoration import restoration_figures
from auditlab.signals.restoration_signals import restoration_signals
from auditlab.signals.satisfaction import satisfaction_figures
from auditlab.signals.series import watched_series
from auditlab.tables import Tables, as_canonical

AS_OF = pd.Timestamp("2024-03-31")
END = cut_off(AS_OF)
LEFT = "leaves out 2 restored before they were opened"


def tables(**frames):
    return Tables({name: as_canonical(name, pd.DataFrame(rows)) for name, rows in frames.items()})


def at(text):
    return pd.Timestamp(text)


def found(rows, kpi, **cut):
    return next(row for row in rows if row["kpi"] == kpi and all(row.get(name) == value for name, value in cut.items()))


def incident(number, *, opened, hours, **more):
    return {
        "incident_id": f"I{number}", "service": "S1", "priority": "P1", "opened": at(opened),
        "resolved": at(opened) + pd.Timedelta(hours=hours), "sla_target_minutes": 240.0,
    } | more  # fmt: skip


def monthly(hours, *, months=15):
    """One incident a day from the first to the fifth of each month up to AS_OF."""
    starts = pd.date_range(end="2024-03-01", periods=months, freq="MS")
    days = [start + pd.Timedelta(days=day) for start in starts for day in range(5)]
    return [incident(number, opened=day, hours=hours) for number, day in enumerate(days)]


TURNED = [incident(f"T{number}", opened=f"2024-02-0{number}", hours=-3) for number in (1, 2)]


def test_incidents_restored_before_they_were_opened_lower_no_attainment():
    rows = as_canonical("incidents", pd.DataFrame(monthly(2) + TURNED))
    counts = monthly_counts(rows, cut_off=END)
    recorded = recorded_months(rows["opened"], as_of=AS_OF)
    figures = incident_figures(counts, tables().services, recorded=recorded, as_of=AS_OF)
    for kpi in ("resolution_attainment_settled", "gross_attainment"):
        one = found(figures, kpi, period="2023-04/2024-03")
        assert (one["k"], one["n"], one["value"], one["note"]) == (60, 60, 1.0, LEFT)
    (watched,) = [
        one
        for one in watched_series(tables(incidents=rows), counts, as_of=AS_OF, cut_off=END)
        if one.family == "resolution_attainment_settled"
    ]
    assert watched.known["value"].tolist() == [1.0] * 15
    assert watched.note.endswith(LEFT)


def test_the_bounds_of_the_running_month_leave_impossible_times_out():
    rows = [incident(1, opened="2024-04-02", hours=1), incident(2, opened="2024-04-03", hours=-1)]
    day = at("2024-04-10")
    counts = monthly_counts(as_canonical("incidents", pd.DataFrame(monthly(2) + rows)), cut_off=cut_off(day))
    recorded = recorded_months(pd.Series([at("2023-01-01")]), as_of=day)
    one = found(
        incident_figures(counts, tables().services, recorded=recorded, as_of=day), "resolution_attainment_bounds"
    )
    assert (one["value"], one["low"], one["high"], one["n"]) == (1.0, 1.0, 1.0, 1)
    assert one["note"].endswith("leaves out 1 restored before they were opened")


def test_times_to_restore_say_how_many_they_leave_out():
    rows = as_canonical("incidents", pd.DataFrame(monthly(2, months=18) + TURNED))
    recorded = recorded_months(rows["opened"], as_of=AS_OF)
    figures = restoration_figures(rows, recorded=recorded, as_of=AS_OF, cut_off=END)
    for kpi in ("ttr_median_km", "ttr_p90_km", "ttr_median_resolved"):
        one = found(figures, kpi, period="2023-04/2024-03")
        assert (one["n"], one["value"]) == (60, 2.0)
        assert one["note"].endswith(LEFT)
    (signal,) = restoration_signals(rows, recorded=recorded, cut_off=END).to_dict("records")
    assert signal["note"].endswith(LEFT)
    year = efficiency_lens(tables(incidents=rows), as_of=AS_OF).set_index("period").loc["2023-04/2024-03"]
    assert (year["n"], year["within_target"], year["note"]) == (60, 1.0, LEFT)


def test_a_group_of_impossible_times_alone_has_a_row_without_a_value():
    rows = as_canonical("incidents", pd.DataFrame([one | {"priority": "P4"} for one in TURNED] + monthly(2)))
    recorded = recorded_months(rows["opened"], as_of=AS_OF)
    figures = restoration_figures(rows, recorded=recorded, as_of=AS_OF, cut_off=END)
    for kpi in ("ttr_median_km", "ttr_p90_km"):
        one = found(figures, kpi, priority="P4")
        assert (one["value"], one["n"], one["note"]) == (None, 0, LEFT)


def test_the_closing_of_complaints_says_which_it_leaves_out():
    rows = [{"complaint_id": f"C{day}", "service": "S1", "received": at(f"2024-01-{day:02}"), "closed": at("2024-02-01")}
            for day in range(1, 9)]  # fmt: skip
    turned = {"complaint_id": "C8", "service": "S1", "received": at("2024-01-08"), "closed": at("2024-01-07")}
    undated = {"complaint_id": "C9", "service": "S1", "closed": at("2024-02-01")}
    alone = undated | {"complaint_id": "C10", "service": "S2"}
    figures = satisfaction_figures(tables(complaints=[*rows[:7], turned, undated, alone]), as_of=AS_OF)
    one = found(figures, "complaint_closure_km", service="S1")
    assert one["n"] == 7
    assert one["note"] == "leaves out 1 that ended before they began; leaves out 1 without a date in received"
    other = found(figures, "complaint_closure_km", service="S2")
    assert (other["value"], other["n"], other["note"]) == (None, 0, "leaves out 1 without a date in received")


def test_surveys_without_numbers_are_counted_beside_the_share():
    whole = {"service": "S1", "sent": 40, "responded": 20, "top_two": 15}
    rows = [
        whole | {"month": at("2024-01-01")},
        whole | {"month": at("2024-02-01"), "top_two": None},
        whole | {"month": at("2024-03-01"), "sent": None},
        {"service": "S2", "month": at("2024-03-01"), "sent": 30, "responded": 10, "top_two": None},
    ]
    figures = satisfaction_figures(tables(csat=rows), as_of=AS_OF)
    one = found(figures, "csat_top2", service="S1")
    assert (one["k"], one["n"]) == (30, 40)
    assert one["note"].endswith("leaves out 1 of 3 rows without answers or the best two classes")
    sent = found(figures, "csat_response_rate", service="S1")
    assert (sent["k"], sent["n"]) == (40, 80)
    assert sent["note"] == "leaves out 1 of 3 rows without surveys sent or answers"
    other = found(figures, "csat_top2", service="S2")
    assert (other["value"], other["n"]) == (None, 0)
    assert "leaves out 1 of 1 rows" in other["note"]


def test_requests_closed_before_they_were_opened_meet_no_target():
    rows = [
        {"request_id": f"R{number}", "service": "S1", "opened": at("2024-01-10"), "closed": at(closed),
         "sla_target_minutes": 1440.0}
        for number, closed in enumerate(["2024-01-10 12:00", "2024-01-12", "2024-01-09"])
    ]  # fmt: skip
    kpis = service_signals(tables(requests=rows), as_of=AS_OF).kpis
    one = kpis[kpis["kpi"] == "request_fulfilment_attainment"].iloc[0]
    assert (one["k"], one["n"], one["note"]) == (1, 2, "leaves out 1 closed before they were opened")


@pytest.mark.parametrize(
    ("end", "opened", "linked", "told"),
    [
        ("2024-03-05 12:00", "2024-03-05 12:59", 1, False),  # within an hour after a recorded end
        ("2024-03-05 12:00", "2024-03-05 13:01", 0, False),
        ("2024-03-05 12:00", "2024-03-05 09:01", 1, False),  # within an hour before the start
        (None, "2024-03-05 10:59", 1, True),
        (None, "2024-03-05 11:01", 0, True),
        ("2024-03-05 08:00", "2024-03-05 10:30", 1, True),  # ended before it began: the end is not usable
    ],
)
def test_every_outage_has_an_hour_of_grace_and_one_without_an_end_is_matched_around_its_start(
    end, opened, linked, told
):
    outage = {"service": "S1", "start": at("2024-03-05 10:00"), "end": pd.NaT if end is None else at(end)}
    raised = {"incident_id": "I1", "service": "S1", "opened": at(opened)}
    figures = availability_figures(tables(outages=[outage], incidents=[raised]), as_of=AS_OF)
    one = found(figures, "outage_incident_link")
    assert (one["k"], one["n"]) == (linked, 1)
    assert ("1 without a usable end, matched around the start" in one["note"]) is told


def test_the_largest_gaps_between_report_and_outages_are_told_whatever_their_sign():
    """Three services lost 31 hours of March: reported 4.2 points too high, 5.8 too low and 1.2 too high."""
    told = {"S1": 1.0, "S2": 0.90, "S3": 0.97}
    lost = [{"service": name, "start": at("2024-03-02 00:00"), "end": at("2024-03-03 07:00")} for name in told]
    reports = [
        {"service": name, "metric": "Availability", "month": at("2024-03-01"), "value": value}
        for name, value in told.items()
    ]
    found_there = service_signals(tables(outages=lost, sla_monthly=reports), as_of=AS_OF)
    sentences = signal_headlines(found_there, false_discovery_rate=0.1)["sentence"]
    gaps = sentences[sentences.str.startswith("Availability of")].tolist()
    assert [(one[16:18], one.split("; ")[1]) for one in gaps] == [
        ("S2", "-5.83 percentage points."), ("S1", "+4.17 percentage points."),
    ]  # fmt: skip
