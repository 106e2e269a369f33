"""What `auditlab check` says before its questions: lost tables, cells and columns left out, contradictions."""

import datetime as dt

import pytest
from engagements import AUDIT, AUDIT_HEADERS, SITES

from auditlab.intake import open_engagement, quality_card, reading_remarks, rejected_for_one_reason
from auditlab.publish.readiness import ledger_by_rule, without_rows

COVERAGE = ("Audit no", "Site", "Clause", "Examined")
WORDS = ("done", "done", "done", "not reached")


@pytest.fixture
def lost(folder):
    """An engagement whose rows of coverage are all rejected for words nobody knows."""
    rows = [("AU-1", "A", f"8.{n}", word) for n, word in enumerate(WORDS, start=1)]
    sheets = {"Sites": SITES, "Audits": [AUDIT_HEADERS, AUDIT], "Coverage": [COVERAGE, *rows]}
    return open_engagement(folder.workbook("r.xlsx", **sheets).path)


SENTENCE = (
    "r.xlsx, Coverage: 4 of 4 rows of the table 'coverage' are rejected, all for one reason: examined: neither yes nor "
    "no ('done' 3 times, 'not reached')"
)


def test_a_table_lost_for_one_reason_is_told_with_the_words(lost):
    assert rejected_for_one_reason(lost) == {"coverage": [SENTENCE]}


def test_rows_rejected_for_different_words_are_one_line_of_the_rules(lost):
    rules = ledger_by_rule(lost.ledger).set_index("rule")["entries"]
    assert rules["examined: neither yes nor no ('…')"] == 4


def test_a_lost_table_was_handed_over(lost):
    card = quality_card(lost).set_index("table")["note"]
    assert card["coverage"] == "handed over, but none of its 4 rows was loaded"
    assert card["findings"] == "not handed over"
    assert SENTENCE in without_rows(lost, "coverage")
    assert without_rows(lost, "findings") == "No row of the table 'findings' was handed over."


def test_a_table_of_which_half_of_the_rows_are_loaded_is_not_told(folder):
    rows = [("AU-1", "A", f"8.{n}", word) for n, word in enumerate(("yes", "odd"), start=1)]
    sheets = {"Sites": SITES, "Audits": [AUDIT_HEADERS, AUDIT], "Coverage": [COVERAGE, *rows]}
    assert rejected_for_one_reason(open_engagement(folder.workbook("r.xlsx", **sheets).path)) == {}


def test_cells_left_out_columns_without_meaning_and_contradictions_are_one_line_each(folder):
    headers = (*AUDIT_HEADERS, "To", "Decison of cert")
    rows = [
        (*AUDIT, "31/02/2023", "x"),
        ("AU-2", "Surveillance 2", dt.date(2023, 12, 20), "A", 1, "2018", dt.date(2023, 12, 2), "y"),
    ]
    lab = open_engagement(folder.workbook("r.xlsx", Sites=SITES, Audits=[headers, *rows]).path)
    assert reading_remarks(lab) == [
        "r.xlsx, Audits: cell G2 ('end') is left out, no such day in the calendar: '31/02/2023'",
        "r.xlsx, Audits: columns kept without a meaning: 'Decison of cert' (86 % like 'cert decision' for 'decision_date')",
        "contradiction in 'audits': AU-2, audit that ends before it starts (r.xlsx, Audits, row 3)",
    ]


def test_several_cells_of_one_kind_are_counted(folder):
    rows = [(f"AU-{n}", "Surveillance 1", dt.date(2023, n, 1), "A", 1, "2018", "31/02/2023") for n in range(1, 4)]
    lab = open_engagement(folder.workbook("r.xlsx", Sites=SITES, Audits=[(*AUDIT_HEADERS, "To"), *rows]).path)
    assert reading_remarks(lab) == [
        "r.xlsx, Audits: 3 cells of 'end' are left out, no such day in the calendar; the first is G2: '31/02/2023'"
    ]


def test_a_header_that_one_kind_of_record_of_the_sheet_knows_is_not_without_meaning(folder):
    rows = ["Issue key,Issue Type,Status,Priority,Created,Resolved,Herring"]
    rows += ["SD-1,Incident,Done,Highest,13/Jan/23 8:00 AM,13/Jan/23 9:30 AM,red"]
    rows += ["SD-2,Service Request,Open,Low,15/Jan/23 8:00 AM,,blue"]
    lab = open_engagement(folder.text("jira.csv", "\n".join(rows)).path)
    assert {len(lab.tables.incidents), len(lab.tables.requests)} == {1}
    assert set(reading_remarks(lab)) == {"jira.csv, jira: columns kept without a meaning: 'Herring'"}


def test_an_action_log_in_the_words_of_its_owner_is_read(folder):
    headers = ("Finding", "First due date", "Done on", "Checked on", "Fixed")
    row = ("F1", dt.date(2023, 9, 1), dt.date(2023, 8, 1), dt.date(2023, 12, 1), "yes")
    lab = open_engagement(folder.workbook("a.xlsx", Actions=[headers, row]).path)
    action = lab.tables.corrective_actions.iloc[0]
    assert [action[name].date() for name in ("due_original", "completed", "verified")] == list(row[1:4])
    assert reading_remarks(lab) == ["a.xlsx, Actions: columns kept without a meaning: 'Fixed'"]
