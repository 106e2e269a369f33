"""The findings of a report stand in one order, whatever the process that wrote it."""

import os
import subprocess
import sys

import pandas as pd
import pytest

from auditlab.reporting.sections import report_sections
from auditlab.tables import as_canonical

SHOWN = """
from auditlab.reporting.sections import _ORDER
print(*_ORDER)
"""


def findings_of(*grades):
    rows = [
        {"finding_id": f"F{place}", "audit_id": "AU-3", "site": "A", "clause": "8.6.1", "grade": grade,
         "statement": "said"}
        for place, grade in enumerate(grades, start=1)
    ]  # fmt: skip
    return as_canonical("findings", pd.DataFrame(rows))


def test_inside_an_area_strengths_stand_first_and_then_majors_before_minors():
    findings = findings_of("minor", "ofi", "major", "observation", "minor", "strength", "major")
    chains = pd.DataFrame(columns=["view", "recurrent", "findings", "softened_to"])
    sections = report_sections(findings, chains, audit_id="AU-3")
    assert list(sections["finding_id"]) == ["F6", "F3", "F7", "F1", "F5", "F4", "F2"]
    assert list(sections["number"]) == list(range(1, 8))


@pytest.mark.parametrize("seed", ["1", "3"])
def test_the_order_does_not_depend_on_the_hashes_of_the_process(seed):
    """With these two seeds a set of both grades yields its members in opposite orders."""
    told = subprocess.run(
        [sys.executable, "-c", SHOWN], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["strength", "major", "minor", "observation", "ofi"]
