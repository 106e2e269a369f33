"""What to expect of a cell that is like its surroundings; cells at other levels of the clauses."""

import pandas as pd
import pytest

from auditlab import history


def chains_of(golden, **options):
    return history.recurrence_chains(golden.findings, golden.examined, audits=golden.audits, **options)


def cell(chains, site, clause):
    found = chains[(chains["view"] == "site") & (chains["site"] == site) & (chains["clause"] == clause)]
    assert len(found) == 1
    return found.iloc[0]


def slow_chance(golden, site, key):
    """The formula for one cell, one number at a time, from the chains and the examinations alone."""
    examined = golden.examined.drop_duplicates(["key", "site", "audit_id"])
    ncs = golden.findings[golden.findings["grade"].isin(["major", "minor"])]
    from auditlab.standard.clauses import recurrence_key

    hits = {(recurrence_key(c), s, a) for c, s, a in zip(ncs["clause"], ncs["site"], ncs["audit_id"], strict=True)}
    rows = [
        (k, s, a, start, (k, s, a) in hits)
        for k, s, a, start in zip(
            examined["key"], examined["site"], examined["audit_id"], examined["start"], strict=True
        )
    ]
    others = [row for row in rows if row[:2] != (key, site)]
    mean = sum(row[4] for row in others) / len(others)

    def rate(clause):
        own = [row[4] for row in others if row[0] == clause]
        return (2 * mean + sum(own)) / (2 + len(own))

    here = [row for row in others if row[1] == site]
    propensity = (8 + sum(row[4] for row in here)) / (8 + sum(rate(row[0]) for row in here))
    chance = min(rate(key) * propensity, 0.95)
    own = [row for row in rows if row[:2] == (key, site)]
    first = min(row[3] for row in own if row[4])
    return 1 - (1 - chance) ** sum(row[3] > first for row in own)


@pytest.mark.parametrize(("site", "key"), [("B", "8.5.1"), ("A", "8.6.1"), ("C", "8.2.6"), ("A", "9.2")])
def test_the_expectation_leaves_the_cell_itself_out(golden, site, key):
    assert cell(chains_of(golden), site, key)["expected_chance"] == pytest.approx(
        slow_chance(golden, site, key), abs=6e-5
    )


def test_the_recurrence_rate_stands_beside_the_mean_of_its_expectations(golden):
    chains = chains_of(golden)
    row = history.recurrence_summary(chains).set_index("view").loc["site"]
    eligible = chains[(chains["view"] == "site") & chains["eligible"].fillna(value=False)]
    assert (row["k"], row["n"]) == (9, 19)
    assert row["expected_rate"] == pytest.approx(eligible["expected_chance"].mean())
    assert 0 < row["expected_rate"] < row["rate"]


def test_a_cell_found_for_the_first_time_in_its_last_examination_could_not_come_back(golden):
    chains = chains_of(golden)
    last = chains[(chains["view"] == "site") & (chains["clause"] == "7.2")]
    assert last["findings"].tolist() == ["F045"]
    assert last["expected_chance"].tolist() == [0.0]


def test_unknown_examinations_leave_the_expectation_unknown(golden):
    nothing = golden.examined.iloc[:0]
    chains = history.recurrence_chains(golden.findings, nothing, audits=golden.audits)
    assert chains["expected_chance"].isna().all()


@pytest.mark.parametrize(
    ("level", "clause", "findings"), [(1, "9", "F002 F016 F050"), (2, "8.5", "F001 F015 F027 F039")]
)
def test_cells_can_be_compared_at_any_level_of_the_clauses(golden, level, clause, findings):
    chains = chains_of(golden, level=level)
    site = "A" if clause == "9" else "B"
    found = cell(chains, site, clause)
    assert set(found["findings"].split()) >= set(findings.split())
    assert found["examinations"] == (4 if site == "A" else 3)


def test_at_leaf_level_only_findings_of_the_same_leaf_meet(golden):
    chains = chains_of(golden, level=4)
    assert cell(chains, "B", "8.5.1.3")["findings"] == "F001 F015 F039"
    assert cell(chains, "A", "9.2.2")["findings"] == "F016 F050"


def test_an_organisation_chain_counts_the_examinations_of_all_sites(golden):
    chains = chains_of(golden)
    both = chains[(chains["clause"] == "8.2.6")].set_index("view")["expected_chance"]
    assert both["organisation"].item() > both["site"].min()


def test_the_order_of_the_findings_changes_nothing(golden):
    moved = golden.findings.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        chains_of(golden), history.recurrence_chains(moved, golden.examined, audits=golden.audits)
    )
