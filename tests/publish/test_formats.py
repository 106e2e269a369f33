"""Every number a reader sees is formatted in one place."""

import pandas as pd
import pytest

from auditlab.numerals import known, number, p_value
from auditlab.publish.formats import column_formats


def texts(values, *, column="x", table="t", labels=None):
    frame = pd.DataFrame({column: values})
    (shape,) = column_formats(frame, table=table, labels=labels)
    return [shape.text(value) for value in frame[column]]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.0042, "0.004"), (1.789, "1.79"), (21.52, "21.5"), (548.0, "548"), (17878.0, "17\u202f878")],
)
def test_a_number_keeps_about_three_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(None, "unknown"), (float("nan"), "unknown"), (0.0, "0.00"), (1.914, "1.91")]
)
def test_a_missing_number_is_unknown_and_not_zero(value, text):
    assert known(value, 2) == text


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "< 0.001"), (0.0042, "0.004"), (0.0764, "0.076"), (0.79, "0.79"), (1, "1.00")]
)
def test_a_p_value_is_never_zero(p, text):
    assert p_value(p) == text


def test_a_ratio_to_nothing_is_shown_as_a_sign():
    assert texts([float("inf"), -float("inf"), 2.5]) == ["∞", "-∞", "2.50"]


def test_the_numbers_of_a_column_have_the_same_decimals():
    assert texts([10.5, 5.0, 3.5]) == ["10.5", "5.0", "3.5"]
    assert texts([1.0, 0.857142]) == ["1.00", "0.86"]
    assert texts([4.0, 8.0]) == ["4", "8"]


def test_a_share_is_shown_in_percent_where_the_label_says_so():
    assert texts([0.458333], column="rate", labels={"rate": "rate [%]"}) == ["45.8"]
    assert texts([0.458333], column="rate", table="corrective_action_rates") == ["45.8"]


def test_flags_dates_and_counts_read_as_words():
    assert texts(pd.array([True, False, None], dtype="boolean")) == ["yes", "no", "unknown"]
    assert texts(pd.to_datetime(["2022-06-15", None])) == ["2022-06-15", "–"]
    assert texts(pd.to_datetime(["2022-06-15 10:30"])) == ["2022-06-15 10:30"]
    assert texts(pd.array([6848], dtype="Int64")) == ["6\u202f848"]


def test_words_of_a_vocabulary_lose_their_underscores_and_file_names_keep_them():
    assert texts(["on_time_closed_only"], column="measure", table="corrective_action_rates") == ["on time closed only"]
    assert texts(["incidents_new_tool.csv"], column="file", table="intake_ledger") == ["incidents_new_tool.csv"]


def test_the_word_for_a_missing_value_belongs_to_its_column():
    assert texts(pd.array([None], dtype="Float64"), column="odds_ratio") == ["no estimate"]


def test_a_year_is_a_name_and_not_a_number():
    assert texts([2023, 2024], column="year") == ["2023", "2024"]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.004509, 0.012176], ["0.0045", "0.0122"]),
        ([0.05, 0.0], ["0.05", "0.00"]),
        ([0.0123, None], ["0.012", "unknown"]),
        ([1.234, 0.004509], ["1.23", "0.00"]),
        ([1e-7], ["0.0000"]),
    ],
)
def test_numbers_that_are_all_small_show_two_digits(values, texts):
    frame = pd.DataFrame({"size": pd.array(values, dtype="Float64")})
    (shape,) = column_formats(frame, table="t")
    assert [shape.text(value) for value in frame["size"]] == texts


def test_the_unit_of_a_row_is_told_by_its_measure():
    frame = pd.DataFrame(
        {"measure": ["difference of shares", "rate ratio"], "before": [0.98, 0.5], "effect": [-0.0371, 1.25]}
    )
    before, effect = column_formats(frame, table="before_after", labels={"before": "before", "effect": "effect"})
    shown = [
        [own.text(value) for own, value in zip(form.by_row(frame), frame[form.name], strict=True)]
        for form in (before, effect)
    ]
    assert shown == [["98.0 %", "0.50"], ["-3.7 percentage points", "1.25"]]
