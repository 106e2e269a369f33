"""Edition detection and the map from 2011 to 2018. Source of the map: own mapping, 70 rows for 39 leaves."""

import datetime as dt

import pandas as pd
import pytest

from auditlab.errors import ClauseError
from auditlab.standard import editions
from auditlab.standard._tables import read_rows
from auditlab.standard.clauses import auditable_leaves, clause_exists, clause_table
from auditlab.standard.editions import covered_in_2018, detect_edition, is_new_in_2018, to_2018

NEW = ("4.1", "4.2", "6.1.1", "6.1.2", "6.1.3", "6.2.1", "6.2.2", "7.6", "8.2.2", "8.2.5", "8.4.2")
# The audit of the sample engagement that was made against 2011: citation, statement, 2018 clause.
AU_1 = [
    ("9.2", "Three of ten changes had no recorded approval before implementation", "8.5.1.3"),
    ("4.5.4.2", "Internal audit programme did not include supplier management", "9.2"),
    ("8.1", "Major incident reports missing for two of four major incidents", "8.6.1"),
    ("8.2", "Recurring storage incidents without problem record", "8.6.3"),
    ("7.2", "Carrier contract has no service targets aligned to the SLA", "8.3.4.1"),
    ("9.1", "Four of twelve sampled CIs did not match the records", "8.2.6"),
    ("6.3.2", "Continuity plan of payments platform names people who left", "8.7.2"),
    ("4.3.2", "Two obsolete procedures in use at service desk", "7.5.3"),
    ("6.1", "SLA review could include workload trend", "8.3.3"),
    ("6.5", "Capacity plan could state headroom per platform", "8.4.3"),
    ("6.2", "Service report could name the data source", "9.4"),
    ("9.3", "Release calendar could be shared with the service desk", "8.5.3"),
    ("4.1.4", "Management representative also leads internal audit", "5.3"),
    ("7.1", "Customer board with documented outcomes", "8.3.2"),
]
MAP = [row for row in read_rows("edition_map.csv") if row["clause_2011"]]


def test_map_has_one_primary_target_for_every_leaf_of_2011():
    frame = pd.DataFrame(MAP)
    assert len(frame) == 70
    assert tuple(frame["clause_2011"].unique()) == auditable_leaves("2011")
    assert (frame[frame["primary"] == "y"]["clause_2011"].value_counts() == 1).all()
    assert frame.loc[frame["primary"] == "y", "clause_2011"].nunique() == 39
    assert all(clause_exists(clause) for clause in frame["clause_2018"])


@pytest.mark.parametrize(("cited", "statement", "expected"), AU_1)
def test_findings_of_the_2011_audit_reach_their_2018_clause(cited, statement, expected):
    assert to_2018(cited, edition="2011", statement=statement).clause == expected


@pytest.mark.parametrize("row", MAP, ids=lambda row: f"{row['clause_2011']} to {row['clause_2018']}")
def test_the_keywords_of_a_target_lead_to_it(row):
    if row["keywords"] or row["primary"] == "y":
        mapped = to_2018(row["clause_2011"], edition="2011", statement=row["keywords"])
        assert (mapped.clause, mapped.relation) == (row["clause_2018"], row["relation"])
        for keyword in row["keywords"].split(","):
            mapped = to_2018(row["clause_2011"], edition="2011", statement=keyword)
            assert mapped.clause == row["clause_2018"], keyword


@pytest.mark.parametrize(
    ("cited", "statement", "clause", "decided_by"),
    [
        ("9.2", "", "8.5.1.3", "primary"),
        ("9.2", None, "8.5.1.3", "primary"),
        ("9.2", "Emergency category is not defined in the policy", "8.5.1.1", "keywords"),
        ("9.2", "Changes recorded but not approved", "8.5.1.3", "primary"),  # one word each: the primary stays
        ("8.1", "Fulfilment of requests not tracked", "8.6.2", "keywords"),
        ("7.2", "No OLA with the internal group for databases", "8.3.4.2", "keywords"),
        ("6.1", "Two live services absent from the service catalogue", "8.2.4", "keywords"),
        ("4.5.4.2", "Internal audit did not cover site B", "9.2", "primary"),
        ("4.5.4.2", "Non-conformities of the last internal audit were not followed up", "10.1", "keywords"),
        ("6.3.3", "No availability monitoring", "8.7.1", "keywords"),
        ("6.2", "anything", "9.4", "only target"),
    ],
)
def test_statement_decides_between_the_targets_of_one_clause(cited, statement, clause, decided_by):
    mapped = to_2018(cited, edition="2011", statement=statement)
    assert (mapped.clause, mapped.decided_by) == (clause, decided_by)
    assert mapped.clause in mapped.candidates


def test_the_primary_target_is_the_first_candidate():
    assert to_2018("4.3.2", edition="2011").candidates == ("7.5.3", "7.5.2")


@pytest.mark.parametrize("clause", clause_table()["clause"])
def test_a_citation_of_2018_stays_where_it_is(clause):
    mapped = to_2018(clause, edition="2018", statement="policy risk catalogue")
    assert (mapped.clause, mapped.decided_by, mapped.candidates) == (clause, "edition 2018", (clause,))


@pytest.mark.parametrize(
    ("cited", "clause"),
    [
        ("4.3", "7.5"),
        ("4.4", "7"),
        ("6.3", "8.7"),
        ("6.6", "8.7.3"),
        ("7", "8.3"),
        ("8", "8.6"),
        ("9", "8"),
        ("4", None),
    ],
)
def test_a_citation_above_the_leaves_is_never_pushed_down(cited, clause):
    mapped = to_2018(cited, edition="2011", statement="continuity plan")
    assert (mapped.clause, mapped.decided_by) == (clause, "common ancestor")
    assert mapped.clause not in auditable_leaves()


def test_the_edition_of_2005_is_not_mapped():
    mapped = to_2018("10.1", edition="2005", statement="Release plan missing")
    assert (mapped.clause, mapped.candidates, mapped.decided_by) == (None, (), "not mapped")


def test_a_citation_that_the_edition_does_not_have_is_refused():
    with pytest.raises(ClauseError, match=r"20000-1:2011 has no clause 8.5.1.3"):
        to_2018("8.5.1.3", edition="2011")
    with pytest.raises(ClauseError, match=r"no clause tree of edition '2019'"):
        to_2018("8.1", edition="2019")
    with pytest.raises(ClauseError, match=r"is no clause number"):
        to_2018("10.1.", edition="2005")


def test_new_clauses_and_parents_that_hold_nothing_else():
    assert tuple(leaf for leaf in auditable_leaves() if is_new_in_2018(leaf)) == NEW
    assert is_new_in_2018("6.1")
    assert is_new_in_2018("6.2")
    assert not is_new_in_2018("6")
    assert not is_new_in_2018("8.2")
    with pytest.raises(ClauseError, match=r"2018 has no clause 6.5"):
        is_new_in_2018("6.5")


def test_an_examination_in_2011_covers_all_targets_but_no_new_clause():
    assert covered_in_2018("9.2") == ("8.5.1.1", "8.5.1.2", "8.5.1.3")
    assert covered_in_2018("4.5.4.2") == ("9.2.1", "9.2.2", "10.1.1", "10.1.2")
    assert covered_in_2018("9.1") == ("8.2.6",)
    assert covered_in_2018("5.2") == ("8.5.2.1",)
    assert covered_in_2018("4.5.2") == ("6.3",)
    assert covered_in_2018("6.3") == ("8.7.1", "8.7.2")
    with pytest.raises(ClauseError, match=r"2011 has no clause 8.6.1"):
        covered_in_2018("8.6.1")


def test_a_full_audit_against_2011_covers_all_but_the_new_leaves():
    covered = {leaf for old in auditable_leaves("2011") for leaf in covered_in_2018(old)}
    assert set(auditable_leaves()) - covered == set(NEW)


def test_numbers_of_the_whole_audit_decide():
    evidence = detect_edition([cited for cited, _, _ in AU_1], audit_date=dt.date(2020, 6, 16))
    assert evidence.edition == "2011"
    assert not evidence.needs_confirmation
    assert evidence.only_2011 == ("4.1.4", "4.3.2", "4.5.4.2", "6.3.2", "6.5")
    assert evidence.only_2018 == ()
    assert evidence.colliding == ("6.1", "6.2", "7.1", "7.2", "8.1", "8.2", "9.1", "9.2", "9.3")
    assert evidence.note == "only in 2011: 4.1.4, 4.3.2, 4.5.4.2, 6.3.2, 6.5"


@pytest.mark.parametrize(
    "clause", ["4.1.1", "4.1.9", "4.3.1", "4.4.2", "4.5", "4.5.4.2", "5.4", "6.3.1", "6.4", "6.5", "6.6.3", "6.6.4"]
)
def test_detectors_of_2011(clause):
    assert detect_edition(["8.1", clause]).edition == "2011"


@pytest.mark.parametrize(
    "clause",
    ["5.2.1", "6.1.2", "6.2.3", "7.3", "7.5.3.1", "7.6", "8.1.1", "8.5.1", "8.5.1.3", "8.7", "9.2.2", "9.4", "10.1", "10.1.1",
     "10.3"],
)  # fmt: skip
def test_detectors_of_2018(clause):
    evidence = detect_edition(["9.2", clause])
    assert (evidence.edition, evidence.needs_confirmation) == ("2018", False)


def test_numbers_of_two_editions_give_none_and_show_the_mix():
    evidence = detect_edition(["4.5.4.2", "8.5.1.3", "9.2"], audit_date=dt.date(2021, 6, 15))
    assert evidence.edition is None
    assert evidence.needs_confirmation
    assert "only in 2011 4.5.4.2; only in 2018 8.5.1.3" in evidence.note


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        (dt.date(2018, 8, 31), "2011"),
        (dt.date(2018, 9, 1), None),
        (dt.date(2021, 9, 29), None),
        (dt.date(2021, 9, 30), "2018"),
        (None, None),
    ],
)
def test_colliding_numbers_alone_need_confirmation_and_the_date_proposes(day, edition):
    evidence = detect_edition(["9.2", "8.1", "8.1"], audit_date=day)
    assert (evidence.edition, evidence.needs_confirmation, evidence.colliding) == (edition, True, ("8.1", "9.2"))
    assert "only numbers that both editions use (8.1, 9.2)" in evidence.note


def test_a_timestamp_serves_as_the_date():
    assert detect_edition(["9.2"], audit_date=pd.Timestamp("2022-06-14 08:00")).edition == "2018"
    assert detect_edition(["9.2"], audit_date=pd.NaT).edition is None


def test_old_numbers_after_the_transition_are_doubted_and_so_are_new_ones_before_it():
    late = detect_edition(["6.5"], audit_date=dt.date(2021, 9, 30))
    assert late.edition == "2011"
    assert "internal template or data error?" in late.note
    assert "template" not in detect_edition(["6.5"], audit_date=dt.date(2021, 9, 29)).note
    early = detect_edition(["8.5.1.3"], audit_date=dt.date(2018, 8, 31))
    assert early.edition == "2018"
    assert "before that edition appeared" in early.note


@pytest.mark.parametrize("clauses", [["10.1", "6.5", "9.2"], ["3.1", "8.3"], ["8.3", "6.4"], ["3", "9.1"]])
def test_numbers_of_2005_are_recognised_and_not_mapped(clauses):
    evidence = detect_edition(clauses, audit_date=dt.date(2010, 5, 4))
    assert (evidence.edition, evidence.needs_confirmation) == (None, True)
    assert "looks like the edition of 2005, which is not mapped" in evidence.note


def test_numbers_of_2005_beside_a_late_date_are_a_mix():
    assert "numbers of two editions" in detect_edition(["10.1", "6.5"], audit_date=dt.date(2020, 5, 4)).note


def test_texts_and_missing_values_decide_nothing():
    evidence = detect_edition(["see 8.6", None, float("nan"), pd.NA, " ", "12.4", "6.5"])
    assert (evidence.edition, evidence.neither) == ("2011", ("12.4", "see 8.6"))
    empty = detect_edition([])
    assert (empty.edition, empty.needs_confirmation) == (None, True)
    assert "no number that decides" in empty.note


def test_a_long_list_is_cut_in_the_note_and_kept_in_the_evidence():
    evidence = detect_edition(auditable_leaves("2011"))
    assert "and 20 more" in evidence.note
    assert len(evidence.only_2011) == 39 - 13
    assert editions.EDITION_MAP_VERSION
