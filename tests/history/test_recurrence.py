"""Chains of nonconformities, and the words their statements share."""

import pandas as pd
import pytest

from auditlab import history
from auditlab.history.cells import with_shares
from auditlab.history.statements import compare_statements, overlap, significant_words
from auditlab.tables import as_canonical


def only(chains, **where):
    for column, value in where.items():
        chains = chains[chains[column].isna() if value is None else chains[column] == value]
    assert len(chains) == 1
    return chains.iloc[0]


def with_finding(golden, **changes):
    stray = golden.findings.iloc[[0]].assign(finding_id="F900", **changes)
    return pd.concat([golden.findings, stray], ignore_index=True)


def test_a_finding_above_the_key_counts_at_the_level_it_reaches(golden):
    findings = with_finding(golden, audit_id="AU-4", clause="8.5", site="A", edition="2018")
    found = only(history.recurrence_chains(findings, golden.examined, audits=golden.audits), view="site", clause="8.5")
    assert (found["examinations"], found["findings"]) == (4, "F900")


def test_a_finding_at_an_unexamined_cell_is_kept_and_is_no_examination(golden):
    findings = with_finding(golden, audit_id="AU-3", clause="8.2.2", site="A", edition="2018")
    found = only(
        history.recurrence_chains(findings, golden.examined, audits=golden.audits),
        view="site",
        clause="8.2.2",
        site="A",
    )
    assert (found["examinations"], found["audits_with_nc"]) == (1, 2)
    assert found["recurrent"]
    assert not found["eligible"]
    assert "the coverage of AU-3 does not list this clause here" in found["note"]
    summary = history.recurrence_summary(
        history.recurrence_chains(findings, golden.examined, audits=golden.audits)
    ).set_index("view")
    assert (summary.loc["site", "k"], summary.loc["site", "n"]) == (9, 19)


def test_a_finding_without_a_site_is_kept_with_unknown_examinations(golden):
    findings = with_finding(golden, site=None)
    found = only(
        history.recurrence_chains(findings, golden.examined, audits=golden.audits),
        view="site",
        clause="8.5.1",
        site=None,
    )
    assert pd.isna(found["examinations"])
    assert pd.isna(found["eligible"])
    assert "the site is not stated" in found["note"]


def test_a_finding_without_a_clause_belongs_to_no_cell(golden):
    findings = with_finding(golden, clause=None)
    chains = history.recurrence_chains(findings, golden.examined, audits=golden.audits)
    pd.testing.assert_frame_equal(chains, golden.chains)


def test_two_findings_in_one_audit_are_one_audit_with_a_nonconformity(golden):
    findings = with_finding(golden, audit_id="AU-1", site="A", clause="7.5.2")
    found = only(
        history.recurrence_chains(findings, golden.examined, audits=golden.audits), view="site", clause="7.5", site="A"
    )
    assert (found["audits_with_nc"], found["findings"]) == (1, "F008 F900")
    assert not found["recurrent"]
    assert found["same_issue"] == ""


def test_without_any_exposure_chains_remain_and_examinations_are_unknown(golden, nothing):
    chains = history.recurrence_chains(golden.findings, nothing.examined, audits=nothing.audits)
    found = only(chains, view="site", clause="8.5.1")
    assert (found["findings"], found["editions"]) == ("F001 F015 F039", "2011 2018")
    assert pd.isna(found["examinations"])
    assert "unknown (no coverage and no audit scope)" in found["note"]
    summary = history.recurrence_summary(chains)
    assert summary["n"].isna().all()
    assert summary["rate"].isna().all()


def test_inferred_exposure_is_said_in_every_chain(golden, nothing):
    examined = history.examinations(nothing.coverage, golden.audits)
    chains = history.recurrence_chains(golden.findings, examined, audits=golden.audits)
    assert set(chains["exposure"]) == {"inferred"}
    assert chains["note"].str.contains("examinations inferred from audit scope").all()
    assert set(history.recurrence_summary(chains)["exposure"]) == {"inferred"}


def test_an_audit_without_coverage_takes_its_place_in_time_and_is_no_examination():
    audits = [
        {"audit_id": "AU-2", "type": "surveillance", "start": "2022-05-02", "edition": "2018"},
        {"audit_id": "AU-1", "type": "special", "start": "2020-05-02", "edition": "2018"},
    ]
    common = {"site": "A", "clause": "8.5.1.3", "clause_as_cited": "8.5.1.3", "grade": "minor"}
    findings = [common | {"finding_id": "F2", "audit_id": "AU-2"}, common | {"finding_id": "F1", "audit_id": "AU-1"}]
    coverage = [{"audit_id": "AU-2", "site": "A", "clause": "8.5.1.3", "examined": True}]
    tables = [as_canonical(name, pd.DataFrame(rows)) for name, rows in (("audits", audits), ("coverage", coverage))]
    examined = history.examinations(tables[1], tables[0])
    chains = history.recurrence_chains(as_canonical("findings", pd.DataFrame(findings)), examined, audits=tables[0])
    found = only(chains, view="site")
    assert found["findings"] == "F1 F2"
    assert found["note"].startswith("1 of 1 examination, and 1 outside the coverage")


def test_nothing_in_gives_nothing_out(nothing):
    assert nothing.chains.empty
    summary = history.recurrence_summary(nothing.chains)
    assert set(summary["note"]) == {"no nonconformity with a clause"}


def test_the_service_of_a_chain_is_stated_only_where_all_findings_share_it(golden):
    chains = golden.chains
    assert only(chains, view="site", clause="8.6.3", site="B")["service"] == "S6"
    assert only(chains, view="organisation", clause="8.6.1")["service"] == ""


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ("Three of ten changes had no recorded approval", "Two normal changes started before approval", 0.4),  # 2 of 5
        ("Priority not reassessed", "Escalation times not recorded", 0.0),
        ("", "", 0.0),
        (None, "Anything at all here", 0.0),
    ],
)
def test_the_overlap_is_shared_over_all_significant_words(first, second, share):
    assert overlap(first, second) == pytest.approx(share)


def test_number_words_and_plurals_do_not_make_statements_alike():
    assert significant_words("Three CIs of seven incidents") == {"incident"}


def test_the_closest_consecutive_pair_speaks_for_the_chain():
    share, words = compare_statements(["Storage problem", "Priority wrong", "Priority wrong again"])
    assert share == pytest.approx(2 / 3)
    assert words == ("priority", "wrong")


def test_a_finding_with_several_clauses_is_in_the_cell_of_each_with_its_share(golden):
    findings = with_finding(
        golden, audit_id="AU-4", site="A", edition="2018", clause="8.2.2", clauses="8.2.2 8.5.1.2 8.5.1.3 9.2"
    )
    chains = history.recurrence_chains(findings, golden.examined, audits=golden.audits)
    mine = chains[(chains["view"] == "site") & chains["findings"].str.split().map(lambda names: "F900" in names)]
    assert mine["clause"].tolist() == ["8.2.2", "8.5.1", "9.2"]
    shares = mine["note"].str.extract(r"share here: F900 (\S+?)(?:;|$)")[0].astype(float)
    assert shares.tolist() == [0.25, 0.5, 0.25]
    rates = history.recurrence_chains(golden.findings, golden.examined, audits=golden.audits)
    assert not rates["note"].str.contains("share here").any()


def test_shares_of_a_finding_sum_to_one(golden):
    findings = with_finding(golden, clause="8.2.2", clauses="8.2.2 8.5.1.2 9.2")
    shares = with_shares(findings)
    assert shares.groupby("finding_id")["weight"].sum().round(12).eq(1).all()
    assert len(shares) == len(findings) + 2
