"""What to look at in each record of a sample: short attributes in own words, to be mended by the team."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources

ANY = "No deviation from what the organisation itself requires"
"""The one attribute of a population for which no others are listed."""


def attributes_to_test(table: str) -> tuple[str, ...]:
    """The attributes listed for records of a canonical table.

    Parameters
    ----------
    table : str
        Name of the table, e.g. ``"changes"``, or ``"invoices"``.

    Returns
    -------
    tuple of str
        At least one; `ANY` for a table without a list.
    """
    return _listed().get(table, (ANY,))


@cache
def _listed() -> dict[str, tuple[str, ...]]:
    text = resources.files(__package__).joinpath("attributes.csv").read_text(encoding="utf-8")
    listed: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        listed[row["table"]] = (*listed.get(row["table"], ()), row["attribute"])
    return listed
