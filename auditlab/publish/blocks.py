"""The blocks of a page as plain values; ``templates/blocks.html`` turns them into HTML."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from auditlab.numerals import count, number
from auditlab.publish.formats import ColumnFormat, Look, column_formats
from auditlab.publish.page_rows import tally

LONG_TEXT = 32
"""A text of more characters gets a wide cell, which scrolls rather than stacks its words."""

PROSE = 120
"""A text of more characters is read as a paragraph and gets a cell wide enough for one."""

SHORT_TEXT = 15
"""A text of at most so many characters stays on one line: dates, periods and identifiers are not broken at hyphens."""

FOLDED = 600
"""A text of more characters is folded: its beginning stands in the cell and the rest unfolds."""

ROWS_SHOWN = 500
"""Rows of a table on a page at most, unless the notebook says otherwise: the file has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A line small enough for a cell: the monthly values of one series."""

    lines: tuple[str, ...]  # points of each stretch without a gap, in a box of 120 by 24
    last: tuple[str, str]
    said: str  # for those who do not see it

    @classmethod
    def of(cls, text: str) -> Spark:
        """The line of values written with spaces between them, ``-`` for a missing one."""
        values = [None if word == "-" else float(word) for word in text.split()]
        known = [value for value in values if value is not None]
        low, high = min(known, default=0.0), max(known, default=0.0)
        step = 116 / max(len(values) - 1, 1)
        height = (high - low) or 1.0
        points = [
            None if value is None else (f"{2 + step * place:.1f}", f"{22 - 20 * (value - low) / height:.1f}")
            for place, value in enumerate(values)
        ]
        stretches: list[list[tuple[str, str]]] = [[]]
        for point in points:
            if point is None:
                stretches.append([])
            else:
                stretches[-1].append(point)
        lines = tuple(" ".join(f"{x},{y}" for x, y in stretch) for stretch in stretches if stretch)
        shown = [point for point in points if point is not None]
        said = f"{len(known)} of {len(values)} months, {number(low)} to {number(high)}"
        return cls(lines=lines, last=shown[-1] if shown else ("0", "0"), said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """One cell as the reader sees it."""

    text: str
    missing: bool
    is_number: bool
    width: str
    sort_key: str
    rest: str = ""
    spark: Spark | None = None
    own: bool = False  # words of auditlab about numbers, and none of a file


_OWN_WORDS = frozenset({"strength", "note", "reason", "sentence", "basis", "method"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBlock:
    """A table with its caption."""

    name: str
    caption: str
    columns: list[ColumnFormat]
    rows: list[list[CellText]]
    row_count: str
    rows_said: str
    note: str
    file: str
    complete: bool
    empty: str = "no rows"
    tally: str = ""

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        *,
        name: str,
        caption: str,
        labels: Mapping[str, str] | None = None,
        rows: int | None = None,
        note: str | None = None,
        shown: pd.DataFrame | None = None,
        file: str | None = None,
        empty: str = "",
        filters: Sequence[str] = (),
    ) -> TableBlock:
        """The block of `frame`, which `filters` narrow by these columns; see `Page.show` for the other parameters."""
        columns = column_formats(frame, table=name, labels=labels)
        chosen = frame if shown is None else shown
        visible = chosen.head(ROWS_SHOWN if rows is None else rows)
        by_column = [
            [_cell(own, value) for own, value in zip(column.by_row(visible), visible[column.name], strict=True)]
            for column in columns
        ]
        counted = f"{count(len(frame))} {'row' if len(frame) == 1 else 'rows'}"
        if len(visible) == len(frame):
            said = f"{counted}."
        else:
            first = "The first " if len(visible) < len(chosen) else ""
            said = f"{first}{count(len(visible))} of {counted}; the file has all."
        hidden = len(frame.columns) - len(columns)
        if hidden:
            said += f" {hidden} more {'column' if hidden == 1 else 'columns'} in the file."
        cells = [list(row) for row in zip(*by_column, strict=True)]
        complete = len(visible) == len(frame)
        counts = "" if complete else tally(frame, [column for column in columns if column.name in filters])
        return cls(
            name=name, caption=caption, columns=columns, rows=cells, row_count=counted, rows_said=said,
            note=note or "", file=file or name,
            complete=complete, tally=counts, empty=f"no rows: {empty}" if empty else "no rows",
        )  # fmt: skip


def _cell(column: ColumnFormat, value: object) -> CellText:
    text = column.text(value)
    if column.look is Look.SPARK and text != column.missing:
        spark = Spark.of(text)
        return CellText(text=spark.said, missing=False, is_number=False, width="", sort_key="", spark=spark)
    end = len(text) if len(text) <= FOLDED else text.rfind(" ", FOLDED // 2, FOLDED) + 1 or FOLDED
    return CellText(
        text=text[:end],
        rest=text[end:],
        missing=bool(pd.isna(value)),  # type: ignore[call-overload]  # a scalar of a frame
        is_number=column.look.is_number,
        width=_width(len(text)),
        sort_key=column.sort_key(value),
        own=column.name in _OWN_WORDS,
    )


def _width(characters: int) -> str:
    """The class of a cell by the length of its text."""
    if characters > PROSE:
        return "prose"
    if characters > LONG_TEXT:
        return "long"
    return "short" if characters <= SHORT_TEXT else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One sentence of the answer, with what it rests on."""

    sentence: str
    basis: str
    table: str
    table_said: str
    spark: Spark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsBlock:
    """The sentences of the first screen."""

    name: str
    facts: list[Fact]

    @classmethod
    def of(cls, headlines: pd.DataFrame, *, name: str) -> FactsBlock:
        """The block of a frame of headlines; see `Page.facts`."""
        facts = [
            Fact(
                sentence=str(row["sentence"]).replace(" %", "\u00a0%"),
                basis=_basis(row),
                table="" if pd.isna(row["table"]) else str(row["table"]),
                table_said="" if pd.isna(row["table"]) else str(row["table"]).replace("_", " "),
                spark=None if pd.isna(row.get("spark")) else Spark.of(str(row["spark"])),
            )
            for row in headlines.to_dict("records")
        ]
        return cls(name=name, facts=facts)


def _basis(row: Mapping[Hashable, Any]) -> str:  # Any: the cells of a row
    """The n of a sentence and its interval, where they are known and the sentence does not say them itself."""
    sentence = str(row["sentence"])
    parts = []
    n, low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("n", "low", "high"))
    if n is not None and not re.search(rf"\b{re.escape(number(n))}\b", sentence):
        parts.append(f"n = {number(n)}")
    if low is not None and high is not None and "interval" not in sentence:
        parts.append(f"interval {number(low)} to {number(high)}")
    return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownBlock:
    """What cannot be known, why, and what would mend it."""

    what: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A section that an impartial auditor leaves out."""

    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureText:
    """The words and the table below a chart."""

    caption: str
    data: TableBlock
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterBlock:
    """The columns by which a reader can narrow the page, with their values."""

    choices: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPagesBlock:
    """The clients of a portfolio that have a page of their own: ``client, name, why, page``."""

    rows: list[dict[Hashable, Any]]  # Any: text

    @property
    def links(self) -> dict[str, str]:
        """Page by client."""
        return {str(row["client"]): str(row["page"]) for row in self.rows}
