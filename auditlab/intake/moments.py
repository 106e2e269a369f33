"""Read one cell that holds a moment, a day or a month."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange

from dateutil import parser as dateutil_parser

from auditlab.intake.cells import Cell
from auditlab.intake.month_names import full_year, named_moment, named_month
from auditlab.intake.time_zones import split_zone, to_utc
from auditlab.intake.values import MISSING, Reading, clean_text, says_missing
from auditlab.settings import DateOrder

EXCEL_EPOCH = dt.datetime(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954 to 2119: a number outside is no date
UNIX_EPOCH = dt.datetime(1970, 1, 1)
FIRST_EPOCH, LAST_EPOCH = 600_000_000, 4_000_000_000  # 1989 to 2096, in seconds
PLACEHOLDER_DATES = frozenset({"1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1970-01-01", "9999-12-31"})
PLACEHOLDER_YEARS = frozenset(int(day[:4]) for day in PLACEHOLDER_DATES)
PLACEHOLDER = "placeholder date: no value"

_NUMERIC_DATE = re.compile(
    r"(?:[^\W\d_]{2,10}[.,]? )?(?P<a>\d{1,2})(?P<separator>[./-])(?P<b>\d{1,2})(?P=separator)(?P<year>\d{4}|\d{2})"
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_SERIAL_TEXT = re.compile(r"\d{5}(?:[.,]\d+)?|\d{10}")
_DIGITS_WITH_SLASHES = re.compile(r"(?<!\d)\d{1,2}([/-])\d{1,2}\1\d{2,4}(?!\d)")
_ZONE_NAME = re.compile(r"\d\s*(?!AM|PM|UTC|GMT)[A-Z]{3,5}$")


def numeric_date(text: str) -> re.Match[str] | None:
    """The parts of a date written in digits with the year last, such as 03/04/2022 09:15."""
    return _NUMERIC_DATE.fullmatch(split_zone(text)[0])


def _day(parts: re.Match[str], order: DateOrder) -> tuple[int, int, int]:
    """Year, month and day of a date written in digits."""
    left, right = int(parts["a"]), int(parts["b"])
    day, month = (left, right) if order is DateOrder.DAY_FIRST else (right, left)
    return full_year(parts["year"]), month, day


def is_day(parts: re.Match[str], order: DateOrder) -> bool:
    """Whether the calendar has the day that the parts of a `numeric_date` name in that order."""
    year, month, day = _day(parts, order)
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def read_time(cell: Cell, *, order: DateOrder | None) -> Reading:
    """A moment, from a date cell, a serial number or text.

    `order` says how the column writes 03/04/2022; without it such a text has no value.
    A moment with an offset or the name of its zone is turned into UTC. A placeholder such as 1900-01-01 is no moment.
    """
    if isinstance(cell, dt.datetime) and cell.year not in PLACEHOLDER_YEARS:
        return Reading(cell)
    reading = _read_moment(cell, order=order)
    if isinstance(reading.value, dt.datetime) and reading.value.date().isoformat() in PLACEHOLDER_DATES:
        return Reading(None, rule=PLACEHOLDER)
    return reading


def _read_moment(cell: Cell, *, order: DateOrder | None) -> Reading:  # one return per kind of cell
    if isinstance(cell, dt.datetime):
        return Reading(cell)
    if isinstance(cell, dt.date):
        return Reading(dt.datetime(cell.year, cell.month, cell.day))
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return _from_number(float(cell))
    return _from_text(clean_text(cell), order=order)


def _from_text(text: str, *, order: DateOrder | None) -> Reading:
    if says_missing(text):
        return MISSING
    if _SERIAL_TEXT.fullmatch(text):
        return _from_number(float(text.replace(",", ".")))
    bare, zone = split_zone(text)
    parts = _NUMERIC_DATE.fullmatch(bare)
    reading = _from_digits(parts, order=order) if parts else _from_words(bare)
    if zone and isinstance(reading.value, dt.datetime):
        return Reading(to_utc(reading.value, zone), f"time zone {zone} turned into UTC")
    return reading


def _from_number(number: float) -> Reading:
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return Reading(EXCEL_EPOCH + dt.timedelta(seconds=round(number * 86_400)), "date serial to date")
    if FIRST_EPOCH <= number <= LAST_EPOCH:
        return Reading(UNIX_EPOCH + dt.timedelta(seconds=number), "seconds since 1970 to date, in UTC")
    return Reading(None, problem="a number that is no date")


def _from_digits(parts: re.Match[str], *, order: DateOrder | None) -> Reading:
    if not (is_day(parts, DateOrder.DAY_FIRST) or is_day(parts, DateOrder.MONTH_FIRST)):
        return Reading(None, problem="no such day in the calendar")
    if parts["separator"] == ".":
        order = DateOrder.DAY_FIRST  # only day-first locales write dots
    if order is None:
        return Reading(None, problem="day and month cannot be told apart")
    year, month, day = _day(parts, order)
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"] in "Pp" else 0)
    try:
        return Reading(dt.datetime(year, month, day, hour, minute, second))
    except ValueError:
        return Reading(None, problem=f"no such date when read {order}")


def _from_words(text: str) -> Reading:  # noqa: PLR0911  # one return per reason why it is no date
    if (named := named_moment(text)) is not None:
        return Reading(named)
    if _DIGITS_WITH_SLASHES.search(text):
        return Reading(None, problem="a date with words or signs that cannot be told apart")
    if _ZONE_NAME.search(text):
        return Reading(
            None, problem="a time zone that is not known, or several have its name; write the offset, such as +02:00"
        )
    if not re.search(r"\d", text) or not (re.match(r"\d{4}\D?\d{2}\D?\d{2}", text) or re.search(r"[^\W\d_]{3}", text)):
        return Reading(None, problem="not a date")
    try:
        moment = dateutil_parser.parse(text, default=dt.datetime(1, 1, 1))
    except (ValueError, OverflowError):
        return Reading(None, problem="not a date")
    if moment.year < EXCEL_EPOCH.year:
        return Reading(None, problem="not a date")
    if moment.tzinfo is not None:
        return Reading(moment.astimezone(dt.UTC).replace(tzinfo=None), "offset turned into UTC")
    return Reading(moment)


def read_date(cell: Cell, *, order: DateOrder | None) -> Reading:
    """A day; a time of day is cut off."""
    reading = read_time(cell, order=order)
    if not isinstance(reading.value, dt.datetime):
        return reading
    return Reading(reading.value.replace(hour=0, minute=0, second=0, microsecond=0), reading.rule)


def read_month(cell: Cell, *, order: DateOrder | None) -> Reading:
    """A month as its first day, from a date, "2022-04", "04/2022" or "Apr 2022"."""
    text = clean_text(cell) if isinstance(cell, str) else ""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text) or re.fullmatch(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})", text):
        names = match.groupdict()
        year, month = (int(names["y"]), int(names["m"])) if names else (int(match[1]), int(match[2]))
        return Reading(dt.datetime(year, month, 1)) if 1 <= month <= 12 else Reading(None, problem="no such month")
    if (named := named_month(text)) is not None:
        return Reading(named)
    reading = read_date(cell, order=order)
    return Reading(reading.value.replace(day=1), reading.rule) if isinstance(reading.value, dt.datetime) else reading
