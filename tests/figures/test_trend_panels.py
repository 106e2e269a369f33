"""What stands below the chart of a series: its records, its tests, and its columns in the unit of the chart."""

import pandas as pd
import pytest

from auditlab.figures import trend_panels


def points(**more):
    months = pd.date_range("2022-04-01", periods=24, freq="MS")
    shown = {
        "family": "supplier_attainment", "series": "supplier X", "service": None, "site": None, "supplier": "X",
        "priority": None, "month": months, "k": 1960, "n": 2000, "value": 0.98, "center": 0.97, "lower": 0.93,
        "upper": 1.0, "outside": False, "signal": False, "rule": "", "target": 0.95, "variation": "", "assurance": "",
        "definition": "met of measured", "convention": "p chart",
    }  # fmt: skip
    return pd.DataFrame(shown | more)


def panel(p=0.01, q=0.02, **more):
    row = {"family": more.get("family", "supplier_attainment"), "series": "supplier X", "flagged": True, "p": p, "q": q,
           "onset": None, "onset_low": None, "onset_high": None, "shape": ""}  # fmt: skip
    (shown,) = trend_panels(points(**more), pd.DataFrame([row]))
    return shown


def test_a_share_says_on_how_many_records_it_rests_and_thousands_stand_apart():
    assert "24 of 24 months with data, n = 48\u202f000. Definition: met of measured." in panel().caption


def test_months_without_records_add_none():
    n = pd.array([2000, None] * 12, dtype="Int64")
    value = [0.98, None] * 12
    assert "12 of 24 months with data, n = 24\u202f000." in panel(n=n, value=value).caption


def test_a_count_has_no_number_of_records_and_keeps_its_unit():
    shown = panel(family="incident_volume", n=1, value=40.0, target=None)
    assert "24 of 24 months with data. Definition" in shown.caption
    assert shown.labels == {}
    assert shown.figure.data[-1].y[0] == 40.0


def test_what_a_chart_draws_in_percent_is_labelled_so_in_its_table_and_nothing_else():
    shown = panel()
    assert set(shown.labels) == set(shown.data.columns)
    percent = {name for name, label in shown.labels.items() if label.endswith("[%]")}
    assert percent == {"value", "center", "lower", "upper", "target"}
    assert (shown.labels["k"], shown.data["value"].iloc[0], shown.figure.data[-1].y[0]) == ("k", 0.98, 98.0)


@pytest.mark.parametrize(
    ("p", "q", "told"),
    [
        (0.0123, 0.5, "p = 0.012, q = 0.5"),
        (0.0001, 0.00011, "p = 0.0001, q = 0.00011"),
        (0.00009, 0.0, "p < 0.0001, q < 0.0001"),
        (float("nan"), float("nan"), "last six months: no test"),
    ],
)
def test_chances_are_told_to_the_fourth_place_and_an_absent_test_is_said(p, q, told):
    assert told in panel(p=p, q=q).caption
