"""Recognition of a sheet by its headers."""

import pytest

from auditlab.intake.aliases import column_aliases
from auditlab.intake.headers import recognise
from auditlab.intake.plain import plain_header
from auditlab.intake.sheets import RawSheet
from auditlab.tables import table_specs


def sheet(*rows):
    return RawSheet(file="f.xlsx", name="S", rows=tuple(tuple(row) for row in rows))


def test_header_below_a_title_is_found():
    found = recognise(
        sheet(
            ("Findings 2023", None), (None, None), ("NCR no", "Audit no", "Clause", "Grading", "Statement of finding")
        )
    )
    assert (found.table, found.header_row) == ("findings", 3)
    assert found.columns == {"finding_id": 1, "audit_id": 2, "clause_as_cited": 3, "grade": 4, "statement": 5}


def test_columns_without_meaning_are_kept_and_listed():
    found = recognise(sheet(("NCR no", "Audit no", "Clause", "Grade", "Statement", "Colour of the pen")))
    assert found.unknown == {"Colour of the pen": 6}


def test_a_second_column_of_the_same_meaning_is_not_taken_silently():
    found = recognise(sheet(("Site", "Name", "Other names", "Also known as", "Central")))
    assert found.columns["aliases"] == 3
    assert found.unknown == {"Also known as (a second 'aliases')": 4}


@pytest.mark.parametrize(
    ("header", "column"),
    [("Due (original)", "due_original"), ("Due (current)", "due_current"), ("Due (dd.mm.)", "due_original")],
)
def test_brackets_count_when_they_tell_columns_apart(header, column):
    found = recognise(sheet(("NCR no", "Root cause", "Correction", header)))
    assert column in found.columns


def test_missing_required_columns_are_named():
    found = recognise(sheet(("NCR no", "Audit no", "Clause", "Statement of finding", "Auditor")))
    assert found.table == "findings"
    assert found.missing == ("grade",)


@pytest.mark.parametrize("rows", [[("Notes", "to self")], [(1, 2, 3)], [], [(None, None)]])
def test_what_is_no_table_is_not_recognised(rows):
    assert recognise(sheet(*rows)) is None


def test_no_header_means_two_columns_of_one_table():
    """An alias belongs to one column; the catalogue would otherwise depend on the order of its lines."""
    for table in table_specs():
        for alias, column in column_aliases(table).items():
            assert plain_header(alias) == alias
            assert column in table_specs()[table].column_names


def test_two_words_that_every_list_has_make_no_table_among_many_headers():
    """A table of hospital figures with the columns Code and Name is no list of suppliers."""
    figures = ("Type 1 seen", "Type 2 seen", "Within four hours", "Over four hours", "Booked")
    assert recognise(sheet(("Code", "Region", "Name", *figures))) is None


def test_the_same_two_words_are_a_list_when_they_are_the_list():
    assert recognise(sheet(("Code", "Name"))) is not None


def test_a_person_may_name_the_table_of_headers_that_say_little():
    row = ("Code", "Region", "Name", "Type 1 seen", "Type 2 seen", "Within four hours")
    assert recognise(sheet(row), mapping={"table": "clients"}).table == "clients"
