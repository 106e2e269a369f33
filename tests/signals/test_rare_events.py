"""Charts of days and cases between rare events, baselines that a person named, and the outlook on targets."""

import numpy as np
import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.signals import rare_event_points, series_points, service_signals, target_outlook
from auditlab.signals.chart_settings import named_baselines
from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import chart_of, convention_words
from auditlab.tables import Tables, as_canonical

AS_OF = pd.Timestamp("2024-03-31")


def tables(**frames):
    return Tables({name: as_canonical(name, pd.DataFrame(rows)) for name, rows in frames.items()})


def majors(days, service="S6"):
    start = pd.Timestamp("2022-04-01 08:00")
    return [{"incident_id": f"{service}{day}", "service": service, "major": True, "opened": start + pd.Timedelta(days=day)}
            for day in days]  # fmt: skip


def test_days_between_major_incidents_are_a_t_chart_with_its_convention():
    days = [0, 90, 150, 260, 330, 440, 520, 525]
    found = rare_event_points(tables(incidents=majors(days)), as_of=AS_OF)
    assert found["chart"].unique().tolist() == ["t"]
    assert found["value"].tolist() == [90.0, 60.0, 110.0, 70.0, 110.0, 80.0, 5.0]
    # Nelson's transformation by hand: mean of y^(1/3.6), back to the power 3.6.
    assert found["center"].iloc[0] == pytest.approx(np.mean(found["value"] ** (1 / 3.6)) ** 3.6)
    assert found["since_last"].iloc[0] == pytest.approx(730 + 16 / 24 - 525)
    words = found["convention"].iloc[0]
    assert words.startswith("t (days between events, to the power 1/3.6) chart, 3 sigma")
    assert "baseline: all 7 gaps; rules: limits, anhoej; about 1 of 100 such charts signal by chance" in words


def test_a_burst_of_major_incidents_lies_outside_the_limits():
    calm = list(range(0, 720, 40))
    found = rare_event_points(tables(incidents=majors([*calm, 681, 682])), as_of=AS_OF)
    assert found["outside"].any()


@pytest.mark.parametrize("days", [[0, 90, 150, 260, 330, 440], list(range(0, 700, 5))])
def test_too_few_events_and_frequent_ones_have_no_such_chart(days):
    assert rare_event_points(tables(incidents=majors(days)), as_of=AS_OF).empty


def test_one_event_told_twice_makes_no_gap_of_nothing():
    days = [0, 90, 150, 260, 330, 440, 520]
    twice = [row | {"incident_id": f"again{row['incident_id']}"} for row in majors(days)]
    found = rare_event_points(tables(incidents=majors(days) + twice), as_of=AS_OF)
    assert len(found) == 6


def test_continuity_tests_passed_between_failed_ones_are_a_g_chart():
    fails = {0, 3, 4, 10, 15, 19, 26}
    rows = [
        {"service": "S7", "done": pd.Timestamp("2021-01-10") + pd.DateOffset(months=number), "rto_minutes": 60.0,
         "achieved_minutes": 90.0 if number in fails else 30.0}
        for number in range(30)
    ]  # fmt: skip
    found = rare_event_points(tables(continuity_tests=rows), as_of=AS_OF)
    assert found["value"].tolist() == [2.0, 0.0, 5.0, 4.0, 3.0, 6.0]
    mean = 20 / 6
    assert found["upper"].iloc[0] == pytest.approx(mean + 3 * np.sqrt(mean * (mean + 1)))
    assert found["since_last"].iloc[0] == 3
    assert "sigma: geometric" in found["convention"].iloc[0]
    other = rare_event_points(tables(continuity_tests=rows), as_of=AS_OF, rules="mdc")
    assert "was not measured" in other["convention"].iloc[0]


def attainment(k, *, target=None):
    months = pd.DataFrame({"month": pd.date_range("2022-04-01", periods=len(k), freq="MS")})
    months = months.assign(k=pd.array(k, dtype="Int64"), n=pd.array([200] * len(k), dtype="Int64"))
    months = months.assign(value=(months["k"] / months["n"]).astype("float64"))
    cut = {"supplier": "X"}
    return Series(family="supplier_attainment", measure=Measure.SHARE, months=months, cut=cut, target=target)


def test_limits_can_be_frozen_on_months_that_a_person_named():
    one = attainment([150] * 6 + [190] * 18)
    chart = chart_of(one, baseline="2022-10/2023-09")
    assert chart["center"].iloc[0] == pytest.approx(0.95)
    assert chart["outside"].tolist() == [True] * 6 + [False] * 18
    assert "baseline: 2022-10/2023-09 as auditlab.toml says, frozen" in convention_words(chart.attrs["convention"])


@pytest.mark.parametrize(
    ("baseline", "rebases", "message"),
    [
        ({"csat_top2: S9": "2022-04/2023-03"}, {}, r"\[baseline\] names 'csat_top2: S9', which is no series"),
        ({"supplier_attainment: supplier X": "2024-01/2024-03"}, {}, "holds 3 months with data. Give at least 6"),
        (
            {"supplier_attainment: supplier X": "2022-04/2023-03"},
            {("supplier_attainment", "supplier X"): "2023-05"},
            "stands under .rebase. and under .baseline.",
        ),
    ],
)
def test_a_baseline_that_fits_nothing_is_refused(baseline, rebases, message):
    with pytest.raises(ArgumentError, match=message):
        named_baselines((attainment([190] * 24),), baseline, rebases=rebases)


def test_without_a_target_there_is_no_outlook():
    nothing = target_outlook(series_points(service_signals(tables(incidents=majors([0, 30, 500])), as_of=AS_OF)))
    assert nothing.empty
    assert "outlook" in nothing


def test_every_series_with_a_target_says_whether_it_will_be_met():
    rows = [
        {"supplier": "X", "service": "S3", "month": month, "metric": "m", "met": met, "total": 400, "target": target}
        for target, met in ((0.9, 392), (None, 300))
        for month in pd.date_range("2022-04-01", periods=24, freq="MS")
    ]
    for row in rows[24:]:
        row["supplier"] = "Y"
    baseline = {"supplier_attainment: S3, supplier X": "2022-06/2023-05"}
    found = service_signals(tables(sla_monthly=rows), as_of=AS_OF, baseline=baseline)
    outlook = target_outlook(series_points(found))
    assert outlook["supplier"].tolist() == ["X"]
    assert outlook["months"].tolist() == [24]
    assert outlook["outlook"].iloc[0].startswith("consistently met; if nothing changes 100 % of months")
    assert found.signals["convention"].str.contains("2022-06/2023-05 as auditlab.toml says").any()
