"""Single cells: what is read, what is changed, what is refused."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from auditlab.intake.moments import PLACEHOLDER_DATES, read_date, read_month, read_time
from auditlab.intake.values import clean_text, read_count, read_flag, read_number, read_share, read_text
from auditlab.settings import DateOrder

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


@pytest.mark.parametrize("word", ["NA", "N/A", "None", "NO", "null", "nan"])
def test_words_that_look_like_missing_values_stay_text(word):
    assert read_text(word).value == word


@pytest.mark.parametrize(
    ("cell", "text", "rule"),
    [
        ("8.2.6\u200b", "8.2.6", "invisible characters removed"),
        (" Brekke ", "Brekke", "spaces removed"),
        ("a\u00a0 b", "a b", "invisible characters removed"),
        ("plain", "plain", ""),
    ],
)
def test_padding_is_removed_and_told(cell, text, rule):
    reading = read_text(cell)
    assert (reading.value, reading.rule) == (text, rule)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(0.98, 0.98), (98, 0.98), ("98,0 %", 0.98), ("97.5%", 0.975), ("0,97", 0.97), (1, 1.0), (0, 0.0), ("100 %", 1.0)],
)
def test_shares_are_read_from_all_three_ways_of_writing_them(cell, expected):
    assert read_share(cell).value == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("cell", ["120 %", 240, "-3 %", -0.5, "good"])
def test_shares_outside_their_range_have_no_value(cell):
    reading = read_share(cell)
    assert reading.value is None
    assert reading.problem.startswith("not a")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("12,5", 12.5),
        ("1 200", 1200.0),
        (7, 7.0),
        ("-3", -3.0),
        ("1,234,567", 1234567.0),
    ],
)
def test_numbers_are_read_with_either_decimal_sign(cell, expected):
    assert read_number(cell).value == expected


@pytest.mark.parametrize("cell", ["-", "?", "n/a", "Unknown", None, ""])
def test_sentinels_are_missing_numbers_and_no_problem(cell):
    assert read_number(cell) == (None, "", "")


@pytest.mark.parametrize("cell", [True, dt.date(2020, 1, 1), "twelve", "1.2.3"])
def test_what_is_no_number_is_refused(cell):
    assert read_number(cell).problem == "not a number"


@pytest.mark.parametrize("cell", ["1,234", "1.234"])
def test_a_number_that_may_be_thousands_or_decimals_is_not_guessed(cell):
    assert read_number(cell).problem.startswith("the sign before the last three digits")


def test_counts_are_whole_and_not_negative():
    assert read_count(196.0).value == 196
    assert read_count("196").value == 196
    assert read_count("12,345").value == read_count("12.345").value == 12345
    assert read_count(1.5).problem == read_count(-1).problem == "not a whole number from 0 upward"
    assert read_count("99999999999999999999").problem == read_count(1e30).problem
    assert "is no count" in str(read_count(2**53 + 2).problem)
    assert read_count(2**53).value == 2**53


@pytest.mark.parametrize(
    ("cell", "expected"), [("Yes", True), ("x", True), ("Nein", False), ("0", False), (1, True), (None, None)]
)
def test_flags_are_read_from_the_words_people_use(cell, expected):
    assert read_flag(cell).value is expected


def test_a_flag_that_is_neither_is_refused():
    assert read_flag("maybe").problem == "neither yes nor no"


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("03/04/2022 09:15", DAY, dt.datetime(2022, 4, 3, 9, 15)),
        ("03/04/2022 09:15", MONTH, dt.datetime(2022, 3, 4, 9, 15)),
        ("Mon 04/03/2022", DAY, dt.datetime(2022, 3, 4)),
        ("04/03/2022 09:15 UTC", DAY, dt.datetime(2022, 3, 4, 9, 15)),
        ("04/03/2022 9:15:00 PM", MONTH, dt.datetime(2022, 4, 3, 21, 15)),
        ("13.04.2022", None, dt.datetime(2022, 4, 13)),
        ("2022-04-03 09:15:30", None, dt.datetime(2022, 4, 3, 9, 15, 30)),
        ("2022-04-03T10:15:00+02:00", None, dt.datetime(2022, 4, 3, 8, 15)),
        ("3 Apr 2022", None, dt.datetime(2022, 4, 3)),
        (44654.5, None, dt.datetime(2022, 4, 3, 12)),
        (dt.date(2022, 4, 3), None, dt.datetime(2022, 4, 3)),
    ],
)
def test_moments_are_read_from_every_form(cell, order, expected):
    assert read_time(cell, order=order).value == expected


SEVERAL_ZONES = "a time zone that is not known, or several have its name; write the offset, such as +02:00"


@pytest.mark.parametrize(
    ("cell", "order", "problem"),
    [
        ("03/04/2022", None, "day and month cannot be told apart"),
        ("13/13/2022", DAY, "no such day in the calendar"),
        ("31/02/2023", None, "no such day in the calendar"),
        ("03/13/2022", DAY, "no such date when read day-first"),
        ("soon", DAY, "not a date"),
        ("2022-04-03 09:15 CST", DAY, SEVERAL_ZONES),
        ("week 2, 04/03/2022", DAY, "a date with words or signs that cannot be told apart"),
        (12, DAY, "a number that is no date"),
        ("Q3", DAY, "not a date"),
    ],
)
def test_what_is_no_moment_says_why(cell, order, problem):
    assert read_time(cell, order=order) == (None, "", problem)


@pytest.mark.parametrize("cell", ["2022-04", "04/2022", "Apr 2022", "2022-04-17", dt.datetime(2022, 4, 30)])
def test_months_are_their_first_day(cell):
    assert read_month(cell, order=None).value == dt.datetime(2022, 4, 1)


def test_a_month_that_does_not_exist_is_refused():
    assert read_month("13/2022", order=None).problem == "no such month"


@given(
    st.datetimes(min_value=dt.datetime(1960, 1, 1), max_value=dt.datetime(2068, 12, 31)), st.sampled_from([DAY, MONTH])
)
def test_every_date_survives_being_written_in_either_order(moment, order):
    assume(moment.date().isoformat() not in PLACEHOLDER_DATES)
    pattern = "%d/%m/%Y" if order is DAY else "%m/%d/%Y"
    assert read_date(moment.strftime(pattern), order=order).value == dt.datetime(moment.year, moment.month, moment.day)


@given(st.text())
def test_cleaning_a_text_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)
