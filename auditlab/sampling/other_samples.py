"""Samples of further populations beside the changes: those that the settings name, each with a plan of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.sampling.attributes import attributes_to_test
from auditlab.sampling.populations import records_to_sample
from auditlab.sampling.tables import SamplingTables, sampling_tables
from auditlab.seeds import engagement_seed


def with_other_samples(
    plan: SamplingTables,
    lab: Engagement,
    *,
    site: str | None,
    months: int,
    alternatives: Sequence[tuple[float, float]] = (),
) -> SamplingTables:
    """The plan of the changes with the plans of the populations that ``[sampling] also`` names behind it.

    Each has one sample, drawn from the identifiers alone, and no judgement part; criteria are those of the
    settings. A table of which nothing was handed over has none.

    Parameters
    ----------
    plan : SamplingTables
        The plan of the changes.
    lab : Engagement
        The opened engagement.
    site : str or None
        Site whose records are sampled; ``None`` for all sites.
    months : int
        Length of the period [full calendar months].
    alternatives : sequence of pairs
        As `sampling_tables`.

    Returns
    -------
    SamplingTables
        All plans in one; `curve` has a ``population`` where there are several.

    Raises
    ------
    ArgumentError
        As `record_sample_plan`.
    """
    method, settings = lab.settings.method, lab.settings
    plans = [plan]
    for table in dict.fromkeys(settings.sampling.also):
        if not lab.has(table):
            continue
        name, frame = records_to_sample(lab.tables, table, as_of=settings.as_of, site=site, months=months)
        plans.append(
            sampling_tables(
                frame, population=name, id="item", flags={}, tolerable=method.tolerable, confidence=method.confidence,
                convention=method.sampling_convention, seed=engagement_seed(settings.seed),
                alternatives=alternatives, attributes=attributes_to_test(table),
            )
        )  # fmt: skip
    return plan if len(plans) == 1 else _together(plans)


def _together(plans: Sequence[SamplingTables]) -> SamplingTables:
    curves = [plan.curve.assign(population=plan.record_samples["population"].iloc[0]) for plan in plans]
    headlines = _rows([plan.headlines for plan in plans])
    return replace(
        plans[0],
        record_samples=_rows([plan.record_samples for plan in plans]),
        record_list=_rows([plan.record_list for plan in plans]),
        conclusions=_rows([plan.conclusions for plan in plans]),
        curve=_rows(curves),
        headlines=headlines.assign(order=range(1, len(headlines) + 1)),
        summary=_rows([plan.summary for plan in plans]),
    )


def _rows(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The rows of all frames; an empty frame has no say in the types."""
    kept = [frame for frame in frames if len(frame)] or list(frames[:1])
    return pd.concat(kept, ignore_index=True)
