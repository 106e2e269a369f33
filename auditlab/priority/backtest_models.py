"""The orders that a backtest compares: the shipped model, and the simpler ones it has to beat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from auditlab.priority.examination_sums import Examinations, Sums
from auditlab.priority.likelihood import CELL_WEIGHT, SITE_WEIGHT
from auditlab.statistics.arrays import Floats
from auditlab.statistics.two_level import GRAND_MEAN_WEIGHT, column_rates, two_level


class Model(StrEnum):
    """What can be compared; see `MEANING`."""

    CHANCE = "chance"
    LAST_AUDIT = "last audit only"
    RAW_COUNTS = "raw counts"
    DECAYED_COUNTS = "decayed counts"
    CLAUSE_BASE_RATE = "clause base rate"
    SHIPPED = "shipped model"
    WITH_CONTRIBUTIONS = "shipped model with contributions"


MEANING: Mapping[Model, str] = {
    Model.CHANCE: "every cell has the mean rate of all cells",
    Model.LAST_AUDIT: "found at the last examination of the cell, or not",
    Model.RAW_COUNTS: "nonconformities of the cell over its examinations",
    Model.DECAYED_COUNTS: "the same, each examination losing half its weight in the half-life",
    Model.CLAUSE_BASE_RATE: "rate of the clause over all sites",
    Model.SHIPPED: "clause, site and own history of the cell, drawn together",
    Model.WITH_CONTRIBUTIONS: "log odds of the shipped model plus the declared contributions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known on the day of a forecast.

    Attributes
    ----------
    rows : Examinations
        The whole history; rows from `end` on are not known.
    end : int
        Position of the first row that is not known.
    sums : Sums
        Sums over the known rows.
    """

    rows: Examinations
    end: int
    sums: Sums

    @property
    def mean(self) -> float:
        """Share of all known examinations with a nonconformity; a half without any."""
        examined = float(self.sums.examined.sum())
        return float(self.sums.found.sum()) / examined if examined else 0.5


def forecast(model: Model, known: Knowledge) -> Floats:
    """Chance of a nonconformity by entity and clause, as `model` sees it.

    The three counting orders are drawn to the mean by two examinations: without that, a cell found in its one
    examination would be certain for ever and its log-loss without limit.
    """
    makers: Mapping[Model, Callable[[Knowledge], Floats]] = {
        Model.CHANCE: lambda seen: np.full(seen.sums.examined.shape, seen.mean),
        Model.LAST_AUDIT: _last_audit,
        Model.RAW_COUNTS: lambda seen: _drawn(seen.sums.examined, seen.sums.found, seen.mean),
        Model.DECAYED_COUNTS: lambda seen: _drawn(seen.sums.weight_examined, seen.sums.weight_found, seen.mean),
        Model.CLAUSE_BASE_RATE: lambda seen: np.broadcast_to(_base(seen), seen.sums.examined.shape),
    }
    return makers.get(model, _shipped)(known)


def _drawn(trials: Floats, hits: Floats, mean: float) -> Floats:
    return np.asarray((GRAND_MEAN_WEIGHT * mean + hits) / (GRAND_MEAN_WEIGHT + trials))


def _base(known: Knowledge) -> Floats:
    return column_rates(known.sums.examined.sum(axis=0), known.sums.found.sum(axis=0))


def _shipped(known: Knowledge) -> Floats:
    sums = known.sums
    rates = two_level(
        _base(known), trials=sums.weight_examined, hits=sums.weight_found, k=CELL_WEIGHT, alpha=SITE_WEIGHT
    )
    return rates.expected


def _last_audit(known: Knowledge) -> Floats:
    rows, shape = known.rows, known.sums.examined.shape
    seen = np.flatnonzero(rows.examined[: known.end])
    last = np.full(shape[0] * shape[1], -1)
    # Rows are in order of their day: the last one written to a cell is its last examination.
    last[rows.cell[seen]] = seen
    last = last.reshape(shape)
    examined = (last >= 0).astype(float)
    return _drawn(examined, examined * rows.found[last], known.mean)
