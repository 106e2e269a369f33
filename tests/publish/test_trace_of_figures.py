"""A figure leads to the rows of its period and state alone: as many as the figure says it counts."""

import pandas as pd
import pytest

from auditlab.engagement import Engagement
from auditlab.errors import EngagementError
from auditlab.publish.files import table_csv, write_file
from auditlab.publish.manifest import write_manifest
from auditlab.publish.trace import traced
from auditlab.publish.trace_counts import figure_of, sources_of
from auditlab.publish.trace_index import conditions, countings, write_records
from auditlab.signals.definitions import definitions
from auditlab.tables import Tables, as_canonical, table_specs

DAYS = pd.to_datetime(["2022-12-31", "2023-01-01", "2023-06-10", "2023-12-31", "2024-01-01", None])


def placed(name, **columns):
    frame = pd.DataFrame(columns)
    rows = range(2, 2 + len(frame))
    return as_canonical(name, frame.assign(source_file=f"{name}.csv", source_sheet="", source_row=list(rows)))


@pytest.fixture
def run_of(tmp_path, lab):
    """A function that writes the index of some tables and the tables of a run, and tells what a row leads to."""

    def write(tables, **shown):
        whole = Engagement(
            folder=lab.folder, settings=lab.settings, tables=Tables({frame.attrs["name"]: frame for frame in tables}),
            ledger=lab.ledger, summary=lab.summary, questions=lab.questions, discrepancies=lab.discrepancies,
            inputs=lab.inputs,
        )  # fmt: skip
        write_records(tmp_path / "run", whole)
        for name, frame in shown.items():
            write_file(tmp_path / "run" / "tables" / f"{name}.csv", table_csv(frame))
        manifested(tmp_path / "run", whole)
        return tmp_path / "run"

    return write


def manifested(run, lab):
    write_manifest(run, lab, run_id="r", created="2024-04-01T00:00:00+00:00", notebooks={"n": {"complete": True}})


def named(name, **columns):
    frame = placed(name, **columns)
    frame.attrs["name"] = name
    return frame


def records(run, table, row=1):
    return traced(run, table, row).places["record"].tolist()


@pytest.fixture
def incidents():
    return named(
        "incidents", incident_id=["I1", "I2", "I3", "I4", "I5", "I6"], opened=DAYS,
        resolved=pd.to_datetime([None, "2023-02-01", None, "2024-02-01", "2024-01-02", None]),
        service=["S1", "S1", "S1", "S1", "S1", None], major=[True, True, False, False, True, True],
    )  # fmt: skip


@pytest.mark.parametrize(("kpi", "service", "period", "expected"), [
    ("incident_volume", "S1", "2023-01/2023-12", ["I2", "I3", "I4"]),
    ("incident_volume", "S1", "2023-06", ["I3"]),
    ("incident_volume", "", "2022-12", ["I1"]),
    ("major_incident_rate", "S1", "2023-01/2023-12", ["I2"]),
    ("ttr_median_resolved", "S1", "2023-01/2023-12", ["I2", "I4"]),
    ("net_flow", "S1", "2024-01", ["I5"]),
    ("backlog_open", "S1", "2023-12", ["I1", "I3", "I4"]),
    ("backlog_age", "S1", "2024-01-01", ["I1", "I3", "I4", "I5"]),
    ("incident_volume", "no service named", "", ["I6"]),
    ("incident_volume", "all", "2022-12", ["I1"]),
    ("incident_volume", "S1", "2021-01/2021-12", []),
])  # fmt: skip
def test_a_figure_leads_to_the_rows_of_its_period_and_state(run_of, incidents, *, kpi, service, period, expected):
    shown = pd.DataFrame([{"kpi": kpi, "clause": "8.6.1", "service": service, "period": period, "k": "1"}])
    run = run_of([incidents], kpis=shown)
    assert records(run, "kpis") == expected


def test_a_month_of_a_series_leads_to_the_rows_of_that_month(run_of, incidents):
    levels = named("sla_monthly", service=["S1", "S1"], month=pd.to_datetime(["2023-05-01", "2023-06-01"]),
                   supplier=[None, None])  # fmt: skip
    series = pd.DataFrame({
        "family": ["incident_volume", "sla_attainment"], "service": "S1", "month": pd.to_datetime("2023-06-01"),
    })  # fmt: skip
    run = run_of([incidents, levels], service_series=series)
    assert records(run, "service_series", 1) == ["I3"]
    assert traced(run, "service_series", 2).places["row"].tolist() == [3]


def test_pre_approved_changes_are_not_behind_the_rate_of_unapproved_ones(run_of):
    changes = named(
        "changes", change_id=["C1", "C2", "C3", "C4"], started=pd.to_datetime(["2023-03-01"] * 3 + ["2022-03-01"]),
        type=["Normal", " Standard ", None, "normal"], site=["A", "A", "A", "A"],
    )  # fmt: skip
    row = {"kpi": "unapproved_at_start_rate", "clause": "8.5.1.3", "site": "A", "period": "2023-01/2023-12"}
    signal = {"family": "unapproved_at_start_rate", "series": "A, 2023-01/2023-12", "site": "A"}
    run = run_of([changes], kpis=pd.DataFrame([row]), signals=pd.DataFrame([signal]))
    assert records(run, "kpis") == ["C1", "C3"]
    assert records(run, "signals") == ["C1", "C3"]


def test_a_rate_of_nonconformities_leads_to_findings_of_that_grade(run_of):
    findings = named(
        "findings", finding_id=["F1", "F2", "F3", "F4"], audit_id=["AU-1", "AU-1", "AU-1", "AU-2"],
        site=["A"] * 4, clause=["9.2"] * 4, grade=["minor", "ofi", "major", "minor"], statement=["s"] * 4,
    )  # fmt: skip
    rates = pd.DataFrame({"scope": "audit", "audit_id": "AU-1", "grade_group": ["nc", "major", "ofi", "strength"]})
    run = run_of([findings], finding_rates=rates)
    assert [records(run, "finding_rates", row) for row in (1, 2, 3, 4)] == [["F1", "F3"], ["F3"], ["F2"], []]


def test_a_measure_of_actions_leads_to_the_actions_it_looks_at(run_of):
    actions = named("corrective_actions", finding_id=["F1", "F2", "F3"])
    told = pd.DataFrame({
        "finding_id": ["F1", "F2", "F3"], "status": ["verified", "open overdue", "verified"],
        "due_reached": [True, True, True], "completed": ["2023-01-01", None, "2023-01-01"],
        "effectiveness": ["repeat", None, "not_tested"],
    })  # fmt: skip
    measures = pd.DataFrame({"measure": ["effectiveness", "overdue_open", "on_time", "on_time_closed_only", "new one"]})
    ages = pd.DataFrame({"age": ["0 to 90 days", "older"], "findings": ["", "F2"]})
    run = run_of([actions], corrective_actions=told, corrective_action_rates=measures, action_ages=ages)
    found = [records(run, "corrective_action_rates", row) for row in range(1, 6)]
    assert found == [["F1"], ["F2"], ["F1", "F2", "F3"], ["F1", "F3"], ["F1", "F2", "F3"]]
    assert records(run, "action_ages", 1) == []
    assert records(run, "action_ages", 2) == ["F2"]


def test_a_count_is_not_taken_for_the_number_of_a_record(run_of):
    incidents = named("incidents", incident_id=["12", "13"], opened=pd.to_datetime(["2023-01-01", "2024-01-01"]),
                      service=["S1", "S2"])  # fmt: skip
    shown = pd.DataFrame({"service": ["S2"], "n": [12], "note": ["12 of 13"]})
    listed = pd.DataFrame({"cluster": [13], "incidents": ["12"]})
    run = run_of([incidents], stage_shares=shown, incident_clusters=listed)
    assert records(run, "stage_shares") == ["13"]
    assert records(run, "incident_clusters") == ["12"]


def test_a_run_of_another_version_is_told_apart(run_of, incidents, lab):
    run = run_of([incidents], kpis=pd.DataFrame([{"kpi": "incident_volume", "period": "2023-06"}]))
    index = run / "trace" / "records.parquet"
    pd.read_parquet(index).drop(columns="incidents.opened").to_parquet(index)
    manifested(run, lab)
    with pytest.raises(EngagementError, match=r"made by another version of auditlab.*'incidents\.opened'"):
        traced(run, "kpis", 1)


def test_every_rule_names_columns_that_there_are():
    for (figure, table), rule in countings().items():
        known = {*table_specs()[table].column_names, "audit_start"}
        assert rule.columns <= known, (figure, table)


def test_every_figure_knows_its_tables():
    for kpi in definitions():
        assert figure_of({"kpi": kpi}) == kpi
        assert sources_of("kpis", kpi) != sources_of("kpis", ""), kpi
        assert figure_of({"family": f"{kpi}_level"}) == kpi


def test_a_condition_is_read_with_its_sign_and_its_values():
    wanted, unwanted, missing = conditions("a=x|y;b!=*;c=")
    values = pd.Series(["X", "z", None])
    assert wanted.held(values).tolist() == [True, False, False]
    assert unwanted.held(values).tolist() == [False, False, True]
    assert missing.held(values).tolist() == [False, False, True]


COUNTS_N = {
    "open_share": "incidents", "reopen_rate": "incidents", "mtta": "incidents", "reassignment_mean": "incidents",
    "mttr_elapsed_mean": "incidents", "ttr_median_km": "incidents", "link_incident_ci": "incidents",
    "unapproved_at_start_rate": "changes", "emergency_change_rate": "changes", "change_incident_rate": "changes",
    "outage_incident_link": "outages", "problem_age": "problems", "backlog_age": "incidents",
}  # fmt: skip
COUNTS_K = {"incident_volume": "incidents", "major_incident_rate": "incidents"}


def test_figures_of_the_sample_lead_to_as_many_rows_as_they_count(halden_run):
    kpis = pd.read_csv(halden_run.tables / "kpis.csv", dtype="str", keep_default_na=False)
    checked = set()
    for column, wanted in (("n", COUNTS_N), ("k", COUNTS_K)):
        for place in kpis.index[kpis["kpi"].isin(wanted)]:
            row = kpis.loc[place]
            found = traced(halden_run.folder, "kpis", int(place) + 1).places
            assert (found["table"] == wanted[row["kpi"]]).sum() == int(row[column]), dict(row)
            checked.add(row["kpi"])
    assert checked == {*COUNTS_N, *COUNTS_K}


def test_rates_of_the_sample_lead_to_as_many_findings_as_they_count(halden_run):
    rates = pd.read_csv(halden_run.tables / "finding_rates.csv", dtype="str", keep_default_na=False)
    for place in rates.index[rates["n"] != ""]:
        found = traced(halden_run.folder, "finding_rates", int(place) + 1).places
        own = found.loc[found["table"] == "findings", "record"]
        if rates.loc[place, "scope"] in ("all", "audit"):
            assert len(own) == int(rates.loc[place, "n"]), dict(rates.loc[place])
        else:  # findings of no single site are behind the rate of a site too, and are not counted there
            assert len(own) >= int(rates.loc[place, "n"]), dict(rates.loc[place])
