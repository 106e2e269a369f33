"""What settings are made of: a section that takes no unknown name, and the kinds of values."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

Share = Annotated[float, Field(gt=0, lt=1)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Pair = Annotated[str, Field(pattern=r"^\S.* \+ .*\S$")]
"""Two findings, written as ``F001 + F015``."""


Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A month, written as ``2023-05``."""


Months = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])/\d{4}-(0[1-9]|1[0-2])$")]
"""A first and a last month, written as ``2022-07/2023-06``."""


PERSON: dict[str, JsonValue] = {"person": True}
"""Marks a setting that names persons, as ``Kind.PERSON`` marks a column of a table."""


class Section(BaseModel):
    """A part of the settings; a name it does not know is an error, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
