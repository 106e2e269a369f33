"""Words, dates and empty cells that cannot be read: each is named, asked about, and taken once it is answered."""

import datetime as dt

import pytest
from engagements import AUDIT, AUDIT_HEADERS, SITES, cells_of, rows_of

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement
from auditlab.intake.columns import OrderEvidence, order_evidence
from auditlab.intake.words import YES_NO, word_proposal
from auditlab.tables import table_specs

COVERAGE = ("Audit no", "Site", "Clause", "Status")
MAPPING = '[mapping."r.xlsx"."Coverage"]\nexamined = "Status"\n'
TYPES = table_specs()["audits"].column("type").vocabulary
TRANSITION = "Surveillance 1 + transition 2018"


@pytest.fixture
def audits(folder):
    """A function that writes a list of audits, and coverage if wanted, with the given settings."""

    def write(*rows, coverage=(), settings=""):
        folder.settings('client = "C"\nas_of = 2024-03-31\n' + settings)
        sheets = {"Coverage": [COVERAGE, *coverage]} if coverage else {}
        return folder.workbook("r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, *rows], **sheets).path

    return write


STATUS = [
    ("AU-1", "A", clause, word)
    for clause, word in zip(("8.1", "8.2", "8.3"), ("done", "done", "not reached"), strict=True)
]


def test_unknown_words_for_examined_are_asked_by_name_with_a_proposal(audits):
    lab = open_engagement(audits(AUDIT, coverage=STATUS, settings=MAPPING))
    asked = lab.open_questions.set_index("question")
    assert asked["setting"].to_dict() == {
        "aliases.examined/done": '[aliases.examined] "done" = "yes"',
        "aliases.examined/not reached": '[aliases.examined] "not reached" = "no"',
    }
    assert asked["affects"].to_list() == [2, 1]
    assert rows_of(lab, "coverage")[4] == ("rejected", "examined: neither yes nor no ('not reached')")


def test_answered_words_load_the_rows(audits):
    answers = MAPPING + '[aliases.examined]\n"done" = "yes"\n"not reached" = "no"\n'
    lab = open_engagement(audits(AUDIT, coverage=STATUS, settings=answers))
    assert lab.tables.coverage["examined"].to_list() == [True, True, False]
    assert lab.open_questions.empty


def test_a_column_of_many_different_texts_is_no_column_of_words(audits):
    rows = [("AU-1", "A", f"8.{n}", f"text number {n}") for n in range(1, 15)]
    lab = open_engagement(audits(AUDIT, coverage=rows, settings=MAPPING))
    assert rows_of(lab, "coverage")[2] == ("rejected", "examined: column refused: hardly a cell of it can be read")
    assert lab.open_questions.empty


ODD = ("AU-2", TRANSITION, dt.date(2023, 8, 1), "A", 1, "2018")


def test_an_unknown_kind_of_audit_is_asked_by_its_own_words(audits):
    lab = open_engagement(audits(AUDIT, ODD))
    question = lab.open_questions.iloc[0]
    assert (question["question"], question["proposal"]) == (f"aliases.type/{TRANSITION}", "surveillance")
    assert rows_of(lab, "audits")[3][1].endswith(f"('{TRANSITION}')")


@pytest.mark.parametrize(
    "answer",
    [f'[aliases.type]\n"{TRANSITION}" = "transition"\n', '[answers]\n"empty/r.xlsx/Audits/3/type" = "transition"\n'],
)
def test_an_answer_that_names_the_kind_of_audit_loads_the_row(audits, answer):
    lab = open_engagement(audits(AUDIT, ODD, settings=answer))
    assert lab.tables.audits["type"].to_list() == ["surveillance", "transition"]
    assert lab.open_questions.empty


def test_an_answer_that_is_no_kind_of_audit_keeps_the_question_open(audits):
    lab = open_engagement(audits(AUDIT, ODD, settings=f'[aliases.type]\n"{TRANSITION}" = "odd"\n'))
    assert "auditlab.toml says 'odd', which is none of them" in lab.open_questions["asks"].iloc[0]


def test_an_empty_cell_takes_the_value_that_a_person_gives(audits):
    settings = '[answers]\n"empty/r.xlsx/Audits/3/start" = "2023-08-01"\n'
    lab = open_engagement(audits(AUDIT, ("AU-2", "Surveillance 2", None, "A", 1, "2018"), settings=settings))
    assert lab.tables.audits["start"].dt.date.to_list() == [dt.date(2023, 6, 1), dt.date(2023, 8, 1)]
    assert (3, "repaired", "filled in as answered in auditlab.toml", "", "2023-08-01 00:00:00") in cells_of(
        lab, "start"
    )
    assert lab.open_questions.empty


def test_an_answer_that_is_no_value_says_so(audits):
    settings = '[answers]\n"empty/r.xlsx/Audits/3/start" = "soon"\n'
    folder = audits(AUDIT, ("AU-2", "Surveillance 2", None, "A", 1, "2018"), settings=settings)
    with pytest.raises(EngagementError, match=r"'soon' is no value of 'start' \(not a date\)"):
        open_engagement(folder)


def test_a_day_that_no_calendar_has_proves_no_order_and_is_shown(audits):
    lab = open_engagement(audits(AUDIT, ("AU-2", "Surveillance 2", "31/02/2023", "A", 1, "2018")))
    assert rows_of(lab, "audits")[3] == ("rejected", "start: no such day in the calendar ('31/02/2023')")
    question = lab.open_questions.iloc[0]
    assert question["question"] == "empty/r.xlsx/Audits/3/start"
    assert "holds '31/02/2023' (no such day in the calendar)" in question["asks"]


def test_the_evidence_of_a_column_is_a_sentence_in_singular_and_plural():
    evidence = order_evidence(["31/01/2023", "31/02/2023", "03/04/2023", "05/06/2023"])
    assert evidence == OrderEvidence(day_first=1, month_first=0, open=2, neither=1)
    told = "1 cell fits day-first only, 0 cells fit month-first only, 2 cells fit both, 1 cell fits neither"
    assert evidence.shown == told


@pytest.mark.parametrize(
    ("written", "vocabulary", "proposal"),
    [
        ("not reached", YES_NO, "no"),
        ("done", YES_NO, "yes"),
        ("partly", YES_NO, ""),
        (TRANSITION, TYPES, "surveillance"),
        ("Recertificaton", TYPES, "recertification"),
        ("visit", TYPES, ""),
    ],
)
def test_what_an_unknown_word_is_proposed_as(written, vocabulary, proposal):
    assert word_proposal(written, vocabulary=vocabulary) == proposal
