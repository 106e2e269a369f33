"""The order of priority against the past: it must see differences that are there, refuse thin data, and never peek."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.priority import Metric, Model, backtest

CLAUSES = ("8.2.6", "8.3.4", "8.5.1", "8.6.1", "8.7.2", "9.2")


def planted(*, entities=30, visits=8, seed=4):
    """Sites with weaknesses of their own: in one clause each, found in 7 of 10 visits against 1 of 20 elsewhere."""
    generator = np.random.default_rng(seed)
    rows = []
    for number in range(entities):
        for visit in range(visits):
            date = pd.Timestamp("2020-01-15") + pd.DateOffset(months=6 * visit) + pd.Timedelta(days=number % 28)
            for place, clause in enumerate(CLAUSES):
                chance = 0.7 if place == number % len(CLAUSES) else 0.05
                rows.append((f"E{number:02}", date, clause, True, bool(generator.random() < chance)))
    return pd.DataFrame(rows, columns=["entity", "date", "clause", "examined", "found"])


HISTORY = planted()


def by_model(result, metric, column="value"):
    return result[result["metric"] == str(metric)].set_index("model")[column]


def test_sites_with_weaknesses_of_their_own_are_found_by_the_shipped_model_and_not_by_the_clause_alone():
    result = backtest(HISTORY, seed=1)
    precision = by_model(result, Metric.AVERAGE_PRECISION)
    assert precision["shipped model"] > precision["clause base rate"] + 0.2
    assert by_model(result, Metric.GAIN, "low")["shipped model"] > 0
    tested = HISTORY[HISTORY["date"] >= "2021-10-01"]  # the quarter day before which half of the visits lie
    assert set(result["n"]) == {len(tested)}
    assert set(result["positives"]) == {int(tested["found"].sum())}
    assert precision["chance"] < precision["clause base rate"]


def test_every_value_lies_in_its_interval_and_says_how_it_was_made():
    result = backtest(HISTORY, seed=1)
    known = result.dropna(subset=["value"])
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    assert set(result["method"]) == {"site bootstrap, 400 draws"}
    assert list(result["model"].drop_duplicates()) == [str(model) for model in Model][:-1]


def test_the_same_seed_gives_the_same_table_whatever_the_order_of_the_rows():
    shuffled = HISTORY.sample(frac=1, random_state=7)
    pd.testing.assert_frame_equal(backtest(HISTORY, seed=5, draws=30), backtest(shuffled, seed=5, draws=30))


def test_nothing_on_or_after_an_origin_is_seen_by_the_forecast():
    """The last window alone: turning its outcomes round changes the hits, not the order of any model."""
    origin = ["2023-07-01"]
    turned = HISTORY.assign(found=HISTORY["found"] ^ (HISTORY["date"] >= "2023-07-01"))
    before = backtest(HISTORY, seed=1, origins=origin, draws=5, least_positives=1)
    after = backtest(turned, seed=1, origins=origin, draws=5, least_positives=1)
    caught = {}
    for name, result in (("before", before), ("after", after)):
        recall = by_model(result, Metric.RECALL_20)
        caught[name] = recall["shipped model"] * result["positives"].iloc[0]
    # A fifth of all cells is looked at, the same ones both times: what was a hit is none, and the reverse.
    assert caught["before"] + caught["after"] == pytest.approx(before["n"].iloc[0] / 5)


@settings(max_examples=10, deadline=None)
@given(days=st.integers(-3000, 3000))
def test_shifting_all_dates_and_origins_changes_nothing(days):
    shift = pd.Timedelta(days=days)
    origins = [pd.Timestamp("2022-03-01"), pd.Timestamp("2023-01-01")]
    moved = HISTORY.assign(date=HISTORY["date"] + shift)
    models = [Model.SHIPPED, Model.LAST_AUDIT]
    pd.testing.assert_frame_equal(
        backtest(HISTORY, seed=2, origins=origins, draws=5, models=models),
        backtest(moved, seed=2, origins=[origin + shift for origin in origins], draws=5, models=models),
    )


def test_a_clause_that_nobody_examined_changes_nothing():
    unseen = pd.DataFrame([("E00", pd.NaT, "4.1", False, False)], columns=HISTORY.columns)
    wider = pd.concat([HISTORY, unseen.astype(HISTORY.dtypes)])
    pd.testing.assert_frame_equal(backtest(HISTORY, seed=2, draws=5), backtest(wider, seed=2, draws=5))


def test_contributions_that_tell_the_truth_lift_the_order_and_are_shown_apart():
    told = HISTORY.assign(contribution=HISTORY["found"].map({True: 1.0, False: None}))
    precision = by_model(backtest(told, seed=1, draws=10), Metric.AVERAGE_PRECISION)
    assert precision["shipped model with contributions"] > precision["shipped model"]
    none = HISTORY.assign(contribution=0.0)
    precision = by_model(backtest(none, seed=1, draws=10), Metric.AVERAGE_PRECISION)
    assert precision["shipped model with contributions"] == precision["shipped model"]


def test_sites_without_an_earlier_visit_are_not_tested():
    new = planted(entities=1, visits=1).assign(entity="new", date=pd.Timestamp("2023-08-01"))
    assert backtest(pd.concat([HISTORY, new]), seed=1, draws=5)["entities"].max() == 30


def test_few_sites_give_values_without_an_interval():
    result = backtest(planted(entities=4, visits=30), seed=1, least_positives=10)
    assert result["low"].isna().all()
    assert set(result["method"]) == {"no interval below 5 sites"}


def test_last_audit_only_looks_at_the_last_examination_of_the_cell():
    dates = ["2021-01-01", "2022-01-01", "2023-01-01"]
    rows = [("A", date, "9.2", True, date == "2022-01-01") for date in dates]
    rows += [("A", date, "9.3", True, date != "2022-01-01") for date in dates]
    frame = pd.DataFrame(rows, columns=HISTORY.columns)
    options = {"seed": 1, "origins": ["2022-06-01"], "least_positives": 1, "least_audits": 1}
    precision = by_model(backtest(frame, models=[Model.LAST_AUDIT, Model.RAW_COUNTS], **options), "average precision")
    # 9.2 was found last and comes first; 9.3 was found in 2023: precision 1 of 2. By counts both are 1 of 2.
    assert precision.to_dict() == {"last audit only": 0.5, "raw counts": 0.5}
    turned = frame.assign(found=frame["found"] ^ (frame["date"] == "2023-01-01"))
    precision = by_model(backtest(turned, models=[Model.LAST_AUDIT, Model.RAW_COUNTS], **options), "average precision")
    assert precision.to_dict() == {"last audit only": 1.0, "raw counts": 0.5}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.assign(found=False), "0 cells with a nonconformity could be forecast"),
        (lambda table: table.assign(audit_id="AU-" + table["date"].dt.year.astype("str")), "holds 4 audits"),
        (lambda table: table.assign(examined=False, found=False), "holds 0 audits"),
        (lambda table: table[table["date"] < "2020-03-01"], "0 cells with a nonconformity could be forecast"),
    ],
)
def test_a_history_that_cannot_carry_a_comparison_is_refused_with_the_reason(change, message):
    with pytest.raises(NotEnoughDataError, match=message):
        backtest(change(HISTORY), seed=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": ["boosting"]}, "There is no model boosting. There are: chance, last audit only"),
        ({"models": []}, "There is no model asked for"),
        ({"models": [Model.WITH_CONTRIBUTIONS]}, "no column contribution"),
        ({"origins": ["soon"]}, "An origin is no date"),
        ({"draws": 0}, "0 draws were asked for"),
    ],
)
def test_what_cannot_be_compared_is_named(options, message):
    with pytest.raises(ArgumentError, match=message):
        backtest(HISTORY, seed=1, **options)
