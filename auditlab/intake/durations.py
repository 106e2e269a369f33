"""Read durations, in the many ways in which tools write them, as minutes."""

from __future__ import annotations

import datetime as dt
import re

from auditlab.intake.cells import Cell
from auditlab.intake.plain import without_accents
from auditlab.intake.values import MISSING, Reading, clean_text, read_number, says_missing

MINUTES_PER = {"seconds": 1 / 60, "minutes": 1.0, "hours": 60.0, "days": 1440.0}
"""Minutes in one unit of a bare number."""
EXCEL_EPOCHS = (dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1))
_WORDS = {
    "weeks": "w week weeks woche wochen semaine semaines semana semanas week weken settimana settimane",
    "days": "d day days t tag tage tagen j jour jours dia dias dag dagen giorno giorni g",
    "hours": "h hr hrs hour hours std stunde stunden heure heures hora horas u uur uren ora ore",
    "minutes": "m min mins minute minutes minuten minuto minutos minuut minuti",
    "seconds": "s sec secs second seconds sek sekunde sekunden seconde secondes seg segundo segundos "
    "seconden secondo secondi",
}
_UNIT_OF = {word: unit for unit, words in _WORDS.items() for word in words.split()}
_FACTOR = MINUTES_PER | {"weeks": 10_080.0}
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\.?")
_CLOCK = re.compile(
    r"(?P<sign>[-+\u2212])?\s*(?:(?P<days>\d+)[ .d]+)?(?P<hours>\d+):(?P<minutes>\d{2})"
    r"(?::(?P<seconds>\d{2})(?:\.\d+)?)?"
)
_ISO = re.compile(
    r"(?P<sign>-)?P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)


def read_minutes(cell: Cell, *, unit: str = "") -> Reading:
    """A duration in minutes.

    Parameters
    ----------
    cell : Cell
        A number, a duration or time cell, or text: "25 Days 21 Hours 1 Minute", "3h 20m", "-1:20",
        "PT3H20M", "26:30:00". A day in words is 24 hours, never a working day.
    unit : str
        Unit of bare numbers: seconds, minutes, hours or days; minutes where nothing is said. A
        colon always parts hours from minutes.

    Returns
    -------
    Reading
        Minutes, negative where the text says so.
    """
    moment = _cell_minutes(cell)
    if moment is not None:
        return Reading(moment, "duration cell to minutes")
    text = clean_text(cell)
    if isinstance(cell, str):
        if says_missing(text):
            return MISSING
        found = _clock(text)
        if found is None:
            found = _iso(text)
        if found is None:
            found = _words(text)
        if found is not None:
            return Reading(found, "duration text to minutes")
    reading = read_number(cell)
    if reading.value is None:
        return reading if reading.problem != "not a number" else Reading(None, problem="not a duration")
    factor = MINUTES_PER[unit or "minutes"]
    if factor == 1:
        return reading
    return Reading(float(reading.value) * factor, f"{unit} to minutes")  # type: ignore[arg-type]  # a float


def _cell_minutes(cell: Cell) -> float | None:
    """Minutes of a cell that the spreadsheet formats as a time or a duration."""
    if isinstance(cell, dt.timedelta):
        return cell.total_seconds() / 60
    if isinstance(cell, dt.time):
        return cell.hour * 60 + cell.minute + cell.second / 60
    if isinstance(cell, dt.datetime) and cell.year <= 1905:  # [h]:mm is a date near the epoch of the workbook
        epoch = EXCEL_EPOCHS[cell.year >= 1904]
        return (cell - epoch).total_seconds() / 60
    return None


def _clock(text: str) -> float | None:
    match = _CLOCK.fullmatch(text)
    if match is None or int(match["minutes"]) > 59 or int(match["seconds"] or 0) > 59:
        return None
    minutes = int(match["days"] or 0) * 1440 + int(match["hours"]) * 60 + int(match["minutes"])
    total = minutes + int(match["seconds"] or 0) / 60
    return -total if match["sign"] in ("-", "\u2212") else total


def _iso(text: str) -> float | None:
    match = _ISO.fullmatch(text)
    if match is None or not any(match[unit] for unit in _FACTOR):
        return None
    total = sum(float(match[unit] or 0) * factor for unit, factor in _FACTOR.items())
    return -total if match["sign"] else total


def _words(text: str) -> float | None:
    """Minutes of "2 days, 3 hours" or "1 Tag 4 Std."; ``None`` where anything else stands in the text."""
    plain = without_accents(text)
    negative = plain.startswith(("-", "\u2212"))
    rest = re.sub(r"\b(and|und|et|y|e|en)\b|[,;\s+]", "", _PART.sub(" ", plain.lstrip("-\u2212 ")))
    parts = _PART.findall(plain)
    if rest or not parts or any(word not in _UNIT_OF for _, word in parts):
        return None
    total = sum(float(number.replace(",", ".")) * _FACTOR[_UNIT_OF[word]] for number, word in parts)
    return -total if negative else total
