"""Cells whose words come from a vocabulary: clauses, editions, priorities, kinds of audit, names."""

import datetime as dt

import pandas as pd
import pytest

from auditlab.intake.names import NameBook, name_book
from auditlab.intake.spoilt_clauses import clause_proposals
from auditlab.intake.words import read_clause, read_edition, read_priority, read_word

AUDIT_TYPES = ("stage1", "stage2", "surveillance", "recertification", "transition", "transfer", "test", "internal")


@pytest.mark.parametrize(
    ("cell", "clause"),
    [("8.5.1.3", "8.5.1.3"), ("Cl. 8.6.1", "8.6.1"), ("§ 9.2", "9.2"), ("Clause 10.2", "10.2"), ("Kapitel 8.6", "8.6"), (7.2, "7.2"), (9, "9"), ("8.10", "8.10")],
)  # fmt: skip
def test_clauses_are_read_in_every_usual_form(cell, clause):
    assert read_clause(cell).value == clause


@pytest.mark.parametrize("cell", ["8.5.1 / annex", "all", "A.8.1", "n/a"])
def test_what_is_no_single_clause_keeps_its_words(cell):
    reading = read_clause(cell)
    assert (reading.value, reading.problem) == (cell, "clause cannot be read")


def test_a_date_in_a_clause_cell_is_a_clause_that_the_spreadsheet_ate():
    cell = dt.date(2003, 6, 8)
    assert read_clause(cell).problem == "clause turned into a date by the spreadsheet"
    assert clause_proposals(cell) == ("8.6.3", "8.6")


@pytest.mark.parametrize(
    ("cell", "edition"),
    [("ISO/IEC 20000-1:2018", "2018"), (2011.0, "2011"), ("2018", "2018"), ("20000-1 : 2011", "2011")],
)
def test_editions_are_taken_out_of_their_titles(cell, edition):
    assert read_edition(cell).value == edition


def test_another_standard_is_no_edition():
    assert read_edition("ISO 9001:2015").problem == "not an edition of ISO/IEC 20000-1 (2005, 2011 or 2018)"


@pytest.mark.parametrize(
    ("cell", "priority"), [("1 - Critical", "P1"), ("P2", "P2"), ("Moderate", "P3"), ("4", "P4"), ("hoch", "P2")]
)
def test_priorities_are_read_by_their_word(cell, priority):
    assert read_priority(cell).value == priority


def test_an_unknown_priority_word_is_refused():
    assert read_priority("purple").problem == "not a known priority word"


def test_the_word_decides_where_number_and_word_differ():
    """In some systems 1 is least urgent; the word beside the number says what is meant."""
    assert read_priority("1 - Low").value == "P4"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Surveillance 2", "surveillance"),
        ("Recertification and transition", "recertification"),
        ("ÜA1", "surveillance"),
        ("Internal", "internal"),
        ("Transfer", "transfer"),
        ("Transfer audit", "transfer"),
        ("Pre-transfer review", "transfer"),
        ("Test", "test"),
        ("Test audit", "test"),
        ("Audit à blanc", "test"),
    ],
)
def test_kinds_of_audit_are_read_in_their_usual_spellings(cell, kind):
    assert read_word(cell, vocabulary=AUDIT_TYPES).value == kind


def test_a_word_outside_the_vocabulary_names_the_vocabulary():
    assert read_word("party", vocabulary=AUDIT_TYPES).problem.startswith("not one of stage1, stage2")


MASTER = pd.DataFrame({"site": ["A", "B"], "name": ["Aarlund", "Annex"], "aliases": ["HQ; Annex", None]})


def test_names_and_aliases_lead_to_the_code():
    book = name_book("site", MASTER, aliases={"NA": "A"})
    assert [book.read(name).value for name in ("A", "aarlund", " HQ ", "NA")] == ["A", "A", "A", "A"]


def test_a_name_that_stands_for_two_codes_is_asked_and_not_guessed():
    assert name_book("site", MASTER, aliases={}).read("Annex").problem != ""


def test_without_a_list_every_name_is_taken_as_written():
    assert NameBook(kind="site").read("Somewhere").value == "Somewhere"


def test_a_proposal_needs_some_likeness():
    book = name_book("site", MASTER, aliases={})
    assert book.proposal("Aarlundd") == "A"
    assert book.proposal("zzzz") == ""


@pytest.mark.parametrize("written", ["Kap. 8.7.2", "Ziffer 8.7.2", "Ziff. 8.7.2"])
def test_german_short_forms_before_a_clause_are_read(written):
    assert read_clause(written).value == "8.7.2"
