"""The workbook of an audit report: every table with all of its text, for those who work on with it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.publish.formats import column_formats
from auditlab.publish.workbook import EntryColumn, Sheet, workbook_bytes

TITLES: Mapping[str, str] = {
    "report_headlines": "Summary",
    "report_elements": "Elements",
    "report_areas": "Areas",
    "report_sections": "Findings",
    "report_not_covered": "Not covered",
    "report_deviations": "Deviations",
    "report_verification": "Earlier findings",
    "expected_against_found": "Expected and found",
    "follow_up_plan": "Follow-up",
    "report_action_rates": "Effectiveness",
    "action_ages": "Age of actions",
    "before_after": "Before and after",
    "carry_forward": "For the next audit",
    "ofi_conversion": "Earlier improvements",
    "ofi_conversion_rates": "Improvements, shares",
    "report_words": "Words and codes",
    "expected_by_part": "Priority and random",
    "objective_scorecard": "Objectives",
    "capability_statement": "Months within target",
    "efficiency_lens": "Speed",
    "flow_view": "Flow",
    "stage_shares": "Stages",
    "satisfaction": "Satisfaction",
    "readiness_list": "Readiness",
    "awareness": "Awareness",
    "decision_log": "Decisions",
    "improvement_list": "Improvement list",
    "flagged_signals": "Signals",
    "report_changes": "Changes of the system",
    "roadmap": "Roadmap",
    "maturity_profile": "Maturity",
    "management_review": "Management review",
}
_ENTRIES: Mapping[str, tuple[EntryColumn, ...]] = {
    "report_not_covered": (EntryColumn(label="Reason to be stated", width=36),),
    "follow_up_plan": (EntryColumn(label="Seen on", width=14), EntryColumn(label="What was seen", width=40)),
    "carry_forward": (EntryColumn(label="Note of the next auditor", width=40),),
}


def report_workbook(tables: Mapping[str, pd.DataFrame], *, client: str, run_line: str) -> bytes:
    """The workbook.

    Parameters
    ----------
    tables : mapping
        Result of ``read_report_tables``.
    client : str
        Name of the audited organisation.
    run_line : str
        Run and inputs; the heading of every sheet ends with it.

    Returns
    -------
    bytes
        An .xlsx file, a sheet per table, with the labels of the page. Text stays text, whatever it begins with.
    """
    sheets = [
        Sheet(
            title=title,
            heading=f"{client}: {title.lower()} (draft of the audit team). {run_line}",
            frame=tables[name],
            labels={one.name: one.label for one in column_formats(tables[name], table=name)},
            entries=_ENTRIES.get(name, ()),
            table=name,
        )
        for name, title in TITLES.items()
        if name in tables
    ]
    return workbook_bytes(sheets, title=f"Audit report of {client}")
