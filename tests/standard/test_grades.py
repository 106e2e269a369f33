import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.errors import ArgumentError, AuditlabError
from auditlab.standard._tables import read_rows
from auditlab.standard.grades import NONCONFORMITIES, Grade, likely_grade, read_grade

WORDS = read_rows("grade_words.csv")
CLEAR = [(row["word"], row["grade"]) for row in WORDS if row["certainty"] != "ambiguous"]


@pytest.mark.parametrize(("word", "grade"), CLEAR)
def test_every_clear_word_is_read(word, grade):
    assert read_grade(word).grade == grade


@pytest.mark.parametrize(
    ("word", "grade"),
    [("mNC", "minor"), ("NC-B", "minor"), ("nc b", "minor"), ("N.C. B", "minor"), ("AFI", "ofi"), ("CAT. 1", "major"),
     ("HA", "major"), ("non conformité majeure", "major"), ("Piste d\u2019amélioration", "ofi"), ("STARKE", "strength"),
     ("Point sensible", "observation"), (" Observation ", "observation"), ("major", "major")],
)  # fmt: skip
def test_case_spaces_hyphens_dots_and_accents_do_not_matter(word, grade):
    assert read_grade(word).grade == grade


@pytest.mark.parametrize(
    ("word", "candidates"),
    [("PF", ("strength", "observation")), ("p.f.", ("strength", "observation")), ("NA", ("minor", "major")),
     ("Abweichung", ("minor", "major")), ("MNC", ("minor", "major")), ("NCM", ("minor", "major"))],
)  # fmt: skip
def test_dangerous_words_are_ambiguous(word, candidates):
    reading = read_grade(word)
    assert reading.grade is None
    assert reading.candidates == candidates
    assert f"'{word}' is ambiguous: {candidates[0]} (" in reading.rule


def test_the_case_decides_where_it_alone_tells_two_grades_apart():
    assert read_grade("NCm").grade is Grade.MINOR
    assert read_grade("ncm").grade is None


def test_the_user_decides_an_ambiguous_word_and_may_overrule_ours():
    own = {"P F": "strength", "Remark": "OFI", "Stern": "strength"}
    assert read_grade("pf", own=own).grade is Grade.STRENGTH
    assert read_grade("remark", own=own).grade is Grade.OFI
    assert read_grade("STERN", own=own).rule == "grade word of the user"
    assert read_grade("Minor", own=own).rule == "grade word"


def test_a_grade_that_does_not_exist_is_refused():
    with pytest.raises(
        ArgumentError, match=r"'PF' is said to mean 'strenght', which is no grade. Use one of major, minor"
    ):
        read_grade("PF", own={"PF": "strenght"})
    assert issubclass(ArgumentError, AuditlabError)


def test_an_unknown_or_empty_word_has_no_grade_and_no_candidates():
    assert read_grade("Sternchen").rule == "'Sternchen' is no known grade word"
    assert read_grade("  ").rule == "the grade is empty"
    assert read_grade("Sternchen").candidates == read_grade("").candidates == ()


@given(st.text(max_size=12))
def test_any_text_is_answered(text):
    reading = read_grade(text)
    assert reading.rule
    assert reading.grade is None or reading.candidates == (reading.grade,)


def test_only_major_and_minor_are_nonconformities_and_the_major_stands_first():
    assert NONCONFORMITIES == (Grade.MAJOR, Grade.MINOR)
    assert "minor" in NONCONFORMITIES
    assert "strength" not in NONCONFORMITIES


@pytest.mark.parametrize(
    ("word", "grade"), [("NC+", Grade.MAJOR), ("NC-", Grade.MINOR), ("nc \N{MINUS SIGN}", Grade.MINOR)]
)
def test_a_sign_at_the_end_tells_two_grades_apart(word, grade):
    """Without it a list of NC+ and NC- would lose its majors to whichever answer stands first."""
    assert read_grade(word, own={"NC-": "minor", "NC+": "major"}).grade is grade
    assert read_grade(word, own={"NC+": "major", "NC-": "minor"}).grade is grade
    assert read_grade(word).grade is None
    assert read_grade(word).candidates[0] is grade


def test_an_answer_for_one_sign_is_none_for_the_other():
    own = {"NC-": "minor"}
    assert read_grade("NC+", own=own).grade is None
    assert read_grade("B+", own={"B": "minor", "B-": "ofi"}).grade is None
    assert read_grade("B", own={"B": "minor", "B-": "ofi"}).grade is Grade.MINOR


def test_a_stray_sign_changes_nothing_where_no_word_uses_it():
    assert read_grade("Minor -").grade is Grade.MINOR
    assert read_grade("Stern+", own={"stern": "ofi"}).grade is Grade.OFI


def test_an_abbreviation_is_proposed_as_what_it_begins():
    assert likely_grade("Rec") is Grade.OFI
    assert likely_grade("NC") is None
    assert likely_grade("zzz") is None
