"""The account per sheet and what is missing for the key figures."""

import pandas as pd
from engagements import finding

from auditlab.intake import missing_fields, open_engagement, sheet_account


def test_a_sheet_tells_its_columns_rows_cells_and_questions(register):
    lab = open_engagement(register(finding("F1", clause="8.5."), finding("F2", site="Nowhere")))
    line = sheet_account(lab).set_index("sheet").loc["Findings"]
    assert line[["columns_used", "columns_without_meaning", "seen", "loaded", "rejected"]].tolist() == [7, 0, 2, 1, 1]
    assert line[["cells_repaired", "cells_left_out", "columns_refused", "asked", "unanswered"]].tolist() == [
        1,
        0,
        0,
        1,
        1,
    ]


def test_columns_are_listed_with_what_they_were_read_as(register):
    lab = open_engagement(register(finding("F1")))
    columns = lab.columns[lab.columns["sheet"] == "Findings"].set_index("column")
    assert columns.loc["A", ["header", "field", "filled", "rows"]].tolist() == ["NCR no", "finding_id", 1, 1]


def test_missing_fields_are_ranked_by_what_they_open():
    kpis = pd.DataFrame(
        [
            ("a", "8.6.1", False, "incidents.resolved"),
            ("b", "8.6.1;10.2", False, "incidents.resolved;-.no_place"),
            ("c", "9.1", False, "-.no_place"),
            ("d", "9.1", True, ""),
        ],
        columns=["kpi", "clause", "computable", "missing_fields"],
    )
    found = missing_fields(kpis)
    assert found["field"].tolist() == ["incidents.resolved", "-.no_place"]
    assert found.loc[0, ["kpis_waiting", "kpis_by_it_alone", "clauses"]].tolist() == [2, 1, "8.6.1 10.2"]
    assert found.loc[1, "meaning"].startswith(
        "No table of auditlab has a place for it so far. Without it 2 key figures"
    )


def test_nothing_missing_gives_an_empty_table():
    kpis = pd.DataFrame([("d", "9.1", True, "")], columns=["kpi", "clause", "computable", "missing_fields"])
    assert missing_fields(kpis).empty
