"""A date in one column and its time of day in another: the two headers differ in one word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from auditlab.intake.cells import Cell
from auditlab.intake.plain import plain_header
from auditlab.tables import Kind, table_specs

_DATE_WORD = re.compile(r"\b(date|datum|fecha|data|jour|tag|day)\b")
_TIME_WORD = re.compile(r"\b(time|zeit|uhrzeit|heure|hora|ora|tijd)\b")


def time_of_day_columns(
    columns: Mapping[str, int], unknown: Mapping[str, int], headers: Mapping[int, str], *, table: str
) -> dict[str, int]:
    """Canonical moment to the sheet column with its time of day.

    "Date of restoration" pairs with "Time of restoration", "Opened" with "Opened time": the headers
    are the same once the words for date and time are taken away.
    """
    spec = table_specs()[table]
    stems = {
        _stem(header, _TIME_WORD): position
        for header, position in unknown.items()
        if _TIME_WORD.search(plain_header(header))
    }
    pairs = {}
    for column, position in columns.items():
        if spec.column(column).kind is Kind.TIME:
            partner = stems.get(_stem(headers[position], _DATE_WORD))
            if partner is not None:
                pairs[column] = partner
    return pairs


def _stem(header: str, word: re.Pattern[str]) -> str:
    plain = re.sub(r"\b(and|of|the|de|der|des|du)\b", " ", word.sub(" ", plain_header(header)))
    return " ".join(plain.split())


def joined_moments(dates: Sequence[Cell], times: Sequence[Cell]) -> list[Cell]:
    """Each date with the time of day beside it; a date without a time stays as it is."""
    return [_joined(date, time) for date, time in zip(dates, times, strict=True)]


def _joined(date: Cell, time: Cell) -> Cell:  # one return per way of writing a time of day
    if date is None or time is None:
        return date
    if isinstance(time, dt.datetime):
        time = time.time()
    if isinstance(time, dt.timedelta) and dt.timedelta(0) <= time < dt.timedelta(days=1):
        time = (dt.datetime.min + time).time()
    if isinstance(time, float) and 0 <= time < 1:  # a day's fraction, as spreadsheets keep times
        time = (dt.datetime.min + dt.timedelta(seconds=round(time * 86_400))).time()
    if isinstance(date, dt.datetime | dt.date) and isinstance(time, str):
        return f"{date:%Y-%m-%d} {time.strip()}" if re.match(r"\s*\d{1,2}[:.]\d{2}", time) else date
    if isinstance(date, dt.datetime | dt.date) and isinstance(time, dt.time):
        return dt.datetime(date.year, date.month, date.day, time.hour, time.minute, time.second)
    if isinstance(date, str) and isinstance(time, dt.time):
        return f"{date.strip()} {time:%H:%M:%S}"
    if isinstance(date, str) and isinstance(time, str) and re.match(r"\s*\d{1,2}[:.]\d{2}", time):
        return f"{date.strip()} {time.strip()}"
    return date
