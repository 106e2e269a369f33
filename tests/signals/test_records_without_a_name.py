"""Records that name no service or site: watched like the others, and pointing at no place."""

import pandas as pd
import pytest

from auditlab.signals import change_signals, worse
from auditlab.signals.change_figures import succeeded
from auditlab.signals.clusters import incident_clusters
from auditlab.signals.groups import NOT_NAMED, UNNAMED
from auditlab.signals.periods import Period
from auditlab.signals.problem_figures import problem_figures
from auditlab.signals.restoration_signals import restoration_signals
from auditlab.tables import Tables, as_canonical

CUT_OFF = pd.Timestamp("2024-04-01")
TWO_YEARS = Period(first=pd.Timestamp("2022-04-01"), after=CUT_OFF)


def incidents(hours_then, hours_now, **more):
    """One incident a day for two years; those of the last six months take `hours_now`, nobody's end is missing."""
    opened = pd.Series(pd.date_range("2022-04-01 08:00", "2024-03-31 08:00", freq="D"))
    late = opened >= pd.Timestamp("2023-10-01")
    hours = pd.Series(hours_then, index=opened.index).mask(late, hours_now) + opened.dt.day / 10
    rows = pd.DataFrame({"opened": opened, "resolved": opened + pd.to_timedelta(hours, unit="h")})
    return as_canonical("incidents", rows.assign(incident_id=[f"I{place}" for place in rows.index], **more))


def test_restoration_of_incidents_without_service_or_priority_is_tested_too():
    found = restoration_signals(incidents(4, 9), recorded=TWO_YEARS, cut_off=CUT_OFF)
    row = found.iloc[0]
    assert (row["service"], row["priority"]) == (UNNAMED, NOT_NAMED["priority"])
    assert (row["direction"], bool(row["flagged"])) == ("worse", True)
    assert row["effect"] < 1


def test_faster_restoration_is_better_and_none_at_all_has_no_direction():
    quick = restoration_signals(incidents(9, 4, service="S1", priority="P1"), recorded=TWO_YEARS, cut_off=CUT_OFF)
    assert quick["direction"].tolist() == ["better"]
    none = incidents(9, 4, service="S1", priority="P1").assign(resolved=pd.NaT)
    nobody = restoration_signals(none.astype({"resolved": "datetime64[us]"}), recorded=TWO_YEARS, cut_off=CUT_OFF)
    assert nobody["p"].isna().all()
    assert nobody["direction"].tolist() == [""]


def test_a_signal_about_records_without_a_name_points_at_no_service_and_no_site():
    rows = pd.DataFrame(
        {
            "family": "change_success_rate",
            "series": ["no site named", "B"],
            "site": [NOT_NAMED["site"], "B"],
            "service": [UNNAMED, "S1"],
            "flagged": True,
            "direction": "worse",
        }
    )
    found = worse(rows)
    assert found["site"].isna().tolist() == [True, False]
    assert found["service"].isna().tolist() == [True, False]
    assert found["series"].tolist() == ["no site named", "B"], "the words for a reader stay"


def test_a_site_with_the_same_share_as_elsewhere_is_neither_better_nor_worse():
    day = pd.Timestamp("2024-01-05")
    rows = pd.DataFrame(
        [
            {"change_id": f"C{number}", "site": site, "started": day, "approved": day, "emergency": emergency}
            for number, (site, emergency) in enumerate([("A", True), ("A", False), ("B", True), ("B", False)])
        ]
    )
    signals = change_signals(as_canonical("changes", rows), as_of=pd.Timestamp("2024-03-31")).signals
    assert set(signals["direction"]) == {""}


def test_recurring_incidents_of_the_running_month_are_in_neither_part_of_the_share():
    days = ["2024-02-01", "2024-02-20", "2024-03-05", "2024-03-08", "2024-03-09"]
    rows = [
        {"incident_id": f"I {number}", "opened": pd.Timestamp(day), "ci": "DISK", "category": "slow"}
        for number, day in enumerate(days)
    ]
    alone = {"incident_id": "X", "opened": pd.Timestamp("2024-02-10"), "ci": "CPU", "category": "slow"}
    tables = Tables({"incidents": as_canonical("incidents", pd.DataFrame([*rows, alone]))})
    clusters = incident_clusters(tables.incidents, tables.problems, tables.findings)
    assert clusters["n"].tolist() == [5]
    day = pd.Timestamp("2024-03-15")
    figures = problem_figures(tables, clusters, as_of=day, cut_off=day + pd.Timedelta(days=1))
    row = next(row for row in figures if row["kpi"] == "recurring_incident_ratio")
    assert (row["period"], row["k"], row["n"]) == ("2024-02", 2, 3)


@pytest.mark.parametrize(
    ("outcome", "good"),
    [
        ("Successful", True),
        ("Rollout successful", True),
        ("Erfolgreich durchgef\u00fchrt und geschlossen", True),
        ("Successful, feedback received", True),
        ("Unsuccessful", False),
        ("Successful with issues", False),
        ("Backed out", False),
        ("Successfully rolled back", False),
        ("Successful back-out", False),
        ("Nicht erfolgreich", False),
        (None, None),
    ],
)
def test_an_outcome_is_read_by_whole_words(outcome, good):
    found = succeeded(pd.Series([outcome], dtype="str")).iloc[0]
    assert (None if pd.isna(found) else bool(found)) is good
