"""An improvement that grew into a nonconformity is told; one that no audit looked at again is in no share."""

import pandas as pd
import pytest

from auditlab.history import examinations, ofi_conversion, ofi_conversion_rates
from auditlab.history.ofi_conversion import IMPROVEMENTS, SILENT
from auditlab.tables import as_canonical

YEARS = {"AU-1": "2022-03-01", "AU-2": "2023-03-01", "AU-3": "2024-03-01"}
SEEN = [
    ("AU-1", "A", "8.5.1.1"), ("AU-1", "A", "8.6.1"), ("AU-1", "A", "9.4"), ("AU-1", "A", "7.2"), ("AU-1", "B", "9.4"),
    ("AU-2", "A", "8.5.1.1"), ("AU-2", "A", "8.6.1"), ("AU-2", "A", "7.2"), ("AU-3", "A", "8.5.1.1"),
]  # fmt: skip


def outcomes(*found, seen=SEEN):
    names = ["finding_id", "audit_id", "site", "clause", "grade", "statement"]
    findings = pd.DataFrame(found, columns=names).assign(clause_as_cited="?", edition="2018")
    audits = pd.DataFrame({"audit_id": list(YEARS), "start": list(YEARS.values()), "type": "internal"})
    coverage = pd.DataFrame(seen, columns=["audit_id", "site", "clause"]).assign(examined=True)
    tables = {"findings": findings, "audits": audits.assign(edition="2018"), "coverage": coverage}
    canonical = {name: as_canonical(name, frame) for name, frame in tables.items()}
    looked = examinations(canonical["coverage"], canonical["audits"])
    conversion = ofi_conversion(canonical["findings"], looked, canonical["audits"])
    rates = ofi_conversion_rates(conversion, canonical["findings"], looked, canonical["audits"])
    return conversion.set_index("finding_id"), rates.set_index("measure")


def ofi(name, clause, *, audit="AU-1", site="A"):
    return (name, audit, site, clause, "ofi", f"{name} could be better")


def nc(name, clause, *, audit, site="A", grade="minor"):
    return (name, audit, site, clause, grade, f"{name} is missing")


def test_an_improvement_whose_place_had_a_nonconformity_later_has_become_one():
    table, rates = outcomes(ofi("F1", "8.5.1.2"), ofi("F2", "8.6.1"), nc("F3", "8.5.1.1", audit="AU-2", grade="major"))
    row = table.loc["F1"]
    assert (row["outcome"], row["became"], row["days"]) == ("became a nonconformity", "F3", 365)
    assert table.loc["F2", "outcome"] == "examined again, no nonconformity"
    own = rates.loc[IMPROVEMENTS]
    assert (own["k"], own["n"], own["rate"]) == (1, 2, 0.5)
    assert own["low"] == pytest.approx(0.0126, abs=1e-4)  # Clopper-Pearson, 1 of 2


def test_a_nonconformity_of_the_same_or_an_earlier_audit_or_of_another_site_converts_nothing():
    table, _ = outcomes(
        nc("F0", "8.6.1", audit="AU-1"), ofi("F1", "8.6.1", audit="AU-2"), nc("F2", "8.6.1", audit="AU-2"),
        ofi("F3", "8.5.1"), nc("F4", "8.5.1", audit="AU-2", site="B"),
    )  # fmt: skip
    assert table["outcome"].to_dict() == {"F3": "examined again, no nonconformity", "F1": "not examined again"}


def test_what_no_audit_looked_at_again_is_in_no_share_and_is_counted_beside_it():
    table, rates = outcomes(ofi("F1", "9.4"), ofi("F2", "9.4", site="B"), ofi("F3", "7.2"))
    assert (table["outcome"] == "not examined again").sum() == 2
    assert rates.loc[IMPROVEMENTS, "n"] == 1
    assert rates.loc[IMPROVEMENTS, "note"].startswith("2 not examined again")


def test_without_any_examined_again_there_is_no_rate():
    _, rates = outcomes(ofi("F1", "9.4"))
    assert rates.loc[IMPROVEMENTS, "n"] == 0
    assert pd.isna(rates.loc[IMPROVEMENTS, "rate"])


def test_an_improvement_without_a_clause_is_kept_and_not_counted():
    table, rates = outcomes(ofi("F1", None), ofi("F2", "8.6.1"))
    assert table.loc["F1", "outcome"] == "clause or site not known"
    assert rates.loc[IMPROVEMENTS, "n"] == 1


def test_the_share_of_silent_places_counts_the_same_audits_and_leaves_out_where_something_was_noted():
    # AU-1 was silent on 8.6.1 and 7.2 at A (both seen in AU-2) and on 9.4 at A and B (not seen again).
    _, rates = outcomes(ofi("F1", "8.5.1.1"), nc("F2", "7.2", audit="AU-2"))
    silent = rates.loc[SILENT]
    assert (silent["k"], silent["n"]) == (1, 2)


def test_an_improvement_that_is_noted_again_names_the_later_one():
    table, _ = outcomes(ofi("F1", "8.5.1.1"), ofi("F2", "8.5.1.2", audit="AU-3"))
    assert table.loc["F1", "noted_again"] == "F2"
    assert table.loc["F2", "noted_again"] == ""


def test_a_nonconformity_where_no_coverage_was_kept_shows_that_the_place_was_examined():
    table, rates = outcomes(ofi("F1", "9.4"), nc("F2", "9.4", audit="AU-3"))
    assert table.loc["F1", "seen_by"] == "AU-3"
    assert rates.loc[IMPROVEMENTS, ["k", "n"]].tolist() == [1, 1]
