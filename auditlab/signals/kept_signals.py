"""`service_signals` worked out once per engagement: several pages ask for the same signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

import pandas as pd

from auditlab.kept import Parts, frame_hash, kept
from auditlab.signals.review import ServiceSignals
from auditlab.signals.review import service_signals as work_out
from auditlab.signals.series import Measure, Series
from auditlab.tables import Tables

P = ParamSpec("P")

_FRAMES = ("signals", "kpis", "comparisons", "clusters")
_MONTHS_CHOSEN = ("rebases", "baselines")


def kept_signals(make: Callable[P, ServiceSignals]) -> Callable[P, ServiceSignals]:
    """`make` (`service_signals`), which keeps its results where a run keeps any; see `auditlab.kept`."""
    known = signature(make)

    @wraps(make)
    def made_once(*arguments: P.args, **options: P.kwargs) -> ServiceSignals:
        bound = known.bind(*arguments, **options)
        bound.apply_defaults()
        return _together(
            kept(
                "signals",
                key=lambda: {name: _plain(value) for name, value in bound.arguments.items()},
                make=lambda: _apart(make(*arguments, **options)),
            )
        )

    return made_once


def _plain(value: object) -> object:
    """An argument as part of a key."""
    if isinstance(value, Tables):
        return {name: frame_hash(value[name]) for name in value if value.handed_over(name)}
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value or None  # no rebase and an empty one are the same


def _apart(found: ServiceSignals) -> Parts:
    frames = {name: getattr(found, name) for name in _FRAMES}
    series = [
        {each.name: getattr(one, each.name) for each in fields(one) if each.name != "months"} for one in found.series
    ]
    chosen = {name: [[*place, month] for place, month in getattr(found, name).items()] for name in _MONTHS_CHOSEN}
    return Parts(
        frames=frames | {_months(place): one.months for place, one in enumerate(found.series)},
        plain={"series": series, "rules": found.rules, "chosen": chosen},
    )


def _together(parts: Parts) -> ServiceSignals:
    rebases, baselines = (
        {(family, name): month for family, name, month in parts.plain["chosen"][kind]} for kind in _MONTHS_CHOSEN
    )
    signals, kpis, comparisons, clusters = (parts.frames[name] for name in _FRAMES)
    return ServiceSignals(
        signals=signals,
        kpis=kpis,
        comparisons=comparisons,
        clusters=clusters,
        series=tuple(_series(place, plain, parts) for place, plain in enumerate(parts.plain["series"])),
        rules=parts.plain["rules"],
        rebases=rebases,
        baselines=baselines,
    )


def _series(place: int, plain: dict[str, Any], parts: Parts) -> Series:  # Any: JSON
    return Series(**plain | {"measure": Measure(plain["measure"]), "months": parts.frames[_months(place)]})


def _months(place: int) -> str:
    return f"months {place}"


service_signals = kept_signals(work_out)
