"""Contradictions between loaded rows, the as-of cut, and the quality card."""

import datetime as dt

import pandas as pd
import pytest
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, cells_of, finding

from auditlab.intake import kpi_availability, open_engagement, quality_card

ACTION_HEADERS = ("NCR no", "Root cause", "Due date", "Completed", "Verified")


@pytest.fixture
def log(folder):
    """A function that writes one audit, its findings and the given action rows."""

    def write(*actions, findings=None):
        return folder.workbook(
            "r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=[FINDING_HEADERS, *(findings or [finding("F1")])],
            Actions=[ACTION_HEADERS, *actions],
        ).path  # fmt: skip

    return write


def rules(lab):
    return list(zip(lab.discrepancies["record"], lab.discrepancies["rule"], strict=True))


DUE, DONE, CHECKED = dt.date(2023, 9, 1), dt.date(2023, 8, 1), dt.date(2023, 12, 1)


@pytest.mark.parametrize(
    ("action", "rule"),
    [
        (("F1", None, DUE, dt.date(2023, 5, 1), CHECKED), "completed before the audit that raised the finding"),
        (("F1", None, DUE, DONE, dt.date(2023, 7, 1)), "verified before it was completed"),
        (("F1", "c", None, DONE, CHECKED), "no due date for a nonconformity"),
        (("F1", None, DUE, DONE, None), "completed but not verified"),
    ],
)
def test_a_contradiction_is_listed_and_its_row_stays(log, action, rule):
    lab = open_engagement(log(action))
    assert ("F1", rule) in rules(lab)
    assert len(lab.tables.corrective_actions) == 1
    assert lab.discrepancies["effect"].str.len().min() > 0


def test_an_action_in_order_contradicts_nothing(log):
    assert rules(open_engagement(log(("F1", None, DUE, DONE, CHECKED)))) == []


def test_actions_and_nonconformities_without_each_other_are_listed(log):
    lab = open_engagement(log(("F9", None, DUE, None, None)))
    assert ("F9", "action for a finding that is not in the register") in rules(lab)
    assert ("F1", "nonconformity without a corrective action on record") in rules(lab)


def test_a_finding_of_an_audit_that_nobody_lists_is_kept_and_listed(log):
    lab = open_engagement(log(("F1", None, DUE, DONE, CHECKED), findings=(finding("F1", audit="AU-7"),)))
    assert ("F1", "finding of an audit that is not in the audit list") in rules(lab)


def test_overlapping_outages_count_once(folder):
    rows = [
        ("Outage no", "Service", "Service lost", "Service restored"),
        ("O1", "S", dt.datetime(2022, 10, 18, 10), dt.datetime(2022, 10, 18, 12)),
        ("O2", "S", dt.datetime(2022, 10, 18, 11), dt.datetime(2022, 10, 18, 13)),
        ("O3", "S", dt.datetime(2022, 10, 18, 15), dt.datetime(2022, 10, 18, 16)),
    ]
    lab = open_engagement(folder.workbook("o.xlsx", Outages=rows).path)
    line = lab.discrepancies.iloc[0]
    assert len(lab.discrepancies) == 1
    assert (line["record"], line["found"], line["expected"]) == ("O2", "240 minutes when added up", "180 minutes")


def test_what_was_completed_after_the_as_of_date_is_open_on_that_date(log):
    lab = open_engagement(log(("F1", None, DUE, DONE, CHECKED)), as_of="2023-07-01")
    assert lab.tables.corrective_actions[["completed", "verified"]].isna().all().all()
    assert lab.tables.corrective_actions["due_original"].iloc[0] == pd.Timestamp(DUE)
    assert cells_of(lab, "completed")[0][1:3] == ("skipped", "came after the as-of date, so not yet known")


def test_the_quality_card_counts_what_is_filled_rejected_and_contradicted(log):
    lab = open_engagement(log(("F1", None, DUE, DONE, None), findings=(finding("F1"), finding("F2", statement=None))))
    card = quality_card(lab).set_index("table")
    assert card.loc["findings", ["correct_k", "correct_n"]].tolist() == [1, 2]
    assert card.loc["corrective_actions", ["consistent_k", "consistent_n"]].tolist() == [0, 1]
    assert card.loc["corrective_actions", "days_behind"] == (pd.Timestamp(2024, 3, 31) - pd.Timestamp(DONE)).days


def test_a_table_that_was_not_handed_over_has_no_quality_and_no_zero(log):
    card = quality_card(open_engagement(log(("F1", None, DUE, DONE, CHECKED)))).set_index("table")
    assert card.loc["incidents", "note"] == "not handed over"
    assert card.loc["incidents"].drop("note").isna().all()


def test_a_figure_without_its_fields_names_them(log):
    kpis = kpi_availability(open_engagement(log(("F1", None, DUE, DONE, CHECKED)))).set_index("kpi")
    assert bool(kpis.loc["ca_on_time", "computable"])
    assert not kpis.loc["mttr_elapsed_mean", "computable"]
    assert "incidents.opened" in kpis.loc["mttr_elapsed_mean", "missing_fields"]


def test_a_refused_column_makes_its_rows_incorrect(folder):
    header = "number,opened_at,resolved_at,priority\n"
    rows = "I1,2022-04-03,13/04/2022,P1\nI2,2022-04-13,04/13/2022,P2\nI3,2022-04-14,,P2\n"
    card = quality_card(open_engagement(folder.text("i.csv", header + rows).path)).set_index("table")
    assert card.loc["incidents", ["correct_k", "correct_n"]].tolist() == [1, 3]
