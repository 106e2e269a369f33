"""Nobody is in two places, nobody audits own work, and every minute has its place."""

from datetime import date, datetime, time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.planning.changes_on_site import Loss, burn_down, replan
from auditlab.planning.joined import joined_sessions
from auditlab.planning.team import Conflict, ConflictKind, audit_team
from auditlab.planning.timetable import timetable
from auditlab.planning.timetable_parts import Absence, Clock, Shift, Work
from auditlab.planning.workdays import workdays

DAY = date(2024, 6, 11)
AUDITORS = pd.DataFrame(
    {
        "auditor": ["P", "Q", "R"],
        "competence": ["ISO/IEC 20000-1, ISO 22301", "ISO/IEC 20000-1", "ISO 9001"],
        "languages": ["English, Norwegian", "English", "English"],
    },
    dtype="str",
)


def advice(auditor, until):
    return Conflict(auditor=auditor, kind=ConflictKind.ADVICE, reason="built the CMDB", until=until)


def test_the_team_is_whoever_is_competent_and_free():
    team = audit_team(AUDITORS, on=DAY, lead="Q")
    assert team.members == ("Q", "P")
    assert team.roster.set_index("auditor")["role"].to_dict() == {"P": "auditor", "Q": "leader", "R": "not in the team"}
    assert team.roster["reason"].iloc[2] == "no competence for ISO/IEC 20000-1 is on record"
    named = audit_team(AUDITORS, on=DAY, team=["Q"]).roster.set_index("auditor")["reason"].to_dict()
    assert named == {
        "P": "not named for this audit", "Q": "", "R": "no competence for ISO/IEC 20000-1 is on record",
    }  # fmt: skip


def test_advice_bars_for_two_years_and_not_longer():
    assert audit_team(AUDITORS, on=DAY, conflicts=[advice("P", date(2022, 6, 10))]).members == ("P", "Q")
    assert audit_team(AUDITORS, on=DAY, conflicts=[advice("P", date(2022, 6, 12))]).members == ("Q",)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"team": ["Z"]}, "The auditor Z is not in the list"),
        ({"team": ["R"]}, "R cannot be in the team: no competence"),
        ({"team": ["Q"], "language": "Norwegian"}, "Q cannot be in the team: does not speak Norwegian"),
        ({"team": ["P"], "conflicts": [advice("P", date(2023, 1, 1))]}, "advised the client within 2 years"),
        ({"language": "Danish"}, "Nobody is left for the team"),
        ({"team": ["P"], "lead": "Q"}, "The leader Q is not in the team"),
    ],
)
def test_a_team_that_cannot_be_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        audit_team(AUDITORS, on=DAY, **options)


def one_day(auditors, *, site="A"):
    """A day of 480 minutes at one site: 210 and 180 minutes for each auditor after the meetings."""
    days = workdays(480 * auditors, auditors=auditors)
    table = pd.DataFrame(
        {"site": site, "day": 1, "half": ["morning", "afternoon"], "auditors": auditors, "minutes": [210, 180]}
    )
    return days, table


def item(clause, minutes, *roles, rank=1, system=""):
    return Work(site="A", clause=clause, minutes=minutes, roles=roles or (f"role {clause}",), rank=rank, system=system)


def test_a_day_with_its_meetings_adds_up_and_lunch_is_no_audit_time():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    made = timetable(
        [item("8.6.1", 200), item("9.2", 150)], site_days=table, reserves={"A": 40}, days=days, team=team,
        clock=Clock(first_day=DAY, zone="Europe/Oslo", zones={"A": "Europe/London"}),
    )  # fmt: skip
    rows = made.sessions[["start", "end", "kind", "clause", "minutes"]].to_numpy().tolist()
    assert rows[0] == ["09:00", "09:30", "opening", "", 30]
    assert rows[1] == ["09:30", "12:50", "examination", "8.6.1", 200]
    assert rows[-2:] == [["17:00", "17:15", "team", "", 15], ["17:15", "18:00", "closing", "", 45]]
    assert made.minutes == 480
    assert made.clashes.empty
    assert made.sessions["local_start"].iloc[0] == "08:00"


def test_weekends_are_no_days_of_the_audit():
    assert Clock(first_day=date(2024, 6, 14)).day(2) == date(2024, 6, 17)
    assert Clock(first_day=date(2024, 6, 14), working_days_only=False).day(2) == date(2024, 6, 15)


def test_one_system_is_shown_to_one_auditor_at_a_time():
    days, table = one_day(2)
    team = audit_team(AUDITORS, on=DAY)
    work = [item("8.2.5", 100, system="CMDB"), item("8.2.6", 100, system="CMDB"), item("9.2", 400)]
    made = timetable(work, site_days=table, reserves={"A": 180}, days=days, team=team, clock=Clock(first_day=DAY))
    both = made.sessions[made.sessions["clause"].isin(["8.2.5", "8.2.6"])].sort_values("start")
    assert (both["end"].iloc[:-1].to_numpy() <= both["start"].iloc[1:].to_numpy()).all()


def test_work_nobody_may_examine_is_named_and_given_to_nobody():
    days, table = one_day(1)
    own = Conflict(auditor="P", kind=ConflictKind.OWN_WORK, reason="wrote it", clause="8.6")
    team = audit_team(AUDITORS, on=DAY, team=["P"], conflicts=[own])
    made = timetable(
        [item("8.6.1", 190), item("8.60", 200)], site_days=table, reserves={}, days=days, team=team,
        clock=Clock(first_day=DAY),
    )  # fmt: skip
    assert set(made.sessions["clause"]) == {"", "8.60"}
    assert made.clashes["sentence"].tolist() == [
        "8.6.1 at A: 190 of 190 minutes have no place (nobody in the team may examine it: wrote it)."
    ]
    assert made.minutes == 480
    assert made.sessions.loc[made.sessions["kind"] == "not placed", "minutes"].sum() == 190


def test_an_absent_interviewee_is_met_at_another_time():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    away = Absence(role="CISO", site="A", day=1, end=time(13))
    made = timetable(
        [item("8.7.3", 100, "CISO"), item("9.2", 290)], site_days=table, reserves={}, days=days, team=team,
        clock=Clock(first_day=DAY), absences=[away],
    )  # fmt: skip
    met = made.sessions[made.sessions["interviewee"] == "CISO"]
    assert met["minutes"].sum() == 100
    assert (met["start"] >= "13:00").all()


ROLES = st.sets(st.sampled_from("abcd"), min_size=1, max_size=2)
WORK = st.lists(st.tuples(st.integers(3, 20), ROLES), min_size=1, max_size=14)


@settings(max_examples=40, deadline=None)
@given(parts=WORK, auditors=st.integers(1, 2), own=st.integers(0, 3))
def test_no_clash_of_auditor_or_interviewee_and_no_own_work(parts, auditors, own):
    days, table = one_day(auditors)
    room = 390 * auditors
    work = []
    for place, (fives, roles) in enumerate(parts):
        minutes = min(5 * fives, room - sum(one.minutes for one in work))
        if minutes:
            work.append(item(f"8.{place}", minutes, *sorted(roles), rank=place))
    conflicts = [
        Conflict(auditor="P", kind=ConflictKind.OWN_WORK, reason="own", clause=f"8.{number}") for number in range(own)
    ]
    team = audit_team(AUDITORS, on=DAY, team=["P", "Q"][:auditors], conflicts=conflicts)
    reserve = room - sum(one.minutes for one in work)
    made = timetable(work, site_days=table, reserves={"A": reserve}, days=days, team=team, clock=Clock(first_day=DAY))
    assert made.minutes == 480 * auditors
    held = made.sessions
    for _, rows in held.sort_values("start").groupby("auditor"):
        assert (rows["end"].iloc[:-1].to_numpy() <= rows["start"].iloc[1:].to_numpy()).all()
    for _, rows in held[held["interviewee"] != ""].sort_values("start").groupby("interviewee"):
        assert (rows["end"].iloc[:-1].to_numpy() <= rows["start"].iloc[1:].to_numpy()).all()
    for row in held.itertuples():
        assert not row.clause or team.may_examine(row.auditor, site=row.site, clause=row.clause)
    placed = held[held["kind"] == "examination"].groupby("clause")["minutes"].sum()
    unplaced = made.clashes.set_index("clause")["minutes"]
    for one in work:
        assert placed.get(one.clause, 0) + unplaced.get(one.clause, 0) == one.minutes


def small_plan():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    work = [item("8.6.1", 200), item("9.2", 100)]
    made = timetable(work, site_days=table, reserves={"A": 90}, days=days, team=team, clock=Clock(first_day=DAY))
    return made.sessions, team


def test_lost_time_moves_into_the_reserve_and_what_does_not_fit_is_listed():
    before, team = small_plan()
    lost = Loss(auditor="P", day=1, start="09:30", end="10:00", reason="fire drill")
    after = replan(before, losses=[lost], team=team)
    assert after.sessions["minutes"].sum() == 480
    told = after.differences[["clause", "before", "minutes", "what", "reason"]].to_numpy().tolist()
    assert told == [["8.6.1", "day 1, 09:30", 30, "moved", "fire drill"]]
    assert after.sessions.loc[after.sessions["kind"] == "lost", ["start", "end", "minutes"]].to_numpy().tolist() == [
        ["09:30", "10:00", 30]
    ]
    assert before["kind"].eq("lost").sum() == 0


def test_a_whole_lost_morning_fills_the_reserve_and_the_rest_is_dropped():
    before, team = small_plan()
    lost = Loss(auditor="P", day=1, start="09:00", end="13:00", reason="train strike")
    after = replan(before, losses=[lost], team=team)
    assert after.sessions["minutes"].sum() == 480
    assert after.differences.groupby("what")["minutes"].sum().to_dict() == {"dropped": 110, "moved": 90}
    assert after.sessions.loc[after.sessions["kind"] == "lost", "minutes"].sum() == 200
    assert not after.sessions["kind"].eq("contingency").any()


def test_of_a_lost_morning_the_duty_moves_into_the_reserve_and_the_rest_is_dropped():
    """9.2 is examined after 8.6.1; as a duty it moves first, and 8.6.1 gets the reserve that it leaves."""
    before, team = small_plan()
    held = before[before["kind"] == "examination"].groupby("clause")["end"].max()
    assert held["8.6.1"] < held["9.2"]
    lost = Loss(auditor="P", day=1, start="09:30", end=held["9.2"], reason="train strike")
    after = replan(before, losses=[lost], team=team, order={("A", "9.2"): 0, ("A", "8.6.1"): 1}).differences
    moved = after[after["what"] == "moved"].groupby("clause")["minutes"].sum().to_dict()
    assert moved == {"9.2": 90}


def test_a_reserve_inside_the_lost_time_is_lost_and_takes_nothing():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    work = [item("8.6.1", 30)]
    made = timetable(work, site_days=table, reserves={"A": 360}, days=days, team=team, clock=Clock(first_day=DAY))
    lost = Loss(auditor="P", day=1, start="09:30", end="11:00", reason="fire drill")
    after = replan(made.sessions, losses=[lost], team=team)
    held = after.sessions[after.sessions["kind"] == "examination"]
    assert held["start"].min() >= "11:00"
    assert held["minutes"].sum() == 30
    assert after.sessions["minutes"].sum() == made.minutes
    assert after.differences[["clause", "minutes", "what"]].to_numpy().tolist() == [["8.6.1", 30, "moved"]]


@pytest.mark.parametrize(
    ("loss", "message"),
    [
        (Loss(auditor="P", day=1, start="09:30", end="10:00", reason=" "), "has no reason"),
        (Loss(auditor="P", day=2, start="09:30", end="10:00", reason="x"), "P examines nothing on day 2"),
    ],
)
def test_a_loss_that_says_nothing_is_refused(loss, message):
    before, team = small_plan()
    with pytest.raises(ArgumentError, match=message):
        replan(before, losses=[loss], team=team)


def test_planned_and_used_minutes_stand_side_by_side():
    planned = pd.DataFrame({"site": "A", "clause": ["8.6.1", "9.2", "9.3", "9.1"], "minutes": [60, 30, 20, 15]})
    used = pd.DataFrame({"site": "A", "clause": ["8.6.1", "8.6.1", "9.2", "9.3", "7.2"], "minutes": [50, 25, 10, 0, 5]})
    table = burn_down(planned, used)
    assert table[["clause", "planned", "used", "left", "over", "residual"]].to_numpy().tolist() == [
        ["8.6.1", 60, 75, 0, 15, ""],
        ["9.2", 30, 10, 20, 0, "examined in less depth than planned"],
        ["9.3", 20, 0, 20, 0, "not examined"],
        ["9.1", 15, pd.NA, pd.NA, pd.NA, "no time is recorded yet"],
        ["7.2", 0, 5, 0, 5, ""],
    ]


def test_a_line_of_the_time_log_without_minutes_is_no_time_of_zero():
    planned = pd.DataFrame({"site": "A", "clause": ["8.6.1", "9.2"], "minutes": [60, 30]})
    minutes = pd.array([pd.NA, pd.NA, 20], dtype="Int64")
    used = pd.DataFrame({"site": "A", "clause": ["8.6.1", "9.2", "9.2"], "minutes": minutes})
    table = burn_down(planned, used)
    assert table["used"].tolist() == [pd.NA, 20]
    assert table["residual"].tolist() == ["no time is recorded yet", "examined in less depth than planned"]


def test_short_cells_of_one_person_follow_each_other_and_are_joined():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    work = [
        item("4.1", 15, "Top", rank=1), item("8.6.1", 75, "Desk", rank=2), item("5.1", 15, "Top", rank=3),
        item("9.3", 30, "SMS", "Top", rank=4),
    ]  # fmt: skip
    made = timetable(work, site_days=table, reserves={"A": 255}, days=days, team=team, clock=Clock(first_day=DAY))
    joined = joined_sessions(made.sessions)
    held = joined.loc[joined["kind"] == "examination", ["start", "end", "clause", "interviewee", "minutes"]]
    assert held.to_numpy().tolist() == [
        ["09:30", "10:00", "4.1, 5.1", "Top", 30],
        ["10:00", "11:15", "8.6.1", "Desk", 75],
        ["11:15", "11:45", "9.3", "SMS", 30],
    ]
    assert joined["minutes"].sum() == made.minutes
    assert list(joined.columns) == list(made.sessions.columns)


def test_a_clause_that_goes_on_at_once_is_named_once():
    sessions, _ = small_plan()
    twice = sessions[sessions["clause"] == "9.2"].iloc[[0, 0]].assign(
        start=["14:00", "14:50"], end=["14:50", "15:40"], minutes=[50, 50]
    )  # fmt: skip
    assert joined_sessions(twice)[["end", "clause", "minutes"]].to_numpy().tolist() == [["15:40", "9.2", 100]]


@pytest.mark.parametrize(
    ("first", "starts"),
    [
        (190, ["09:30", "12:40", "14:30"]),  # the second cell runs over by 30 minutes, lunch ends so much later
        (160, ["09:30", "12:10", "14:00"]),  # it fits to the minute
        (205, ["09:30", "13:55", "14:45"]),  # 5 minutes before lunch: lunch begins at once
    ],
)
def test_no_cell_is_cut_for_lunch_and_lunch_keeps_its_hour(first, starts):
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    work = [
        item("8.6.1", first, "Desk", rank=1),
        item("8.6.2", 50, "Owner", rank=2),
        item("8.6.3", 130, "Root", rank=3),
    ]
    reserve = 390 - sum(one.minutes for one in work)
    made = timetable(work, site_days=table, reserves={"A": reserve}, days=days, team=team, clock=Clock(first_day=DAY))
    held = made.sessions[made.sessions["kind"] == "examination"]
    assert held["clause"].tolist() == ["8.6.1", "8.6.2", "8.6.3"]
    assert made.minutes == 480
    assert "not placed" not in set(made.sessions["kind"])
    assert held["start"].tolist() == starts
    assert made.sessions["end"].max() == "18:00"


@pytest.mark.parametrize("fives", range(3, 40, 4))
def test_no_interview_is_shorter_than_a_quarter_of_an_hour(fives):
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    work = [item(f"8.{place}", minutes, rank=place) for place, minutes in enumerate([5 * fives, 35, 50, 20, 15])]
    reserve = 390 - sum(one.minutes for one in work)
    made = timetable(work, site_days=table, reserves={"A": reserve}, days=days, team=team, clock=Clock(first_day=DAY))
    assert made.sessions.loc[made.sessions["kind"] == "examination", "minutes"].min() >= 15
    assert made.clashes.empty


def test_a_night_shift_is_met_while_it_works_on_the_clock_of_the_site():
    """Singapore is six hours ahead of Oslo in June: the shift from 20:00 to 04:00 works from 14:00 in Oslo."""
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    night = Shift(site="A", start=time(20), end=time(4), role="Operators")
    made = timetable(
        [item("8.6.1", 100, "Operators", rank=1), item("9.2", 150, rank=2)], site_days=table, reserves={"A": 140},
        days=days, team=team, clock=Clock(first_day=DAY, zone="Europe/Oslo", zones={"A": "Asia/Singapore"}),
        shifts=[night],
    )  # fmt: skip
    met = made.sessions[made.sessions["interviewee"] == "Operators"]
    assert met["minutes"].sum() == 100
    assert met["start"].min() >= "14:00"
    assert met["local_start"].min() >= "20:00"


def test_work_of_people_who_never_work_by_day_is_named():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    made = timetable(
        [item("8.6.1", 60, "Operators")], site_days=table, reserves={"A": 330}, days=days, team=team,
        clock=Clock(first_day=DAY), shifts=[Shift(site="A", start=time(22), end=time(6))],
    )  # fmt: skip
    assert made.clashes["sentence"].tolist() == [
        "8.6.1 at A: 60 of 60 minutes have no place (shift of the interviewee)."
    ]


def test_a_shift_without_an_end_of_its_own_lasts_the_whole_day():
    assert Shift(site="A", start=time(6), end=time(6)).length == 24 * 60
    assert Shift(site="A", start=time(22), end=time(6)).left(datetime(2024, 6, 11, 1, 30)) == 270
    assert Shift(site="A", start=time(22), end=time(6)).left(datetime(2024, 6, 11, 6, 0)) == 0


def test_a_clause_goes_to_whoever_has_its_competence_and_a_site_to_its_language():
    team = audit_team(AUDITORS, on=DAY, clause_competences={"8.7.2": "ISO 22301"}, site_languages={"N": "Norwegian"})
    assert team.members == ("P", "Q")
    assert team.may_examine("P", site="A", clause="8.7.2")
    assert not team.may_examine("Q", site="A", clause="8.7.2")
    assert team.may_examine("Q", site="A", clause="8.7.3")
    assert not team.may_examine("Q", site="N", clause="9.2")
    assert team.why_not(site="N", clause="9.2") == "does not speak Norwegian"
    barred = team.roster.set_index("auditor")["barred"]
    assert barred["Q"] == (
        "8.7.2 at all sites: no competence for ISO 22301 is on record; all clauses at N: does not speak Norwegian"
    )


def test_neighbouring_short_clauses_of_one_person_make_one_interview_and_nobody_speaks_for_top_management():
    days, table = one_day(1)
    team = audit_team(AUDITORS, on=DAY, team=["P"])
    work = [
        item("8.4.2", 60, "Capacity manager", rank=1), item("8.4.1", 15, "Finance", "Capacity manager", rank=2),
        item("8.7.3", 15, "CISO", "Capacity manager", rank=3), item("8.4.3", 15, "Top management", "Capacity manager", rank=4),
    ]  # fmt: skip
    made = timetable(work, site_days=table, reserves={"A": 285}, days=days, team=team, clock=Clock(first_day=DAY))
    met = made.sessions[made.sessions["kind"] == "examination"].set_index("clause")["interviewee"].to_dict()
    assert met == {
        "8.4.2": "Capacity manager", "8.4.1": "Capacity manager", "8.7.3": "CISO", "8.4.3": "Top management",
    }  # fmt: skip


def test_whoever_alone_may_examine_something_goes_where_it_is():
    """Two sites and two auditors; only P has ISO 22301, and the clause that needs it is at B."""
    days = workdays(960, auditors=2)
    halves = [("A", "morning"), ("A", "afternoon"), ("B", "morning"), ("B", "afternoon")]
    table = pd.DataFrame(
        [(site, 1, half, 1, 200) for site, half in halves], columns=["site", "day", "half", "auditors", "minutes"]
    )
    team = audit_team(AUDITORS, on=DAY, clause_competences={"8.7.2": "ISO 22301"})
    work = [
        Work(site="B", clause="8.7.2", minutes=60, roles=("Continuity manager",), rank=9),
        Work(site="A", clause="9.2", minutes=100, roles=("Internal audit lead",), rank=1),
    ]
    made = timetable(
        work, site_days=table, reserves={"A": 500, "B": 500}, days=days, team=team, clock=Clock(first_day=DAY)
    )
    assert made.clashes.empty
    held = made.sessions[made.sessions["kind"] == "examination"].set_index("clause")["auditor"].to_dict()
    assert held == {"8.7.2": "P", "9.2": "Q"}


def test_whoever_is_barred_from_a_site_stays_elsewhere():
    """Both begin at A; in the afternoon one of them is wanted at B, where the leader Q may examine nothing."""
    days = workdays(960, auditors=2)
    table = pd.DataFrame(
        {
            "site": ["A", "A", "B"], "day": 1, "half": ["morning", "afternoon", "afternoon"], "auditors": [2, 1, 1],
            "minutes": [210, 180, 180],
        }
    )  # fmt: skip
    own = Conflict(auditor="Q", kind=ConflictKind.OWN_WORK, reason="built B", site="B")
    team = audit_team(AUDITORS, on=DAY, lead="Q", conflicts=[own])
    work = [item("8.6.1", 60), Work(site="B", clause="9.2", minutes=60, roles=("Auditor",), rank=1)]
    made = timetable(
        work, site_days=table, reserves={"A": 540, "B": 120}, days=days, team=team, clock=Clock(first_day=DAY)
    )
    assert set(made.sessions.loc[made.sessions["site"] == "B", "auditor"]) == {"P"}
    assert made.clashes.empty


def test_lost_time_is_not_parted_into_minutes_nobody_sits_down_for():
    before, team = small_plan()
    spot = before.index[before["kind"] == "contingency"][0]
    parts = before.loc[[spot, spot]].assign(
        start=["15:30", "16:00"], end=["15:35", "17:00"], minutes=[5, 60], auditor=["P", "P"]
    )  # fmt: skip
    cut = pd.concat([before.drop(index=spot), parts], ignore_index=True)
    lost = Loss(auditor="P", day=1, start="09:30", end="10:00", reason="fire drill")
    assert replan(cut, losses=[lost], team=team).differences[["after", "minutes"]].to_numpy().tolist() == [
        ["day 1, 16:00", 30]
    ]


def test_a_busy_first_role_is_not_replaced_while_something_else_can_be_done():
    """P is with the SMS manager, top management with Q; 5.2 waits for top management and 9.1 comes before it."""
    days, table = one_day(2)
    team = audit_team(AUDITORS, on=DAY)
    work = [
        item("4.1", 60, "Top", rank=1), item("6.1", 45, "SMS", rank=2), item("5.2", 15, "Top", "SMS", rank=3),
        item("9.1", 15, "SLM", rank=4),
    ]  # fmt: skip
    made = timetable(work, site_days=table, reserves={"A": 645}, days=days, team=team, clock=Clock(first_day=DAY))
    met = made.sessions[made.sessions["kind"] == "examination"].set_index("clause")["interviewee"].to_dict()
    assert met == {"4.1": "Top", "6.1": "SMS", "5.2": "Top", "9.1": "SLM"}


def test_a_reserve_in_pieces_takes_a_lost_interview_in_one():
    before, team = small_plan()
    spot = before.index[before["kind"] == "contingency"][0]
    pieces = before.loc[[spot, spot]].assign(start=["15:30", "15:35"], end=["15:35", "17:00"], minutes=[5, 85])
    cut = pd.concat([before.drop(index=spot), pieces], ignore_index=True)
    lost = Loss(auditor="P", day=1, start="09:30", end="10:00", reason="fire drill")
    assert replan(cut, losses=[lost], team=team).differences[["after", "minutes"]].to_numpy().tolist() == [
        ["day 1, 15:30", 30]
    ]
