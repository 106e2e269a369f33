"""Time zones that stand in the header of a column."""

import datetime as dt

import pytest
from engagements import cells_of

from auditlab.intake import open_engagement
from auditlab.intake.header_zones import ZONE_OF_HEADER, in_utc
from auditlab.intake.time_zones import zone_of
from auditlab.intake.values import Reading


def incidents(folder, header, *cells):
    rows = [f"number,{header},resolved_at,priority,business_service,location"]
    rows += [f"I{n},{cell},2024-01-31 10:00,P1,,A" for n, cell in enumerate(cells)]
    return open_engagement(folder.text("i.csv", "\n".join(rows)).path)


def test_the_zone_of_a_header_holds_for_every_cell_that_names_none(folder):
    lab = incidents(folder, "Opened (CET)", "2024-01-13 08:00", "2024-01-13 08:00 UTC")
    assert list(lab.tables.incidents["opened"]) == [dt.datetime(2024, 1, 13, 7), dt.datetime(2024, 1, 13, 8)]
    assert list(lab.tables.incidents["resolved"]) == [dt.datetime(2024, 1, 31, 10)] * 2
    assert (1, "repaired", ZONE_OF_HEADER, "CET", "UTC") in cells_of(lab, "opened")


def test_a_word_in_brackets_that_is_no_zone_changes_nothing(folder):
    lab = incidents(folder, "Opened (local)", "2024-01-13 08:00")
    assert list(lab.tables.incidents["opened"]) == [dt.datetime(2024, 1, 13, 8)]


def test_a_column_of_bare_days_is_not_moved_to_the_day_before():
    days = [Reading(dt.datetime(2024, 1, 13)), Reading(None)]
    assert in_utc(days, "CET") == days


@pytest.mark.parametrize(("name", "minutes"), [("UTC+2", 120), ("GMT-05:30", -330), ("CET", 60)])
def test_zones_are_known_by_name_and_by_their_distance_from_utc(name, minutes):
    assert zone_of(name).utcoffset(None) == dt.timedelta(minutes=minutes)


def test_a_distance_that_no_place_has_is_no_zone():
    assert zone_of("UTC+19") is None
