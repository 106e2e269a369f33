"""Key figures against numbers worked out by hand, on frames small enough to read."""

import pandas as pd
import pytest

from auditlab.signals import series_points, service_signals, signal_headlines, target_outlook
from auditlab.signals.actions import audit_remarks, regression_warnings
from auditlab.signals.availability import availability_figures, union_minutes
from auditlab.signals.clusters import incident_clusters
from auditlab.signals.comparisons import year_comparisons
from auditlab.signals.continuity import continuity_figures
from auditlab.signals.groups import UNNAMED
from auditlab.signals.periods import comparison_window, recorded_months
from auditlab.signals.problem_figures import problem_figures
from auditlab.signals.series import Measure, Series
from auditlab.signals.suppliers import supplier_figures
from auditlab.statistics.hazard_ratios import hazard_ratio
from auditlab.tables import Tables, as_canonical

AS_OF = pd.Timestamp("2024-03-31")


def tables(**frames):
    return Tables({name: as_canonical(name, pd.DataFrame(rows)) for name, rows in frames.items()})


def at(text):
    return pd.Timestamp(text)


def outage(start, end, **more):
    return {"service": "S6", "start": at(start), "end": at(end)} | more


def found(rows, kpi, **cut):
    return [row for row in rows if row["kpi"] == kpi and all(row.get(name) == value for name, value in cut.items())]


def test_overlapping_outages_count_once():
    rows = pd.DataFrame(
        [outage("2024-03-01 10:00", "2024-03-01 12:00"), outage("2024-03-01 11:00", "2024-03-01 13:00")]
    )
    assert union_minutes(rows, first=at("2024-03-01"), after=at("2024-04-01")) == 180
    assert union_minutes(rows, first=at("2024-04-01"), after=at("2024-05-01")) == 0


def test_an_outage_coded_as_maintenance_counts_unless_a_change_covers_it():
    change = {"change_id": "C1", "approved": at("2024-02-20")}
    late = {"change_id": "C2", "approved": at("2024-03-06")}
    rows = [
        outage("2024-03-02 00:00", "2024-03-02 01:00", exclusion_code="maintenance", change_id="C1"),
        outage("2024-03-05 00:00", "2024-03-05 02:00", exclusion_code="maintenance", change_id="C2"),
        outage("2024-03-09 00:00", "2024-03-09 04:00", exclusion_code="maintenance"),
    ]
    figures = availability_figures(tables(outages=rows, changes=[change, late]), as_of=AS_OF)
    agreed = found(figures, "availability_agreed", period="2024-03")[0]
    assert agreed["value"] == pytest.approx(1 - 360 / (31 * 1440))
    assert found(figures, "excluded_without_change_share", period="2024-03")[0]["value"] == pytest.approx(6 / 7)


def test_months_before_the_first_outage_on_record_are_not_taken_for_months_without_one():
    reports = [
        {"service": service, "month": at(f"2024-0{month}-01"), "metric": "availability", "value": 0.99}
        for month in (1, 2, 3)
        for service in ("S6", "S7")
    ]
    case = tables(
        outages=[outage("2024-02-10 10:00", "2024-02-10 12:00", affected_users=5)],
        sla_monthly=reports,
        services=[{"service": "S6", "users": 10}],
    )
    figures = availability_figures(case, as_of=AS_OF)
    for service in ("S6", "S7"):
        agreed = found(figures, "availability_agreed", service=service)
        assert [row["value"] is None for row in agreed] == [True, False, False]
        assert "no outage is on record before 2024-02" in agreed[0]["note"]
        gaps = found(figures, "report_source_gap", service=service)
        assert [row["period"] for row in gaps] == ["2024-02", "2024-03"]
    weighted = found(figures, "availability_user_weighted", service="S6")
    assert [row["period"] for row in weighted] == ["2024-02", "2024-03"]
    between = found(figures, "mtbsi", service="S6")[0]
    assert (between["period"], between["value"]) == ("2024-02/2024-03", (29 + 31) * 24)


def test_an_outage_that_ends_before_it_starts_shortens_no_mean():
    rows = [
        outage("2024-03-02 00:00", "2024-03-02 02:00"),
        outage("2024-03-05 00:00", "2024-03-05 04:00"),
        outage("2024-03-09 06:00", "2024-03-09 00:00"),
    ]
    mean = found(availability_figures(tables(outages=rows), as_of=AS_OF), "mtrs")[0]
    assert (mean["value"], mean["k"], mean["n"]) == (3, 2, 3)
    assert mean["note"] == "1 without an end, or with one before the start, are left out"


def test_a_month_that_was_not_reported_is_a_gap():
    reports = [
        {"service": "S8", "supplier": "Y", "month": at(month), "metric": "m", "met": 9, "total": 10}
        for month in ("2024-01-01", "2024-03-01")
    ]
    row = found(supplier_figures(tables(sla_monthly=reports), as_of=AS_OF), "supplier_attainment", period="2024-02")[0]
    assert row["value"] is None
    assert row["n"] is None
    assert "not zero and not interpolated" in row["note"]


def test_more_is_promised_than_bought():
    contracts = [
        {"contract_id": "K", "supplier": "X", "service": "S3", "metric": "Faults", "target": 0.98},
        {"contract_id": "L", "customer": "all", "service": "S3", "metric": "faults ", "target": 0.99},
        {"contract_id": "M", "customer": "all", "service": "S3", "metric": "faults", "target": 0.5, "end": at("2020-01-01")},
    ]  # fmt: skip
    rows = found(supplier_figures(tables(contracts=contracts), as_of=AS_OF), "supplier_sla_gap")
    assert [row["value"] for row in rows] == [pytest.approx(1.0)]


def test_a_continuity_test_is_overdue_from_the_end_of_its_interval():
    tests = [
        {"service": "S7", "done": at("2022-02-24"), "interval_months": 12.0},
        {"service": "S7", "planned": at("2023-02-21"), "interval_months": 12.0},
        {"service": "S9", "planned": at("2023-02-21")},
    ]
    rows = continuity_figures(tables(continuity_tests=tests), as_of=AS_OF)
    late = found(rows, "continuity_test_overdue", service="S7")[0]
    assert late["value"] == pytest.approx(13.2, abs=0.05)
    assert "not done" in late["note"]
    assert found(rows, "continuity_test_overdue", service="S9")[0]["value"] is None
    assert found(rows, "continuity_test_on_schedule")[0]["n"] == 1


def test_the_interval_of_the_last_test_counts_whatever_the_order_of_the_rows():
    rows = [
        {"service": "S7", "done": at("2022-03-31"), "interval_months": 24.0},
        {"service": "S7", "done": at("2023-03-31"), "interval_months": 12.0},
    ]
    for ordered in (rows, rows[::-1]):
        late = found(continuity_figures(tables(continuity_tests=ordered), as_of=AS_OF), "continuity_test_overdue")[0]
        assert "next due 2024-03-31" in late["note"]


def incident(number, opened, **more):
    row = {"incident_id": f"I{number}", "opened": at(opened), "service": "S6", "ci": "DISK", "category": "slow"}
    return row | {"site": "B"} | more


@pytest.mark.parametrize(
    ("days", "sizes"),
    [
        (["2024-01-01", "2024-01-31", "2024-03-01"], [3]),  # within 90 days
        (["2024-01-01", "2024-01-31", "2024-04-15"], []),  # 105 days
        (["2023-01-01", "2023-01-02", "2023-01-03", "2024-01-01", "2024-01-02", "2024-01-03"], [3, 3]),
        (["2024-01-01 10:00", "2024-01-01 10:10", "2024-01-01 10:20", "2024-01-02"], []),  # callers about one event
        (["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"], [5]),  # overlapping windows
    ],
)
def test_three_events_of_one_item_in_ninety_days_are_a_cluster(days, sizes):
    rows = tables(incidents=[incident(number, day) for number, day in enumerate(days)])
    clusters = incident_clusters(rows.incidents, rows.problems, rows.findings)
    assert clusters["n"].tolist() == sizes


def test_a_problem_record_answers_by_link_or_by_item_and_date():
    days = ["2024-01-01", "2024-01-10", "2024-01-20"]
    linked = tables(incidents=[incident(number, day, problem_id="P1") for number, day in enumerate(days)])
    dated = tables(
        incidents=[incident(number, day) for number, day in enumerate(days)],
        problems=[{"problem_id": "P2", "opened": at("2024-02-01"), "service": "S6", "ci": "DISK"}],
    )
    for case, name in ((linked, "P1"), (dated, "P2")):
        clusters = incident_clusters(case.incidents, case.problems, case.findings)
        assert clusters["problems"].tolist() == [name]


def yearly(then, now, priority):
    months = pd.DataFrame({"month": pd.date_range("2022-04-01", periods=24, freq="MS")})
    k = [then[0]] * 12 + [now[0]] * 12
    n = [then[1]] * 12 + [now[1]] * 12
    months = months.assign(k=pd.array(k, dtype="Int64"), n=pd.array(n, dtype="Int64"))
    cut = {"service": "S5", "priority": priority}
    months = months.assign(value=(months["k"] / months["n"]).astype("float64"))
    return Series(family="sla_attainment", measure=Measure.SHARE, months=months, cut=cut)


def test_a_total_that_rises_while_every_priority_falls_carries_the_simpson_note():
    compared = year_comparisons([yearly((80, 100), (75, 100), "P1"), yearly((95, 100), (940, 1000), "P4")], as_of=AS_OF)
    total = compared[compared["priority"] == "all"].iloc[0]
    assert total["value"] == pytest.approx(1015 / 1100)
    assert total["standardised"] == pytest.approx((200 * 0.75 + 1100 * 0.94) / 1300)
    assert total["standardised_against"] == pytest.approx((200 * 0.80 + 1100 * 0.95) / 1300)
    assert "Simpson: every priority moves against the total" in total["note"]


def test_the_hazard_ratio_agrees_with_a_log_rank_test_by_hand():
    """Two groups of two: 1, 3 and 2, 4; observed 2, expected 1/2 + 1/3 + 1/2, variance 1/4 + 2/9 + 1/4."""
    result = hazard_ratio([1, 3], [True, True], [2, 4], [True, True])
    score, variance = 2 - (1 / 2 + 1 / 3 + 1 / 2), 1 / 4 + 2 / 9 + 1 / 4
    assert result.effect == pytest.approx(2.718281828 ** (score / variance))
    assert result.low < 1 < result.high


def test_groups_without_a_closure_say_nothing():
    result = hazard_ratio([1, 3], [False, False], [2, 4], [False, False])
    assert pd.isna(result.p)
    assert (result.low, result.high) == (0, float("inf"))


def test_flags_that_do_not_match_the_durations_are_refused():
    from auditlab.errors import ArgumentError

    with pytest.raises(ArgumentError, match="one flag a case"):
        hazard_ratio([1, 3], [True], [2, 4], [True, True])


def test_an_action_just_after_the_worst_month_warns_of_regression_to_the_mean():
    months = pd.DataFrame({"month": pd.date_range("2022-04-01", periods=24, freq="MS")})
    one = Series(
        family="major_incident_rate",
        measure=Measure.COUNT,
        months=months.assign(k=1, n=1, value=[1.0] * 17 + [9.0] + [1.0] * 6),
        cut={"service": "S7"},
    )
    rows = pd.DataFrame({"family": [one.family], "series": [one.name], "note": [None]})
    acted = tables(problems=[{"problem_id": "P1", "opened": at("2023-10-02"), "service": "S7"}])
    assert "regression to the mean: P1" in regression_warnings(rows, [one], acted)["note"].iloc[0]
    calm = tables(problems=[{"problem_id": "P1", "opened": at("2022-05-02"), "service": "S7"}])
    assert pd.isna(regression_warnings(rows, [one], calm)["note"].iloc[0])


def test_an_audit_before_the_first_sign_could_not_have_seen_it():
    rows = pd.DataFrame({"onset": ["2023-05-01", None], "first_outside": ["2023-07-01", None], "note": ["", ""]})
    audits = as_canonical("audits", pd.DataFrame([{"audit_id": "AU-4", "start": at("2023-06-13")}]))
    assert audit_remarks(rows, audits)["note"].tolist() == ["AU-4 (2023-06-13) could not have seen it", ""]


def test_an_extract_that_ended_early_does_not_turn_into_quiet_months():
    moments = pd.Series(pd.to_datetime(["2022-01-15", "2023-11-10"]))
    recorded = recorded_months(moments, as_of=AS_OF, until_last=True)
    assert recorded.label == "2022-01/2023-10"
    recent, earlier = comparison_window(recorded)
    assert (recent.label, earlier.label) == ("2023-05/2023-10", "2022-01/2023-04")


def test_a_rate_counts_the_months_of_the_extract_and_none_after_it():
    rows = [incident(number, f"2023-{month:02}-10") for number, month in enumerate((1, 2, 3, 4, 5, 6))]
    kpis = service_signals(tables(incidents=rows), as_of=AS_OF).kpis
    volume = kpis[kpis["kpi"] == "incident_volume"]
    assert volume["period"].tolist() == ["2023-01/2023-05", "2023-03/2023-05"]
    assert volume["value"].tolist() == [1.0, 1.0]


def test_after_the_end_of_an_extract_nothing_counts_as_open_or_restored():
    rows = [incident(number, day, resolved=at(day) + pd.Timedelta(days=1))
            for number, day in enumerate(pd.date_range("2022-01-10", "2023-06-10", freq="MS").astype("str"))]  # fmt: skip
    kpis = service_signals(tables(incidents=rows), as_of=AS_OF).kpis
    backlog = kpis.loc[kpis["kpi"] == "backlog_open", "period"]
    assert (backlog.iloc[0], backlog.iloc[-1]) == ("2022-06", "2023-05")
    assert kpis.loc[kpis["kpi"] == "net_flow", "period"].tolist() == ["2022-06/2023-05"]


def test_without_any_table_nothing_is_claimed():
    nothing = service_signals(Tables({}), as_of=AS_OF)
    assert (len(nothing.kpis), len(nothing.signals), len(nothing.clusters)) == (0, 0, 0)
    sentences = signal_headlines(nothing, false_discovery_rate=0.1)["sentence"].tolist()
    assert sentences[0].startswith("Nothing could be tested")


def test_incidents_of_an_export_without_services_are_watched_as_a_whole():
    rows = [{"incident_id": f"I{number}", "opened": at("2022-04-15") + pd.DateOffset(months=number // 3)}
            for number in range(72)]  # fmt: skip
    whole = service_signals(tables(incidents=rows), as_of=AS_OF)
    assert set(whole.signals["service"].dropna()) == {UNNAMED}
    assert whole.series[0].months["value"].tolist() == [3.0] * 24


def test_incidents_without_a_service_are_counted_beside_the_named_ones():
    rows = [incident(number, "2024-03-01", service=None if number < 3 else "S6") for number in range(8)]
    kpis = service_signals(tables(incidents=rows), as_of=AS_OF).kpis
    opened = kpis[(kpis["kpi"] == "incident_volume") & (kpis["period"] == kpis["period"].iloc[0])]
    assert dict(zip(opened["service"], opened["k"], strict=True)) == {UNNAMED: 3, "S6": 5}
    backlog = kpis[(kpis["kpi"] == "backlog_open") & (kpis["period"] == "2024-03")]
    assert dict(zip(backlog["service"], backlog["k"], strict=True)) == {UNNAMED: 3, "S6": 5}


@pytest.mark.parametrize(
    ("table", "kpi", "row"),
    [
        ("requests", "request_fulfilment_attainment", {"opened": at("2024-01-05"), "sla_target_minutes": 60}),
        ("releases", "release_success_rate", {"ended": at("2024-01-05"), "outcome": "successful"}),
        ("csat", "csat_top2", {"month": at("2024-01-01"), "top_two": 1, "responded": 1}),
        ("complaints", "complaint_rate", {"received": at("2024-01-05")}),
        ("complaints", "complaint_closure_km", {"received": at("2024-01-05"), "closed": at("2024-01-25")}),
        ("problems", "problem_age", {"problem_id": "P", "opened": at("2024-01-05")}),
    ],
)
def test_records_that_name_no_service_have_a_row_of_their_own(table, kpi, row):
    found_there = service_signals(tables(**{table: [row | {"service": "S6"}, row]}), as_of=AS_OF).kpis
    rows = found_there[found_there["kpi"] == kpi]
    assert set(rows["service"]) == {"S6", UNNAMED}


def test_changes_that_name_no_site_are_counted_and_compared_with_nobody():
    times = {
        "started": at("2024-01-05"),
        "ended": at("2024-01-06"),
        "approved": at("2024-01-04"),
        "outcome": "successful",
    }
    rows = [times | {"change_id": f"C{number}", "site": site} for number, site in enumerate(("A", "B", None))]
    result = service_signals(tables(changes=rows), as_of=AS_OF)
    for kpi in ("change_success_rate", "unapproved_at_start_rate"):
        assert set(result.kpis.loc[result.kpis["kpi"] == kpi, "site"]) == {"A", "B", "no site named"}
    compared = result.comparisons[result.comparisons["kpi"] == "unapproved_at_start_rate"]
    assert set(compared["site"]) == {"A", "B"}


def test_records_that_name_no_service_or_site_are_a_series_of_their_own_and_compared_with_nobody():
    """Two years of incidents, a third of them without a service, and of changes, a third of them without a site."""
    months = pd.date_range("2022-04-01", periods=24, freq="MS")
    incidents = [
        {"incident_id": f"{service}{month}", "service": service, "major": False, "opened": month}
        for month in months
        for service in ("S1", "S2", None)
    ]
    changes = [
        {"change_id": f"{site}{month}", "site": site, "started": month, "ended": month, "outcome": "successful"}
        for month in months
        for site in ("A", "B", None)
    ]
    whole = service_signals(tables(incidents=incidents, changes=changes), as_of=AS_OF)
    watched = {family: [one.name for one in whole.series if one.family == family] for family in
               ("incident_volume", "major_incident_rate", "change_success_rate")}  # fmt: skip
    assert watched["incident_volume"] == watched["major_incident_rate"] == ["S1", "S2", UNNAMED]
    assert watched["change_success_rate"] == ["site A", "site B", "no site named"]
    assert sum(one.months["k"].sum() for one in whole.series if one.family == "incident_volume") == len(incidents)
    compared = whole.comparisons[whole.comparisons["against"] == "rest"]
    assert set(compared["subject"].dropna()) == {"S1", "S2", "A", "B"}


def test_measures_of_one_service_are_never_added_up():
    """Responses in time fall while repairs in time rise: together nothing would have changed."""
    months = pd.date_range("2022-04-01", periods=24, freq="MS")
    rows = [
        {"month": month, "service": "S5", "priority": "P1", "metric": metric, "total": 200, "target": target,
         "met": 190 + way * (place >= 18)}
        for metric, way, target in (("Response 15 min", -40, 0.9), ("Repair 4 h", 8, 0.95))
        for place, month in enumerate(months)
    ]  # fmt: skip
    rows += [row | {"service": "S6", "metric": "Repair 4 h", "met": 190} for row in rows[24:]]
    whole = service_signals(tables(sla_monthly=rows), as_of=AS_OF)
    windows = whole.signals[whole.signals["family"] == "sla_attainment"].set_index("series")
    assert windows["direction"].to_dict() == {
        "S5, P1, Response 15 min": "worse", "S5, P1, Repair 4 h": "better", "S6, P1": "",
    }  # fmt: skip
    assert "measure: Response 15 min" in windows.loc["S5, P1, Response 15 min", "note"]
    assert {one.name: one.target for one in whole.series}["S5, P1, Response 15 min"] == 0.9


def test_a_measure_that_was_renamed_stays_one_series():
    months = pd.date_range("2022-04-01", periods=24, freq="MS")
    rows = [
        {"month": month, "service": "S5", "priority": "P1", "metric": "Repair 4 h" if place < 9 else "Repair in 4 hours",
         "total": 200, "met": 190}
        for place, month in enumerate(months)
    ]  # fmt: skip
    (one,) = service_signals(tables(sla_monthly=rows), as_of=AS_OF).series
    assert (one.name, len(one.known)) == ("S5, P1", 24)


def reported(metric, values, **more):
    months = pd.date_range("2022-04-01", periods=len(values), freq="MS")
    return [{"month": month, "service": "S1", "metric": metric, "value": value, "target": 0.95} | more
            for month, value in zip(months, values, strict=True)]  # fmt: skip


STEADY = [0.971, 0.968, 0.974, 0.966, 0.972, 0.969, 0.975, 0.967, 0.973] * 2


def test_a_report_of_percentages_alone_is_watched_and_its_fall_found():
    """A point a month for six months in a report that states no numbers behind its percentages."""
    falling = [*STEADY, *(0.96 - month / 100 for month in range(6))]
    rows = reported("solved in time", falling) + reported("solved in time", [*STEADY, *STEADY[:6]], service="S2")
    whole = service_signals(tables(sla_monthly=rows), as_of=AS_OF)
    flags = whole.signals[whole.signals["flagged"]]
    assert set(flags["family"].str.removesuffix("_level")) == {"sla_attainment_reported"}
    assert set(flags["service"]) == {"S1"}
    assert set(flags["direction"]) == {"worse"}
    assert flags["strength"].str.contains("points").all()
    outlook = target_outlook(series_points(whole)).set_index("service")["outlook"]
    assert outlook["S1"].startswith("not foretold")
    assert outlook["S2"].startswith("consistently met")


def test_reported_availability_is_watched_only_where_it_cannot_be_recomputed():
    rows = reported("Availability", [0.999] * 24) + reported("Availability", [0.999] * 24, service="S6")
    whole = service_signals(tables(sla_monthly=rows, outages=[outage("2024-01-01", "2024-01-02")]), as_of=AS_OF)
    watched = [(one.family, one.name) for one in whole.series if one.family.startswith("availability")]
    assert "shift of the shares +0.00 points" in whole.signals["strength"].iloc[0]
    assert watched == [("availability_agreed", "S6"), ("availability_reported", "S1")]


def test_two_percentages_of_one_month_are_left_out_and_told():
    rows = reported("solved in time", [0.97] * 24) + reported("solved in time", [0.5], customer="B")
    (one,) = service_signals(tables(sla_monthly=rows), as_of=AS_OF).series
    assert (len(one.known), one.note) == (23, "several percentages of one month, left out: 1")


def test_supplier_percentages_are_watched_by_supplier():
    (one,) = service_signals(tables(sla_monthly=reported("m", [0.97] * 24, supplier="X")), as_of=AS_OF).series
    assert (one.family, one.name, one.clause) == ("supplier_attainment_reported", "S1, supplier X", "8.3.4.1")


def test_outages_and_continuity_tests_without_a_service_are_told():
    case = tables(
        outages=[outage("2024-01-01", "2024-01-02", service=None)], continuity_tests=[{"done": at("2024-01-01")}]
    )
    kpis = service_signals(case, as_of=AS_OF).kpis
    assert kpis["service"].tolist() == [UNNAMED, UNNAMED]
    assert kpis["value"].isna().all()
    assert kpis["n"].tolist() == [1, 1]


def test_problem_records_opened_and_closed_in_the_period_count_on_both_sides():
    """Ten did both, two were only opened, six only closed: Clopper-Pearson of 6 of 8 is 0.349 to 0.968."""
    spans = [("2024-01-05", "2024-02-05")] * 10 + [("2024-01-05", None)] * 2 + [("2023-12-05", "2024-02-05")] * 6
    rows = [
        {"problem_id": f"P{i}", "service": "S7", "opened": at(a), "closed": at(b) if b else None}
        for i, (a, b) in enumerate(spans)
    ]
    case = tables(problems=rows)
    clusters = incident_clusters(case.incidents, case.problems, case.findings)
    shown = problem_figures(case, clusters, as_of=AS_OF, cut_off=AS_OF)
    row = found(shown, "problem_closure_ratio", period="2024-01/2024-03")[0]
    assert (row["k"], row["n"]) == (16, 12)
    assert row["value"] == pytest.approx(16 / 12)
    assert row["low"] == pytest.approx((10 + 8 * 0.3491) / (10 + 8 * 0.6509), rel=1e-3)
    assert row["high"] == pytest.approx((10 + 8 * 0.9681) / (10 + 8 * 0.0319), rel=1e-3)


def test_problem_records_that_all_did_both_leave_the_limits_of_the_ratio_open():
    rows = [{"problem_id": "P1", "service": "S7", "opened": at("2024-01-05"), "closed": at("2024-02-05")}]
    case = tables(problems=rows)
    clusters = incident_clusters(case.incidents, case.problems, case.findings)
    row = found(problem_figures(case, clusters, as_of=AS_OF, cut_off=AS_OF), "problem_closure_ratio")[0]
    assert (row["value"], row["low"], row["high"]) == (1.0, None, None)


def test_the_confidence_asked_for_reaches_the_figures_of_problem_management():
    rows = [
        {
            "problem_id": f"P{day}",
            "service": "S7",
            "opened": at("2023-12-01" if day < 9 else "2024-01-01"),
            "closed": at(f"2024-02-{day:02}"),
        }
        for day in range(1, 21)
    ]
    case = tables(problems=rows)
    clusters = incident_clusters(case.incidents, case.problems, case.findings)

    def widths(confidence):
        found = problem_figures(case, clusters, as_of=AS_OF, cut_off=AS_OF, confidence=confidence)
        return {row["kpi"]: row["high"] - row["low"] for row in found if row["low"] is not None}

    narrow, wide = widths(0.8), widths(0.95)
    assert set(narrow) == {"problem_closure_ratio", "problem_age"}
    assert all(narrow[kpi] < wide[kpi] for kpi in narrow)
