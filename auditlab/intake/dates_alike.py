"""Read in one stroke the dates of a column that are all written alike."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from operator import attrgetter
from typing import TypeVar

import pandas as pd

from auditlab.intake.cells import Cell
from auditlab.intake.moments import PLACEHOLDER_DATES, PLACEHOLDER_YEARS
from auditlab.settings import DateOrder

OfKind = TypeVar("OfKind")

_CLOCK = r"(?:{gap}\d{{1,2}}:\d{{2}}(?P<seconds>:\d{{2}})?)?"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}" + _CLOCK.format(gap="[ T]"))
_DIGITS = re.compile(r"\d{1,2}(?P<separator>[./-])\d{1,2}(?P=separator)\d{4}" + _CLOCK.format(gap=" "))
_MIN_CELLS = 20  # below this the reader of single cells is as quick


def read_alike(cells: Sequence[Cell], *, order: DateOrder | None) -> dict[int, dt.datetime]:
    """Moments of date cells, and of texts written in the commonest ways, by their position in `cells`.

    Parameters
    ----------
    cells : sequence of Cell
        The different cells of a column.
    order : DateOrder or None
        How the column writes 03/04/2022; without it only dates that begin with the year are read.

    Returns
    -------
    dict
        Position to moment. What is missing here is left to the reader of single cells, which tells
        what is wrong with it.
    """
    kinds = list(map(type, cells))
    moments = dict(_of_kind(dt.datetime, cells, kinds))
    moments |= {index: dt.datetime(day.year, day.month, day.day) for index, day in _of_kind(dt.date, cells, kinds)}
    if not PLACEHOLDER_YEARS.isdisjoint(map(attrgetter("year"), moments.values())):
        moments = {index: moment for index, moment in moments.items() if moment.year not in PLACEHOLDER_YEARS}
    texts = dict(_of_kind(str, cells, kinds))
    return moments | _from_texts(texts, order=order) if len(texts) >= _MIN_CELLS else moments


def _of_kind(kind: type[OfKind], cells: Sequence[Cell], kinds: Sequence[type]) -> Iterator[tuple[int, OfKind]]:
    """Position and cell of those that are of `kind` itself."""
    return compress(enumerate(cells), [own is kind for own in kinds])  # type: ignore[arg-type]  # of that kind


def _from_texts(texts: Mapping[int, str], *, order: DateOrder | None) -> dict[int, dt.datetime]:
    by_format: dict[str, dict[int, str]] = {}
    for index, text in texts.items():
        written = _format(text, order=order)
        if written:
            by_format.setdefault(written, {})[index] = text
    moments: dict[int, dt.datetime] = {}
    for written, group in by_format.items():
        parsed = pd.to_datetime(pd.Series(group, dtype="str"), format=written, errors="coerce").dropna()
        moments |= {int(index): moment.to_pydatetime() for index, moment in parsed.items()}  # type: ignore[call-overload]
    return {index: moment for index, moment in moments.items() if moment.date().isoformat() not in PLACEHOLDER_DATES}


def _format(text: str, *, order: DateOrder | None) -> str:
    """How a date is written, in the signs of ``strptime``; ``""`` where it is none of the common ways."""
    if match := _ISO.fullmatch(text):
        day = "%Y-%m-%d"
    elif (match := _DIGITS.fullmatch(text)) and (order or match["separator"] == "."):
        first = "%m{0}%d" if order is DateOrder.MONTH_FIRST and match["separator"] != "." else "%d{0}%m"
        day = (first + "{0}%Y").format(match["separator"])
    else:
        return ""
    if ":" not in text:
        return day
    gap = "T" if "T" in text else " "
    return f"{day}{gap}%H:%M" + (":%S" if match["seconds"] else "")
