"""The plan that an audit followed is read from its run, with the chances it rested on."""

import json

import pandas as pd
import pytest
from reported_engagement import small_lab

from auditlab import reporting
from auditlab.errors import EngagementError
from auditlab.publish.earlier_plan import followed_plan
from auditlab.publish.files import table_csv, write_file
from auditlab.publish.page import open_page
from auditlab.reporting.expectation import agreement


def run_of(folder, *, priorities=True):
    plan = pd.DataFrame(
        {"budget_share": [1.0, 1.0], "site": "A", "clause": ["8.5.1", "8.6.1"], "rank": [1, 2],
         "part": ["priority", "random"], "minutes": [60, 15], "random_minutes": [0, 15], "floor": 0, "reason": "x"}
    )  # fmt: skip
    write_file(folder / "tables" / "allocation.csv", table_csv(plan))
    if priorities:
        chances = plan[["site", "clause"]].assign(expected=[0.6, 0.2], low=[0.3, 0.1], high=[0.8, 0.4], rank=[1, 2])
        write_file(folder / "tables" / "priorities.csv", table_csv(chances))
    write_file(folder / "manifest.json", json.dumps({"as_of": "2024-02-01"}))
    return folder


def test_plan_and_chances_of_a_run_meet_what_the_audit_found(tmp_path):
    plan = followed_plan(run_of(tmp_path))
    made = reporting.audit_report(small_lab(), plan=plan)
    table = made.expected.set_index("clause")
    assert (table.loc["8.5.1", "expected"], table.loc["8.5.1", "findings"]) == (0.6, "F5")
    assert agreement(made.expected) == (2, pytest.approx(0.8), 1)
    assert made.parts.set_index("part").loc["random", "k"] == 0


def test_a_run_without_priorities_gives_the_plan_without_chances(tmp_path):
    plan = followed_plan(run_of(tmp_path, priorities=False))
    assert len(plan.allocation) == 2
    assert plan.expectation.empty
    made = reporting.audit_report(small_lab(), plan=plan)
    assert agreement(made.expected).expected is None
    assert "an unknown number with a nonconformity were expected" in "; ".join(
        reporting.report_headlines(made)["sentence"]
    )


def test_a_folder_without_a_plan_is_refused(tmp_path):
    with pytest.raises(EngagementError, match="holds no plan of time that can be read"):
        followed_plan(tmp_path)


def test_without_a_run_the_page_says_what_is_missing(lab, shown):
    assert open_page(lab, "audit_report").followed_plan(None).allocation.empty
    assert "planned_in FOLDER" in shown[0]["text/html"]
