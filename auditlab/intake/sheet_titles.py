"""What the name of a sheet says of its table: a sheet called "Locations" is a list of sites, whatever its headers.

``sheet_titles.csv`` beside this module lists the names seen in practice, in seven languages. A name
alone recognises nothing: it says about which table a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

from auditlab.intake.plain import plain_header


@cache
def _titles() -> Mapping[str, str]:
    with resources.files(__package__).joinpath("sheet_titles.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {plain_header(title): str(table) for table, title in zip(rows["table"], rows["title"], strict=True)}


def titled_table(name: str) -> str:
    """The table that a sheet of this name most likely holds, or ``""``; years and numbers in it say nothing."""
    words = re.sub(r"\b\d+\b", " ", plain_header(name)).split()
    return _titles().get(" ".join(words), "")
