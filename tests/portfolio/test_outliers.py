"""The twelve clients of the sample, and what must never change the comparison."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.portfolio import outliers

DAYS = [4, 2, 6, 1, 3, 5, 2, 8, 3, 1.5, 4, 2.5]
FOUND = [8, 4, 11, 6, 6, 9, 2, 16, 15, 0, 9, 3]
NEXT = [7, 3, 13, 2, 5, 10, 4, 15, 14, 3, 6, 5]
NAMES = [f"K{number:02}" for number in range(1, 13)]


def twelve():
    return pd.DataFrame({"client": NAMES, "nonconformities": FOUND, "auditor_days": DAYS})


@pytest.fixture(scope="module")
def found():
    return outliers(twelve()).set_index("client")


@pytest.mark.parametrize(("client", "p"), [("K09", 0.0031), ("K04", 0.040), ("K10", 0.079)])
def test_the_leave_one_out_p_values_of_the_sample(found, client, p):
    """Own computation: conditional binomial test, smaller tail doubled."""
    assert found.loc[client, "p"] == pytest.approx(p, abs=0.0005)


def test_only_the_true_outlier_is_flagged(found):
    assert list(found.index[found["flagged"]]) == ["K09"]
    assert found.attrs["tests"] == 12


def test_the_smallest_client_leads_the_raw_table_and_not_the_shrunken_one(found):
    assert found["rate"].idxmax() == "K04"
    order = list(found.sort_values("shrunken", ascending=False).index)
    assert order[:2] == ["K09", "K04"]
    assert order[-1] == "K10"


def test_shrunken_rates_forecast_the_next_year_five_times_better(found):
    actual = pd.Series(NEXT, index=NAMES) / pd.Series(DAYS, index=NAMES)
    raw, shrunken = (((found[name] - actual) ** 2).mean() for name in ("rate", "shrunken"))
    assert raw == pytest.approx(1.91, abs=0.01)
    assert shrunken == pytest.approx(0.36, abs=0.01)


def test_a_client_without_days_has_no_rate_and_no_test():
    rates = pd.concat([twelve(), pd.DataFrame({"client": ["K13"], "nonconformities": [0], "auditor_days": [0.0]})])
    row = outliers(rates).set_index("client").loc["K13"]
    assert row[["rate", "low", "p", "q", "flagged"]].isna().all()
    assert row["note"] == "no rate: no auditor-days"


def test_a_client_alone_in_its_stratum_is_not_compared():
    rates = twelve().assign(sector=["own"] + ["other"] * 11)
    row = outliers(rates, strata=["sector"]).set_index("client").loc["K01"]
    assert pd.isna(row["q"])
    assert row["note"] == "nothing to compare with"
    assert row["rate"] == 2.0


def test_three_clients_are_no_portfolio():
    found = outliers(twelve().head(3))
    assert found["flagged"].isna().all()
    assert found["note"].str.contains("fewer than 4 clients").all()


def test_clients_without_any_nonconformity_are_not_compared_for_that_reason():
    found = outliers(twelve().assign(nonconformities=0))
    assert found["flagged"].isna().all()
    assert set(found["note"]) == {"not compared: no nonconformity at any client"}


@given(st.permutations(range(12)))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_changes_nothing(order):
    pd.testing.assert_frame_equal(outliers(twelve().iloc[order]), outliers(twelve()))


def test_rows_of_one_client_are_added_up():
    halves = pd.concat(
        [twelve().assign(nonconformities=[1] * 12), twelve().assign(nonconformities=[n - 1 if n else 0 for n in FOUND])]
    )
    halves["auditor_days"] = halves["auditor_days"] / 2
    halves.iloc[9, 1] = 0
    assert list(outliers(halves)["nonconformities"]) == FOUND


def test_a_missing_number_names_its_client():
    with pytest.raises(ArgumentError, match="Client K03"):
        outliers(twelve().assign(auditor_days=[4, 2, None, *DAYS[3:]]))
    with pytest.raises(ArgumentError, match="no column days"):
        outliers(twelve(), exposure="days")


def test_clients_that_vary_no_more_than_chance_have_intervals_of_what_to_expect():
    """Thirty clients with exactly the same rate: the likeliest variance is 0, which nobody can be sure of."""
    days = [3.0, 12.0] * 15
    rates = pd.DataFrame({
        "client": [f"P{place:02}" for place in range(30)], "auditor_days": days,
        "nonconformities": [int(2 * day) for day in days],
    })  # fmt: skip
    found = outliers(rates)
    assert found["shrunken"].to_numpy() == pytest.approx(2.0)
    width = found["shrunken_high"] - found["shrunken_low"]
    assert (width > 0.1).all()
    assert width.iloc[0] > width.iloc[1]
    assert found["top_quarter_chance"].isna().all()


def test_a_shrunken_rate_lies_in_its_interval(found):
    assert (found["shrunken_low"] < found["shrunken"]).all()
    assert (found["shrunken"] < found["shrunken_high"]).all()
