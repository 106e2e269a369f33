"""What the settings of an engagement change in its plan, and what they are refused for."""

import pandas as pd
import pytest
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, Folder, finding

import auditlab
from auditlab import planning
from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.planning.elements import REQUIRED

BASE = 'name = "small"\nas_of = 2024-03-31\nseed = "a6927a03233027ae1fdad0b9fcdccc12"\n'
NEXT = '[next_audit]\ntype = "recertification"\nstart = 2024-06-11\nauditor_days = 3.0\n'
TEAM = [("Auditor", "Competence", "Languages"), ("P", "ISO/IEC 20000-1", "English"), ("Q", "ISO/IEC 20000-1", "")]
TABLE_TIME = """[plan]
travel_minutes = 120
remote_share = 0.25
[plan.table_time]
persons = 80
bands = [{persons_from = 1, persons_to = 100, days = 6.0}]
factors = [{name = "combined audit", change = -0.1, justification = "shared parts once"}]
"""
CYCLE = "[plan.cycle]\nsites_a_year = [[1, 2], [2, 2]]\nminutes_a_visit = 420\n"
LOST = '[[plan.lost]]\nauditor = "P"\nday = 1\nstart = 09:30:00\nend = 10:00:00\nreason = "fire drill"\n'


def engagement(path, settings, *, team=True):
    path.mkdir(exist_ok=True)
    sheets = {
        "Findings": [FINDING_HEADERS, finding(), finding("F2", site="B", clause="9.2")],
        "Audits": [AUDIT_HEADERS, AUDIT],
        "Sites": SITES,
    }
    if team:
        sheets["Auditors"] = TEAM
    return auditlab.open_engagement(Folder(path).settings(BASE + settings).workbook("book.xlsx", **sheets).path)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    contacts = '[plan.elements]\ncontacts = ["Ask for the SMS manager at the gate."]\n'
    lab = engagement(tmp_path_factory.mktemp("small") / "e", NEXT + TABLE_TIME + contacts + CYCLE + LOST)
    return lab, planning.plan(lab)


def test_a_sentence_of_the_settings_takes_the_place_of_the_general_one(planned):
    said = {element.name: element.lines for element in planned[1].elements}
    assert said["contacts"] == ("Ask for the SMS manager at the gate.",)
    assert list(said) == list(REQUIRED)
    assert "of these 360 minutes remote. Travel of 120 minutes is not included." in said["places_and_times"][1]


def test_days_somebody_set_win_over_those_of_the_table_and_both_are_said(planned):
    """6.0 days less 10 %, two thirds of it for a recertification: 3.6, rounded up to 4.0."""
    lab, made = planned
    assert made.time is not None
    assert made.time.days == 4.0
    assert made.budget_minutes == 1440
    assert planning.days_and_years_said(lab, made.time) == (
        "The table gives 4 auditor-days; the plan follows the 3 that [next_audit] sets."
    )


def test_the_years_after_the_audit_examine_every_clause_and_keep_the_central_function(planned):
    cycle = planned[1].cycle
    assert cycle.clashes.empty
    assert {("A", 1), ("A", 2)} <= set(zip(cycle.visits["site"], cycle.visits["year"], strict=True))
    assert (cycle.visits["minutes"] <= 420).all()
    assert set(cycle.examined["clause"]) == set(planned[1].minutes.cells["clause"])


def test_time_lost_on_the_day_moves_or_is_dropped_and_the_minutes_stay(planned):
    made = planned[1]
    assert made.changes.sessions["minutes"].sum() == made.budget_minutes
    assert made.changes.differences["minutes"].sum() == 30
    assert set(made.changes.differences["reason"]) == {"fire drill"}
    assert "lost" not in set(made.timetable.sessions["kind"])


def test_the_table_gives_the_days_where_nobody_set_any(tmp_path):
    lab = engagement(tmp_path / "e", NEXT.replace("auditor_days = 3.0\n", "") + TABLE_TIME, team=False)
    time = planning.time_of(lab)
    assert time is not None
    assert planning.days_and_years_said(lab, time).startswith("The plan follows the table: 4 auditor-days.")
    # The next thing that is missing is the team: four days of 480 minutes were accepted as a budget.
    assert "no list of auditors" in planning.plan_or_reason(lab)[1]


CELLS = pd.DataFrame({"site": ["A"], "clause": ["9.2"], "rank": [1], "leaves": [1], "score": [0.0]})


@pytest.mark.parametrize(
    ("settings", "ranked", "message"),
    [
        (
            NEXT.replace("auditor_days = 3.0\n", ""),
            CELLS,
            r"The next audit has no auditor_days.*Set auditor_days below",
        ),
        (
            NEXT.replace("start = 2024-06-11\n", ""),
            CELLS,
            r"The next audit has no start.*Set start below \[next_audit\]",
        ),
        (NEXT, CELLS.head(0), "There is no cell to plan for. Hand over audits with sites"),
        (NEXT, CELLS, "There is no list of auditors, so there is no team. Hand over codes with competence"),
    ],
)
def test_a_plan_that_lacks_its_ground_says_what_to_hand_over(tmp_path, settings, ranked, message):
    lab = engagement(tmp_path / "e", settings, team=False)
    with pytest.raises(NotEnoughDataError, match=message):
        planning.plan(lab, ranked=ranked)


def test_an_element_emptied_in_the_settings_is_refused_by_name(tmp_path):
    lab = engagement(tmp_path / "e", NEXT + "[plan.elements]\ncontacts = []\n")
    with pytest.raises(ArgumentError, match=r"The audit plan lacks: contacts \(contacts of the auditee\)"):
        planning.plan(lab)


def test_nothing_stated_says_what_to_state(tmp_path):
    lab = engagement(tmp_path / "e", NEXT)
    said = planning.days_and_years_said(lab, planning.time_of(lab))
    assert "set [plan.table_time] with persons and your own bands" in said
    assert "set [plan.cycle] with sites_a_year and minutes_a_visit" in said
    assert planning.cycle_ahead(lab, CELLS).visits.empty
    assert planning.time_steps(None).empty


def test_the_plan_names_its_clock_where_a_site_has_another(tmp_path):
    zones = '[plan]\nzone = "Europe/Oslo"\nzones = {B = "Asia/Singapore"}\n'
    said = {element.name: element.lines for element in planning.plan(engagement(tmp_path / "e", NEXT + zones)).elements}
    assert said["places_and_times"][-1] == (
        "Times are those of Europe/Oslo; the time at a site with another clock stands beside it."
    )
