"""What is in scope, and how many minutes there are."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.planning.audit_time import Factor, audit_time, time_steps, whole_minutes
from auditlab.planning.criteria import audit_criteria, audit_objectives
from auditlab.planning.scope import objective_trace, other_parties, outside_scope, scope_grid, scope_sentence

SITES = pd.DataFrame({"site": ["A", "B"], "name": ["Aarlund", "Brekke"]}, dtype="str")
SERVICES = pd.DataFrame(
    {
        "service": ["S1", "S2", "S3"],
        "name": ["Mail", "WAN", "Cloud"],
        "sites": ["A", "A, B", None],
        "suppliers": [None, "X", "Y"],
    },
    dtype="str",
)


def test_every_cell_of_the_scope_is_in_out_or_not_applicable_with_its_reason():
    grid = scope_grid(SERVICES, SITES, excluded_services={"S3": "sold to another company"})
    assert grid["reason"].ne("").all()
    by = grid[grid["party"] == "own organisation"].set_index(["service", "site", "clause"])["state"]
    assert by["S1", "A", "8.6.1"] == "in"
    assert by["S1", "B", "8.6.1"] == "not_applicable"
    assert by["S3", "A", "8.6.1"] == "out"
    assert by["all", "B", "9.2.1"] == "in"
    assert ("S1", "A", "9.2.1") not in by.index
    assert set(grid.loc[grid["party"] == "X", "clause"]) == {"8.2.3.1", "8.2.3.2", "8.3.4.1", "8.3.4.2"}


def test_all_63_leaves_stand_in_the_grid():
    assert scope_grid(SERVICES, SITES)["clause"].nunique() == 63


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"excluded_clauses": {"8.2.5": "no assets"}}, "8.2.5 cannot be left out: ISO/IEC 20000-1 knows no exclusions"),
        ({"excluded_sites": {"Z": "closed"}}, "The excluded site Z is not in the list"),
        ({"excluded_services": {"S1": " "}}, "No reason is given for leaving out the service S1"),
    ],
)
def test_a_silent_or_impossible_exclusion_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        scope_grid(SERVICES, SITES, **options)


def test_services_and_sites_that_only_the_records_know_are_listed():
    tickets = pd.DataFrame({"service": ["S1", "S9", "S9", None], "site": ["A", "A", "D", None]})
    found = outside_scope({"incidents": tickets}, services=SERVICES, sites=SITES)
    assert found.to_numpy().tolist() == [["service", "S9", "incidents", 2], ["site", "D", "incidents", 1]]


def test_a_service_run_by_others_only_asks_whether_it_can_be_in_scope():
    standing = other_parties(SERVICES).set_index("service")["standing"]
    assert standing["S1"] == "own work only"
    assert standing["S2"] == "own work and other parties"
    assert standing["S3"].startswith("other parties only: ask")


def test_other_parties_are_told_apart_by_signs_and_not_by_blanks():
    named = SERVICES.assign(suppliers=["Nordic Data AB", "Nordic Data AB, Y; Z  Ltd\nW", " "])
    assert other_parties(named)["parties"].tolist() == ["Nordic Data AB", "Nordic Data AB, Y, Z Ltd, W", ""]
    assert "Nordic Data AB" in set(scope_grid(named, SITES)["party"])


def test_the_scope_is_said_in_one_sentence():
    grid = scope_grid(SERVICES, SITES, excluded_services={"S3": "sold"}, excluded_sites={"B": "closed"})
    said = scope_sentence(grid, client="Halden", services=SERVICES, sites=SITES)
    assert said == ("The service management system of Halden: Mail and WAN, from Aarlund; other parties involved: X.")


def test_an_objective_without_planned_time_is_shown_as_untouched():
    objectives = pd.DataFrame(
        {"objective": ["O1", "O2", "O3"], "service": ["S1", "", None], "clause": ["8.6", "9.4", None]}, dtype="str"
    )
    planned = pd.DataFrame({"clause": ["8.6.1", "8.6.3"], "minutes": [20, 15]})
    trace = objective_trace(objectives, planned)
    assert trace["standing"].tolist() == ["planned", "untouched", "no clause is named"]
    assert trace["minutes"].tolist() == [35, 0, 0]


def test_criteria_name_edition_and_amendment():
    assert (
        audit_criteria("2018", on=date(2024, 6, 11))[0] == "ISO/IEC 20000-1:2018 with Amendment 1:2024 (climate change)"
    )
    assert audit_criteria("2018", on=date(2023, 6, 11), own=["contract"])[0] == "ISO/IEC 20000-1:2018"
    with pytest.raises(ArgumentError, match="2011 can no longer be audited"):
        audit_criteria("2011", on=date(2024, 6, 11))


def test_objectives_follow_the_type_of_audit():
    assert "whole cycle" in audit_objectives("recertification")[0]
    with pytest.raises(ArgumentError, match="no objectives for the audit type 'tour'"):
        audit_objectives("tour")


TABLE = pd.DataFrame({"persons_from": [1, 101], "persons_to": [100, 500], "days": [6.0, 10.0]})


def test_six_days_of_eight_hours_are_2880_minutes():
    """The sample engagement."""
    assert whole_minutes(6.0) == 2880


@pytest.mark.parametrize(("days", "hours"), [(0.0, 8.0), (0.001, 8.0), (-1.0, 8.0)])
def test_days_that_make_no_whole_minutes_are_refused(days, hours):
    with pytest.raises(ArgumentError, match="a whole number of minutes above 0"):
        whole_minutes(days, hours_a_day=hours)


def test_the_sum_before_the_cap_stays_visible_and_is_warned_about():
    """10 days; reductions 20 + 25 = 45 %, capped at 30; one addition of 10 %: 10 x 0.8 x 2/3 = 5.33, up to 5.5."""
    factors = [
        Factor(name="already certified", change=-0.2, justification="27001 by the same body"),
        Factor(name="same shifts", change=-0.25, justification="three identical shifts"),
        Factor(name="complex", change=0.1, justification="payment regulation"),
    ]
    time = audit_time(TABLE, persons=225, audit_type="recertification", factors=factors, travel_minutes=300)
    assert (time.reductions, time.additions, time.applied) == (0.45, 0.1, -0.2)
    assert (time.days, time.minutes, time.capped) == (5.5, 2640, True)
    assert "sum to 45 % before the cap of 30 %" in time.warnings[0]
    assert time.travel_minutes == 300


def test_reductions_of_exactly_30_percent_are_within_the_cap():
    factors = [Factor(name=name, change=-0.1, justification="x") for name in "abc"]
    time = audit_time(TABLE, persons=225, audit_type="initial", factors=factors)
    assert (time.days, time.capped, time.warnings) == (7.0, False, ())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"persons": 900}, "no row of the table of audit times fit 900 persons"),
        ({"audit_type": "tour"}, "no share of the time for 'tour'"),
        ({"factors": [Factor(name="f", change=-0.1, justification=" ")]}, "factor f has no justification"),
        ({"factors": [Factor(name="f", change=-0.1, justification="x")] * 2}, "factor f stands twice"),
        ({"remote_share": 1.5}, "remote_share is 1.5"),
        ({"rounding": 0}, "rounding is 0"),
    ],
)
def test_a_calculation_nobody_can_defend_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        audit_time(TABLE, **({"persons": 50, "audit_type": "initial"} | options))


@settings(max_examples=50, deadline=None)
@given(changes=st.lists(st.integers(-40, 40), max_size=6), travel=st.integers(0, 900))
def test_travel_never_counts_and_time_never_falls_below_seventy_percent(changes, travel):
    factors = [Factor(name=f"f{place}", change=change / 100, justification="x") for place, change in enumerate(changes)]
    time = audit_time(TABLE, persons=50, audit_type="initial", factors=factors, travel_minutes=travel)
    assert time.minutes == round(time.days * 480)
    assert time.days >= 6 * 0.7
    assert time.days == audit_time(TABLE, persons=50, audit_type="initial", factors=factors).days


def test_every_step_to_the_days_can_be_read_with_its_justification():
    made = audit_time(
        TABLE, persons=60, audit_type="recertification",
        factors=[Factor(name="shifts", change=-0.35, justification="same work"), Factor(name="complex", change=0.1, justification="many tools")],
        travel_minutes=90, remote_share=0.1,
    )  # fmt: skip
    steps = time_steps(made)
    values = dict(zip(steps["step"], steps["value"], strict=True))
    assert values["days of the table"] == made.table_days
    assert values["shifts"] == -35
    assert values["reductions before the cap"] == 35
    assert values["change that applies"] == -20
    assert values["travel"] == 90
    assert values["remote"] == made.remote_minutes
    notes = dict(zip(steps["step"], steps["note"], strict=True))
    assert notes["shifts"] == "same work"
    assert notes["reductions before the cap"].startswith("Cut to the cap. The reductions sum to 35 %")
