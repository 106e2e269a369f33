"""Without a list of examined clauses the report says that nobody knows what was examined."""

from functools import cache

import pandas as pd
from reported_engagement import PLAN, made, small_lab

from auditlab import reporting
from auditlab.reporting.elements import missing_elements
from auditlab.reporting.expectation import agreement


@cache
def blind():
    """A certification body's report on audits whose coverage was not handed over."""
    return made(small_lab(party="third", coverage=pd.DataFrame()), *PLAN)


def test_the_summary_says_inferred_not_known_and_gives_no_share():
    facts = reporting.report_headlines(blind())
    assert (
        facts["sentence"]
        .iloc[0]
        .startswith("AU-3 (surveillance, 2024-03-05, 2 auditor-days) at A: what was examined is inferred, not known")
    )
    assert facts["sentence"].iloc[1] == "What was left out is not known. Not visited: B."
    assert facts["sentence"].iloc[4] == (
        "Of 4 earlier nonconformities 2 came back; whether the places of the others were examined is not known."
    )
    assert facts["value"].iloc[[0, 1, 4]].isna().all()
    assert "100 %" not in " ".join(facts["sentence"])


def test_what_was_not_covered_is_a_missing_element():
    elements = blind().elements
    own = elements[elements["element"] == "not_covered"]
    missing = own.loc[own["origin"] == "missing", "text"]
    assert "inferred, not known" in missing.iloc[0]
    assert "areas not covered with reasons" in missing_elements(elements)
    assert "Every auditable clause" not in " ".join(elements["text"])
    assert list(blind().not_covered["site"]) == ["B"]


def test_no_area_is_said_to_be_examined():
    areas = blind().areas
    assert areas["examined"].isna().all()
    assert set(areas.loc[areas["area"] != "none", "said"]) == {
        "not known whether examined", "not known whether examined; 1 nonconformity on record",
    }  # fmt: skip


def test_earlier_nonconformities_were_seen_again_only_where_one_was_recorded():
    seen = blind().verification.set_index("finding_id")["seen"].to_dict()
    unknown = "not known whether examined"
    assert seen == {"F1": "came back", "F2": unknown, "F3": "came back", "F4": unknown}


def test_a_plan_cannot_be_compared_with_what_nobody_knows():
    report = blind()
    assert agreement(report.expected) == (0, None, 0)
    assert set(report.expected["said"]) == {"found", "planned, not known whether examined: says nothing"}
    assert report.parts["n"].sum() == 0
    assert report.deviations.empty
    assert report.elements.set_index("element").loc["deviations", "origin"] == "missing"
    told = " ".join(reporting.report_headlines(report)["sentence"])
    assert "Which planned cells were examined is not known" in told


def test_a_recorded_examination_beside_unlisted_audits_stays_known():
    assert made(small_lab(), *PLAN).audit.examination_recorded
