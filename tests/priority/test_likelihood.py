"""The expectation: hand-computed answer, a slow oracle, and what must not change it."""

import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from auditlab.errors import ArgumentError
from auditlab.priority import expected_findings, model_constants

AS_OF = pd.Timestamp("2024-01-01")


def frame(rows):
    columns = ["entity", "date", "clause", "examined", "found"]
    return pd.DataFrame(rows, columns=columns).assign(date=lambda table: pd.to_datetime(table["date"]))


def oracle(rows, *, as_of, half_life=2.0, k=8.0, alpha=8.0, prior=None):
    """The formulas one number at a time, in plain Python."""
    used = [
        (entity, clause, 0.5 ** ((as_of - date).days / 365.25 / half_life), found)
        for entity, date, clause, examined, found in rows
        if examined and date <= as_of
    ]
    clauses, entities = {row[2] for row in rows}, {row[0] for row in rows}
    mean = sum(row[3] for row in used) / len(used) if used else 0.5
    mu = {}
    for clause in clauses:
        here = [row[3] for row in used if row[1] == clause]
        m0, pi = (10, prior[clause]) if prior and clause in prior else (2, mean)
        mu[clause] = (m0 * pi + sum(here)) / (m0 + len(here))
    answers = {}
    for entity in entities:
        own = [row for row in used if row[0] == entity]
        theta = (alpha + sum(w * x for _, _, w, x in own)) / (alpha + sum(w * mu[c] for _, c, w, _ in own))
        for clause in clauses:
            m = min(mu[clause] * theta, 0.95)
            found = sum(w * x for _, c, w, x in own if c == clause)
            examined = sum(w for _, c, w, _ in own if c == clause)
            answers[entity, clause] = (k * m + found) / (k + examined)
    return answers


def by_cell(result, column="expected"):
    return dict(zip(zip(result["entity"], result["clause"], strict=True), result[column], strict=True))


def test_two_sites_and_two_clauses_match_the_calculation_by_hand():
    """Audits today, so every weight is 1: mu and theta are plain fractions.

    Clause 9.2: 1 of 2; 8.5.1: 0 of 1; mean 1/3. mu(9.2) = (2/3 + 1)/4 = 5/12, mu(8.5.1) = (2/3)/3 = 2/9.
    A found 1 of 9.2 and nothing at 8.5.1: theta = 9 / (8 + 5/12 + 2/9) = 9 / (311/36) = 324/311.
    """
    rows = [("A", AS_OF, "9.2", True, True), ("A", AS_OF, "8.5.1", True, False), ("B", AS_OF, "9.2", True, False)]
    result = expected_findings(frame(rows), as_of=AS_OF).set_index(["entity", "clause"])
    theta = 324 / 311
    assert result.loc[("A", "9.2"), "base"] == pytest.approx(5 / 12, abs=1e-12)
    assert result.loc[("A", "9.2"), "propensity"] == pytest.approx(theta, abs=1e-12)
    assert result.loc[("A", "9.2"), "expected"] == pytest.approx((8 * 5 / 12 * theta + 1) / 9, abs=1e-12)
    assert result.loc[("A", "8.5.1"), "expected"] == pytest.approx(8 * 2 / 9 * theta / 9, abs=1e-12)
    # B never examined 8.5.1: the expectation is what the clause and the site say, undiluted.
    assert result.loc[("B", "8.5.1"), "expected"] == pytest.approx(2 / 9 * 8 / (8 + 5 / 12), abs=1e-12)
    assert result.loc[("B", "8.5.1"), "examinations"] == 0


def test_after_one_half_life_an_examination_has_half_its_weight():
    date = AS_OF - pd.Timedelta(days=1461)
    result = expected_findings(frame([("A", date, "9.2", True, True)]), as_of=AS_OF, half_life_years=4)
    assert result["weight_examined"].item() == pytest.approx(0.5, abs=1e-12)
    assert result["weight_found"].item() == pytest.approx(0.5, abs=1e-12)


def test_limits_are_the_middle_80_percent_of_the_beta_distribution():
    rows = [("A", AS_OF, "9.2", True, True), ("B", AS_OF, "9.2", True, False)]
    result = expected_findings(frame(rows), as_of=AS_OF)
    for _, row in result.iterrows():
        assert row["low"] == pytest.approx(beta.ppf(0.1, row["alpha"], row["beta"]), abs=1e-10)
        assert row["high"] == pytest.approx(beta.ppf(0.9, row["alpha"], row["beta"]), abs=1e-10)


def test_an_outside_rate_weighs_as_ten_examinations():
    result = expected_findings(frame([("A", AS_OF, "9.2", True, False)]), as_of=AS_OF, prior={"9.2": 0.4})
    assert result["base"].item() == pytest.approx(4 / 11, abs=1e-12)


def test_the_rate_of_a_group_is_drawn_towards_the_rate_over_all_groups():
    rows = frame([("A", AS_OF, "9.2", True, True), ("B", AS_OF, "9.2", True, False)]).assign(sector=["bank", "trade"])
    result = expected_findings(rows, as_of=AS_OF, group="sector").set_index("entity")
    assert result.loc["A", "base"] == pytest.approx((50 * 0.5 + 1) / 51, abs=1e-12)
    assert result.loc["B", "base"] == pytest.approx(50 * 0.5 / 51, abs=1e-12)


def test_what_is_later_than_the_day_of_evaluation_is_not_known():
    rows = [("A", AS_OF, "9.2", True, False), ("A", AS_OF + pd.Timedelta(days=1), "9.2", True, True)]
    assert expected_findings(frame(rows), as_of=AS_OF)["nonconformities"].item() == 0


def test_nothing_examined_gives_an_expectation_without_data_and_a_wide_interval():
    result = expected_findings(frame([("A", None, "9.2", False, False)]), as_of=AS_OF)
    assert result["expected"].item() == pytest.approx(0.5)
    assert result["low"].item() < 0.3
    assert result["high"].item() > 0.7


DATES = st.dates(pd.Timestamp("2016-01-01").date(), pd.Timestamp("2024-06-01").date()).map(pd.Timestamp)
ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABC"), DATES, st.sampled_from(["8.5.1", "9.2", "10.1"]), st.booleans(), st.booleans()
    ).map(lambda row: (*row[:4], row[3] and row[4])),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, half_life=st.floats(0.5, 8), k=st.floats(1, 20), alpha=st.floats(1, 20))
def test_every_cell_equals_the_slow_calculation(rows, half_life, k, alpha):
    prior = {"9.2": 0.2}
    result = expected_findings(frame(rows), as_of=AS_OF, half_life_years=half_life, k=k, alpha=alpha, prior=prior)
    slow = oracle(rows, as_of=AS_OF, half_life=half_life, k=k, alpha=alpha, prior=prior)
    fast = by_cell(result)
    assert fast.keys() == slow.keys()
    assert all(math.isclose(fast[cell], slow[cell], abs_tol=1e-10) for cell in slow)
    parts = result["base"] + result["site"] + result["own"]
    assert (parts - result["expected"]).abs().max() < 1e-12


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, order):
    shuffled = list(rows)
    order.shuffle(shuffled)
    pd.testing.assert_frame_equal(
        expected_findings(frame(rows), as_of=AS_OF), expected_findings(frame(shuffled), as_of=AS_OF), check_exact=True
    )


@settings(max_examples=30, deadline=None)
@given(rows=ROWS)
def test_an_unexamined_clause_changes_no_expectation(rows):
    before = by_cell(expected_findings(frame(rows), as_of=AS_OF))
    after = by_cell(expected_findings(frame([*rows, ("A", AS_OF, "4.1", False, False)]), as_of=AS_OF))
    assert all(math.isclose(after[cell], before[cell], abs_tol=1e-12) for cell in before)


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, days=st.integers(-4000, 4000))
def test_shifting_all_dates_changes_nothing(rows, days):
    shift = pd.Timedelta(days=days)
    moved = [(entity, date + shift, *rest) for entity, date, *rest in rows]
    pd.testing.assert_frame_equal(
        expected_findings(frame(rows), as_of=AS_OF), expected_findings(frame(moved), as_of=AS_OF + shift)
    )


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({"examined": False}, {}, "not examined, first 9.2 at A"),
        ({"date": pd.NaT}, {}, "have no date, first 9.2 at A"),
        ({"clause": None}, {}, "name no entity or no clause"),
        ({}, {"k": 0}, "k is 0"),
        ({}, {"half_life_years": float("nan")}, "half_life_years is nan"),
        ({}, {"prior": {"9.2": 1.2}}, "prior rate of 9.2 is 1.2"),
        ({}, {"group": "sector"}, "no column sector"),
    ],
)
def test_what_cannot_be_calculated_is_named(change, options, message):
    rows = frame([("A", AS_OF, "9.2", True, True)]).astype({"examined": object}).assign(**change)
    with pytest.raises(ArgumentError, match=message):
        expected_findings(rows, as_of=AS_OF, **options)


def test_an_entity_in_two_groups_is_refused():
    rows = frame([("A", AS_OF, "9.2", True, True), ("A", AS_OF, "9.3", True, False)]).assign(sector=["bank", "trade"])
    with pytest.raises(ArgumentError, match="A belongs to 2 groups"):
        expected_findings(rows, as_of=AS_OF, group="sector")


def _surveys():
    """Vermont nursing homes: recertification surveys of ten tags, US government data (CMS), public domain."""
    here = Path(__file__).parent
    visits = pd.read_csv(here / "nursing_home_surveys.csv", keep_default_na=False)
    expected = pd.read_csv(here / "nursing_home_expected.csv")
    clauses = sorted(expected["clause"].unique())
    rows = [
        (site, date, clause, True, clause in found.split())
        for site, date, found in visits.itertuples(index=False)
        for clause in clauses
    ]
    return frame(rows), expected


def test_real_surveys_give_the_published_calculation_to_eight_digits():
    """Ten digits were printed for the formulas of the docstring on the first of January 2025."""
    history, reference = _surveys()
    found = expected_findings(history, as_of="2025-01-01").rename(columns={"entity": "site", "site": "own_site"})
    both = found.merge(reference, on=["site", "clause"], suffixes=("", "_told"), validate="1:1")
    assert len(both) == len(found) == len(reference)
    for column in ("base", "propensity", "expected", "low", "high"):
        assert (both[column] - both[f"{column}_told"]).abs().max() < 1e-8, column


def test_majors_stand_beside_the_expectation_and_do_not_change_it():
    """One of two nonconformities at 9.2 is major, none of two at 9.3: overall 1/4; (5/4 + 1)/7 and (5/4)/7."""
    rows = frame(
        [(site, AS_OF, clause, True, True) for site, clause in [("A", "9.2"), ("B", "9.2"), ("A", "9.3"), ("B", "9.3")]]
    ).assign(major=[True, False, False, False])
    plain, told = (expected_findings(rows, as_of=AS_OF, severity=column) for column in (None, "major"))
    pd.testing.assert_frame_equal(plain, told[list(plain.columns)])
    share = told.set_index(["entity", "clause"])["major_share"]
    assert share["A", "9.2"] == pytest.approx(2.25 / 7)
    assert share["B", "9.3"] == pytest.approx(1.25 / 7)
    assert told["weighted"].tolist() == pytest.approx((told["expected"] * (1 + 2 * told["major_share"])).tolist())


def test_a_major_in_a_later_audit_is_not_known_yet_and_without_any_finding_the_share_is_missing():
    rows = frame([("A", AS_OF + pd.Timedelta(days=9), "9.2", True, True)]).assign(major=True)
    assert expected_findings(rows, as_of=AS_OF, severity="major")["weighted"].isna().all()


def test_the_printed_constants_are_those_that_the_calculation_uses():
    printed = model_constants(half_life_years=3).set_index("constant")["value"]
    assert (printed["half_life_years"], printed["k"], printed["alpha"]) == (3, 8, 8)
    result = expected_findings(frame([("A", AS_OF, "9.2", True, False)]), as_of=AS_OF, prior={"9.2": 0.4})
    weight = printed["prior_weight"]
    assert result["base"].item() == pytest.approx(0.4 * weight / (weight + 1), abs=1e-12)
