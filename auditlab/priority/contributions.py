"""What a lead auditor adds to the expectation: declared contributions to the order of priorities.

They are judgement, not fitted: a number per kind of fact, added to the log odds of the expected finding, shown in
every row and varied by half in the stability check. Each kind counts once in a cell, however many facts support
it, and no fact belongs to two kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import clause_sort_key, key_of, natural_order, site_list, text_of
from auditlab.history.corrective_actions import ActionStatus, Effectiveness


class Kind(StrEnum):
    """The kinds of fact that move a cell in the order."""

    OVERDUE = "overdue"
    REPEAT = "repeat"
    SIGNAL = "signal"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What each kind of fact adds to the log odds (judgement, not fitted); 0 switches a kind off."""

    overdue: float = 1.0  # a corrective action is open past the first agreed date
    repeat: float = 0.7  # a nonconformity followed the completion of the last action of the cell that stands verified
    signal: float = 1.0  # a signal in the service data is flagged
    change: float = 0.5  # a major change that the last examination cannot have seen

    def __post_init__(self) -> None:
        for field in fields(self):
            weight = getattr(self, field.name)
            if not (np.isfinite(weight) and weight >= 0):
                raise ArgumentError(f"The weight of '{field.name}' is {weight!r}. Give a number from 0 upward.")


SERVICES = "; "
"""Stands between the services of a cell; a blank may stand inside the name of one."""

CONTRIBUTION_DTYPES = {
    "site": "str",
    "clause": "str",
    "kind": "str",
    "weight": "float64",
    "facts": "str",
    "service": "str",
    "text": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fact:
    site: str
    clause: str  # recurrence key
    kind: Kind
    words: str
    name: str  # of the record it comes from
    service: str
    urgency: float = 0.0  # the most urgent fact of a kind is named first


def contributions(
    status: pd.DataFrame,
    signals: pd.DataFrame | None,
    changes: pd.DataFrame | None,
    *,
    sites: Iterable[str],
    services: pd.DataFrame,
    weights: Weights | None = None,
) -> pd.DataFrame:
    """The contributions to every cell, one row per cell and kind.

    Parameters
    ----------
    status : DataFrame
        Result of ``history.corrective_actions``.
    signals : DataFrame, optional
        Signals with ``clause, flagged`` and, where known, ``site, service, family, series, strength, q``. Only
        flagged rows count. A signal without a site reaches the sites at which its service was found against
        under the clause, else the sites that deliver the service, else all sites.
    changes : DataFrame, optional
        Result of ``history.change_pressure``; placed in the same way. Changes without a clause reach no cell.
    sites : iterable of str
        All sites in scope.
    services : DataFrame
        Canonical services.
    weights : Weights, optional
        What each kind adds; the declared defaults if not given.

    Returns
    -------
    DataFrame
        ``site, clause`` (recurrence key), ``kind, weight, facts`` (records, separated by spaces), ``service``
        (separated by semicolons), ``text``, by clause, site and kind.
    """
    chosen = weights or Weights()
    placed = _Places(sites=tuple(sites), delivered=_delivered(services), concerned=_concerned(status))
    facts = [*_overdue(status), *_repeats(status), *_signals(signals, placed), *_changes(changes, placed)]
    cells: dict[tuple[str, str, Kind], list[_Fact]] = {}
    for fact in facts:
        cells.setdefault((fact.clause, fact.site, fact.kind), []).append(fact)
    kinds = list(Kind)
    order = sorted(cells, key=lambda cell: (clause_sort_key(cell[0]), natural_order(cell[1]), kinds.index(cell[2])))
    rows = [_row(cells[cell], float(getattr(chosen, cell[2]))) for cell in order]
    frame = pd.DataFrame(rows, columns=list(CONTRIBUTION_DTYPES)).astype(CONTRIBUTION_DTYPES)
    return frame[frame["weight"] > 0].reset_index(drop=True)


def _row(facts: list[_Fact], weight: float) -> dict[str, object]:
    ordered = sorted(facts, key=lambda fact: (-fact.urgency, natural_order(fact.name), fact.words))
    first = ordered[0]
    names = list(dict.fromkeys(fact.name for fact in ordered if fact.name))
    more = len(ordered) - 1
    words = first.words + (f" and {more} more, counted once" if more else "")
    return {
        "site": first.site,
        "clause": first.clause,
        "kind": str(first.kind),
        "weight": weight,
        "facts": " ".join(names),
        "service": SERVICES.join(sorted({fact.service for fact in facts} - {""}, key=natural_order)),
        "text": f"{words} (+{weight:.1f})",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where a fact belongs that names a service but no site."""

    sites: tuple[str, ...]
    delivered: Mapping[str, tuple[str, ...]]  # by service
    concerned: Mapping[tuple[str, str], tuple[str, ...]]  # by key and service

    def of(self, key: str, site: str, service: str) -> tuple[str, ...]:
        if site:
            return (site,)
        return self.concerned.get((key, service)) or self.delivered.get(service) or self.sites


def _delivered(services: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    listed = zip(services["service"], services["sites"], strict=True)
    return {text_of(service): site_list(sites) for service, sites in listed}


def _concerned(status: pd.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    known = status.dropna(subset=["clause", "service", "site"])
    grouped = known.groupby(["clause", "service"])["site"]
    return {(str(cell[0]), str(cell[1])): tuple(sorted(set(at), key=natural_order)) for cell, at in grouped}


def _overdue(status: pd.DataFrame) -> list[_Fact]:
    late = status[status["status"] == str(ActionStatus.OPEN_OVERDUE)].dropna(subset=["clause", "site"])
    return [
        _Fact(
            site=row["site"],
            clause=row["clause"],
            kind=Kind.OVERDUE,
            words=f"overdue action {row['finding_id']}, {row['days_overdue']} days",
            name=row["finding_id"],
            service=text_of(row["service"]),
            urgency=float(row["days_overdue"]),
        )
        for _, row in late.iterrows()
    ]


def _repeats(status: pd.DataFrame) -> list[_Fact]:
    """Cells whose last verified action was followed by a nonconformity; earlier repeats have been answered."""
    verified = status[status["status"] == str(ActionStatus.VERIFIED)].dropna(subset=["clause", "site", "verified"])
    by_name = verified.assign(_name=verified["finding_id"].map(natural_order))
    last = by_name.sort_values(["verified", "_name"], kind="stable").drop_duplicates(["clause", "site"], keep="last")
    came_back = last[last["effectiveness"] == str(Effectiveness.REPEAT)]
    return [
        _Fact(
            site=row["site"],
            clause=row["clause"],
            kind=Kind.REPEAT,
            words=_repeat_words(row),
            name=row["finding_id"],
            service=text_of(row["service"]),
        )
        for _, row in came_back.iterrows()
    ]


def _repeat_words(row: pd.Series) -> str:
    if pd.notna(row["days_to_repeat"]):
        return f"repeat {row['repeat_finding']} after verified action {row['finding_id']}"
    # The tick came on the day of the repeat or later: it cannot have known better, and still stands.
    return f"repeat {row['repeat_finding']} after action {row['finding_id']}, verified on that day or later"


def _signals(signals: pd.DataFrame | None, places: _Places) -> list[_Fact]:
    if signals is None or signals.empty:
        return []
    missing = [name for name in ("clause", "flagged") if name not in signals]
    if missing:
        raise ArgumentError(f"The signals have no column {', '.join(missing)}. They need clause and flagged.")
    flagged = signals[signals["flagged"].fillna(False).astype(bool)]
    rows = flagged.reindex(columns=["clause", "site", "service", "family", "series", "strength", "q"])
    facts = []
    for _, row in rows.iterrows():
        name = text_of(row["family"]) or text_of(row["series"])
        strength = text_of(row["strength"])
        words = " ".join(filter(None, ["signal:" if name else "signal", name.replace("_", " "), strength]))
        urgency = 0.0 if pd.isna(row["q"]) else 1 - float(row["q"])
        facts += _placed(row, Kind.SIGNAL, words, name, places, urgency=urgency)
    return facts


def _changes(changes: pd.DataFrame | None, places: _Places) -> list[_Fact]:
    if changes is None:
        return []
    facts = []
    for _, row in changes.iterrows():
        words = f"change since the last visit: {text_of(row['what'])}"
        facts += _placed(row, Kind.CHANGE, words, text_of(row["what"]), places)
    return facts


def _placed(row: pd.Series, kind: Kind, words: str, name: str, places: _Places, *, urgency: float = 0.0) -> list[_Fact]:
    """One fact at every cell it reaches; a signal may name several clauses, separated by semicolons."""
    cited = [clause.strip() for clause in text_of(row["clause"]).split(";")]
    keys = dict.fromkeys(key for clause in cited if (key := key_of(clause or None)))
    service = text_of(row["service"])
    return [
        _Fact(site=site, clause=key, kind=kind, words=words, name=name, service=service, urgency=urgency)
        for key in keys
        for site in places.of(key, text_of(row["site"]), service)
    ]
