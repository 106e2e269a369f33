"""Clause trees and the arithmetic on clause numbers. Sizes of the trees: headings of both editions, counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.errors import ClauseError
from auditlab.standard.clauses import (
    EDITIONS,
    ancestors,
    auditable_leaves,
    clause_exists,
    clause_order,
    clause_table,
    clause_title,
    common_ancestor,
    leaves_under,
    parent_clause,
    parse_clause,
    recurrence_key,
)

numbers = st.lists(st.integers(1, 99), min_size=1, max_size=5).map(lambda parts: ".".join(map(str, parts)))


@pytest.mark.parametrize(("edition", "entries", "leaves"), [("2018", 88, 63), ("2011", 53, 39)])
def test_trees_have_the_known_size(edition, entries, leaves):
    table = clause_table(edition)
    assert (len(table), int(table["leaf"].sum()), len(auditable_leaves(edition))) == (entries, leaves, leaves)


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_leaf_is_an_entry_without_children_and_every_parent_is_an_entry(edition):
    table = clause_table(edition)
    parents = set(table["parent"].dropna())
    assert parents <= set(table["clause"])
    assert set(table.loc[~table["clause"].isin(parents), "clause"]) == set(auditable_leaves(edition))
    assert table["clause"].is_unique


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_leaf_has_evidence_roles_and_indicators_and_no_requirement_word(edition):
    leaves = clause_table(edition).query("leaf")
    assert (leaves[["evidence", "roles", "kpis"]] != "").all().all()
    assert not leaves["evidence"].str.contains(r"\bshall\b").any()


@pytest.mark.parametrize("edition", EDITIONS)
def test_trees_are_in_natural_order(edition):
    order = [clause_order(clause) for clause in clause_table(edition)["clause"]]
    assert order == sorted(order)


def test_thirteen_leaves_of_2011_reuse_a_number_of_2018():
    colliding = [clause for clause in auditable_leaves("2011") if clause_exists(clause)]
    assert " ".join(colliding) == "4.2 5.1 5.2 5.3 6.1 6.2 7.1 7.2 8.1 8.2 9.1 9.2 9.3"
    assert clause_title("9.2") == "Internal audit"
    assert clause_title("9.2", edition="2011") == "Change management"


def test_a_heading_that_is_ours_is_marked_in_the_table_and_not_in_the_title():
    assert clause_title("10.1.1") == "React, evaluate cause, act, review effectiveness"
    table = clause_table().set_index("clause")
    assert table.at["10.1.1", "label_ours"]
    assert not table.at["8.6.1", "label_ours"]


@given(numbers)
def test_a_dotted_number_is_parsed_as_it_is(number):
    assert parse_clause(number) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "8.5.3.", "Cl. 8.6.1", "8.6.1\u200b", " 8.6.1", "8,6", "8..1", "8.0", "0.1", "08.1", "A.5.1", "8.5.1 / 8.5.3",
     "8.100", "1.2.3.4.5.6", "٨.١", "8.6\n"],
)  # fmt: skip
def test_nothing_is_cleaned_or_guessed(text):
    with pytest.raises(ClauseError, match=r"Expected numbers joined by dots and nothing else, e.g. 8.5.1.3"):
        parse_clause(text)


@pytest.mark.parametrize("value", [8.1, 8, None, float("nan")])
def test_a_number_of_a_spreadsheet_is_no_clause(value):
    with pytest.raises(ClauseError, match=r"Keep clauses as text, because 8.1 and 8.10 are the same number"):
        parse_clause(value)


def test_natural_order_puts_2_before_10():
    assert sorted(["8.10", "8.2", "10.1", "8.2.1", "9"], key=clause_order) == ["8.2", "8.2.1", "8.10", "9", "10.1"]


@pytest.mark.parametrize(
    "function", [clause_order, ancestors, parent_clause, recurrence_key, clause_title, leaves_under]
)
def test_arithmetic_refuses_what_is_no_number(function):
    with pytest.raises(ClauseError, match=r"'8.6.1.' is no clause number"):
        function("8.6.1.")


def test_existence_is_asked_without_an_error():
    assert clause_exists("8.5.1.3")
    assert clause_exists("8.5")
    assert not clause_exists("8.5.1.3", edition="2011")
    assert not clause_exists("8.5.1.3.")


@pytest.mark.parametrize("function", [clause_exists, leaves_under, clause_title])
def test_an_unknown_edition_is_named(function):
    with pytest.raises(ClauseError, match=r"no clause tree of edition '2005'. Known editions: 2011, 2018"):
        function("8.1", edition="2005")


def test_an_unknown_clause_is_answered_with_what_there_is():
    with pytest.raises(ClauseError, match=r"has no clause 8.5.4. Below 8.5 it has 8.5.1, 8.5.2, 8.5.3. Mend"):
        clause_title("8.5.4")
    with pytest.raises(ClauseError, match=r"2011 has no clause 10.1. It has 4, 5, 6, 7, 8, 9. Mend"):
        leaves_under("10.1", edition="2011")
    with pytest.raises(ClauseError, match=r"Below 8.6.1 it has no clause"):
        clause_title("8.6.1.1")


def test_leaves_under_a_parent_a_leaf_and_a_neighbour_with_the_same_beginning():
    assert leaves_under("8.5.1") == ("8.5.1.1", "8.5.1.2", "8.5.1.3")
    assert leaves_under("8.6.1") == ("8.6.1",)
    assert leaves_under("10") == ("10.1.1", "10.1.2", "10.2")
    assert leaves_under("4.5.4", edition="2011") == ("4.5.4.1", "4.5.4.2", "4.5.4.3")


@pytest.mark.parametrize("edition", EDITIONS)
def test_main_clauses_share_out_the_leaves(edition):
    top = clause_table(edition).query("parent.isna()")["clause"]
    assert tuple(leaf for clause in top for leaf in leaves_under(clause, edition=edition)) == auditable_leaves(edition)


def test_ancestors_are_nearest_first_and_end_at_the_main_clause():
    assert ancestors("8.5.1.3") == ("8.5.1", "8.5", "8")
    assert ancestors("8") == ()
    assert parent_clause("8.5.1.3") == "8.5.1"
    assert parent_clause("8") is None


@pytest.mark.parametrize(
    ("clause", "key"),
    [("8.5.1.3", "8.5.1"), ("8.5.1", "8.5.1"), ("8.5", "8.5"), ("8", "8"), ("9.2.2", "9.2"), ("7.5.3.1", "7.5"),
     ("10.1.1", "10.1"), ("6.1.2", "6.1"), ("4", "4")],
)  # fmt: skip
def test_recurrence_key_has_three_levels_in_operation_and_two_elsewhere(clause, key):
    assert recurrence_key(clause) == key


@given(numbers)
def test_recurrence_key_is_the_clause_or_above_it_and_keeps_itself(clause):
    key = recurrence_key(clause)
    assert key in (clause, *ancestors(clause))
    assert recurrence_key(key) == key


def test_common_ancestor_is_the_deepest_clause_above_or_equal():
    assert common_ancestor(["8.5.1.3", "8.5.1.2"]) == "8.5.1"
    assert common_ancestor(["8.5.1.3", "8.5.1"]) == "8.5.1"
    assert common_ancestor(["8.1", "8.10"]) == "8"
    assert common_ancestor(["8.1", "9.1"]) is None
    assert common_ancestor([]) is None
    with pytest.raises(ClauseError, match=r"is no clause number"):
        common_ancestor(["8.1", ""])


@given(st.lists(numbers, min_size=1, max_size=4))
def test_common_ancestor_agrees_with_the_sets_of_ancestors(clauses):
    shared = set.intersection(*({clause, *ancestors(clause)} for clause in clauses))
    assert common_ancestor(clauses) == max(shared, key=lambda clause: clause.count("."), default=None)
