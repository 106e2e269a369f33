"""Whether an objective was reached, where its words say whether more or less of it is better."""

from __future__ import annotations

import re
from typing import NamedTuple

MISSED, REACHED, NOT_SAID = "missed", "reached", "not known whether more or less is better"

_HIGHER = {"at least", ">=", "≥", "over", ">", "min", "min."}
_LOWER = {"at most", "<=", "≤", "under", "<", "below", "within", "up to", "max", "max."}
_SIGN = "|".join(re.escape(sign) for sign in sorted(_HIGHER | _LOWER, key=len, reverse=True))
_STATED = re.compile(rf"(?P<sign>{_SIGN})?\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>[^\d]*)", re.IGNORECASE)
_TIMES = re.compile(r"\b(?:time|duration|delay|wait\w*|age)\b", re.IGNORECASE)
_TIME_UNITS = frozenset({"min", "minutes", "h", "hours", "d", "days"})
_GOOD = re.compile(r"\b(?:within|in time|on time|availability|who know\w*|satisf\w*|attainment|met)\b", re.IGNORECASE)
_BAD = re.compile(
    r"\b(?:not|late|overdue|fail\w*|miss\w*|breach\w*|errors?|reopen\w*|unapproved|lost)\b", re.IGNORECASE
)


class _Stated(NamedTuple):
    sign: str
    number: float
    unit: str


def against_target(measure: str, target: str, actual: str) -> str:
    """*missed*, *reached*, or why nothing is said.

    Parameters
    ----------
    measure, target, actual : str
        As the objective states them, such as ``"Availability"``, ``">= 99 %"`` and ``"98.5 %"``. Without a sign in
        the target the measure decides: less of a time is better, more of a share of what is good.

    Returns
    -------
    str
        Empty where target or value is no number or they have different units.
    """
    wanted, reached = _read(target), _read(actual)
    if wanted is None or reached is None or wanted.unit != reached.unit or reached.sign:
        return ""
    higher = _more_is_better(measure, wanted)
    if higher is None:
        return NOT_SAID
    strict = wanted.sign in {">", "<", "over", "under", "below"}
    same = reached.number == wanted.number
    good = reached.number > wanted.number if higher else reached.number < wanted.number
    return REACHED if good or (same and not strict) else MISSED


def _read(text: str) -> _Stated | None:
    found = _STATED.fullmatch(text.strip())
    if found is None:
        return None
    number = float(found["number"].replace(",", "."))
    return _Stated((found["sign"] or "").lower(), number, found["unit"].strip().lower())


def _more_is_better(measure: str, wanted: _Stated) -> bool | None:
    if wanted.sign:
        return wanted.sign in _HIGHER
    if wanted.unit in _TIME_UNITS and _TIMES.search(measure):
        return False
    if wanted.unit == "%" and _GOOD.search(measure) and not _BAD.search(measure):
        return True
    return None
