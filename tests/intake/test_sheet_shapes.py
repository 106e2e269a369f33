"""The shapes of sheets that people hand over: several tables, headers in two rows, merged cells, totals."""

import datetime as dt

import pytest
import xlsxwriter
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, cells_of, finding, rows_of

from auditlab.intake import open_engagement

LEVEL_HEADERS = ("Service", "Month", "Measure", "Met", "Total")


def write(folder, name="shapes.xlsx", *, merges=(), tables=(), names=(), values=None, **sheets):
    """A workbook made with XlsxWriter; a sheet is a list of rows or a dict of top-left cell to rows."""
    book = xlsxwriter.Workbook(folder.path / name, {"default_date_format": "yyyy-mm-dd"})
    for title, content in sheets.items():
        page = book.add_worksheet(title)
        blocks = content if isinstance(content, dict) else {"A1": content}
        for corner, rows in blocks.items():
            top, left = xlsxwriter.utility.xl_cell_to_rowcol(corner)
            for down, row in enumerate(rows):
                for across, cell in enumerate(row):
                    page.write(top + down, left + across, cell)
        for area, text in merges:
            page.merge_range(area, text)
        for area, headers in tables:
            page.add_table(area, {"columns": [{"header": header} for header in headers]})
    for name_, area in names:
        book.define_name(name_, area)
    book.close()
    return folder


def accounted(lab, sheet):
    """Whether the summary of a sheet adds up, line by line."""
    lines = lab.summary[lab.summary["sheet"] == sheet]
    return (lines["seen"] == lines["loaded"] + lines["rejected"] + lines["skipped"] + lines["duplicate"]).all()


LEVELS = [("S", dt.date(2022, month, 1), "availability", 90 + month, 100) for month in (1, 2, 3)]


def test_a_table_may_begin_at_any_cell(folder):
    lab = open_engagement(write(folder, Levels={"D40": [LEVEL_HEADERS, *LEVELS]}).path)
    assert lab.tables.sla_monthly["source_row"].tolist() == [41, 42, 43]
    assert lab.tables.sla_monthly["met"].tolist() == [91, 92, 93]


def test_tables_below_each_other_are_told_apart(folder):
    write(folder, Both={"A1": [("Our sites",), SITES[0], *SITES[1:]], "A7": [("The audits",), AUDIT_HEADERS, AUDIT]})
    lab = open_engagement(folder.path)
    assert list(lab.tables.sites["site"]) == ["A", "B"]
    assert list(lab.tables.audits["audit_id"]) == ["AU-1"]
    assert lab.summary.set_index("table")["loaded"].to_dict() == {"sites": 2, "audits": 1}
    assert [row for row, *_ in cells_of(lab, "(title)")] == [1, 7]
    assert accounted(lab, "Both")


def test_tables_side_by_side_are_told_apart(folder):
    write(folder, Both={"A1": SITES, "G1": [AUDIT_HEADERS, AUDIT, ("AU-2", *AUDIT[1:]), ("AU-3", *AUDIT[1:])]})
    lab = open_engagement(folder.path)
    assert len(lab.tables.sites) == 2
    assert list(lab.tables.audits["audit_id"]) == ["AU-1", "AU-2", "AU-3"]
    assert lab.summary.set_index("table")["loaded"].to_dict() == {"sites": 2, "audits": 3}
    places = lab.ledger[(lab.ledger["table"] == "audits") & (lab.ledger["field"] == "")]
    assert places["column"].tolist() == ["G", "G", "G"]


def test_the_same_table_twice_side_by_side_keeps_every_row(folder):
    later = [("S", dt.date(2022, month, 1), "availability", 80 + month, 100) for month in (4, 5, 6, 7)]
    write(folder, Levels={"A1": [LEVEL_HEADERS, *LEVELS], "G1": [LEVEL_HEADERS, *later]})
    lab = open_engagement(folder.path, as_of="2022-06-15")
    assert sorted(lab.tables.sla_monthly["met"]) == [84, 85, 86, 91, 92, 93]
    line = lab.summary.iloc[0]
    assert (line["seen"], line["loaded"], line["skipped"]) == (7, 6, 1)


def test_declared_tables_that_touch_are_told_apart(folder):
    headers = [("A2:D4", SITES[0]), ("E2:J3", AUDIT_HEADERS)]
    write(folder, Both={"A2": SITES, "E2": [AUDIT_HEADERS, AUDIT]}, tables=headers)
    lab = open_engagement(folder.path)
    assert (len(lab.tables.sites), len(lab.tables.audits)) == (2, 1)


def test_a_named_range_tells_where_a_table_begins(folder):
    write(folder, names=[("levels", "=Both!$E$2:$I$5")], Both={"A2": SITES, "E2": [LEVEL_HEADERS, *LEVELS]})
    lab = open_engagement(folder.path)
    assert (len(lab.tables.sites), len(lab.tables.sla_monthly)) == (2, 3)


def test_headers_in_two_rows_with_merged_groups_are_joined(folder):
    rows = [("Finding", None, None, "Due", None), ("NCR no", "Root cause", "Correction", "original", "current"),
            ("F1", "cause", "done", dt.date(2023, 9, 1), dt.date(2023, 10, 1))]  # fmt: skip
    write(folder, Log=rows, merges=[("A1:C1", "Finding"), ("D1:E1", "Due")])
    lab = open_engagement(folder.path)
    action = lab.tables.corrective_actions.iloc[0]
    assert (action["finding_id"], action["due_original"].month, action["due_current"].month) == ("F1", 9, 10)
    assert [row for row, *_ in cells_of(lab, "(header)")] == [1, 2]


def test_headers_merged_down_beside_groups_are_joined(folder):
    rows = [(None,) * 5, (None, None, None, "original", "current"), ("F1", "cause", "done", *[dt.date(2023, 9, 1)] * 2)]
    down = [("A1:A2", "NCR no"), ("B1:B2", "Root cause"), ("C1:C2", "Correction"), ("D1:E1", "Due")]
    lab = open_engagement(write(folder, Log=rows, merges=down).path)
    assert lab.tables.corrective_actions["due_original"].notna().all()
    assert lab.tables.corrective_actions["finding_id"].tolist() == ["F1"]


def test_headers_in_two_rows_are_joined_in_a_format_without_merged_cells(folder):
    folder.text("log.csv", "NCR no,Root cause,Correction,Due,\n,,,original,current\nF1,c,d,2023-09-01,2023-10-01\n")
    action = open_engagement(folder.path).tables.corrective_actions.iloc[0]
    assert (action["due_original"].month, action["due_current"].month) == (9, 10)


def test_a_row_of_units_and_generated_headers_are_no_records(folder):
    units = (None, "yyyy-mm", None, "n", "n")
    generated = tuple(f"Column{number}" for number in range(1, 6))
    write(folder, Levels=[LEVEL_HEADERS, units, *LEVELS], More=[LEVEL_HEADERS, generated, ("T", *LEVELS[0][1:])])
    lab = open_engagement(folder.path)
    entries = lab.ledger[(lab.ledger["row"] == 2) & (lab.ledger["field"] == "")]
    assert entries["rule"].tolist() == ["row of units or formats", "a second row of headers"]
    assert len(lab.tables.sla_monthly) == 4


def test_a_merged_cell_counts_for_every_row_it_covers_and_makes_no_record(folder):
    rows = [("Audit no", "Site", "Clause", "Examined"), *[(None, "A", f"8.{n}", "yes") for n in (1, 2, 3)]]
    book = xlsxwriter.Workbook(folder.path / "shapes.xlsx")
    page = book.add_worksheet("Coverage")
    for down, row in enumerate(rows):
        for across, cell in enumerate(row):
            page.write(down, across, cell)
    page.merge_range("A2:A9", "AU-1")
    book.close()
    lab = open_engagement(folder.workbook("s.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT]).path)
    assert list(lab.tables.coverage["audit_id"]) == ["AU-1"] * 3
    assert [(row, action, new) for row, action, _, _, new in cells_of(lab, "audit_id") if action == "repaired"] == [
        (3, "repaired", "AU-1"),
        (4, "repaired", "AU-1"),
    ]
    assert lab.summary.set_index("sheet").loc["Coverage", "seen"] == 3


def test_a_record_merged_over_two_rows_stays_one_record(folder):
    rows = [
        ("NCR no", "Root cause", "Correction", "Comment"),
        (None, None, "first step", "x"),
        (None, None, "second step", "y"),
    ]
    write(folder, Log=rows, merges=[("A2:A3", "F1"), ("B2:B3", "the cause")])
    lab = open_engagement(folder.path)
    assert list(lab.tables.corrective_actions["finding_id"]) == ["F1"]
    assert rows_of(lab, "corrective_actions")[3] == ("skipped", "continues row 2: its key is one merged cell")
    assert [old for row, action, _, old, _ in cells_of(lab, "correction") if action == "rejected"] == ["second step"]


def test_the_title_of_a_section_is_no_record(folder):
    rows = [FINDING_HEADERS, (None,), finding("F1")]
    write(folder, Findings=rows, merges=[("A2:G2", "Clause 8 Operation")])
    lab = open_engagement(folder.workbook("s.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT]).path)
    assert rows_of(lab, "findings") == {
        2: ("skipped", "title of a section, merged over the columns"),
        3: ("loaded", ""),
    }
    assert lab.questions.empty


@pytest.mark.parametrize(
    "word", ["Total", "Grand total", "Sub-total", "Summe", "Gesamtergebnis", "Zwischensumme", "Totaal", "Somme"]
)
def test_a_total_is_no_record_and_one_that_adds_up_is_not_marked(folder, word):
    total = (word, None, None, 276, 300)
    lab = open_engagement(write(folder, Levels=[LEVEL_HEADERS, *LEVELS, total]).path)
    assert rows_of(lab, "sla_monthly")[5] == ("rejected", "total row, not a record")
    assert not [entry for entry in cells_of(lab, "met") if entry[1] == "flagged"]


def test_a_total_that_its_rows_do_not_give_is_marked(folder):
    lab = open_engagement(write(folder, Levels=[LEVEL_HEADERS, ("Total", None, None, 280, 300), *LEVELS]).path)
    marked = [entry for entry in cells_of(lab, "met") if entry[1] == "flagged"]
    assert marked == [
        (2, "flagged", "the total differs from its rows: 3 numbers add up to something else", "280", "276")
    ]
    assert not [entry for entry in cells_of(lab, "total") if entry[1] == "flagged"]


def test_subtotals_are_checked_against_their_own_block(folder):
    first, second = (("S Total", None, None, 183, 200), ("T Total", None, None, 99, 100))
    grand = ("Grand total", None, None, 276, 300)
    rows = [LEVEL_HEADERS, *LEVELS[:2], first, ("T", *LEVELS[2][1:]), second, grand]
    lab = open_engagement(write(folder, Levels=rows).path)
    assert len(lab.tables.sla_monthly) == 3
    assert [(row, old, new) for row, action, _, old, new in cells_of(lab, "met") if action == "flagged"] == [
        (6, "99", "276")
    ]


def test_a_first_row_that_is_the_sum_of_the_others_is_a_total_without_the_word(folder):
    whole = ("England", dt.date(2022, 1, 1), "availability", 276 + 94, 400)
    lab = open_engagement(
        write(folder, Levels=[LEVEL_HEADERS, whole, *LEVELS, ("S", dt.date(2022, 4, 1), "availability", 94, 100)]).path
    )
    assert "England" not in set(lab.tables.sla_monthly["service"])
    assert rows_of(lab, "sla_monthly")[2][1].startswith("total row, not a record: its counts are the sums")


def test_text_below_the_table_is_no_record_and_asks_nothing(folder):
    write(folder, Log=[("NCR no", "Root cause", "Correction"), ("F1", "c", "d"), (), ("Source: the quality team",)])
    lab = open_engagement(folder.path)
    assert rows_of(lab, "corrective_actions")[4] == ("skipped", "text below the table, not a record")
    assert lab.questions.empty


def test_the_same_header_twice_uses_the_column_that_is_filled(folder):
    write(folder, Log=[("NCR no", "Root cause", "Due date", "Due date"), ("F1", "c", None, dt.date(2023, 9, 1))])
    lab = open_engagement(folder.path)
    assert lab.tables.corrective_actions["due_original"].notna().all()
    assert cells_of(lab, "(header)")[-1][1:] == (
        "flagged", "this header stands twice; the other column is used", "Due date", "column D",
    )  # fmt: skip


def test_blocks_with_repeated_headers_and_titles_are_one_table(folder):
    rows = [("January",), LEVEL_HEADERS, LEVELS[0], (), ("February",), LEVEL_HEADERS, LEVELS[1]]
    lab = open_engagement(write(folder, Levels=rows).path)
    assert lab.tables.sla_monthly["source_row"].tolist() == [3, 7]
    assert [rule for _, rule in rows_of(lab, "sla_monthly").values()] == [
        "", "blank row", "title of the block below", "header repeated", "",
    ]  # fmt: skip


def test_an_export_of_a_round_number_of_rows_is_marked(folder):
    rows = "".join(f"I{number},2022-04-03 09:00,P1\n" for number in range(1000))
    lab = open_engagement(folder.text("i.csv", "number,opened_at,priority\n" + rows).path)
    assert "probably the limit of an export" in lab.summary.iloc[0]["note"]
    assert cells_of(lab, "(rows)")[0][3] == "1000"


def test_formulas_without_a_stored_value_are_told(folder):
    folder.workbook("s.xlsx", Levels=[LEVEL_HEADERS, *[(*level[:3], "=90+1", 100) for level in LEVELS]])
    lab = open_engagement(folder.path)
    assert lab.tables.sla_monthly["met"].isna().all()
    assert cells_of(lab, "met")[0][2:4] == (
        "formulas without a stored value read as blank; open the file in a spreadsheet program and save it",
        "3 formulas",
    )


def test_one_bad_row_leaves_all_others_and_a_bad_column_is_refused_once(folder):
    good = [(f"I{number}", "2022-04-03 09:00", "2022-04-03 10:00", "P1") for number in range(20)]
    header = ("number", "opened_at", "resolved_at", "priority")
    folder.text("i.csv", "\n".join(",".join(row) for row in [header, *good, ("I99", "soon", "", "P1")]))
    lab = open_engagement(folder.path)
    assert (len(lab.tables.incidents), lab.summary.iloc[0]["rejected"]) == (20, 1)
    folder.text(
        "i.csv", "\n".join(",".join(row) for row in [header, *[(*row[:2], "see text", row[3]) for row in good]])
    )
    lab = open_engagement(folder.path)
    assert len(lab.tables.incidents) == 20
    assert [entry[:2] for entry in cells_of(lab, "resolved")] == [(1, "rejected")]


def test_columns_that_move_or_are_renamed_between_monthly_sheets_are_found(folder):
    january = [LEVEL_HEADERS, LEVELS[0]]
    february = [("Month", "Service", "Measure", "Total", "Met"), (dt.date(2022, 2, 1), "S", "availability", 100, 92)]
    march = [("Service", "Month", "What we look at", "Met", "Total"), LEVELS[2]]
    lab = open_engagement(write(folder, Jan=january, Feb=february, Mar=march).path)
    assert sorted(zip(lab.tables.sla_monthly["metric"], lab.tables.sla_monthly["met"], strict=True)) == [
        ("availability", 91), ("availability", 92), ("availability", 93),
    ]  # fmt: skip
    assert [entry[:3] for entry in cells_of(lab, "metric")] == [
        (1, "flagged", "header not known; read by its place, as in sheet 'Jan'")
    ]


@pytest.mark.parametrize(
    ("last", "as_of", "marked"), [(4, "2022-08-31", True), (12, "2022-08-31", False), (4, "2022-08-07", False)]
)
def test_a_last_month_that_drops_is_marked(folder, last, as_of, marked):
    days = [f"2022-{month:02d}-{1 + day:02d}" for month in range(1, 8) for day in range(20)]
    days += [f"2022-08-{1 + day:02d}" for day in range(last)]
    rows = "".join(f"I{number},{day} 09:00,P1\n" for number, day in enumerate(days))
    lab = open_engagement(folder.text("i.csv", "number,opened_at,priority\n" + rows).path, as_of=as_of)
    assert ("the export may stop early" in lab.summary.iloc[0]["note"]) is marked
    assert len(lab.tables.incidents) == len(days) - (max(0, last - 7) if as_of == "2022-08-07" else 0)


SLA_HEADERS = ["Service", "Month", "Total tickets", "Within SLA", "Attainment %"]
SLA_ROWS = [["Mail", "Jan 2024", 40, 39, 97.5], ["Mail", "Feb 2024", 50, 45, 90.0], ["Total", None, 90, 84, None]]


def test_a_report_without_a_metric_is_asked_for_it_and_may_answer_for_all_rows(folder):
    folder.workbook("sla.xlsx", S=[SLA_HEADERS, *SLA_ROWS])
    (question,) = open_engagement(folder.path).open_questions.to_dict("records")
    assert question["setting"] == '[mapping."sla.xlsx"."S"] "metric" = "= Attainment %"'
    section, _, line = question["setting"].partition("] ")
    lab = open_engagement(folder.settings(f"as_of = 2024-03-31\n{section}]\n{line}\n").path)
    loaded = lab.tables.sla_monthly
    assert loaded["metric"].tolist() == ["Attainment %"] * 2
    assert loaded["total"].tolist() == [40, 50]
    assert lab.open_questions.empty
    assert lab.summary["rejected"].tolist() == [1]  # the total


def test_the_month_of_a_title_may_be_said_for_all_rows(folder):
    rows = [
        ["March 2024", None, None],
        ["Provider", "Seen", "Percentage in time"],
        ["A", 10, "90 %"],
        ["B", 12, "80 %"],
    ]
    said = '[mapping."p.xlsx"."S"]\ntable = "sla_monthly"\nservice = "Provider"\ntotal = "Seen"\n'
    said += 'value = "Percentage in time"\nmonth = "= 2024-03"\nmetric = "= four hours"\n'
    lab = open_engagement(folder.workbook("p.xlsx", S=rows).settings(f"as_of = 2024-03-31\n{said}").path)
    loaded = lab.tables.sla_monthly
    assert loaded["month"].dt.strftime("%Y-%m").unique().tolist() == ["2024-03"]
    assert loaded["value"].tolist() == [0.9, 0.8]
