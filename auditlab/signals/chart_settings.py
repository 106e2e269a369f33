"""What a person decided about the limits of charts: confirmed new levels, and months that limits are frozen on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.signals.series import Series

LEAST = 6
"""Months of a baseline at least; limits of fewer follow chance [count]."""

Chosen = dict[tuple[str, str], str]


def confirmed_rebases(series: Iterable[Series], rebase: Mapping[str, str]) -> Chosen:
    """Confirmed months of new limits by family and series.

    Raises
    ------
    ArgumentError
        If one names no series, or a month that is not after the first of the series.
    """
    named = _named(series, rebase, section="rebase")
    for one, month in named:
        first, last = one.months["month"].iloc[0], one.months["month"].iloc[-1]
        if not first < pd.Timestamp(month) <= last:
            raise ArgumentError(
                f"[rebase] of '{_name(one)}' is {month}. Give a month after {first:%Y-%m} and up to {last:%Y-%m}."
            )
    return {(one.family, one.name): month for one, month in named}


def named_baselines(series: Iterable[Series], baseline: Mapping[str, str], *, rebases: Chosen) -> Chosen:
    """Months that limits are frozen on, by family and series.

    Raises
    ------
    ArgumentError
        If one names no series, a series with a rebase, months outside the series, or fewer than six of them.
    """
    named = _named(series, baseline, section="baseline")
    for one, months in named:
        first, last = (pd.Timestamp(month) for month in months.split("/"))
        inside = one.known["month"].between(first, last).sum()
        if (one.family, one.name) in rebases:
            raise ArgumentError(
                f"'{_name(one)}' stands under [rebase] and under [baseline]. Remove one: a rebased series has limits "
                "of its own in each part."
            )
        if inside < LEAST:
            raise ArgumentError(
                f"[baseline] of '{_name(one)}' is {months}, which holds {inside} months with data. Give at least "
                f"{LEAST} between {one.months['month'].iloc[0]:%Y-%m} and {one.months['month'].iloc[-1]:%Y-%m}."
            )
    return {(one.family, one.name): months for one, months in named}


def _named(series: Iterable[Series], chosen: Mapping[str, str], *, section: str) -> list[tuple[Series, str]]:
    known = {_name(one): one for one in series}
    for name in chosen:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0) or ["none"]
            raise ArgumentError(
                f"[{section}] names '{name}', which is no series of this page. The nearest is '{near[0]}'."
            )
    return [(known[name], value) for name, value in chosen.items()]


def _name(one: Series) -> str:
    return f"{one.family}: {one.name}"
