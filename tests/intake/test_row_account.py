"""Properties of the account of rows, on workbooks made at random: no row is lost and none is invented."""

import datetime as dt

import pytest
import xlsxwriter
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from auditlab.errors import AccountError
from auditlab.intake import open_engagement
from auditlab.intake.ledger import Action, Ledger, Place
from auditlab.intake.sheets import RawSheet

TABLES = {
    "sites": ("Site", "Name", "Central"),
    "audits": ("Audit no", "Type", "From", "Sites visited"),
    "problems": ("Problem number", "Opened at", "State", "Root cause"),
    "incidents": ("Incident number", "Opened at", "Priority"),
}
KEYS = {"sites": "site", "audits": "audit_id", "problems": "problem_id", "incidents": "incident_id"}
DAY = dt.date(2023, 6, 1)
JUNK = st.one_of(
    st.none(),
    st.sampled_from(
        ["Total", "NCR no", "Site", "Name", "Central", "Audit no", "Type", "From", "A", "yes", "[h]", "Column1", " "]
    ),
    st.integers(min_value=0, max_value=9),
    st.text(alphabet="ab ", max_size=3),
    st.just(DAY),
)


def record(table, number):
    values = {
        "sites": (f"S{number}", f"Place {number}", "no"),
        "audits": (f"AU-{number}", "Surveillance", DAY, None),
        "problems": (f"PRB{number}", DAY, "closed", "cause"),
        "incidents": (f"INC{number}", DAY, "P1"),
    }
    return values[table]


@st.composite
def blocks(draw):
    """Tables with a place: below each other or side by side, with what people put around and between."""
    placed, number = [], 0
    names = draw(st.lists(st.sampled_from(sorted(TABLES)), min_size=1, max_size=3, unique=True))
    beside = draw(st.booleans())
    top, left = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    for table in names:
        rows, keys = [], []
        if draw(st.booleans()):
            rows.append((f"List of {table}",))
        rows.append(TABLES[table])
        for extra in draw(st.lists(st.sampled_from(["record", "record", "record", "header"]), min_size=1, max_size=8)):
            number += 1
            rows.append(record(table, number) if extra == "record" else TABLES[table])
            keys += [record(table, number)[0]] if extra == "record" else []
        if draw(st.booleans()):
            rows.append(("Total", None, len(keys)))
        placed.append((table, top, left, rows, keys))
        if beside:
            left += len(TABLES[table]) + draw(st.integers(1, 2))
        else:
            top += len(rows) + draw(st.integers(1, 3))
    return placed


def write(path, cells, name="s.xlsx"):
    book = xlsxwriter.Workbook(path / name, {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("Sheet")
    for (row, column), cell in cells.items():
        page.write(row, column, cell)
    book.close()


def check_account(lab, cells):
    summary, ledger = lab.summary, lab.ledger
    # Counted from the cells that were written: rows with a record have an entry, and no row has one that is not there.
    last = max(row + 1 for row, _ in cells)
    assert ledger["row"].between(1, last).all(), "an entry for a row that does not exist"
    assert (summary["seen"] == summary[["loaded", "rejected", "skipped", "duplicate"]].sum(axis=1)).all()
    filled = {row + 1 for (row, _), cell in cells.items() if cell is not None and str(cell).strip()}
    assert filled <= set(ledger["row"]), "a filled row without an entry"
    for table, loaded in summary.groupby("table")["loaded"].sum().items():
        if table:
            assert loaded == len(lab.tables[table])
    rows = ledger[ledger["field"] == ""]
    assert not rows.duplicated(["file", "sheet", "row", "column", "table"]).any(), "a row counted twice"


QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


BESIDE_A_REPEATED_HEADER = [
    ("problems", 0, 0, [TABLES["problems"], record("problems", 1)], ["PRB1"]),
    ("incidents", 0, 5, [TABLES["incidents"], TABLES["incidents"]], []),
]
"""A record with the word "closed", which is a header elsewhere, beside the headers of another table once more."""


@settings(max_examples=30, **QUIET)
@example(placed=BESIDE_A_REPEATED_HEADER)
@given(placed=blocks())
def test_every_record_of_every_table_on_a_sheet_is_loaded_once(folder, placed):
    cells = {
        (top + down, left + across): cell
        for _, top, left, rows, _ in placed
        for down, row in enumerate(rows)
        for across, cell in enumerate(row)
        if cell is not None
    }
    write(folder.path, cells)
    if not any(keys for *_, keys in placed):
        return
    lab = open_engagement(folder.path)
    check_account(lab, cells)
    for table, _, _, _, keys in placed:
        assert sorted(lab.tables[table][KEYS[table]]) == sorted(keys)


@settings(max_examples=30, **QUIET)
@given(
    junk=st.dictionaries(st.tuples(st.integers(0, 14), st.integers(0, 8)), JUNK, max_size=40),
    place=st.tuples(st.integers(0, 8), st.integers(0, 3)),
)
def test_whatever_stands_on_a_sheet_every_filled_row_has_one_entry(folder, junk, place):
    top, left = place
    headers = {(top, left + across): text for across, text in enumerate(TABLES["audits"])}
    below = {(top + 1, left + across): cell for across, cell in enumerate(record("audits", 1))}
    cells = {cell: value for cell, value in ({**junk, **below, **headers}).items() if value is not None}
    write(folder.path, cells)
    check_account(open_engagement(folder.path), cells)


@settings(max_examples=25, **QUIET)
@given(
    lengths=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    column=st.integers(0, 3),
    beyond=st.integers(0, 5),
)
def test_merged_cells_repeat_their_value_and_never_make_a_record(folder, lengths, column, beyond):
    """Coverage rows whose audit, site or clause is merged over several rows, and beyond the last one."""
    total = sum(lengths)
    rows = [["AU-1", "A", f"8.{1 + number % 7}" if column != 2 else "8.1", "yes"] for number in range(total)]
    book = xlsxwriter.Workbook(folder.path / "c.xlsx")
    page = book.add_worksheet("Coverage")
    page.write_row(0, 0, ("Audit no", "Site", "Clause", "Examined"))
    for number, row in enumerate(rows, start=1):
        for across, cell in enumerate(row):
            if across != column:
                page.write(number, across, cell)
    top = 1
    for place, length in enumerate(lengths):
        last = top + length - 1 + (beyond if place == len(lengths) - 1 else 0)
        if last > top:
            page.merge_range(top, column, last, column, rows[top - 1][column])
        else:
            page.write(top, column, rows[top - 1][column])
        top += length
    book.close()
    lab = open_engagement(folder.path)
    line = lab.summary.set_index("sheet").loc["Coverage"]
    assert line["seen"] == total == line["loaded"] + line["rejected"] + line["duplicate"] + line["skipped"]
    assert line["rejected"] == line["skipped"] == 0
    assert set(lab.tables.coverage["audit_id"]) == {"AU-1"}


@settings(max_examples=25, **QUIET)
@given(bad=st.sets(st.integers(0, 14), max_size=3), columns=st.permutations(range(4)))
def test_bad_rows_take_no_other_row_with_them(folder, bad, columns):
    header = ("number", "opened_at", "priority", "state")
    rows = [(f"I{number}", "no day" if number in bad else "2022-04-03 09:00", "P1", "closed") for number in range(15)]
    text = "\n".join(",".join(row[column] for column in columns) for row in [header, *rows])
    lab = open_engagement(folder.text("i.csv", text).path)
    assert set(lab.tables.incidents["incident_id"]) == {f"I{number}" for number in range(15) if number not in bad}
    assert lab.summary.iloc[0]["rejected"] == len(bad)


HEADERS = ("Incident number", "Opened at", "Priority")
LINES = st.sampled_from(["record", "record", "no day", "repeat", "blank", "header", "total", "example"])


@settings(max_examples=40, **QUIET)
@given(lines=st.lists(LINES, min_size=1, max_size=25), top=st.integers(0, 3), hidden=st.booleans())
def test_the_rows_seen_are_the_rows_below_the_headers_counted_on_the_sheet(folder, lines, top, hidden):
    """What is seen is counted from what was written, and each kind of row ends where it belongs."""
    # A column in which hardly a cell can be read is refused as a whole, and with it every row.
    assume(lines.count("no day") <= 1 + lines.count("record"))
    written = {
        "record": lambda number: (f"I{number}", DAY, "P1"),
        "no day": lambda number: (f"I{number}", "soon", "P1"),
        "repeat": lambda _: ("I-again", DAY, "P1"),
        "blank": lambda _: (),
        "header": lambda _: HEADERS,
        "total": lambda _: ("Total", None, 7),
        "example": lambda _: ("EXAMPLE ROW, never read", DAY, "P1"),
    }
    rows = [HEADERS, ("I-first", DAY, "P1"), *(written[line](number) for number, line in enumerate(lines))]
    book = xlsxwriter.Workbook(folder.path / "s.xlsx", {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet("Sheet")
    for down, row in enumerate(rows):
        page.write_row(top + down, 0, row)
    if hidden:
        other = book.add_worksheet("Old")
        other.write_row(0, 0, HEADERS)
        other.hide()
    book.close()
    lab = open_engagement(folder.path)
    filled = [down for down, row in enumerate(rows) if row]
    line = lab.summary.set_index("sheet").loc["Sheet"]
    repeats = lines.count("repeat")
    assert line["seen"] == filled[-1], "every row from the headers to the last filled one"
    assert line["loaded"] == 1 + lines.count("record") + min(repeats, 1)
    assert line["duplicate"] == max(repeats - 1, 0)
    assert line["rejected"] == lines.count("no day") + lines.count("total")
    assert line["skipped"] == line["seen"] - line["loaded"] - line["duplicate"] - line["rejected"]
    assert len(lab.tables.incidents) == line["loaded"]
    if hidden:
        assert lab.summary.set_index("sheet").loc["Old", ["seen", "skipped"]].tolist() == [1, 1]


def test_rows_that_are_not_accounted_for_stop_the_reading():
    sheet = RawSheet(file="f.csv", name="f", rows=(("a",), ("b",)))
    ledger = Ledger()
    ledger.sheet(sheet, table="sites")
    ledger.seen(sheet, table="sites", rows=2)
    ledger.row(Place("f.csv", "f", 1), table="sites", action=Action.LOADED)
    with pytest.raises(AccountError, match="2 rows were seen and 1 are accounted for"):
        ledger.summary()
