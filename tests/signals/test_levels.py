"""The second family: a change of level at any month, tested beside the declared window."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from auditlab.errors import ArgumentError
from auditlab.figures.service_trends import trend_panels
from auditlab.signals import ServiceSignals, series_points, signal_headlines, worse
from auditlab.signals.families import series_signals
from auditlab.signals.frames import COMPARISON_DTYPES, KPI_DTYPES, typed
from auditlab.signals.levels import base_family, level_change
from auditlab.signals.review import ranked
from auditlab.signals.series import Measure, Series
from auditlab.statistics.change_points import pettitt
from auditlab.statistics.false_discovery import q_values
from auditlab.statistics.rank_permutations import pettitt_permuted


def series(k, n, **cut):
    months = pd.DataFrame({"month": pd.date_range("2021-04-01", periods=len(k), freq="MS")})
    sizes = n if isinstance(n, list) else [n] * len(k)
    months = months.assign(k=pd.array(list(k), dtype="Int64"), n=pd.array(sizes, dtype="Int64"))
    months = months.assign(value=(months["k"] / months["n"]).astype("float64"))
    return Series(family="supplier_attainment", measure=Measure.SHARE, months=months, cut=cut)


def wobble(level, months, seed=3):
    return [int(value) for value in np.random.default_rng(seed).binomial(200, level, months)]


def test_the_share_of_orders_agrees_with_counting_all_of_them():
    """Six values: all 720 orders can be written down."""
    values = [1.0, 2.0, 4.0, 3.0, 6.0, 5.0]
    seen = pettitt(values).statistic
    larger = sum(pettitt(order).statistic >= seen for order in permutations(values)) / math.factorial(6)
    assert pettitt_permuted(values, draws=20_000, seed=1).p == pytest.approx(larger, abs=0.006)


def test_long_series_have_the_p_of_the_formula():
    values = np.random.default_rng(4).normal(size=40)
    assert pettitt_permuted(values) == pettitt(values)


def test_a_series_without_a_difference_has_p_one():
    assert pettitt_permuted([3.0] * 20).p == 1


def test_no_order_at_all_is_refused():
    with pytest.raises(ArgumentError, match="draws"):
        pettitt_permuted([1.0, 2.0], draws=0)


def test_a_step_in_the_middle_is_seen_by_its_level_and_not_by_the_window():
    """Eighteen months at 97 % and eighteen at 88 %: the last six are like the twelve before them."""
    signals = series_signals([series(wobble(0.97, 18) + wobble(0.88, 18), 200, supplier="X")])
    level = signals[signals["family"] == "supplier_attainment_level"].iloc[0]
    assert level["flagged"]
    assert level["onset"] == "2022-10-01"
    assert level["direction"] == "worse"
    assert level["low"] <= level["effect"] <= level["high"] < 0
    assert "Pettitt" in level["method"]
    assert "narrow side" in level["note"]


def test_small_denominators_alone_make_no_change_of_level():
    """Two thirds in every month, first of 60 answers and then of 3: shares vary more, their level is the same."""
    assert level_change(series([40] * 12 + [2] * 12, [60] * 12 + [3] * 12)).change.p == 1


def test_seventeen_months_are_undecided():
    found = level_change(series(wobble(0.9, 17), 200))
    assert math.isnan(found.change.p)
    assert found.month is None
    assert "17 months with data, 18 needed" in found.change.note


def found_in(members):
    series_ = tuple(members)
    signals = ranked([series_signals(series_)], false_discovery_rate=0.10)
    return ServiceSignals(
        signals=signals, kpis=typed([], KPI_DTYPES), comparisons=typed([], COMPARISON_DTYPES), clusters=NO_CLUSTERS,
        series=series_,
    )  # fmt: skip


NO_CLUSTERS = pd.DataFrame({"problem_records": pd.Series(dtype="int64")})


def test_a_series_that_both_tests_flag_is_told_once_and_counts_once():
    drifting = [196, 197, 195, 196, 196, 197, 196, 195, 196, 197, 196, 195, 196, *range(194, 173, -2)]
    found = found_in([series(drifting, 200, supplier="X")])
    assert found.signals["flagged"].tolist() == [True, True]
    told = signal_headlines(found, false_discovery_rate=0.10)
    sentences = told["sentence"].tolist()
    assert told["spark"].notna().tolist() == ["supplier X" in one for one in sentences]
    assert told["spark"].iloc[0].split() == [f"{k / 200:.6g}" for k in drifting]
    assert len([one for one in sentences if "supplier X" in one]) == 1
    assert "and as a change of level" in sentences[0]
    assert worse(found.signals)["family"].tolist() == ["supplier_attainment"]
    assert len(trend_panels(series_points(found), found.signals)) == 1


def test_the_name_of_a_family_leads_back_to_its_figure():
    assert base_family("csat_top2_level") == base_family("csat_top2") == "csat_top2"


def test_pages_in_control_are_rarely_flagged_and_steps_are_mostly_found():
    """A small version of the benchmark: 60 pages of ten series, half of them with a step of two sigma."""
    rng = np.random.default_rng(8)
    quiet, seen = 0, []
    for run in range(60):
        rows = rng.normal(size=(10, 36))
        if run % 2:
            rows[0, 18:] += 2.0
        levels = [pettitt_permuted(row, draws=999, seed=2).p for row in rows]
        windows = [mannwhitneyu(row[-6:], row[:-6]).pvalue for row in rows]
        flagged = np.array(q_values(levels + windows)) <= 0.10
        if run % 2:
            seen.append(flagged[0])
        else:
            quiet += bool(flagged.any())
    assert quiet <= 7  # of 30 at a rate of 0.10: more than 7 have a chance of 0.8 %
    assert np.mean(seen) >= 0.75
