"""Names of time zones behind a time: CET, EST, UTC, Europe/Berlin.

``time_zones.csv`` lists the short names that mean one offset. CST, IST, BST and AST stand for
several and are left out: a moment that carries one of them has to be asked about.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

import pandas as pd

_ZONE = re.compile(
    r"(?P<moment>.*\d:\d{2}.*?)\s*[(\[]?(?P<zone>[A-Z]{1,4}T|UTC|Z|MEZ|MESZ|[A-Z][A-Za-z_]+(?:/[A-Za-z_+-]+)+)[)\]]?"
)
_FROM_UTC = re.compile(r"(?:UTC|GMT) ?(?P<sign>[+-])(?P<hours>0?\d|1[0-4])(?::?(?P<minutes>[0-5]\d))?")
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")


@cache
def _fixed() -> dict[str, dt.timezone]:
    with resources.files(__package__).joinpath("time_zones.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype={"name": "str", "minutes": "int64"})
    return {
        str(name): dt.timezone(dt.timedelta(minutes=int(minutes)))
        for name, minutes in zip(rows["name"], rows["minutes"], strict=True)
    }


def zone_of(name: str) -> dt.tzinfo | None:
    """The time zone of a name, or ``None`` where the name is not known or stands for several."""
    if match := _FROM_UTC.fullmatch(name):
        sign = -1 if match["sign"] == "-" else 1
        return dt.timezone(sign * dt.timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0)))
    if "/" in name:
        return ZoneInfo(name) if name in available_timezones() else None
    return _fixed().get(name)


def split_zone(text: str) -> tuple[str, str]:
    """A time and the known name of its zone: "2024-01-13 08:00 CET" gives "2024-01-13 08:00" and "CET".

    The name is ``""`` where there is none, where nobody knows it, and where an offset stands before
    it, as in "08:00 +0100 (CET)": the offset then says all. Without a time of day there is no zone.
    """
    match = _ZONE.fullmatch(text) if text and (text[-1].isalpha() or text[-1] in ")]") else None
    if match is None or zone_of(match["zone"]) is None:
        return text, ""
    moment = match["moment"].rstrip()
    return moment, "" if _OFFSET.search(moment) else match["zone"]


def to_utc(moment: dt.datetime, zone: str) -> dt.datetime:
    """A local time of a known zone as naive UTC; an hour that exists twice is taken as the first."""
    return moment.replace(tzinfo=zone_of(zone)).astimezone(dt.UTC).replace(tzinfo=None)
