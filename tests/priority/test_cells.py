"""From examinations of leaves and findings to one row per audit, site and key."""

import pandas as pd
import pytest

from auditlab.priority.cells import cell_history, last_examinations
from auditlab.priority.likelihood import expected_findings
from auditlab.tables import as_canonical, empty_table

AS_OF = pd.Timestamp("2024-03-31")
START = pd.Timestamp("2023-06-13")


def examined(*rows):
    """Rows of (audit, site, leaf)."""
    frame = pd.DataFrame(rows, columns=["audit_id", "site", "clause"], dtype="str")
    return frame.assign(start=START, end=START, edition="2018", exposure="recorded")


def findings(*rows):
    """Rows of (finding, audit, site, clause, grade)."""
    frame = pd.DataFrame(rows, columns=["finding_id", "audit_id", "site", "clause", "grade"])
    return as_canonical("findings", frame.assign(clause_as_cited=frame["clause"], statement="text"))


AUDITS = as_canonical(
    "audits", pd.DataFrame({"audit_id": ["AU-1"], "type": ["surveillance"], "start": [START], "sites": ["A"]})
)


def history(seen, found):
    rows = cell_history(seen, found, AUDITS, sites=["A", "B"], as_of=AS_OF)
    return rows.set_index(["entity", "clause"])


def test_leaves_of_a_key_are_one_examination():
    rows = history(examined(("AU-1", "A", "8.5.1.1"), ("AU-1", "A", "8.5.1.3")), empty_table("findings"))
    assert rows.index.is_unique
    assert rows.loc[("A", "8.5.1"), "examined"]
    assert not rows.loc[("A", "8.5.1"), "found"]
    assert not rows.loc[("B", "8.5.1"), "examined"]


def test_only_majors_and_minors_count_as_found():
    found = findings(("F1", "AU-1", "A", "8.5.1.3", "minor"), ("F2", "AU-1", "A", "9.2.2", "ofi"))
    rows = history(examined(("AU-1", "A", "8.5.1.3"), ("AU-1", "A", "9.2.2")), found)
    assert rows.loc[("A", "8.5.1"), "found"]
    assert not rows.loc[("A", "9.2"), "found"]


def test_a_finding_cited_above_the_key_is_a_cell_of_its_own():
    rows = history(examined(("AU-1", "A", "8.5.1.3")), findings(("F1", "AU-1", "A", "8.5", "minor")))
    assert rows.loc[("A", "8.5"), "found"]
    assert not rows.loc[("A", "8.5.1"), "found"]


def test_a_finding_in_a_cell_that_coverage_does_not_list_is_kept_as_examined():
    rows = history(examined(("AU-1", "A", "9.2.2")), findings(("F1", "AU-1", "A", "8.6.1", "minor")))
    row = rows.loc[("A", "8.6.1")]
    assert row["examined"]
    assert row["found"]
    assert row["exposure"] == "finding"


def test_an_audit_after_the_day_of_the_review_is_not_known_yet():
    rows = cell_history(
        examined(("AU-1", "A", "9.2.2")),
        findings(("F1", "AU-1", "A", "9.2.2", "minor")),
        AUDITS,
        sites=["A"],
        as_of=pd.Timestamp("2023-01-01"),
    )
    assert not rows["examined"].any()


def test_a_cell_never_examined_has_no_last_examination():
    rows = cell_history(examined(("AU-1", "A", "9.2.2")), empty_table("findings"), AUDITS, sites=["A"], as_of=AS_OF)
    last = last_examinations(rows)
    assert pd.isna(last.loc[("A", "8.6.1"), "last_examined"])
    assert last.loc[("A", "9.2"), "last_examined"] == START


def test_nothing_handed_over_lists_every_cell_as_never_examined():
    nothing = empty_table("findings")
    rows = cell_history(examined(), nothing, empty_table("audits"), sites=["A"], as_of=AS_OF)
    assert len(rows) == 45
    assert not rows["examined"].any()


def cites(found, finding, clauses):
    """The finding cites all `clauses`, the first of which it has already."""
    return found.assign(clauses=found["clauses"].mask(found["finding_id"] == finding, clauses))


def test_a_finding_that_cites_two_clauses_is_found_in_both_cells_and_counts_once_in_all():
    found = cites(findings(("F1", "AU-1", "A", "8.5.1", "minor")), "F1", "8.5.1 9.2.2")
    rows = history(examined(("AU-1", "A", "8.5.1.3"), ("AU-1", "A", "9.2.2")), found)
    assert rows["found"].sum() == 2
    assert rows["found_share"].sum() == 1
    expected = expected_findings(rows.reset_index(), as_of=AS_OF).set_index(["entity", "clause"])
    assert expected.loc[[("A", "8.5.1"), ("A", "9.2")], "nonconformities"].tolist() == [1, 1]
    assert expected.loc[("A", "9.2"), "weight_found"] == pytest.approx(expected["weight_examined"].max() / 2)


def test_two_findings_that_share_a_cell_count_as_one_examination_with_a_nonconformity():
    found = findings(
        ("F1", "AU-1", "A", "8.5.1", "minor"),
        ("F2", "AU-1", "A", "8.5.1", "minor"),
        ("F3", "AU-1", "A", "9.2", "minor"),
    )
    rows = history(examined(("AU-1", "A", "8.5.1.3")), cites(cites(found, "F1", "8.5.1 9.2"), "F2", "8.5.1 9.3"))
    assert rows.loc[("A", "8.5.1"), "found_share"] == 1
    assert rows.loc[("A", "9.2"), "found_share"] == 1, "a whole finding and a half are one"
    assert rows.loc[("A", "9.3"), "found_share"] == 0.5
