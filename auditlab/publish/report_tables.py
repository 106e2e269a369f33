"""The tables of the audit report read back from a run, with their types: what its Word draft and workbook hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from auditlab.history.action_rates import RATE_DTYPES
from auditlab.history.change_pressure import CHANGE_DTYPES
from auditlab.history.ofi_conversion import CONVERSION_DTYPES, CONVERSION_RATE_DTYPES
from auditlab.priority.hits import HIT_DTYPES
from auditlab.reporting.before_after import BEFORE_AFTER_DTYPES
from auditlab.reporting.capability import CAPABILITY_DTYPES
from auditlab.reporting.carry_forward import CARRY_DTYPES
from auditlab.reporting.efficiency import LENS_DTYPES
from auditlab.reporting.elements import ELEMENT_DTYPES
from auditlab.reporting.expectation import EXPECTED_DTYPES
from auditlab.reporting.flagged_signals import FLAGGED_DTYPES
from auditlab.reporting.flow import FLOW_DTYPES, STAGE_DTYPES
from auditlab.reporting.follow_up_plan import AGEING_DTYPES, PLAN_DTYPES
from auditlab.reporting.headlines import HEADLINE_DTYPES
from auditlab.reporting.improvements import IMPROVEMENT_DTYPES, ROADMAP_DTYPES
from auditlab.reporting.management_review import PACK_DTYPES
from auditlab.reporting.maturity import MATURITY_DTYPES
from auditlab.reporting.not_covered import DEVIATION_DTYPES, NOT_COVERED_DTYPES
from auditlab.reporting.preparation import AWARENESS_DTYPES, DECISION_DTYPES, READINESS_DTYPES
from auditlab.reporting.scorecard import SCORECARD_DTYPES
from auditlab.reporting.sections import AREA_DTYPES, SECTION_DTYPES
from auditlab.reporting.verification import VERIFICATION_DTYPES
from auditlab.reporting.words import WORD_DTYPES
from auditlab.signals.frames import KPI_DTYPES

REPORT_TABLES: Mapping[str, Mapping[str, str]] = {
    "report_headlines": HEADLINE_DTYPES,
    "report_elements": ELEMENT_DTYPES,
    "report_areas": AREA_DTYPES,
    "report_sections": SECTION_DTYPES,
    "report_not_covered": NOT_COVERED_DTYPES,
    "report_deviations": DEVIATION_DTYPES,
    "report_verification": VERIFICATION_DTYPES,
    "expected_against_found": EXPECTED_DTYPES,
    "follow_up_plan": PLAN_DTYPES,
    "action_ages": AGEING_DTYPES,
    "before_after": BEFORE_AFTER_DTYPES,
    "carry_forward": CARRY_DTYPES,
    "ofi_conversion": CONVERSION_DTYPES,
    "ofi_conversion_rates": CONVERSION_RATE_DTYPES,
    "report_words": WORD_DTYPES,
}
"""Tables that every report has, with the types of their columns."""

FURTHER_TABLES: Mapping[str, Mapping[str, str]] = {
    "report_action_rates": RATE_DTYPES,
    "expected_by_part": HIT_DTYPES,
    "objective_scorecard": SCORECARD_DTYPES,
    "capability_statement": CAPABILITY_DTYPES,
    "efficiency_lens": LENS_DTYPES,
    "flow_view": FLOW_DTYPES,
    "stage_shares": STAGE_DTYPES,
    "satisfaction": KPI_DTYPES,
    "readiness_list": READINESS_DTYPES,
    "awareness": AWARENESS_DTYPES,
    "decision_log": DECISION_DTYPES,
}
"""Tables of the page beside the report."""

OWN_PARTY_TABLES: Mapping[str, Mapping[str, str]] = {
    "improvement_list": IMPROVEMENT_DTYPES,
    "flagged_signals": FLAGGED_DTYPES,
    "report_changes": CHANGE_DTYPES,
    "roadmap": ROADMAP_DTYPES,
    "maturity_profile": MATURITY_DTYPES,
    "management_review": PACK_DTYPES,
}
"""Tables that a third-party audit does not have."""

_TRUTH = {"True": True, "False": False}


def read_report_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a report below `folder`; empty where there was nothing to report.

    Parameters
    ----------
    folder : Path
        ``tables/`` of a run.
    """
    if not all((folder / f"{name}.csv").exists() for name in REPORT_TABLES):
        return {}
    known = {**REPORT_TABLES, **FURTHER_TABLES, **OWN_PARTY_TABLES}
    there = {name: dtypes for name, dtypes in known.items() if (folder / f"{name}.csv").exists()}
    return {name: read_typed(folder / f"{name}.csv", dtypes) for name, dtypes in there.items()}


def read_typed(path: Path, dtypes: Mapping[str, str]) -> pd.DataFrame:
    """A table as its notebook wrote it, with the types it had.

    Parameters
    ----------
    path : Path
        The file.
    dtypes : mapping
        Column to its type.
    """
    written = pd.read_csv(path, dtype="str", keep_default_na=False)[list(dtypes)]
    return pd.DataFrame({name: _column(written[name], dtype) for name, dtype in dtypes.items()})


def _column(values: pd.Series, dtype: str) -> pd.Series:
    if dtype == "str":
        return values
    known = values.astype("object").where(values != "", None)
    if dtype.startswith("datetime"):
        return pd.to_datetime(known, format="%Y-%m-%d").astype("datetime64[us]")
    if dtype in ("bool", "boolean"):
        return known.map(_TRUTH).astype("boolean")
    return pd.to_numeric(known).astype("Int64" if dtype.lower() == "int64" else "Float64")
