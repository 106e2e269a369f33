"""Approvals and emergencies on the full population of changes."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.signals import change_signals, unapproved_at_start
from auditlab.signals.change_approvals import period_changes
from auditlab.tables import as_canonical, empty_table

AS_OF = pd.Timestamp(2024, 3, 31)


def changes(*rows):
    """Changes as (site, approved, started, type)."""
    frame = pd.DataFrame(rows, columns=["site", "approved", "started", "type"], dtype="object")
    frame["change_id"] = [f"C{number}" for number in range(len(frame))]
    for column in ("approved", "started"):
        frame[column] = pd.to_datetime(frame[column], format="ISO8601")
    return as_canonical("changes", frame)


def test_a_change_without_approval_or_with_a_later_one_started_unapproved():
    frame = changes(
        ("A", "2024-01-01 08:00", "2024-01-01 09:00", "Normal"),
        ("A", "2024-01-01 10:00", "2024-01-01 09:00", "Normal"),
        ("A", None, "2024-01-01 09:00", "Normal"),
        ("A", None, None, "Normal"),
    )
    assert unapproved_at_start(frame).tolist() == [False, True, True, pd.NA]


def test_the_period_holds_full_months_and_no_standard_changes():
    frame = changes(
        ("A", None, "2023-03-31 23:59", "Normal"),
        ("A", None, "2023-04-01", "Normal"),
        ("A", None, "2024-03-31 23:00", "Normal"),
        ("A", None, "2023-06-01", "Standard"),
    )
    assert list(period_changes(frame, as_of=AS_OF)["change_id"]) == ["C1", "C2"]
    assert list(period_changes(frame, as_of=pd.Timestamp(2024, 3, 30))["change_id"]) == ["C0", "C1"]


@pytest.fixture(scope="module")
def halden_signals():
    """The changes of the sample engagement by site: all, started without approval, emergencies."""
    rows = []
    for site, total, bare, urgent in (("A", 240, 2, 19), ("B", 180, 9, 36), ("C", 160, 1, 13)):
        for number in range(total):
            approved = None if number < bare else "2023-06-01"
            rows.append((site, approved, "2023-06-02", "Emergency" if number >= total - urgent else "Normal"))
    return change_signals(changes(*rows), as_of=AS_OF)


def test_unapproved_starts_of_the_sample(halden_signals):
    """PF-17: 2/240, 9/180, 1/160; B 5.0 % [2.3, 9.3] against 0.75 % [0.15, 2.2], exact p = 0.002."""
    kpis = halden_signals.kpis.query("kpi == 'unapproved_at_start_rate'").set_index("site")
    assert kpis[["k", "n"]].to_numpy().tolist() == [[2, 240], [9, 180], [1, 160]]
    assert kpis.loc["B", ["low", "high"]].tolist() == pytest.approx([0.0231, 0.0928], abs=5e-5)
    row = halden_signals.comparisons.query("kpi == 'unapproved_at_start_rate' and subject == 'B'").iloc[0]
    assert [row["value_against"], row["low_against"], row["high_against"]] == pytest.approx(
        [0.0075, 0.00155, 0.02176], abs=5e-5
    )
    assert row["p"] == pytest.approx(0.00199, abs=5e-5)


def test_emergencies_of_the_sample(halden_signals):
    """PF-18: 19/240, 36/180, 13/160; B 20 % against 8 %, p < 0.001."""
    kpis = halden_signals.kpis.query("kpi == 'emergency_change_rate'").set_index("site")
    assert kpis[["k", "n"]].to_numpy().tolist() == [[19, 240], [36, 180], [13, 160]]
    assert halden_signals.comparisons.query("kpi == 'emergency_change_rate' and subject == 'B'")["p"].iloc[0] < 0.001


def test_only_the_site_that_is_worse_is_flagged(halden_signals):
    flagged = halden_signals.signals[halden_signals.signals["flagged"]]
    assert set(flagged["site"]) == {"B"}
    assert set(flagged["clause"]) == {"8.5.1.3", "8.5.1.1"}
    assert "9 of 180 (5.0 %) against 3 of 400 elsewhere (0.75 %)" in set(flagged["note"])


def test_an_approval_field_that_nobody_fills_is_no_evidence():
    frame = changes(("A", None, "2024-01-01", "Normal"), ("B", None, "2024-01-02", "Normal"))
    assert set(change_signals(frame, as_of=AS_OF).kpis["kpi"]) == {"emergency_change_rate"}


def test_without_changes_there_is_no_number():
    found = change_signals(empty_table("changes"), as_of=AS_OF)
    assert found.kpis.empty
    assert found.comparisons.empty
    assert found.signals.empty


ROWS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from([None, "2024-01-01", "2024-01-03"]), st.just("2024-01-02"), st.just("Normal")),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(rows=ROWS, seed=st.randoms())
def test_the_order_of_the_rows_changes_nothing(rows, seed):
    shuffled = list(rows)
    seed.shuffle(shuffled)
    one, other = (change_signals(changes(*each), as_of=AS_OF).signals for each in (rows, shuffled))
    pd.testing.assert_frame_equal(one, other)
