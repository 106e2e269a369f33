"""The index of the loaded rows of a run: what each record is called, where it stood, and what decides its counting.

It lies in the run as ``trace/records.parquet`` and names no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.publish.files import write_file
from auditlab.tables import Kind, table_specs

RECORDS = Path("trace") / "records.parquet"
PLACES = ("table", "record", "file", "sheet", "row")
ABOUT = ("audit_id", "site", "service", "supplier", "priority", "clause")
"""By what a row that counts is compared with the records."""

AUDIT_START = "audit_start"
"""Day of the audit that a finding, an action or an examined clause belongs to."""

OPEN_AT = ".."
"""Between two days of a rule: the record counts while it lies between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a column must hold (or must not): one of `values`; ``*`` is any value, an empty text a missing one."""

    column: str
    wanted: bool
    values: frozenset[str]

    def held(self, told: pd.Series) -> pd.Series:
        """Which values of the column fulfil it."""
        known = told.notna() & told.astype("str").ne("")
        if self.values == {"*"}:
            found = known
        elif self.values == {""}:
            found = ~known
        else:
            alike = {value.casefold() for value in self.values}
            found = told.astype("str").str.strip().str.casefold().isin(alike)
        return found if self.wanted else ~found


def conditions(text: str) -> tuple[Condition, ...]:
    """The conditions of a text such as ``type!=standard|routine;ended=*``."""
    made = []
    for one in filter(None, text.split(";")):
        column, _, values = one.partition("=")
        allowed = frozenset(values.split("|"))
        made.append(Condition(column=column.removesuffix("!"), wanted=not column.endswith("!"), values=allowed))
    return tuple(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How the records of a table count in a figure.

    Attributes
    ----------
    days : tuple of str
        Columns with days; the record counts in a period that holds one of them.
    open_at : bool
        Whether it counts instead at every moment from the first of `days` until the second.
    keep : tuple of Condition
        All of them must hold.
    """

    days: tuple[str, ...]
    open_at: bool
    keep: tuple[Condition, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Columns of the records that the rule looks at."""
        return frozenset([*self.days, *(condition.column for condition in self.keep)])


@cache
def countings() -> dict[tuple[str, str], Counting]:
    """The rules of ``traced_figures.csv`` by figure (a key figure or a table of a run) and canonical table.

    The rule of most has no figure.
    """
    with resources.files(__package__).joinpath("traced_figures.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {
        (row["figure"], row["table"]): Counting(
            days=tuple(day for day in row["day"].replace(OPEN_AT, "|").split("|") if day),
            open_at=OPEN_AT in row["day"],
            keep=conditions(row["keep"]),
        )
        for row in rows.to_dict("records")
    }


def write_records(folder: Path, lab: Engagement) -> Path:
    """Write the index of the loaded rows of `lab` into the run folder `folder`; it names no person."""
    starts = lab.tables.audits.drop_duplicates("audit_id").set_index("audit_id")["start"]
    parts = [_records(name, lab.tables[name], starts=starts) for name in lab.tables if lab.has(name)]
    columns = [*PLACES, *ABOUT]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns, dtype="str")
    return write_file(folder / RECORDS, frame.to_parquet(None, index=False))


def _records(name: str, frame: pd.DataFrame, *, starts: pd.Series) -> pd.DataFrame:
    own = next((column.name for column in table_specs()[name].columns if column.kind is Kind.ID), None)
    blank = pd.Series(pd.NA, index=frame.index, dtype="str")
    decisive = sorted({column for (_, table), rule in countings().items() if table == name for column in rule.columns})
    if AUDIT_START in decisive:
        frame = frame.assign(**{AUDIT_START: _audit_days(frame, starts)})
    return pd.DataFrame(
        {
            "table": name,
            "record": blank if own is None else frame[own].astype("str"),
            "file": frame["source_file"],
            "sheet": frame["source_sheet"],
            "row": frame["source_row"].astype("Int64"),
        }
        # A column that the table does not have is missing; a cell that is empty is an empty text.
        | {column: frame[column].astype("str").fillna("") if column in frame else blank for column in ABOUT}
        | {f"{name}.{column}": _told(frame[column]) for column in decisive if column not in ABOUT}
    )


def _audit_days(frame: pd.DataFrame, starts: pd.Series) -> pd.Series:
    return pd.Series(starts.reindex(frame["audit_id"]).to_numpy(), index=frame.index, dtype="datetime64[us]")


def _told(values: pd.Series) -> pd.Series:
    """Times as they are, everything else as text, empty where it is missing."""
    return values if values.dtype.kind == "M" else values.astype("str").fillna("")
