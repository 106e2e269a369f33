"""Properties that hold for any order, shift or selection of the golden engagement."""

import dataclasses

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditlab import history
from auditlab.standard.clauses import auditable_leaves

AS_OF = pd.Timestamp("2024-03-31")
TABLES = ("audits", "coverage", "findings", "actions", "certificates", "sites")

few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def cells_of(golden):
    start = history.cycle_start(golden.audits, golden.certificates, as_of=AS_OF)
    return history.coverage_cells(golden.examined, sites="ABC", as_of=AS_OF, cycle_start=start)


@few
@given(seed=st.integers(0, 2**31))
def test_the_order_of_rows_never_changes_a_result(golden, seed):
    shuffled = dataclasses.replace(
        golden, **{table: getattr(golden, table).sample(frac=1, random_state=seed) for table in TABLES}
    )
    for name in ("examined", "chains", "status", "to_follow_up", "checks"):
        pd.testing.assert_frame_equal(getattr(shuffled, name), getattr(golden, name))
    pd.testing.assert_frame_equal(cells_of(shuffled), cells_of(golden))
    pd.testing.assert_frame_equal(shuffled.rates, golden.rates, check_exact=True)
    pd.testing.assert_frame_equal(history.headlines(shuffled.results), history.headlines(golden.results))
    pd.testing.assert_frame_equal(
        history.grade_review(shuffled.findings, shuffled.chains), history.grade_review(golden.findings, golden.chains)
    )
    pd.testing.assert_frame_equal(
        history.strengths(shuffled.findings, shuffled.examined), history.strengths(golden.findings, golden.examined)
    )


@few
@given(rows=st.lists(st.integers(0, 33), max_size=10), seed=st.integers(0, 2**31))
def test_a_row_twice_never_changes_a_result(golden, rows, seed):
    doubled = dataclasses.replace(
        golden,
        actions=pd.concat([golden.actions, golden.actions.iloc[rows]], ignore_index=True),
        findings=pd.concat([golden.findings, golden.findings.iloc[rows]], ignore_index=True),
        audits=pd.concat([golden.audits, golden.audits.sample(1, random_state=seed)], ignore_index=True),
    )
    for name in ("examined", "chains", "status", "to_follow_up", "rates"):
        pd.testing.assert_frame_equal(getattr(doubled, name), getattr(golden, name))


@few
@given(
    leaf=st.sampled_from(auditable_leaves()),
    site=st.sampled_from("ABC"),
    audit=st.sampled_from(["AU-1", "AU-2", "AU-3", "AU-4"]),
)
def test_a_finding_never_creates_an_examination(golden, leaf, site, audit):
    stray = golden.findings.iloc[[0]].assign(finding_id="F900", clause=leaf, site=site, audit_id=audit)
    chains = history.recurrence_chains(
        pd.concat([golden.findings, stray], ignore_index=True), golden.examined, audits=golden.audits
    )
    before = golden.chains.dropna(subset=["clause"]).set_index(["view", "site", "clause"])["examinations"]
    after = chains.set_index(["view", "site", "clause"])["examinations"]
    pd.testing.assert_series_equal(after.reindex(before.index), before)
    row = chains[chains["findings"].str.contains("F900") & (chains["view"] == "site")].iloc[0]
    there = golden.examined[(golden.examined["key"] == row["clause"]) & (golden.examined["site"] == site)]
    assert row["examinations"] == there["audit_id"].nunique()
    assert bool(row["eligible"]) == (there["audit_id"].nunique() >= 2)


@few
@given(days=st.integers(-3000, 3000))
def test_shifting_all_dates_and_the_review_by_the_same_days_changes_no_count(golden, days):
    shift = pd.Timedelta(days=days)

    def moved(frame):
        dates = frame.select_dtypes("datetime").columns
        return frame.assign(**{name: frame[name] + shift for name in dates})

    later = dataclasses.replace(golden, **{table: moved(getattr(golden, table)) for table in TABLES})
    status = history.corrective_actions(
        later.actions, later.findings, later.audits, later.examined, as_of=AS_OF + shift
    )
    counts = [
        "status",
        "effectiveness",
        "days_overdue",
        "late_days",
        "days_to_repeat",
        "repeat_finding",
        "reexaminations",
    ]
    pd.testing.assert_frame_equal(status[counts], golden.status[counts])
    rates = history.corrective_action_rates(status)
    pd.testing.assert_frame_equal(rates, history.corrective_action_rates(golden.status))
    pd.testing.assert_frame_equal(later.chains, golden.chains)
    start = history.cycle_start(later.audits, later.certificates, as_of=AS_OF + shift)
    cells = history.coverage_cells(later.examined, sites="ABC", as_of=AS_OF + shift, cycle_start=start)
    columns = ["site", "clause", "days_since", "state"]
    pd.testing.assert_frame_equal(cells[columns], golden.cells[columns])


@few
@given(data=st.data())
def test_a_clause_that_was_not_examined_never_counts_as_conforming(golden, data):
    keep = data.draw(st.lists(st.booleans(), min_size=len(golden.coverage), max_size=len(golden.coverage)))
    coverage = golden.coverage.assign(examined=golden.coverage["examined"] & pd.array(keep, dtype="boolean"))
    thinner = dataclasses.replace(golden, coverage=coverage)
    seen = set(zip(thinner.examined["site"], thinner.examined["clause"], strict=True))
    cells = cells_of(thinner)
    examined = cells[cells["state"] == "examined"]
    assert set(zip(examined["site"], examined["clause"], strict=True)) <= seen
    effective = thinner.status[thinner.status["effectiveness"] == "effective"]
    assert (effective["reexaminations"] >= 1).all()
    untested = thinner.status[(thinner.status["reexaminations"] == 0) & thinner.status["repeat_finding"].isna()]
    assert set(untested["effectiveness"]) <= {"not_tested"}
    assert (thinner.chains["examinations"].fillna(0) <= 4).all()
