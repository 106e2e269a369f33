"""Dates and times: names of months, placeholders, numbers, columns read in one stroke."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.intake import open_engagement
from auditlab.intake.columns import OrderEvidence, joint_evidence, order_evidence
from auditlab.intake.dates_alike import read_alike
from auditlab.intake.moments import PLACEHOLDER, read_month, read_time
from auditlab.intake.month_names import month_numbers
from auditlab.intake.time_headers import joined_moments, time_of_day_columns
from auditlab.intake.time_zones import split_zone
from auditlab.settings import DateOrder


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("25/Feb/26 10:17 PM", dt.datetime(2026, 2, 25, 22, 17)),  # Jira
        ("25/févr./26 10:17", dt.datetime(2026, 2, 25, 10, 17)),
        ("3. März 2024", dt.datetime(2024, 3, 3)),
        ("3 Maerz 2024 14:05 Uhr", dt.datetime(2024, 3, 3, 14, 5)),
        ("12 août 2023", dt.datetime(2023, 8, 12)),
        ("1er janvier 2024", dt.datetime(2024, 1, 1)),
        ("5 de mayo de 2023", dt.datetime(2023, 5, 5)),
        ("7 de março de 2023", dt.datetime(2023, 3, 7)),
        ("9 mrt 2023", dt.datetime(2023, 3, 9)),
        ("2 giugno 2023", dt.datetime(2023, 6, 2)),
        ("Jan 5, 2024, 02:15 PM", dt.datetime(2024, 1, 5, 14, 15)),
        ("2021-03-24T08:15:13.867+0000", dt.datetime(2021, 3, 24, 8, 15, 13, 867_000)),  # TOPdesk
        ("44561,5", dt.datetime(2021, 12, 31, 12)),  # a serial number stored as text
        (1_700_000_000, dt.datetime(2023, 11, 14, 22, 13, 20)),  # Remedy, raw: seconds since 1970
    ],
)
def test_a_moment_is_read_in_seven_languages_and_as_a_number(cell, moment):
    assert read_time(cell, order=None).value == moment


@pytest.mark.parametrize("cell", ["1900-01-01", dt.datetime(1900, 1, 1), "9999-12-31", "1899-12-30 00:00"])
def test_a_placeholder_is_no_date(cell):
    assert read_time(cell, order=None) == (None, PLACEHOLDER, "")


@pytest.mark.parametrize("cell", ["Unknown ", "- Unknown", "Unkonwn", "?", "unbekannt"])
def test_words_for_unknown_are_missing_also_misspelt(cell):
    assert read_time(cell, order=None) == (None, "", "")


@pytest.mark.parametrize(("cell", "month"), [("März 2024", 3), ("Avr-23", 4), ("dicembre 2022", 12), ("Okt 2022", 10)])
def test_a_month_by_name(cell, month):
    assert read_month(cell, order=None).value.month == month


@settings(max_examples=50, deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31)), st.sampled_from(sorted(month_numbers())))
def test_a_date_with_the_name_of_its_month_comes_back(day, name):
    day = day.replace(month=month_numbers()[name], day=min(day.day, 28))
    assert read_time(f"{day.day}. {name} {day.year}", order=None).value == dt.datetime(day.year, day.month, day.day)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.datetimes(dt.datetime(1980, 1, 1), dt.datetime(2060, 1, 1)), min_size=25, max_size=40, unique=True),
    st.sampled_from(["%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d.%m.%Y", "%m/%d/%Y"]),
)
def test_a_column_read_in_one_stroke_agrees_with_the_reader_of_cells(moments, form):
    order = DateOrder.MONTH_FIRST if form.startswith("%m") else DateOrder.DAY_FIRST
    cells = [moment.strftime(form) for moment in moments]
    found = read_alike(cells, order=order)
    assert len(found) == len(cells)
    assert [found[index] for index in range(len(cells))] == [read_time(cell, order=order).value for cell in cells]


def test_a_column_in_one_stroke_leaves_what_is_no_date():
    cells = [f"{day:02d}/04/2022" for day in range(1, 29)] + ["31/04/2022", "soon", "1900-01-01"]
    assert set(read_alike(cells, order=DateOrder.DAY_FIRST)) == set(range(28))
    assert read_alike(cells, order=None) == {}


def test_a_date_and_its_time_of_day_in_two_columns_are_one_moment():
    headers = {1: "Date Event Began", 2: "Time Event Began", 3: "Date of Restoration", 4: "Time of Restoration"}
    found = time_of_day_columns(
        {"start": 1, "end": 3}, {"Time Event Began": 2, "Time of Restoration": 4}, headers, table="outages"
    )
    assert found == {"start": 2, "end": 4}
    dates = [dt.datetime(2024, 1, 2), "03/04/2022", dt.date(2024, 1, 2), dt.datetime(2024, 1, 2), None, "2024-01-02"]
    times = [dt.time(7, 4), "07:04", 0.5, None, "07:04", "unknown"]
    assert joined_moments(dates, times) == [
        dt.datetime(2024, 1, 2, 7, 4),
        "03/04/2022 07:04",
        dt.datetime(2024, 1, 2, 12),
        dt.datetime(2024, 1, 2),
        None,
        "2024-01-02",
    ]


def test_columns_that_mix_both_orders_do_not_speak_for_their_sheet():
    mixed = OrderEvidence(day_first=9, month_first=9, open=0)
    plain = OrderEvidence(day_first=3, month_first=0, open=4)
    assert joint_evidence([mixed, plain]) == plain
    assert plain.proven
    assert not joint_evidence([plain, OrderEvidence(day_first=0, month_first=1, open=0)]).proven


def test_a_column_without_proof_takes_the_order_of_its_sheet(folder):
    rows = ["number,opened_at,resolved_at,priority,business_service,location"]
    rows += [f"I{day},{day}/04/2022 09:15,03/05/2022 10:00,P1,,A" for day in (13, 14, 15)]
    lab = open_engagement(folder.text("i.csv", "\n".join(rows)).path)
    assert set(lab.tables.incidents["resolved"]) == {dt.datetime(2022, 5, 3, 10)}
    assert lab.open_questions.empty


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-01-13 08:00 CET", dt.datetime(2024, 1, 13, 7)),
        ("13/01/2024 08:00:00 EST", dt.datetime(2024, 1, 13, 13)),
        ("13.01.2024 08:00 MEZ", dt.datetime(2024, 1, 13, 7)),
        ("2024-07-13 08:00 Europe/Berlin", dt.datetime(2024, 7, 13, 6)),
        ("2024-01-13 08:00 Europe/Berlin", dt.datetime(2024, 1, 13, 7)),
        ("25/Feb/26 10:17 PM (America/New_York)", dt.datetime(2026, 2, 26, 3, 17)),
        ("2024-01-13 08:00 UTC", dt.datetime(2024, 1, 13, 8)),
        ("2024-10-27 02:30 Europe/Berlin", dt.datetime(2024, 10, 27, 0, 30)),  # exists twice: the first
    ],
)
def test_a_moment_with_the_name_of_its_zone_becomes_utc_and_the_rule_says_so(cell, moment):
    reading = read_time(cell, order=DateOrder.DAY_FIRST)
    assert reading.value == moment
    assert "turned into UTC" in reading.rule


@pytest.mark.parametrize("cell", ["2024-01-13 08:00 CST", "2024-01-13 08:00 BST", "2024-01-13 08:00 XYZT"])
def test_a_name_of_several_zones_or_of_none_is_no_moment(cell):
    assert "several have its name" in read_time(cell, order=None).problem


def test_an_offset_before_the_name_of_a_zone_says_all():
    assert split_zone("2024-01-13 08:00 +0100 (CET)") == ("2024-01-13 08:00 +0100", "")
    assert read_time("2024-01-13 08:00 +0100 (CET)", order=None).value == dt.datetime(2024, 1, 13, 7)


def test_the_order_of_digits_is_told_also_before_the_name_of_a_zone():
    assert order_evidence([f"{day}/01/2024 08:00 CET" for day in (13, 14, 15)]).proven


@pytest.mark.parametrize("text", ["Meeting at EST", "13/01/2024 CET", "", "CET", "08:00 Uhr"])
def test_without_a_time_of_day_there_is_no_zone(text):
    assert split_zone(text) == (text, "")
