"""Headers such as "No." and "Where": they tell no table, but in a list of findings everybody knows what they are.

``common_headers.csv`` beside this module lists them. They are looked at after a sheet was recognised by
other headers, so they never decide what a sheet is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from auditlab.intake.aliases import common_headers
from auditlab.intake.near_headers import SAME, NearHeader
from auditlab.intake.plain import plain_header
from auditlab.intake.recognition import Recognition
from auditlab.intake.table_regions import TableArea

_NO, _YES = "no", "yes"


def with_common_headers(area: TableArea, mapping: Mapping[str, str]) -> TableArea:
    """`area` with common headers read as the columns that have no header yet.

    Parameters
    ----------
    area : TableArea
        A table that was recognised.
    mapping : mapping of str to str
        What a person said of the sheet; a column said to be none, or to have one value, stays so.

    Returns
    -------
    TableArea
        The table itself where no header is common. Two headers for one column are left to a person.
    """
    found = area.recognition
    if found.system:
        return area
    read = {
        column: header for column, header in likely_headers(found.table, tuple(found.unknown)).items()
        if column not in found.columns and column not in mapping
    }  # fmt: skip
    return replace(area, recognition=_reading(found, read)) if read else area


def likely_headers(table: str, headers: tuple[str, ...]) -> dict[str, str]:
    """Canonical column of `table` to the one header among `headers` that commonly stands for it."""
    plain = {header: plain_header(header) for header in headers}
    known = {header: common_headers(table)[text] for header, text in plain.items() if text in common_headers(table)}
    if _YES in plain.values():  # columns to tick
        known = {header: column for header, column in known.items() if plain[header] != _NO}
    times = Counter(known.values())
    return {column: header for header, column in known.items() if times[column] == 1}


def _reading(found: Recognition, read: Mapping[str, str]) -> Recognition:
    """`found` with the headers of `read` as columns, and a remark for each."""
    near = tuple(
        NearHeader(header=header, column=column, alias=plain_header(header), likeness=SAME)
        for column, header in read.items()
    )
    return replace(
        found,
        columns=dict(found.columns) | {column: found.unknown[header] for column, header in read.items()},
        unknown={header: place for header, place in found.unknown.items() if header not in read.values()},
        missing=tuple(name for name in found.missing if name not in read),
        near=(*(one for one in found.near if one.column not in read and one.header not in read.values()), *near),
    )
