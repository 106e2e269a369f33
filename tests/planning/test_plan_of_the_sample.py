"""The plan of the sample engagement, read from the tables of a real run."""

import docx
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from auditlab.planning.elements import REQUIRED


@pytest.fixture(scope="module")
def tables(halden_run):
    return lambda name: pd.read_csv(halden_run.tables / f"{name}.csv", dtype={"clause": "str"}, keep_default_na=False)


def test_six_days_are_2880_minutes_to_the_minute_in_every_table(tables):
    cells, others = tables("plan_minutes"), tables("plan_other_time")
    for share, budget in ((1.0, 2880), (0.8, 2304), (0.6, 1728)):
        spent = sum(frame.loc[frame["budget_share"] == share, "minutes"].sum() for frame in (cells, others))
        assert spent == budget
    whole = cells[cells["budget_share"] == 1.0]
    assert tables("timetable")["minutes"].sum() == 2880
    assert tables("plan_leaves")["minutes"].sum() == whole["minutes"].sum()


def test_all_63_leaves_are_planned_at_a_recertification(tables):
    leaves = tables("plan_leaves")
    assert leaves.loc[leaves["minutes"] > 0, "clause"].nunique() == 63


def test_the_30_untouched_cells_carry_the_unknown_mark_and_a_floor(tables):
    leaves = tables("plan_leaves")
    unknown = leaves[leaves["unknown"]]
    assert unknown.groupby("site").size().to_dict() == {"A": 7, "B": 13, "C": 10}
    assert (unknown["minutes"] >= 5).all()


def test_the_first_in_the_order_gets_its_time_and_no_floor_is_missed(tables):
    cells = tables("plan_minutes")
    whole = cells[cells["budget_share"] == 1.0].set_index("rank")
    assert (whole["minutes"] >= whole["floor"]).all()
    assert whole.loc[1, ["site", "clause"]].tolist() == ["B", "8.5.1"]
    assert whole.loc[1, "minutes"] >= 100
    clashes = tables("plan_clashes")
    assert (clashes["budget_share"] < 1.0).all()


def test_sites_a_b_and_c_are_visited_and_nobody_is_in_two_places(tables):
    sessions = tables("timetable")
    assert set(sessions["site"]) == {"A", "B", "C"}
    for _, own in sessions.sort_values("start").groupby(["day", "auditor"]):
        assert (own["end"].iloc[:-1].to_numpy() <= own["start"].iloc[1:].to_numpy()).all()
    asked = sessions[sessions["interviewee"] != ""]
    for _, own in asked.sort_values("start").groupby(["day", "site", "interviewee"]):
        assert (own["end"].iloc[:-1].to_numpy() <= own["start"].iloc[1:].to_numpy()).all()
    assert "not placed" not in set(sessions["kind"])


def test_short_cells_of_one_person_make_one_interview(tables):
    sessions = tables("timetable")
    held = sessions[sessions["kind"] == "examination"]
    with_leaders = held[(held["site"] == "A") & (held["interviewee"] == "Top management")]
    assert with_leaders["clause"].str.contains(", ").any()
    assert (with_leaders["minutes"] >= 30).any()


def test_the_first_screen_says_who_goes_where_and_whether_the_rules_are_kept(tables):
    said = tables("plan_headlines")["sentence"].tolist()
    assert said[0] == "Auditor P (leader), Q, R at A, B, C from 2024-06-11 to 2024-06-12: 2880 minutes of audit time."
    cells = tables("plan_minutes")
    whole = cells[cells["budget_share"] == 1.0].set_index(["site", "clause"])["minutes"]
    most = whole.sort_values(ascending=False)
    assert said[1].startswith(f"Most time goes to {most.index[0][1]} at {most.index[0][0]} ({most.iloc[0]} minutes)")
    assert f"8.5.1 at B ({whole['B', '8.5.1']} minutes)" in said[1]
    assert said[2] == "Every rule is kept at 100, 80 and 60 % of the time."
    assert said[3:] == [
        "63 of 63 clauses get time at one site at least.", "Every examination found a place in the timetable.",
    ]  # fmt: skip


def test_the_plan_names_the_sites_of_the_sampling_plan(tables):
    sites = tables("site_sample")
    assert set(sites.loc[sites["selected"], "site"]) == set(tables("timetable")["site"])


def test_the_page_shows_no_record_that_was_drawn(tables, halden_run):
    page = (halden_run.folder / "audit_plan.html").read_text(encoding="utf-8")
    assert not [record for record in tables("trace_cards")["record"].unique() if record in page]


def test_every_element_is_there_and_none_holds_a_sample_a_score_or_a_seed(tables, halden_run):
    elements = tables("plan_elements")
    assert set(elements["element"]) == set(REQUIRED)
    said = " ".join(elements["text"])
    for record in tables("trace_cards")["record"].unique():
        assert record not in said
    assert "a6927a03233027ae1fdad0b9fcdccc12" not in said
    assert "expected" not in said.lower()


def test_the_third_party_plan_holds_no_improvement_among_its_objectives(tables):
    elements = tables("plan_elements")
    objectives = elements.loc[elements["element"] == "objectives", "text"]
    assert len(objectives) == 4
    assert not objectives.str.contains("improved").any()


def test_the_checklists_open_with_their_sheets(halden_run):
    book = CalamineWorkbook.from_path(str(halden_run.folder / "workpapers" / "checklists.xlsx"))
    assert book.sheet_names == ["Checklists", "Interviews", "Timetable", "Trace cards"]
    rows = book.get_sheet_by_name("Timetable").to_python()
    assert sum(float(row[9]) for row in rows[2:] if row[9]) == 2880


def test_the_documents_hold_the_elements_and_no_record_of_a_sample(tables, halden_run):
    plan = docx.Document(str(halden_run.folder / "documents" / "audit_plan.docx"))
    said = [paragraph.text for paragraph in plan.paragraphs]
    for text in tables("plan_elements")["text"]:
        assert text.replace("2024-06-11", "11 June 2024").replace("2024-06-12", "12 June 2024") in said
    everything = " ".join([*said, *(cell.text for row in plan.tables[0].rows for cell in row.cells)])
    for record in tables("trace_cards")["record"].unique():
        assert record not in everything
    sessions = tables("timetable")
    held = (sessions["kind"] == "examination").sum()
    meetings = sessions[sessions["kind"].isin(["opening", "team", "closing"])]
    assert len(plan.tables[0].rows) == 1 + held + len(meetings.drop_duplicates(["date", "start", "site", "kind"]))
