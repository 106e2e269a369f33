"""The sampling worksheets: one sheet per population to fill in on site, and the plan they belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from auditlab.publish.workbook import EntryColumn, Sheet, workbook_bytes
from auditlab.sampling.plan import RECORD_LIST_TYPES, RECORD_SAMPLE_TYPES, SEPARATOR
from auditlab.sampling.worksheets import RESULTS

PLAN_SHEET = "Plan"
NOTES = "Evidence and notes"
REPLACED_BY = "Replaced by (record)"
REPLACED_WHY = "Reason for the replacement"

ITEM_LABELS = {"order": "Drawn", "item": "Record", "part": "Part", "reason": "Why it is in the sample"}
PLAN_LABELS = {
    "sheet": "Sheet",
    "population": "Population",
    "records": "Records in all",
    "judgement_n": "Judgement part",
    "N": "Drawn from",
    "n": "Random part",
    "accept": "Deviations accepted",
    "tolerable": "Tolerable rate",
    "confidence": "Confidence",
    "expected": "Expected rate",
    "convention": "Convention",
    "method": "Method",
    "rationale": "Rationale",
    "proof": "Why this size",
    "attributes": "Attributes to test",
    "seed_fingerprint": "Fingerprint of the seed",
    "list_hash": "Hash of the sealed list",
}

_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\']")
_TITLE = 31  # characters the name of a sheet can have


def sampling_workbook(samples: pd.DataFrame, listed: pd.DataFrame, *, client: str, as_of: date) -> bytes:
    """The worksheets of all planned record samples.

    Parameters
    ----------
    samples : DataFrame
        ``record_samples`` of `sampling.record_sample_plan`; the chosen rows are taken.
    listed : DataFrame
        ``record_list`` of the same plans.
    client : str
        Name of the audited organisation.
    as_of : date
        Day of the review.

    Returns
    -------
    bytes
        An .xlsx file: the plan, then a sheet per population with its records, an entry column with a
        drop-down per attribute, and room for notes and replacements. Identifiers are locked.
    """
    chosen = samples[samples["chosen"]].reset_index(drop=True)
    titles = [_title(place, name) for place, name in enumerate(chosen["population"], start=1)]
    plan = Sheet(
        title=PLAN_SHEET,
        heading=f"{client}: sampling plan as of {as_of.isoformat()} (audit team only)",
        frame=chosen.assign(sheet=titles),
        labels=PLAN_LABELS,
        locked=True,
    )
    sheets = [
        _population_sheet(title, population, attributes.split(SEPARATOR), listed=listed)
        for title, population, attributes in zip(titles, chosen["population"], chosen["attributes"], strict=True)
    ]
    return workbook_bytes([plan, *sheets], title=f"Sampling worksheets as of {as_of.isoformat()}")


def read_planned(path: Path) -> pd.DataFrame:
    """``record_samples.csv`` or ``record_list.csv`` of a run, with identifiers as they were written."""
    types = RECORD_SAMPLE_TYPES | RECORD_LIST_TYPES
    columns = pd.read_csv(path, nrows=0).columns
    return pd.read_csv(
        path,
        dtype={column: types.get(column, "str") for column in columns},
        keep_default_na=False,
        na_values={column: [""] for column in columns},
    )


def _population_sheet(title: str, population: str, attributes: Sequence[str], *, listed: pd.DataFrame) -> Sheet:
    own = listed[listed["population"] == population]
    return Sheet(
        title=title,
        heading=f"{population}: {len(own)} records (audit team only)",
        frame=own.reset_index(drop=True),
        labels=ITEM_LABELS,
        entries=(
            *(EntryColumn(label=attribute, choices=RESULTS, width=20) for attribute in attributes),
            EntryColumn(label=NOTES, width=40),
            EntryColumn(label=REPLACED_BY, width=18),
            EntryColumn(label=REPLACED_WHY, width=24),
        ),
        locked=True,
    )


def _title(place: int, population: str) -> str:
    """A name that a sheet may have, told apart by its number."""
    return f"{place} {_NOT_IN_A_TITLE.sub(' ', population)}"[:_TITLE].strip()
