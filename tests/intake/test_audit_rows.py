"""Audits that end before they start, and coverage of audits that nobody lists."""

import datetime as dt

import pytest
from engagements import AUDIT_HEADERS, SITES, cells_of, rows_of

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement, quality_card

HEADERS = (*AUDIT_HEADERS, "To")
START, END = dt.date(2023, 12, 20), dt.date(2023, 12, 2)
REVERSED = ("AU-2", "Surveillance 2", START, "A", 1, "2018", END)
RIGHT = ("AU-1", "Surveillance 1", dt.date(2023, 6, 1), "A, B", 2, "2018", dt.date(2023, 6, 2))
COVERAGE = ("Audit no", "Site", "Clause", "Examined")
KEY = "days/r.xlsx/Audits/AU-2"


@pytest.fixture
def program(folder):
    """A function that writes audits and the audits of the rows of coverage, with the given settings."""

    def write(audits, covered=(), settings=""):
        folder.settings('client = "C"\nas_of = 2024-03-31\n' + settings)
        sheets = {"Audits": [HEADERS, *audits]} if audits else {}
        rows = [(audit, "A", f"8.{n}", "yes") for n, audit in enumerate(covered, start=1)]
        sheets |= {"Coverage": [COVERAGE, *rows]} if rows else {}
        return folder.workbook("r.xlsx", Sites=SITES, **sheets).path

    return write


def test_an_audit_that_ends_before_it_starts_is_a_contradiction_and_a_question(program):
    lab = open_engagement(program([RIGHT, REVERSED]))
    line = lab.discrepancies.set_index("record").loc["AU-2"]
    assert (line["rule"], line["found"]) == ("audit that ends before it starts", "2023-12-02")
    assert lab.open_questions["question"].to_list() == [KEY]
    card = quality_card(lab).set_index("table").loc["audits"]
    assert (card["consistent_k"], card["consistent_n"]) == (1, 2)


@pytest.mark.parametrize(
    ("answer", "days"),
    [("start", (START, None)), ("end", (END, END)), ("swap", (END, START))],
)
def test_the_answer_settles_the_days_of_the_audit(program, answer, days):
    lab = open_engagement(program([RIGHT, REVERSED], settings=f'[answers]\n"{KEY}" = "{answer}"\n'))
    row = lab.tables.audits.set_index("audit_id").loc["AU-2"]
    assert row["start"] == dt.datetime.combine(days[0], dt.time())
    assert row["end"] == dt.datetime.combine(days[1], dt.time()) if days[1] else row.isna()["end"]
    assert lab.open_questions.empty
    assert lab.discrepancies.empty
    assert {entry[2] for entry in cells_of(lab, "end") + cells_of(lab, "start") if entry[0] == 3} == {
        "audit that ended before it started, as answered in auditlab.toml"
    }


def test_an_answer_that_names_no_day_is_refused(program):
    folder = program([REVERSED], settings=f'[answers]\n"{KEY}" = "later"\n')
    with pytest.raises(EngagementError, match=r"'later' is none of start, end, swap"):
        open_engagement(folder)


def test_coverage_of_an_audit_that_nobody_lists_makes_up_no_audit(program):
    lab = open_engagement(program([RIGHT], ["AU-1", "AU-1", "X2031"]))
    assert lab.tables.coverage["audit_id"].unique().tolist() == ["AU-1"]
    assert rows_of(lab, "coverage")[4] == ("rejected", "audit 'X2031' is not among the audits that were loaded")
    card = quality_card(lab).set_index("table").loc["coverage"]
    assert (card["correct_k"], card["correct_n"]) == (2, 3)


def test_where_most_coverage_is_of_unlisted_audits_the_list_is_asked_about(program):
    lab = open_engagement(program([RIGHT], ["AU-1", "X1", "X2"]))
    assert lab.tables.coverage["audit_id"].to_list() == ["AU-1", "X1", "X2"]
    question = lab.open_questions.iloc[0]
    assert (question["question"], question["proposal"]) == ("unlisted/r.xlsx/Coverage", "keep")
    rule = "coverage of an audit that is not in the audit list"
    assert lab.discrepancies.loc[lab.discrepancies["rule"] == rule, "record"].to_list() == ["X1", "X2"]


def test_an_audit_whose_row_cannot_be_read_is_not_called_unlisted(program):
    unread = ("AU-3", "Feasibility", dt.date(2023, 9, 1), "A", 1, "2018", None)
    lab = open_engagement(program([RIGHT, unread], ["AU-1", "AU-3", "AU-3", "X1"]))
    told = lab.discrepancies[["record", "rule"]].to_numpy().tolist()
    assert told == [
        ["AU-3", "coverage of an audit whose row in the audit list could not be read"],
        ["AU-3", "coverage of an audit whose row in the audit list could not be read"],
        ["X1", "coverage of an audit that is not in the audit list"],
    ]
    lab = open_engagement(program([RIGHT, unread], ["AU-1", "AU-3", "AU-3"]))
    asked = lab.open_questions.set_index("question").loc["unlisted/r.xlsx/Coverage", "asks"]
    assert "2 rows of coverage belong to audits whose rows in the list of audits could not be read ('AU-3')" in asked


def test_unlisted_coverage_is_left_out_when_a_person_says_so(program):
    settings = '[answers]\n"unlisted/r.xlsx/Coverage" = "leave out"\n'
    lab = open_engagement(program([RIGHT], ["AU-1", "X1", "X2"], settings=settings))
    assert lab.tables.coverage["audit_id"].to_list() == ["AU-1"]
    assert lab.open_questions.empty


def test_without_a_list_of_audits_coverage_tells_which_there_were(program):
    lab = open_engagement(program([], ["X1", "X2"]))
    assert lab.tables.coverage["audit_id"].to_list() == ["X1", "X2"]
    assert lab.discrepancies.empty
