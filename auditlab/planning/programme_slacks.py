"""What the rules of a cycle are called, what it costs that one yields, and by how much each of them did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from auditlab.planning.linear import Programme

PRICE = 20.0
"""What one unit of a broken rule costs, in expected nonconformities."""

_RULES = {
    "coverage": "every clause is examined once in the cycle",
    "mandatory": "what must be covered is covered at every visit",
    "central": "the central function is visited every year",
    "sites": "the number of sites of a year",
    "hours": "the hours of a visit",
    "exploration": "the hours for cells drawn at random",
}
CLASH_DTYPES = {
    "rule": "str", "site": "str", "clause": "str", "year": "Int64", "short": "float64", "unit": "str",
    "sentence": "str",
}  # fmt: skip


class Slacks:
    """The slack of every rule, and its name."""

    def __init__(self, model: Programme) -> None:
        self._model = model
        self._named: list[tuple[int, str, str, str, int | None, str]] = []

    def of(
        self, rule: str, *, most: float, unit: str, site: str = "", clause: str = "", year: int | None = None,
        price: float = PRICE,
    ) -> int:  # fmt: skip
        """A slack of up to `most` for one rule at one place."""
        place = int(self._model.variables([most], gain=[-price], whole=False, yields=True)[0])
        self._named.append((place, rule, site, clause, year, unit))
        return place

    def name(self, place: int, rule: str, site: str, clause: str, year: int, *, unit: str) -> None:
        """A slack that is a variable already."""
        self._named.append((place, rule, site, clause, year, unit))

    def table(self, values: np.ndarray) -> pd.DataFrame:
        """The rules that yielded."""
        rows = []
        for place, rule, site, clause, year, unit in self._named:
            short = round(float(values[place]), 6)
            if short > 0:
                where = ", ".join(part for part in (clause, site, "" if year is None else f"year {year}") if part)
                said = f"{_RULES[rule]}{f' ({where})' if where else ''}: {short:g} {unit} short."
                rows.append((rule, site, clause, year, short, unit, said[0].upper() + said[1:]))
        return pd.DataFrame(rows, columns=list(CLASH_DTYPES)).astype(CLASH_DTYPES)
