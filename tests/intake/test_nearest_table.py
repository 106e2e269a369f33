"""What is said of a sheet that fits no table, and questions of one kind that are put once."""

import pytest

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement
from auditlab.intake.nearest_table import nearest_table
from auditlab.intake.sheets import RawSheet

CHECKLIST = ["Audit Area", "Clause Reference", "Checklist Item", "Compliant", "Evidence", "Findings"]
REGISTER = ["Audit Area", "Clause Reference", "Grade given", "Compliant", "Evidence", "Findings"]
ROWS = [["IT", "8.5.1", "Is there a plan?", "yes", "seen", "none"]] * 4


def sheet(*rows):
    return RawSheet(file="f.xlsx", name="S", rows=tuple(tuple(row) for row in rows))


def test_the_nearest_table_is_named_with_its_guesses_and_what_is_missing():
    near = nearest_table(sheet(["Checklist", *[None] * 5], REGISTER, *ROWS))
    assert (near.table, near.header_row, near.records) == ("findings", 2, 4)
    assert near.guesses["clause_as_cited"] == "Clause Reference"
    assert "audit_id" in near.missing
    assert "'Clause Reference' may be 'clause_as_cited'" in near.shown
    assert near.proposed


def test_a_header_is_guessed_for_one_column_only():
    near = nearest_table(sheet(REGISTER, *ROWS))
    assert len(set(near.guesses.values())) == len(near.guesses)


@pytest.mark.parametrize(
    ("rows", "proposed"),
    [([REGISTER, *ROWS], True), ([REGISTER, ROWS[0]], False), ([["Herring", "Cod"], *[["a", "b"]] * 5], False)],
)
def test_a_mapping_is_proposed_only_for_a_list_with_a_third_of_the_required_columns(rows, proposed):
    assert nearest_table(sheet(*rows)).proposed is proposed


def test_a_checklist_that_shares_three_words_with_a_register_is_asked_about_and_not_proposed():
    near = nearest_table(sheet(CHECKLIST, *ROWS))
    assert near.asked
    assert not near.proposed


def test_code_and_name_among_many_columns_of_figures_are_not_proposed_as_a_list():
    figures = [f"Attendances of type {letter}" for letter in "ABCDEFGHIJ"]
    near = nearest_table(sheet(["Code", "Name", *figures], *[["X", "Y", *[1] * 10]] * 5))
    assert near.guesses
    assert not near.proposed


def test_a_sheet_without_a_row_of_headers_has_no_nearest_table():
    assert nearest_table(sheet([1, 2, 3], [4, 5, 6])) is None


def test_the_proposal_for_an_unknown_sheet_is_a_question_with_a_line_per_column(folder):
    folder.workbook("c.xlsx", Checklist=[REGISTER, *ROWS])
    lab = open_engagement(folder.path)
    (question,) = lab.open_questions.to_dict("records")
    assert question["affects"] == 4
    lines = question["setting"].splitlines()
    assert lines[0] == '[mapping."c.xlsx"."Checklist"] "table" = "findings"'
    assert '[mapping."c.xlsx"."Checklist"] "clause_as_cited" = "Clause Reference"' in lines
    assert "nearest is the table 'findings'" in lab.summary["note"].iloc[0]


def test_where_nothing_can_be_guessed_the_refusal_says_what_each_sheet_looks_like(folder):
    folder.workbook("fish.xlsx", Catch=[["Herring", "Cod"], ["many", "few"]])
    with pytest.raises(EngagementError, match=r"fish\.xlsx, sheet 'Catch': row 1 looks like its headers: 'Herring'"):
        open_engagement(folder.path)


def letters(count):
    """Findings whose citation is a letter."""
    headers = ["NCR no", "Audit no", "Site", "Clause", "Grade", "Statement"]
    return headers, [[f"F{n}", "AU-1", "A", "E" if n < count else "8.5.1", "minor", f"text {n}"] for n in range(8)]


@pytest.mark.parametrize(("count", "questions"), [(4, 4), (5, 1), (8, 1)])
def test_many_citations_that_are_no_clause_are_one_question(register, count, questions):
    headers, rows = letters(count)
    asked = open_engagement(register(*rows, headers=headers)).open_questions
    asked = asked[asked["field"] == "clause_as_cited"]
    assert len(asked) == questions
    assert asked["affects"].sum() == count


def test_one_answer_holds_for_all_of_a_sheet_and_each_may_have_its_own(register):
    headers, rows = letters(6)
    answers = '[answers]\n"clause/register.xlsx/Findings" = "none"\n"clause/register.xlsx/Findings/F1" = "8.3.2"\n'
    lab = open_engagement(register(*rows, headers=headers, settings=answers))
    findings = lab.tables.findings.set_index("finding_id")
    assert findings["clause_as_cited"].isin(["E"]).sum() == 5
    assert findings.loc["F1", "clause_as_cited"] == "8.3.2"
    assert not (lab.open_questions["field"] == "clause_as_cited").any()
    rules = lab.ledger["rule"].str.startswith("cites no clause, as answered")
    assert rules.sum() == 5


def test_a_letter_that_always_stands_for_one_clause_is_said_once(register):
    headers, rows = letters(6)
    lab = open_engagement(register(*rows, headers=headers, settings='[aliases.clause]\nE = "8.3.2"\n'))
    assert (lab.tables.findings["clause_as_cited"] == "8.3.2").sum() == 6


def test_a_word_for_a_clause_that_is_none_is_named(register):
    headers, rows = letters(6)
    with pytest.raises(EngagementError, match=r"section \[aliases\.clause\], 'E'"):
        open_engagement(register(*rows, headers=headers, settings='[aliases.clause]\nE = "thirteen"\n'))


GAP = ["Control Number", "Question", "Response", "Policy", "Other document", "Document reference", "Comments"]


def test_a_sheet_like_no_table_is_asked_about_with_the_proposal_to_skip_it(folder):
    """A gap plan shares the words response and reference with a list of incidents, and is none."""
    rows = [[f"4.{number}", "Is there one?", "yes", "P1", "-", f"D{number}", "none"] for number in range(1, 5)]
    lab = open_engagement(folder.workbook("g.xlsx", Gap=[GAP, *rows]).path)
    (question,) = lab.open_questions.to_dict("records")
    assert question["proposal"] == "none"
    assert question["setting"] == '[mapping."g.xlsx"."Gap"] "table" = "none"'
    assert "nothing similar (2" in question["asks"]
    assert "a table is proposed from 40" in question["asks"]
    answered = folder.settings('client = "C"\nas_of = 2024-03-31\n[mapping."g.xlsx"."Gap"]\ntable = "none"\n')
    answered.workbook("s.xlsx", Sites=[("Site", "Name", "Central"), ("A", "Aarlund", "yes")])
    assert open_engagement(folder.path).open_questions.empty


def test_the_score_grows_with_what_the_headers_explain():
    few = nearest_table(sheet([*CHECKLIST, "Colour", "Weight", "Length"], *[[*ROWS[0], 1, 2, 3]] * 4))
    known = ["NCR no", "Audit no", "Clause", "Grade", "Statement of finding", "Evidence"]
    assert few.score < nearest_table(sheet(CHECKLIST, *ROWS)).score < nearest_table(sheet(known, *ROWS)).score
    assert nearest_table(sheet(known, *ROWS)).score > 95
    assert nearest_table(sheet(["Herring", "Cod"], *[["a", "b"]] * 5)).score == 0
