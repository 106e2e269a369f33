"""Service objectives: what is measured, what is not, and which services nobody set an objective for."""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import key_of, natural_order, text_of
from auditlab.reporting.against_target import against_target

SCORECARD_DTYPES = {
    "objective": "str", "service": "str", "clause": "str", "measure": "str", "target": "str", "actual": "str",
    "against_target": "str", "measured": "datetime64[us]", "days_since": "Int64", "state": "str", "orphan": "bool",
}  # fmt: skip
STALE_DAYS = 365
"""Age from which a measured value says little about today [days]."""

_STATES = (
    "no measure", "no target", "never measured", "measured, day unknown", "not traced to a service or clause",
    "service without an objective", "measured more than a year ago", "measured",
)  # fmt: skip
_ORPHANS = frozenset(_STATES[:6])


def objective_scorecard(objectives: pd.DataFrame, services: pd.DataFrame, *, as_of: pd.Timestamp) -> pd.DataFrame:
    """Every objective with target and actual side by side, orphans first, and whether it was reached.

    Parameters
    ----------
    objectives, services : DataFrame
        Canonical tables.
    as_of : Timestamp
        Day of the review.

    Returns
    -------
    DataFrame
        ``objective, service, clause`` (key), ``measure, target, actual, against_target`` (missed, reached, or why that
        is not said), ``measured, days_since, state, orphan`` (without
        measure, target, value, day or trace, or a service without objective). Empty without any objective.
    """
    rows = [_row(row, as_of) for row in objectives.to_dict("records")]
    served = {text_of(service) for service in objectives["service"].dropna()}
    if rows:
        rows += [
            {"objective": "", "service": service, "state": "service without an objective", "orphan": True}
            for service in services["service"].dropna()
            if service not in served
        ]
    rows.sort(key=lambda row: (_STATES.index(str(row["state"])), natural_order(row["objective"] or row["service"])))
    return pd.DataFrame(rows, columns=list(SCORECARD_DTYPES)).astype(SCORECARD_DTYPES)


def _row(row: dict[object, object], as_of: pd.Timestamp) -> dict[str, object]:
    measured = row["measured"]
    known = pd.notna(measured)  # type: ignore[call-overload]  # a scalar of a frame
    days = (as_of - pd.Timestamp(str(measured))).days if known else pd.NA
    words = {name: text_of(row[name]) for name in ("objective", "service", "measure", "target", "actual")}
    clause = key_of(row["clause"]) or ""
    state = _state(words | {"clause": clause}, days)
    return words | {
        "clause": clause, "against_target": against_target(words["measure"], words["target"], words["actual"]),
        "measured": measured, "days_since": days, "state": state, "orphan": state in _ORPHANS,
    }  # fmt: skip


def _state(words: dict[str, str], days: object) -> str:
    for name, state in (("measure", "no measure"), ("target", "no target"), ("actual", "never measured")):
        if not words[name]:
            return state
    if not words["service"] and not words["clause"]:
        return "not traced to a service or clause"
    if days is pd.NA:
        return "measured, day unknown"
    return "measured more than a year ago" if int(str(days)) > STALE_DAYS else "measured"
