"""Signs that an export is not whole."""

import pytest

from auditlab.intake import open_engagement
from auditlab.intake.export_limits import note_last_month, note_round_count
from auditlab.intake.headers import Recognition
from auditlab.intake.ledger import Ledger
from auditlab.intake.sheets import RawSheet
from auditlab.tables import empty_table

HEADER = "Ticket no,Opened"


@pytest.mark.parametrize(
    ("rows", "system", "flagged"),
    [(1000, "Jira", True), (1000, "", False), (10_000, "", True), (9_999, "", False), (65_535, "", True)],
)
def test_a_round_number_of_rows_is_flagged(rows, system, flagged):
    sheet = RawSheet(file="f", name="s", rows=(("a", "b"), *((number, None) for number in range(rows)), (None, None)))
    found = Recognition(table="incidents", header_row=1, columns={}, unknown={}, missing=(), system=system)
    ledger = Ledger()
    note_round_count(sheet, found, ledger=ledger)
    assert [entry.startswith(f"exactly {rows} rows") for entry in ledger.frame()["rule"]] == [True] * flagged


def tickets(counts):
    rows = [(month, day) for month, count in enumerate(counts, start=1) for day in range(count)]
    return [f"T{month}-{day},2023-{month:02d}-{day + 1:02d} 08:00" for month, day in rows]


def test_a_last_month_that_falls_away_is_flagged(folder):
    lab = open_engagement(folder.text("t.csv", "\n".join([HEADER, *tickets([20] * 6 + [9])])).path)
    assert "the last month, 2023-07, holds 9 records, the median of the 6 before 20" in lab.summary.iloc[0]["note"]
    assert (lab.ledger["action"] == "flagged").sum() == 1


@pytest.mark.parametrize("counts", [[20] * 6 + [10], [20] * 5 + [1], [20]])
def test_a_last_month_that_holds_its_share_or_a_short_series_says_nothing(folder, counts):
    lab = open_engagement(folder.text("t.csv", "\n".join([HEADER, *tickets(counts)])).path)
    assert not (lab.ledger["action"] == "flagged").any()


def test_tables_without_rows_say_nothing():
    ledger = Ledger()
    note_last_month({name: empty_table(name) for name in ("incidents", "requests", "changes")}, ledger=ledger)
    assert ledger.frame().empty
