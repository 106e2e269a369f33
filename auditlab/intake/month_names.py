"""Dates with the name of a month, in seven languages: "25/Feb/26 10:17 PM", "3. März 2024", "12 août 2023"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.plain import without_accents

_TIME = (
    r"(?:(?:,| at| um| a| a las| alle| om)? ?t?(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:\.\d+)?)?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?)?(?: (?:uhr|h))?)?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,12}[.,]{0,2} )?"
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?[ ./-]{{1,2}}(?:de |of )?(?P<name>[^\W\d_]{{3,12}})\.?"
    rf"[ ,./-]{{1,2}}(?:de |of )?(?P<year>\d{{4}}|\d{{2}}){_TIME}"
)
_NAME_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<name>[^\W\d_]{{3,12}})\.?[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? ?[ -]?(?P<year>\d{{4}}){_TIME}"
)
_MONTH_ONLY = re.compile(r"(?P<name>[^\W\d_]{3,12})\.?[ ./'-]{1,2}(?:de )?(?P<year>\d{4}|\d{2})")


@cache
def month_numbers() -> Mapping[str, int]:
    """Name or abbreviation of a month, without case and accents, to its number."""
    with resources.files(__package__).joinpath("month_names.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    names: dict[str, int] = {}
    for row in rows.to_dict("records"):
        for language in rows.columns[1:]:
            names |= {without_accents(name): int(row["month"]) for name in row[language].split("|")}
    return names


def named_moment(text: str) -> dt.datetime | None:
    """The moment of a text with the name of a month and a day; ``None`` where it is none."""
    plain = without_accents(text)
    match = _DAY_FIRST.fullmatch(plain) or _NAME_FIRST.fullmatch(plain)
    if match is None or match["name"] not in month_numbers():
        return None
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    try:
        return dt.datetime(
            full_year(match["year"]), month_numbers()[match["name"]], int(match["day"]), hour, minute, second
        )
    except ValueError:
        return None


def named_month(text: str) -> dt.datetime | None:
    """The first day of a month written by name, such as "März 2024" or "Avr-23"; ``None`` where it is none."""
    match = _MONTH_ONLY.fullmatch(without_accents(text))
    if match is None or match["name"] not in month_numbers():
        return None
    return dt.datetime(full_year(match["year"]), month_numbers()[match["name"]], 1)


def full_year(digits: str) -> int:
    """The year of two or four digits; two digits stand for 1970 to 2069."""
    year = int(digits)
    return year + (2000 if year < 70 else 1900 if year < 100 else 0)
