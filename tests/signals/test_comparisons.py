"""Groups side by side: corrected for their number, and wider where the months of the family vary more."""

import numpy as np
import pandas as pd
import pytest

from auditlab.signals import ServiceSignals, expected_false_charts
from auditlab.signals.comparisons import against_rest, corrected
from auditlab.signals.frames import COMPARISON_DTYPES, KPI_DTYPES, SIGNAL_DTYPES, typed
from auditlab.signals.series import Measure, Series
from auditlab.signals.windows import series_dispersion

AS_OF = pd.Timestamp("2024-03-31")


def site(name, k, n=200):
    months = pd.DataFrame({"month": pd.date_range("2022-04-01", periods=len(k), freq="MS")})
    months = months.assign(k=pd.array(list(k), dtype="Int64"), n=pd.array([n] * len(k), dtype="Int64"))
    months = months.assign(value=(months["k"] / months["n"]).astype("float64"))
    return Series(family="change_success_rate", measure=Measure.SHARE, months=months, cut={"site": name})


def test_three_sites_against_the_rest_are_three_tests_of_one_family():
    sites = [site("A", [180] * 24), site("B", [180] * 24), site("C", [170] * 24)]
    rows = corrected(against_rest(sites, by="site", as_of=AS_OF))
    assert rows["tests"].tolist() == [3, 3, 3]
    smallest = rows["p"].min()
    assert rows["q"].min() == pytest.approx(3 * smallest)
    assert (rows["q"] >= rows["p"]).all()
    assert rows["strength"].str.startswith("85.0 % against 90.0 %").tolist() == [False, False, True]


def test_a_calm_site_is_judged_by_the_variation_of_all_sites():
    rng = np.random.default_rng(3)
    wild = [int(value) for value in 200 * np.clip(rng.normal(0.9, 0.06, 24), 0, 1)]
    sites = [site("A", [180] * 24), site("B", wild)]
    assert series_dispersion(sites[0]) == 1
    assert series_dispersion(sites[1]) > 3
    row = against_rest(sites, by="site", as_of=AS_OF).iloc[0]
    alone = against_rest([sites[0], site("B", [180] * 24)], by="site", as_of=AS_OF).iloc[0]
    assert "months vary" in row["method"]
    assert row["high"] - row["low"] > 1.2 * (alone["high"] - alone["low"])


def test_nothing_to_compare_stays_nothing():
    assert corrected(typed([], COMPARISON_DTYPES)).empty


def test_charts_of_each_kind_have_their_own_chance_of_a_false_signal():
    """24 months: 0.13 for a p chart; rare events are drawn without rules."""
    share = site("A", [180] * 24)
    rare = Series(
        family="major_incident_rate", measure=Measure.COUNT,
        months=share.months.assign(k=0, n=1, value=[0.0] * 23 + [1.0]), cut={"service": "S1"},
    )  # fmt: skip

    def expected(*members, rules="anhoej"):
        nothing = [typed([], dtypes) for dtypes in (SIGNAL_DTYPES, KPI_DTYPES, COMPARISON_DTYPES)]
        page = ServiceSignals(
            signals=nothing[0],
            kpis=nothing[1],
            comparisons=nothing[2],
            clusters=nothing[0],
            series=members,
            rules=rules,
        )
        return expected_false_charts(page)

    assert expected(share, rare) == pytest.approx(0.13)
    assert expected(rare) == 0
    assert expected(share, rare, rules="nelson") == pytest.approx(0.194, abs=0.001)
