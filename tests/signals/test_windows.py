"""The declared comparison: exact where months vary as chance does, wider where they vary more."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.signals import service_signals
from auditlab.signals.chart_settings import confirmed_rebases
from auditlab.signals.families import series_signals
from auditlab.signals.seasons import season_note
from auditlab.signals.series import Measure, Series
from auditlab.signals.trends import assurance_words, chart_kind, chart_of, convention_words, onset
from auditlab.signals.windows import dispersion, window_change
from auditlab.tables import Tables

CARRIER = [196, 197, 195, 196, 196, 197, 196, 195, 196, 197, 196, 195, 196, *range(194, 173, -2)]


def series(k, n=None, *, family="supplier_attainment", measure=Measure.SHARE, **cut):
    sizes = n or 1
    months = pd.DataFrame(
        {
            "month": pd.date_range("2022-04-01", periods=len(k), freq="MS"),
            "k": pd.array(k, dtype="Int64"),
            "n": pd.array([None if one is None else sizes for one in k], dtype="Int64"),
        }
    )
    value = (months["k"] / months["n"]).astype("Float64").to_numpy("float64", na_value=np.nan)
    return Series(family=family, measure=measure, months=months.assign(value=value), cut=cut)


def values(numbers, **cut):
    months = pd.DataFrame({"month": pd.date_range("2022-04-01", periods=len(numbers), freq="MS"), "value": numbers})
    months = months.assign(k=pd.array([None] * len(numbers), dtype="Int64"))
    return Series(family="availability_agreed", measure=Measure.VALUE, months=months.assign(n=months["k"]), cut=cut)


def major(recent, earlier):
    return series(
        [1] * earlier + [0] * (18 - earlier) + [1] * recent + [0] * (6 - recent),
        family="major_incident_rate",
        measure=Measure.COUNT,
        service="S7",
    )


def test_six_major_incidents_against_two_are_nine_times_as_many():
    """Conditional exact; limits and p worked out by hand from the binomial with 6 of 24 months."""
    change = window_change(major(6, 2))
    assert change.effect == pytest.approx(9)
    assert (change.low, change.high) == (pytest.approx(1.6093, abs=1e-4), pytest.approx(91.18, abs=0.01))
    assert change.p == pytest.approx(0.0042267, abs=1e-6)


def test_a_drift_of_a_point_a_month_is_dated_to_its_first_month():
    began = onset(series(CARRIER, 200), seed=1)
    assert (began.month, began.shape) == ("2023-05-01", "drift")
    assert began.found.effect == pytest.approx(-0.01, abs=1e-3)


def test_the_flag_comes_from_the_false_discovery_step_and_not_from_the_chart():
    noisy = [196] * 12 + [180] + [196] * 11  # one month far outside, nothing since
    signals = series_signals([series(CARRIER, 200, supplier="X"), series(noisy, 200, supplier="Y")])
    assert signals["family"].tolist() == ["supplier_attainment"] * 2 + ["supplier_attainment_level"] * 2
    assert signals["flagged"].tolist() == [True, False] * 2
    assert signals["chart_signal"].all()
    assert set(signals["tests"]) == {2}
    assert signals["onset"].notna().tolist() == [True, False] * 2


def test_a_missing_month_is_missing():
    change = window_change(series([*CARRIER[:16], None, *CARRIER[17:]], 200))
    assert change.n == 23
    assert "-" in series_signals([series([*CARRIER[:16], None, *CARRIER[17:]], 200)])["spark"].iloc[0].split()


@pytest.mark.parametrize(("months", "words"), [(17, "11 earlier months, 12 needed"), (4, "0 earlier months")])
def test_a_short_series_is_undecided(months, words):
    change = window_change(series(CARRIER[:months], 200))
    assert math.isnan(change.p)
    assert words in change.note


def test_no_data_in_the_last_six_months_is_undecided():
    change = window_change(series(CARRIER[:18] + [None] * 6, 200))
    assert math.isnan(change.p)
    assert "no data" in change.note


def test_months_that_vary_more_than_chance_widen_the_interval():
    rng = np.random.default_rng(5)
    calm = rng.binomial(5000, 0.9, 24)
    wild = (5000 * np.clip(rng.normal(0.9, 0.03, 24), 0, 1)).astype(int)
    assert window_change(series(list(calm), 5000)).dispersion < 2
    change = window_change(series(list(wild), 5000))
    assert change.dispersion > 10
    assert "Laney" in change.method
    assert change.low <= change.effect <= change.high


def test_dispersion_is_never_below_chance():
    assert dispersion(np.full(24, 0.9), np.full(24, 0.01), center=0.9) == 1


def test_a_series_of_values_is_judged_by_rank():
    """All of 6 above all of 18: two of the 134,596 ways to choose 6 of 24."""
    change = window_change(values([*np.linspace(1, 2, 18), *np.linspace(3, 4, 6)]))
    assert change.p == pytest.approx(2 / math.comb(24, 6))
    assert change.low <= change.effect <= change.high
    assert change.effect == pytest.approx(2.0, abs=0.2)
    assert window_change(values([0.99] * 24)).p == 1


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (series([190] * 24, 200), "p"),
        (series([1900] * 24, 2000), "pp"),
        (major(6, 2), "run"),
        (series([40] * 24, family="incident_volume", measure=Measure.COUNT), "up"),
        (series([2] * 24, family="major_incident_rate", measure=Measure.COUNT), "u"),
        (values([0.99] * 24), "i"),
    ],
)
def test_each_kind_of_number_has_its_chart(one, kind):
    assert chart_kind(one) == kind


def test_two_december_peaks_are_a_season_candidate_and_no_signal():
    volume = [46, 44, 47, 45, 46, 48, 45, 46, 69, 46, 44, 46]
    one = series(volume * 2, family="incident_volume", measure=Measure.COUNT, service="S2")
    assert "season candidate: highest in December of both years" in season_note(one)
    assert "two years cannot tell" in season_note(one)
    assert series_signals([one])["flagged"].tolist() == [False, False]


def test_a_constant_series_has_no_signal():
    signals = series_signals([series([190] * 24, 200), values([0.99] * 24)])
    assert not signals["flagged"].any()
    assert not signals["chart_signal"].any()


def test_shifting_all_months_changes_nothing_but_the_dates():
    one = series(CARRIER, 200)
    moved = Series(
        family=one.family,
        measure=one.measure,
        months=one.months.assign(month=one.months["month"] + pd.DateOffset(years=1)),
    )
    first, second = series_signals([one]).iloc[0], series_signals([moved]).iloc[0]
    assert (first["p"], first["effect"], first["q"]) == (second["p"], second["effect"], second["q"])
    assert second["onset"] == "2024-05-01"


def test_a_confirmed_rebase_starts_new_limits_and_lets_the_target_be_judged():
    steady = [196, 195, 197, 196] * 4
    one = replace(series([*steady, *([186, 187, 185, 186] * 4)], 200, supplier="X"), target=0.95)
    before, after = chart_of(one), chart_of(one, rebase="2023-08")
    assert "not foretold" in assurance_words(one, before)
    assert after["phase"].tolist() == [1] * 16 + [2] * 16
    assert not after["signal"].any()
    assert "hit or miss; if nothing changes" in assurance_words(one, after)
    assert "rebased from 2023-08 as a person confirmed" in convention_words(after.attrs["convention"])


@pytest.mark.parametrize(
    ("rebase", "message"),
    [
        ({"csat_top2: S9": "2023-05"}, "no series of this page. The nearest is 'supplier_attainment: supplier X'"),
        ({"supplier_attainment: supplier X": "2022-04"}, "Give a month after 2022-04 and up to 2024-03"),
    ],
)
def test_a_rebase_that_fits_nothing_is_refused(rebase, message):
    with pytest.raises(ArgumentError, match=message):
        confirmed_rebases((series(CARRIER, 200, supplier="X"),), rebase)


@pytest.mark.parametrize("rules", ["mdc", "nelson", "western_electric"])
def test_other_rules_are_named_below_the_chart(rules):
    chart = chart_of(series(CARRIER, 200), rules=rules)
    assert chart["signal"].any()
    assert rules in convention_words(chart.attrs["convention"])


def test_unknown_rules_are_refused():
    with pytest.raises(ArgumentError, match="no rules 'westgard' for charts"):
        service_signals(Tables({}), as_of=pd.Timestamp("2024-03-31"), rules="westgard")


def test_rare_events_are_drawn_without_rules():
    """Most months of rare events lie on their median: run rules would take nearly every such chart for a signal."""
    chart = chart_of(major(6, 2))
    assert not chart["signal"].any()
    assert "no rules" in convention_words(chart.attrs["convention"])
