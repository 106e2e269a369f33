"""Changes since the last examination."""

import pandas as pd
import pytest

from auditlab import history
from auditlab.tables import as_canonical, empty_table

AS_OF = pd.Timestamp("2024-03-31")
NEXT_AUDIT = pd.Timestamp("2024-06-11")


@pytest.fixture
def changes():
    """The planted changes PF-29, and one that an audit has seen since."""
    rows = [
        {"change": "Reorganisation of the NOC", "date": "2024-01-15", "site": "C", "service": "S8", "clause": "8.6.1"},
        {"change": "New ERP release project", "date": "2024-04-01", "service": "S2", "clause": "8.5.2.1"},
        {"change": "New service desk tool", "date": "2021-01-15", "site": "A", "clause": "8.6.1"},
        {"change": "Move of B", "date": "2023-01-15", "site": "B"},
        {"change": "Far future", "date": "2026-01-15", "site": "B", "clause": "8.6.1"},
    ]
    return as_canonical("org_changes", pd.DataFrame(rows))


@pytest.fixture
def contracts():
    """A supplier contract ending after the audit, one long gone, one without an end, one with a customer."""
    rows = [
        {"contract_id": "K-1", "supplier": "X", "service": "S3", "end": "2024-09-30"},
        {"contract_id": "K-2", "supplier": "Y", "service": "S8", "end": "2020-09-30"},
        {"contract_id": "K-3", "supplier": "Z", "service": "S1", "end": None},
        {"contract_id": "K-4", "customer": "Bank", "service": "S7", "end": "2024-06-30"},
    ]
    return as_canonical("contracts", pd.DataFrame(rows))


def pressure(changes, contracts, examined):
    return history.change_pressure(changes, contracts, examined, as_of=AS_OF, next_audit=NEXT_AUDIT)


def test_planted_changes_are_listed_and_those_seen_since_are_not(golden, changes, contracts):
    """PF-29, the overlay itself."""
    listed = pressure(changes, contracts, golden.examined).set_index("what")
    assert set(listed.index) == {
        "Reorganisation of the NOC",
        "New ERP release project",
        "Move of B",
        "contract K-1 with X ends",
        "contract K-4 with Bank ends",
    }
    noc = listed.loc["Reorganisation of the NOC"]
    assert (noc["site"], noc["clause"], noc["days_since_last_examined"], noc["days_until"]) == ("C", "8.6.1", 291, -76)
    assert (listed.loc["New ERP release project", "service"], listed.loc["New ERP release project", "clause"]) == (
        "S2",
        "8.5.2",
    )
    carrier = listed.loc["contract K-1 with X ends"]
    assert (carrier["clause"], carrier["service"], carrier["days_until"]) == ("8.3.4", "S3", 183)


def test_a_change_without_a_clause_is_compared_with_the_last_visit_to_its_site(golden, changes, contracts):
    moved = pressure(changes, contracts, golden.examined).set_index("what").loc["Move of B"]
    assert moved["last_examined"] == pd.Timestamp("2022-06-15")
    assert pd.isna(moved["clause"])


def test_without_exposure_every_change_is_listed_as_unknown(changes, contracts, nothing):
    listed = pressure(changes, contracts, nothing.examined)
    assert len(listed) == 6
    assert listed["reason"].str.contains("examination not known").all()
    assert listed["days_since_last_examined"].isna().all()


def test_a_clause_never_examined_at_the_site_is_told(golden, contracts):
    change = {"change": "New hall", "date": "2024-01-15", "site": "Z", "clause": "8.2.5"}
    listed = pressure(as_canonical("org_changes", pd.DataFrame([change])), contracts.iloc[:0], golden.examined)
    assert "never examined there" in listed["reason"].iloc[0]


def test_when_a_change_became_known_is_not_recorded_and_said(golden, changes, contracts):
    listed = pressure(changes, contracts, golden.examined)
    assert set(listed.loc[listed["source"] == "org_changes", "note"]) == {"date of knowledge not recorded"}
    assert set(listed.loc[listed["source"] == "contracts", "note"]) == {""}


def test_an_audit_planned_long_after_the_review_moves_no_window(golden, changes, contracts):
    early = {"as_of": pd.Timestamp("2022-06-30")}
    listed = history.change_pressure(changes, contracts, golden.examined, next_audit=NEXT_AUDIT, **early)
    unplanned = history.change_pressure(changes, contracts, golden.examined, **early)
    assert list(listed["what"]) == list(unplanned["what"])
    assert listed["note"].str.startswith("the planned audit belongs to a later day than this review").all()
    assert "New ERP release project" not in set(listed["what"])


def test_nothing_in_gives_nothing_out(golden):
    listed = pressure(empty_table("org_changes"), empty_table("contracts"), golden.examined)
    assert listed.empty
    assert "reason" in listed.columns
