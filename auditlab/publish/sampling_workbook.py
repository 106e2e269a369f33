"""The sampling worksheets: one sheet per population to fill in on site, and the plan they belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from auditlab.publish.workbook import EntryColumn, Sheet, workbook_bytes
from auditlab.sampling.lists import RECORD_LIST_TYPES, SECOND_STAGE
from auditlab.sampling.plan import RECORD_SAMPLE_TYPES, SEPARATOR
from auditlab.sampling.results import RESULTS
from auditlab.sampling.summary import COUNTING
from auditlab.sampling.wording import percent

PLAN_SHEET = "Plan"
NOTES = "Evidence and notes"
REPLACED_BY = "Replaced by (record)"
REPLACED_WHY = "Reason for the replacement"

ITEM_LABELS = {"order": "Drawn", "item": "Record", "part": "Part", "reason": "Why it is in the sample"}
STRATUM = "Stratum"
"""Label of a column that stands only where there are strata."""

PLAN_LABELS = {
    "sheet": "Sheet",
    "population": "Population",
    "records": "Records in all",
    "judgement_n": "Judgement part",
    "N": "Drawn from",
    "n": "Random part",
    "accept": "Deviations accepted",
    "reserve_n": "Reserve",
    "tolerable": "Tolerable rate",
    "confidence": "Confidence",
    "expected": "Expected rate",
    "convention": "Convention",
    "method": "Method",
    "rationale": "Rationale",
    "proof": "Why this size",
    "attributes": "Attributes to test",
    "design": "Design",
    "next_n": "Second stage, if called for",
    "next_sheet": "Sheet of the second stage",
    "strata": "Strata (drawn of all)",
    "prior": "Earlier sample for credible limits",
    "seed_fingerprint": "Fingerprint of the seed",
    "list_hash": "Hash of the sealed list",
}

MAY_BE_EMPTY = frozenset({
    "accept", "method", "proof", "seed_fingerprint", "list_hash", "design", "next_n", "next_sheet", "strata", "prior",
})  # fmt: skip
"""Lines of the plan that have no value for every population."""

LABEL_COLUMN = "Plan"
RULES = "Counts"

_SHARES = ("tolerable", "confidence", "expected")
_ITEM_WIDTHS = {"order": 8, "item": 13, "part": 11, "reason": 26}
_VALUE_WIDTH = 90  # one population; several share the page

_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\']")
_TITLE = 31  # characters the name of a sheet can have
_LATER = ", 2nd"


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
        drop-down per attribute, and room for notes and replacements. Identifiers are locked. The records of
        a second stage stand on a hidden sheet.
    """
    chosen = samples[samples["chosen"]].reset_index(drop=True)
    titles = [_title(place, name) for place, name in enumerate(chosen["population"], start=1)]
    later = [
        f"{title[: _TITLE - len(_LATER)].strip()}{_LATER}" if records > 0 else None
        for title, records in zip(titles, chosen["next_n"].fillna(0), strict=True)
    ]
    plan = _plan_sheet(
        chosen.assign(sheet=titles, next_sheet=pd.Series(later, dtype="str")),
        heading=f"{client}: sampling plan as of {as_of.isoformat()}",
    )
    sheets = []
    for title, second, population, attributes in zip(
        titles, later, chosen["population"], chosen["attributes"].str.split(SEPARATOR), strict=True
    ):
        own = listed[listed["population"] == population]
        called = own["part"] == SECOND_STAGE
        sheets.append(_population_sheet(title, population, attributes, own[~called]))
        if second:
            sheets.append(
                _population_sheet(second, f"{population}, second stage", attributes, own[called], hidden=True)
            )
    return workbook_bytes([plan, *sheets], title=f"Sampling worksheets as of {as_of.isoformat()}")


def _plan_sheet(chosen: pd.DataFrame, *, heading: str) -> Sheet:
    """The plan downwards: one line for each label, one column for each population."""
    # A line without any value is left out: without a secret seed there is no word of a seal.
    lines = {name: label for name, label in PLAN_LABELS.items() if name in chosen and chosen[name].notna().any()}
    frame = pd.DataFrame({"label": list(lines.values())})
    for place, (_, row) in enumerate(chosen.iterrows(), start=1):
        values = [_plan_value(name, row[name]) for name in lines]
        frame[f"value_{place}"] = pd.Series(values, dtype="object")
    columns = [f"value_{place}" for place in range(1, len(chosen) + 1)]
    rules = pd.DataFrame({"label": [f"{RULES}: {result}" for result, _ in COUNTING]})
    for column in columns:
        rules[column] = [words for _, words in COUNTING]
    width = max(_VALUE_WIDTH // max(len(columns), 1), 34)
    return Sheet(
        title=PLAN_SHEET,
        heading=f"{heading} (audit team only)",
        frame=pd.concat([frame, rules], ignore_index=True),
        labels={"label": LABEL_COLUMN} | {column: f"Population {column.removeprefix('value_')}" for column in columns},
        locked=True,
        widths={"label": 34} | dict.fromkeys(columns, width),
    )


def _plan_value(name: str, value: object) -> str | None:
    if name in _SHARES and not pd.isna(value):  # type: ignore[call-overload]  # a scalar of a frame
        return percent(float(str(value)), digits=4)
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]  # as above


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


def _population_sheet(
    title: str, population: str, attributes: Sequence[str], own: pd.DataFrame, *, hidden: bool = False
) -> Sheet:
    when = "; examine them only if the first stage shows exactly one deviation" if hidden else ""
    return Sheet(
        title=title,
        heading=f"{population}: {len(own)} records (audit team only){when}",
        frame=own.reset_index(drop=True),
        labels=ITEM_LABELS | ({"stratum": STRATUM} if own["stratum"].notna().any() else {}),
        entries=(
            *(EntryColumn(label=attribute, choices=RESULTS, width=15) for attribute in attributes),
            EntryColumn(label=NOTES, width=26),
            EntryColumn(label=REPLACED_BY, width=14),
            EntryColumn(label=REPLACED_WHY, width=16),
        ),
        locked=True,
        hidden=hidden,
        widths=_ITEM_WIDTHS,
    )


def _title(place: int, population: str) -> str:
    """A name that a sheet may have, told apart by its number: cut at a comma or a word, not inside a period."""
    plain = " ".join(f"{place} {_NOT_IN_A_TITLE.sub(' ', population)}".split())
    if len(plain) > _TITLE:
        plain = plain[: plain[: _TITLE + 1].rfind(",")] if "," in plain[: _TITLE + 1] else plain
    while len(plain) > _TITLE and " " in plain:
        plain = plain.rpartition(" ")[0]
    return plain[:_TITLE].strip()
