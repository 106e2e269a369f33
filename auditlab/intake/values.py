"""Read one cell: from what a spreadsheet holds to the value that a canonical column wants.

Every reader returns a `Reading`. ``rule`` says what was changed to get there (for the ledger),
``problem`` says why there is no value. An empty cell is a missing value and no problem.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from dateutil import parser as dateutil_parser
from rapidfuzz import fuzz

from auditlab.intake.month_names import full_year, named_moment, named_month
from auditlab.intake.sheets import Cell
from auditlab.settings import DateOrder

Value = str | float | int | bool | dt.datetime | None

EXCEL_EPOCH = dt.datetime(1899, 12, 30)
FIRST_SERIAL, LAST_SERIAL = 20_000, 80_000  # 1954 to 2119: a number outside is no date
UNIX_EPOCH = dt.datetime(1970, 1, 1)
FIRST_EPOCH, LAST_EPOCH = 600_000_000, 4_000_000_000  # 1989 to 2096, in seconds
MISSING_WORDS = frozenset(
    {"-", "--", "?", "??", ".", "n/a", "#n/a", "unknown", "none", "tbd", "null", "nan", "not set", "not assigned"}
    | {"unbekannt", "inconnu", "desconocido", "desconhecido", "onbekend", "sconosciuto", "k.a.", "n.a."}
)
MISSING_SIGNS = frozenset({"-", "--", "---", "?", "??", "???", ".", "..", "–", "—"})
"""Signs that are no word in any language; in a column of text they stand for nothing."""
LIKE_UNKNOWN = 80  # [0-100]; "Unkonwn" is 86 % like "unknown"
PERCENTAGES_FROM = 0.9
PLACEHOLDER_DATES = frozenset({"1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1970-01-01", "9999-12-31"})
TRUE_WORDS = frozenset(
    {"y", "yes", "true", "1", "x", "✓", "✔", "ja", "j", "oui", "si", "sí", "sim", "sì", "wahr", "vrai", "verdadero"}
    | {"verdadeiro", "waar", "vero"}
    | {"within sla", "within the service target", "service targets warning", "met", "in time"}
)
FALSE_WORDS = frozenset(
    {"n", "no", "false", "0", "nein", "non", "nao", "não", "nee", "falsch", "faux", "falso", "onwaar"}
    | {"sla violated", "service targets breached", "breached", "missed", "not met"}
)
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_NUMERIC_DATE = re.compile(
    r"(?:[^\W\d_]{2,10}[.,]? )?(?P<a>\d{1,2})(?P<separator>[./-])(?P<b>\d{1,2})(?P=separator)(?P<year>\d{4}|\d{2})"
    r"(?:[ T,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r" ?(?P<zone>Z|UTC|GMT)?)?"
)
_SERIAL_TEXT = re.compile(r"\d{5}(?:[.,]\d+)?|\d{10}")
_DIGITS_WITH_SLASHES = re.compile(r"(?<!\d)\d{1,2}([/-])\d{1,2}\1\d{2,4}(?!\d)")
_ZONE_NAME = re.compile(r"\d\s*(?!AM|PM|UTC|GMT)[A-Z]{3,5}$")
_AMBIGUOUS_NUMBER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


class Reading(NamedTuple):
    """The value of a cell, how it was changed, or why it has none."""

    value: Value
    rule: str = ""
    problem: str = ""


MISSING = Reading(None)
SIGN_FOR_MISSING = "a sign that stands for no value"
PLACEHOLDER = "placeholder date: no value"


def clean_text(cell: Cell) -> str:
    """The text of a cell without invisible characters, odd spaces and padding; ``""`` when empty."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float | int):
        return str(int(cell)) if float(cell).is_integer() else repr(cell)
    text = unicodedata.normalize("NFKC", str(cell)).translate(INVISIBLE)
    return re.sub(r"\s+", " ", text).strip()


def says_missing(text: str) -> bool:
    """Whether a cleaned text of a column of values says that there is none, "Unkonwn" included."""
    plain = text.casefold().strip("- ") or text
    if not plain or plain in MISSING_WORDS:
        return True
    return len(plain) == len("unknown") and fuzz.ratio(plain, "unknown") >= LIKE_UNKNOWN


def read_text(cell: Cell) -> Reading:
    """Any text; words such as NA and NO are words, never missing values, and a lone ? is none."""
    text = clean_text(cell)
    if not text:
        return MISSING
    if text in MISSING_SIGNS:
        return Reading(None, rule=SIGN_FOR_MISSING)
    if isinstance(cell, str) and text != cell:
        visible = unicodedata.normalize("NFKC", cell).translate(INVISIBLE) == cell
        return Reading(text, "spaces removed" if visible else "invisible characters removed")
    return Reading(text)


def read_flag(cell: Cell) -> Reading:
    """Yes or no, in the words people use."""
    text = clean_text(cell).casefold()
    if says_missing(text):
        return MISSING
    if text in TRUE_WORDS:
        return Reading(True)
    if text in FALSE_WORDS:
        return Reading(False)
    return Reading(None, problem="neither yes nor no")


def read_number(cell: Cell) -> Reading:  # noqa: PLR0911  # one return per way of writing a number
    """A number, also from text with a decimal comma or thousands separators."""
    if isinstance(cell, bool | dt.date | dt.time):
        return Reading(None, problem="not a number")
    if isinstance(cell, dt.timedelta):
        return Reading(cell.total_seconds() / 60, "duration read as minutes")
    if isinstance(cell, float | int):
        return Reading(float(cell))
    text = clean_text(cell)
    if says_missing(text):
        return MISSING
    if _AMBIGUOUS_NUMBER.fullmatch(text):
        return Reading(None, problem="the sign before the last three digits may part thousands or decimals")
    number = _plain_number(text)
    if number is None:
        return Reading(None, problem="not a number")
    return Reading(number, "decimal comma" if "," in text else "number stored as text")


def _plain_number(text: str) -> float | None:
    compact = text.replace(" ", "").replace("'", "")
    if "," in compact and "." in compact:
        decimal = max(compact.rfind(","), compact.rfind("."))
        compact = re.sub(r"[.,]", "", compact[:decimal]) + "." + compact[decimal + 1 :]
    else:
        compact = compact.replace(",", ".") if compact.count(",") == 1 else compact.replace(",", "")
    return float(compact) if _NUMBER.fullmatch(compact) else None


def read_count(cell: Cell) -> Reading:
    """A whole number that is not negative; a sign before three digits can only part thousands here."""
    text = clean_text(cell)
    if isinstance(cell, str) and _THOUSANDS.fullmatch(text):
        return Reading(int(re.sub(r"\D", "", text)), "thousands separator")
    reading = read_number(cell)
    if reading.value is None:
        return reading
    number = float(reading.value)  # type: ignore[arg-type]  # read_number gives floats only
    if not number.is_integer() or number < 0:
        return Reading(None, problem="not a whole number from 0 upward")
    return Reading(int(number), reading.rule)


class ShareScale(StrEnum):
    """How a column writes shares."""

    SHARES = "shares"  # 0.97
    PERCENTAGES = "percentages"  # 97
    MIXED = "mixed"


def share_scale(cells: Iterable[Cell]) -> ShareScale:
    """Whether the bare numbers of a column are shares or percentages.

    A column is of percentages when at least `PERCENTAGES_FROM` of its numbers other than 0 are
    above 1, of shares when none is; otherwise it is mixed, and each cell speaks for itself.
    """
    readings = [read_number(cell) for cell in cells if not clean_text(cell).endswith("%")]
    numbers = [float(reading.value) for reading in readings if reading.value]  # type: ignore[arg-type]  # floats
    above = sum(number > 1 for number in numbers)
    if not above:
        return ShareScale.SHARES
    return ShareScale.PERCENTAGES if above >= PERCENTAGES_FROM * len(numbers) else ShareScale.MIXED


def read_share(cell: Cell, *, scale: ShareScale = ShareScale.MIXED) -> Reading:
    """A share between 0 and 1, from 0.98, 98 or "98,0 %".

    In a column of percentages a number from 0 to 1 has no value: 1 may be one per cent or all of
    them. Elsewhere a number above 1 is taken as a percentage. Whether that was right can only be
    said against counts; see ``auditlab.intake.service_levels``.
    """
    text = clean_text(cell)
    if text.endswith("%"):
        number = _plain_number(text.removesuffix("%").strip())
        if number is None or not 0 <= number <= 100:
            return Reading(None, problem="not a percentage from 0 to 100")
        return Reading(round(number / 100, 12), "percent text to share")
    reading = read_number(cell)
    if reading.value is None:
        return reading
    number = float(reading.value)  # type: ignore[arg-type]  # read_number gives floats only
    if not 0 <= number <= 100:
        return Reading(None, problem="not a share from 0 to 1 nor a percentage from 0 to 100")
    if scale is ShareScale.PERCENTAGES and 0 < number <= 1:
        return Reading(None, problem=f"{number:g} in a column of percentages: one per cent or the whole?")
    return Reading(round(number / 100, 12), "percentage to share") if number > 1 else Reading(number, reading.rule)


def numeric_date(text: str) -> re.Match[str] | None:
    """The parts of a date written in digits with the year last, such as 03/04/2022 09:15."""
    return _NUMERIC_DATE.fullmatch(text)


def read_time(cell: Cell, *, order: DateOrder | None) -> Reading:
    """A moment, from a date cell, a serial number or text.

    `order` says how the column writes 03/04/2022; without it such a text has no value.
    A moment with an offset is turned into UTC. A placeholder such as 1900-01-01 is no moment.
    """
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
    text = clean_text(cell)
    if says_missing(text):
        return MISSING
    if _SERIAL_TEXT.fullmatch(text):
        return _from_number(float(text.replace(",", ".")))
    parts = numeric_date(text)
    return _from_digits(parts, order=order) if parts else _from_words(text)


def _from_number(number: float) -> Reading:
    if FIRST_SERIAL <= number <= LAST_SERIAL:
        return Reading(EXCEL_EPOCH + dt.timedelta(seconds=round(number * 86_400)), "date serial to date")
    if FIRST_EPOCH <= number <= LAST_EPOCH:
        return Reading(UNIX_EPOCH + dt.timedelta(seconds=number), "seconds since 1970 to date, in UTC")
    return Reading(None, problem="a number that is no date")


def _from_digits(parts: re.Match[str], *, order: DateOrder | None) -> Reading:
    left, right = int(parts["a"]), int(parts["b"])
    year = full_year(parts["year"])
    if parts["separator"] == ".":
        order = DateOrder.DAY_FIRST  # only day-first locales write dots
    if order is None:
        return Reading(None, problem="day and month cannot be told apart")
    day, month = (left, right) if order is DateOrder.DAY_FIRST else (right, left)
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
        return Reading(None, problem="a time zone by name; write the offset, such as +02:00")
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
