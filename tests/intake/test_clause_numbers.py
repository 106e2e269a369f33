"""Clauses that a spreadsheet keeps as numbers, and whether the zero of 8.10 can be told."""

import openpyxl
import pytest
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, cells_of, finding

from auditlab.intake import open_engagement
from auditlab.intake.clause_numbers import LOST_ZERO, SHOWN_WITH_ZERO, first_meaning, zero_readings

ZERO, ASKED = ("8.10", SHOWN_WITH_ZERO, ""), ("8.1 or 8.10", "", LOST_ZERO)


@pytest.mark.parametrize(
    ("cells", "shown", "told"),
    [
        ([8.1, 8.2, 9.2], [0], {0: ZERO}),  # one number alone is shown with a zero
        ([8.1, 8.2, 9.2], [], {}),
        ([8.1, 8.2, 9.2], [0, 1, 2], {}),  # a format laid over the column, which shows 8.20 too
        ([8.1, 8.2, 9.2], [0, 1], {}),
        ([8.1, "8.5.1"], [0], {}),  # the only number: its format tells nothing from others
        ([8.1, 8.11], [], {0: ASKED}),  # the numbers go on after ten
        ([8.1, "8.12"], [], {0: ASKED}),
        ([8.1, "A.8.12"], [], {0: ASKED}),
        ([8.1, "8.12", "8.10"], [], {}),  # whoever wrote this column writes 8.10 as text
        ([8.1, 9.11], [], {}),  # of another chapter
        ([8.1, 8.1, 8.2, 8.11], [1], {1: ZERO}),
        (["8.1", "8.11"], [], {}),  # text is as it was typed
        ([8.2, 8.11], [], {}),
        ([8, 8.0, None, True], [], {}),
    ],
)
def test_a_lost_zero_is_told_by_the_format_or_by_the_rest_of_the_column(cells, shown, told):
    found = {place: tuple(reading) for place, reading in zero_readings(cells, shown=shown).items()}
    assert found == told


@pytest.mark.parametrize(("text", "first"), [("8.1 or 8.10", "8.1"), ("8.1", ""), ("8.1 or 8.2", ""), ("", "")])
def test_the_first_meaning_of_a_lost_zero(text, first):
    assert first_meaning(text) == first


def register(folder, clauses, form="General", answers=""):
    """A register whose second finding has the number format `form`."""
    folder.settings('client = "C"\nas_of = 2024-03-31\n' + answers)
    book = openpyxl.Workbook()
    rows = {"Sites": SITES, "Audits": [AUDIT_HEADERS, AUDIT], "Findings": [FINDING_HEADERS]}
    rows["Findings"] += [finding(f"F{number}", clause=clause) for number, clause in enumerate(clauses)]
    for title, lines in rows.items():
        page = book.create_sheet(title)
        for line in lines:
            page.append(list(line))
    book["Findings"]["E3"].number_format = form
    book.save(folder.path / "r.xlsx")
    return open_engagement(folder.path)


@pytest.mark.parametrize("form", ["0.00", "#,##0.00", "0.00_ ", "0.00;-0.00"])
def test_the_format_of_a_cell_brings_the_zero_back(folder, form):
    lab = register(folder, [8.2, 8.1, 9.2], form)
    assert list(lab.tables.findings["clause_as_cited"]) == ["8.2", "8.10", "9.2"]
    assert [cell[:3] for cell in cells_of(lab, "clause_as_cited") if cell[2] == SHOWN_WITH_ZERO] == [
        (3, "repaired", SHOWN_WITH_ZERO)
    ]


@pytest.mark.parametrize("form", ["General", "0.0", "0.000", "@"])
def test_other_formats_leave_the_number_as_it_is(folder, form):
    assert list(register(folder, [8.2, 8.1, 9.2], form).tables.findings["clause_as_cited"]) == ["8.2", "8.1", "9.2"]


def test_what_nobody_can_tell_is_asked_and_the_answer_counts(folder):
    lab = register(folder, [8.2, 8.1, 8.11])
    asked = lab.open_questions.set_index("question")["proposal"]
    key = "clause/r.xlsx/Findings/F1"
    assert asked[key] == "8.1"
    assert "has no zero at its end" in lab.open_questions.set_index("question").loc[key, "asks"]
    lab = register(folder, [8.2, 8.1, 8.11], answers=f'[answers]\n"{key}" = "8.1"\n')
    assert lab.tables.findings.set_index("finding_id").loc["F1", "clause"] == "8.1"
    assert key not in set(lab.open_questions["question"])


def test_a_coverage_row_with_a_lost_zero_is_rejected_with_the_way_out(folder):
    rows = [("Audit no", "Site", "Clause", "Examined"), *(("AU-1", "A", clause, "yes") for clause in (8.1, 8.2, 8.11))]
    lab = open_engagement(folder.workbook("c.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Coverage=rows).path)
    rejected = lab.ledger[(lab.ledger["table"] == "coverage") & (lab.ledger["action"] == "rejected")].set_index("row")
    assert rejected.loc[2, "rule"].endswith("perhaps 8.1: correct the cell and write it as text")
    assert list(lab.tables.coverage["clause"]) == ["8.2"]
