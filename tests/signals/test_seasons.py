"""From three full years on limits follow the calendar month; before that the chart says that they do not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from auditlab.signals import ServiceSignals, series_points
from auditlab.signals.families import series_signals
from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import as_recorded, chart_of, convention_words
from auditlab.statistics.control_charts import control_chart

AS_MEASURED = 0.02
"""Standard error of a share of .2 in 400 series."""


def values(numbers):
    months = pd.DataFrame({"month": pd.date_range("2021-04-01", periods=len(numbers), freq="MS"), "value": numbers})
    months = months.assign(k=pd.array([None] * len(numbers), dtype="Int64"))
    return Series(family="mtrs", measure=Measure.VALUE, months=months.assign(n=months["k"]), cut={"service": "S1"})


def counts(numbers):
    one = values(np.asarray(numbers, dtype="float64"))
    counted = one.months.assign(k=pd.array(list(numbers), dtype="Int64"), n=pd.array([1] * len(numbers), dtype="Int64"))
    return replace(one, family="incident_volume", measure=Measure.COUNT, months=counted)


def test_two_years_say_that_no_season_was_assessed_and_three_that_it_was():
    words = [convention_words(chart_of(values([5.0, 6.0] * n)).attrs["convention"]) for n in (12, 18)]
    assert "seasonality not assessed: 3 full years are needed to tell a season from a trend" in words[0]
    assert "limits follow the mean of each calendar month (3 years or more of each)" in words[1]
    assert "tests and flags use the values as recorded" in words[1]


def test_three_years_with_a_gap_in_a_month_are_not_enough():
    numbers = [5.0, 6.0] * 18
    numbers[7] = np.nan
    assert "seasonality not assessed" in convention_words(chart_of(values(numbers)).attrs["convention"])


YEARS = (
    [46, 44, 47, 45, 41, 48, 45, 46, 89, 46, 44, 46],
    [43, 47, 45, 48, 46, 44, 47, 43, 92, 44, 47, 45],
    [47, 45, 43, 46, 48, 45, 44, 47, 86, 45, 46, 48],
)


def test_a_december_peak_of_every_year_is_within_limits_that_follow_it():
    """December has 89, 92, 86 and so a centre of 89, less what the first year lies off the mean of all (49.36)."""
    one = counts([month for year in YEARS for month in year])
    first = sum(YEARS[0]) / 12
    level = sum(map(sum, YEARS)) / 36
    assert control_chart(one.months["value"], kind="up", denominators=[1] * 36, baseline=12)["outside"].sum() == 3
    chart = chart_of(one)
    assert not chart["outside"].any()
    shown = as_recorded(one, chart)
    december = shown["month"].dt.month == 12
    assert shown.loc[december, "center"].to_numpy() == pytest.approx(89 + first - level)
    assert (shown["lower"] < one.months["value"]).all()


def test_the_page_shows_recorded_values_with_limits_that_follow_the_season():
    one = counts([month for year in YEARS for month in year])
    nothing = pd.DataFrame()
    found = ServiceSignals(signals=nothing, kpis=nothing, comparisons=nothing, clusters=nothing, series=(one,))
    points = series_points(found)
    assert points["value"].tolist() == one.months["value"].tolist()
    assert points["center"].tolist() == as_recorded(one, chart_of(one))["center"].tolist()
    assert points["center"].iloc[8] - points["center"].iloc[10] == pytest.approx(89 - 137 / 3)


def test_what_is_new_in_the_third_year_is_still_outside():
    new = [month for year in YEARS for month in year]
    new[29] = 75
    chart = chart_of(counts(new))
    assert "2023-09" in chart.loc[chart["outside"], "month"].dt.strftime("%Y-%m").tolist()


def test_a_confirmed_level_is_not_taken_for_season():
    rng = np.random.default_rng(3)
    numbers = 50 + np.tile([5, -1, 0, 2, -4, -2, 3, 1, 0, -3, 0, -1], 3) + rng.normal(0, 0.5, 36)
    stepped = values(numbers + 7.0 * (np.arange(36) >= 17))
    chart = chart_of(stepped, rebase="2022-09")
    assert not chart["outside"].any()
    assert chart["phase"].nunique() == 2


def test_lines_of_shares_stay_between_nothing_and_all():
    rng = np.random.default_rng(5)
    k = rng.binomial(60, 0.97, 36) - 20 * (np.arange(36) % 12 == 3)
    months = values(k / 60).months.assign(k=pd.array(k, dtype="Int64"), n=pd.array([60] * 36, dtype="Int64"))
    one = Series(family="csat_top2", measure=Measure.SHARE, months=months, cut={"service": "S1"})
    shown = as_recorded(one, chart_of(one))
    assert shown["upper"].max() <= 1
    assert shown["lower"].min() >= 0
    assert not shown["outside"].any()


def test_flags_rest_on_the_values_as_recorded():
    """The window and the test of levels are declared for recorded values; the adjusted chart changes neither."""
    numbers = np.random.default_rng(8).normal(50, 1, 36)
    rows = series_signals([values(numbers)])
    assert "tests and flags use the values as recorded" in rows["convention"].iloc[0]
    moved = series_signals([values(numbers)], rebases={("mtrs", "S1"): "2022-09"})
    assert rows["p"].tolist() == moved["p"].tolist()


@pytest.mark.parametrize(("months", "told"), [(36, 0.17), (48, 0.17)])
def test_a_season_of_one_sigma_signals_as_seldom_as_stated(months, told):
    """Limits of all months. An independent simulation gives .17; without adjustment .52 of such charts signal."""
    rng, found = np.random.default_rng(17), 0
    wave = np.sin(2 * np.pi * np.arange(months) / 12)
    span = f"2021-04/{pd.Timestamp('2021-04') + pd.DateOffset(months=months - 1):%Y-%m}"
    for _ in range(400):
        chart = chart_of(values(wave + rng.normal(size=months)), baseline=span)
        found += bool(chart["signal"].any())
    assert found / 400 == pytest.approx(told, abs=3 * AS_MEASURED)
