"""Time zones that the header of a column names for all its cells: "Opened (CET)", "Resolved [UTC+2]"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from auditlab.intake.time_zones import to_utc, zone_of
from auditlab.intake.values import Reading
from auditlab.tables import Kind, table_specs

ZONE_OF_HEADER = "times turned into UTC from the zone that the header names"
_BRACKETS = re.compile(r"[(\[]\s*(?P<zone>[^()\[\]]+?)\s*[)\]]")
_MIDNIGHT = dt.time()


def header_zones(columns: Mapping[str, int], headers: Mapping[int, str], *, table: str) -> dict[int, str]:
    """Sheet column to the known zone in its header, for the columns of `table` that hold moments."""
    spec = table_specs()[table]
    zones = {}
    for name, position in columns.items():
        match = _BRACKETS.search(headers.get(position, "")) if spec.column(name).kind is Kind.TIME else None
        if match and zone_of(match["zone"]) is not None:
            zones[position] = match["zone"]
    return zones


def in_utc(readings: Sequence[Reading], zone: str) -> list[Reading]:
    """`readings` of a column in UTC; a cell that named its own zone stays, and so does a column of bare days."""
    moments = [reading.value for reading in readings if isinstance(reading.value, dt.datetime)]
    if all(moment.time() == _MIDNIGHT for moment in moments):
        return list(readings)
    return [
        Reading(to_utc(reading.value, zone), reading.rule, reading.problem)
        if isinstance(reading.value, dt.datetime) and "UTC" not in reading.rule
        else reading
        for reading in readings
    ]
