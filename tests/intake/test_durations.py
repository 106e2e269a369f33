"""Durations as tools write them."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.intake.durations import read_minutes


@pytest.mark.parametrize(
    ("cell", "unit", "minutes"),
    [
        ("25 Days 21 Hours 1 Minute", "", 37_261),  # ServiceNow, label view: a day is 24 hours
        ("28800", "seconds", 480),  # ServiceNow, field names
        ("3h 20m", "", 200),
        ("-1:20", "", -80),  # Jira, time left
        ("\u22121:20", "", -80),  # with a typographic minus
        ("26:30", "", 1590),
        ("26:30:30", "", 1590.5),  # Freshservice: hours may exceed 24
        ("1 02:00:00", "", 1560),
        ("PT3H20M", "", 200),
        ("P1DT2H", "", 1560),
        ("-PT90S", "", -1.5),
        ("2 Wochen", "", 20_160),
        ("1 Tag 4 Std.", "", 1680),
        ("2 jours et 3 heures", "", 3060),
        ("3 días 2 horas", "", 4440),
        ("1 giorno, 2 ore", "", 1560),
        ("1 dag 3 uur", "", 1620),
        ("1,5 h", "", 90),
        ("4 hours", "", 240),
        (4, "hours", 240),
        (90.0, "", 90),
        (dt.timedelta(hours=30), "", 1800),
        (dt.time(3, 20), "", 200),
        (dt.datetime(1899, 12, 31, 6, 0), "", 1800),  # [h]:mm, 30 hours
        (dt.datetime(1904, 1, 2, 6, 0), "", 1800),  # the same in a workbook of 1904
    ],
)
def test_a_duration_is_read_as_minutes(cell, unit, minutes):
    assert read_minutes(cell, unit=unit).value == pytest.approx(minutes)


@pytest.mark.parametrize("cell", ["-", "?", "", None, "Unkonwn"])
def test_no_duration_is_missing_and_no_problem(cell):
    assert read_minutes(cell) == (None, "", "")


@pytest.mark.parametrize("cell", ["soon", "3:75", "2 fortnights", "3h and a bit", "P"])
def test_what_is_no_duration_is_said(cell):
    assert read_minutes(cell).problem == "not a duration"


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 500), st.integers(0, 23), st.integers(0, 59))
def test_every_way_of_writing_gives_the_same_minutes(days, hours, minutes):
    total = days * 1440 + hours * 60 + minutes
    written = [
        f"{days} Days {hours} Hours {minutes} Minutes",
        f"{days}d {hours}h {minutes}m",
        f"{days * 24 + hours}:{minutes:02d}",
        f"P{days}DT{hours}H{minutes}M",
        f"{days} Tage {hours} Stunden {minutes} Minuten",
        dt.timedelta(minutes=total),
    ]
    assert {read_minutes(cell).value for cell in written} == {float(total)}
    assert read_minutes(total * 60, unit="seconds").value == pytest.approx(total)
