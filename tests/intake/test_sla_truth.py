"""SLA answers: one polarity, recomputed from times, agreement with the exported flag."""

import pandas as pd
import pytest

from auditlab.intake import open_engagement, sla_flag_agreement
from auditlab.intake.ledger import Ledger
from auditlab.intake.sla_truth import BY_DEADLINE, BY_ELAPSED, BY_REMAINING, BY_TARGET, settle_sla, sla_agreement
from auditlab.tables import as_canonical


def tickets(*rows):
    frame = pd.DataFrame(
        [{"source_file": "f", "source_sheet": "s", "source_row": n} | row for n, row in enumerate(rows)]
    )
    return as_canonical("incidents", frame)


OPENED = pd.Timestamp(2024, 1, 1, 8)
AT_TEN = pd.Timestamp(2024, 1, 1, 10)


@pytest.mark.parametrize(
    ("row", "met", "basis"),
    [
        ({"deadline": AT_TEN}, True, BY_DEADLINE),  # resolved at the deadline is in time
        ({"deadline": pd.Timestamp(2024, 1, 1, 9)}, False, BY_DEADLINE),
        ({"sla_target_minutes": 120.0}, True, BY_TARGET),
        ({"sla_target_minutes": 60.0}, False, BY_TARGET),
        ({"sla_target_minutes": 60.0, "paused_minutes": 60.0}, True, BY_TARGET),  # the pause is taken off
        ({"sla_target_minutes": 60.0, "elapsed_minutes": 45.0}, True, BY_ELAPSED),  # working time beats clock time
        ({"sla_remaining_minutes": -5.0}, False, BY_REMAINING),
    ],
)
def test_the_answer_is_recomputed_from_the_best_evidence(row, met, basis):
    table = settle_sla(tickets({"opened": OPENED, "resolved": AT_TEN} | row), ledger=Ledger())
    assert table["sla_met_recomputed"][0] == met
    assert table["sla_basis"][0] == basis


@pytest.mark.parametrize("row", [{}, {"deadline": AT_TEN}, {"sla_remaining_minutes": 5.0}])
def test_without_resolution_there_is_no_answer(row):
    table = settle_sla(tickets({"opened": OPENED} | row), ledger=Ledger())
    assert table["sla_met_recomputed"].isna().all()
    assert table["sla_met"].isna().all()


def test_a_flag_of_missed_targets_is_turned_round_and_ledgered():
    ledger = Ledger()
    table = settle_sla(tickets({"opened": OPENED, "sla_breached": True}, {"opened": OPENED}), ledger=ledger)
    assert table["sla_met"].tolist() == [False, pd.NA]
    assert ledger.frame()["rule"].tolist() == ["a flag of missed targets turned round, from this row on"]


def test_minutes_left_that_equal_the_time_that_passed_are_minutes_used():
    rows = [
        {"opened": OPENED, "resolved": OPENED + pd.Timedelta(minutes=n), "sla_remaining_minutes": float(n)}
        for n in range(30, 60)
    ]
    ledger = Ledger()
    table = settle_sla(tickets(*[row | {"sla_target_minutes": 45.0} for row in rows]), ledger=ledger)
    assert table["sla_remaining_minutes"].isna().all()
    assert table["sla_met_recomputed"].sum() == 16, "30 to 45 minutes are in time"
    assert "minutes called left are the minutes used" in ledger.frame()["rule"][0]


def test_minutes_left_with_a_negative_one_are_minutes_left():
    rows = [
        {"opened": OPENED, "resolved": OPENED + pd.Timedelta(minutes=n), "sla_remaining_minutes": 45.0 - n}
        for n in range(30, 60)
    ]
    table = settle_sla(tickets(*rows), ledger=Ledger())
    assert table["sla_met_recomputed"].sum() == 16
    assert table["sla_met"].sum() == 16


def test_agreement_counts_both_answers():
    late = {"opened": OPENED, "resolved": AT_TEN, "sla_target_minutes": 60.0}
    table = settle_sla(tickets(late | {"sla_met": True}, late | {"sla_met": False}, late), ledger=Ledger())
    line = sla_agreement(table).iloc[0]
    assert line[["n", "agree", "flag_met", "times_met", "source_row"]].tolist() == [2, 1, 1, 0, 0]


def test_a_flag_that_differs_from_the_times_is_one_discrepancy_with_its_counts(folder):
    rows = ["Ticket no,Opened,Resolved,SLA target minutes,SLA met,Paused minutes"]
    rows += [f"T{n},2024-01-13 08:00,2024-01-13 10:00,60,yes,{60 if n < 2 else 0}" for n in range(5)]
    lab = open_engagement(folder.text("t.csv", "\n".join(rows)).path)
    line = lab.discrepancies.iloc[0]
    assert len(lab.discrepancies) == 1
    assert line["rule"] == f"the exported SLA flag and the times disagree ({BY_TARGET})"
    assert line["found"] == "5 of 5 met by the flag"
    assert line["expected"] == "2 of 5 met by the times"
    assert (line["record"], line["row"]) == ("T2", 4)


def test_itop_passed_means_the_deadline_passed(folder):
    rows = [
        "Ref,Title,Start date,Resolution date,Close date,Agent,TTR Deadline,SLA ttr passed,Cumulated pending",
        "I-000001,x,2024-01-13 08:00:00,2024-01-13 10:00:00,2024-01-15 10:00:00,A,2024-01-13 09:00:00,Yes,3600",
        "I-000002,x,2024-01-13 08:00:00,2024-01-13 10:00:00,2024-01-15 10:00:00,A,2024-01-13 12:00:00,No,0",
    ]
    table = open_engagement(folder.text("itop.csv", "\n".join(rows)).path).tables.incidents
    assert table["sla_met"].tolist() == [False, True]
    assert table["sla_met_recomputed"].tolist() == [False, True]
    assert table["paused_minutes"].tolist() == [60, 0]


def test_what_is_resolved_after_the_day_of_the_review_has_no_answer_yet(folder):
    rows = ["Ticket no,Opened,Resolved,SLA target minutes", "T1,2024-03-31 08:00,2024-04-02 10:00,60"]
    table = open_engagement(folder.text("t.csv", "\n".join(rows)).path).tables.incidents
    assert table["sla_met_recomputed"].isna().all()


def test_the_agreement_of_a_sheet_has_its_interval_and_says_what_lacks_an_answer(folder):
    rows = ["Ticket no,Opened,Resolved,SLA target minutes,SLA met"]
    rows += [f"T{n},2024-01-13 08:00,2024-01-13 {10 if n < 2 else 8}:30,60,yes" for n in range(10)]
    rows += ["T10,2024-01-13 08:00,2024-01-13 08:30,,yes", "T11,2024-01-13 08:00,2024-01-13 08:30,60,"]
    lab = open_engagement(folder.text("t.csv", "\n".join(rows)).text("u.csv", "Ticket no,Opened\nU,2024-01-13").path)
    table = sla_flag_agreement(lab.tables.incidents).set_index("file")
    line = table.loc["t.csv"]
    assert line[["n", "agree", "flag_met", "times_met"]].tolist() == [10, 8, 10, 8]
    # Wilson limits of 8 in 10, own computation.
    assert line[["agree_share", "low", "high"]].tolist() == pytest.approx([0.8, 0.4902, 0.9433], abs=1e-4)
    assert "Wilson" in line["method"]
    assert (
        line["note"]
        == "1 of 12 ended tickets without a flag; 1 of 12 ended tickets without times or a target to recompute it"
    )
    assert table.loc["u.csv", "n"] == 0
    assert table.loc["u.csv", ["agree_share", "low", "method"]].isna().all(), (
        "nothing to compare is no agreement of zero"
    )
