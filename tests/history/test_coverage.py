"""Examinations, cells and visits."""

import dataclasses

import pandas as pd
import pytest

from auditlab import history
from auditlab.tables import as_canonical, empty_table

AS_OF = pd.Timestamp("2024-03-31")


def audits(**changes):
    audit = {"audit_id": "X-1", "type": "surveillance", "start": "2023-05-02", "end": "2023-05-03", "edition": "2018"}
    return as_canonical("audits", pd.DataFrame([audit | {"sites": "A, B"} | changes]))


def coverage(*clauses, **changes):
    row = {"audit_id": "X-1", "site": "A", "examined": True, "minutes": 60.0}
    rows = [row | {"clause": clause} | changes for clause in clauses]
    return as_canonical("coverage", pd.DataFrame(rows))


def test_a_clause_above_the_leaves_stands_for_its_leaves_and_shares_the_minutes():
    examined = history.examinations(coverage("8.5.1"), audits())
    assert list(examined["clause"]) == ["8.5.1.1", "8.5.1.2", "8.5.1.3"]
    assert set(examined["key"]) == {"8.5.1"}
    assert list(examined["minutes"]) == [20.0, 20.0, 20.0]
    assert set(examined["exposure"]) == {"recorded"}


def test_a_2011_clause_counts_for_what_it_covers_today_and_not_for_what_is_new():
    examined = history.examinations(coverage("4.5.2", "9.2"), audits(edition="2011", start="2019-05-02"))
    assert list(examined["clause"]) == ["6.3", "8.5.1.1", "8.5.1.2", "8.5.1.3"]


def test_the_edition_of_an_audit_without_one_comes_from_all_its_clauses():
    examined = history.examinations(coverage("4.5.4.2", "9.2"), audits(edition=None, start="2019-05-02"))
    assert set(examined["edition"]) == {"2011"}
    assert "8.5.1.3" in set(examined["clause"])


def test_a_clause_marked_as_not_examined_is_not_examined():
    assert history.examinations(coverage("9.3", examined=False), audits()).empty


def test_without_coverage_the_scope_of_the_audit_is_assumed_and_marked():
    examined = history.examinations(empty_table("coverage"), audits())
    assert len(examined) == 2 * 63
    assert set(examined["exposure"]) == {"inferred"}
    assert examined["minutes"].isna().all()


@pytest.mark.parametrize("kind", ["stage1", "transfer", "test", "special", "supplier"])
def test_nothing_is_assumed_for_audits_whose_scope_says_nothing(kind):
    assert history.examinations(empty_table("coverage"), audits(type=kind)).empty


def test_where_the_edition_is_unknown_only_what_both_editions_ask_for_is_assumed():
    examined = history.examinations(empty_table("coverage"), audits(edition=None))
    assert "7.6" not in set(examined["clause"])
    assert "9.3" in set(examined["clause"])


def test_coverage_without_audits_is_kept_without_dates_and_its_cells_stay_unknown():
    examined = history.examinations(coverage("9.3"), empty_table("audits"))
    assert examined["start"].isna().all()
    cells = history.coverage_cells(examined, sites=["A"], as_of=AS_OF)
    assert set(cells["state"]) == {"unknown"}
    assert cells["days_since"].isna().all()


def test_a_site_of_which_nothing_is_known_is_unknown_and_not_untouched(golden):
    cells = history.coverage_cells(golden.examined, sites=["A", "Z"], as_of=AS_OF)
    assert set(cells.loc[cells["site"] == "Z", "state"]) == {"unknown"}


def test_a_leaf_never_examined_at_a_known_site_is_untouched_without_a_date():
    cells = history.coverage_cells(history.examinations(coverage("9.3"), audits()), sites=["A"], as_of=AS_OF)
    assert cells["state"].value_counts().to_dict() == {"untouched": 62, "examined": 1}
    assert cells.loc[cells["state"] == "untouched", "last_examined"].isna().all()


def test_an_audit_after_the_day_of_the_review_is_not_known_yet(golden):
    early = pd.Timestamp("2021-01-31")
    cells = history.coverage_cells(golden.examined, sites="AB", as_of=early)
    assert set(cells["last_audit"].dropna()) == {"AU-1"}


def test_the_cycle_starts_with_the_latest_decision_and_not_with_a_surveillance(golden):
    later = golden.audits.assign(decision_date=golden.audits["decision_date"].fillna(pd.Timestamp("2023-08-01")))
    assert history.cycle_start(later, golden.certificates, as_of=AS_OF) == pd.Timestamp("2021-07-20")
    assert history.cycle_start(later, golden.certificates, as_of=pd.Timestamp("2021-07-19")) is None
    assert history.cycle_start(golden.audits, empty_table("certificates"), as_of=AS_OF) == pd.Timestamp("2021-07-20")


def test_the_share_of_minutes_at_a_site_survives_the_mapping(golden):
    examined = golden.examined
    at_b = examined[(examined["site"] == "B") & (examined["audit_id"] == "AU-3")]
    assert at_b["minutes"].sum() == pytest.approx(1.5 * 480)


def test_sites_are_known_from_any_table(golden, nothing):
    assert history.known_sites(nothing.sites, golden.audits) == ("A", "B", "C")
    assert history.known_sites(nothing.sites, nothing.audits, golden.findings) == ("A", "B", "C")
    assert history.known_sites(nothing.sites) == ()


def test_visits_of_an_unknown_site_are_missing_and_not_zero(nothing):
    visits = history.site_visits(nothing.audits, nothing.examined, sites=["A"], as_of=AS_OF)
    assert visits["visits"].isna().all()
    assert visits["days_since"].isna().all()


def test_everything_about_coverage_accepts_empty_tables(nothing):
    assert nothing.examined.empty
    assert history.coverage_cells(nothing.examined, sites=[], as_of=AS_OF).empty
    assert history.cycle_start(nothing.audits, nothing.certificates, as_of=AS_OF) is None


def test_two_rows_of_the_same_leaf_are_one_examination(golden):
    doubled = dataclasses.replace(golden, coverage=pd.concat([golden.coverage, golden.coverage], ignore_index=True))
    assert len(doubled.examined) == len(golden.examined)


def test_a_number_of_an_unknown_edition_proves_no_examination():
    """9.2 is change management in 2011 and internal audit in 2018; nothing else tells the edition."""
    row = {"audit_id": "X", "site": "A", "clause": "9.2", "examined": True}
    coverage = as_canonical("coverage", pd.DataFrame([row], dtype="object"))
    assert history.examinations(coverage, empty_table("audits")).empty
