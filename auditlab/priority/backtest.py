"""Compare the order of priority with chance, last year's list, raw counts and clause base rates, on the past itself.

A rolling origin: on the first day of every quarter each model sees what was examined before that day and
orders the cells of the visits until the next quarter. Nothing later is ever looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.priority.backtest_metrics import (
    LEAST_ENTITIES,
    against_others,
    draw_limits,
    drawn_metrics,
)
from auditlab.priority.backtest_models import Knowledge, Model, forecast
from auditlab.priority.examination_sums import Codes, Examinations, day_number, examinations_of, sums_until
from auditlab.priority.likelihood import HALF_LIFE_YEARS
from auditlab.statistics.arrays import Floats
from auditlab.statistics.forecast_skill import (
    Outcomes,
    cluster_draws,
    with_added_odds,
)

LEAST_POSITIVES = 50
"""Fewer cells with a nonconformity cannot tell two orders apart."""

LEAST_AUDITS = 10
"""Fewer audits hold no past and no future worth the name."""


FIRST_ORIGIN_SHARE = 0.5
"""The first origin is the last quarter day with at most this share of the visits before it."""


BACKTEST_DTYPES = {
    "model": "str",
    "metric": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "positives": "int64",
    "visits": "int64",
    "entities": "int64",
    "origins": "int64",
    "method": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tested:
    """All forecasts side by side."""

    outcomes: Outcomes
    forecasts: dict[Model, Floats]
    origins: int


def backtest(
    history: pd.DataFrame,
    *,
    models: Iterable[str] | None = None,
    seed: int,
    half_life_years: float = HALF_LIFE_YEARS,
    origins: Sequence[object] | None = None,
    draws: int = 400,
    least_positives: int = LEAST_POSITIVES,
    least_audits: int = LEAST_AUDITS,
) -> pd.DataFrame:
    """Compare orders of priority on the later part of a history, each knowing only the earlier part.

    Parameters
    ----------
    history : DataFrame
        As for `expected_findings`: ``entity, date, clause, examined, found``, one row per cell and audit.
        Optional: ``audit_id`` (audits are counted by it; otherwise by entity and date) and ``contribution``
        (sum of the declared contributions to the cell as known before that examination; missing is none).
    models : iterable of str, optional
        Names of `Model`; by default all for which `history` holds what they need.
    seed : int
        Seed of the draws of sites.
    half_life_years : float
        Time in which an examination loses half its weight [years].
    origins : sequence of date-like, optional
        Days of the forecasts; by default the first days of the quarters, from the last one with at most half of
        the visits before it.
    draws : int
        Draws of sites for the intervals [count].
    least_positives, least_audits : int
        Least numbers of tested cells with a nonconformity and of audits [count].

    Returns
    -------
    DataFrame
        By model and metric (see `Metric`): ``model, metric, value, low, high`` (95 %, sites drawn again with
        replacement; missing below five sites), ``n`` (tested cells), ``positives`` (of them with a
        nonconformity), ``visits, entities, origins`` [count], ``method``. Cells of entities without any earlier
        visit are not tested: no order of their own could be known.

    Raises
    ------
    NotEnoughDataError
        If the history holds too few audits, or too few tested cells with a nonconformity.
    ArgumentError
        If a model is unknown, an origin is no date, or the history cannot be read (see `expected_findings`).
    """
    if draws < 1:
        raise ArgumentError(f"{draws} draws were asked for. Ask for one or more; 400 is usual.")
    rows = examinations_of(history)
    chosen = _chosen(models, with_contributions="contribution" in history)
    _check_audits(history, rows, least_audits)
    days = _given(origins) if origins is not None else _quarters(rows)
    contribution = _contribution(history, rows)
    tested = _tested(rows, days, chosen, contribution, half_life_years)
    _check_positives(tested, least_positives)
    return _table(tested, chosen, seed=seed, draws=draws)


def _chosen(models: Iterable[str] | None, *, with_contributions: bool) -> tuple[Model, ...]:
    if models is None:
        return tuple(model for model in Model if with_contributions or model is not Model.WITH_CONTRIBUTIONS)
    known = [str(model) for model in Model]
    names = list(dict.fromkeys(str(name) for name in models))
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ArgumentError(f"There is no model {', '.join(unknown) or 'asked for'}. There are: {', '.join(known)}.")
    if str(Model.WITH_CONTRIBUTIONS) in names and not with_contributions:
        raise ArgumentError(
            "The history has no column contribution. Add it, or leave the model with contributions out."
        )
    return tuple(Model(name) for name in names)


def quarter_origins(history: pd.DataFrame) -> list[pd.Timestamp]:
    """The days from which `backtest` looks forward when none are given; parameters and errors as there."""
    rows = examinations_of(history)
    _check_audits(history, rows, 1)
    return [pd.Timestamp(0) + pd.Timedelta(days=day) for day in _quarters(rows)]


def _check_audits(history: pd.DataFrame, rows: Examinations, least: int) -> None:
    seen = rows.row[rows.examined]
    names = ["audit_id"] if "audit_id" in history else ["entity", "date"]
    audits = len(history.iloc[seen][names].drop_duplicates())
    if audits < max(least, 1):
        raise NotEnoughDataError(
            f"No backtest: the history holds {audits} audits, and below {least} no order can be shown to be better "
            "than another. Add earlier audits, or the histories of more clients."
        )


def _check_positives(tested: _Tested, least: int) -> None:
    positives = int(tested.outcomes.hit.sum())
    if positives < max(least, 1):
        raise NotEnoughDataError(
            f"No backtest: {positives} cells with a nonconformity could be forecast from earlier visits, and below "
            f"{least} the difference between two orders is chance. Add earlier audits, or the histories of more "
            "clients."
        )


def _visits(rows: Examinations) -> pd.DataFrame:
    pairs = pd.DataFrame({"entity": rows.entity[rows.examined], "day": rows.day[rows.examined]})
    return pairs.drop_duplicates()


def _given(origins: Sequence[object]) -> list[int]:
    try:
        return sorted({day_number(origin) for origin in origins})
    except (ValueError, TypeError) as error:
        raise ArgumentError(f"An origin is no date: {error}. Write origins like 2024-01-01.") from None


def _quarters(rows: Examinations) -> list[int]:
    days = np.sort(_visits(rows)["day"].to_numpy())
    first, last = (pd.Timestamp(0) + pd.Timedelta(days=int(day)) for day in (days[0], days[-1]))
    quarters = pd.date_range(first.to_period("Q").start_time, last, freq="QS")
    starts = np.array([day_number(quarter) for quarter in quarters])
    before = np.searchsorted(days, starts, side="left") / len(days)
    begin = int(np.searchsorted(before, FIRST_ORIGIN_SHARE, side="right")) - 1
    return [int(start) for start in starts[max(begin, 0) :]]


def _contribution(history: pd.DataFrame, rows: Examinations) -> Floats | None:
    if "contribution" not in history:
        return None
    values = history["contribution"].astype("float64").fillna(0.0).to_numpy()
    return np.asarray(values[rows.row])


def _tested(
    rows: Examinations, days: list[int], chosen: tuple[Model, ...], contribution: Floats | None, half_life: float
) -> _Tested:
    parts: dict[Model, list[Floats]] = {model: [] for model in chosen}
    places = [np.zeros(0, dtype=np.intp)]
    for known, cases in _windows(rows, days, half_life):
        places.append(cases)
        for model in chosen:
            chances = forecast(model, known)[rows.entity[cases], rows.clause[cases]]
            if model is Model.WITH_CONTRIBUTIONS and contribution is not None:
                chances = with_added_odds(chances, contribution[cases])
            parts[model].append(chances)
    taken = np.concatenate(places)
    # Codes follow the order of the names and days, so that the order of the rows does not move the draws.
    entity, day = (np.unique(codes[taken], return_inverse=True)[1] for codes in (rows.entity, rows.day))
    visit = np.unique(entity * (len(taken) + 1) + day, return_inverse=True)[1]
    outcomes = Outcomes(hit=rows.found[taken], cluster=entity, visit=visit)
    joined = {model: np.concatenate([np.zeros(0), *chances]) for model, chances in parts.items()}
    return _Tested(outcomes=outcomes, forecasts=joined, origins=sum(len(cases) > 0 for cases in places))


def _windows(rows: Examinations, days: list[int], half_life: float) -> Iterator[tuple[Knowledge, Codes]]:
    """Per origin: what is known before it, and the examined rows until the next one at entities visited before."""
    for day, following in zip(days, [*days[1:], np.iinfo("int64").max], strict=True):
        end, after = (int(np.searchsorted(rows.day, bound, side="left")) for bound in (day, following))
        if end == after:
            continue
        sums = sums_until(rows, end=end, day=day, half_life_years=half_life)
        visited = sums.examined.sum(axis=1) > 0
        cases = np.arange(end, after)
        cases = cases[rows.examined[end:after] & visited[rows.entity[end:after]]]
        yield Knowledge(rows=rows, end=end, sums=sums), cases


def _table(tested: _Tested, chosen: tuple[Model, ...], *, seed: int, draws: int) -> pd.DataFrame:
    outcomes = tested.outcomes
    entities = int(outcomes.cluster.max()) + 1
    weights = cluster_draws(entities, draws=draws, seed=seed)
    drawn = {model: drawn_metrics(tested.forecasts[model], outcomes, weights) for model in chosen}
    rows = []
    for model in chosen:
        for metric, values in (drawn[model] | against_others(model, drawn)).items():
            low, high = draw_limits(values, entities)
            rows.append({"model": str(model), "metric": str(metric), "value": values[0], "low": low, "high": high})
    sure = entities >= LEAST_ENTITIES
    facts: dict[str, int | str] = {
        "n": len(outcomes.hit),
        "positives": int(outcomes.hit.sum()),
        "visits": int(outcomes.visit.max()) + 1,
        "entities": entities,
        "origins": tested.origins,
        "method": f"site bootstrap, {draws} draws" if sure else f"no interval below {LEAST_ENTITIES} sites",
    }
    frame = pd.DataFrame([row | facts for row in rows], columns=list(BACKTEST_DTYPES))
    return frame.astype(BACKTEST_DTYPES)
