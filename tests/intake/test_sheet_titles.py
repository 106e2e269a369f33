"""What the name of a sheet adds to headers that say too little, and the lines a person fills in."""

import pytest
from engagements import AUDIT, AUDIT_HEADERS, SITES

from auditlab.intake import open_engagement
from auditlab.intake.sheet_titles import titled_table
from auditlab.tables import table_specs


@pytest.mark.parametrize(
    ("name", "table"),
    [("Locations", "sites"), ("Findings 2023", "findings"), ("Maßnahmen", "corrective_actions"), ("Sheet1", "")],
)
def test_the_name_of_a_sheet_says_what_it_may_be(name, table):
    assert titled_table(name) == table
    assert table in {"", *table_specs()}


OWN_WORDS = [("Locality", "Short", "Town"), ("Aarlund", "A", "Aarlund"), ("Brekke", "B", "Brekke")]


def test_a_list_of_sites_in_own_words_is_asked_about_by_its_name(folder):
    lab = open_engagement(folder.workbook("r.xlsx", Locations=OWN_WORDS, Audits=[AUDIT_HEADERS, AUDIT]).path)
    question = lab.open_questions.iloc[0]
    assert (question["proposal"], question["affects"]) == ("sites", 2)
    assert "nearest is the table 'sites', as its name says" in question["asks"]
    assert question["setting"].splitlines() == [
        '[mapping."r.xlsx"."Locations"] "table" = "sites"',
        '[mapping."r.xlsx"."Locations"] "name" = "Locality"',
        '[mapping."r.xlsx"."Locations"] "site" = "..."',
    ]


def test_the_same_headers_under_a_name_that_says_nothing_are_left_alone(folder):
    lab = open_engagement(folder.workbook("r.xlsx", Sheet1=OWN_WORDS, Audits=[AUDIT_HEADERS, AUDIT]).path)
    assert lab.open_questions.empty


FINDINGS = [("No.", "Clause", "Rated", "What it looked like"), *((f"F{n}", "8.1", "minor", "x y") for n in range(3))]


def test_all_missing_columns_of_a_sheet_are_offered_in_one_block(folder):
    path = folder.workbook("r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=FINDINGS).path
    lines = open_engagement(path).open_questions["setting"].iloc[0].splitlines()
    assert {line.partition("] ")[2] for line in lines} >= {
        '"audit_id" = "..."',
        '"statement" = "..."',
        '"grade" = "..."',
    }


def test_a_sheet_whose_table_a_person_named_is_asked_for_all_it_lacks(folder):
    mapping = '[mapping."r.xlsx"."Findings"]\ntable = "findings"\nfinding_id = "No."\n'
    folder.settings(f'client = "C"\nas_of = 2024-03-31\n{mapping}')
    path = folder.workbook("r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=FINDINGS).path
    assert set(open_engagement(path).open_questions["field"]) == {"audit_id", "statement", "grade"}
